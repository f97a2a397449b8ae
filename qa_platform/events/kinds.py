"""The kinds of events and their fields, in one place: they check what comes in and describe it in the OpenAPI page.

Fields beyond these are not kept. `time` (when it happened, or when a correction was made) orders events about the
same thing; a field such as `paid_at` that is left out is that time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.conversation import Channel, LegalStatus
from models.events import EventType


def _no_float(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError("money is written as text or as a whole number")
    return value


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return value

    return check


CHANNELS = tuple(channel.value for channel in Channel)
LEGAL = tuple(status.value for status in LegalStatus)
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Long = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Amount = Annotated[Decimal, BeforeValidator(_no_float), Field(gt=0, max_digits=17, decimal_places=2)]
Balance = Annotated[Decimal, BeforeValidator(_no_float), Field(max_digits=17, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217; left out: the portfolio's own.")]
ChannelName = Annotated[str, AfterValidator(_one_of(CHANNELS)), Field(json_schema_extra={"enum": list(CHANNELS)})]
LegalName = Annotated[str, AfterValidator(_one_of(LEGAL)), Field(json_schema_extra={"enum": list(LEGAL)})]


class Data(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    account: Name | None = Field(default=None, description="The creditor's number of the debt; else `subject`.")
    portfolio: Name | None = Field(default=None, description="The portfolio's code, unless the token has one.")


class Contacted(Data):
    contact_id: Name | None = None
    channel: ChannelName
    direct: bool | None = Field(default=None, description="Whether the debtor themselves was reached.")


class Replied(Data):
    contact_id: Name | None = None
    channel: ChannelName


class Promised(Data):
    promise_id: Name | None = None
    amount: Amount
    currency: Currency | None = None
    due: date
    made_at: AwareDatetime | None = None
    interaction: Long | None = Field(default=None, description="The call or chat it was made in: its external id.")


class PromiseCancelled(Data):
    promise_id: Name
    cancelled_at: AwareDatetime | None = None


class Paid(Data):
    payment_id: Name | None = None
    amount: Amount
    currency: Currency | None = None
    paid_at: AwareDatetime | None = None
    method: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f]*$")] | None = None


class PaymentReversed(Data):
    payment_id: Name
    reversed_at: AwareDatetime | None = None


class Disputed(Data):
    dispute_id: Name | None = None
    reason: Name | None = None


class Consent(Data):
    channel: ChannelName
    purpose: Name = "collections"


class AccountUpdated(Data):
    balance: Balance | None = None
    currency: Currency | None = None
    minimum_payment: Balance | None = None
    days_past_due: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None = None
    legal_status: LegalName | None = None
    segment: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")] | None = None

    @model_validator(mode="after")
    def _tells_something(self) -> AccountUpdated:
        if not self.model_fields_set - {"account", "portfolio"}:
            raise ValueError("nothing is told of the account")
        return self


DATA: Mapping[EventType, type[Data]] = MappingProxyType(
    {
        EventType.CONTACTED: Contacted,
        EventType.REPLIED: Replied,
        EventType.PROMISED: Promised,
        EventType.PROMISE_CANCELLED: PromiseCancelled,
        EventType.PAID: Paid,
        EventType.PAYMENT_REVERSED: PaymentReversed,
        EventType.DISPUTED: Disputed,
        EventType.CONSENT_GRANTED: Consent,
        EventType.CONSENT_REVOKED: Consent,
        EventType.ACCOUNT_UPDATED: AccountUpdated,
    }
)
# The kind of thing an event speaks of, and the field that names it.
THINGS: Mapping[EventType, tuple[str, str]] = MappingProxyType(
    {
        EventType.CONTACTED: ("contact", "contact_id"),
        EventType.REPLIED: ("reply", "contact_id"),
        EventType.PROMISED: ("promise", "promise_id"),
        EventType.PROMISE_CANCELLED: ("promise", "promise_id"),
        EventType.PAID: ("payment", "payment_id"),
        EventType.PAYMENT_REVERSED: ("payment", "payment_id"),
        EventType.DISPUTED: ("dispute", "dispute_id"),
    }
)
# When it took place, where that is told apart from `time`.
MOMENTS: Mapping[EventType, str] = MappingProxyType(
    {
        EventType.PROMISED: "made_at",
        EventType.PROMISE_CANCELLED: "cancelled_at",
        EventType.PAID: "paid_at",
        EventType.PAYMENT_REVERSED: "reversed_at",
    }
)


class Envelope(BaseModel):
    """A CloudEvents 1.0 event, with two extension attributes of ours: `corrects` and `version`."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    specversion: Annotated[str, Field(pattern=r"^1\.0$")]
    id: Long
    source: Long
    type: Annotated[
        str, AfterValidator(_one_of(tuple(EventType))), Field(json_schema_extra={"enum": [t.value for t in EventType]})
    ]
    time: AwareDatetime
    subject: Name | None = Field(default=None, description="The account, where `data.account` is left out.")
    corrects: Long | None = Field(default=None, description="The id, of the same source, of the event it replaces.")
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = Field(
        default=0,
        description="Of several events about the same thing the highest version, then the latest time, counts.",
    )
    data: dict[str, Any]


def json_schema() -> dict[str, Any]:
    """One event, in the words of JSON Schema: the envelope with the data of each kind."""
    whole = Envelope.model_json_schema()
    variants = []
    for kind, data in DATA.items():
        properties = {**whole["properties"], "type": {"const": kind.value}, "data": data.model_json_schema()}
        variants.append(
            {"type": "object", "title": kind.value, "required": whole["required"], "properties": properties}
        )
    return {"oneOf": variants}


def shown_moment(value: object) -> object:
    """A value as the log keeps it: money and times as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime | date) else value
