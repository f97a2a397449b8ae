"""The other half of a call: a transcript that a cloud writes minutes after the recording belongs to the same call.

Halves are told to be one by the number that both name, or by the name that both files bear in one folder of one source.
Where two calls would fit, none does: a wrong pair is worse than two lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.interactions import IngestBatch, IngestFile, Interaction
from qa_platform.doors.offerings import stem
from qa_platform.formats.reading.text import clean
from qa_platform.privacy import hidden_in_name

WINDOW = timedelta(hours=48)  # between the two arrivals
APART = timedelta(hours=12)  # a number that is used again another day is another call


def lacking(column: InstrumentedAttribute[int | None], there: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """The condition on interactions that have one half and wait for the other."""
    return column.is_(None) & there.is_not(None)


def found(
    session: Session,
    wanted: ColumnElement[bool],
    *,
    source_id: int,
    names: Iterable[str],
    external_id: str | None,
    started_at: datetime | None,
    now: datetime,
) -> Interaction | None:
    """The one interaction of this source that fulfils `wanted` and to which these files belong."""
    recent = (Interaction.source_id == source_id) & (Interaction.received_at >= now - WINDOW)
    waiting = select(Interaction).where(recent, wanted).order_by(Interaction.id).limit(2)
    if external_id:
        same = session.scalars(waiting.where(Interaction.external_id == external_id))
        near = [row for row in same if _near(row, started_at)]
        if near:
            return near[0] if len(near) == 1 else None
    for name in names:
        same_name = session.scalars(waiting.where(Interaction.id.in_(_under(session, name, source_id, now)))).all()
        if len(same_name) == 1:
            return same_name[0]
    return None


def of_recording(session: Session, name: str, *, source_id: int, now: datetime) -> Interaction | None:
    """The one interaction of a file of this name, whatever its suffix, that this source delivered lately."""
    known = _under(session, name, source_id, now)
    return session.get(Interaction, known.pop()) if len(known) == 1 else None


def _near(row: Interaction, started_at: datetime | None) -> bool:
    return started_at is None or not row.started_at_known or abs(row.started_at - started_at) <= APART


def _under(session: Session, name: str, source_id: int, now: datetime) -> set[int]:
    """Interactions of files that bear the same name, whatever their suffix, in the same folder of the source."""
    path = PurePath(hidden_in_name(clean(name)))
    own = stem(path)
    beside = path.as_posix().removesuffix(path.name) + path.name.split(".", 1)[0]
    files = session.execute(
        select(IngestFile.name, IngestFile.interaction_id)
        .join(IngestBatch, IngestBatch.id == IngestFile.batch_id)
        .where(
            IngestBatch.source_id == source_id,
            IngestFile.created_at >= now - WINDOW,
            IngestFile.interaction_id.is_not(None),
            or_(IngestFile.name.istartswith(f"{beside}.", autoescape=True), IngestFile.name == beside),
        )
    )
    return {row.interaction_id for row in files if stem(PurePath(row.name)) == own}
