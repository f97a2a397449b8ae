"""Keeps an original sealed where the portfolio says so, and lets it go when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import Interaction
from models.originals import OriginalKind, OriginalsPolicy, SealedOriginal
from qa_platform import audit, logs
from qa_platform.database import reading, transaction
from qa_platform.ears.containers import container_of
from qa_platform.formats.reading.text import is_text
from qa_platform.originals.keys import keys_of
from qa_platform.originals.sealing import Sealing, unsealed
from qa_platform.settings import Settings
from qa_platform.storage import Kept, Storage, open_storage

log = logs.logger(__name__)
ROOM = 1 << 20  # what sealing adds, generously


def kept_days(session: Session, portfolio_id: int | None) -> int | None:
    """For how many days this portfolio keeps its originals; None: not at all."""
    row = session.get(OriginalsPolicy, portfolio_id) if portfolio_id is not None else None
    return row.days if row else None


def recording_keeper(engine: Engine, settings: Settings) -> Callable[[int, Path], None]:
    """What is called with an interaction and its recording before anything in it is silenced."""
    return partial(_keep_recording, engine, settings)


def keep_transcript(session: Session, interaction: Interaction, original: bytes, settings: Settings) -> Kept | None:
    """Seals the file of words as it came in. None where the portfolio keeps none, or has one of it."""
    if not _wanted(session, interaction, OriginalKind.TRANSCRIPT):
        return None
    coding = "text" if is_text(original) else "bytes"
    return _seal(session, interaction.id, OriginalKind.TRANSCRIPT, BytesIO(original), coding, settings)


def delete_due(session: Session, storage: Storage, *, now: datetime) -> int:
    """Deletes what is older than its portfolio keeps, and what none keeps any more; how many."""
    rows = session.execute(
        select(SealedOriginal, OriginalsPolicy)
        .join(Interaction, Interaction.id == SealedOriginal.interaction_id)
        .outerjoin(OriginalsPolicy, OriginalsPolicy.portfolio_id == Interaction.portfolio_id)
        .order_by(SealedOriginal.id)
    ).all()
    due = [row for row, policy in rows if not _has_time(row, policy, now)]
    for row in due:
        storage.delete(row.folder)
        session.delete(row)
        details = {"kind": row.kind.value}
        audit.record(
            session, "original.deleted", subject="interaction", subject_id=row.interaction_id, details=details, at=now
        )
    return len(due)


def _has_time(row: SealedOriginal, policy: OriginalsPolicy | None, now: datetime) -> bool:
    return policy is not None and row.sealed_at + timedelta(days=policy.days) > now


def resealed(engine: Engine, settings: Settings) -> tuple[int, tuple[int, ...]]:
    """Seals with the newest key what an older one sealed; how many, and whose key is lost."""
    keys, storage = keys_of(settings), open_storage(settings)
    with reading(engine) as session:
        older = select(SealedOriginal.id).where(SealedOriginal.key_id != keys[0].id).order_by(SealedOriginal.id)
        waiting = session.scalars(older).all()
    lost = []
    for number in waiting:
        with transaction(engine) as session:
            row = session.get_one(SealedOriginal, number)
            before = row.folder
            try:
                content = unsealed(storage.path(before), keys, row.key_id)
            except QAError:
                lost.append(row.interaction_id)
                continue
            with content:
                kept = _stored(storage, Sealing(cast(BinaryIO, content), keys[0]))
            row.folder, row.key_id, row.size = kept.folder, keys[0].id, kept.size
        storage.delete(before)
    return len(waiting) - len(lost), tuple(lost)


def _keep_recording(engine: Engine, settings: Settings, interaction_id: int, recording: Path) -> None:
    with reading(engine) as session:
        row = session.get_one(Interaction, interaction_id)
        wanted = _wanted(session, row, OriginalKind.RECORDING)
    if not wanted:
        return
    with recording.open("rb") as content, transaction(engine) as session:
        coding = container_of(recording)
        _seal(session, interaction_id, OriginalKind.RECORDING, content, coding, settings)


def _wanted(session: Session, interaction: Interaction, kind: OriginalKind) -> bool:
    """What came in first is the original: a later silencing has less."""
    if kept_days(session, interaction.portfolio_id) is None:
        return False
    same = select(SealedOriginal.id).where(SealedOriginal.interaction_id == interaction.id, SealedOriginal.kind == kind)
    return session.scalar(same) is None


def _seal(
    session: Session, interaction_id: int, kind: OriginalKind, content: BinaryIO, coding: str, settings: Settings
) -> Kept | None:
    try:
        key = keys_of(settings)[0]
    except QAError:  # hiding card data never waits for a key
        log.warning("original.not_kept", interaction=interaction_id)
        return None
    kept = _stored(open_storage(settings), Sealing(content, key))
    session.add(
        SealedOriginal(
            interaction_id=interaction_id,
            kind=kind,
            folder=kept.folder,
            key_id=key.id,
            coding=coding,
            size=kept.size,
            sealed_at=datetime.now(UTC),
        )
    )
    audit.record(
        session, "original.sealed", subject="interaction", subject_id=interaction_id, details={"kind": kind.value}
    )
    return kept


def _stored(storage: Storage, sealed: Sealing) -> Kept:
    return replace(storage, limit=storage.limit + ROOM).keep(cast(BinaryIO, sealed))
