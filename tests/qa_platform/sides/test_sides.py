"""Whose side is whose: decided from the words where nobody told, doubted where they differ, set right by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.conversation import Speaker
from models.interactions import Interaction, Stage, StoredTurn
from models.people import Person, Role
from qa_platform import pipeline
from qa_platform.access.rights import NotAllowed, Viewer
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.demo import micro_whisper
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.pipeline import House
from qa_platform.settings import Settings
from qa_platform.sides import correct
from qa_platform.sides.correct import NothingToSwap, StillWorking

NOW = datetime(2026, 3, 11, 16, tzinfo=UTC)
CALL = "call-02"
WORDS = (
    ("customer", "¿bueno?"),
    ("agent", "buenas tardes le habla diego de recupera por banco andino ¿hablo con la señora marta ruiz?"),
    ("customer", "sí ella habla"),
    ("agent", "esta llamada se graba ¿me confirma su fecha de nacimiento?"),
    ("customer", "doce de mayo del ochenta"),
    ("agent", "su tarjeta presenta un saldo vencido de dos mil pesos"),
    ("customer", "no tengo dinero ahorita me quedé sin trabajo"),
)
OTHER = {"agent": "customer", "customer": "agent"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(micro_whisper.unpack(tmp_path_factory.mktemp("models")))


@pytest.fixture
def house(tmp_path: Path, model: str) -> Iterator[House]:
    settings = Settings(
        data_dir=tmp_path,
        whisper_model=model,
        whisper_device="cpu",
        whisper_compute_type="int8",
        _env_file=None,  # type: ignore[call-arg]
    )
    engine = open_database(settings.database)
    upgrade(engine)
    yield House(engine, settings)
    engine.dispose()


def _viewer(house: House, role: Role = Role.ANALYST) -> Viewer:
    with transaction(house.engine) as session:
        person = Person(email=f"{role}@qa.test", name="Ana", password_hash="x", role=role, created_at=NOW)
        session.add(person)
        session.flush()
        return Viewer(person.id, "Ana", person.email, role, "es", "light", True, True, frozenset(), None)


def _take_in(house: House, *parts: Part, agent_channel: int | None = None) -> int:
    with transaction(house.engine) as session:
        told = Metadata(agent_channel=agent_channel)
        received = ingest.receive(session, parts, settings=house.settings, metadata=told)
    interaction = received[0].interaction_id
    assert interaction is not None, received[0].what("en")
    pipeline.process(house, interaction)
    return interaction


def _recording() -> tuple[Part, int]:
    """A call of the demonstration and the channel that its agent is on."""
    told = json.loads(TRUTH.read_text("utf-8"))[CALL]
    return Part("call.wav", (RECORDINGS / told["file"]).read_bytes()), {"agent_left": 0, "agent_right": 1}[
        told["layout"]
    ]


def _transcript(*, swapped: bool = False) -> Part:
    turns = [
        {"speaker": OTHER[who] if swapped else who, "text": text, "start": 5.0 * n, "end": 5.0 * n + 4}
        for n, (who, text) in enumerate(WORDS)
    ]
    return Part("call.json", json.dumps({"channel": "voice", "language": "es", "turns": turns}).encode())


def _row(house: House, interaction: int) -> Interaction:
    with reading(house.engine) as session:
        return session.get_one(Interaction, interaction)


def _speakers(house: House, interaction: int) -> dict[str, set[str]]:
    """The words of each speaker."""
    said: dict[str, set[str]] = {}
    with reading(house.engine) as session:
        for turn in session.scalars(select(StoredTurn).where(StoredTurn.interaction_id == interaction)):
            said.setdefault(turn.speaker, set()).update(re.findall(r"\w+", turn.text.lower()))
    return said


def _swap(house: House, viewer: Viewer, interaction: int) -> None:
    with transaction(house.engine) as session:
        correct.swap(session, viewer, interaction, now=NOW)
    pipeline.process(house, interaction)


def test_a_recording_that_nobody_explained_has_its_sides_told_by_what_is_heard(house: House) -> None:
    recording, agent = _recording()
    interaction = _take_in(house, recording)
    row = _row(house, interaction)
    assert (row.agent_channel, (row.sides or {})["by"]) == (agent, "words")
    assert set(_speakers(house, interaction)) == {Speaker.AGENT, Speaker.CUSTOMER}
    assert [voice["side"] for voice in (row.speech or {})["voices"]][agent] == "agent"
    pipeline.process(house, interaction)
    assert (_row(house, interaction).agent_channel, _row(house, interaction).sides) == (agent, row.sides)


def test_a_wrong_map_is_doubted_and_one_swap_mends_words_and_measures(house: House) -> None:
    recording, agent = _recording()
    wrong = _take_in(house, recording, agent_channel=1 - agent)
    before = _row(house, wrong)
    said = _speakers(house, wrong)
    assert (before.sides or {})["doubt"] >= 0.97
    _swap(house, _viewer(house), wrong)
    row = _row(house, wrong)
    assert (row.stage, row.agent_channel, row.run) == (Stage.READY, agent, 2)
    assert "doubt" not in (row.sides or {})
    assert _speakers(house, wrong) == {OTHER[who]: words for who, words in said.items()}
    talk, mended = (before.speech or {})["talk_seconds"], (row.speech or {})["talk_seconds"]
    assert mended == {OTHER[who]: seconds for who, seconds in talk.items()}


def test_a_right_map_is_left_alone(house: House) -> None:
    recording, agent = _recording()
    row = _row(house, _take_in(house, recording, agent_channel=agent))
    assert (row.agent_channel, row.sides) == (agent, None)


def test_a_transcript_with_wrong_speakers_is_doubted_and_stays_mended_when_it_is_read_again(house: House) -> None:
    interaction = _take_in(house, _transcript(swapped=True))
    assert (_row(house, interaction).sides or {})["doubt"] >= 0.97
    _swap(house, _viewer(house), interaction)
    assert "recupera" in _speakers(house, interaction)["agent"]
    pipeline.process(house, interaction)
    assert "recupera" in _speakers(house, interaction)["agent"]


def test_swapping_twice_is_as_it_was(house: House) -> None:
    interaction, viewer = _take_in(house, _transcript()), _viewer(house)
    before = _speakers(house, interaction)
    _swap(house, viewer, interaction)
    assert _speakers(house, interaction) != before
    _swap(house, viewer, interaction)
    assert _speakers(house, interaction) == before


def test_who_swapped_is_on_record(house: House) -> None:
    interaction, viewer = _take_in(house, _transcript()), _viewer(house)
    _swap(house, viewer, interaction)
    with reading(house.engine) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "interaction.sides_swapped"))
    assert (entry.person_id, entry.subject_id) == (viewer.id, interaction)


def test_what_cannot_be_swapped_is_refused(house: House) -> None:
    interaction = _take_in(house, _transcript())
    with pytest.raises(NotAllowed), transaction(house.engine) as session:
        correct.swap(session, _viewer(house, Role.AUDITOR), interaction, now=NOW)
    viewer = _viewer(house)
    with transaction(house.engine) as session:
        pipeline.again(session, interaction)
    with pytest.raises(StillWorking), transaction(house.engine) as session:
        correct.swap(session, viewer, interaction, now=NOW)


def test_where_the_words_tell_nothing_a_person_names_the_channel(house: House) -> None:
    recording, agent = _recording()
    nothing = {"speaker": "unknown", "text": "sí", "start": 0.0, "end": 0.1}
    words = Part("call.json", json.dumps({"channel": "voice", "language": "es", "turns": [nothing]}).encode())
    interaction, viewer = _take_in(house, recording, words), _viewer(house)
    assert (_row(house, interaction).sides or {})["by"] == "nobody"
    with pytest.raises(NothingToSwap), transaction(house.engine) as session:
        correct.swap(session, viewer, interaction, now=NOW)
    with transaction(house.engine) as session:
        correct.name_agent(session, viewer, interaction, agent, now=NOW)
    pipeline.process(house, interaction)
    row = _row(house, interaction)
    assert [voice["side"] for voice in (row.speech or {})["voices"]][agent] == "agent"
