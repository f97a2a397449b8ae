"""Who has taken what from the queue: two people never get the same item, and what is left lying comes back.

A claim lasts half an hour after its holder's last act; then anybody may take the item. All of these are called within
`transaction`, except `up_next`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import ItemState, QueueItem
from models.interactions import Interaction
from qa_platform import audit
from qa_platform.access.rights import Right, Viewer, in_reach
from qa_platform.privacy import typed
from qa_platform.sample.worklist import CLAIM, Order, QueueRow, free, item, ordered, waiting


class AlreadyClaimed(QAError):
    status = 409
    says = "{person} is reviewing it now."
    remedy = "Take another one; it comes back to the queue if it is left for half an hour."


class AlreadyDone(QAError):
    status = 409
    says = "It has already left the queue."
    remedy = "Take the next one."


class ReasonMissing(QAError):
    status = 422
    says = "Skipping needs a reason."
    remedy = "Write why it cannot be reviewed."


def up_next(session: Session, viewer: Viewer, *, now: datetime) -> QueueRow | None:
    """What `take_next` would give at this moment; nothing is claimed."""
    held = _held(session, viewer, now=now)
    chosen = held if held is not None else session.scalar(_next(viewer, now=now))
    return None if chosen is None else item(session, viewer, chosen, now=now)


def take_next(session: Session, viewer: Viewer, *, now: datetime) -> QueueRow | None:
    """Claims the next item for the viewer; within `transaction`. None where nothing waits.

    Whoever still holds an item gets that one again. On PostgreSQL rows that others are claiming are skipped; SQLite
    lets one writer in at a time.
    """
    viewer.must(Right.REVIEW)
    held = _held(session, viewer, now=now)
    if held is not None:
        _touch(session, held, viewer, now=now)
        return item(session, viewer, held, now=now)
    chosen = _next(viewer, now=now).with_for_update(skip_locked=True, of=QueueItem).scalar_subquery()
    claimed = session.scalar(
        update(QueueItem)
        .where(QueueItem.id == chosen, free(now))
        .values(state=ItemState.CLAIMED, claimed_by=viewer.id, claimed_at=now)
        .returning(QueueItem.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        return None
    _record(session, "queue.claimed", claimed, viewer, now=now)
    return item(session, viewer, claimed, now=now)


def claim(session: Session, viewer: Viewer, item_id: int, *, now: datetime) -> QueueRow:
    """Claims this very item. Raises NotFound, AlreadyDone, AlreadyClaimed."""
    viewer.must(Right.REVIEW)
    row = item(session, viewer, item_id, now=now)
    if row.state in (ItemState.DONE, ItemState.SKIPPED):
        raise AlreadyDone
    claimed = session.scalar(
        update(QueueItem)
        .where(QueueItem.id == item_id, or_(free(now), QueueItem.claimed_by == viewer.id))
        .values(state=ItemState.CLAIMED, claimed_by=viewer.id, claimed_at=now)
        .returning(QueueItem.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        raise AlreadyClaimed(person=item(session, viewer, item_id, now=now).held_by or "")
    if not row.mine:
        _record(session, "queue.claimed", item_id, viewer, now=now)
    return item(session, viewer, item_id, now=now)


def release(session: Session, viewer: Viewer, item_id: int, *, now: datetime) -> None:
    """Gives the viewer's item back to the queue. Raises NotFound, AlreadyClaimed, AlreadyDone."""
    _own(session, viewer, item_id, now=now)
    _leave(session, item_id, state=ItemState.FREE, claimed_by=None, claimed_at=None)
    _record(session, "queue.released", item_id, viewer, now=now)


def skip(session: Session, viewer: Viewer, item_id: int, *, reason: str, now: datetime) -> None:
    """Takes an item out of the queue unreviewed, for a reason. Raises ReasonMissing and what `claim` raises."""
    reason = typed(reason, 500)
    if not reason:
        raise ReasonMissing
    claim(session, viewer, item_id, now=now)
    _leave(session, item_id, state=ItemState.SKIPPED, skip_reason=reason, done_at=now)
    _record(session, "queue.skipped", item_id, viewer, now=now)


def take_if_free(session: Session, viewer: Viewer, interaction_id: int, *, now: datetime) -> None:
    """Who begins to judge an interaction that waits in the queue has it, unless somebody else does."""
    taken = session.scalar(
        update(QueueItem)
        .where(QueueItem.interaction_id == interaction_id, free(now))
        .values(state=ItemState.CLAIMED, claimed_by=viewer.id, claimed_at=now)
        .returning(QueueItem.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        _record(session, "queue.claimed", taken, viewer, now=now)


def keep(session: Session, viewer: Viewer, interaction_id: int, *, now: datetime) -> None:
    """The viewer is still at work on this interaction: their claim, if they have one, starts its half hour again."""
    session.execute(
        update(QueueItem)
        .where(
            QueueItem.interaction_id == interaction_id,
            QueueItem.state == ItemState.CLAIMED,
            QueueItem.claimed_by == viewer.id,
        )
        .values(claimed_at=now)
        .execution_options(synchronize_session=False)
    )


def finish(session: Session, interaction_id: int, *, now: datetime) -> None:
    """The interaction was reviewed: it leaves the queue."""
    session.execute(
        update(QueueItem)
        .where(QueueItem.interaction_id == interaction_id, waiting())
        .values(state=ItemState.DONE, done_at=now)
        .execution_options(synchronize_session=False)
    )


def _own(session: Session, viewer: Viewer, item_id: int, *, now: datetime) -> None:
    row = item(session, viewer, item_id, now=now)
    if row.state in (ItemState.DONE, ItemState.SKIPPED):
        raise AlreadyDone
    if row.state is ItemState.CLAIMED and not row.mine:
        raise AlreadyClaimed(person=row.held_by or "")


def _leave(session: Session, item_id: int, **values: object) -> None:
    session.execute(
        update(QueueItem).where(QueueItem.id == item_id).values(**values).execution_options(synchronize_session=False)
    )


def _touch(session: Session, item_id: int, viewer: Viewer, *, now: datetime) -> None:
    session.execute(
        update(QueueItem)
        .where(QueueItem.id == item_id, QueueItem.claimed_by == viewer.id)
        .values(claimed_at=now)
        .execution_options(synchronize_session=False)
    )


def _held(session: Session, viewer: Viewer, *, now: datetime) -> int | None:
    return session.scalar(
        select(QueueItem.id)
        .where(
            QueueItem.state == ItemState.CLAIMED, QueueItem.claimed_by == viewer.id, QueueItem.claimed_at > now - CLAIM
        )
        .order_by(QueueItem.claimed_at.desc())
        .limit(1)
    )


def _next(viewer: Viewer, *, now: datetime) -> Select[int]:
    return (
        select(QueueItem.id)
        .join(Interaction, Interaction.id == QueueItem.interaction_id)
        .where(free(now), in_reach(viewer))
        .order_by(*ordered(Order.WORK))
        .limit(1)
    )


def _record(session: Session, act: str, item_id: int, viewer: Viewer, *, now: datetime) -> None:
    audit.record(session, act, subject="queue_item", subject_id=item_id, person_id=viewer.id, at=now)
