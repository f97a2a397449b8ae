"""Looks into watched folders and buckets, and takes in what is new there, once.

What was taken in is remembered by name and mark, so that a look costs a listing and not the reading of every file. The
same bytes under another name are still one interaction: that is the store's own business.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from models.interactions import FileStatus, SeenFile, Source
from qa_platform import logs
from qa_platform.database import reading, transaction
from qa_platform.doors import legs
from qa_platform.doors.ingest import close_batch, open_batch, receive_found
from qa_platform.doors.offerings import Found
from qa_platform.doors.places import CannotReadBucket, Lying, Place, place_of
from qa_platform.doors.receipts import BatchReport, Received, Unexpected
from qa_platform.privacy import hidden_in_name
from qa_platform.settings import Settings
from qa_platform.storage import StorageFull

log = logs.logger(__name__)

SETTLED = timedelta(seconds=20)  # what changed more recently may still be written to
PARTNER = timedelta(minutes=15)  # how long one side of a call waits for the other
AT_ONCE = 200  # files of one look: the next look takes the next ones
_PASSING = (StorageFull, Unexpected, CannotReadBucket)  # reasons that the next look may not meet


def look(engine: Engine, source_id: int, *, settings: Settings, now: datetime | None = None) -> BatchReport | None:
    """Takes in what is new in the place that a source watches; None where nothing is. Raises where it cannot look."""
    with reading(engine) as session:
        source = session.get_one(Source, source_id)
        session.expunge_all()
    place = place_of(source)
    if place is None:
        return None
    new = _ready(_new(engine, source_id, place), source, now or datetime.now(UTC))
    if not new:
        return None
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="fetched-") as folder:
        brought = {lying: place.bring(lying, Path(folder), limit=settings.max_upload_mb << 20) for lying in new}
        with transaction(engine) as session:
            batch = open_batch(session, source=source).id
        files = receive_found(engine, list(brought.values()), settings=settings, batch=batch, source=source)
        with transaction(engine) as session:
            close_batch(session, batch)
    _remember(engine, source_id, brought, files)
    return BatchReport(batch, files)


def watched(engine: Engine) -> tuple[tuple[int, str], ...]:
    """The sources that watch a place, with their names."""
    with reading(engine) as session:
        rows = session.execute(select(Source.id, Source.name).where(Source.watched.is_not(None)).order_by(Source.id))
        return tuple((row.id, row.name) for row in rows)


def _new(engine: Engine, source_id: int, place: Place) -> list[Lying]:
    with reading(engine) as session:
        rows = session.execute(select(SeenFile.name, SeenFile.mark).where(SeenFile.source_id == source_id))
        seen = {row.name: row.mark for row in rows}
    return [lying for lying in place.files() if seen.get(hidden_in_name(lying.name)) != lying.mark]


def _ready(new: Sequence[Lying], source: Source, now: datetime) -> list[Lying]:
    """What no longer changes; one side of a call only beside the other, or after waiting for it long enough."""
    still = [lying for lying in new if lying.changed_at <= now - SETTLED]
    calls: dict[str, int] = {}
    told = {lying: legs.leg_of(lying.name, source) for lying in still}
    for leg in told.values():
        if leg:
            calls[leg.call] = calls.get(leg.call, 0) + 1
    waits = {lying for lying, leg in told.items() if leg and calls[leg.call] == 1 and lying.changed_at > now - PARTNER}
    return [lying for lying in still if lying not in waits][:AT_ONCE]


def _remember(engine: Engine, source_id: int, brought: dict[Lying, Found], files: Iterable[Received]) -> None:
    """What was taken in or refused for good; what failed in passing is tried again at the next look."""
    passing = {file.name for file in files if file.status is FileStatus.REFUSED and isinstance(file.why, _PASSING)}
    now = datetime.now(UTC)
    with transaction(engine) as session:
        rows = {row.name: row for row in session.scalars(select(SeenFile).where(SeenFile.source_id == source_id))}
        for lying, found in brought.items():
            if found.name in passing:
                continue
            name = hidden_in_name(lying.name)
            row = rows.get(name) or SeenFile(source_id=source_id, name=name)
            row.mark, row.seen_at = lying.mark, now
            session.add(row)
