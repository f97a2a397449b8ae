"""How each event fared on its way, a test message on demand, and sending one again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.webhooks import OutgoingEvent
from qa_platform.access.rights import NotFound
from qa_platform.text import phrase
from qa_platform.webhooks.endpoints import By, EndpointResting, kept
from qa_platform.webhooks.outbox import TEST, stamp
from qa_platform.webhooks.post import SECONDS, AddressPrivate, HostUnknown, UrlUnfit

SHOWN = 100
# Whoever asks for it delivers it at once; the courier takes over only where they did not live to do so.
HANDS_OFF = timedelta(minutes=1)
STOPPED = "stopped"
_WORDS: Mapping[str, str] = {
    **{refusal().code: refusal.says for refusal in (UrlUnfit, AddressPrivate, HostUnknown)},
    STOPPED: "Given up: the receiver asked for no more events.",
    "TimeoutError": "No answer within {seconds} seconds.",
    "ConnectionRefusedError": "Nobody answers at this address.",
    "SSLCertVerificationError": "The receiver's certificate cannot be trusted.",
    "SSLError": "No safe connection came about.",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one address. `status` is what the receiver answered last, None where it did not."""

    id: int
    event: str
    kind: str
    created_at: datetime
    attempts: int
    tried_at: datetime | None
    next_try_at: datetime | None
    done_at: datetime | None
    delivered: bool
    status: int | None
    trouble: str | None

    @property
    def state(self) -> str:
        return "delivered" if self.delivered else "given_up" if self.done_at else "waiting"


def deliveries(session: Session, by: By, endpoint_id: int) -> tuple[Delivery, ...]:
    """The newest first."""
    kept(session, by, endpoint_id)
    rows = session.scalars(
        select(OutgoingEvent)
        .where(OutgoingEvent.endpoint_id == endpoint_id)
        .order_by(OutgoingEvent.id.desc())
        .limit(SHOWN)
    )
    return tuple(_told(row) for row in rows)


def delivery(session: Session, by: By, delivery_id: int) -> Delivery:
    return _told(_held(session, by, delivery_id))


def write_test(session: Session, by: By, endpoint_id: int, *, now: datetime) -> int:
    """A test message for this address, paused or not; its id, for `courier.deliver_now`. It is tried once."""
    endpoint = kept(session, by, endpoint_id)
    if endpoint.stopped_at is not None:
        raise EndpointResting
    row = OutgoingEvent(
        endpoint_id=endpoint.id,
        event=f"msg_{uuid4().hex}",
        kind=TEST,
        payload={"type": TEST, "timestamp": stamp(now), "data": {"endpoint": endpoint.id}},
        created_at=now,
        next_try_at=now + HANDS_OFF,
    )
    session.add(row)
    session.flush()
    return row.id


def open_again(session: Session, by: By, delivery_id: int, *, now: datetime) -> None:
    """The event is to be sent once more, under its old id: a receiver that has it drops it. For `deliver_now`."""
    row = _held(session, by, delivery_id)
    endpoint = kept(session, by, row.endpoint_id)
    if endpoint.stopped_at is not None or endpoint.paused_at is not None:
        raise EndpointResting
    row.delivered, row.done_at, row.next_try_at = False, None, now + HANDS_OFF


def in_words(trouble: str | None, language: str) -> str:
    """What went wrong with an attempt, for a person; empty where nothing did."""
    if trouble is None:
        return ""
    kind, _, status = trouble.partition(" ")
    if kind == "HTTP":
        return phrase("The receiver answered {status}.", {"status": status}, language)
    message = _WORDS.get(trouble, "The connection broke off ({kind}).")
    return phrase(message, {"kind": trouble, "seconds": round(SECONDS)}, language)


def _held(session: Session, by: By, delivery_id: int) -> OutgoingEvent:
    row = session.get(OutgoingEvent, delivery_id)
    if row is None:
        raise NotFound
    kept(session, by, row.endpoint_id)
    return row


def _told(row: OutgoingEvent) -> Delivery:
    return Delivery(
        row.id,
        row.event,
        row.kind,
        row.created_at,
        row.attempts,
        row.tried_at,
        None if row.done_at else row.next_try_at,
        row.done_at,
        row.delivered,
        row.status,
        row.trouble,
    )
