"""An evaluation as people see it: each question with proposal, evidence and answer, the score and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.conversation import Channel
from models.evaluations import EvaluationState
from models.finding import Answer
from models.scorecard import Criterion, Label, Score, Scorecard, Section
from scorecards.agreement import CLEAR_BAR, ENOUGH, Agreement
from scorecards.score import Subtotal

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
    value: str = ""  # the option, number or text of a question that asks for one
    asked: bool = True  # False: an earlier answer, the channel or the direction rules it out
    withheld: bool = False  # there is a proposal, and it is kept back because such proposals are too often wrong

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
        if self.evidence_rejected or self.criterion.zeroes:
            return False
        if self.agreement is not None and self.agreement.cases >= ENOUGH:
            return self.agreement.share >= CLEAR_BAR
        return bool(self.evidence) or self.proposed is Answer.NOT_APPLICABLE

    @property
    def needs(self) -> Need | None:
        if not self.asked:
            return None
        if self.answer is None:
            return None if self.criterion.optional else Need.ANSWER
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
    release_at: datetime | None = None
    released_at: datetime | None = None
    acknowledged_at: datetime | None = None
    appeal_until: datetime | None = None  # until when the agent may appeal, once released
    points_submitted: float | None = None  # before an appeal changed them
    listen_seconds: float = 0.0  # how much of the recording the plan asks to be heard first
    first_moment: float | None = None  # the second of the gravest finding: where a review of moments opens

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
