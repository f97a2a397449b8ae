"""Takes in recordings and transcripts, one by one or a whole folder; says of each file what became of it, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypedDict

from sqlalchemy import Engine

from models.errors import QAError
from models.interactions import FileStatus, Source
from qa_platform import logs
from qa_platform.database import transaction
from qa_platform.doors import arrivals, offerings, recording_metadata, sources
from qa_platform.doors.examination import Content, Part
from qa_platform.doors.metadata import Metadata, Sidecar, read_table
from qa_platform.doors.offerings import Found, Offer
from qa_platform.doors.receipts import BatchReport, PassedOver, ReadAsMetadata, Received, SentInChat, Unexpected
from qa_platform.doors.reception import close_batch, open_batch, receive, size_of
from qa_platform.doors.unpacking import unpacked
from qa_platform.formats.contract import Notice
from qa_platform.settings import Settings

__all__ = [
    "BatchReport",
    "Content",
    "Part",
    "Received",
    "close_batch",
    "open_batch",
    "receive",
    "receive_batch",
    "receive_found",
    "receive_offer",
]

log = logs.logger(__name__)


def receive_batch(
    engine: Engine,
    paths: Iterable[str | Path],
    *,
    settings: Settings,
    source: str | None = None,
    metadata: Path | None = None,
    by: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> BatchReport:
    """Takes in files, folders and patterns. One bad file never stops the rest; every file gets its line.

    Raises QAError only for what concerns the whole batch: an unknown source, metadata that cannot be read.
    """
    origin, batch_id = _begin(engine, source, by)
    sidecar = _sidecar(metadata, origin, settings)
    found = offerings.find(paths)
    table = metadata.absolute() if metadata else None
    found = [replace(item, table=True) if item.path.absolute() == table else item for item in found]
    files = receive_found(
        engine, found, settings=settings, source=origin, sidecar=sidecar, batch=batch_id, by=by, progress=progress
    )
    with transaction(engine) as session:
        close_batch(session, batch_id)
    return BatchReport(batch_id, files, _table_notices(sidecar, [item.name for item in found]))


def receive_found(
    engine: Engine,
    found: Sequence[Found],
    *,
    settings: Settings,
    batch: int,
    source: Source | None = None,
    sidecar: Sidecar | None = None,
    by: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[Received, ...]:
    """Takes these files into an open batch, a call beside its transcript, leg beside leg."""
    found, told_beside = recording_metadata.beside(found)
    files = list(_passed_over(engine, found, batch))
    skipped = {answer.name for answer in files}
    offers = offerings.together([item for item in found if item.name not in skipped], source=source, sidecar=sidecar)
    for number, parts in enumerate(offers):
        if progress:
            progress(number, len(offers), parts[0].name)
        told = partial(_row_of, sidecar, told_beside)
        files += receive_offer(engine, parts, settings=settings, source=source, told=told, batch=batch, by=by)
    if source is not None:
        with transaction(engine) as session:
            for name, told_late in recording_metadata.alone(told_beside, found).items():
                arrivals.tell_late(session, name, told_late, source)
    if progress:
        progress(len(offers), len(offers), "")
    return tuple(files)


def receive_offer(
    engine: Engine,
    parts: Offer,
    *,
    settings: Settings,
    batch: int,
    source: Source | None = None,
    told: Callable[[Offer], tuple[Metadata, tuple[Notice, ...]]] | None = None,
    by: int | None = None,
) -> tuple[Received, ...]:
    """What came together: one interaction, or the many of an archive or an export. Never raises for a bad file."""
    try:
        with unpacked(parts, settings=settings, source=source) as inside:
            answers = _passed_over(engine, inside.passed, batch)
            for offer in inside.offers:
                metadata, notices = told(offer) if told else (Metadata(), ())
                more: _More = {"metadata": metadata, "notices": notices, "by": by}
                answers += _receive_one(engine, offer, settings, source, batch, more)
            return answers
    except QAError as why:
        return _refused(engine, parts, why, batch)


def _begin(engine: Engine, source: str | None, by: int | None) -> tuple[Source | None, int]:
    with transaction(engine) as session:
        origin = sources.named(session, source) if source else None
        return origin, open_batch(session, source=origin, by=by).id


def _sidecar(metadata: Path | None, source: Source | None, settings: Settings) -> Sidecar | None:
    if metadata is None:
        return None
    if not metadata.is_file():
        raise offerings.NotFound(metadata.name)
    zone = sources.zone_of(source, settings)
    order = source.date_order if source else None
    return read_table(metadata.read_bytes(), name=metadata.name, zone=zone, date_order=order)


class _More(TypedDict):
    """What is known beside the files of one interaction."""

    metadata: Metadata
    notices: tuple[Notice, ...]
    by: int | None


def _receive_one(
    engine: Engine, parts: Offer, settings: Settings, source: Source | None, batch: int, more: _More
) -> tuple[Received, ...]:
    try:
        with transaction(engine) as session:
            return receive(session, parts, settings=settings, source=source, batch=batch, **more)
    except Exception:  # one file of ten thousand that nobody foresaw must not stop the others
        log.exception("ingest.stumbled", batch=batch)
        return _refused(engine, parts, Unexpected(), batch)


def _refused(engine: Engine, parts: Offer, why: QAError, batch: int) -> tuple[Received, ...]:
    answers = tuple(Received(part.name, FileStatus.REFUSED, why=why, size=size_of(part)) for part in parts)
    with transaction(engine) as session:
        session.add_all(answer.as_row(batch) for answer in answers)
    return answers


def _row_of(sidecar: Sidecar | None, told_beside: Sidecar, parts: Offer) -> tuple[Metadata, tuple[Notice, ...]]:
    """What the table tells, and for what it does not tell the file of metadata beside the recording."""
    beside = next(
        (told for part in parts if (told := recording_metadata.told_of(part.name, told_beside)) != Metadata()),
        Metadata(),
    )
    for part in parts if sidecar else ():
        told, notices = sidecar.of(part.name) if sidecar else (Metadata(), ())
        if told != Metadata() or notices:
            return told.over(beside), notices
    return beside, ()


def _passed_over(engine: Engine, found: Iterable[Found], batch: int) -> tuple[Received, ...]:
    """The lines of what is not offered, and why."""
    answers = tuple(answer for item in found if (answer := _not_offered(item)))
    if answers:
        with transaction(engine) as session:
            session.add_all(answer.as_row(batch) for answer in answers)
    return answers


def _not_offered(item: Found) -> Received | None:
    if item.why_not:
        return Received(item.name, FileStatus.REFUSED, why=item.why_not)
    if item.hidden:
        return Received(item.name, FileStatus.SKIPPED, why=PassedOver(item.name))
    if item.sent:
        return Received(item.name, FileStatus.SKIPPED, why=SentInChat(item.name))
    return Received(item.name, FileStatus.SKIPPED, why=ReadAsMetadata(item.name)) if item.table else None


def _table_notices(sidecar: Sidecar | None, names: Sequence[str]) -> tuple[Notice, ...]:
    if sidecar is None:
        return ()
    notices = []
    if sidecar.unknown:
        notices.append(
            Notice("Columns of the metadata that nobody reads: {columns}.", {"columns": ", ".join(sidecar.unknown)})
        )
    if missing := sidecar.unmatched(names):
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        details = {"count": str(len(missing)), "files": shown}
        notices.append(Notice("{count} rows of the metadata name files that were not there: {files}.", details))
    return tuple(notices)
