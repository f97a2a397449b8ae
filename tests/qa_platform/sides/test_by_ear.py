"""A call on one channel, told apart by ear: its turns get speakers, a person may swap them, and all is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.conversation import (
    Apart,
    ByEar,
    Channel,
    Conversation,
    Interval,
    Layout,
    Speaker,
    Speech,
    Turn,
    Voice,
    Word,
)
from models.interactions import Interaction, StoredTurn
from models.people import Person, Role
from qa_platform import pipeline
from qa_platform.access.rights import Viewer
from qa_platform.archive import conversations
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.demo import micro_whisper
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.demo.telephone import CODINGS, read, write
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.pipeline import House
from qa_platform.review.opening import review_page
from qa_platform.settings import Settings
from qa_platform.sides import correct
from qa_platform.sides.by_ear import divided, settled
from qa_platform.understanding.stateless import analyze_file

NOW = datetime(2026, 3, 11, 16, tzinfo=UTC)
CALL = "call-03"  # a woman and a man
OTHER = {Speaker.AGENT: Speaker.CUSTOMER, Speaker.CUSTOMER: Speaker.AGENT}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("house"),
        whisper_model=str(micro_whisper.unpack(tmp_path_factory.mktemp("models"))),
        whisper_device="cpu",
        whisper_compute_type="int8",
        _env_file=None,  # type: ignore[call-arg]
    )
    engine = open_database(settings.database)
    upgrade(engine)
    yield House(engine, settings)
    engine.dispose()


@pytest.fixture(scope="module")
def mono(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "mono.wav"
    write(path, read(RECORDINGS / f"{CALL}.ogg").sum(axis=0, keepdims=True), CODINGS["mulaw"])
    return path


@pytest.fixture(scope="module")
def call(house: House, mono: Path) -> int:
    with transaction(house.engine) as session:
        part = Part(mono.name, mono.read_bytes())
        (received,) = ingest.receive(session, (part,), settings=house.settings, metadata=Metadata())
    assert received.interaction_id is not None, received.what("en")
    pipeline.process(house, received.interaction_id)
    return received.interaction_id


def _viewer(house: House) -> Viewer:
    with transaction(house.engine) as session:
        person = session.scalar(select(Person)) or Person(
            email="ana@qa.test", name="Ana", password_hash="x", role=Role.ANALYST, created_at=NOW
        )
        session.add(person)
        session.flush()
        return Viewer(person.id, "Ana", person.email, Role.ANALYST, "es", "light", True, True, frozenset(), None)


def _speakers(house: House, call: int) -> list[Speaker]:
    with reading(house.engine) as session:
        query = select(StoredTurn.speaker).where(StoredTurn.interaction_id == call).order_by(StoredTurn.position)
        return list(session.scalars(query))


def test_the_turns_of_a_mono_call_have_the_speakers_that_spoke_them(house: House, call: int) -> None:
    lines = json.loads(TRUTH.read_text("utf-8"))[CALL]["lines"]
    with reading(house.engine) as session:
        turns = conversations.load(session, session.get_one(Interaction, call)).turns
    named = [turn for turn in turns if turn.speaker in OTHER]
    assert len(named) >= len(turns) - 3
    for turn in named:
        middle = ((turn.start or 0.0) + (turn.end or 0.0)) / 2
        (line,) = [line for line in lines if line["start"] - 0.3 <= middle <= line["end"] + 0.9][:1]
        assert turn.speaker == line["side"], (turn.text, line)


def test_how_it_was_told_is_kept_and_shown(house: House, call: int) -> None:
    with reading(house.engine) as session:
        row = session.get_one(Interaction, call)
        speech = conversations.described(row, ()).speech
        facts = review_page(session, _viewer(house), call, language="es").facts
        sides = row.sides
    assert speech is not None
    assert speech.by_ear is not None
    assert speech.by_ear.apart is Apart.TOLD
    assert {voice.side for voice in speech.voices[:2]} == {Speaker.AGENT, Speaker.CUSTOMER}
    assert sides is not None
    assert (sides["by"], sides["voice"] in (0, 1)) == ("words", True)
    assert facts.by_ear is not None
    assert facts.by_ear["params"] == {"percent": "95", "bar": "80"}
    assert facts.may_swap
    assert not facts.may_name


def test_one_click_swaps_the_voices_and_a_second_one_swaps_them_back(house: House, call: int) -> None:
    before = _speakers(house, call)
    for expected in ([OTHER.get(speaker, speaker) for speaker in before], before):
        with transaction(house.engine) as session:
            correct.swap(session, _viewer(house), call, now=NOW)
        pipeline.process(house, call)
        assert _speakers(house, call) == expected


def test_analyze_tells_the_same_without_a_database(house: House, call: int, mono: Path) -> None:
    told = analyze_file(mono, house.settings)
    assert [turn["speaker"] for turn in told["turns"]] == _speakers(house, call)
    assert told["speech"]["by_ear"]["apart"] == "told"
    assert told["speech"]["sides_known"] is False
    assert set(told["speech"]["talk_seconds"]) >= {"agent", "customer"}
    assert told["steps"]


# --------------------------------------------------------------------------------------------------- words and voices

WORDS = ("¿habla", "Marta", "Ruiz?", "sí", "ella", "habla", "le", "llamo")


def _turn(*times: float, speaker: Speaker = Speaker.UNKNOWN, text: str | None = None) -> Turn:
    words = tuple(Word(word, at, at + 0.3) for word, at in zip(WORDS, times, strict=False))
    end = words[-1].end if words else 9.0
    return Turn(0, speaker, text or " ".join(word.text for word in words), start=0.0, end=end, words=words)


SPEECH = Speech(
    10.0,
    Layout.MONO,
    (
        Voice(Speaker.UNKNOWN, (Interval(0, 3), Interval(6, 9))),
        Voice(Speaker.UNKNOWN, (Interval(3, 5),)),
        Voice(Speaker.UNKNOWN, (Interval(5, 6),)),
    ),
    by_ear=ByEar(Apart.TOLD, 0.9),
)


@pytest.mark.parametrize(
    ("turn", "parts"),
    [
        (_turn(0.1, 1, 2, 3.1, 3.6, 4.2, 6.5, 7), ["¿habla Marta Ruiz?", "sí ella habla", "le llamo"]),
        (_turn(0.1, 1, 2), ["¿habla Marta Ruiz?"]),
        (_turn(3.1, 3.6, 4.2, 5.2, 5.5), ["¿habla Marta Ruiz? sí ella"]),
        (_turn(0.1, 1, 2, 3.1, 3.6, speaker=Speaker.AGENT), ["¿habla Marta Ruiz? sí ella"]),
        (_turn(text="sin tiempos"), ["sin tiempos"]),
    ],
    ids=["cut between words", "one voice", "nobody's words stay with those before", "a stated speaker", "no times"],
)
def test_a_turn_is_cut_between_the_words_where_the_voice_changes(turn: Turn, parts: list[str]) -> None:
    found = divided([turn], SPEECH)
    assert [part.text for part in found] == parts
    assert [part.index for part in found] == list(range(len(parts)))


def test_where_the_voices_are_not_told_apart_nothing_is_cut_or_named() -> None:
    unsure = Speech(10.0, Layout.MONO, SPEECH.voices[:1], by_ear=ByEar(Apart.DOUBTFUL, 0.5))
    whole = _turn(0.1, 1, 2, 3.1, 3.6, 4.2, 6.5, 7)
    conversation = Conversation("1", Channel.VOICE, "es", (whole,), speech=unsure)
    assert divided([whole], unsure) == (whole,)
    assert settled(conversation) == conversation
