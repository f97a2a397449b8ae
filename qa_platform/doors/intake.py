"""Uploading through the screen: a batch is opened for a source, takes files in, and is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Engine, or_, select, true
from sqlalchemy.orm import Session

from models.interactions import FileStatus, IngestBatch, IngestFile, Interaction, Source, Stage
from models.people import Portfolio
from qa_platform import audit, pipeline
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.database import reading
from qa_platform.doors import batches, ingest, legs
from qa_platform.doors.examination import Part, looks_like_audio
from qa_platform.doors.metadata import Metadata, Sidecar, read_table
from qa_platform.doors.offerings import Offer
from qa_platform.doors.receipts import Received
from qa_platform.doors.sources import SourceSettings, save, zone_of
from qa_platform.settings import Settings


def start(session: Session, viewer: Viewer, source_id: int | None) -> int:
    """A new batch. Raises NotFound for a source outside the viewer's reach."""
    viewer.must(Right.INGEST)
    source = None
    if source_id is not None:
        source = next((one for one in sources_of(session, viewer) if one.id == source_id), None)
        if source is None:
            raise NotFound
    return ingest.open_batch(session, source=source, by=viewer.id).id


def take_in(
    engine: Engine,
    viewer: Viewer,
    batch_id: int,
    parts: Sequence[Part],
    *,
    settings: Settings,
    sidecar: Sidecar | None = None,
) -> tuple[Received, ...]:
    """One interaction's files. Never raises for a bad file: the answer says what is wrong with it."""
    with reading(engine) as session:
        source = session.get(Source, _own(session, viewer, batch_id).source_id or 0)
    offers = [tuple(parts)] if len(parts) < 2 else _offers(parts, source, sidecar)
    return tuple(
        answer
        for offer in offers
        for answer in ingest.receive_offer(
            engine,
            offer,
            settings=settings,
            source=source,
            told=lambda offer: _told(sidecar, offer),
            batch=batch_id,
            by=viewer.id,
        )
    )


def _offers(parts: Sequence[Part], source: Source | None, sidecar: Sidecar | None) -> list[Offer]:
    """Two recordings are the legs of one call where names or metadata say so; otherwise each stands alone."""
    if all(looks_like_audio(part) for part in parts):
        return list(legs.pairs(parts, source, sidecar))
    return [tuple(parts)]


def read_sidecar(
    session: Session, viewer: Viewer, batch_id: int, *, name: str, data: bytes, settings: Settings
) -> Sidecar:
    """The table of metadata that came beside the files. Raises what `read_table` raises."""
    source = session.get(Source, _own(session, viewer, batch_id).source_id or 0)
    return read_table(data, name=name, zone=zone_of(source, settings), date_order=source.date_order if source else None)


def finish(session: Session, viewer: Viewer, batch_id: int) -> None:
    ingest.close_batch(session, _own(session, viewer, batch_id).id)


def try_again(session: Session, viewer: Viewer, batch_id: int) -> int:
    """Sends what failed or found no speech model through the pipeline once more; how many they are."""
    viewer.must(Right.INGEST)
    batch = batches.visible_batch(session, viewer, batch_id)
    stuck = session.scalars(
        select(Interaction.id)
        .join(IngestFile, IngestFile.interaction_id == Interaction.id)
        .where(
            IngestFile.batch_id == batch.id,
            IngestFile.status == FileStatus.ACCEPTED,
            or_(
                Interaction.stage == Stage.FAILED,
                (Interaction.stage == Stage.READY) & Interaction.no_transcript.is_not(None),
            ),
        )
        .distinct()
    ).all()
    for interaction_id in stuck:
        pipeline.again(session, interaction_id)
    return len(stuck)


def save_source(session: Session, viewer: Viewer, settings: SourceSettings) -> int:
    """Creates or changes a source within the viewer's reach. Raises NotFound beyond it, and what `save` raises."""
    viewer.must(Right.MANAGE_SOURCES)
    taken = session.scalar(select(Source.id).where(Source.name == settings.name))
    if taken is not None and taken not in {one.id for one in sources_of(session, viewer)}:
        raise NotFound
    if settings.portfolio and settings.portfolio not in {one.code for one in portfolios_of(session, viewer)}:
        raise NotFound
    source = save(session, _with_places(session, settings))
    audit.record(session, "source.saved", subject="source", subject_id=source.id, person_id=viewer.id)
    return source.id


def _with_places(session: Session, settings: SourceSettings) -> SourceSettings:
    """Folders of this machine and buckets are set by whoever runs it (`qa watch`), never through the screen."""
    known = session.scalar(select(Source).where(Source.name == settings.name))
    return replace(
        settings,
        watched=known.watched if known else None,
        bucket_endpoint=known.bucket_endpoint if known else None,
        bucket_region=known.bucket_region if known else None,
    )


def portfolios_of(session: Session, viewer: Viewer) -> tuple[Portfolio, ...]:
    """The portfolios that the viewer may work for."""
    mine = true() if viewer.every_portfolio else Portfolio.id.in_(sorted(viewer.portfolios))
    return tuple(session.scalars(select(Portfolio).where(mine).order_by(Portfolio.name)))


def sources_of(session: Session, viewer: Viewer) -> tuple[Source, ...]:
    """The sources a viewer may upload for."""
    mine: ColumnElement[bool] = or_(Source.portfolio_id.is_(None), Source.portfolio_id.in_(sorted(viewer.portfolios)))
    found = select(Source).where(true() if viewer.every_portfolio else mine).order_by(Source.name)
    return tuple(session.scalars(found))


def _told(sidecar: Sidecar | None, parts: Iterable[Part]) -> tuple[Metadata, tuple[Any, ...]]:
    for part in parts if sidecar else ():
        told, notices = sidecar.of(part.name) if sidecar else (Metadata(), ())
        if told != Metadata() or notices:
            return told, notices
    return Metadata(), ()


def _own(session: Session, viewer: Viewer, batch_id: int) -> IngestBatch:
    """Only whoever opened a batch adds to it, and only until it is closed."""
    batch = session.get(IngestBatch, batch_id)
    if batch is None or batch.person_id != viewer.id or batch.finished_at is not None:
        raise NotFound
    return batch
