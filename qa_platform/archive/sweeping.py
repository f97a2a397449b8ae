"""Keeps the data folder small: nothing stays that no row knows of, and copies only while there is room for them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.interactions import StoredObject
from models.originals import SealedOriginal
from qa_platform.database import reading
from qa_platform.ears.playback import COPY
from qa_platform.storage import Storage

LEFT_BEHIND = 24 * 3600.0  # seconds: what is younger may still be on its way into the database
IN_USE = 600.0  # a copy that was played more recently stays
AT_ONCE = 500
_FOLDER = re.compile(r"[0-9a-f]{32}")
_PASSING = ("unpacked-*", "fetched-*")  # folders that a look or an upload works in
_UNFINISHED = ("partial", "replacement", f"{COPY}.*")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many objects and unfinished files went, and how many copies."""

    orphans: int = 0
    unfinished: int = 0
    copies: int = 0


def sweep(engine: Engine, storage: Storage, *, room: int, now: datetime) -> Swept:
    """`room` is how many bytes of playable copies may lie there. A second worker that does the same does no harm."""
    before = now.timestamp() - LEFT_BEHIND
    orphans = _orphans(engine, storage, before)
    for folder in orphans:
        storage.delete(folder)
    return Swept(len(orphans), _unfinished(storage.root, before), _evict(storage, room, now.timestamp() - IN_USE))


def _orphans(engine: Engine, storage: Storage, before: float) -> list[str]:
    """Objects that a killed work left without a row."""
    found: list[str] = []
    old = (place.name for place in _places(storage) if _written(place) < before)
    while some := list(islice(old, AT_ONCE)):
        with reading(engine) as session:
            found += set(some) - _known(session, some)
    return found


def _known(session: Session, folders: Iterable[str]) -> set[str]:
    stored = session.scalars(select(StoredObject.folder).where(StoredObject.folder.in_(folders)))
    sealed = session.scalars(select(SealedOriginal.folder).where(SealedOriginal.folder.in_(folders)))
    return {*stored, *sealed}


def _unfinished(root: Path, before: float) -> int:
    gone = 0
    for pattern in _PASSING:
        for folder in root.glob(pattern):
            if folder.is_dir() and _written(folder) < before:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    for pattern in _UNFINISHED:
        for file in root.glob(f"objects/*/*/{pattern}"):
            if _written(file) < before:
                file.unlink(missing_ok=True)
                gone += 1
    return gone


def _evict(storage: Storage, room: int, played_since: float) -> int:
    """The copies that nobody has played for longest, until the others fit; each is made again when it is asked for."""
    copies = []
    for path in storage.root.glob(f"objects/*/*/{COPY}"):
        with suppress(FileNotFoundError):
            told = path.stat()
            copies.append((told.st_mtime, told.st_size, path))
    held = sum(size for _, size, _ in copies)
    gone = 0
    for played, size, path in sorted(copies, key=lambda copy: copy[0]):
        if held <= room or played > played_since:
            break
        path.unlink(missing_ok=True)
        held, gone = held - size, gone + 1
    return gone


def _places(storage: Storage) -> Iterator[Path]:
    for shelf in (storage.root / "objects").glob("[0-9a-f][0-9a-f]"):
        with os.scandir(shelf) as entries:
            found = (entry for entry in entries if entry.is_dir(follow_symlinks=False))
            yield from (Path(entry.path) for entry in found if _FOLDER.fullmatch(entry.name))


def _written(path: Path) -> float:
    """When it last changed; now, as it were, where somebody else removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
