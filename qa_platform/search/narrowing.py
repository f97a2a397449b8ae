"""What a search is narrowed to beside its words: agent, channel, portfolio, dates, code, silence, promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from models.conversation import Channel, Speaker
from models.finding import Outcome, Strength
from models.interactions import Interaction, StoredFinding, StoredPromise, Verdict
from models.outcomes import CrmPromise, PromiseState

SILENCE = "speech.silence"


class Promised(StrEnum):
    """States of a promise to pay: heard in the words, or as the CRM keeps it."""

    ANY = "any"
    NONE = "none"
    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"
    CONDITIONAL = "conditional"
    AMBIGUOUS = "ambiguous"
    PENDING = "pending"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"


HEARD: Mapping[Promised, ColumnElement[bool]] = {
    Promised.ANY: StoredPromise.id.is_not(None),
    Promised.STRONG: StoredPromise.strength == Strength.STRONG,
    Promised.MEDIUM: StoredPromise.strength == Strength.MEDIUM,
    Promised.WEAK: StoredPromise.strength == Strength.WEAK,
    Promised.CONDITIONAL: StoredPromise.conditional.is_(True),
    Promised.AMBIGUOUS: StoredPromise.ambiguous.is_(True),
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Nothing set narrows nothing. `speaker` is who says the first turn; `code` a finding or its family ("slip")."""

    speaker: Speaker | None = None
    agent: int | None = None
    channel: Channel | None = None
    portfolio: int | None = None
    code: str = ""
    since: date | None = None
    until: date | None = None
    silence: float | None = None
    promise: Promised | None = None

    @property
    def has_places(self) -> bool:
        """Whether it names something that has a place in a call, so that words are not needed to show one."""
        return bool(self.code) or self.silence is not None or self.promise in HEARD


def interactions(narrowed: Narrowed, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The conditions on `Interaction`."""
    equal: list[tuple[Any, Any]] = [
        (Interaction.agent_id, narrowed.agent),
        (Interaction.channel, narrowed.channel),
        (Interaction.portfolio_id, narrowed.portfolio),
    ]
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if narrowed.since:
        found.append(Interaction.started_at >= datetime.combine(narrowed.since, time(), zone))
    if narrowed.until:
        found.append(Interaction.started_at < datetime.combine(narrowed.until + timedelta(days=1), time(), zone))
    if narrowed.code:
        found.append(_has_finding(coded(narrowed.code)))
    if narrowed.silence is not None:
        found.append(_has_finding(silent(narrowed.silence)))
    if narrowed.promise:
        found.append(_promised(narrowed.promise))
    return found


def coded(code: str) -> ColumnElement[bool]:
    named = StoredFinding.code == code
    if "." not in code:
        named = StoredFinding.code.startswith(f"{code}.", autoescape=True)
    return and_(named, *_STANDING)


def silent(seconds: float) -> ColumnElement[bool]:
    return and_(StoredFinding.code == SILENCE, StoredFinding.end - StoredFinding.start >= seconds, *_STANDING)


_STANDING = (StoredFinding.outcome == Outcome.DETECTED, StoredFinding.verdict != Verdict.REJECTED)


def _has_finding(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_it = select(StoredFinding.id).where(StoredFinding.interaction_id == Interaction.id, condition)
    return of_it.correlate(Interaction).exists()


def _promised(promise: Promised) -> ColumnElement[bool]:
    of_it = select(StoredPromise.id).where(StoredPromise.interaction_id == Interaction.id).correlate(Interaction)
    if promise is Promised.NONE:
        return ~of_it.exists()
    if promise in HEARD:
        return of_it.where(HEARD[promise]).exists()
    kept = select(CrmPromise.id).where(CrmPromise.interaction_id == Interaction.id)
    return kept.where(CrmPromise.state == PromiseState(promise.value)).exists()
