"""What the review page shows, as frozen values: nothing here is computed, nothing is looked up later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from models.conversation import Channel, Direction, Layout, Speaker
from models.evaluations import ItemState, Stratum
from models.finding import Outcome, Scalar, Severity, Strength
from models.interactions import Stage, Verdict
from models.outcomes import PromiseState
from qa_platform.review.words import Stretch

Message: TypeAlias = Mapping[str, Any]  # {"id": message id, "params": {...}}


@dataclass(frozen=True, slots=True)
class Facts:
    """The line under the title: what the interaction is, as known on its own day."""

    id: int
    external_id: str | None
    agent: str | None
    portfolio: str | None
    channel: Channel
    direction: Direction
    language: str
    country: str | None
    started_at: datetime
    started_at_known: bool
    time_zone: str | None
    stage: Stage
    progress: float
    failure: Message | None
    warnings: tuple[Message, ...]
    duration: float | None
    layout: Layout | None
    sides: tuple[str, ...]  # of each audio channel: agent, customer, one, two, both
    turn_count: int
    has_recording: bool
    fixture_words: bool
    no_transcript: Message | None
    transcript_model: str | None
    outcome: str | None
    disposition: str | None
    days_past_due: int | None
    segment: str | None
    balance: Decimal | None
    minimum_payment: Decimal | None
    currency: str | None
    sides_told: Message | None = None  # what a person should know of how the sides were decided
    may_swap: bool = False
    may_name: bool = False  # neither the source nor the words tell which channel, or voice, is the agent's
    heard_languages: tuple[Mapping[str, Any], ...] = ()  # of each voice: side, language, by, sure
    by_ear: Message | None = None  # how far two people on one channel were told apart by their voices
    told_by_ear: bool = False

    @property
    def spoken(self) -> bool:
        return self.channel.spoken


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where the interaction stands in a day's queue, and why it is there, in words."""

    item: int
    position: int
    of: int
    stratum: Stratum
    probability: float
    reasons: str
    state: ItemState
    claimed_by: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class PromiseSaid:
    """A promise as the words have it."""

    amount: Decimal | None
    currency: str | None
    due: date | None
    due_from: date | None
    due_to: date | None
    ambiguous: bool
    alternative_due: date | None
    strength: Strength
    channel: str | None
    conditional: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A finding in the margin. `id` is None for a promise that no finding row carries: it can be heard, not judged."""

    number: int
    id: int | None
    code: str
    label: str
    hue: str
    severity: Severity
    outcome: Outcome
    rule: str
    rule_version: str
    confidence: float
    turn: int | None = None
    speaker: Speaker | None = None
    start: float | None = None
    end: float | None = None
    quote: str | None = None
    value: Mapping[str, Scalar] = field(default_factory=dict, hash=False)
    verdict: Verdict = Verdict.OPEN
    verdict_by: str | None = None
    verdict_mine: bool = False
    why: str | None = None
    promise: PromiseSaid | None = None
    suggested: tuple[int, int] | None = None  # its rule only suggests: confirmed, of so many judged

    @property
    def family(self) -> str:
        return self.code.split(".", 1)[0]

    @property
    def said(self) -> bool:
        """Whether it stands somewhere in the conversation, rather than being missing from it."""
        return self.turn is not None or self.start is not None

    @property
    def unjudged(self) -> bool:
        return self.outcome is Outcome.INSUFFICIENT_EVIDENCE


@dataclass(frozen=True, slots=True)
class Remark:
    """A person's comment at a turn or second."""

    id: int
    by: str
    mine: bool
    turn: int | None
    second: float | None
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of the conversation with what stands beside it."""

    index: int
    speaker: Speaker
    pieces: tuple[Stretch, ...]
    start: float | None
    end: float | None
    at: datetime | None
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def found(self) -> bool:
        return bool(self.notes or self.remarks)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody speaks or answers: a silence on a call, a slow reply in a chat."""

    start: float | None
    seconds: float
    notes: tuple[Note, ...]

    @property
    def found(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Day:
    """A new day in a chat."""

    day: date

    @property
    def found(self) -> bool:
        return False


Row: TypeAlias = Spoken | Pause | Day


@dataclass(frozen=True, slots=True)
class StageSpan:
    """A stage of the call on the ribbon, from its first evidence to the next stage's."""

    code: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class SidePace:
    """How one side speaks and answers; None where that cannot be told. `estimated`: its words had no times."""

    side: Speaker
    words_per_minute: float | None
    estimated: bool
    delay: float | None
    delay_p90: float | None
    longest_talk: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """Speech figures taken from the audio or, without it, from the turns' times."""

    talk_seconds: Mapping[str, float]
    silences: int
    longest_silence: float
    interruptions: int
    overlaps: int
    quiet: tuple[tuple[float, float], ...]  # what "skip silences" jumps over
    sides_known: bool
    holds: int = 0
    held_seconds: float = 0.0
    talk_ratio: float | None = None  # the agent's share
    paces: tuple[SidePace, ...] = ()


@dataclass(frozen=True, slots=True)
class PastContact:
    """Another contact about the same debt."""

    at: datetime
    interaction: int
    channel: Channel
    outcome: str | None
    agent: str | None
    points: float | None


@dataclass(frozen=True, slots=True)
class LedgerPromise:
    """A promise as the CRM registered it, and what became of it."""

    at: datetime
    amount: Decimal
    currency: str
    due: date
    state: PromiseState


@dataclass(frozen=True, slots=True)
class LedgerPayment:
    at: datetime
    amount: Decimal
    currency: str
    method: str | None
    reversed_at: datetime | None


Event: TypeAlias = PastContact | LedgerPromise | LedgerPayment
