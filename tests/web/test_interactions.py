"""The list of interactions: filters, search, pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.conversation import Channel
from models.interactions import Interaction
from qa_platform.archive.interactions import PAGE
from qa_platform.database import transaction

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.conftest import Place

HTMX = {"hx-request": "true"}


def numbers(client: TestClient, **asked: str) -> list[int]:
    page = client.post("/interactions", data=asked, headers=HTMX)
    assert page.status_code == 200
    table = page.text.split("queue-cards")[0]
    return [int(number) for number in re.findall(r'cover-row" href="/interactions/(\d+)"', table)]


@pytest.fixture
def three(place: Place) -> dict[str, int]:
    return {
        "threat": place.arrive(("agent", "Si no paga lo vamos a meter a la cárcel."), id="MX-1", agent="karla"),
        "paid": place.arrive(
            ("agent", "Buenos días."), ("customer", "Yo ya pagué, tengo el comprobante."), id="MX-2", agent="diego"
        ),
        "chat": place.arrive(
            ("agent", "Hola, le escribo de Banca Quindío."), id="CO-3", portfolio="quindio", channel="webchat"
        ),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"threat", "paid", "chat"}),
        ({"text": "carcel"}, {"threat"}),
        ({"text": "CÁRCEL"}, {"threat"}),
        ({"text": "comprobante"}, {"paid"}),
        ({"text": "diego"}, {"paid"}),
        ({"text": "MX-2"}, {"paid"}),
        ({"text": "100%_*?[x]"}, set()),
        ({"family": "slip"}, {"threat"}),
        ({"severity": "critical"}, {"threat"}),
        ({"channel": "webchat"}, {"chat"}),
        ({"portfolio": "2"}, {"chat"}),
        ({"agent": "1", "portfolio": "1"}, {"threat"}),
        ({"state": "open"}, {"threat", "paid", "chat"}),
        ({"state": "reviewed"}, set()),
        ({"state": "failed"}, set()),
        ({"severity": "no such", "agent": "x", "portfolio": "-1", "older": "soon"}, {"threat", "paid", "chat"}),
    ],
    # sets have no order of their own, and workers must collect the same names
    ids=lambda value: str(value) if isinstance(value, dict) else ",".join(sorted(value)) or "none",
)
def test_the_list_shows_what_was_asked_for(
    place: Place, three: dict[str, int], asked: dict[str, str], found: set[str]
) -> None:
    assert set(numbers(place.client("analyst@qa.test"), **asked)) == {three[name] for name in found}


def test_the_words_that_were_found_are_shown_marked_where_they_were_said(place: Place, three: dict[str, int]) -> None:
    page = place.client("analyst@qa.test").post("/interactions", data={"text": "carcel"}).text
    assert "meter a la <mark>cárcel</mark>." in page


def test_searched_words_never_stand_in_an_address(place: Place, three: dict[str, int]) -> None:
    client = place.client("analyst@qa.test")
    answer = client.post("/interactions", data={"text": "5512345678", "channel": "voice"}, headers=HTMX)
    assert answer.headers["hx-replace-url"] == "/interactions?channel=voice"
    page = client.get("/interactions").text
    assert re.search(r'<form[^>]*method="post"[^>]*role="search"', page)


def test_what_was_said_is_shown_as_text_whatever_it_looks_like(place: Place) -> None:
    place.arrive(("agent", "<script>alert(1)</script> pague ya"), id="<img src=x>")
    page = place.client("analyst@qa.test").post("/interactions", data={"text": "alert"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_house_says_what_to_do_next(place: Place) -> None:
    assert "Subir archivos" in place.client("analyst@qa.test").get("/interactions").text
    assert "Aún no hay nada tuyo aquí" in place.client("agent@qa.test").get("/interactions").text


def test_pages_go_on_where_the_last_one_ended_even_when_something_new_comes_in(place: Place) -> None:
    add_rows(place, PAGE + 5)
    client = place.client("analyst@qa.test")
    first = client.get("/interactions")
    assert f"{PAGE + 5} interacciones" in first.text
    older = re.search(r'name="older" value="([\d.]+)"', first.text)
    assert older
    seen = numbers(client)
    add_rows(place, 1, start=10_000)
    following = numbers(client, older=older[1])
    assert len(seen) == PAGE
    assert len(following) == 5
    assert not set(seen) & set(following)
    back = client.post("/interactions", data={"older": older[1]}).text
    newer = re.search(r'name="newer" value="([\d.]+)"', back)
    assert newer
    assert numbers(client, newer=newer[1]) == seen


def add_rows(place: Place, count: int, *, start: int = 0) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with transaction(place.engine) as session:
        session.add_all(
            Interaction(
                content_key=f"row-{start + number}",
                channel=Channel.SMS,
                language="es",
                portfolio_id=place.portfolios["andino"],
                started_at=now + timedelta(minutes=(start + number) // 2),  # pairs at the same minute
                received_at=now,
                warnings=[],
            )
            for number in range(count)
        )
