"""The appeals inbox and its figures; an agent's own evaluations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.conversation import Channel
from models.evaluations import Evaluation, EvaluationState
from models.finding import Answer
from models.interactions import Interaction
from models.judgement import Appeal, AppealedAnswer, AppealOutcome
from models.people import Agent, Person
from qa_platform.access.rights import NotFound, Right, Viewer, in_reach
from qa_platform.appeals.window import appeal_until
from qa_platform.evaluations import published_cards
from qa_platform.sample.reasons import label
from scorecards.agreement import wilson


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One appeal as the inbox lists it. `overdue`: open past its date. `yours`: the viewer gave the evaluation, and so
    may not decide."""

    id: int
    evaluation_id: int
    interaction_id: int
    agent: str | None
    reviewer: str
    filed_at: datetime
    due_at: datetime
    overdue: bool
    yours: bool
    criteria: tuple[str, ...]
    points_before: float | None
    points_after: float | None
    outcome: AppealOutcome | None
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class AppealedLine:
    """One answer under appeal, told side by side."""

    criterion: str
    label: str
    comment: str
    before: Answer | None
    value_before: str | None
    accepted: bool | None
    after: Answer | None
    value_after: str | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class AppealView:
    row: AppealRow
    lines: tuple[AppealedLine, ...]


@dataclass(frozen=True, slots=True)
class Upheld:
    """Of the `decided` answers of a question or reviewer, so many were overturned; Wilson's 95 % interval."""

    key: str
    overturned: int
    decided: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AppealFigures:
    open: int
    overdue: int
    resolved: int
    in_time: int
    median_hours: float | None
    by_outcome: dict[AppealOutcome, int]
    questions: tuple[Upheld, ...]
    reviewers: tuple[Upheld, ...]


@dataclass(frozen=True, slots=True)
class OwnEvaluation:
    """One line of an agent's own page."""

    id: int
    interaction_id: int
    channel: Channel
    started_at: datetime
    released_at: datetime
    state: EvaluationState
    points: float | None
    points_submitted: float | None
    passed: bool | None
    appeal_until: datetime | None
    may_appeal: bool
    appeal_id: int | None
    outcome: AppealOutcome | None


def appeals(session: Session, viewer: Viewer, *, now: datetime, open_only: bool = True) -> tuple[AppealRow, ...]:
    """The appeals within the viewer's reach; open ones by their date, then the resolved, the newest first."""
    viewer.must(Right.READ_JUDGEMENT)
    rows = _rows(session, viewer, now=now)
    waiting = sorted((row for row in rows if row.resolved_at is None), key=lambda row: (row.due_at, row.id))
    done = sorted((row for row in rows if row.resolved_at is not None), key=lambda row: -row.id)
    return tuple(waiting) if open_only else (*waiting, *done)


def waiting(session: Session, viewer: Viewer) -> int:
    """How many open appeals this viewer may decide on."""
    if not viewer.may(Right.RESOLVE_APPEALS):
        return 0
    asked = (
        select(func.count())
        .select_from(Appeal)
        .join(Evaluation, Evaluation.id == Appeal.evaluation_id)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(Appeal.resolved_at.is_(None), Evaluation.reviewer_id != viewer.id, in_reach(viewer))
    )
    return session.scalar(asked) or 0


def appeal_view(session: Session, viewer: Viewer, appeal_id: int, *, now: datetime) -> AppealView:
    """One appeal with its answers; whoever may decide, its reviewer, and the agent who filed it. Raises NotFound."""
    row = next((one for one in _rows(session, viewer, now=now, only=appeal_id)), None)
    if row is None:
        raise NotFound
    filed = session.get_one(Appeal, appeal_id)
    if not (viewer.may(Right.READ_JUDGEMENT) or row.yours or filed.filed_by == viewer.id):
        raise NotFound
    evaluation = session.get_one(Evaluation, row.evaluation_id)
    card = published_cards.published(session, evaluation.scorecard, evaluation.scorecard_version)
    labels = {one.code: one.label.in_(viewer.language) for one in card.criteria}
    answers = session.scalars(
        select(AppealedAnswer).where(AppealedAnswer.appeal_id == appeal_id).order_by(AppealedAnswer.id)
    )
    return AppealView(
        row,
        tuple(
            AppealedLine(
                one.criterion,
                labels.get(one.criterion) or label(one.criterion, viewer.language),
                one.comment,
                one.before,
                one.value_before,
                one.accepted,
                one.after,
                one.value_after,
                one.decision,
            )
            for one in answers
        ),
    )


