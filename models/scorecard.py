"""A scorecard: the questions a conversation is judged by, and the answers given to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.finding import Answer


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"  # asked, kept, never counted


class Counting(StrEnum):
    """How a question's weight enters the score: as part of the 100, on top of them, or taken off them."""

    WEIGHT = "weight"
    BONUS = "bonus"
    PENALTY = "penalty"


class NotApplicable(StrEnum):
    """What "not applicable" does with the weight."""

    REDISTRIBUTE = "redistribute"
    PASS = "pass"  # noqa: S105 - counts as met


class AutoFail(StrEnum):
    """What a confirmed auto-fail does: the whole form to zero, or the outcome failed and the score kept."""

    ZERO = "zero"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, in both languages of the product."""

    es: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice; points may be negative. `answer` is what it amounts to where only that counts."""

    code: str
    label: Label
    points: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class Band:
    """A number from `at_least` up (to the next band) earns these points."""

    at_least: float
    points: float


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only where an earlier question was answered with one of these."""

    criterion: str
    answers: tuple[Answer, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. `steps` (all applicable must be met) and `slips` (any one fails it) propose an answer.

    `applies_on` names findings that make the question arise; without any it always does. `na` None: as the card says.
    """

    code: str
    label: Label
    guidance: Label
    weight: float
    steps: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    critical: bool = False
    comment_required_on: tuple[Answer, ...] = ()
    channels: tuple[str, ...] = ()  # empty: every channel
    channel_guidance: tuple[tuple[str, Label], ...] = ()
    applies_on: tuple[str, ...] = ()
    kind: QuestionKind = QuestionKind.YES_NO
    options: tuple[Option, ...] = ()
    bands: tuple[Band, ...] = ()
    counts: Counting = Counting.WEIGHT
    na: NotApplicable | None = None
    condition: Condition | None = None
    directions: tuple[str, ...] = ()  # empty: inbound and outbound
    zeroes: bool = False  # not met takes the whole form to zero
    optional: bool = False  # may be left unanswered

    def guidance_on(self, channel: str) -> Label:
        """What to look for on this channel, or in general where the card says nothing of it."""
        return dict(self.channel_guidance).get(channel, self.guidance)


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    label: Label
    criteria: tuple[Criterion, ...]

    @property
    def weight(self) -> float:
        return sum(criterion.weight for criterion in self.criteria if criterion.counts is Counting.WEIGHT)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A published version never changes. Weights sum to 100; `auto_fail` lists finding codes that fail the form."""

    code: str
    version: int
    label: Label
    sections: tuple[Section, ...]
    auto_fail: tuple[str, ...]
    pass_mark: float = 80.0
    auto_fail_mode: AutoFail = AutoFail.ZERO
    na: NotApplicable = NotApplicable.REDISTRIBUTE
    appeal_days: int = 7  # after release, in which the agent may appeal
    resolve_days: int = 5  # in which an appeal should be answered

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)


@dataclass(frozen=True, slots=True)
class ProposedAnswer:
    """What the system suggests for one criterion; `turns` and `quote` are its evidence, `why` a short reason code."""

    criterion: str
    answer: Answer
    turns: tuple[int, ...] = ()
    quote: str | None = None
    why: str = ""
    hidden: Answer | None = None  # what is withheld, where it is


@dataclass(frozen=True, slots=True)
class Score:
    """Points of 100. `low`/`high`: what it may still become while answers are open; `failed_by`: auto-fail codes."""

    points: float | None
    low: float
    high: float
    answered: int
    total: int
    failed_by: tuple[str, ...] = ()
    passed: bool | None = None
    zeroed_by: tuple[str, ...] = ()  # questions whose "not met" took the form to zero
