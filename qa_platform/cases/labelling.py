"""Keeps what people corrected as labelled cases, and hands them out again to measure and improve the rules with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer
from models.finding import Answer
from models.interactions import Interaction
from models.judgement import CaseSource, LabelledCase
from qa_platform.access.rights import Right, Viewer, in_reach


@dataclass(frozen=True, slots=True)
class Case:
    """`proposed` is what the system said (or, from an appeal, the answer overturned); `label` what stands."""

    interaction_id: int
    scorecard: str
    scorecard_version: int
    criterion: str
    source: CaseSource
    proposed: Answer
    label: Answer
    why: str
    turns: tuple[int, ...]
    quote: str | None
    reason: str | None
    created_at: datetime


def keep_overrides(session: Session, evaluation: Evaluation, *, person_id: int, now: datetime) -> None:
    """Every answer that differs from what was proposed, whether the proposal was shown or withheld."""
    rows = session.scalars(select(EvaluationAnswer).where(EvaluationAnswer.evaluation_id == evaluation.id))
    for row in rows:
        offered = row.hidden or row.proposed
        if row.answer is not None and offered not in (Answer.UNDETERMINED, row.answer) and row.reason != "not_asked":
            keep(session, evaluation, row, CaseSource.OVERRIDE, offered, row.answer, person_id=person_id, now=now)


def keep(
    session: Session,
    evaluation: Evaluation,
    row: EvaluationAnswer,
    source: CaseSource,
    proposed: Answer,
    label: Answer,
    *,
    person_id: int,
    now: datetime,
    reason: str | None = None,
) -> None:
    session.add(
        LabelledCase(
            evaluation_id=evaluation.id,
            interaction_id=evaluation.interaction_id,
            scorecard=evaluation.scorecard,
            scorecard_version=evaluation.scorecard_version,
            criterion=row.criterion,
            source=source,
            proposed=proposed,
            label=label,
            why=row.why,
            turns=list(row.turns),
            quote=row.quote,
            reason=reason or row.comment or row.reason,
            person_id=person_id,
            created_at=now,
        )
    )
    session.flush()


def cases(session: Session, viewer: Viewer, *, criterion: str | None = None) -> Iterator[Case]:
    """Every labelled case within the viewer's reach, the oldest first."""
    viewer.must(Right.EXPORT)
    asked = (
        select(LabelledCase)
        .join(Interaction, Interaction.id == LabelledCase.interaction_id)
        .where(in_reach(viewer))
        .order_by(LabelledCase.id)
    )
    if criterion is not None:
        asked = asked.where(LabelledCase.criterion == criterion)
    for row in session.scalars(asked):
        yield Case(
            row.interaction_id,
            row.scorecard,
            row.scorecard_version,
            row.criterion,
            row.source,
            row.proposed,
            row.label,
            row.why,
            tuple(row.turns),
            row.quote,
            row.reason,
            row.created_at,
        )
