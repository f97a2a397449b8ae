"""Hands submitted evaluations to their agents, now or on a date, and takes their acknowledgement.

All of it is called within `transaction`. Agents see nothing of an evaluation before its release.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationState
from models.interactions import Interaction
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.evaluations.change import reachable
from qa_platform.evaluations.reading import evaluation_view
from qa_platform.evaluations.view import EvaluationView
from qa_platform.notices.inbox import notify, sign_ins_of_agent
from qa_platform.webhooks.outbox import emit

RELEASED = "An evaluation of one of your conversations is ready to read."
ACKNOWLEDGED = "{agent} has read your evaluation and acknowledged it."


class NotSubmitted(QAError):
    status = 409
    says = "It is still a draft."
    remedy = "Submit it first."


class AlreadyReleased(QAError):
    status = 409
    says = "It has already been released to the agent."
    remedy = "Nothing else needs to be done."


class DatePassed(QAError):
    status = 422
    says = "That date has passed."
    remedy = "Choose a later one, or release it now."


class AlreadyAcknowledged(QAError):
    status = 409
    says = "It has been acknowledged or appealed already."
    remedy = "Nothing else needs to be done."


def release(
    session: Session, viewer: Viewer, evaluation_id: int, *, now: datetime, at: datetime | None = None
) -> EvaluationView:
    """Releases an evaluation now, or sets the date on which it will be (`at`); a new date replaces the old one.

    Raises NotFound, NotAllowed, NotSubmitted, AlreadyReleased, DatePassed.
    """
    viewer.must(Right.RELEASE_OWN)
    evaluation = _found(session, viewer, evaluation_id)
    if evaluation.reviewer_id != viewer.id:
        viewer.must(Right.RELEASE)
    if evaluation.state is EvaluationState.DRAFT:
        raise NotSubmitted
    if evaluation.state is not EvaluationState.SUBMITTED:
        raise AlreadyReleased
    if at is None:
        _hand_over(session, evaluation, now=now, person_id=viewer.id)
        return evaluation_view(session, evaluation)
    if at <= now:
        raise DatePassed
    evaluation.release_at = at
    evaluation.version += 1
    evaluation.updated_at = now
    _record(session, "evaluation.release_set", evaluation, person_id=viewer.id, now=now, at=at.isoformat())
    return evaluation_view(session, evaluation)


def release_due(session: Session, *, now: datetime) -> int:
    """Releases everything whose date has come; how many. Called by the clock; twice is as good as once."""
    due = session.scalars(
        select(Evaluation)
        .where(Evaluation.state == EvaluationState.SUBMITTED, Evaluation.release_at <= now)
        .order_by(Evaluation.id)
        .with_for_update()
    ).all()
    for evaluation in due:
        _hand_over(session, evaluation, now=now, person_id=None)
    return len(due)


def acknowledge(session: Session, viewer: Viewer, evaluation_id: int, *, now: datetime) -> EvaluationView:
    """The agent has read it. Raises NotFound to anybody else, NotReleased, AlreadyAcknowledged."""
    evaluation = own(session, viewer, evaluation_id)
    if evaluation.state is not EvaluationState.RELEASED:
        raise AlreadyAcknowledged
    evaluation.state = EvaluationState.ACKNOWLEDGED
    evaluation.acknowledged_at = evaluation.updated_at = now
    evaluation.version += 1
    notify(
        session,
        [evaluation.reviewer_id],
        ACKNOWLEDGED,
        subject="evaluation",
        subject_id=evaluation.id,
        now=now,
        params={"agent": viewer.name},
    )
    _record(session, "evaluation.acknowledged", evaluation, person_id=viewer.id, now=now)
    emit(session, "evaluation.acknowledged", evaluation, now=now)
    return evaluation_view(session, evaluation)


def own(session: Session, viewer: Viewer, evaluation_id: int) -> Evaluation:
    """A released evaluation of the viewer's own conversation, locked. To anybody else it is not here."""
    viewer.must(Right.APPEAL)
    evaluation = session.get(Evaluation, evaluation_id, with_for_update=True, populate_existing=True)
    if evaluation is None or evaluation.released_at is None:
        raise NotFound
    agent = session.scalar(select(Interaction.agent_id).where(Interaction.id == evaluation.interaction_id))
    if viewer.agent_id is None or agent != viewer.agent_id:
        raise NotFound
    return evaluation


def _found(session: Session, viewer: Viewer, evaluation_id: int) -> Evaluation:
    evaluation = session.get(Evaluation, evaluation_id, with_for_update=True, populate_existing=True)
    if evaluation is None:
        raise NotFound
    reachable(session, viewer, evaluation.interaction_id)
    return evaluation


def _hand_over(session: Session, evaluation: Evaluation, *, now: datetime, person_id: int | None) -> None:
    evaluation.state = EvaluationState.RELEASED
    evaluation.released_at = evaluation.updated_at = now
    evaluation.version += 1
    agent = session.scalar(select(Interaction.agent_id).where(Interaction.id == evaluation.interaction_id))
    notify(
        session, sign_ins_of_agent(session, agent), RELEASED, subject="evaluation", subject_id=evaluation.id, now=now
    )
    _record(session, "evaluation.released", evaluation, person_id=person_id, now=now)
    emit(session, "evaluation.released", evaluation, now=now)


def _record(
    session: Session, act: str, evaluation: Evaluation, *, person_id: int | None, now: datetime, **details: object
) -> None:
    audit.record(
        session,
        act,
        subject="evaluation",
        subject_id=evaluation.id,
        person_id=person_id,
        details={"version": evaluation.version, **details},
        at=now,
    )
