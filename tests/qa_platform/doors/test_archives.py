"""A ZIP is unpacked within limits, what is inside gets its own line, and no name inside becomes a path."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.interactions import Interaction
from qa_platform.database import reading
from qa_platform.doors import archives
from qa_platform.doors.ingest import BatchReport, receive_batch
from qa_platform.settings import Settings
from tests.qa_platform.doors.conftest import tone

CALL = json.dumps({"turns": [{"speaker": "agent", "start": 0, "end": 1, "text": "Buenas tardes"}]}).encode()


def packed(entries: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return written.getvalue()


def received(engine: Engine, house: Settings, inbox: Path, data: bytes, name: str = "lote.zip") -> BatchReport:
    (inbox / name).write_bytes(data)
    return receive_batch(engine, [inbox / name], settings=house)


def lines(report: BatchReport) -> dict[str, str]:
    return {file.name: file.why.code if file.why else file.status.value for file in report.files}


def test_calls_inside_find_their_transcripts_and_the_rest_is_told(engine: Engine, house: Settings, inbox: Path) -> None:
    data = packed(
        {
            "dia/a.wav": tone(),
            "dia/a.json": CALL,
            "dia/leeme.md": b"# notas",
            "dia/otra.zip": packed({"b.wav": tone(0.5)}),
            "__MACOSX/dia/._a.wav": b"x",
        }
    )
    report = received(engine, house, inbox, data)
    assert lines(report) == {
        "lote.zip/dia/a.wav": "accepted",
        "lote.zip/dia/a.json": "accepted",
        "lote.zip/dia/leeme.md": "UnknownFormat",
        "lote.zip/dia/otra.zip": "ArchiveNotAudio",
        "lote.zip/__MACOSX/dia/._a.wav": "PassedOver",
    }
    with reading(engine) as session:
        (call,) = session.scalars(select(Interaction))
    assert call.recording_id
    assert call.transcript_id
    assert not list(house.data_dir.glob("unpacked-*"))


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("../../fuera.wav", "lote.zip/fuera.wav"),
        ("/etc/fuera.wav", "lote.zip/etc/fuera.wav"),
        ("C:\\x\\fuera.wav", "lote.zip/C:/x/fuera.wav"),
        ("..\\fuera.wav", "lote.zip/fuera.wav"),
        ("a\u202egpj.wav", "lote.zip/agpj.wav"),
        ("x" * 300 + "/fuera.wav", "lote.zip/" + "x" * 300 + "/fuera.wav"),
    ],
)
def test_a_name_that_would_leave_the_folder_is_only_a_name(
    engine: Engine, house: Settings, inbox: Path, inside: str, shown: str
) -> None:
    before = {path for path in inbox.parent.rglob("*") if "data" not in path.parts}
    report = received(engine, house, inbox, packed({inside: tone()}))
    assert lines(report) == {shown: "accepted"}
    after = {path for path in inbox.parent.rglob("*") if "data" not in path.parts}
    assert {path.name for path in after - before} <= {"lote.zip", "qa.db-wal", "qa.db-shm"}


def link() -> bytes:
    entry = zipfile.ZipInfo("enlace.wav")
    entry.external_attr = 0o120777 << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        out.writestr(entry, "/etc/passwd")
    return written.getvalue()


def locked() -> bytes:
    """The flag alone: what is inside is never looked at."""
    data = bytearray(packed({"a.wav": tone()}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(magic) + offset
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | 1)
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes, as packed bombs do."""
    data = packed({"a.wav": tone(), "b.wav": tone(0.5)}, how=zipfile.ZIP_STORED)
    second = data.rindex(b"PK\x01\x02")
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def lying(*, size: int) -> bytes:
    """Says of itself that it unpacks to almost nothing."""
    data = bytearray(packed({"a.wav": bytes(size)}))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(magic) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed({}), "EmptyArchive"),
        (packed({"dir/": b""}), "EmptyArchive"),
        (locked(), "ArchiveLocked"),
        (packed({"bomba.wav": bytes(60 << 20)}), "ArchiveTooLarge"),
        (packed({f"{n}.wav": b"" for n in range(10_001)}, how=zipfile.ZIP_STORED), "ArchiveTooLarge"),
        (packed({"a.wav": tone()})[:-30], "ArchiveDamaged"),
        (packed({"a.wav": tone()}, how=zipfile.ZIP_STORED).replace(tone()[60:80], bytes(20), 1), "ArchiveDamaged"),
        (b"PK\x03\x04" + bytes(60), "ArchiveDamaged"),
        (lying(size=1 << 20), "ArchiveDamaged"),
    ],
    ids=["empty", "folders only", "locked", "bomb", "entries", "cut", "broken sum", "no directory", "lying size"],
)
def test_what_cannot_be_unpacked_safely_is_refused_whole(
    engine: Engine, house: Settings, inbox: Path, data: bytes, code: str
) -> None:
    report = received(engine, house, inbox, data)
    assert lines(report) == {"lote.zip": code}
    assert not list(house.data_dir.rglob("content*"))
    assert not list(house.data_dir.glob("unpacked-*"))


def test_a_link_inside_is_not_followed(engine: Engine, house: Settings, inbox: Path) -> None:
    assert lines(received(engine, house, inbox, link())) == {"lote.zip/enlace.wav": "LinkInside"}


def test_entries_that_share_bytes_unpack_no_further_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with contextlib.suppress(archives.ArchiveDamaged):
        archives.unpack(io.BytesIO(overlapping()), "x.zip", into=tmp_path / "x", largest_file=1 << 20)
    assert sum(path.stat().st_size for path in (tmp_path / "x").iterdir()) < archives._FREE_RATIO


def test_two_entries_of_one_name_are_two_files(engine: Engine, house: Settings, inbox: Path) -> None:
    data = packed({"a.wav": tone(), "b.wav": tone(0.5)}).replace(b"b.wav", b"a.wav")
    report = received(engine, house, inbox, data)
    assert [file.status.value for file in report.files] == ["accepted", "accepted"]


def test_a_file_inside_that_is_too_large_does_not_stop_the_others(engine: Engine, tmp_path: Path, inbox: Path) -> None:
    house = Settings(data_dir=tmp_path / "data", max_upload_mb=1)
    data = packed({"grande.wav": tone(200.0), "a.wav": tone()}, how=zipfile.ZIP_STORED)
    found = lines(received(engine, house, inbox, data))
    assert found == {"lote.zip/grande.wav": "UnpackedTooLarge", "lote.zip/a.wav": "accepted"}


def test_a_chat_exported_with_its_media_is_one_chat_and_not_a_call_for_each_voice_note(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    chat = "18/03/26, 10:00 - Rosa: hola\n18/03/26, 10:01 - Rosa: PTT-20260318-WA0001.opus (archivo adjunto)\n"
    data = packed({"Chat con Rosa.txt": chat.encode(), "PTT-20260318-WA0001.wav": tone(), "IMG-1.jpg": b"\xff\xd8\xff"})
    assert lines(received(engine, house, inbox, data)) == {
        "lote.zip/Chat con Rosa.txt": "accepted",
        "lote.zip/PTT-20260318-WA0001.wav": "SentInChat",
        "lote.zip/IMG-1.jpg": "SentInChat",
    }
