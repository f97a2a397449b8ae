"""Takes in one interaction: its files examined and kept, legs joined, its rows written; one answer a file.

The bytes are kept and examined before the database is touched, so that a slow disk never makes other writers wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import FileStatus, IngestBatch, Interaction, Source
from qa_platform.doors import arrivals, legs, raw_sound, recording_address, sources
from qa_platform.doors.arrivals import Arrival
from qa_platform.doors.examination import Examined, Fetch, Part, examine, fetched
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.receipts import AlreadyHere, Received, Unexpected
from qa_platform.formats.contract import Hints, Notice
from qa_platform.formats.reading.draft import Elsewhere
from qa_platform.originals import keeping
from qa_platform.settings import Settings
from qa_platform.storage import Storage, open_storage

_ATTEMPTS = 5
_FETCHED = "recording"


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

    With no file at all, the recording that the metadata names. Two parts that are marked as legs become one recording.
    Begins with the files and comes to the session last: call it before anything else in the transaction.
    """
    offered = (parts,) if isinstance(parts, Part) else tuple(parts)
    storage = open_storage(settings)
    told, told_notices = _told(offered, source, metadata or Metadata(), settings)
    seen = [_examine(part, storage, source, told, settings) for part in offered]
    linked, link_notices = _linked(seen, told, source, storage)
    if _both_legs(offered, seen):
        seen, told = _joined(offered, seen, told, storage)
    elif not offered:
        offered, seen = (Part(_FETCHED, b""),), [linked or recording_address.CannotFetch()]
    examined = _each_once([*seen, linked])
    with _kept_or_gone(examined, storage):
        batch_id = batch if batch is not None else open_batch(session, source=source, by=by).id
        settled: Received | None = None
        if examined:
            arrival = _arrival(examined, told, source, settings, notices=(*notices, *told_notices, *link_notices))
            arrival = replace(arrival, names=tuple(part.name for part in offered))
            settled = _settle(session, examined, arrival, storage, settings)
        received = tuple(_answer(part, item, settled) for part, item in zip(offered, seen, strict=True))
        session.add_all(answer.as_row(batch_id) for answer in received)
        if batch is None:
            close_batch(session, batch_id)
        session.flush()
    return received


def open_batch(session: Session, *, source: Source | None = None, by: int | None = None) -> IngestBatch:
    batch = IngestBatch(source_id=source.id if source else None, person_id=by, created_at=datetime.now(UTC))
    session.add(batch)
    session.flush()
    return batch


def close_batch(session: Session, batch_id: int) -> None:
    session.get_one(IngestBatch, batch_id).finished_at = datetime.now(UTC)


def _told(
    parts: Sequence[Part], source: Source | None, metadata: Metadata, settings: Settings
) -> tuple[Metadata, tuple[Notice, ...]]:
    """What metadata and file name tell, the metadata first."""
    if not parts:
        return metadata, ()
    by_name, notices = sources.told_by_name(source, parts[0].name, zone=sources.zone_of(source, settings))
    return metadata.over(by_name), notices


def _hints(name: str, source: Source | None, told: Metadata, settings: Settings) -> Hints:
    return sources.hints(source, told, settings, name=PurePath(name).name)


def _examine(
    part: Part, storage: Storage, source: Source | None, told: Metadata, settings: Settings
) -> Examined | QAError:
    try:
        raw = raw_sound.stated(part.suffix, source)
        hints = _hints(part.name, source, told, settings)
        return examine(part, storage, hints, raw=raw, fetch=_fetch_for(source, storage))
    except QAError as why:
        return why


def _fetch_for(source: Source | None, storage: Storage) -> Fetch | None:
    """Whether and from where recordings may be fetched: the source says."""
    hosts = [str(host) for host in source.recording_hosts] if source else []
    return partial(recording_address.fetch, hosts=hosts, into=storage) if hosts else None


def _linked(
    seen: Sequence[Examined | QAError], told: Metadata, source: Source | None, storage: Storage
) -> tuple[Examined | QAError | None, tuple[Notice, ...]]:
    """The recording that the metadata names, where none came along; why not, on what did come along."""
    heard = any(isinstance(item, Examined) and item.recording for item in seen)
    if not told.recording_url or heard or any(isinstance(item, QAError) for item in seen):
        return None, ()
    try:
        fetch = _fetch_for(source, storage) or partial(recording_address.fetch, hosts=(), into=storage)
        kept = fetched(Elsewhere(told.recording_url), storage, fetch)
    except QAError as why:
        return why, (Notice(why.says, {name: str(value) for name, value in why.details.items()}),)
    return Examined(_FETCHED, (kept,), recording=kept), ()


def _both_legs(offered: Sequence[Part], seen: Sequence[Examined | QAError]) -> bool:
    return len(offered) == 2 and all(part.leg for part in offered) and all(isinstance(item, Examined) for item in seen)


def _joined(
    offered: Sequence[Part], seen: Sequence[Examined | QAError], told: Metadata, storage: Storage
) -> tuple[list[Examined | QAError], Metadata]:
    """One recording for both files, the agent on its first channel where the files say who is who."""
    first, second = (item for item in seen if isinstance(item, Examined))
    whole = legs.join(first, second, storage)
    return [whole, whole], replace(told, agent_channel=0) if offered[0].leg == legs.AGENT else told


def _each_once(items: Sequence[Examined | QAError | None]) -> list[Examined]:
    return list({id(item): item for item in items if isinstance(item, Examined)}.values())


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
    original = next((item.original for item in examined if item.original is not None), None)
    if is_new and original is not None:
        keeping.keep_transcript(session, row, original, settings)
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
    return Received(part.name, FileStatus.REFUSED, why=why, size=size_of(part))


@contextmanager
def _kept_or_gone(examined: Sequence[Examined], storage: Storage) -> Iterator[None]:
    """Where the database refuses, the bytes go too: nothing is left that no row knows of."""
    try:
        yield
    except BaseException:
        for kept in (kept for item in examined for kept in item.kept):
            storage.delete(kept.folder)
        raise


def size_of(part: Part) -> int | None:
    if isinstance(part.content, bytes):
        return len(part.content)
    return part.content.stat().st_size if isinstance(part.content, Path) and part.content.is_file() else None
