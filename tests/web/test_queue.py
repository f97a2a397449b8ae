"""The day's queue, as an analyst uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from models.evaluations import QueueItem
from qa_platform.database import reading

if TYPE_CHECKING:
    from tests.web.conftest import Place

THREAT = ("agent", "Si no paga hoy lo vamos a meter a la cárcel por fraude.")
CALM = ("agent", "Buenos días, le llamo de Crédito Andino, gracias por su tiempo.")


def test_before_anything_was_drawn_the_page_offers_to_draw(place: Place) -> None:
    page = place.client("analyst@qa.test").get("/queue").text
    assert "La cola de hoy aún no se arma" in page
    assert 'action="/queue/draw"' in page
    assert 'action="/queue/draw"' not in place.client("auditor@qa.test").get("/queue").text


def test_what_is_gravest_comes_first_with_its_reasons_in_words(place: Place) -> None:
    calm, grave = place.arrive(CALM, id="calma"), place.arrive(THREAT, id="grave", agent="diego")
    client = place.client("analyst@qa.test")
    client.post("/queue/draw")
    page = client.get("/queue").text
    table = page[page.index("<table") :]
    assert table.index(f"/interactions/{grave}") < table.index(f"/interactions/{calm}")
    assert "Crítica" in page
    assert "cárcel" in page.lower()
    assert "slip." not in page
    assert "2 por revisar" in page
    assert re.search(r'<span class="b num">0 / 2</span>', page)


def test_next_opens_the_first_one_and_gives_it_to_nobody_else(place: Place) -> None:
    place.arrive(CALM, id="calma")
    grave = place.arrive(THREAT, id="grave")
    analyst, coach = place.client("analyst@qa.test"), place.client("coach@qa.test")
    analyst.post("/queue/draw")
    assert analyst.post("/queue/next").headers["location"] == f"/interactions/{grave}"
    assert analyst.post("/queue/next").headers["location"] == f"/interactions/{grave}", "still open, so it comes again"
    assert coach.post("/queue/next").headers["location"] != f"/interactions/{grave}"
    assert coach.post("/queue/next").headers["location"] != "/queue"
    assert "Analyst, 1 min" in coach.get("/queue").text


def test_one_that_a_colleague_holds_cannot_be_taken(place: Place) -> None:
    place.arrive(THREAT, id="grave")
    analyst, coach = place.client("analyst@qa.test"), place.client("coach@qa.test")
    analyst.post("/queue/draw")
    analyst.post("/queue/next")
    with reading(place.engine) as session:
        item = session.scalars(select(QueueItem.id)).one()
    refused = coach.post(f"/queue/{item}/take")
    assert refused.status_code == 409
    assert "Analyst Prueba" in refused.text


def test_an_empty_queue_says_so_instead_of_leading_nowhere(place: Place) -> None:
    client = place.client("analyst@qa.test")
    assert client.post("/queue/next").headers["location"] == "/queue"


def test_filters_narrow_the_table_and_say_when_nothing_is_left(place: Place) -> None:
    grave = place.arrive(THREAT, id="grave")
    calm = place.arrive(CALM, id="calma", agent="diego")
    client = place.client("analyst@qa.test")
    client.post("/queue/draw")
    critical = client.get("/queue?severity=critical", headers={"hx-request": "true"}).text
    assert critical.lstrip().startswith('<div id="list"')
    assert f"/interactions/{grave}" in critical
    assert f"/interactions/{calm}" not in critical
    none = client.post("/queue", data={"text": "nadie dijo esto"}, headers={"hx-request": "true"})
    assert "Nada coincide con estos filtros" in none.text
    assert "nadie" not in none.headers["hx-replace-url"]


def test_the_navigation_counts_what_waits_for_this_person(place: Place) -> None:
    place.arrive(THREAT, id="uno", portfolio="andino")
    place.arrive(THREAT, CALM, id="dos", portfolio="quindio")
    admin = place.client("admin@qa.test")
    admin.post("/queue/draw")
    assert '<span class="count">2</span>' in admin.get("/settings").text
    assert '<span class="count">1</span>' in place.client("andino@qa.test").get("/settings").text


def test_what_comes_later_in_the_day_is_drawn_again_and_every_draw_can_be_checked(place: Place) -> None:
    place.arrive(THREAT, id="grave")
    client = place.client("analyst@qa.test")
    client.post("/queue/draw")
    place.arrive(CALM, id="calma", agent="diego")
    client.post("/queue/draw")
    page = client.get("/queue").text
    assert "Sorteo 1" in page
    assert "Sorteo 2" in page
    assert "2 por revisar" in page
    assert len(re.findall(r'<span class="num small soft">0 / 1</span>', page)) == 2
