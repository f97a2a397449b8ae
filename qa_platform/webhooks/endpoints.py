"""Who is told of what: the addresses that events go to, and how each delivery went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.webhooks import OutgoingEvent, WebhookEndpoint
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.webhooks.outbox import KINDS
from qa_platform.webhooks.post import fit
from qa_platform.webhooks.sign import new_secret

SHOWN = 100


class KindUnknown(QAError):
    status = 422
    says = "There is no event '{kind}'."
    remedy = "Use one of: {known}."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`waiting` events have not arrived yet; `trouble` is the last attempt's, where it failed."""

    id: int
    url: str
    kinds: tuple[str, ...]
    portfolio_id: int | None
    created_at: datetime
    stopped_at: datetime | None
    waiting: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    event: str
    kind: str
    created_at: datetime
    attempts: int
    next_try_at: datetime | None
    done_at: datetime | None
    delivered: bool
    trouble: str | None


def add_endpoint(
    session: Session,
    viewer: Viewer,
    url: str,
    *,
    now: datetime,
    kinds: Sequence[str] = (),
    portfolio_id: int | None = None,
    allow_private: bool = False,
) -> tuple[int, str]:
    """Its id and its secret, which is shown only now. Raises UrlUnfit, KindUnknown."""
    viewer.must(Right.MANAGE_PEOPLE)
    fit(url, allow_private=allow_private)
    for kind in kinds:
        if kind not in KINDS:
            raise KindUnknown(kind=kind, known=", ".join(KINDS))
    endpoint = WebhookEndpoint(
        url=url,
        secret=new_secret(),
        kinds=list(kinds),
        portfolio_id=portfolio_id,
        created_by=viewer.id,
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    _record(session, "webhook.added", endpoint, viewer, now=now)
    return endpoint.id, endpoint.secret


def stop_endpoint(session: Session, viewer: Viewer, endpoint_id: int, *, now: datetime) -> None:
    """No more events go there; what waits is given up when its turn comes."""
    viewer.must(Right.MANAGE_PEOPLE)
    endpoint = session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        raise NotFound
    endpoint.stopped_at = endpoint.stopped_at or now
    _record(session, "webhook.stopped", endpoint, viewer, now=now)


def endpoints(session: Session, viewer: Viewer) -> tuple[Endpoint, ...]:
    viewer.must(Right.MANAGE_PEOPLE)
    waiting = {
        row.endpoint_id: row.number
        for row in session.execute(
            select(OutgoingEvent.endpoint_id, func.count().label("number"))
            .where(OutgoingEvent.done_at.is_(None))
            .group_by(OutgoingEvent.endpoint_id)
        )
    }
    rows = session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)).all()
    return tuple(
        Endpoint(
            row.id,
            row.url,
            tuple(row.kinds),
            row.portfolio_id,
            row.created_at,
            row.stopped_at,
            waiting.get(row.id, 0),
            _last_trouble(session, row.id),
        )
        for row in rows
    )


def deliveries(session: Session, viewer: Viewer, endpoint_id: int) -> tuple[Delivery, ...]:
    """The newest first."""
    viewer.must(Right.MANAGE_PEOPLE)
    rows = session.scalars(
        select(OutgoingEvent)
        .where(OutgoingEvent.endpoint_id == endpoint_id)
        .order_by(OutgoingEvent.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Delivery(
            row.event,
            row.kind,
            row.created_at,
            row.attempts,
            None if row.done_at else row.next_try_at,
            row.done_at,
            row.delivered,
            row.trouble,
        )
        for row in rows
    )


def _last_trouble(session: Session, endpoint_id: int) -> str | None:
    return session.scalar(
        select(OutgoingEvent.trouble)
        .where(OutgoingEvent.endpoint_id == endpoint_id, OutgoingEvent.attempts > 0)
        .order_by(OutgoingEvent.id.desc())
        .limit(1)
    )


def _record(session: Session, act: str, endpoint: WebhookEndpoint, viewer: Viewer, *, now: datetime) -> None:
    details = {"kinds": list(endpoint.kinds), "portfolio": endpoint.portfolio_id}
    audit.record(
        session,
        act,
        subject="webhook_endpoint",
        subject_id=endpoint.id,
        person_id=viewer.id,
        details=details,
        at=now,
    )
