"""An evaluation as people see it: each question with proposal, evidence and answer, the score and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.conversation import Channel
from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, MomentComment
from models.finding import Answer, Outcome
from models.interactions import Interaction, StoredFinding, StoredTurn, Verdict
from models.people import Person
from models.scorecard import Criterion, Label, Score, Scorecard, Section
from qa_platform import published_cards
from scorecards.agreement import CLEAR_BAR, ENOUGH, Agreement
from scorecards.score import Subtotal, score, subtotals
from scorecards.suggest import WHY

IN_BULK = "confirmed_clear"  # kept as the reason of answers given by "confirm the clear ones"


class Need(StrEnum):
    """What an answer, or the whole evaluation, still lacks before it can be submitted."""

    ANSWER = "answer"
    REASON = "reason"  # the answer differs from the proposal
    COMMENT = "comment"  # the card asks for one on this answer
    VERDICT = "verdict"  # a finding that would take the form to zero is neither confirmed nor rejected


@dataclass(frozen=True, slots=True)
class Missing:
    """`code` is a criterion's code, or for VERDICT a finding's, whose row is `finding_id`."""

    need: Need
    code: str
    finding_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the conversation: seconds on a call, an instant in a chat. The first one carries the quote."""

    turn: int
    second: float | None
    at: datetime | None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One question. `answer` is None until a person answers; `why` is a message id, or "" where a finding tells why
    (then `finding_code` names it). `agreement` is None until people have judged such proposals."""

    number: int
    criterion: Criterion
    guidance: Label
    proposed: Answer
    why: str
    finding_code: str | None
    evidence: tuple[Evidence, ...]
    evidence_rejected: bool
    agreement: Agreement | None
    answer: Answer | None
    reason: str
    comment: str
    in_bulk: bool
    answered_at: datetime | None

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def standing(self) -> Answer:
        """The answer that counts at the moment: the person's, else the proposal."""
        return self.proposed if self.answer is None else self.answer

    @property
    def overridden(self) -> bool:
        return self.answer is not None and self.proposed not in (Answer.UNDETERMINED, self.answer)

    @property
    def clear(self) -> bool:
        """May be confirmed together with others: never critical, never an abstention, and only where people kept
        nearly all such proposals. While few have been judged, only what stands on words or on the channel."""
        if self.answer is not None or self.criterion.critical or self.proposed is Answer.UNDETERMINED:
            return False
        if self.evidence_rejected:
            return False
        if self.agreement is not None and self.agreement.cases >= ENOUGH:
            return self.agreement.share >= CLEAR_BAR
        return bool(self.evidence) or self.proposed is Answer.NOT_APPLICABLE

    @property
    def needs(self) -> Need | None:
        if self.answer is None:
            return Need.ANSWER
        told = bool(self.comment or (self.reason and not self.in_bulk))
        if self.overridden and not told and not self.evidence_rejected:
            return Need.REASON
        asked = self.answer in self.criterion.comment_required_on or self.answer is Answer.UNDETERMINED
        return Need.COMMENT if asked and not self.comment and not told else None


@dataclass(frozen=True, slots=True)
class SectionView:
    section: Section
    subtotal: Subtotal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    person_id: int
    person: str
    turn: int | None
    second: float | None
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One person's judgement of one interaction.

    `score` counts proposals where nobody has answered yet; `confirmed` of `total` questions carry a person's answer.
    `version` goes with every change: send it back as `expected_version`. `outcome` is what the conversation led to.
    """

    id: int
    interaction_id: int
    reviewer_id: int
    reviewer: str
    state: EvaluationState
    version: int
    card: Scorecard
    channel: Channel
    sections: tuple[SectionView, ...]
    score: Score
    auto_fail_open: tuple[Missing, ...]
    comments: tuple[Comment, ...]
    outcome: str | None
    summary: str
    listened_seconds: float
    saved_at: datetime
    submitted_at: datetime | None

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def confirmed(self) -> int:
        return sum(line.answer is not None for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def clear(self) -> int:
        """How many "confirm the clear ones" would confirm."""
        return sum(line.clear for line in self.lines)

    @property
    def undoable(self) -> int:
        return sum(line.in_bulk for line in self.lines)

    @property
    def editable(self) -> bool:
        return self.state is EvaluationState.DRAFT

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What still stands in the way of submitting, in the order of the form. Empty: it can be submitted."""
        lacking = [Missing(line.needs, line.code) for line in self.lines if line.needs is not None]
        return (*self.auto_fail_open, *lacking)

    def line(self, criterion: str) -> Line | None:
        return next((line for line in self.lines if line.code == criterion), None)


