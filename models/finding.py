"""What was found in a conversation: findings with their evidence, promises, script steps, outcome, speech events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from models.conversation import Hold, Interval, Speaker

Scalar: TypeAlias = str | int | float | bool | None


def nothing() -> Mapping[str, Scalar]:
    return MappingProxyType({})


class Outcome(StrEnum):
    """No evidence means abstain (`insufficient_evidence`), never "no"."""

    DETECTED = "detected"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical, 4 for information: sorts the most urgent first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule a finding stands on; versions are never reused."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something detected, with its evidence.

    `quote` stands verbatim in the turn's text; `turn` is None for what is missing; `start`/`end` in seconds of the
    recording, None for chats; `confidence` from 0 to 1.
    """

    code: str
    severity: Severity
    rule: Rule
    outcome: Outcome = Outcome.DETECTED
    turn: int | None = None
    speaker: Speaker | None = None
    start: float | None = None
    end: float | None = None
    quote: str | None = None
    confidence: float = 1.0
    value: Mapping[str, Scalar] = field(default_factory=nothing, hash=False)

    @property
    def family(self) -> str:
        return self.code.split(".", 1)[0]


class Strength(StrEnum):
    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Promise:
    """A debtor's own commitment to pay, as said. `due` is a day; `due_from`/`due_to` a window where there is no day."""

    turn: int
    quote: str
    strength: Strength
    rule: Rule
    amount: Decimal | None = None
    currency: str | None = None
    due: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    ambiguous: bool = False
    alternative_due: date | None = None
    channel: str | None = None
    conditional: bool = False
    start: float | None = None
    end: float | None = None
    confidence: float = 1.0


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Step:
    """Whether one step of the script was done; `turns` are the evidence, first the strongest."""

    code: str
    answer: Answer
    turns: tuple[int, ...] = ()
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody speaks from `start` to `end`; `after` is the side that spoke last, where known."""

    start: float
    end: float
    after: Speaker | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """`by` cuts in while the other side speaks, and says more than a back-channel."""

    start: float
    end: float
    by: Speaker


@dataclass(frozen=True, slots=True)
class Monologue:
    start: float
    end: float
    by: Speaker


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one side speaks, its pauses left out.

    `estimated`: the words have no times of their own, so that they are spread over the side's whole talk.
    """

    words_per_minute: float
    syllables_per_second: float
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from the end of the other side's words to the beginning of this side's, where nobody cuts in."""

    median: float
    p90: float
    count: int


@dataclass(frozen=True, slots=True)
class SpeechEvents:
    """Who speaks when, measured. `measured` is False where the source gives no times to measure by."""

    silences: tuple[Silence, ...] = ()
    overlaps: tuple[Interval, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    monologues: tuple[Monologue, ...] = ()
    holds: tuple[Hold, ...] = ()
    talk_seconds: Mapping[str, float] = field(default_factory=dict, hash=False)
    longest_talk: Mapping[str, float] = field(default_factory=dict, hash=False)  # seconds on end, back-channels or not
    talk_ratio: float | None = None  # the agent's share of all talk
    pace: Mapping[str, Pace] = field(default_factory=dict, hash=False)
    response_delay: Mapping[str, Delay] = field(default_factory=dict, hash=False)
    measured: bool = False
    sides_known: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that the analyzers say of one conversation. `outcome` is one of the contract's call outcomes."""

    findings: tuple[Finding, ...]
    promises: tuple[Promise, ...]
    steps: tuple[Step, ...]
    outcome: str
    speech: SpeechEvents
