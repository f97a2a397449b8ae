"""A transcript that comes after its recording, or the other way round, is of the same call; so is its metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models.conversation import Direction
from models.interactions import IngestFile, Interaction, SeenFile, Stage
from models.people import Agent
from qa_platform.database import reading, transaction
from qa_platform.doors import sources, watching
from qa_platform.doors.ingest import receive_batch
from qa_platform.doors.sources import SourceSettings
from qa_platform.settings import Settings
from tests.qa_platform.doors.conftest import tone

VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Agente>buenas tardes\n"


def words(**told: Any) -> bytes:
    said = [{"speaker": "agent", "start": 0, "end": 2, "text": "buenas"}]
    return json.dumps({"channel": "voice", "turns": said, **told}).encode()


@pytest.fixture
def number(engine: Engine, inbox: Path) -> int:
    with transaction(engine) as session:
        return sources.save(session, SourceSettings("vigilada", watched=str(inbox))).id


def look(engine: Engine, number: int, house: Settings) -> None:
    report = watching.look(engine, number, settings=house, now=datetime.now(UTC) + timedelta(minutes=1))
    assert report is not None


def calls(engine: Engine) -> list[Interaction]:
    with reading(engine) as session:
        return list(session.scalars(select(Interaction).order_by(Interaction.id)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("dia/a.wav", tone(1.0)), ("dia/a.vtt", VTT)),
        (("dia/a.vtt", VTT), ("dia/a.wav", tone(1.0))),
        (("dia/a.wav", tone(1.0)), ("dia/A.transcript.json", words())),
        (("4111111111111111.wav", tone(1.0)), ("4111111111111111.vtt", VTT)),
    ],
    ids=["words later", "sound later", "another suffix", "a card number for a name"],
)
def test_the_later_half_makes_the_call_whole(
    engine: Engine, house: Settings, inbox: Path, number: int, first: tuple[str, bytes], second: tuple[str, bytes]
) -> None:
    for name, data in (first, second):
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_bytes(data)
        look(engine, number, house)
    (row,) = calls(engine)
    assert (row.recording_id is not None, row.transcript_id is not None) == (True, True)
    assert (row.stage, row.run) == (Stage.RECEIVED, 2)
    with reading(engine) as session:
        names = [*session.scalars(select(IngestFile.name)), *session.scalars(select(SeenFile.name))]
    assert "4111111111111111" not in "".join(names)


def test_the_number_that_both_name_joins_them_under_any_name(
    engine: Engine, house: Settings, inbox: Path, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        pattern = r"^(?P<external_id>C\d+)_"
        number = sources.save(session, SourceSettings("v", watched=str(inbox), file_name_pattern=pattern)).id
    (inbox / "C77_20260311.wav").write_bytes(tone(1.0))
    look(engine, number, house)
    (inbox / "export-0001.json").write_bytes(words(id="C77"))
    look(engine, number, house)
    (row,) = calls(engine)
    assert (row.external_id, row.transcript_id is not None) == ("C77", True)


@pytest.mark.parametrize("what", ["another folder", "too late", "another source", "already whole", "a chat"])
def test_what_does_not_belong_is_a_call_of_its_own(
    engine: Engine, house: Settings, inbox: Path, number: int, tmp_path: Path, what: str
) -> None:
    (inbox / "a.wav").write_bytes(tone(1.0))
    if what == "already whole":
        (inbox / "a.vtt").write_bytes(VTT)
    look(engine, number, house)
    if what == "too late":
        long_ago = datetime.now(UTC) - timedelta(days=3)
        with transaction(engine) as session:
            session.execute(update(Interaction).values(received_at=long_ago))
    if what == "another source":
        (tmp_path / "else").mkdir()
        with transaction(engine) as session:
            number = sources.save(session, SourceSettings("otra", watched=str(tmp_path / "else"))).id
        inbox = tmp_path / "else"
    name = "otra/a.json" if what == "another folder" else "a.json"
    (inbox / name).parent.mkdir(exist_ok=True)
    chat = {"channel": "whatsapp", "turns": [{"speaker": "agent", "at": "2026-03-11T10:00:00Z", "text": "hola"}]}
    (inbox / name).write_bytes(json.dumps(chat).encode() if what == "a chat" else words())
    look(engine, number, house)
    assert len(calls(engine)) == 2


def test_two_calls_that_would_fit_are_not_guessed_between(
    engine: Engine, house: Settings, inbox: Path, number: int
) -> None:
    for name, pitch in (("a.wav", 300), ("a.mp3", 500)):
        (inbox / name).write_bytes(tone(1.0, pitch))
        look(engine, number, house)
    (inbox / "a.vtt").write_bytes(VTT)
    look(engine, number, house)
    assert len(calls(engine)) == 3


GENESYS = {
    "conversationId": "0b5e2f9c-1111-4a4a-9b9b-000000000001",
    "recordingId": "rec-1",
    "mediaType": "audio",
    "startTime": "2026-03-11T16:05:00.000Z",
    "initialDirection": "OUTBOUND",
    "ani": "tel:+525512505050",
    "agents": [{"id": "u-17", "name": "Laura Medina"}],
    "wrapUpCodes": [{"name": "Promesa"}],
}


@pytest.mark.parametrize("late", [False, True])
def test_genesys_metadata_beside_a_recording_tells_of_it(
    engine: Engine, house: Settings, inbox: Path, number: int, late: bool
) -> None:
    place = inbox / "year=2026" / "conversation_id=0b5e"
    place.mkdir(parents=True)
    (place / "rec-1.wav").write_bytes(tone(1.0))
    if late:
        look(engine, number, house)
    (place / "rec-1_metadata.json").write_text(json.dumps(GENESYS), "utf-8")
    look(engine, number, house)
    (row,) = calls(engine)
    with reading(engine) as session:
        agent = session.scalars(select(Agent)).one()
        files = {one.name.rsplit("/", 1)[-1]: one for one in session.scalars(select(IngestFile))}
    assert (row.external_id, row.started_at) == (GENESYS["conversationId"], datetime(2026, 3, 11, 16, 5, tzinfo=UTC))
    assert (row.started_at_known, row.disposition, row.direction) == (True, "Promesa", Direction.OUTBOUND)
    assert (agent.code, agent.name) == ("u-17", "Laura Medina")
    assert (files["rec-1_metadata.json"].what or {})["id"] == "Read as metadata of the other files."
    assert "5512505050" not in str([vars(one) for one in files.values()])


def test_the_table_that_a_person_gives_has_the_last_word(engine: Engine, house: Settings, inbox: Path) -> None:
    (inbox / "rec-1.wav").write_bytes(tone(1.0))
    (inbox / "rec-1_metadata.json").write_text(json.dumps(GENESYS), "utf-8")
    (inbox / "datos.csv").write_text("file,agent,agent_name\nrec-1.wav,d-9,Diego\n", "utf-8")
    receive_batch(engine, [inbox], settings=house, metadata=inbox / "datos.csv")
    (row,) = calls(engine)
    with reading(engine) as session:
        assert session.scalars(select(Agent.code)).one() == "d-9"
    assert row.external_id == GENESYS["conversationId"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"conversationId": 5}', b'{"turns": []}', b"\xff\xfe\x00"])
def test_another_file_of_that_name_is_a_file_like_any_other(
    engine: Engine, house: Settings, inbox: Path, data: bytes
) -> None:
    (inbox / "x_metadata.json").write_bytes(data)
    report = receive_batch(engine, [inbox], settings=house)
    assert [file.status.value for file in report.files] == ["refused"]
