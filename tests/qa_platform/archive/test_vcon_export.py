"""What goes out as a vCon comes back the same through our own reader, and says nothing that was hidden."""

from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.conversation import Conversation
from models.interactions import Interaction
from qa_platform import pipeline
from qa_platform.archive.vcon_export import vcon
from qa_platform.database import reading, transaction
from qa_platform.doors.ingest import Part, receive
from qa_platform.doors.metadata import Metadata
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.pipeline import House
from qa_platform.settings import Settings

CARD = "4111 1111 1111 1111"
CALL: dict[str, Any] = {
    "channel": "voice",
    "language": "es",
    "country": "MX",
    "started_at": "2026-03-11T10:05:00-06:00",
    "turns": [
        {"speaker": "agent", "start": 0.5, "end": 4.25, "text": "Si no paga hoy va a ir a la cárcel."},
        {"speaker": "customer", "start": 4.0, "end": 9.125, "text": f"Mi tarjeta es {CARD}."},
        {"speaker": "third_party", "start": 10.0, "end": 11.0, "text": "¿Quién llama?"},
    ],
}
CHAT: dict[str, Any] = {
    "channel": "whatsapp",
    "language": "es",
    "country": "CO",
    "turns": [
        {"speaker": "bot", "at": "2026-03-11T10:00:00-05:00", "text": "Bienvenida"},
        {"speaker": "agent", "at": "2026-03-11T10:05:00-05:00", "text": "Buenas tardes"},
        {"speaker": "customer", "at": "2026-03-11T10:06:00-05:00", "text": "Pago el viernes 500 pesos"},
    ],
}


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, Settings(data_dir=tmp_path))


def exported(house: House, conversation: dict[str, Any]) -> dict[str, Any]:
    with transaction(house.engine) as session:
        part = Part("x.json", json.dumps(conversation).encode())
        (answer,) = receive(session, part, settings=house.settings, metadata=Metadata(agent="A1", agent_name="Luis A."))
    assert answer.interaction_id is not None
    pipeline.process(house, answer.interaction_id)
    with reading(house.engine) as session:
        return vcon(session, session.get_one(Interaction, answer.interaction_id))


def back(value: dict[str, Any]) -> Conversation:
    conversation = read_transcript(json.dumps(value).encode(), Hints(name="x.vcon", country="MX")).conversation
    assert conversation is not None
    return conversation


def seen(conversation: Conversation) -> Sequence[tuple[Any, ...]]:
    return [(t.speaker, t.text, t.start, t.end, t.at and t.at.timestamp()) for t in conversation.turns]


@pytest.mark.parametrize("original", [CALL, CHAT], ids=["call", "chat"])
def test_a_conversation_comes_back_as_it_went_out(house: House, original: dict[str, Any]) -> None:
    plain = json.loads(json.dumps(original).replace(CARD, "la de siempre"))
    returned = back(exported(house, plain))
    first = read_transcript(json.dumps(plain).encode()).conversation
    assert first is not None
    assert seen(returned) == seen(first)
    assert returned.channel is first.channel


def test_what_was_found_goes_along_and_card_numbers_do_not(house: House) -> None:
    value = exported(house, CALL)
    report = next(item for item in value["analysis"] if item["type"] == "report")
    assert any(finding["code"].startswith("slip.") for finding in report["body"]["findings"])
    text = json.dumps(value)
    assert CARD not in text
    assert CARD.replace(" ", "") not in text


def test_the_core_draft_s_required_fields_are_there_and_its_retired_ones_are_not(house: House) -> None:
    value = exported(house, CALL)
    assert {"uuid", "created_at", "parties", "dialog"} <= set(value)
    assert "vcon" not in value
    assert value["parties"][:2] == [{"name": "Luis A.", "role": "agent"}, {"role": "customer"}]
    assert all({"type", "vendor"} <= set(item) for item in value["analysis"])
    assert all({"type", "start"} <= set(dialog) for dialog in value["dialog"])
    with reading(house.engine) as session:
        assert vcon(session, session.get_one(Interaction, 1))["uuid"] == value["uuid"]


def test_the_recording_goes_along_only_when_asked_for(house: House, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(bytes(range(256)) * 60)
    with transaction(house.engine) as session:
        receive(session, Part("a.wav", tmp_path / "a.wav"), settings=house.settings)
    with reading(house.engine) as session:
        row = session.get_one(Interaction, 1)
        without, with_sound = vcon(session, row), vcon(session, row, recording_from=house.storage)
    assert "body" not in without["dialog"][0]
    (recording,) = read_transcript(json.dumps(with_sound).encode()).recordings
    assert recording.data == (tmp_path / "a.wav").read_bytes()


@pytest.mark.parametrize("original", [CALL, CHAT], ids=["call", "chat"])
def test_our_own_export_taken_in_through_the_doors_gives_the_same_words_and_findings(
    house: House, original: dict[str, Any]
) -> None:
    first = exported(house, original)
    with transaction(house.engine) as session:
        (answer,) = receive(session, Part("back.vcon", json.dumps(first).encode()), settings=house.settings)
    assert answer.interaction_id == 2
    pipeline.process(house, 2)
    with reading(house.engine) as session:
        second = vcon(session, session.get_one(Interaction, 2))
    assert seen(back(second)) == seen(back(first))
    assert _codes(second) == _codes(first) != []


def _codes(value: dict[str, Any]) -> list[str]:
    report = next(item for item in value["analysis"] if item["type"] == "report")
    promises = ["promise" for _ in report["body"]["promises"]]
    return sorted(finding["code"] for finding in report["body"]["findings"]) + promises
