"""Takes in recordings and transcripts, one by one or a whole folder; says of each file what became of it, and why.

The bytes are kept and examined before the database is touched, so that a slow disk never makes other writers wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import FileStatus, IngestBatch, Interaction, Source
from qa_platform import arrivals, logs, offerings, sources
from qa_platform.arrivals import Arrival
from qa_platform.database import transaction
from qa_platform.examination import Content, Examined, Part, examine
from qa_platform.formats.contract import Hints, Notice
from qa_platform.metadata import Metadata, Sidecar, read_table
from qa_platform.receipts import AlreadyHere, BatchReport, PassedOver, ReadAsMetadata, Received, Unexpected
from qa_platform.settings import Settings
from qa_platform.storage import Storage, open_storage

__all__ = ["BatchReport", "Content", "Part", "Received", "close_batch", "open_batch", "receive", "receive_batch"]

log = logs.logger(__name__)

_ATTEMPTS = 5


def receive(
    session: Session,
    parts: Part | Sequence[Part],
    *,
    settings: Settings,
    source: Source | None = None,
    metadata: Metadata | None = None,
    notices: tuple[Notice, ...] = (),
    by: int | None = None,
    batch: int | None = None,
) -> tuple[Received, ...]:
    """Takes in one interaction: a recording, a transcript, or both. One answer a file; never raises for a bad one.

    Begins with the files and comes to the session last: call it before anything else in the transaction.
    """
    offered = (parts,) if isinstance(parts, Part) else tuple(parts)
    storage = open_storage(settings)
    told, told_notices = _told(offered, source, metadata or Metadata(), settings)
    seen = [_examine(part, storage, _hints(part.name, source, told, settings)) for part in offered]
    examined = [item for item in seen if isinstance(item, Examined)]
    with _kept_or_gone(examined, storage):
        batch_id = batch if batch is not None else open_batch(session, source=source, by=by).id
        settled: Received | None = None
        if examined:
            arrival = _arrival(examined, told, source, settings, notices=(*notices, *told_notices))
            settled = _settle(session, examined, arrival, storage, settings)
        received = tuple(_answer(part, item, settled) for part, item in zip(offered, seen, strict=True))
        session.add_all(answer.as_row(batch_id) for answer in received)
        if batch is None:
            close_batch(session, batch_id)
        session.flush()
    return received


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
    passed = [answer for item in found if (answer := _passed_over(item, metadata))]
    with transaction(engine) as session:
        session.add_all(answer.as_row(batch_id) for answer in passed)
    skipped = {answer.name for answer in passed}
    offers = offerings.together([item for item in found if item.name not in skipped])
    files = list(passed)
    for number, parts in enumerate(offers):
        if progress:
            progress(number, len(offers), parts[0].name)
        files.extend(_receive_one(engine, parts, settings, origin, sidecar, batch_id))
    if progress:
        progress(len(offers), len(offers), "")
    with transaction(engine) as session:
        close_batch(session, batch_id)
    return BatchReport(batch_id, tuple(files), _table_notices(sidecar, [item.name for item in found]))


def open_batch(session: Session, *, source: Source | None = None, by: int | None = None) -> IngestBatch:
    batch = IngestBatch(source_id=source.id if source else None, person_id=by, created_at=datetime.now(UTC))
    session.add(batch)
    session.flush()
    return batch


def close_batch(session: Session, batch_id: int) -> None:
    session.get_one(IngestBatch, batch_id).finished_at = datetime.now(UTC)


# ------------------------------------------------------------------------------------------------- one interaction


def _told(
    parts: Sequence[Part], source: Source | None, metadata: Metadata, settings: Settings
) -> tuple[Metadata, tuple[Notice, ...]]:
    """What metadata and file name tell, the metadata first."""
    by_name, notices = sources.told_by_name(source, parts[0].name, zone=sources.zone_of(source, settings))
    return metadata.over(by_name), notices


def _hints(name: str, source: Source | None, told: Metadata, settings: Settings) -> Hints:
    return sources.hints(source, told, settings, name=PurePath(name).name)


def _examine(part: Part, storage: Storage, hints: Hints) -> Examined | QAError:
    try:
        return examine(part, storage, hints)
    except QAError as why:
        return why


def _arrival(
    examined: Sequence[Examined],
    told: Metadata,
    source: Source | None,
    settings: Settings,
    *,
    notices: tuple[Notice, ...],
) -> Arrival:
    return Arrival(
        recording=next((item.recording for item in examined if item.recording), None),
        transcript=next((item.transcript for item in examined if item.transcript), None),
        reading=next((item.reading for item in examined if item.reading), None),
        told=told,
        hints=_hints(examined[0].name, source, told, settings),
        source=source,
        notices=(*notices, *(notice for item in examined for notice in item.notices)),
    )


def _settle(
    session: Session, examined: Sequence[Examined], arrival: Arrival, storage: Storage, settings: Settings
) -> Received:
    """The interaction's rows, and the second copies of bytes that were here already removed."""
    row, is_new = _written_down(session, arrival, settings)
    for folder in arrivals.not_kept(session, (kept for item in examined for kept in item.kept)):
        storage.delete(folder)
    notices = (*arrival.notices, *(arrival.reading.notices if arrival.reading else ()))
    if is_new:
        return Received("", FileStatus.ACCEPTED, row.id, notices=notices)
    return Received("", FileStatus.DUPLICATE, row.id, why=AlreadyHere(), notices=notices)


