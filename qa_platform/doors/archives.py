"""A ZIP of recordings and chats, unpacked within limits: no name inside it ever becomes a path.

Only ZIP, and only one level: an archive within the archive is refused like any other file that is no recording.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from models.errors import QAError
from qa_platform.doors.offerings import Found
from qa_platform.formats.reading.text import clean

MOST_ENTRIES = 10_000
LARGEST = 5 << 30  # bytes unpacked
RATIO = 100
_FREE_RATIO = 4 << 20  # bytes: what is this small may be packed as tightly as it likes
_CHUNK = 1 << 20


# What the reader meets in a damaged archive; RuntimeError is a password that only the inner header asks for.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    EOFError,
    RuntimeError,
)


class ArchiveDamaged(QAError):
    status = 422
    says = "The archive is damaged and cannot be unpacked."
    remedy = "Pack the files again, or send them one by one."


class ArchiveLocked(QAError):
    status = 422
    says = "The archive is protected by a password."
    remedy = "Unpack it and send the files, or pack them without a password."


class ArchiveTooLarge(QAError):
    status = 413
    says = "The archive is too large to unpack: over {entries} files, over {limit} GB, or packed over {ratio} to 1."
    remedy = "Unpack it yourself and send the folder, or pack fewer files together."


class EmptyArchive(QAError):
    status = 422
    says = "The archive holds no files."
    remedy = "Pack the recordings and send it again."


class LinkInside(QAError):
    says = "This is a link, not a file."
    remedy = "Pack the file itself."


class UnpackedTooLarge(QAError):
    status = 413
    says = "The file inside the archive is larger than {limit} MB, the most that is taken in."
    remedy = "Split it, or raise QA_MAX_UPLOAD_MB."


def unpack(content: Path | BinaryIO, name: str, *, into: Path, largest_file: int) -> list[Found]:
    """Every file of the archive, written under numbers in `into`; what cannot be offered is listed with its reason.

    Raises ArchiveDamaged, ArchiveLocked, ArchiveTooLarge or EmptyArchive.
    """
    try:
        with zipfile.ZipFile(content) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            _check(entries, name)
            return list(_each(packed, entries, name, into, largest_file))
    except _BROKEN as broken:
        raise ArchiveDamaged(name) from broken


def _check(entries: list[zipfile.ZipInfo], name: str) -> None:
    """By what the archive says of itself; what it really unpacks to is counted as it comes."""
    if not entries:
        raise EmptyArchive(name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise ArchiveLocked(name)
    size, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES or size > LARGEST or (size > _FREE_RATIO and size > RATIO * packed):
        raise _too_large(name)


def _too_large(name: str) -> ArchiveTooLarge:
    return ArchiveTooLarge(name, entries=MOST_ENTRIES, limit=LARGEST >> 30, ratio=RATIO)


def _each(
    packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, into: Path, largest_file: int
) -> Iterator[Found]:
    left = min(LARGEST, max(_FREE_RATIO, RATIO * sum(entry.compress_size for entry in entries)))
    for number, entry in enumerate(entries):
        shown = f"{name}/{_shown(entry.filename)}"
        target = into / f"{number:05d}{_suffix(entry.filename)}"
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield Found(target, shown, why_not=LinkInside(shown))
        elif _hidden(entry.filename):
            yield Found(target, shown, hidden=True)
        elif entry.file_size > largest_file:
            yield Found(target, shown, why_not=UnpackedTooLarge(shown, limit=largest_file >> 20))
        else:
            left -= _write(packed, entry, target, name, left=left)
            yield Found(target, shown)


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, name: str, *, left: int) -> int:
    size = 0
    with packed.open(entry) as inside, target.open("xb") as out:
        while piece := inside.read(_CHUNK):
            size += len(piece)
            if size > left:
                raise _too_large(name)
            out.write(piece)
    return size


def _shown(inside: str) -> str:
    """The name as a person may read it: without ways up, drives or characters that nobody sees."""
    parts = [part for part in PurePosixPath(inside.replace("\\", "/")).parts if part not in {"/", "..", "."}]
    return clean("/".join(parts)).replace("\n", " ") or "?"


def _suffix(inside: str) -> str:
    suffix = PurePosixPath(_shown(inside)).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 9 else ""


def _hidden(inside: str) -> bool:
    """What macOS and Windows put beside the files."""
    parts = PurePosixPath(_shown(inside)).parts
    return bool(parts) and (
        parts[-1].startswith(".") or parts[0] == "__MACOSX" or parts[-1] in {"Thumbs.db", "desktop.ini"}
    )
