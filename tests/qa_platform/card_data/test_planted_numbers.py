"""Numbers planted in every door at once survive nowhere: not in the database, nor in files, exports, logs or copies."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from models.interactions import FileStatus, Interaction, Stage, StoredObject, Waveform
from models.people import Person, Portfolio, Role
from qa_platform import daily, logs, pipeline
from qa_platform.access import people
from qa_platform.archive.vcon_export import vcon
from qa_platform.cases.labelling import cases
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.doors import ingest, sources
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.sources import SourceSettings
from qa_platform.ears.peaks import Peaks
from qa_platform.ears.playback import playable
from qa_platform.evaluations import evaluation
from qa_platform.exports import tables
from qa_platform.exports.evaluations import evaluation_rows
from qa_platform.pipeline import House
from qa_platform.settings import Settings
from qa_platform.transcription import expected_names

NOW = datetime.now(UTC)
RATE = 8000
Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Story:
    """What is said, and what of it may be found nowhere afterwards."""

    lines: Lines
    planted: tuple[str, ...]
    language: str = "es"
    kept: str = ""  # what must still be there


A, C = "agent", "customer"
STORIES = {
    "digits": Story(
        [(A, "¿me dicta su tarjeta?"), (C, "es la 4111 1111 1111 1111"), (A, "gracias, son 2100 pesos")],
        ("4111 1111", "1111 1111 1111", "4111111111111111"),
        kept="gracias, son 2100 pesos",
    ),
    "words": Story(
        [(A, "dígame el número de su tarjeta"), (C, ("cinco cinco cinco cinco cinco cinco cinco cinco cinco cinco "
                                                    "cinco cinco cuatro cuatro cuatro cuatro"))],
        ("cinco cinco", "cuatro cuatro"),
    ),
    "tens": Story(
        [(C, ("cuarenta y cinco treinta y nueve catorce ochenta y ocho cero tres cuarenta y tres sesenta y cuatro "
             "sesenta y siete"))],
        ("cuarenta y cinco", "sesenta y siete", "ochenta y ocho"),
    ),
    "interrupted": Story(
        [(C, "es la 4539"), (A, "4539, ajá"), (C, "1488"), (A, "¿ochenta y ocho?"), (C, "sí, 0343"), (C, "6467"),
         (A, "perfecto, le confirmo su pago para el viernes")],
        ("es la 4539", "4539, ajá", "ochenta y ocho", "sí, 0343"),
        kept="perfecto, le confirmo su pago para el viernes",
    ),
    "repeats in Spanish": Story(
        [(A, "¿el número de la tarjeta?"), (C, "cuatro triple uno"), (A, "sí"), (C, "doble uno doble uno"), (A, "ajá"),
         (C, "cuádruple uno"), (C, "triple uno uno")],
        ("triple uno", "doble uno", "cuádruple uno"),
    ),
    "repeats in English": Story(
        [(A, "What's your card number?"), (C, ("three seven eight two eight double two four six three one triple zero "
                                              "five"))],
        ("double two", "triple zero", "three seven eight"),
        "en",
    ),
    "English": Story(
        [(A, "go ahead with the long number"), (C, "four one one one"), (A, "okay"),
         (C, "one one one one one one one one"), (C, "one one one one")],
        ("one one", "four one"),
        "en",
    ),
    "security code": Story([(A, "¿los tres de atrás?"), (C, "siete tres siete")], ("siete tres",)),
    "security code in English": Story([(A, "And the CVV?"), (C, "let me see"), (C, "seven three seven")],
                                      ("seven three",), "en"),
    "expiry": Story(
        [(C, "4111111111111111"), (A, "¿cuándo vence?"), (C, "doce del veintisiete"), (A, "de acuerdo")],
        ("doce del", "veintisiete", "41111111"),
    ),
    "expiry in English": Story([(C, "378282246310005 expires 09/28")], ("09/28", "378282246"), "en"),
    "one-time code": Story(
        [(A, "¿qué código le llegó por mensaje?"), (C, "un momento"), (C, "48 29 13")], ("48 29", "482913", "29 13")
    ),
    "one-time code in English": Story(
        [(A, "read me the verification code we texted"), (C, "four eight two nine one three")],
        ("four eight", "nine one three"),
        "en",
    ),
}  # fmt: skip


def _turns(story: Story) -> list[dict[str, object]]:
    return [
        {"speaker": who, "start": 4.0 * place, "end": 4.0 * place + 3, "text": text}
        for place, (who, text) in enumerate(story.lines)
    ]


def _call(story: Story) -> bytes:
    told = {"channel": "voice", "language": story.language, "turns": _turns(story), "raw": story.planted}
    return json.dumps(told, ensure_ascii=False).encode()


def _chat(story: Story) -> bytes:
    lines = [
        f"[12/03/26 10:{minute:02}:01] {'Diego' if who == A else 'Marta'}: {text}\n"
        for minute, (who, text) in enumerate(story.lines)
    ]
    return "".join(lines).encode()


def _table(story: Story) -> bytes:
    rows = "".join(f'{turn["speaker"]},{turn["start"]},{turn["end"]},"{turn["text"]}"\n' for turn in _turns(story))
    return f"speaker,start,end,text\n{rows}".encode()


def _recording(seed: int, seconds: float) -> bytes:
    """Noise that is nowhere twice, so that a stretch of it is found wherever it was copied to."""
    sound = np.random.default_rng(seed).normal(0, 6000, (int(seconds * RATE), 2)).clip(-30000, 30000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    return file.getvalue()


@dataclass
class Told:
    """The house with everything in it, and all that it wrote besides."""

    house: House
    folder: Path
    said: str
    pieces: dict[int, bytes]  # sound of a hidden moment, by interaction

    def everything(self) -> bytes:
        files = [path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return b"\n".join([*files, self.said.encode()])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Every story through every door, reviewed, exported, played and swept, with the log at its loudest."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "temporary").mkdir()
    settings = Settings(
        data_dir=folder / "data",
        whisper_model=str(folder / "none"),
        secret_key=SecretStr("s" * 40),
        _env_file=None,  # type: ignore[call-arg]
    )
    engine = open_database(settings.database)
    upgrade(engine)
    house, spoken = House(engine, settings), io.StringIO()
    before = tempfile.tempdir
    tempfile.tempdir = str(folder / "temporary")
    try:
        with contextlib.redirect_stderr(spoken):
            logs.set_up("DEBUG")
            pieces = _through_every_door(house)
            _reviewed(house)
            _exported(house, folder / "exports")
            daily.tend_store(engine, settings, now=NOW)
    finally:
        tempfile.tempdir = before
        logging.getLogger().handlers = []
    yield Told(house, folder, spoken.getvalue(), pieces)
    engine.dispose()


def _through_every_door(house: House) -> dict[int, bytes]:
    pieces = {}
    with transaction(house.engine) as session:
        source = sources.save(session, SourceSettings("north", portfolio="andino"))
    for number, story in enumerate(STORIES.values()):
        sound = _recording(number, 4.0 * len(story.lines))
        call = _arrive(house, Part(f"a{number}.wav", sound), Part(f"a{number}.json", _call(story)), source=source)
        hidden = next(
            place for place, (_, text) in enumerate(story.lines) if any(words in text for words in story.planted)
        )
        first = 44 + 4 * int((4 * hidden + 1) * RATE)
        pieces[call] = sound[first : first + 400]
        _arrive(house, Part(f"chat{number}.txt", _chat(story)))
        _arrive(house, Part(f"4111111111111111_{number}.csv", _table(story)))
    return pieces


def _arrive(house: House, *parts: Part, source: object = None) -> int:
    with transaction(house.engine) as session:
        answers = ingest.receive(
            session,
            parts,
            settings=house.settings,
            source=source,  # type: ignore[arg-type]
            metadata=Metadata(portfolio="andino", agent="d1"),
        )
    assert {answer.status for answer in answers} <= {FileStatus.ACCEPTED, FileStatus.DUPLICATE}, answers
    interaction = answers[0].interaction_id
    assert interaction is not None
    pipeline.process(house, interaction)
    with reading(house.engine) as session:
        row = session.get_one(Interaction, interaction)
        assert row.stage is Stage.READY, row.failure
        if row.recording_id is not None:
            playable(house.storage.path(_folder(house, row.recording_id)))
    return interaction


def _folder(house: House, object_id: int) -> str:
    with reading(house.engine) as session:
        return session.get_one(StoredObject, object_id).folder


def _reviewed(house: House) -> None:
    """A reviewer types what they heard."""
    with transaction(house.engine) as session:
        number = people.add_person(
            session, email="s@qa.test", name="S", role=Role.SUPERVISOR, password="vuelta de hoja 42", now=NOW,
            every_portfolio=True,
        )  # fmt: skip
        viewer = people.viewer(session, session.get_one(Person, number))
        view = evaluation.open_evaluation(session, viewer, 1, now=NOW)
        evaluation.comment_at(session, viewer, view.id, "dictó 5555 5555 5555 4444 completo", now=NOW, turn=0)
        view = evaluation.summarize(
            session, viewer, view.id, "Dijo su CVV 737 y 5555555555554444", expected_version=view.version, now=NOW
        )
        line = view.lines[0]
        evaluation.answer(
            session, viewer, view.id, line.code, line.proposed, expected_version=view.version, now=NOW,
            comment="se oye 5555-5555-5555-4444",
        )  # fmt: skip
        portfolio = session.scalars(select(Portfolio.id)).first()
        assert portfolio is not None
        expected_names.save(session, viewer, portfolio, hotwords=["5555555555554444"], language="", now=NOW)


def _exported(house: House, folder: Path) -> None:
    folder.mkdir()
    with reading(house.engine) as session:
        viewer = people.viewer(session, session.scalars(select(Person)).one())
        rows = list(evaluation_rows(session, viewer))
        for name in ("e.csv", "e.xlsx", "e.json"):
            tables.write(rows, folder / name, tables.form_of(name))
        (folder / "cases.jsonl").write_text("\n".join(str(case) for case in cases(session, viewer)), "utf-8")
        for row in session.scalars(select(Interaction)):
            whole = vcon(session, row, recording_from=house.storage)
            (folder / f"{row.id}.vcon").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_what_was_planted_is_nowhere(told: Told, name: str) -> None:
    story, held = STORIES[name], told.everything()
    assert story.kept.encode() in held
    forms = {
        form for planted in story.planted for form in (planted, planted.replace(" ", ""), planted.replace(" ", "-"))
    }
    forms = {form for form in forms if len(form) >= 6 or not form.isdigit()}  # four digits stand in any digest
    found = [
        form for form in sorted(forms) for coding in ("utf-8", "utf-16-le", "utf-16-be") if form.encode(coding) in held
    ]
    assert not found, _where(told, found[0])


@pytest.mark.parametrize("typed", ["5555555555554444", "5555 5555", "5555-5555", "CVV 737"])
def test_what_people_typed_is_nowhere(told: Told, typed: str) -> None:
    assert typed.encode() not in told.everything(), _where(told, typed)
    assert "dictó •••• •••• •••• •••• completo".encode() in told.everything()


def test_a_number_in_a_files_name_is_nowhere(told: Told) -> None:
    assert b"4111111111111111" not in told.everything()


def test_the_sound_of_hidden_moments_is_in_no_file_no_copy_and_no_wave(told: Told) -> None:
    held = told.everything()
    assert len(told.pieces) == len(STORIES)
    assert [number for number, piece in told.pieces.items() if piece in held] == []
    with reading(told.house.engine) as session:
        silent = [
            bool((~Peaks.from_bytes(session.get_one(Waveform, number).data).pairs.any(axis=(0, 2))).any())
            for number in told.pieces
        ]
    assert all(silent)


def test_no_temporary_file_is_left(told: Told) -> None:
    assert list((told.folder / "temporary").iterdir()) == []
    assert [
        path.name for path in told.house.settings.data_dir.iterdir() if path.name.startswith(("tmp", "un", "fe"))
    ] == []


def _where(told: Told, planted: str) -> str:
    """For whoever has to mend it."""
    form = planted.encode()
    files = [
        str(path.relative_to(told.folder))
        for path in told.folder.rglob("*")
        if path.is_file() and form in path.read_bytes()
    ]
    return f"{planted!r} is in {files or 'the log'}"
