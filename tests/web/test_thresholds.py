"""Thresholds of a portfolio: dated versions, used by the next analysis; earlier ones are made again by choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.interactions import Interaction, StoredFinding
from models.people import ThresholdSet
from qa_platform import pipeline
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House

if TYPE_CHECKING:
    from tests.web.conftest import Place

SAID = (("agent", "Buenas tardes, le llamo de Andino"), ("customer", "Dígame"))


def silences(place: Place) -> int:
    with reading(place.engine) as session:
        return len(session.scalars(select(StoredFinding).where(StoredFinding.code == "speech.silence")).all())


def used(place: Place, number: int) -> tuple[int, float]:
    with reading(place.engine) as session:
        told = session.get_one(Interaction, number).thresholds or {}
    return told["version"], told["values"]["silence_seconds"]


def test_a_version_counts_for_what_comes_and_earlier_analyses_are_made_again_by_choice(place: Place) -> None:
    number = place.arrive(*SAID)
    assert (used(place, number), silences(place)) == ((0, 5.0), 0)
    client = place.client("supervisor@qa.test")
    saved = client.post("/thresholds/1", data={"based_on": "0", "silence_seconds": "1"})
    assert saved.headers["location"] == "/thresholds?portfolio=1&saved=yes"
    page = client.get(saved.headers["location"]).text
    assert "Guardado." in page
    assert "1 conversación se analizó con una versión anterior." in page
    assert (used(place, number), silences(place)) == ((0, 5.0), 0)

    assert client.post("/thresholds/1/again").headers["location"] == "/thresholds?portfolio=1&again=1"
    with reading(place.engine) as session:
        turns_before = session.get_one(Interaction, number).turn_count
    pipeline.process(House(place.engine, place.settings), number)
    assert (used(place, number), silences(place)) == ((1, 1.0), 1)
    with reading(place.engine) as session:
        row = session.get_one(Interaction, number)
        acts = set(session.scalars(select(AuditEntry.act)))
    assert (row.only_understand, row.turn_count, row.run) == (False, turns_before, 2)
    assert acts >= {"thresholds.saved", "thresholds.analyzed_again"}
    assert "versión anterior" not in client.get("/thresholds?portfolio=1").text
    exported = client.get("/thresholds/1.yaml")
    assert exported.text == "silence_seconds: 1\n"


def test_the_file_is_the_same_as_the_form_and_the_same_values_make_no_version(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    client.post("/thresholds/1/file", data={"based_on": "0", "as_file": "opens_hour: 9\ncloses_hour: 18.5\n"})
    client.post("/thresholds/1", data={"based_on": "1", "opens_hour": "9", "closes_hour": "18,5"})
    client.post("/thresholds/1", data={"based_on": "1", "opens_hour": "9", "closes_hour": "19"})
    with reading(place.engine) as session:
        rows = session.scalars(select(ThresholdSet).order_by(ThresholdSet.version)).all()
    assert [row.content for row in rows] == [
        {"opens_hour": 9.0, "closes_hour": 18.5},
        {"opens_hour": 9.0, "closes_hour": 19.0},
    ]


WRONG: dict[str, tuple[str, dict[str, str], str, int]] = {
    "out of its limits": ("/thresholds/1", {"silence_seconds": "900"}, "no está entre", 422),
    "no number": ("/thresholds/1", {"hold_seconds": "mucho"}, "no está entre", 422),
    "closed all day": ("/thresholds/1", {"opens_hour": "18", "closes_hour": "9"}, "cierra antes de abrir", 422),
    "an unknown name": ("/thresholds/1/file", {"as_file": "quiet: 3"}, "No existe el umbral", 422),
    "no list": ("/thresholds/1/file", {"as_file": "- 3"}, "no es una lista de umbrales", 422),
    "no YAML": ("/thresholds/1/file", {"as_file": "a: ["}, "no es una lista de umbrales", 422),
    "somebody was faster": ("/thresholds/1", {"based_on": "3", "hold_seconds": "30"}, "guardó mientras tanto", 409),
    "another's portfolio": ("/thresholds/99", {"hold_seconds": "30"}, "", 404),
}


@pytest.mark.parametrize(("address", "sent", "told", "status"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_kept_is_refused_in_words_and_what_was_typed_stays(
    place: Place, address: str, sent: dict[str, str], told: str, status: int
) -> None:
    answered = place.client("supervisor@qa.test").post(address, data={"based_on": "0", **sent})
    assert answered.status_code == status
    assert told in answered.text
    if status == 422:
        assert next(value for name, value in sent.items() if name != "based_on") in answered.text
    with transaction(place.engine) as session:
        assert session.scalars(select(ThresholdSet)).all() == []


def test_an_analyst_changes_no_thresholds(place: Place) -> None:
    client = place.client("analyst@qa.test")
    assert client.get("/thresholds").status_code == 403
    assert client.post("/thresholds/1", data={"based_on": "0", "silence_seconds": "1"}).status_code == 403
