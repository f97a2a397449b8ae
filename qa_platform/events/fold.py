"""What stands after a set of events: corrections first, then one answer for each thing. Pure; order plays no part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.events import EventType

ACCOUNT = "account"
Place = tuple[int, str]  # debt and thing
Key = tuple[str, str]  # source and event id


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the log, about one thing of one debt of one portfolio."""

    debt: int
    source: str
    event_id: str
    type: EventType
    thing: str
    named: bool
    happened_at: datetime
    version: int
    corrects: str | None
    content: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return self.source, self.event_id

    @property
    def rank(self) -> tuple[int, datetime, str, str]:
        return self.version, self.happened_at, self.source, self.event_id


@dataclass(frozen=True, slots=True)
class StandingPayment:
    amount: Decimal
    currency: str
    paid_at: datetime
    method: str | None
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StandingPromise:
    amount: Decimal
    currency: str
    due: date
    made_at: datetime
    interaction: str | None
    cancelled_at: datetime | None


def unnamed(kind: str, source: str, event_id: str) -> str:
    """The thing of an event that names none: its own, for good."""
    digest = hashlib.sha256(f"{source}\0{event_id}".encode()).hexdigest()
    return f"{kind}:~{digest[:24]}"


def standing(events: Iterable[Told]) -> dict[Place, list[Told]]:
    """The events that count, by what they speak of. Of those that correct one another only the last one does."""
    known = {event.key: event for event in events}
    families: defaultdict[Key, list[tuple[int, Told]]] = defaultdict(list)
    for event in known.values():
        root, depth = _root(event, known)
        families[root].append((depth, event))
    found: defaultdict[Place, list[Told]] = defaultdict(list)
    for root, family in families.items():
        _, last = max(family, key=lambda one: (one[1].version, one[0], one[1].happened_at, one[1].event_id))
        found[last.debt, _thing(last, root, known)].append(last)
    return dict(found)


def places(family: Iterable[Told]) -> set[Place]:
    """Everywhere that events which may correct one another may stand, or may have stood."""
    told = list(family)
    things = {event.thing for event in told}
    for event in told:
        if event.corrects is not None:
            things.add(unnamed(event.thing.partition(":")[0], event.source, event.corrects))
    return {(event.debt, thing) for event in told for thing in things}


def payment(events: Sequence[Told]) -> StandingPayment | None:
    """None where only its reversal is known so far."""
    paid = _last(events, EventType.PAID)
    if paid is None:
        return None
    content, reversal = paid.content, _last(events, EventType.PAYMENT_REVERSED)
    return StandingPayment(
        amount=Decimal(content["amount"]),
        currency=content["currency"],
        paid_at=_moment(content, "paid_at"),
        method=content.get("method"),
        reversed_at=_moment(reversal.content, "reversed_at") if reversal else None,
    )


def promise(events: Sequence[Told]) -> StandingPromise | None:
    """None where only its cancelling is known so far."""
    made = _last(events, EventType.PROMISED)
    if made is None:
        return None
    content, cancelled = made.content, _last(events, EventType.PROMISE_CANCELLED)
    return StandingPromise(
        amount=Decimal(content["amount"]),
        currency=content["currency"],
        due=date.fromisoformat(content["due"]),
        made_at=_moment(content, "made_at"),
        interaction=content.get("interaction"),
        cancelled_at=_moment(cancelled.content, "cancelled_at") if cancelled else None,
    )


def account(events: Sequence[Told]) -> dict[str, Any]:
    """Each figure of the account as last told."""
    figures: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: event.rank):
        figures |= event.content
    return figures


def consent(events: Sequence[Told]) -> bool | None:
    """Whether it is granted now; of two at the same moment, the refusal counts."""
    kinds = (EventType.CONSENT_GRANTED, EventType.CONSENT_REVOKED)
    told = [event for event in events if event.type in kinds]
    if not told:
        return None
    newest = max(event.rank[:2] for event in told)
    return all(event.type is EventType.CONSENT_GRANTED for event in told if event.rank[:2] == newest)


def _root(event: Told, known: Mapping[Key, Told]) -> tuple[Key, int]:
    """The first event of a line of corrections, seen or not, and how far this one is from it."""
    line, here = [event.key], event
    while here.corrects is not None:
        before = (here.source, here.corrects)
        if before in line:  # they correct each other: neither is first
            return min(line[line.index(before) :]), 0
        line.append(before)
        if before not in known:
            break
        here = known[before]
    return line[-1], len(line) - 1


def _thing(last: Told, root: Key, known: Mapping[Key, Told]) -> str:
    kind = last.thing.partition(":")[0]
    if last.named or last.key == root:
        return last.thing
    first = known.get(root)
    if first is not None and first.thing.partition(":")[0] == kind:
        return first.thing
    return unnamed(kind, *root)


def _last(events: Iterable[Told], kind: EventType) -> Told | None:
    return max((event for event in events if event.type is kind), key=lambda event: event.rank, default=None)


def _moment(content: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(content[name])
