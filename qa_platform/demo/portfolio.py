"""The demonstration's portfolio: contacts, promises and payments of the three weeks that end when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from qa_platform.demo.call_scripts import recordings
from qa_platform.demo.chats import chats, write_chat

SOURCE = Path(__file__).with_name("portfolio.yaml")
GRACE_DAYS = 1  # a payment of the day after still keeps a promise
ZONES: Mapping[str, str] = MappingProxyType(
    {
        "AR": "America/Argentina/Buenos_Aires",
        "CL": "America/Santiago",
        "CO": "America/Bogota",
        "MX": "America/Mexico_City",
        "PE": "America/Lima",
        "US": "America/New_York",
    }
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEFT = 0


@dataclass(frozen=True, slots=True)
class DemoInteraction:
    """A file to take in, and what the dialer says of it, under the names that a metadata table uses."""

    path: Path
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoPromise:
    """A promise as the agent typed it into the CRM; `state` is pending, kept, partial or broken by `now`."""

    external_id: str
    interaction: str
    portfolio: str
    account_ref: str
    amount: Decimal
    currency: str
    due: date
    created_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DemoPayment:
    external_id: str
    portfolio: str
    account_ref: str
    amount: Decimal
    currency: str
    paid_at: datetime
    method: str
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who signs in; `agent` is an agent's code where that somebody talks to debtors."""

    email: str
    name: str
    role: str
    agent: str | None


def demo_interactions(now: datetime, *, folder: Path) -> tuple[DemoInteraction, ...]:
    """Every contact, oldest first, none later than `now`; the written ones are put into `folder`, dated to fit."""
    folder.mkdir(parents=True, exist_ok=True)
    written = write_specimens(folder, now)
    files = {**recordings(), **written}
    told = [DemoInteraction(files[key], _metadata(key, now)) for key in _source()["interactions"]]
    return tuple(sorted(told, key=lambda one: datetime.fromisoformat(one.metadata["started_at"])))


def write_specimens(folder: Path, now: datetime) -> dict[str, Path]:
    """The conversations in writing, each in the format that its centre exports, by id."""
    interactions = _source()["interactions"]
    return {
        one.id: write_chat(folder, one, begins=_started(one.id, now), agent=_agent(interactions[one.id])["name"])
        for one in chats().values()
    }


def demo_promises(now: datetime) -> tuple[DemoPromise, ...]:
    return tuple(_promise(entry, now) for entry in _source()["promises"])


def demo_payments(now: datetime) -> tuple[DemoPayment, ...]:
    """What came in by `now`, for promises and without them."""
    promised = [payment for entry in _source()["promises"] for payment in _payments_of(entry, now)]
    loose = [_loose_payment(entry, now) for entry in _source()["payments"]]
    come_in = [_as_known(one, now) for one in promised + loose if one.paid_at <= now]
    return tuple(sorted(come_in, key=lambda one: one.paid_at))


def demo_people() -> tuple[DemoPerson, ...]:
    agents = _source()["agents"]
    return tuple(
        DemoPerson(one["email"], one["name"], one["role"], agents[one["agent"]]["code"] if "agent" in one else None)
        for one in _source()["people"]
    )


def demo_creditors() -> Mapping[str, str]:
    """The portfolios' creditors, by portfolio code."""
    creditors: dict[str, str] = _source()["portfolios"]
    return creditors


# ------------------------------------------------------------------------------------------------------ one contact


def _metadata(key: str, now: datetime) -> dict[str, str]:
    entry = _source()["interactions"][key]
    agent = _agent(entry)
    balance, currency, minimum, overdue, legal, segment = _source()["accounts"][entry["account"]]
    chat = chats().get(key)
    told = {
        "external_id": f"DEMO-{key}",
        "agent": agent["code"],
        "agent_name": agent["name"],
        "team": _source()["teams"][agent["team"]],
        "portfolio": entry["portfolio"],
        "account_ref": entry["account"],
        "channel": chat.channel if chat else "voice",
        "country": _country(key),
        "language": chat.language if chat else "es",
        "started_at": _started(key, now).isoformat(),
        "direction": chat.direction if chat else "outbound",
        "disposition": entry["disposition"],
        "balance": str(balance),
        "currency": currency,
        "minimum_payment": str(minimum),
        "days_past_due": str(overdue),
        "legal_status": legal,
        "segment": segment,
    }
    return told if chat else {**told, "agent_channel": str(entry.get("agent_channel", _LEFT))}


