"""A machine reads a finished interaction of its own portfolio as a vCon, and that it did is on record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from models.audit import AuditEntry
from models.interactions import Interaction, Stage
from qa_platform.database import reading, transaction
from qa_platform.formats.contract import Hints, read_transcript
from tests.web.test_api import machine

if TYPE_CHECKING:
    from tests.web.conftest import Place

CARD = "4111 1111 1111 1111"
SAID = (
    ("agent", "Si no paga hoy va a ir a la cárcel."),
    ("customer", f"Mi tarjeta es {CARD}, el viernes deposito mil pesos."),
)


def test_words_and_findings_come_back_through_our_own_reader_and_cards_do_not(place: Place) -> None:
    number = place.arrive(*SAID)
    answer = machine(place).get(f"/api/v1/interactions/{number}/vcon")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vcon+json"
    assert CARD not in answer.text
    told = answer.json()
    report = next(one for one in told["analysis"] if one["type"] == "report")
    assert "slip.threat_jail" in {finding["code"] for finding in report["body"]["findings"]}
    assert all("body" not in dialog for dialog in told["dialog"])
    words = read_transcript(json.dumps(told).encode(), Hints(name="x")).conversation
    assert words is not None
    assert [turn.speaker.value for turn in words.turns] == ["agent", "customer"]
    with reading(place.engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "interaction.exported")).one()
    assert (entry.subject_id, entry.details["format"]) == (number, "vcon")


def test_only_the_tokens_own_portfolio_is_read_and_nothing_without_a_token(place: Place) -> None:
    number = place.arrive(*SAID, portfolio="andino")
    address = f"/api/v1/interactions/{number}/vcon"
    assert machine(place, place.portfolios["quindio"]).get(address).status_code == 404
    assert machine(place, place.portfolios["andino"]).get(address).status_code == 200
    assert machine(place).get("/api/v1/interactions/99999/vcon").status_code == 404
    assert place.client().get(address).status_code in (401, 403)
    assert place.client("supervisor@qa.test").get(address).status_code in (401, 403)


def test_what_is_still_being_worked_on_is_not_handed_out_half(place: Place) -> None:
    number = place.arrive(*SAID)
    with transaction(place.engine) as session:
        session.get_one(Interaction, number).stage = Stage.TRANSCRIBING
    answer = machine(place).get(f"/api/v1/interactions/{number}/vcon")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "NotReady"
