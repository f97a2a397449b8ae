"""Looks at the bytes of a file that is offered: a recording to be heard, a transcript to be read, or why neither."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, TypeAlias

from models.errors import QAError
from qa_platform import audio
from qa_platform.formats.contract import Document, Hints, Notice, Reading, read_document, recognised_by
from qa_platform.formats.reading.text import is_text
from qa_platform.storage import Kept, Storage

Content: TypeAlias = "Path | bytes | BinaryIO"

_SUFFIXES = (
    ".wav .wav49 .mp3 .ogg .oga .opus .m4a .mp4 .aac .flac .webm .gsm .amr .g722 .raw .sln .au .wma .aif .caf .3gp"
)
AUDIO_SUFFIXES = frozenset(_SUFFIXES.split())
NAMED_CODINGS = frozenset({"g722"})  # audio without a face: only the suffix tells
_LARGEST_TRANSCRIPT = 64 << 20  # bytes; a whole day of words is far less


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


def examine(part: Part, storage: Storage, hints: Hints) -> Examined:
    """Keeps the bytes and looks at them; what is refused is not kept. Raises QAError with the reason."""
    kept = _keep(part, storage)
    try:
        path = storage.path(kept.folder)
        with path.open("rb") as content:
            head = content.read(audio.HEAD_BYTES)
        if audio.sniff(head) or not is_text(head) or part.suffix.removeprefix(".") in NAMED_CODINGS:
            listenable(path)  # says of an archive or a picture what it is
            return Examined(part.name, (kept,), recording=kept)
        return _transcript(part, kept, path, storage, hints)
    except BaseException:
        storage.delete(kept.folder)
        raise


def listenable(path: Path) -> None:
    """Decodes the first second, so that what cannot be heard is refused at the door."""
    audio.probe(path)
    next(audio.blocks(path, rate=8000, seconds=1.0), None)


def looks_like_audio(part: Part) -> bool:
    """By its first bytes, by its name where they say nothing; enough to pair a call with its transcript."""
    if part.suffix in AUDIO_SUFFIXES or not isinstance(part.content, Path):
        return part.suffix in AUDIO_SUFFIXES
    try:
        with part.content.open("rb") as content:
            return audio.sniff(content.read(audio.HEAD_BYTES)) is not None
    except OSError:
        return False


def _keep(part: Part, storage: Storage) -> Kept:
    suffix = part.suffix.removeprefix(".")
    kind = suffix if suffix in NAMED_CODINGS else ""
    if not isinstance(part.content, Path):
        return storage.keep(part.content, kind=kind)
    try:
        content = part.content.open("rb")
    except OSError:
        raise CannotOpen(part.name) from None
    with content:
        return storage.keep(content, kind=kind)


def _transcript(part: Part, kept: Kept, path: Path, storage: Storage, hints: Hints) -> Examined:
    if kept.size > _LARGEST_TRANSCRIPT:
        raise TranscriptTooLarge(part.name, limit=_LARGEST_TRANSCRIPT >> 20)
    document = Document(path.read_bytes(), name=PurePath(part.name).name)
    if part.suffix in AUDIO_SUFFIXES and not recognised_by(document):
        listenable(path)  # raises with what a recording of that name really is
    reading = read_document(document, hints)
    inside, notices = _inside(reading, storage)
    return Examined(
        part.name,
        (kept, *([inside] if inside else [])),
        recording=inside,
        transcript=kept if reading.conversation is not None else None,
        reading=reading,
        notices=notices,
    )


def _inside(reading: Reading, storage: Storage) -> tuple[Kept | None, tuple[Notice, ...]]:
    """The audio that a transcript file brought. Where it cannot be heard, words must make up for it."""
    if not reading.recordings:
        return None, ()
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
