"""One change of an evaluation: by its own reviewer, from the version that stands, on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationState
from models.finding import Answer
from models.interactions import Interaction
from models.people import Role
from models.scorecard import Criterion, QuestionKind
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer, in_reach
from qa_platform.evaluations.reading import evaluation_view
from qa_platform.evaluations.view import EvaluationView
from qa_platform.sample import claims
from scorecards.worth import answer_of


class StaleVersion(QAError):
    """`current` is what stands now, `attempted` the change that was refused, to be shown side by side."""

    status = 409
    says = "This evaluation was changed elsewhere; your change has not been saved."
    remedy = "Compare both versions and choose which one stays."

    def __init__(self, current: EvaluationView, attempted: dict[str, Any]) -> None:
        self.current = current
        self.attempted = attempted
        super().__init__()


class AlreadySubmitted(QAError):
    status = 409
    says = "This evaluation has been submitted and does not change any more."
    remedy = "Open the next one."


class ValueUnfit(QAError):
    status = 422
    says = "'{value}' does not answer this question."
    remedy = "Choose one of its options, or write a number."


def given_by(question: Criterion, given: Answer | None, value: str) -> Answer | None:
    """What an answer amounts to: on a choice, number or text question the value tells. Raises ValueUnfit."""
    if question.kind is QuestionKind.YES_NO or given in (Answer.NOT_APPLICABLE, Answer.UNDETERMINED):
        return given
    if not value.strip():
        return None
    told = answer_of(question, value)
    if told is None:
        raise ValueUnfit(where=question.code, value=value[:80])
    return told


def shown_to(viewer: Viewer, evaluation: Evaluation) -> bool:
    """Whether somebody other than its reviewer may read it: agents only once it is released to them."""
    if evaluation.state is EvaluationState.DRAFT:
        return False
    return viewer.role is not Role.AGENT or evaluation.released_at is not None


def reachable(session: Session, viewer: Viewer, interaction_id: int) -> Interaction:
    """The interaction, where the viewer may know of it."""
    found = session.scalar(select(Interaction).where(Interaction.id == interaction_id, in_reach(viewer)))
    if found is None:
        raise NotFound
    return found


def editable(session: Session, viewer: Viewer, evaluation_id: int) -> Evaluation:
    """The viewer's own draft. An evaluation is its reviewer's alone: to anybody else it is not here."""
    viewer.must(Right.REVIEW)
    evaluation = session.scalar(
        select(Evaluation)
        .where(Evaluation.id == evaluation_id, Evaluation.reviewer_id == viewer.id)
        .execution_options(populate_existing=True)
    )
    if evaluation is None:
        raise NotFound
    reachable(session, viewer, evaluation.interaction_id)
    if evaluation.state is not EvaluationState.DRAFT:
        raise AlreadySubmitted
    return evaluation


def changing(
    session: Session,
    viewer: Viewer,
    evaluation_id: int,
    expected_version: int,
    attempted: dict[str, Any],
    *,
    now: datetime,
) -> Evaluation:
    """The draft with its version raised, if it still stands at the version that the change was made from."""
    evaluation = editable(session, viewer, evaluation_id)
    if evaluation.version != expected_version:
        raise StaleVersion(evaluation_view(session, evaluation), attempted)
    raised = session.scalar(
        update(Evaluation)
        .where(
            Evaluation.id == evaluation_id,
            Evaluation.version == expected_version,
            Evaluation.state == EvaluationState.DRAFT,
        )
        .values(version=expected_version + 1, updated_at=now)
        .returning(Evaluation.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(evaluation)
    if raised is None:
        raise StaleVersion(evaluation_view(session, evaluation), attempted)
    return evaluation


def saved(
    session: Session, viewer: Viewer, evaluation: Evaluation, act: str, details: dict[str, Any], *, now: datetime
) -> EvaluationView:
    """The change on record, and the evaluation as it stands with it."""
    session.flush()
    claims.keep(session, viewer, evaluation.interaction_id, now=now)
    recorded(session, viewer, act, "evaluation", evaluation.id, {**details, "version": evaluation.version}, now=now)
    return evaluation_view(session, evaluation)


def recorded(
    session: Session, viewer: Viewer, act: str, subject: str, subject_id: int, details: dict[str, Any], *, now: datetime
) -> None:
    audit.record(session, act, subject=subject, subject_id=subject_id, person_id=viewer.id, details=details, at=now)
