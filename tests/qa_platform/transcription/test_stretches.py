"""A long call that was cut off is gone on with where it stopped, and nothing half heard rests on the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.conversation import Interval, Layout, Speaker, Speech, Turn, Voice
from models.interactions import Interaction, Stage, StoredTurn
from models.transcription import HeardStretch
from qa_platform import pipeline
from qa_platform.database import reading
from qa_platform.ears.transcribe import Heard, Manner, load
from qa_platform.ears.voices import listen
from qa_platform.pipeline import House
from qa_platform.transcription.stretches import begun, settled_until
from tests.qa_platform.transcription.conftest import Call, arrive

A, C = Speaker.AGENT, Speaker.CUSTOMER
WORKER = """
import sys
from pathlib import Path
from qa_platform import pipeline
from qa_platform.database import open_database
from qa_platform.pipeline import House
from qa_platform.settings import Settings

settings = Settings(
    data_dir=Path(sys.argv[1]), whisper_model=sys.argv[2], whisper_device="cpu", whisper_compute_type="int8",
    whisper_batch=2, _env_file=None,
)
pipeline.process(House(open_database(settings.database), settings), int(sys.argv[3]))
"""


def test_a_killed_transcription_goes_on_at_the_utterance_where_it_stopped(
    house: House, model: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing = listen(call.path, agent_channel=0)
    micro = load(str(model), "cpu", "int8")
    uncut = micro.transcribe(call.path, hearing.speech, manner=Manner(("es", "es"), batch=2)).turns
    interaction = arrive(house, call.path, language="es")
    until = _killed_after_a_stretch(house, model, interaction)
    assert 0 < until < hearing.speech.duration

    heard: list[float] = []
    transcribe = type(micro).transcribe

    def watched(self: object, *given: object, since: float = 0.0, **more: object) -> object:
        heard.append(since)
        return transcribe(self, *given, since=since, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(micro), "transcribe", watched)
    pipeline.process(house, interaction)
    assert heard == [until]
    with reading(house.engine) as session:
        row = session.get_one(Interaction, interaction)
        turns = session.scalars(select(StoredTurn).order_by(StoredTurn.position)).all()
        left = session.scalar(select(func.count(HeardStretch.id)))
    assert (row.stage, left) == (Stage.READY, 0)
    assert [(turn.text, turn.start, turn.end) for turn in turns] == [
        (turn.text, turn.start, turn.end) for turn in uncut
    ]


def _killed_after_a_stretch(house: House, model: Path, interaction: int) -> float:
    command = [sys.executable, "-c", WORKER, str(house.settings.data_dir), str(model), str(interaction)]
    root = Path(pipeline.__file__).parents[1]
    worker = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(root)}, start_new_session=True)
    try:
        for _ in range(1200):
            with reading(house.engine) as session:
                until: float | None = session.scalar(select(func.max(HeardStretch.until)))
            if until is not None or worker.poll() is not None:
                break
            time.sleep(0.05)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert until is not None, "the work ended before anything was kept"
    return until


def speech(*agent: tuple[float, float], customer: tuple[tuple[float, float], ...] = ()) -> Speech:
    voices = (Voice(A, tuple(Interval(*span) for span in agent)), Voice(C, tuple(Interval(*s) for s in customer)))
    return Speech(400.0, Layout.TWO_SIDES, voices)


def heard(*said: tuple[float, Speaker, str], until: float = 400.0) -> Heard:
    turns = tuple(Turn(place, who, text, start=start, end=start + 4) for place, (start, who, text) in enumerate(said))
    return Heard(turns, until)


CALM = [(10.0 * n, A if n % 2 else C, "le explico las opciones que hay") for n in range(6)]
TALK = speech(*[(10.0 * n, 10.0 * n + 4) for n in range(12)])


@pytest.mark.parametrize(
    ("what", "said", "border"),
    [
        ("all is calm: the last turn may still grow", CALM, 5),
        ("nothing beyond what is written down to its end", heard(*CALM, until=35.0), 3),
        ("a number has begun", [*CALM, (60.0, C, "4111 1111"), (70.0, A, "ajá"), (80.0, C, "1111")], 6),
        ("a code was asked for", [*CALM, (60.0, A, "¿el CVV?"), (70.0, C, "a ver"), (80.0, A, "sí")], 6),
        ("an utterance does not begin there", [*CALM, (60.5, C, "bueno")], 5),
        ("nothing new", CALM[:1], None),
    ],
)  # fmt: skip
def test_words_are_settled_up_to_a_quiet_moment(
    what: str, said: list[tuple[float, Speaker, str]] | Heard, border: int | None
) -> None:
    told = said if isinstance(said, Heard) else heard(*said)
    assert settled_until(told, TALK, 0) == border, what


def test_an_utterance_that_is_cut_in_parts_is_kept_whole_or_not_at_all() -> None:
    long = speech((0.0, 4.0), (10.0, 60.0), customer=((40.0, 44.0),))
    turns = heard((0.0, A, "le explico"), (10.0, A, "la primera parte"), (40.0, C, "bueno"), until=400.0)
    assert settled_until(turns, long, 0) == 1


def test_what_is_kept_holds_no_card_data_and_other_settings_begin_anew(house: House, call: Call) -> None:
    interaction = arrive(house, call.path, language="es")
    card = (0.0, C, "mi tarjeta es 4111 1111 1111 1111, vence 12/27")
    stretches = begun(house.engine, interaction, "k", TALK)
    stretches.keep(heard(card, *CALM[1:]))
    with reading(house.engine) as session:
        (row,) = session.scalars(select(HeardStretch))
    assert row.until == 50.0
    assert "tarjeta es •••• •••• •••• ••••, vence •••••" in str(row.pieces)
    again = begun(house.engine, interaction, "k", TALK)
    assert (again.until, len(again.turns)) == (50.0, 5)
    assert [turn.index for turn in again.whole([Turn(0, A, "y lo demás")])] == list(range(6))
    assert begun(house.engine, interaction, "another", TALK).until == 0.0
    assert begun(house.engine, interaction, "k", TALK).until == 0.0
