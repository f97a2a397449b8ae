"""What a person points at (files, folders, patterns) as the files that are offered, a call beside its transcript."""

from __future__ import annotations

import glob
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from models.errors import QAError
from models.interactions import Source
from qa_platform.doors import legs
from qa_platform.doors.examination import CannotOpen, Part, looks_like_audio
from qa_platform.doors.metadata import Sidecar
from qa_platform.formats.reading.text import clean

Offer = tuple[Part, ...]  # the files of one interaction

_COMPOUND = (".vcon", ".analysis", ".transcript")  # call.vcon.json belongs to call.mp3


class NotFound(QAError):
    status = 404
    says = "There is no such file."
    remedy = "Check the path."


class NotAFile(QAError):
    says = "This is neither a file nor a folder."
    remedy = "Give files, folders or patterns such as calls/*.wav."


class NothingInside(QAError):
    says = "The folder holds no files."
    remedy = "Check the path."


@dataclass(frozen=True, slots=True)
class Found:
    """A path that was pointed at. `why_not` says why it is not offered; `hidden` that it is passed over on purpose.

    `table` marks the metadata of the other files, `sent` what was sent within a chat that is offered.
    """

    path: Path
    name: str
    why_not: QAError | None = None
    hidden: bool = False
    table: bool = False
    sent: bool = False


def find(paths: Iterable[str | Path]) -> list[Found]:
    """Every file once, in order; what cannot be offered is listed too, never dropped."""
    found: dict[Path, Found] = {}
    for given in paths:
        for item in _of(str(given)):
            found.setdefault(item.path.absolute(), item)
    return list(found.values())


def together(found: Sequence[Found], *, source: Source | None = None, sidecar: Sidecar | None = None) -> list[Offer]:
    """The files of one interaction side by side: a recording and the transcript of its name, or the two legs of a call.

    Legs are told by their names (the source's words, or well-known ones) or by the metadata.
    """
    groups: dict[tuple[Path, PurePath, str], list[tuple[Part, bool]]] = defaultdict(list)
    for item in found:
        part = Part(item.name, item.path)
        key = item.path.parent, PurePath(item.name).parent, stem(PurePath(item.name))
        groups[key].append((part, looks_like_audio(part)))
    offers: list[Offer] = []
    alone: dict[tuple[Path, PurePath], list[Part]] = defaultdict(list)
    for (folder, inner, _), members in groups.items():
        heard = [part for part, audible in members if audible]
        read = [part for part, audible in members if not audible]
        if len(heard) == 1 and len(read) == 1:
            offers.append((heard[0], read[0]))
        else:
            offers.extend((part,) for part in read)
            alone[folder, inner].extend(heard)
    for recordings in alone.values():
        offers.extend(legs.pairs(recordings, source, sidecar))
    return offers


def _of(given: str) -> Iterator[Found]:
    path = Path(given)
    if path.is_dir():
        inside = list(_inside(path, path))
        yield from inside or [Found(path, path.name, why_not=NothingInside(path.name))]
    elif path.exists():
        yield _one(path, clean(path.name))
    elif any(mark in given for mark in "*?["):
        matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207 (an absolute pattern too)
        for match in matches:
            yield from _of(match)
        if not matches:
            yield Found(path, path.name, why_not=NotFound(path.name))
    else:
        yield Found(path, path.name, why_not=NotFound(path.name))


def _inside(folder: Path, root: Path) -> Iterator[Found]:
    """A hidden folder is one line of the list, not a thousand; links to folders are not followed."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        yield Found(folder, _name(folder, root), why_not=CannotOpen(_name(folder, root)))
        return
    for path in inside:
        name = _name(path, root)
        if path.name.startswith("."):
            yield Found(path, name, hidden=True)
        elif path.is_dir() and not path.is_symlink():
            yield from _inside(path, root)
        else:
            yield _one(path, name)


def _name(path: Path, root: Path) -> str:
    """Its place under what was pointed at, without bytes that are no text."""
    return clean(str(path.relative_to(root.parent)))


def _one(path: Path, name: str) -> Found:
    if path.name.startswith("."):
        return Found(path, name, hidden=True)
    return Found(path, name, why_not=None if path.is_file() else NotAFile(name))


def stem(path: PurePath) -> str:
    """What the files of one interaction have in common."""
    own = path.stem
    for suffix in _COMPOUND:
        own = own.removesuffix(suffix)
    return own.casefold()
