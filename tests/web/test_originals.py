"""Originals on the screen: who keeps them, who opens them and why, and the sound of one for a player."""

from __future__ import annotations

import io
import json
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.people import Person
from qa_platform import pipeline
from qa_platform.database import reading, transaction
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.pipeline import House

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.conftest import Place

VISA = "4111 1111 1111 1111"


def call_with_a_card(place: Place) -> tuple[int, bytes]:
    """A call of Andino in whose words a card stands, with its sound."""
    at = np.arange(6 * 8000) / 8000
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes((8000 * np.sin(2 * np.pi * 220 * at)).astype("<i2").tobytes())
    turns = [{"speaker": "customer", "start": 1, "end": 4, "text": f"es la {VISA}"}]
    words = json.dumps({"channel": "voice", "language": "es", "turns": turns}).encode()
    with transaction(place.engine) as session:
        received = ingest.receive(
            session,
            [Part("a.wav", file.getvalue()), Part("a.json", words)],
            settings=place.settings,
            metadata=Metadata(portfolio="andino"),
        )
    number = received[0].interaction_id
    assert number is not None
    pipeline.process(House(place.engine, place.settings), number)
    return number, file.getvalue()


@pytest.fixture
def compliance(place: Place) -> TestClient:
    """Somebody of compliance whom an administrator has let; Andino keeps its originals."""
    admin = place.client("admin@qa.test")
    assert admin.post("/originals/portfolios/1", data={"days": "30"}).status_code == 303
    with reading(place.engine) as session:
        whom = session.scalars(select(Person.id).where(Person.email == "compliance@qa.test")).one()
    assert admin.post(f"/originals/people/{whom}", data={"given": "yes"}).status_code == 303
    return place.client("compliance@qa.test")


def test_whoever_was_let_opens_it_with_a_reason_and_hears_it(place: Place, compliance: TestClient) -> None:
    number, sound = call_with_a_card(place)
    shown = compliance.get(f"/interactions/{number}").text
    assert "El original se guarda sellado." in shown
    form = {"kind": "recording", "reason": "dispute", "note": "queja 12"}
    answer = compliance.post(f"/interactions/{number}/originals", data=form)
    assert answer.status_code == 303
    page = compliance.get(answer.headers["location"])
    assert "no-store" in page.headers["cache-control"]
    content = f"{answer.headers['location']}/content"
    whole = compliance.get(content)
    assert (whole.status_code, whole.content, whole.headers["cache-control"]) == (200, sound, "no-store")
    part = compliance.get(content, headers={"range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, sound[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(sound)}"
    assert compliance.get(content, headers={"range": "bytes=-50"}).content == sound[-50:]
    log = place.client("admin@qa.test").get("/originals").text
    assert "queja 12" in log
    with reading(place.engine) as session:
        assert list(session.scalars(select(AuditEntry.act))).count("original.opened") == 1


def test_the_words_are_read_on_the_page(place: Place, compliance: TestClient) -> None:
    number, _ = call_with_a_card(place)
    answer = compliance.post(
        f"/interactions/{number}/originals", data={"kind": "transcript", "reason": "masking", "note": ""}
    )
    assert VISA in compliance.get(answer.headers["location"]).text
    assert VISA in compliance.get(f"{answer.headers['location']}/content").text


def test_to_everybody_else_there_is_nothing(place: Place, compliance: TestClient) -> None:
    number, _ = call_with_a_card(place)
    opened = compliance.post(f"/interactions/{number}/originals", data={"kind": "recording", "reason": "fraud"})
    for email in ("admin@qa.test", "supervisor@qa.test", "auditor@qa.test", "analyst@qa.test"):
        client = place.client(email)
        assert "original se guarda sellado" not in client.get(f"/interactions/{number}").text
        refused = client.post(f"/interactions/{number}/originals", data={"kind": "recording", "reason": "fraud"})
        assert refused.status_code == 404
        assert client.get(f"{opened.headers['location']}/content").status_code == 404
    assert place.client("supervisor@qa.test").get("/originals").status_code == 403


@pytest.mark.parametrize(("form", "status"), [({"days": "0"}, 422), ({"days": "mucho"}, 422), ({"act": "stop"}, 303)])
def test_what_is_no_number_of_days_is_explained(place: Place, form: dict[str, str], status: int) -> None:
    answer = place.client("admin@qa.test").post("/originals/portfolios/1", data=form)
    assert answer.status_code == status
    assert status == 303 or "días" in answer.text


def test_a_reason_is_needed(place: Place, compliance: TestClient) -> None:
    number, _ = call_with_a_card(place)
    refused = compliance.post(f"/interactions/{number}/originals", data={"kind": "recording"})
    assert refused.status_code == 422
    assert "motivo" in refused.text


def test_names_to_expect_are_kept_and_shown(place: Place) -> None:
    supervisor = place.client("supervisor@qa.test")
    saved = supervisor.post("/transcription/1", data={"names": "Tarjeta Cumbre\n\nPaga Fácil", "language": "es"})
    assert saved.status_code == 303
    shown = supervisor.get(saved.headers["location"]).text
    assert "Tarjeta Cumbre\nPaga Fácil" in shown
    assert "2 nombres · es" in shown
    refused = supervisor.post("/transcription/1", data={"names": "x", "language": "español"})
    assert refused.status_code == 422
    assert place.client("analyst@qa.test").get("/transcription").status_code == 403
