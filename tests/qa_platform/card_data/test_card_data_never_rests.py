"""Test numbers planted in words and sound survive nowhere: not in the database, the files kept, the wave or the log."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray
from openpyxl import Workbook
from sqlalchemy import select

from models.interactions import Interaction, Stage, StoredFinding, StoredObject, StoredTurn, Waveform
from qa_platform import pipeline
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.ears import audio
from qa_platform.ears.peaks import PAIR_SECONDS, Peaks
from qa_platform.ears.playback import playable
from qa_platform.pipeline import House
from qa_platform.settings import Settings
from qa_platform.storage import Storage, open_storage

# Numbers that the schemes publish for tests.
VISA, MASTERCARD, AMEX = "4111111111111111", "5555555555554444", "378282246310005"
CVV, ONE_TIME = "737", "482913"
SPOKEN = "cinco cinco cinco cinco cinco cinco cinco cinco cinco cinco cinco cinco cuatro cuatro cuatro cuatro"
RATE = 8000

WHATSAPP = f"""[12/03/26 10:05:01] Diego: Buenas tardes, soy Diego de Recupera
[12/03/26 10:05:40] Marta: mi tarjeta es {VISA[:4]} {VISA[4:8]} {VISA[8:12]} {VISA[12:]}
[12/03/26 10:06:02] Diego: ¿y el CVV?
[12/03/26 10:06:20] Marta: {CVV}
[12/03/26 10:07:00] Diego: ¿me da el código que le llegó por mensaje?
[12/03/26 10:07:20] Marta: {ONE_TIME}
[12/03/26 10:08:00] Diego: gracias, quedan 2100 pesos para el 15
"""
CSV = f"""speaker,start,end,text
agent,0,4,¿me dicta su tarjeta?
customer,5,12,"es la {MASTERCARD}, vence en mayo"
agent,13,14,gracias
"""
SUBTITLES = f"""WEBVTT

00:00:01.000 --> 00:00:04.000
<v Agente>dígame el número de su tarjeta

00:00:05.000 --> 00:00:09.000
<v Cliente>{VISA[:8]}

00:00:09.500 --> 00:00:10.000
<v Agente>ajá

00:00:10.500 --> 00:00:14.000
<v Cliente>{VISA[8:]}
"""
MAIL = f"""From: Marta <marta@example.test>
Subject: pago
Date: Wed, 11 Mar 2026 10:05:00 -0600

Ya pagué, gracias.