def _agent(entry: Mapping[str, Any]) -> dict[str, str]:
    agent: dict[str, str] = _source()["agents"][entry["agent"]]
    return agent


def _country(key: str) -> str:
    chat = chats().get(key)
    return chat.country if chat else str(_source()["interactions"][key]["country"])


def _started(key: str, now: datetime) -> datetime:
    """Local time of a working day; day 1 is the last one that is over everywhere by `now`."""
    ago, clock = _source()["interactions"][key]["when"]
    over = now.astimezone(ZoneInfo(ZONES["MX"])).date() - timedelta(days=1)  # no zone of ours ends its day later
    return datetime.combine(_working_day(over, ago), time.fromisoformat(clock), ZoneInfo(ZONES[_country(key)]))


def _working_day(last: date, ago: int) -> date:
    day = last
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    for _ in range(ago - 1):
        day -= timedelta(days=3 if day.isoweekday() == 1 else 1)
    return day


# ------------------------------------------------------------------------------------------- what the debtor then did


def _promise(entry: Mapping[str, Any], now: datetime) -> DemoPromise:
    key = entry["from"]
    contact = _source()["interactions"][key]
    due = _due(entry, now)
    amount = Decimal(entry["amount"])
    paid = sum((one.amount for one in _payments_of(entry, now) if one.paid_at <= now), Decimal(0))
    running = now.astimezone(ZoneInfo(ZONES[_country(key)])).date() <= due + timedelta(days=GRACE_DAYS)
    state = "kept" if paid >= amount else "pending" if running else "partial" if paid else "broken"
    return DemoPromise(
        external_id=f"PTP-{key}",
        interaction=f"DEMO-{key}",
        portfolio=contact["portfolio"],
        account_ref=contact["account"],
        amount=amount,
        currency=_source()["accounts"][contact["account"]][1],
        due=due,
        created_at=_started(key, now) + timedelta(minutes=35),
        state=state,
    )


def _due(entry: Mapping[str, Any], now: datetime) -> date:
    day = _started(entry["from"], now).date()
    due = entry["due"]
    if due in _WEEKDAYS:
        return day + timedelta(days=(_WEEKDAYS.index(due) - day.weekday() - 1) % 7 + 1)
    if due == "fortnight":
        month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return day.replace(day=15) if day.day < 15 else month_end
    return day + timedelta(days=int(due))


def _payments_of(entry: Mapping[str, Any], now: datetime) -> list[DemoPayment]:
    due = _due(entry, now)
    return [
        _payment(entry["from"], due + timedelta(days=after), f"{amount}", method, number=number)
        for number, (after, amount, method) in enumerate(entry["paid"], 1)
    ]


def _loose_payment(entry: Mapping[str, Any], now: datetime) -> DemoPayment:
    after, amount, method, *taken_back = entry["paid"]
    started = _started(entry["from"], now)
    payment = _payment(entry["from"], started.date() + timedelta(days=after), f"{amount}", method, number=0)
    if not taken_back:
        return payment
    return replace(payment, reversed_at=payment.paid_at + timedelta(days=taken_back[0]))


def _as_known(payment: DemoPayment, now: datetime) -> DemoPayment:
    """Nobody knows yet what will be taken back tomorrow."""
    taken_back = payment.reversed_at is not None and payment.reversed_at <= now
    return payment if taken_back else replace(payment, reversed_at=None)


def _payment(key: str, day: date, amount: str, method: str, *, number: int) -> DemoPayment:
    contact = _source()["interactions"][key]
    return DemoPayment(
        external_id=f"PAY-{key}-{number}",
        portfolio=contact["portfolio"],
        account_ref=contact["account"],
        amount=Decimal(amount),
        currency=_source()["accounts"][contact["account"]][1],
        paid_at=datetime.combine(day, time(19, 5), ZoneInfo(ZONES[_country(key)])),
        method=method,
        reversed_at=None,
    )


@cache
def _source() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return loaded
