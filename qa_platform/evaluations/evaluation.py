"""Reviewing one interaction: proposals become a person's answers, findings are confirmed or rejected, and it is sent.

All of it is called within `transaction`. Every change raises the evaluation's version and goes to the audit trail;
a change made from an older version is refused with what stands now, and nothing of either is lost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, MomentComment
from models.finding import Answer
from models.interactions import Interaction, Stage, StoredFinding, Verdict
from models.people import Person
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.calibration.blind import blind
from qa_platform.cases.labelling import keep_overrides
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.change import (
    AlreadySubmitted,
    changing,
    editable,
    given_by,
    reachable,
    recorded,
    saved,
    shown_to,
)
from qa_platform.evaluations.draft import draft
from qa_platform.evaluations.reading import evaluation_view
from qa_platform.evaluations.view import IN_BULK, Comment, EvaluationView, Missing, Need
from qa_platform.privacy import typed
from qa_platform.sample import claims
from qa_platform.sample.reasons import label
from qa_platform.text import phrase
from qa_platform.webhooks.outbox import emit

MOST_AT_ONCE = 3600.0  # seconds of listening that one report may add
LONGEST_COMMENT = 4000
NEEDS: Mapping[Need, str] = {
    Need.ANSWER: "an answer",
    Need.REASON: "why it was changed",
    Need.COMMENT: "a comment",
    Need.VERDICT: "confirm or reject",
}


class NotReady(QAError):
    status = 409
    says = "It is still being processed."
    remedy = "Open it again when its words are there."


class AlreadyReviewed(QAError):
    status = 409
    says = "{person} has already submitted an evaluation of this interaction."
    remedy = "Yours stays as a draft. Take the next one."


class CriterionUnknown(QAError):
    status = 404
    says = "The scorecard has no question '{criterion}'."
    remedy = "Open the evaluation again."


class NotListened(QAError):
    status = 422
    says = "{heard} of the {needed} seconds that this plan asks for have been listened to."
    remedy = "Listen to the flagged moments and submit again."


class CommentEmpty(QAError):
    status = 422
    says = "The comment is empty."
    remedy = "Write something, or close it."


class MomentUnknown(QAError):
    status = 422
    says = "That moment is not in the conversation."
    remedy = "Choose a turn or a second of it."


class Incomplete(QAError):
    """`missing` says exactly what, in the order of the form; the first one is where the screen should go."""

    status = 422
    says = "It cannot be submitted yet. Missing: {what}."
    remedy = "Answer what is missing and submit again."

    def __init__(self, missing: tuple[Missing, ...], what: str) -> None:
        self.missing = missing
        super().__init__(what=what)


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    id: int
    interaction_id: int
    code: str
    verdict: Verdict
    why: str
    judged_at: datetime


def open_evaluation(
    session: Session, viewer: Viewer, interaction_id: int, *, now: datetime, take: bool = True
) -> EvaluationView:
    """The viewer's own evaluation of an interaction, made from proposals if there is none yet.

    With `take` a free queue item of the interaction becomes the viewer's: whoever only looks or listens leaves it to
    whoever asks for the next one. Raises NotFound, NotAllowed, NotReady.
    """
    viewer.must(Right.REVIEW)
    interaction = reachable(session, viewer, interaction_id)
    if interaction.stage is not Stage.READY:
        raise NotReady(where=str(interaction_id))
    evaluation = draft(session, viewer, interaction, now=now)
    if evaluation.state is EvaluationState.DRAFT:
        (claims.take_if_free if take else claims.keep)(session, viewer, interaction_id, now=now)
    return evaluation_view(session, evaluation)


def evaluations_of(session: Session, viewer: Viewer, interaction_id: int) -> tuple[EvaluationView, ...]:
    """All evaluations of an interaction that the viewer may read: submitted ones (an agent: released ones), and their
    own draft. Whoever still has to score it blind sees none but their own."""
    reachable(session, viewer, interaction_id)
    rows = session.scalars(
        select(Evaluation).where(Evaluation.interaction_id == interaction_id).order_by(Evaluation.id)
    )
    others = not blind(session, viewer, interaction_id)
    return tuple(
        evaluation_view(session, row)
        for row in rows
        if row.reviewer_id == viewer.id or (others and shown_to(viewer, row))
    )


def answer(
    session: Session,
    viewer: Viewer,
    evaluation_id: int,
    criterion: str,
    given: Answer | None,
    *,
    expected_version: int,
    now: datetime,
    reason: str = "",
    comment: str = "",
    value: str = "",
) -> EvaluationView:
    """Records one answer; None goes back to the proposal. An override may be saved before its reason is written:
    submitting is what asks for it. `value` answers a choice (its option's code), a number or a text: what it amounts
    to is worked out, `given` then only matters as "not applicable". Raises StaleVersion, AlreadySubmitted,
    CriterionUnknown, ValueUnfit, NotFound."""
    attempted = {"criterion": criterion, "answer": given, "reason": reason, "comment": comment, "value": value}
    evaluation = changing(session, viewer, evaluation_id, expected_version, attempted, now=now)
    row = session.scalar(
        select(EvaluationAnswer).where(
            EvaluationAnswer.evaluation_id == evaluation_id, EvaluationAnswer.criterion == criterion
        )
    )
    if row is None:
        raise CriterionUnknown(criterion=criterion)
    question = evaluation_view(session, evaluation).line(criterion)
    given = given_by(question.criterion, given, value) if question else given
    details = {"criterion": criterion, "from": row.answer, "to": given, "proposed": row.proposed}
    row.answer = given
    row.value = _text(value) if given in (Answer.MET, Answer.NOT_MET) else None
    row.reason = _text(reason, 200) if given is not None else None
    row.comment = _text(comment) if given is not None else None
    row.answered_at = now if given is not None else None
    return saved(session, viewer, evaluation, "evaluation.answered", details, now=now)


def confirm_clear(
    session: Session, viewer: Viewer, evaluation_id: int, *, expected_version: int, now: datetime
) -> EvaluationView:
    """Confirms every proposal that is clear (see Line.clear), in one stroke that `undo_clear` takes back."""
    evaluation = changing(session, viewer, evaluation_id, expected_version, {"confirm": "clear"}, now=now)
    clear = [line.code for line in evaluation_view(session, evaluation).lines if line.clear]
    for row in _answers(session, evaluation_id):
        if row.criterion in clear:
            row.answer, row.reason, row.answered_at = row.proposed, IN_BULK, now
    return saved(session, viewer, evaluation, "evaluation.confirmed_clear", {"criteria": clear}, now=now)


def undo_clear(
    session: Session, viewer: Viewer, evaluation_id: int, *, expected_version: int, now: datetime
) -> EvaluationView:
    """Opens again what `confirm_clear` confirmed and nobody has touched since."""
    evaluation = changing(session, viewer, evaluation_id, expected_version, {"undo": "clear"}, now=now)
    undone = [row for row in _answers(session, evaluation_id) if row.reason == IN_BULK]
    for row in undone:
        row.answer, row.reason, row.answered_at = None, None, None
    details = {"criteria": [row.criterion for row in undone]}
    return saved(session, viewer, evaluation, "evaluation.undid_clear", details, now=now)


def summarize(
    session: Session, viewer: Viewer, evaluation_id: int, text: str, *, expected_version: int, now: datetime
) -> EvaluationView:
    """The reviewer's words on the whole, for agent and coach."""
    evaluation = changing(session, viewer, evaluation_id, expected_version, {"summary": text}, now=now)
    evaluation.summary = _text(text)
    return saved(session, viewer, evaluation, "evaluation.summarized", {}, now=now)


def judge_finding(
    session: Session, viewer: Viewer, finding_id: int, verdict: Verdict, *, now: datetime, why: str = ""
) -> JudgedFinding:
    """Confirms or rejects a finding, or opens it again. Raises NotFound; AlreadySubmitted once a submitted evaluation
    counts on it."""
    viewer.must(Right.REVIEW)
    row = session.get(StoredFinding, finding_id, with_for_update=True)
    if row is None:
        raise NotFound
    reachable(session, viewer, row.interaction_id)
    if _submitted_by(session, row.interaction_id) is not None:
        raise AlreadySubmitted
    before, row.verdict = row.verdict, verdict
    decided = verdict is not Verdict.OPEN
    row.verdict_by = viewer.id if decided else None
    row.verdict_why = _text(why, 500) if decided else None
    row.verdict_at = now if decided else None
    claims.keep(session, viewer, row.interaction_id, now=now)
    details = {"code": row.code, "from": before, "to": verdict, "interaction": row.interaction_id}
    recorded(session, viewer, "finding.judged", "finding", row.id, details, now=now)
    return JudgedFinding(row.id, row.interaction_id, row.code, verdict, row.verdict_why or "", now)


def comment_at(
    session: Session,
    viewer: Viewer,
    evaluation_id: int,
    text: str,
    *,
    now: datetime,
    turn: int | None = None,
    second: float | None = None,
) -> Comment:
    """A remark at a turn or a second (or on the whole, without either). Raises CommentEmpty, MomentUnknown,
    AlreadySubmitted."""
    evaluation = editable(session, viewer, evaluation_id)
    said = _text(text)
    if said is None:
        raise CommentEmpty
    _check_moment(session, evaluation.interaction_id, turn, second)
    row = MomentComment(
        evaluation_id=evaluation.id,
        person_id=viewer.id,
        turn=turn,
        second=second,
        text=said,
        written_at=now,
    )
    session.add(row)
    session.flush()
    claims.keep(session, viewer, evaluation.interaction_id, now=now)
    details = {"comment": row.id, "turn": turn}
    recorded(session, viewer, "evaluation.commented", "evaluation", evaluation.id, details, now=now)
    return Comment(row.id, viewer.id, viewer.name, turn, second, row.text, now)


def remove_comment(session: Session, viewer: Viewer, comment_id: int, *, now: datetime) -> None:
    """Takes back the viewer's own remark while the evaluation is a draft. Raises NotFound, AlreadySubmitted."""
    row = session.get(MomentComment, comment_id)
    if row is None or row.person_id != viewer.id:
        raise NotFound
    evaluation = editable(session, viewer, row.evaluation_id)
    session.delete(row)
    details = {"comment": comment_id}
    recorded(session, viewer, "evaluation.uncommented", "evaluation", evaluation.id, details, now=now)


def listened(session: Session, viewer: Viewer, evaluation_id: int, seconds: float, *, now: datetime) -> float:
    """Adds seconds that the reviewer has newly heard; returns the sum. No answer changes, so no version either."""
    evaluation = editable(session, viewer, evaluation_id)
    heard = min(max(seconds, 0.0), MOST_AT_ONCE) if seconds == seconds else 0.0  # a NaN adds nothing
    duration = session.scalar(select(Interaction.duration).where(Interaction.id == evaluation.interaction_id))
    total = evaluation.listened_seconds + heard
    evaluation.listened_seconds = total if duration is None else min(total, duration)
    claims.keep(session, viewer, evaluation.interaction_id, now=now)
    return evaluation.listened_seconds


def submit(
    session: Session, viewer: Viewer, evaluation_id: int, *, expected_version: int, now: datetime
) -> EvaluationView:
    """Closes the evaluation with its score beside the outcome, and takes the interaction off the queue.

    Raises Incomplete with the exact things missing, AlreadyReviewed where a colleague was first, StaleVersion.
    """
    evaluation = changing(session, viewer, evaluation_id, expected_version, {"submit": True}, now=now)
    # One row for both to wait on: of two who submit at the same instant the second sees the first.
    session.execute(select(Interaction.id).where(Interaction.id == evaluation.interaction_id).with_for_update())
    first = _submitted_by(session, evaluation.interaction_id)
    if first is not None:
        raise AlreadyReviewed(person=first)
    view = evaluation_view(session, evaluation)
    if view.missing:
        raise Incomplete(view.missing, _in_words(view, viewer.language))
    if view.listened_seconds < view.listen_seconds:
        raise NotListened(heard=round(view.listened_seconds), needed=math.ceil(view.listen_seconds))
    _settle_unasked(session, view)
    evaluation.points = evaluation.points_submitted = view.score.points
    evaluation.passed = view.score.passed
    evaluation.failed_by = list(view.score.failed_by)
    evaluation.outcome = view.outcome
    evaluation.state = EvaluationState.SUBMITTED
    evaluation.submitted_at = now
    claims.finish(session, evaluation.interaction_id, now=now)
    keep_overrides(session, evaluation, person_id=viewer.id, now=now)
    emit(session, "evaluation.submitted", evaluation, now=now)
    details = {"points": view.score.points, "failed_by": list(view.score.failed_by), "outcome": view.outcome}
    return saved(session, viewer, evaluation, "evaluation.submitted", details, now=now)


def _settle_unasked(session: Session, view: EvaluationView) -> None:
    """Questions that did not arise are closed as such, apart from what people answered."""
    unasked = {line.code for line in view.lines if not line.asked}
    for row in _answers(session, view.id):
        if row.criterion in unasked:
            row.answer, row.reason, row.value = Answer.NOT_APPLICABLE, published_cards.NOT_ASKED, None


def _text(written: str, most: int = LONGEST_COMMENT) -> str | None:
    """What a person wrote, as it may be stored. None where nothing is left."""
    return typed(written, most) or None


def _check_moment(session: Session, interaction_id: int, turn: int | None, second: float | None) -> None:
    interaction = session.get_one(Interaction, interaction_id)
    if turn is not None and not 0 <= turn < interaction.turn_count:
        raise MomentUnknown
    if second is not None and not 0 <= second <= (interaction.duration or math.inf) + 1:
        raise MomentUnknown


def _answers(session: Session, evaluation_id: int) -> list[EvaluationAnswer]:
    rows = session.scalars(
        select(EvaluationAnswer).where(EvaluationAnswer.evaluation_id == evaluation_id).order_by(EvaluationAnswer.id)
    )
    return list(rows)


def _submitted_by(session: Session, interaction_id: int) -> str | None:
    return session.scalar(
        select(Person.name)
        .join(Evaluation, Evaluation.reviewer_id == Person.id)
        .where(Evaluation.interaction_id == interaction_id, Evaluation.state != EvaluationState.DRAFT)
        .order_by(Evaluation.submitted_at)
        .limit(1)
    )


def _in_words(view: EvaluationView, language: str) -> str:
    """What is missing, as one text: "Monto exacto (respuesta), Amenaza de cárcel (confirmar o rechazar)"."""
    told = []
    for missing in view.missing:
        line = view.line(missing.code)
        name = line.criterion.label.in_(language) if line else label(missing.code, language)
        told.append(f"{name} ({phrase(NEEDS[missing.need], {}, language)})")
    return ", ".join(told)
