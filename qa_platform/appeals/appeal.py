"""An agent appeals answers of a released evaluation; somebody who did not give them decides, answer by answer.

All of it is called within `transaction`. An upheld appeal changes the answer and the score; how both stood before is
kept in the appeal, and the case becomes a labelled one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState
from models.finding import Answer
from models.interactions import Interaction, StoredFinding, Verdict
from models.judgement import Appeal, AppealedAnswer, AppealOutcome, CaseSource
from models.people import Person
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.appeals.release import own
from qa_platform.appeals.window import answer_until, appeal_until
from qa_platform.cases.labelling import keep
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.change import given_by, reachable
from qa_platform.evaluations.reading import evaluation_view
from qa_platform.evaluations.view import EvaluationView
from qa_platform.notices.inbox import notify, sign_ins_of_agent
from qa_platform.privacy import typed
from qa_platform.webhooks.outbox import emit

LONGEST = 4000
FILED = "{agent} appealed {count} answers of your evaluation."
RESOLVED: Mapping[AppealOutcome, str] = {
    AppealOutcome.ACCEPTED: "Your appeal was accepted.",
    AppealOutcome.PARTLY: "Your appeal was accepted in part.",
    AppealOutcome.REJECTED: "Your appeal was rejected. The reasons stand beside each answer.",
}
RESOLVED_REVIEWER = "The appeal against your evaluation was resolved."


class AppealTooLate(QAError):
    status = 409
    says = "The time to appeal ended on {until}."
    remedy = "Talk to your supervisor."


class AlreadyAppealed(QAError):
    status = 409
    says = "This evaluation has been appealed already."
    remedy = "One appeal holds all answers that you object to."


class NothingAppealed(QAError):
    status = 422
    says = "No answer is appealed."
    remedy = "Choose at least one answer and write why."


class ReasonNeeded(QAError):
    status = 422
    says = "'{criterion}' needs a comment."
    remedy = "Write why, so that the other side can understand it."


class AnswerUnknown(QAError):
    status = 404
    says = "The evaluation has no answer to '{criterion}'."
    remedy = "Open the evaluation again."


class AppealResolved(QAError):
    status = 409
    says = "This appeal has been resolved by {person}."
    remedy = "Open the next one."


class OwnEvaluation(QAError):
    status = 403
    says = "It is your own evaluation."
    remedy = "Somebody else has to decide on the appeal."


class DecisionMissing(QAError):
    status = 422
    says = "'{criterion}' has not been decided."
    remedy = "Accept or reject every appealed answer."


class NothingChanged(QAError):
    status = 422
    says = "'{criterion}' is accepted but its answer stays the same."
    remedy = "Choose the answer that should stand, or reject it."


@dataclass(frozen=True, slots=True)
class Objection:
    """One appealed answer, in the agent's words; `criterion` may also be the finding that failed the whole form."""

    criterion: str
    comment: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`answer` (and `value`, where the question asks for one) is what stands from now on where it is accepted."""

    criterion: str
    accepted: bool
    comment: str
    answer: Answer | None = None
    value: str = ""


def appeal(
    session: Session, viewer: Viewer, evaluation_id: int, objections: Sequence[Objection], *, now: datetime
) -> int:
    """Files the agent's appeal; returns its id. Raises NotFound, AppealTooLate, AlreadyAppealed, NothingAppealed,
    ReasonNeeded, AnswerUnknown."""
    evaluation = own(session, viewer, evaluation_id)
    card = published_cards.published(session, evaluation.scorecard, evaluation.scorecard_version)
    if evaluation.state not in (EvaluationState.RELEASED, EvaluationState.ACKNOWLEDGED):
        raise AlreadyAppealed
    until = appeal_until(evaluation, card)
    if until is not None and now > until:
        raise AppealTooLate(until=until.date().isoformat())
    if not objections:
        raise NothingAppealed
    answers = _answers(session, evaluation_id)
    filed = Appeal(
        evaluation_id=evaluation_id,
        filed_by=viewer.id,
        filed_at=now,
        due_at=answer_until(now, card),
        points_before=evaluation.points,
    )
    session.add(filed)
    session.flush()
    for one in {objection.criterion: objection for objection in objections}.values():
        row = answers.get(one.criterion)
        if row is None and one.criterion not in evaluation.failed_by:
            raise AnswerUnknown(criterion=one.criterion)
        session.add(
            AppealedAnswer(
                appeal_id=filed.id,
                criterion=one.criterion,
                comment=_said(one.comment, one.criterion),
                before=row.answer if row else Answer.NOT_MET,
                value_before=row.value if row else None,
            )
        )
    _move(evaluation, EvaluationState.APPEALED, now=now)
    notify(
        session,
        [evaluation.reviewer_id],
        FILED,
        subject="appeal",
        subject_id=filed.id,
        now=now,
        params={"agent": viewer.name, "count": len({one.criterion for one in objections})},
    )
    _record(session, "appeal.filed", filed, viewer, now=now, criteria=[one.criterion for one in objections])
    emit(session, "evaluation.appealed", evaluation, now=now, criteria=[one.criterion for one in objections])
    return filed.id


def resolve(
    session: Session, viewer: Viewer, appeal_id: int, decisions: Sequence[Decision], *, now: datetime
) -> EvaluationView:
    """Accepts or rejects every appealed answer, each with a comment. All accepted: accepted; some: partly.

    Raises NotFound, NotAllowed, AppealResolved, OwnEvaluation, DecisionMissing, ReasonNeeded, NothingChanged.
    """
    viewer.must(Right.RESOLVE_APPEALS)
    filed, evaluation = _open(session, viewer, appeal_id)
    told = {decision.criterion: decision for decision in decisions}
    answers = _answers(session, evaluation.id)
    rows = session.scalars(
        select(AppealedAnswer).where(AppealedAnswer.appeal_id == appeal_id).order_by(AppealedAnswer.id)
    ).all()
    for row in rows:
        if row.criterion not in told:
            raise DecisionMissing(criterion=row.criterion)
        decision = told[row.criterion]
        row.accepted, row.decision = decision.accepted, _said(decision.comment, row.criterion)
        if row.criterion in answers:
            _decide(session, viewer, evaluation, row, decision, answers[row.criterion], now=now)
        else:
            _decide_auto_fail(session, viewer, evaluation, row, now=now)
    accepted = [row.criterion for row in rows if row.accepted]
    filed.outcome = _outcome(len(accepted), len(rows))
    filed.resolved_by, filed.resolved_at = viewer.id, now
    session.flush()
    view = evaluation_view(session, evaluation)
    evaluation.points, evaluation.passed = view.score.points, view.score.passed
    evaluation.failed_by = list(view.score.failed_by)
    filed.points_after = evaluation.points
    evaluation.resolved_at = now
    _move(evaluation, EvaluationState.RESOLVED, now=now)
    _tell(session, filed, evaluation, filed.outcome, now=now)
    _record(session, "appeal.resolved", filed, viewer, now=now, outcome=filed.outcome.value, accepted=accepted)
    emit(session, "evaluation.resolved", evaluation, now=now, outcome=filed.outcome.value, accepted=accepted)
    return evaluation_view(session, evaluation)


def _open(session: Session, viewer: Viewer, appeal_id: int) -> tuple[Appeal, Evaluation]:
    filed = session.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if filed is None:
        raise NotFound
    evaluation = session.get_one(Evaluation, filed.evaluation_id, with_for_update=True, populate_existing=True)
    reachable(session, viewer, evaluation.interaction_id)
    if filed.resolved_at is not None:
        raise AppealResolved(person=_name(session, filed.resolved_by))
    if evaluation.reviewer_id == viewer.id:
        raise OwnEvaluation
    return filed, evaluation


def _decide(
    session: Session,
    viewer: Viewer,
    evaluation: Evaluation,
    row: AppealedAnswer,
    decision: Decision,
    standing: EvaluationAnswer,
    *,
    now: datetime,
) -> None:
    row.after, row.value_after = standing.answer, standing.value
    if not decision.accepted:
        return
    card = published_cards.published(session, evaluation.scorecard, evaluation.scorecard_version)
    question = next(one for one in card.criteria if one.code == row.criterion)
    after = given_by(question, decision.answer, decision.value)
    value = typed(decision.value, LONGEST) or None if after in (Answer.MET, Answer.NOT_MET) else None
    if after is None or (after, value) == (standing.answer, standing.value):
        raise NothingChanged(criterion=row.criterion)
    before = standing.answer
    standing.answer, standing.value = after, value
    row.after, row.value_after = after, value
    if before is not None and before is not after:
        keep(
            session,
            evaluation,
            standing,
            CaseSource.APPEAL,
            before,
            after,
            person_id=viewer.id,
            now=now,
            reason=row.decision,
        )


def _decide_auto_fail(
    session: Session, viewer: Viewer, evaluation: Evaluation, row: AppealedAnswer, *, now: datetime
) -> None:
    """What failed the whole form was a finding: an accepted appeal rejects it."""
    row.after = Answer.MET if row.accepted else row.before
    if row.accepted:
        for finding in session.scalars(
            select(StoredFinding).where(
                StoredFinding.interaction_id == evaluation.interaction_id, StoredFinding.code == row.criterion
            )
        ):
            finding.verdict, finding.verdict_by = Verdict.REJECTED, viewer.id
            finding.verdict_why, finding.verdict_at = (row.decision or "")[:500], now


def _outcome(accepted: int, of: int) -> AppealOutcome:
    if accepted == of:
        return AppealOutcome.ACCEPTED
    return AppealOutcome.PARTLY if accepted else AppealOutcome.REJECTED


def _tell(session: Session, filed: Appeal, evaluation: Evaluation, outcome: AppealOutcome, *, now: datetime) -> None:
    agent = session.scalar(select(Interaction.agent_id).where(Interaction.id == evaluation.interaction_id))
    for people, says in (
        ({filed.filed_by, *sign_ins_of_agent(session, agent)}, RESOLVED[outcome]),
        ({evaluation.reviewer_id}, RESOLVED_REVIEWER),
    ):
        notify(session, people, says, subject="appeal", subject_id=filed.id, now=now)


def _answers(session: Session, evaluation_id: int) -> dict[str, EvaluationAnswer]:
    rows = session.scalars(select(EvaluationAnswer).where(EvaluationAnswer.evaluation_id == evaluation_id))
    return {row.criterion: row for row in rows}


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def _said(comment: str, criterion: str) -> str:
    said = typed(comment, LONGEST)
    if not said:
        raise ReasonNeeded(criterion=criterion)
    return said


def _move(evaluation: Evaluation, state: EvaluationState, *, now: datetime) -> None:
    evaluation.state = state
    evaluation.updated_at = now
    evaluation.version += 1


def _record(session: Session, act: str, filed: Appeal, viewer: Viewer, *, now: datetime, **details: object) -> None:
    told = {"evaluation": filed.evaluation_id, **details}
    audit.record(session, act, subject="appeal", subject_id=filed.id, person_id=viewer.id, details=told, at=now)