def figures(session: Session, viewer: Viewer, *, since: datetime, now: datetime) -> AppealFigures:
    """How appeals filed since then have gone: in time, how long, and where they were right."""
    viewer.must(Right.READ_JUDGEMENT)
    rows = [row for row in _rows(session, viewer, now=now) if row.filed_at >= since]
    resolved = [row for row in rows if row.resolved_at is not None]
    hours = [(row.resolved_at - row.filed_at) / timedelta(hours=1) for row in resolved if row.resolved_at]
    outcomes = [row.outcome for row in resolved]
    reviewer_of = {row.id: row.reviewer for row in resolved}
    decided = session.execute(
        select(AppealedAnswer.appeal_id, AppealedAnswer.criterion, AppealedAnswer.accepted).where(
            AppealedAnswer.appeal_id.in_(list(reviewer_of)), AppealedAnswer.accepted.is_not(None)
        )
    ).all()
    return AppealFigures(
        open=sum(row.resolved_at is None for row in rows),
        overdue=sum(row.overdue for row in rows),
        resolved=len(resolved),
        in_time=sum(row.resolved_at is not None and row.resolved_at <= row.due_at for row in resolved),
        median_hours=median(hours) if hours else None,
        by_outcome={outcome: outcomes.count(outcome) for outcome in AppealOutcome},
        questions=_upheld((row.criterion, bool(row.accepted)) for row in decided),
        reviewers=_upheld((reviewer_of[row.appeal_id], bool(row.accepted)) for row in decided),
    )


def own_evaluations(session: Session, viewer: Viewer, *, now: datetime) -> tuple[OwnEvaluation, ...]:
    """What has been released to the viewer as an agent, the newest first."""
    viewer.must(Right.APPEAL)
    rows = session.execute(
        select(
            Evaluation,
            Interaction.channel,
            Interaction.started_at,
            Appeal.id.label("appeal"),
            Appeal.outcome.label("decided"),
        )
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .outerjoin(Appeal, Appeal.evaluation_id == Evaluation.id)
        .where(Interaction.agent_id == viewer.agent_id, Evaluation.released_at.is_not(None))
        .order_by(Evaluation.released_at.desc(), Evaluation.id.desc())
    )
    found = []
    for row in rows:
        one: Evaluation = row.Evaluation
        until = appeal_until(one, published_cards.published(session, one.scorecard, one.scorecard_version))
        open_to_appeal = one.state in (EvaluationState.RELEASED, EvaluationState.ACKNOWLEDGED)
        found.append(
            OwnEvaluation(
                id=one.id,
                interaction_id=one.interaction_id,
                channel=row.channel,
                started_at=row.started_at,
                released_at=one.released_at or now,
                state=one.state,
                points=one.points,
                points_submitted=one.points_submitted,
                passed=one.passed,
                appeal_until=until,
                may_appeal=open_to_appeal and until is not None and now <= until,
                appeal_id=row.appeal,
                outcome=row.decided,
            )
        )
    return tuple(found)


_Reviewer, _Resolver = aliased(Person), aliased(Person)


def _rows(session: Session, viewer: Viewer, *, now: datetime, only: int | None = None) -> list[AppealRow]:
    asked = (
        select(
            Appeal,
            Evaluation.interaction_id,
            Evaluation.reviewer_id,
            Agent.name.label("agent"),
            _Reviewer.name.label("reviewer"),
            _Resolver.name.label("resolver"),
        )
        .join(Evaluation, Evaluation.id == Appeal.evaluation_id)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .join(_Reviewer, _Reviewer.id == Evaluation.reviewer_id)
        .outerjoin(_Resolver, _Resolver.id == Appeal.resolved_by)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .where(in_reach(viewer))
        .execution_options(populate_existing=True)
    )
    if only is not None:
        asked = asked.where(Appeal.id == only)
    found = session.execute(asked).all()
    criteria: dict[int, list[str]] = defaultdict(list)
    for appeal_id, criterion in session.execute(
        select(AppealedAnswer.appeal_id, AppealedAnswer.criterion)
        .where(AppealedAnswer.appeal_id.in_([row.Appeal.id for row in found]))
        .order_by(AppealedAnswer.id)
    ):
        criteria[appeal_id].append(criterion)
    return [
        AppealRow(
            id=row.Appeal.id,
            evaluation_id=row.Appeal.evaluation_id,
            interaction_id=row.interaction_id,
            agent=row.agent,
            reviewer=row.reviewer,
            filed_at=row.Appeal.filed_at,
            due_at=row.Appeal.due_at,
            overdue=row.Appeal.resolved_at is None and now > row.Appeal.due_at,
            yours=row.reviewer_id == viewer.id,
            criteria=tuple(criteria[row.Appeal.id]),
            points_before=row.Appeal.points_before,
            points_after=row.Appeal.points_after,
            outcome=row.Appeal.outcome,
            resolved_at=row.Appeal.resolved_at,
            resolved_by=row.resolver,
        )
        for row in found
    ]


def _upheld(decided: Iterable[tuple[str, bool]]) -> tuple[Upheld, ...]:
    seen: dict[str, list[bool]] = defaultdict(list)
    for key, accepted in decided:
        seen[key].append(accepted)
    return tuple(
        Upheld(key, sum(answers), len(answers), *wilson(sum(answers), len(answers)))
        for key, answers in sorted(seen.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    )