def _written_down(session: Session, arrival: Arrival, settings: Settings) -> tuple[Interaction, bool]:
    """Again where another process added the same bytes, agent or account a moment ago: then they are found."""
    for _ in range(_ATTEMPTS - 1):
        try:
            with session.begin_nested():
                return arrivals.write_down(session, arrival, settings=settings)
        except IntegrityError:
            continue
    return arrivals.write_down(session, arrival, settings=settings)


def _answer(part: Part, item: Examined | QAError, settled: Received | None) -> Received:
    if isinstance(item, Examined) and settled is not None:
        return replace(settled, name=part.name, size=item.kept[0].size)
    why = item if isinstance(item, QAError) else Unexpected()
    return Received(part.name, FileStatus.REFUSED, why=why, size=_size(part))


@contextmanager
def _kept_or_gone(examined: Sequence[Examined], storage: Storage) -> Iterator[None]:
    """Where the database refuses, the bytes go too: nothing is left that no row knows of."""
    try:
        yield
    except BaseException:
        for kept in (kept for item in examined for kept in item.kept):
            storage.delete(kept.folder)
        raise


def _size(part: Part) -> int | None:
    if isinstance(part.content, bytes):
        return len(part.content)
    return part.content.stat().st_size if isinstance(part.content, Path) and part.content.is_file() else None


# ---------------------------------------------------------------------------------------------------- a whole batch


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


def _receive_one(
    engine: Engine,
    parts: tuple[Part, ...],
    settings: Settings,
    source: Source | None,
    sidecar: Sidecar | None,
    batch_id: int,
) -> tuple[Received, ...]:
    told, notices = _row_of(sidecar, parts)
    try:
        with transaction(engine) as session:
            return receive(
                session, parts, settings=settings, source=source, metadata=told, notices=notices, batch=batch_id
            )
    except Exception:  # one file of ten thousand that nobody foresaw must not stop the others
        log.exception("ingest.stumbled", batch=batch_id)
        answers = tuple(Received(part.name, FileStatus.REFUSED, why=Unexpected(), size=_size(part)) for part in parts)
        with transaction(engine) as session:
            session.add_all(answer.as_row(batch_id) for answer in answers)
        return answers


def _row_of(sidecar: Sidecar | None, parts: Iterable[Part]) -> tuple[Metadata, tuple[Notice, ...]]:
    for part in parts if sidecar else ():
        told, notices = sidecar.of(part.name) if sidecar else (Metadata(), ())
        if told != Metadata() or notices:
            return told, notices
    return Metadata(), ()


def _passed_over(item: offerings.Found, metadata: Path | None) -> Received | None:
    if item.why_not:
        return Received(item.name, FileStatus.REFUSED, why=item.why_not)
    if item.hidden:
        return Received(item.name, FileStatus.SKIPPED, why=PassedOver(item.name))
    if metadata is not None and item.path.absolute() == metadata.absolute():
        return Received(item.name, FileStatus.SKIPPED, why=ReadAsMetadata(item.name))
    return None


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
