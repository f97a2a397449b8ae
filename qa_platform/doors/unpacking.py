"""What is offered as one file but holds several interactions: archives, and exports of many conversations."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from models.errors import QAError
from models.interactions import Source
from qa_platform.doors import archives
from qa_platform.doors.examination import LARGEST_TRANSCRIPT, Part, beginning
from qa_platform.doors.offerings import Found, Offer, together
from qa_platform.ears import audio
from qa_platform.formats.contract import Document, conversations_in
from qa_platform.formats.reading.text import is_text
from qa_platform.formats.whatsapp import recognises as is_chat
from qa_platform.settings import Settings

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`offers` are to be taken in; `passed` are files inside an archive that cannot be, or are left on purpose."""

    offers: tuple[Offer, ...]
    passed: tuple[Found, ...] = ()


@contextmanager
def unpacked(offer: Offer, *, settings: Settings, source: Source | None) -> Iterator[Unpacked]:
    """The interactions of one offer; the files lie on disk until the block is left. Raises what refuses an archive."""
    if len(offer) != 1:
        yield Unpacked((offer,))
        return
    head = beginning(offer[0])
    if not head.startswith(_ZIP) or _is_workbook(offer[0]):
        yield Unpacked(_conversations(offer[0], head))
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="unpacked-") as folder:
        yield _members(offer[0], Path(folder), settings, source)


def _members(part: Part, folder: Path, settings: Settings, source: Source | None) -> Unpacked:
    found = archives.unpack(_stream(part), part.name, into=folder, largest_file=settings.max_upload_mb << 20)
    found = _without_what_was_sent(found)
    good = [item for item in found if item.why_not is None and not item.hidden and not item.sent]
    inside: list[Offer] = []
    for offer in together(good, source=source):
        inside.extend(_conversations(offer[0], beginning(offer[0])) if len(offer) == 1 else (offer,))
    return Unpacked(tuple(inside), tuple(item for item in found if item not in good))


def _without_what_was_sent(found: list[Found]) -> list[Found]:
    """A chat exported with its media: pictures and voice notes are part of the chat, not calls of their own."""
    readable = [item for item in found if item.why_not is None and not item.hidden]
    texts = {item.name: Part(item.name, item.path) for item in readable if item.path.suffix == ".txt"}
    chats = {PurePath(name).parent for name, part in texts.items() if is_chat(Document(_whole(part), name=name))}
    return [
        replace(item, sent=PurePath(item.name).parent in chats and item.name not in texts) if item in readable else item
        for item in found
    ]


def _conversations(part: Part, head: bytes) -> tuple[Offer, ...]:
    """A file of several conversations as one part for each; any other file as it is."""
    may_hold_several = head.startswith(_ZIP) or (is_text(head) and audio.sniff(head) is None)
    if not head or not may_hold_several:
        return ((part,),)
    data = _whole(part)
    try:
        pieces = conversations_in(Document(data, name=part.name)) if data else ()
    except QAError:  # the examination says it again, on the file's own line
        pieces = ()
    return tuple((Part(f"{part.name}#{number}", piece),) for number, piece in enumerate(pieces, start=1)) or ((part,),)


def _stream(part: Part) -> Path | BinaryIO:
    return io.BytesIO(part.content) if isinstance(part.content, bytes) else part.content


def _whole(part: Part) -> bytes:
    """The bytes of a file small enough to be a transcript; empty for one that is not."""
    content = part.content
    if isinstance(content, bytes):
        return content
    if isinstance(content, Path):
        return content.read_bytes() if content.stat().st_size <= LARGEST_TRANSCRIPT else b""
    data = content.read(LARGEST_TRANSCRIPT + 1)
    content.seek(0)
    return data if len(data) <= LARGEST_TRANSCRIPT else b""


def _is_workbook(part: Part) -> bool:
    try:
        with ZipFile(_stream(part)) as packed:
            return _WORKBOOK in packed.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    finally:
        if not isinstance(part.content, bytes | Path):
            part.content.seek(0)
