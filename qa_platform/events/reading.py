"""From an event as it was sent to one that the log can keep, or what is wrong with it, by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import QAError
from models.events import EventType
from qa_platform.events.fold import ACCOUNT, unnamed
from qa_platform.events.kinds import DATA, MOMENTS, THINGS, Data, Envelope, shown_moment

AHEAD = timedelta(days=1)  # clocks differ; more than this is a mistake that would outrank every true event
_LIKE: Mapping[str, str] = MappingProxyType(
    {
        "specversion": "1.0",
        "type": ", ".join(EventType),
        "amount": "1250.55",
        "balance": "1250.55",
        "minimum_payment": "1250.55",
        "currency": "MXN",
        "due": "2026-03-15",
        "days_past_due": "45",
        "version": "0, 1, 2, …",
        "data": "{…}",
        "channel": "voice, whatsapp, email, …",
        "direct": "true, false",
    }
)
Model = TypeVar("Model", bound=BaseModel)
_TIME = "2026-03-12T10:30:00-06:00"


class NotAnEvent(QAError):
    status = 422
    says = "This is not a CloudEvents 1.0 event."
    remedy = "Send a JSON object with specversion, id, source, type, time and data."


class FieldMissing(QAError):
    status = 422
    says = "The field {field} is missing."
    remedy = "Send it like this: {like}."


class FieldUnusable(QAError):
    status = 422
    says = "The field {field} cannot be used."
    remedy = "Send it like this: {like}."


class AheadOfTime(QAError):
    status = 422
    says = "The field {field} lies in the future."
    remedy = "Send when it happened, with its offset."


class CurrencyUnknown(QAError):
    status = 422
    says = "Nothing says in which currency the amount is."
    remedy = "Send currency, or give the portfolio one."


class CorrectsItself(QAError):
    status = 422
    says = "The event corrects itself."
    remedy = "Send the correction under an id of its own."


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event fit for the log; its debt is still a number on paper."""

    source: str
    event_id: str
    type: EventType
    account: str
    portfolio: str | None
    thing: str
    named: bool
    happened_at: datetime
    version: int
    corrects: str | None
    content: Mapping[str, Any]


def read_event(told: object, *, now: datetime) -> Incoming:
    """Raises what is wrong, with the field in `where`."""
    if not isinstance(told, Mapping):
        raise NotAnEvent
    envelope = _checked(Envelope, told)
    kind = EventType(envelope.type)
    data = _checked(DATA[kind], envelope.data, under="data.")
    account = data.account or envelope.subject
    if account is None:
        raise FieldMissing("data.account", field="data.account", like="MX-4471")
    if envelope.corrects == envelope.id:
        raise CorrectsItself("corrects")
    if envelope.time > now + AHEAD:
        raise AheadOfTime("time", field="time")
    content = _content(kind, envelope, data, now=now)
    thing, named = _thing(kind, envelope, data)
    return Incoming(
        source=envelope.source,
        event_id=envelope.id,
        type=kind,
        account=account,
        portfolio=data.portfolio,
        thing=thing,
        named=named,
        happened_at=envelope.time,
        version=envelope.version,
        corrects=envelope.corrects,
        content=content,
    )


def in_currency(event: Incoming, own: str | None) -> Mapping[str, Any]:
    """Its content with the portfolio's currency where it names none. Raises CurrencyUnknown."""
    if "amount" not in event.content or event.content.get("currency"):
        return event.content
    if own is None:
        raise CurrencyUnknown("data.currency")
    return {**event.content, "currency": own}


def _checked(model: type[Model], told: Mapping[str, Any], *, under: str = "") -> Model:
    try:
        return model.model_validate(told)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
        field = under + ".".join(str(part) for part in first["loc"])
        name = str(first["loc"][0]) if first["loc"] else ""
        field = field.rstrip(".") or "data"
        like = _LIKE.get(name, _TIME if name == "time" or name.endswith("_at") else "A-17")
        kind = FieldMissing if first["type"] == "missing" else FieldUnusable
        raise kind(field, field=field, like=like if name else "balance, days_past_due, …") from None


def _content(kind: EventType, envelope: Envelope, data: Data, *, now: datetime) -> dict[str, Any]:
    fields = data.model_dump(exclude={"account", "portfolio"}, exclude_none=True)
    if moment := MOMENTS.get(kind):
        fields.setdefault(moment, envelope.time)
        if fields[moment] > now + AHEAD:
            raise AheadOfTime(f"data.{moment}", field=f"data.{moment}")
    return {name: shown_moment(value) for name, value in fields.items()}


def _thing(kind: EventType, envelope: Envelope, data: Data) -> tuple[str, bool]:
    if kind is EventType.ACCOUNT_UPDATED:
        return ACCOUNT, True
    if kind in (EventType.CONSENT_GRANTED, EventType.CONSENT_REVOKED):
        return f"consent:{getattr(data, 'channel')}:{getattr(data, 'purpose')}", True  # noqa: B009 - of this kind only
    label, field = THINGS[kind]
    if name := getattr(data, field):
        return f"{label}:{name}", True
    return unnamed(label, envelope.source, envelope.corrects or envelope.id), False
