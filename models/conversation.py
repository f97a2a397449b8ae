"""A conversation: who said what, and when; the same shape for a call, a chat thread and a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

UNSURE_VOICE = 2  # the number of the voice that holds what may be either's, where voices were told apart by ear


class Speaker(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    IVR = "ivr"
    VOICEMAIL = "voicemail"
    BOT = "bot"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    VOICE = "voice"
    WHATSAPP = "whatsapp"
    WEBCHAT = "webchat"
    SMS = "sms"
    EMAIL = "email"

    @property
    def spoken(self) -> bool:
        return self is Channel.VOICE


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class LegalStatus(StrEnum):
    NONE = "none"
    PRE_LEGAL = "pre_legal"
    FILED = "filed"
    JUDGMENT = "judgment"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of a recording, in seconds from its start."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its place in the audio (seconds)."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One uninterrupted contribution. Calls carry `start`/`end` (seconds), chats carry `at` (with offset)."""

    index: int
    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None
    at: datetime | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What the creditor's system says of the debt at the time of the contact. Anything may be unknown."""

    balance: Decimal | None = None
    currency: str | None = None
    minimum_payment: Decimal | None = None
    days_past_due: int | None = None
    legal_status: LegalStatus | None = None


class Layout(StrEnum):
    """What the audio channels turned out to hold."""

    TWO_SIDES = "two_sides"
    MONO = "mono"
    IDENTICAL = "identical"  # two channels with the same sound: mono in disguise
    ONE_SILENT = "one_silent"  # two channels, one of which holds no voice


@dataclass(frozen=True, slots=True)
class Voice:
    """When one side of a recording speaks; `side` is unknown where both share a channel."""

    side: Speaker
    talk: tuple[Interval, ...]


class Apart(StrEnum):
    """Whether two people on one channel could be told apart by how they sound."""

    TOLD = "told"  # surely enough to build on
    DOUBTFUL = "doubtful"  # there seem to be two, and not surely enough who speaks when
    ALIKE = "alike"  # one person, or two who sound the same


@dataclass(frozen=True, slots=True)
class HeardStretch:
    """One of two voices speaking without a pause; `confidence` that it is that one and not the other."""

    start: float
    end: float
    voice: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ByEar:
    """Two voices on one channel told apart by ear. `confidence` that at least nine tenths of it are right.

    Only where they were told apart does anything else follow them; the stretches are there in any case.
    """

    apart: Apart
    confidence: float
    stretches: tuple[HeardStretch, ...] = ()


class HoldSign(StrEnum):
    """What tells that somebody was put on hold."""

    TOLD = "told"  # the telephone exchange or contact centre system says so
    ANNOUNCED = "announced"  # the agent asks to wait
    MUSIC = "music"
    BEEPS = "beeps"


@dataclass(frozen=True, slots=True, order=True)
class Hold:
    """A stretch in which somebody waits on the line, in seconds from the start, and what tells it."""

    start: float
    end: float
    sign: HoldSign


@dataclass(frozen=True, slots=True)
class Speech:
    """Speech measured in the audio itself, intervals sorted and disjoint: one voice a channel.

    Where two voices of one channel were told apart by ear, they come first, then (UNSURE_VOICE) what may be either's.
    """

    duration: float
    layout: Layout
    voices: tuple[Voice, ...]
    by_ear: ByEar | None = None
    holds: tuple[Hold, ...] = ()  # music and beeps on the line

    @property
    def told_apart(self) -> bool:
        return self.by_ear is not None and self.by_ear.apart is Apart.TOLD

    @property
    def two_voices(self) -> bool:
        """Two people can be told from each other, by their channel or by ear."""
        return self.told_apart or (self.layout is Layout.TWO_SIDES and len(self.voices) == 2)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The words of one interaction. `speech` is there only when a recording was heard.

    `language` is "es" or "en"; `country` an ISO 3166 two-letter code or None; `has_end_times` is False for
    sources that give no ends, from which silence cannot be computed.
    """

    id: str
    channel: Channel
    language: str
    turns: tuple[Turn, ...]
    country: str | None = None
    started_at: datetime | None = None
    direction: Direction = Direction.OUTBOUND
    account: Account = Account()
    duration: float | None = None
    speech: Speech | None = None
    has_end_times: bool = True
    told_holds: tuple[Hold, ...] = ()  # what the source itself says of holds
