"""The sampling plan on screen: tried out against today, saved as a version that people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qa_platform.database import reading
from qa_platform.sample import stored_plans
from qa_platform.sample.plan import plan
from web.plan_form import fields_of

if TYPE_CHECKING:
    from tests.web.conftest import Place

THREAT = ("agent", "Si no paga hoy lo vamos a meter a la cárcel por fraude.")
CALM = ("agent", "Buenos días, le llamo de Crédito Andino, gracias por su tiempo.")
FIELDS = {**fields_of(plan()), "based_on": str(plan().version)}
PART = {"x-part": "builder"}


def test_the_preview_says_what_a_draw_at_this_moment_would_give_and_stores_nothing(place: Place) -> None:
    place.arrive(CALM, id="calma")
    grave = place.arrive(THREAT, id="grave")
    client = place.client("supervisor@qa.test")
    page = client.get("/plans").text
    assert f'href="/interactions/{grave}"' in page
    assert "de 2 interacciones" in page
    assert "Todavía no" not in page
    client.post("/queue/draw")
    assert "2 por revisar" in client.get("/queue").text, "nothing had been taken away"


def test_after_the_day_was_drawn_the_draw_is_made_again_by_the_plan_as_typed(place: Place) -> None:
    place.arrive(CALM, id="calma")
    place.arrive(THREAT, id="grave")
    client = place.client("supervisor@qa.test")
    client.post("/queue/draw")
    shown = client.post("/plans", data=FIELDS | {"capacity": "1"}, headers=PART).text
    assert "repetido con este plan" in shown
    assert "ya estaban" in shown
    assert "Revisiones por día: 1 en vez de 24." in shown


def test_what_the_plan_cannot_keep_is_said_while_it_is_typed(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    shown = client.post("/plans", data=FIELDS | {"share.risk": "60"}, headers=PART).text
    assert "102 / 100 %" in shown
    assert "disabled" in shown[shown.index('id="save-b"') :][:300]
    assert "<html" not in shown
    refused = client.post("/plans", data=FIELDS | {"share.random": "0", "share.risk": "83", "act": "save"})
    assert refused.status_code == 400
    assert "Nada se sortea al azar" in refused.text
    assert 'value="83"' in refused.text, "what was typed is still there"


@pytest.mark.parametrize("typed", ["", "muchas", "-3", "1e400"])
def test_a_number_that_is_none_is_refused_in_words(place: Place, typed: str) -> None:
    client = place.client("supervisor@qa.test")
    refused = client.post("/plans", data=FIELDS | {"capacity": typed, "act": "save"})
    assert refused.status_code == 400


def test_a_saved_plan_is_a_new_version_that_tells_its_changes(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    typed = {"share.risk": "50", "share.coverage": "25", "risk.non_rpc": "", "channel.sms": "2", "double_share": "10"}
    saved = client.post("/plans", data=FIELDS | typed | {"act": "save"})
    assert saved.headers["location"] == "/plans?saved=3"
    page = client.get("/plans?saved=3").text
    for told in (
        "La versión 3 sortea desde ahora.",
        "Riesgo: 50 % de los lugares en vez de 58 %.",
        "Tipificada como no contactada pesa 0 en el sorteo por riesgo en vez de 1.",
        "SMS, revisiones por semana, mínimo: 2 en vez de 1.",
        "10 % con doble revisión en vez de 5 %.",
        "Supervisor Prueba",
    ):
        assert told in page
    with reading(place.engine) as session:
        assert stored_plans.current(session).shares == (0.5, 0.25, 0.25)


def test_who_saves_on_top_of_an_older_version_is_told(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    client.post("/plans", data=FIELDS | {"capacity": "10", "act": "save"})
    late = client.post("/plans", data=FIELDS | {"capacity": "12", "act": "save"})
    assert late.status_code == 409
    assert 'value="12"' in late.text


def test_saving_untouched_fields_says_the_same_plan(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    client.post("/plans", data=FIELDS | {"act": "save"})
    with reading(place.engine) as session:
        made = stored_plans.current(session)
    assert (made.version, made.shares, made.risk, made.quotas) == (3, plan().shares, plan().risk, plan().quotas)


def test_analysts_read_the_plan_and_cannot_change_it(place: Place) -> None:
    client = place.client("analyst@qa.test")
    page = client.get("/plans").text
    assert "<fieldset" in page
    assert 'value="save"' not in page
    assert client.post("/plans", data=FIELDS | {"act": "save"}).status_code == 403
    assert place.client("agent@qa.test").get("/plans").status_code == 403


def test_who_is_away_counts_nothing_that_day(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    client.post("/plans", data=FIELDS | {"per_analyst": "8", "act": "save"})
    assert "8 revisiones" in client.get("/plans").text
    page = client.get("/plans").text
    person = page[page.index('<select class="form-select" id="person"') :].split('value="')[1].split('"')[0]
    assert client.post("/plans/capacity", data={"person": person, "reviews": "0"}).status_code == 303
    assert "ausente" in client.get("/plans").text
    assert client.post("/plans/capacity", data={"person": person, "reviews": "many"}).status_code == 422
    assert client.post("/plans/capacity", data={"person": "999", "reviews": "3"}).status_code == 404


def test_what_lies_outside_a_persons_portfolios_is_counted_but_not_shown(place: Place) -> None:
    place.arrive(CALM, id="uno")
    other = place.arrive(THREAT, id="dos", portfolio="quindio")
    page = place.client("andino@qa.test").get("/plans").text
    assert f"/interactions/{other}" not in page
    assert "1 más está fuera de tus carteras." in page
