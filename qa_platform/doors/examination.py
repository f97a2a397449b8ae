"""Looks at the bytes of a file that is offered: a recording to be heard, a transcript to be read, or why neither."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO, TypeAlias

from models.errors import QAError
from qa_platform.card_data.words import HIDDEN, without_cards
from qa_platform.doors import raw_sound
from qa_platform.doors.raw_sound import RawSound
from qa_platform.ears import audio
from qa_platform.ears.containers import NAMED_CODINGS, check_raw
from qa_platform.formats.contract import Document, Hints, Notice, Reading, read_document, recognised_by
from qa_platform.formats.reading.draft import Elsewhere
from qa_platform.formats.reading.text import is_text
from qa_platform.storage import Kept, Storage

Content: TypeAlias = "Path | bytes | BinaryIO"
Fetch: TypeAlias = "Callable[[Elsewhere], Kept]"

_SUFFIXES = ".wav .wav49 .mp3 .ogg .oga .opus .m4a .mp4 .aac .flac .webm .amr .awb .au .wma .aif .caf .3gp"
AUDIO_SUFFIXES = frozenset(_SUFFIXES.split()) | raw_sound.SUFFIXES | {f".{coding}" for coding in NAMED_CODINGS}
_PACKED = b"PK\x03\x04"
LARGEST_TRANSCRIPT = 64 << 20  # bytes; a whole day of words is far less


_NOT_FETCHED = Notice("The vCon names a recording at an address outside the file; nothing is fetched from there.")


class CannotOpen(QAError):
    status = 403
    says = "The file cannot be opened."
    remedy = "Check that this program may read it, and send it again."


class TranscriptTooLarge(QAError):
    status = 413
    says = "The transcript is larger than {limit} MB."
    remedy = "Send one conversation a file."


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is offered, under the name that it came with."""

    name: str
    content: Content
    leg: str = ""  # which side of the call a file of one side holds; see doors/legs.py

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that will be taken in. `recording` is the audio, the file itself or from inside a transcript file."""

    name: str
    kept: tuple[Kept, ...]
    recording: Kept | None = None
    transcript: Kept | None = None
    reading: Reading | None = None
    notices: tuple[Notice, ...] = ()
    original: bytes | None = None  # of words in which card data was hidden, for a portfolio that keeps it sealed


def examine(
    part: Part, storage: Storage, hints: Hints, *, raw: RawSound | None = None, fetch: Fetch | None = None
) -> Examined:
    """Keeps the bytes and looks at them; what is refused is not kept. Raises QAError with the reason.

    `raw` says how sound without a header is to be read; such a file is kept behind a header. `fetch` gets a recording
    that a transcript only names. A file of words is read before it is written: card data in it never touches the disk.
    """
    data = _words(part, storage.limit)
    if data is not None:
        return _transcript(part, data, storage, hints, fetch)
    kept = _keep(part, storage, raw)
    try:
        path = storage.path(kept.folder)
        with path.open("rb") as content:
            head = content.read(audio.HEAD_BYTES)
        if is_text(head) and not audio.sniff(head) and kept.size > LARGEST_TRANSCRIPT:
            raise TranscriptTooLarge(part.name, limit=LARGEST_TRANSCRIPT >> 20)
        listenable(path)  # says of an archive or a picture what it is
        return Examined(part.name, (kept,), recording=kept)
    except BaseException:
        storage.delete(kept.folder)
        raise


def listenable(path: Path) -> None:
    """Decodes the first second, so that what cannot be heard is refused at the door."""
    audio.probe(path)
    next(audio.blocks(path, rate=8000, seconds=1.0), None)


def looks_like_audio(part: Part) -> bool:
    """By its first bytes, by its name where they say nothing; enough to pair a call with its transcript."""
    return part.suffix in AUDIO_SUFFIXES or audio.sniff(beginning(part)) is not None


def beginning(part: Part) -> bytes:
    """Its first bytes; none where it cannot be opened."""
    if isinstance(part.content, bytes):
        return part.content[: audio.HEAD_BYTES]
    if not isinstance(part.content, Path):
        head = part.content.read(audio.HEAD_BYTES)
        part.content.seek(0)
        return head
    try:
        with part.content.open("rb") as content:
            return content.read(audio.HEAD_BYTES)
    except OSError:
        return b""


def _keep(part: Part, storage: Storage, raw: RawSound | None) -> Kept:
    suffix = part.suffix.removeprefix(".")
    kind = suffix if suffix in NAMED_CODINGS else ""
    try:
        content = part.content.open("rb") if isinstance(part.content, Path) else _rewound(part.content)
    except OSError:
        raise CannotOpen(part.name) from None
    with content if isinstance(part.content, Path) else nullcontext():
        head = beginning(part)
        if raw is None or not head or audio.sniff_strictly(head):
            return storage.keep(content, kind=kind)
        check_raw(head, part.name)
        return storage.keep(raw_sound.with_header(content, raw, size=_size(content)))


def _rewound(content: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _size(content: BinaryIO) -> int:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    return size


def _words(part: Part, limit: int) -> bytes | None:
    """The whole of a file that may hold words; None for sound, and for what is too large or cannot be opened."""
    head = beginning(part)
    if not head or audio.sniff(head) or part.suffix.removeprefix(".") in NAMED_CODINGS:
        return None
    if not is_text(head) and not head.startswith(_PACKED):
        return None
    data = _whole(part, min(limit, LARGEST_TRANSCRIPT))
    if data is None or part.suffix in AUDIO_SUFFIXES or head.startswith(_PACKED):
        # A workbook is an archive with a table in it; what is named like sound is words only where a format says so.
        return data if data is not None and _is_transcript(Document(data, name=PurePath(part.name).name)) else None
    return data


def _whole(part: Part, most: int) -> bytes | None:
    if isinstance(part.content, bytes):
        return part.content if len(part.content) <= most else None
    if isinstance(part.content, Path):
        try:
            return part.content.read_bytes() if part.content.stat().st_size <= most else None
        except OSError:
            return None
    data = part.content.read(most + 1)
    part.content.seek(0)
    return data if len(data) <= most else None


def _transcript(part: Part, data: bytes, storage: Storage, hints: Hints, fetch: Fetch | None) -> Examined:
    document = Document(data, name=PurePath(part.name).name)
    reading = read_document(document, hints)
    clean = without_cards(document, reading, hints)
    inside, notices = _inside(reading, storage) if reading.recordings else _from_elsewhere(reading, storage, fetch)
    try:
        # Known again by what came in, whatever is kept of it.
        kept = replace(storage.keep(clean or data), sha256=hashlib.sha256(data).hexdigest())
    except BaseException:
        if inside:
            storage.delete(inside.folder)
        raise
    if clean is not None:  # read again, the cleaned file may not tell what the one that came did
        notices = (*notices, HIDDEN, *reading.notices)
        reading = replace(reading, notices=())
    return Examined(
        part.name,
        (kept, *([inside] if inside else [])),
        recording=inside,
        transcript=kept if reading.conversation is not None else None,
        reading=reading,
        notices=notices,
        original=data if clean is not None else None,
    )


def _is_transcript(document: Document) -> bool:
    try:
        return bool(recognised_by(document))
    except QAError:  # no text at all, however it began
        return False


def _inside(reading: Reading, storage: Storage) -> tuple[Kept | None, tuple[Notice, ...]]:
    """The audio that a transcript file brought. Where it cannot be heard, words must make up for it."""
    kept = storage.keep(io.BytesIO(reading.recordings[0].data))
    try:
        listenable(storage.path(kept.folder))
    except QAError:
        storage.delete(kept.folder)
        if reading.conversation is None:
            raise
        return None, (Notice("The recording inside the file could not be heard and was left out."),)
    count = len(reading.recordings)
    rest = Notice("Only the first of the {count} recordings inside the file was taken.", {"count": str(count)})
    return kept, (rest,) if count > 1 else ()


def _from_elsewhere(reading: Reading, storage: Storage, fetch: Fetch | None) -> tuple[Kept | None, tuple[Notice, ...]]:
    """The recording that a transcript names. Where it cannot be had, words must make up for it."""
    if not reading.elsewhere:
        return None, ()
    if fetch is None:
        return None, (_NOT_FETCHED,)
    try:
        return fetched(reading.elsewhere[0], storage, fetch), ()
    except QAError as why:
        if reading.conversation is None:
            raise
        return None, (Notice(why.says, {name: str(value) for name, value in why.details.items()}),)


def fetched(place: Elsewhere, storage: Storage, fetch: Fetch) -> Kept:
    """A recording from outside that can be heard. Raises QAError and keeps nothing where it cannot."""
    kept = fetch(place)
    try:
        listenable(storage.path(kept.folder))
    except QAError:
        storage.delete(kept.folder)
        raise
    return kept