def evaluation_view(session: Session, evaluation: Evaluation) -> EvaluationView:
    """Everything about one evaluation, read in a handful of queries."""
    card = published_cards.published(session, evaluation.scorecard, evaluation.scorecard_version)
    interaction = session.get_one(Interaction, evaluation.interaction_id)
    findings = _findings(session, interaction.id)
    lines = _lines(session, evaluation, card, interaction, findings)
    answers = {line.code: line.standing for line in lines}
    fatal = [one for one in findings if one.code in card.auto_fail and one.outcome is Outcome.DETECTED]
    undecided = [one for one in fatal if one.verdict is Verdict.OPEN]
    parts = {part.section: part for part in subtotals(card, answers)}
    by_code = {line.code: line for line in lines}
    return EvaluationView(
        id=evaluation.id,
        interaction_id=interaction.id,
        reviewer_id=evaluation.reviewer_id,
        reviewer=session.get_one(Person, evaluation.reviewer_id).name,
        state=evaluation.state,
        version=evaluation.version,
        card=card,
        channel=interaction.channel,
        sections=tuple(
            SectionView(section, parts[section.code], tuple(by_code[one.code] for one in section.criteria))
            for section in card.sections
        ),
        score=score(
            card,
            answers,
            auto_fail=[one.code for one in fatal if one.verdict is Verdict.CONFIRMED],
            auto_fail_open=[one.code for one in undecided],
        ),
        auto_fail_open=tuple(Missing(Need.VERDICT, one.code, one.id) for one in undecided),
        comments=_comments(session, evaluation.id),
        outcome=evaluation.outcome or interaction.outcome,
        summary=evaluation.summary or "",
        listened_seconds=evaluation.listened_seconds,
        saved_at=evaluation.updated_at,
        submitted_at=evaluation.submitted_at,
    )


def _lines(
    session: Session,
    evaluation: Evaluation,
    card: Scorecard,
    interaction: Interaction,
    findings: Sequence[StoredFinding],
) -> tuple[Line, ...]:
    stored = {
        row.criterion: row
        for row in session.scalars(
            select(EvaluationAnswer)
            .where(EvaluationAnswer.evaluation_id == evaluation.id)
            .execution_options(populate_existing=True)
        )
    }
    record = published_cards.record(session, card.code)
    turns = _turns(session, interaction.id, [turn for row in stored.values() for turn in row.turns])
    rejected = {one.code for one in findings if one.verdict is Verdict.REJECTED}
    standing = {one.code for one in findings if one.verdict is not Verdict.REJECTED}
    return tuple(
        _line(
            number,
            criterion,
            stored[criterion.code],
            channel=interaction.channel,
            turns=turns,
            rejected=rejected - standing,
            agreement=record.get(criterion.code),
        )
        for number, criterion in enumerate(card.criteria, start=1)
    )


def _line(
    number: int,
    criterion: Criterion,
    row: EvaluationAnswer,
    *,
    channel: Channel,
    turns: Mapping[int, StoredTurn],
    rejected: set[str],
    agreement: Agreement | None,
) -> Line:
    in_bulk = row.reason == IN_BULK
    evidence = tuple(
        Evidence(turn, turns[turn].start, turns[turn].at, row.quote if place == 0 else None)
        for place, turn in enumerate(turn for turn in row.turns if turn in turns)
    )
    return Line(
        number=number,
        criterion=criterion,
        guidance=criterion.guidance_on(channel),
        proposed=row.proposed,
        why=WHY.get(row.why, ""),
        finding_code=None if row.why in WHY else row.why or None,
        evidence=evidence,
        evidence_rejected=row.why in rejected,
        agreement=agreement,
        answer=row.answer,
        reason="" if in_bulk else row.reason or "",
        comment=row.comment or "",
        in_bulk=in_bulk,
        answered_at=row.answered_at,
    )


def _findings(session: Session, interaction_id: int) -> Sequence[StoredFinding]:
    return session.scalars(
        select(StoredFinding)
        .where(StoredFinding.interaction_id == interaction_id)
        .order_by(StoredFinding.id)
        .execution_options(populate_existing=True)
    ).all()


def _turns(session: Session, interaction_id: int, positions: Sequence[int]) -> dict[int, StoredTurn]:
    rows = session.scalars(
        select(StoredTurn).where(StoredTurn.interaction_id == interaction_id, StoredTurn.position.in_(set(positions)))
    )
    return {row.position: row for row in rows}


def _comments(session: Session, evaluation_id: int) -> tuple[Comment, ...]:
    rows = session.execute(
        select(MomentComment, Person.name)
        .join(Person, Person.id == MomentComment.person_id)
        .where(MomentComment.evaluation_id == evaluation_id)
        .order_by(MomentComment.id)
    )
    return tuple(
        Comment(row.id, row.person_id, name, row.turn, row.second, row.text, row.written_at) for row, name in rows
    )
