"""A conversation: who said what, and when; the same shape for a call, a chat thread and a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Speech:
    """Speech measured in the audio itself, one voice a channel, intervals sorted and disjoint."""

    duration: float
    layout: Layout
    voices: tuple[Voice, ...]


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
