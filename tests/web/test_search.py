"""The search page: what is asked in its box and filters, results that open at their second, searches that are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import PASSWORD
from tests.web.test_browser import RULES, served

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.conftest import Place

HTMX = {"hx-request": "true"}


@pytest.fixture
def heard(place: Place) -> dict[str, int]:
    return {
        "threat": place.arrive(
            ("agent", "Buenos días."), ("agent", "Si no paga lo vamos a meter a la cárcel."),
            ("customer", "No tengo trabajo."), id="MX-1", agent="karla",
        ),
        "paid": place.arrive(("customer", "Yo ya pagué el viernes."), id="MX-2", agent="diego"),
        "chat": place.arrive(("agent", "Hola, no hay cárcel."), id="CO-3", portfolio="quindio", channel="webchat"),
    }  # fmt: skip


def addresses(client: TestClient, **asked: str) -> list[str]:
    page = client.post("/search", data=asked, headers=HTMX)
    assert page.status_code == 200
    return re.findall(r'cover-row" href="([^"]+)"', page.text)


def test_each_result_opens_its_interaction_at_its_turn_and_second(place: Place, heard: dict[str, int]) -> None:
    client = place.client("analyst@qa.test")
    assert addresses(client, text="CARCEL paga") == [f"/interactions/{heard['threat']}?t=5.00#turn-1"]
    assert addresses(client, text="viernes", agent="2") == [f"/interactions/{heard['paid']}?t=0.00#turn-0"]
    assert addresses(client, text="cárcel", channel="webchat") == [f"/interactions/{heard['chat']}?t=0.00#turn-0"]
    assert addresses(client, text="viernes", agent="1") == []
    assert addresses(client, code="slip.threat_jail") == [f"/interactions/{heard['threat']}?t=5.00#turn-1"]
    assert addresses(client, text="trabajo", since="no day", silence="x", promise="x", code="x", after="1:2") != []
    page = client.post("/search", data={"text": "agente:cárcel > trabajo"}).text
    assert "<mark>cárcel</mark>" in page
    assert "<mark>trabajo</mark>" in page
    assert f"/interactions/{heard['threat']}?t=10.00#turn-2" in page


def test_nobody_finds_what_lies_outside_their_reach(place: Place, heard: dict[str, int]) -> None:
    assert addresses(place.client("andino@qa.test"), text="hola") == []
    assert addresses(place.client("agent@qa.test"), text="viernes") == []
    assert place.client().post("/search", data={"text": "x"}).status_code in (303, 401)


def test_a_wrong_query_is_shown_where_it_is_wrong_and_nothing_else_breaks(place: Place) -> None:
    client = place.client("analyst@qa.test")
    page = client.post("/search", data={"text": "pago «<b>» cerca(99, a, b)"}).text
    assert "Este «cerca» no se entiende." in page
    assert "<b> cerca" not in page
    assert "Nadie dijo eso" in client.post("/search", data={"text": "zanahoria"}).text
    assert "¿Qué buscas?" in client.get("/search").text
    assert "demasiado larga" in client.post("/search", data={"text": "a " * 600}).text


def test_searched_words_never_stand_in_an_address(place: Place) -> None:
    client = place.client("analyst@qa.test")
    answer = client.post("/search", data={"text": "5512345678", "channel": "voice"}, headers=HTMX)
    assert answer.headers["hx-replace-url"] == "/search?channel=voice"
    assert "5512345678" not in client.get("/search?text=5512345678").text


def test_a_search_is_kept_run_again_shared_and_deleted(place: Place, heard: dict[str, int]) -> None:
    client = place.client("supervisor@qa.test")
    kept = client.post(
        "/search/saved", data={"text": "cárcel", "channel": "voice", "name": "Amenazas", "shared": "yes"}
    )
    assert kept.status_code == 303
    again = client.get(kept.headers["location"]).text
    assert 'value="cárcel"' in again
    assert f"/interactions/{heard['threat']}?t=5.00#turn-1" in again
    assert f"/interactions/{heard['chat']}" not in again
    other = place.client("analyst@qa.test")
    assert "compartida por Supervisor Prueba" in other.get("/search").text
    number = kept.headers["location"].rsplit("=", 1)[1]
    assert other.post(f"/search/saved/{number}/delete").status_code == 404
    assert client.post(f"/search/saved/{number}/delete").status_code == 303
    assert "Amenazas" not in other.get("/search").text
    assert other.get(f"/search?saved_search={number}").status_code == 404
    assert "con un nombre" in client.post("/search/saved", data={"text": "x", "name": " "}).text


def test_fields_become_a_query_that_is_shown_and_searched(place: Place, heard: dict[str, int]) -> None:
    page = place.client("analyst@qa.test").post(
        "/search/composed", data={"phrase": "a la cárcel", "said_by": "agent", "then": "trabajo", "then_within": "9"}
    )
    assert "agente: &#34;a la cárcel&#34; &gt;9 trabajo" in page.text.replace("&quot;", "&#34;")
    assert f"/interactions/{heard['threat']}?t=5.00#turn-1" in page.text


@pytest.fixture
def screen(place: Place, heard: dict[str, int], browser: Browser) -> Iterator[Page]:
    wrong: list[str] = []
    with served(place) as address:
        context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, locale="es-MX")
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto("/sign-in")
        page.fill("#email", "analyst@qa.test")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        yield page
        context.close()
    assert wrong == []


@pytest.mark.browser
def test_by_keyboard_from_the_box_to_the_turn_and_back(screen: Page, heard: dict[str, int]) -> None:
    page = screen
    page.goto("/search")
    page.keyboard.press("/")
    page.keyboard.type("cárcel paga")
    page.keyboard.press("Enter")
    expect(page.locator("#hits li")).to_have_count(1)
    for violation in Axe().run(page, options=RULES).response["violations"]:
        raise AssertionError(violation["id"], violation["nodes"][0]["target"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/interactions/{heard['threat']}?t=5.00#turn-1")
    expect(page.locator("#turn-1")).to_be_focused()
    page.go_back()
    expect(page.locator("#hits li")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("cárcel paga")
