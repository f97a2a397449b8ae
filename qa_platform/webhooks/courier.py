"""Carries events out: each is tried at once and then with growing patience, for about three days.

A claim on an event lasts a minute. Whoever dies with one in hand leaves it to the next; a receiver may therefore get
an event twice and drops the second by its id.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

from sqlalchemy import ColumnElement, Engine, select

from models.errors import QAError
from models.webhooks import OutgoingEvent, WebhookEndpoint
from qa_platform import logs
from qa_platform.database import reading, transaction
from qa_platform.webhooks.deliveries import STOPPED
from qa_platform.webhooks.outbox import TEST
from qa_platform.webhooks.post import post
from qa_platform.webhooks.sign import headers

# The waits that Standard Webhooks proposes, after the first attempt.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
CLAIM = timedelta(minutes=1)
AT_ONCE = 10
ROUND_SECONDS = 2.0
GONE = 410

log = logs.logger(__name__)
Send = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True, slots=True)
class _Message:
    id: int
    url: str
    secret: str
    event: str
    body: bytes


def deliver_due(
    engine: Engine, *, now: datetime, allow_private: bool = False, send: Send | None = None, only: int | None = None
) -> int:
    """Tries what is due; returns how many arrived. `send` stands in for the network in tests."""
    arrived = 0
    for message in _claimed(engine, now=now, only=only):
        status, trouble = _tried(message, now=now, allow_private=allow_private, send=send)
        _settle(engine, message.id, status, trouble, now=now)
        arrived += trouble is None
    return arrived


def deliver_now(engine: Engine, delivery_id: int, *, allow_private: bool) -> None:
    """Tries this one at once, due or not, while somebody waits for what comes of it."""
    deliver_due(engine, now=datetime.now(UTC), allow_private=allow_private, only=delivery_id)


def rounds(engine: Engine, leaving: threading.Event, *, allow_private: bool) -> None:
    """Goes on until told to leave; a database or a network that is away for a while does not end it."""
    while not leaving.is_set():
        try:
            if _anything_due(engine):
                deliver_due(engine, now=datetime.now(UTC), allow_private=allow_private)
        except Exception:  # the courier must outlive a database that is away for a while
            log.exception("courier.stumbled")
        leaving.wait(ROUND_SECONDS)


def _anything_due(engine: Engine) -> bool:
    with reading(engine) as session:
        due = select(OutgoingEvent.id).join(WebhookEndpoint, WebhookEndpoint.id == OutgoingEvent.endpoint_id)
        return session.scalar(due.where(*_due(datetime.now(UTC))).limit(1)) is not None


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What a paused address is owed waits."""
    return OutgoingEvent.done_at.is_(None), OutgoingEvent.next_try_at <= now, WebhookEndpoint.paused_at.is_(None)


def _claimed(engine: Engine, *, now: datetime, only: int | None) -> list[_Message]:
    wanted = _due(now) if only is None else (OutgoingEvent.done_at.is_(None), OutgoingEvent.id == only)
    with transaction(engine) as session:
        rows = session.execute(
            select(OutgoingEvent, WebhookEndpoint)
            .join(WebhookEndpoint, WebhookEndpoint.id == OutgoingEvent.endpoint_id)
            .where(*wanted)
            .order_by(OutgoingEvent.next_try_at, OutgoingEvent.id)
            .limit(AT_ONCE)
            .with_for_update(of=OutgoingEvent, skip_locked=True)
        ).all()
        messages = []
        for event, endpoint in rows:
            if endpoint.stopped_at is not None:
                event.done_at, event.trouble = now, STOPPED
                continue
            event.attempts += 1
            event.next_try_at = now + CLAIM
            body = json.dumps(event.payload, separators=(",", ":"), ensure_ascii=False).encode()
            messages.append(_Message(event.id, endpoint.url, endpoint.secret, event.event, body))
        return messages


def _tried(
    message: _Message, *, now: datetime, allow_private: bool, send: Send | None
) -> tuple[int | None, str | None]:
    """The status, and what went wrong ("" never: None where it arrived)."""
    signed = headers(message.secret, message.event, message.body, now=now)
    try:
        if send is not None:
            status = send(message.url, message.body, signed)
        else:
            status = post(message.url, message.body, signed, allow_private=allow_private)
    except QAError as refused:
        return None, refused.code
    except (OSError, HTTPException) as failure:
        return None, type(failure).__name__
    return status, None if 200 <= status < 300 else f"HTTP {status}"


def _settle(engine: Engine, event_id: int, status: int | None, trouble: str | None, *, now: datetime) -> None:
    with transaction(engine) as session:
        event = session.get(OutgoingEvent, event_id)
        if event is None:  # deleted with its address while it was on its way
            return
        event.tried_at, event.status, event.trouble = now, status, trouble
        if trouble is None:
            event.delivered, event.done_at = True, now
        elif status == GONE or event.attempts > len(WAITS) or event.kind == TEST:
            event.done_at = now
        else:
            event.next_try_at = now + WAITS[event.attempts - 1]
        if status == GONE:  # the receiver asks for no more
            session.get_one(WebhookEndpoint, event.endpoint_id).stopped_at = now
    log.info("webhook.tried", delivery=event_id, status=status, trouble=trouble)
