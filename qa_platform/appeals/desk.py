"""The desk of submitted evaluations: what waits to be released, what is set for a date, and how the rest went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.conversation import Channel
from models.evaluations import Evaluation, EvaluationState
from models.interactions import Interaction
from models.judgement import Appeal, AppealOutcome
from models.people import Agent, Person
from qa_platform.access.rights import Right, Viewer, in_reach

PAGE = 50


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One submitted evaluation. `may_release`: by this viewer, now."""

    id: int
    interaction_id: int
    external_id: str | None
    channel: Channel
    agent: str | None
    reviewer_id: int
    reviewer: str
    state: EvaluationState
    points: float | None
    points_submitted: float | None
    passed: bool | None
    submitted_at: datetime | None
    release_at: datetime | None
    released_at: datetime | None
    appeal_id: int | None
    outcome: AppealOutcome | None
    may_release: bool


@dataclass(frozen=True, slots=True)
class Desk:
    rows: tuple[DeskRow, ...]
    counts: Mapping[EvaluationState, int]  # of every state, whatever was asked for
    total: int  # of what was asked for


def desk(
    session: Session,
    viewer: Viewer,
    *,
    state: EvaluationState | None = None,
    agent_id: int | None = None,
    offset: int = 0,
) -> Desk:
    """Submitted evaluations within reach, the newest first; without the right to others', only those one gave."""
    viewer.must(Right.SEE_QUEUE)
    shown = _shown(viewer)
    counted = session.execute(
        select(Evaluation.state, func.count())
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(shown)
        .group_by(Evaluation.state)
    )
    wanted = [shown]
    if state is not None:
        wanted.append(Evaluation.state == state)
    if agent_id is not None:
        wanted.append(Interaction.agent_id == agent_id)
    total = session.scalar(
        select(func.count())
        .select_from(Evaluation)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(*wanted)
    )
    rows = session.execute(
        select(
            Evaluation,
            Interaction.external_id,
            Interaction.channel,
            Agent.name.label("agent"),
            Person.name.label("reviewer"),
            Appeal.id.label("appeal"),
            Appeal.outcome.label("decided"),
        )
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .join(Person, Person.id == Evaluation.reviewer_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Appeal, Appeal.evaluation_id == Evaluation.id)
        .where(*wanted)
        .order_by(Evaluation.submitted_at.desc(), Evaluation.id.desc())
        .offset(offset)
        .limit(PAGE)
    )
    return Desk(
        rows=tuple(
            _row(viewer, row.Evaluation, row.external_id, row.channel, row.agent, row.reviewer, row.appeal, row.decided)
            for row in rows
        ),
        counts={found: count for found, count in counted},  # noqa: C416 - rows, not pairs
        total=total or 0,
    )


def to_release(session: Session, viewer: Viewer) -> int:
    """How many evaluations this viewer could release that have no date yet."""
    if not viewer.may(Right.RELEASE_OWN):
        return 0
    mine = [] if viewer.may(Right.RELEASE) else [Evaluation.reviewer_id == viewer.id]
    asked = (
        select(func.count())
        .select_from(Evaluation)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(Evaluation.state == EvaluationState.SUBMITTED, Evaluation.release_at.is_(None), in_reach(viewer), *mine)
    )
    return session.scalar(asked) or 0


def _shown(viewer: Viewer) -> ColumnElement[bool]:
    submitted = and_(Evaluation.state != EvaluationState.DRAFT, in_reach(viewer))
    return submitted if viewer.may(Right.READ_JUDGEMENT) else and_(submitted, Evaluation.reviewer_id == viewer.id)


def _row(
    viewer: Viewer,
    one: Evaluation,
    external_id: str | None,
    channel: Channel,
    agent: str | None,
    reviewer: str,
    appeal: int | None,
    decided: AppealOutcome | None,
) -> DeskRow:
    mine = one.reviewer_id == viewer.id
    return DeskRow(
        id=one.id,
        interaction_id=one.interaction_id,
        external_id=external_id,
        channel=channel,
        agent=agent,
        reviewer_id=one.reviewer_id,
        reviewer=reviewer,
        state=one.state,
        points=one.points,
        points_submitted=one.points_submitted,
        passed=one.passed,
        submitted_at=one.submitted_at,
        release_at=one.release_at,
        released_at=one.released_at,
        appeal_id=appeal,
        outcome=decided,
        may_release=one.state is EvaluationState.SUBMITTED
        and (viewer.may(Right.RELEASE) or (mine and viewer.may(Right.RELEASE_OWN))),
    )
