"""Notices to people: written with the act they tell of, read in the app, in the reader's own language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.evaluations import Evaluation
from models.judgement import Appeal, Notification
from models.people import Person
from qa_platform.access.rights import Viewer
from qa_platform.text import phrase

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject` and `subject_id` say what to open: evaluation, appeal, calibration_session."""

    id: int
    says: str
    params: Mapping[str, Any] = field(hash=False)
    subject: str
    subject_id: int
    created_at: datetime
    read: bool

    def words(self, language: str) -> str:
        return phrase(self.says, self.params, language)


def notify(
    session: Session,
    people: Iterable[int],
    says: str,
    *,
    subject: str,
    subject_id: int,
    now: datetime,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Tells each of these people once. `params` hold numbers and names of colleagues, never a debtor's data."""
    session.add_all(
        Notification(
            person_id=person,
            says=says,
            params=dict(params or {}),
            subject=subject,
            subject_id=subject_id,
            created_at=now,
        )
        for person in sorted(set(people))
    )
    session.flush()


def notices(session: Session, viewer: Viewer, *, unread_only: bool = False, limit: int = SHOWN) -> tuple[Notice, ...]:
    """The viewer's own, the newest first."""
    asked = select(Notification).where(Notification.person_id == viewer.id)
    if unread_only:
        asked = asked.where(Notification.read_at.is_(None))
    rows = session.scalars(asked.order_by(Notification.id.desc()).limit(limit))
    return tuple(
        Notice(row.id, row.says, row.params, row.subject, row.subject_id, row.created_at, row.read_at is not None)
        for row in rows
    )


def unread(session: Session, viewer: Viewer) -> int:
    return (
        session.scalar(select(func.count()).where(Notification.person_id == viewer.id, Notification.read_at.is_(None)))
        or 0
    )


def mark_read(session: Session, viewer: Viewer, *, now: datetime, notice_id: int | None = None) -> None:
    """One of the viewer's notices, or all of them."""
    change = update(Notification).where(Notification.person_id == viewer.id, Notification.read_at.is_(None))
    if notice_id is not None:
        change = change.where(Notification.id == notice_id)
    session.execute(change.values(read_at=now).execution_options(synchronize_session=False))


def sign_ins_of_agent(session: Session, agent_id: int | None) -> list[int]:
    """The people who sign in as this agent."""
    if agent_id is None:
        return []
    return list(session.scalars(select(Person.id).where(Person.agent_id == agent_id, Person.active)))


def evaluation_of_appeal(session: Session, appeal_id: int) -> int | None:
    """Which evaluation a notice of an appeal leads its agent to; whether they may read it is decided there."""
    return session.scalar(select(Appeal.evaluation_id).where(Appeal.id == appeal_id))


def interaction_of_evaluation(session: Session, evaluation_id: int) -> int | None:
    """Which conversation a notice of an evaluation leads its reviewer to."""
    return session.scalar(select(Evaluation.interaction_id).where(Evaluation.id == evaluation_id))