El mar, 10 mar 2026 a las 9:00, Diego <diego@example.test> escribió:
> su tarjeta {AMEX} fue rechazada
"""


def _speech_export() -> bytes:
    """A machine's JSON: the words in a turn and, besides, one by one, where no turn shows them."""
    digits = [{"word": digit, "start": 5 + n * 0.4, "end": 5.3 + n * 0.4} for n, digit in enumerate(SPOKEN.split())]
    turns = [
        {"speaker": "agent", "start": 0, "end": 4, "text": "¿me dicta su tarjeta?"},
        {"speaker": "customer", "start": 5, "end": 12, "text": SPOKEN, "raw": VISA, "words": digits},
    ]
    return json.dumps({"channel": "voice", "language": "es", "turns": turns, "payload": {"pan": AMEX}}).encode()


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("speaker", "start", "end", "text"), ("agent", 0, 4, "¿su tarjeta?"), ("customer", 5, 9, f"la {VISA}")):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FILES = {
    "chat.txt": WHATSAPP.encode(),
    "chat-utf16.txt": WHATSAPP.encode("utf-16"),
    "turns.csv": CSV.encode("cp1252"),
    "call.vtt": SUBTITLES.encode(),
    "mail.eml": MAIL.encode(),
    "call.json": _speech_export(),
    "turns.xlsx": _workbook(),
}
PLANTED = {
    "chat.txt": (VISA, ONE_TIME),
    "chat-utf16.txt": (VISA, ONE_TIME),
    "turns.csv": (MASTERCARD,),
    "call.vtt": (VISA, VISA[:8], VISA[8:]),
    "mail.eml": (AMEX,),
    "call.json": (SPOKEN, VISA, AMEX, "cinco cinco", '"cinco"'),
    "turns.xlsx": (VISA,),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(data_dir=tmp_path / "data", whisper_model=str(tmp_path / "none"), _env_file=None)  # type: ignore[call-arg]
    engine = open_database(settings.database)
    upgrade(engine)
    yield House(engine, settings)
    engine.dispose()


def _take_in(house: House, *parts: Part) -> int:
    with transaction(house.engine) as session:
        received = ingest.receive(session, parts, settings=house.settings)
    interaction = received[0].interaction_id
    assert interaction is not None, received[0].what("en")
    pipeline.process(house, interaction)
    return interaction


def _row(house: House, interaction: int) -> Interaction:
    with reading(house.engine) as session:
        return session.get_one(Interaction, interaction)


def _kept(house: House, object_id: int | None) -> Path:
    with reading(house.engine) as session:
        return open_storage(house.settings).path(session.get_one(StoredObject, object_id).folder)


def _bytes_kept(house: House) -> bytes:
    """Everything under the data folder, the write-ahead log brought home first; archives unpacked."""
    with sqlite3.connect(house.settings.data_dir / "qa.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path.read_bytes() for path in sorted(house.settings.data_dir.rglob("*")) if path.is_file()]
    packed = [zipfile.ZipFile(io.BytesIO(file)) for file in files if file.startswith(b"PK\x03\x04")]
    return b"\n".join([*files, *(archive.read(name) for archive in packed for name in archive.namelist())])


def _forms(number: str) -> list[bytes]:
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if number.isdigit() else number
    return [form.encode(coding) for form in {number, spaced} for coding in ("utf-8", "utf-16-le", "utf-16-be")]


@pytest.mark.parametrize("name", FILES)
def test_a_number_in_a_file_of_words_survives_nowhere(
    house: House, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert any(form in FILES[name] for number in PLANTED[name] for form in _forms(number)) or name == "turns.xlsx"
    interaction = _take_in(house, Part(name, FILES[name]))
    assert _row(house, interaction).stage is Stage.READY
    kept = _bytes_kept(house) + "".join(capfd.readouterr()).encode()
    assert not [form for number in PLANTED[name] for form in _forms(number) if form in kept]


@pytest.mark.parametrize("name", FILES)
def test_a_number_in_a_file_of_words_never_touches_the_disk(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for the moment between writing and hiding, in which a machine may be switched off."""
    written: list[bytes] = []
    write = Storage._write

    def watched(self: Storage, stream: BinaryIO, target: Path) -> tuple[str, int]:
        told = write(self, stream, target)
        written.append(target.read_bytes())
        return told

    monkeypatch.setattr(Storage, "_write", watched)
    _take_in(house, Part(name, FILES[name]))
    assert written
    assert not [form for number in PLANTED[name] for form in _forms(number) if form in b"".join(written)]


def test_the_rest_of_a_chat_stays_as_it_was_and_in_its_own_form(house: House) -> None:
    row = _row(house, _take_in(house, Part("chat.txt", FILES["chat.txt"])))
    kept = _kept(house, row.transcript_id).read_text("utf-8")
    masked = WHATSAPP.replace("4111 1111 1111 1111", "•••• •••• •••• ••••").replace(f": {CVV}", ": •••")
    assert kept == masked.replace(ONE_TIME, "••••••")
    assert row.transcript_format == "whatsapp"
    assert "Card data was hidden in the transcript before it was kept." in [said["id"] for said in row.warnings]


def test_the_same_file_sent_again_is_known_by_what_came_in(house: House) -> None:
    interaction = _take_in(house, Part("chat.txt", FILES["chat.txt"]))
    with transaction(house.engine) as session:
        (again,) = ingest.receive(session, Part("copy.txt", FILES["chat.txt"]), settings=house.settings)
    assert (again.status, again.interaction_id) == ("duplicate", interaction)


def test_working_on_it_again_hides_nothing_more(house: House) -> None:
    interaction = _take_in(house, Part("chat.txt", FILES["chat.txt"]))
    before = _texts(house, interaction)
    pipeline.process(house, interaction)
    assert _texts(house, interaction) == before
    assert "gracias, quedan 2100 pesos para el 15" in before


def test_that_card_data_was_taken_is_still_found(house: House) -> None:
    interaction = _take_in(house, Part("call.json", FILES["call.json"]))
    with reading(house.engine) as session:
        found = session.scalars(select(StoredFinding).where(StoredFinding.interaction_id == interaction)).all()
    assert "slip.card_data_captured" in {finding.code for finding in found}


# -------------------------------------------------------------------------------------------------------------- sound

SECONDS, DICTATED = 20, (5.0, 11.3)  # the first digit begins at 5, the last ends at 11.3


def _sound(seconds: float = SECONDS) -> NDArray[np.int16]:
    """Both people hum all the time, so that any moment that is silent later was silenced."""
    at = np.arange(int(seconds * RATE)) / RATE
    sides = [0.4 * np.sin(2 * np.pi * tone * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at)) for tone in (180, 240)]
    return np.rint(np.array(sides) * 32767).astype("<i2")


def _wav(sound: NDArray[np.int16]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.T.tobytes())
    return file.getvalue()


def _heard(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(audio.blocks(path, rate=RATE)), axis=1)


def test_the_moments_of_a_number_are_silenced_on_both_channels_and_nothing_else_is(house: House) -> None:
    sound = _sound()
    interaction = _take_in(house, Part("call.wav", _wav(sound)), Part("call.json", FILES["call.json"]))
    row = _row(house, interaction)
    left = _heard(_kept(house, row.recording_id))
    first, last = round((DICTATED[0] - 0.3) * RATE), round((DICTATED[1] + 0.3) * RATE)
    assert left.shape == sound.shape
    assert not left[:, first:last].any()
    for kept in (slice(0, first - RATE // 50), slice(last + RATE // 50, None)):
        assert np.array_equal(np.rint(left[:, kept] * 32768).astype(np.int16), sound[:, kept])
    said = [(warning["id"], warning["params"]) for warning in row.warnings]
    assert ("Card data was said: {seconds} s of the recording were silenced.", {"seconds": "6.9"}) in said


def test_the_sound_of_a_number_is_in_no_file_and_not_in_the_wave(house: House) -> None:
    sound = _sound()
    content = _wav(sound)
    interaction = _take_in(house, Part("call.wav", content), Part("call.json", FILES["call.json"]))
    piece = sound.T[int(6 * RATE) : int(6 * RATE) + 400].tobytes()
    assert piece in content
    assert piece not in _bytes_kept(house)
    with reading(house.engine) as session:
        pairs = Peaks.from_bytes(session.get_one(Waveform, interaction).data).pairs
    first, last = (round(moment / PAIR_SECONDS) for moment in DICTATED)
    assert not pairs[:, first:last].any()
    assert pairs[:, : first - 20].any()


def test_a_playable_copy_made_before_is_gone(house: House) -> None:
    recording = Part("call.wav", _wav(_sound()))
    interaction = _take_in(house, recording)
    content = _kept(house, _row(house, interaction).recording_id)
    (content.parent / "playable.wav").write_bytes(recording.content)  # type: ignore[arg-type]
    assert playable(content).media_type == "audio/wav"
    with transaction(house.engine) as session:
        ingest.receive(session, [recording, Part("call.json", FILES["call.json"])], settings=house.settings)
    pipeline.process(house, interaction)
    assert [path.name for path in content.parent.iterdir()] == ["content"]
    assert playable(content).media_type == "audio/flac"


def test_working_on_a_silenced_call_again_changes_neither_sound_nor_measures(house: House) -> None:
    interaction = _take_in(house, Part("call.wav", _wav(_sound())), Part("call.json", FILES["call.json"]))
    row = _row(house, interaction)
    content = _kept(house, row.recording_id)
    before, written = content.read_bytes(), content.stat().st_mtime_ns
    pipeline.process(house, interaction)
    assert (content.read_bytes(), content.stat().st_mtime_ns) == (before, written)
    assert _row(house, interaction).speech == row.speech


def test_words_without_times_silence_the_whole_recording(house: House) -> None:
    chat = json.dumps({"channel": "voice", "language": "es", "turns": [{"speaker": "customer", "text": f"es {VISA}"}]})
    interaction = _take_in(house, Part("call.wav", _wav(_sound(4))), Part("call.json", chat.encode()))
    assert not _heard(_kept(house, _row(house, interaction).recording_id)).any()


def test_a_recording_inside_a_file_of_words_is_kept_silenced_only(house: House) -> None:
    sound = base64.urlsafe_b64encode(_wav(_sound(6))).decode().rstrip("=")
    began = "2026-03-11T10:05:00-06:00"
    said = {"type": "text", "parties": [1], "start": began, "body": f"mi tarjeta es {VISA}", "encoding": "none"}
    heard = {"type": "recording", "parties": [0, 1], "start": began, "duration": 6, "mediatype": "audio/x-wav"}
    vcon = {
        "vcon": "0.3.0",
        "uuid": "0190a1b2-0000-8000-8000-000000000001",
        "created_at": began,
        "parties": [{"name": "Diego", "role": "agent"}, {"name": "Marta", "role": "customer"}],
        "dialog": [said, {**heard, "encoding": "base64url", "body": sound}],
    }
    interaction = _take_in(house, Part("call.vcon", json.dumps(vcon).encode()))
    row = _row(house, interaction)
    assert (row.stage, row.recording_id is not None) == (Stage.READY, True)
    assert not _heard(_kept(house, row.recording_id)).any()
    kept = _bytes_kept(house)
    assert VISA.encode() not in kept
    assert sound[200:400].encode() not in kept


def _texts(house: House, interaction: int) -> list[str]:
    with reading(house.engine) as session:
        turns = select(StoredTurn.text).where(StoredTurn.interaction_id == interaction).order_by(StoredTurn.position)
        return list(session.scalars(turns))
