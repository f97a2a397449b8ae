"""Who is told of what: the addresses that events go to. A person may pause one; only its receiver can stop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import Portfolio
from models.webhooks import OutgoingEvent, WebhookEndpoint
from qa_platform import audit
from qa_platform.access.integrations import Integration
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.webhooks.outbox import KINDS
from qa_platform.webhooks.post import fit
from qa_platform.webhooks.sign import new_secret


class KindUnknown(QAError):
    status = 422
    says = "There is no event '{kind}'."
    remedy = "Use one of: {known}."


class EndpointResting(QAError):
    status = 409
    says = "Nothing is sent to this address while it rests."
    remedy = "Resume it first; what waits goes out by itself then."


@dataclass(frozen=True, slots=True)
class Console:
    """Whoever runs commands on the server: they hold its database anyway."""


# An administrator, a machine with its token (bound to its portfolio where it has one), or the console.
By: TypeAlias = Viewer | Integration | Console


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`waiting` events have not arrived yet; `trouble` is the last attempt's, where it failed."""

    id: int
    url: str
    kinds: tuple[str, ...]
    portfolio_id: int | None
    portfolio: str | None
    created_at: datetime
    stopped_at: datetime | None
    paused_at: datetime | None
    waiting: int
    trouble: str | None

    @property
    def state(self) -> str:
        return "stopped" if self.stopped_at else "paused" if self.paused_at else "active"


def add_endpoint(
    session: Session,
    by: By,
    url: str,
    *,
    now: datetime,
    kinds: Sequence[str] = (),
    portfolio_id: int | None = None,
    allow_private: bool = False,
) -> tuple[int, str]:
    """Its id and its secret, which is shown only now. Raises UrlUnfit, KindUnknown, NotFound."""
    person, own = _reach(by)
    url = url.strip()
    fit(url, allow_private=allow_private)
    for kind in kinds:
        if kind not in KINDS:
            raise KindUnknown(kind=kind, known=", ".join(KINDS))
    portfolio_id = own if portfolio_id is None else portfolio_id
    if own not in (None, portfolio_id) or (portfolio_id and session.get(Portfolio, portfolio_id) is None):
        raise NotFound
    endpoint = WebhookEndpoint(
        url=url,
        secret=new_secret(),
        kinds=list(dict.fromkeys(kinds)),
        portfolio_id=portfolio_id,
        created_by=person,
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    _record(session, "webhook.added", endpoint, by, now=now)
    return endpoint.id, endpoint.secret


def pause_endpoint(session: Session, by: By, endpoint_id: int, *, now: datetime) -> None:
    """Nothing is sent for now; what happens meanwhile waits for `resume_endpoint`."""
    endpoint = kept(session, by, endpoint_id)
    endpoint.paused_at = endpoint.paused_at or now
    _record(session, "webhook.paused", endpoint, by, now=now)


def resume_endpoint(session: Session, by: By, endpoint_id: int, *, now: datetime) -> None:
    """Events go there again, also where the receiver itself had asked for no more."""
    endpoint = kept(session, by, endpoint_id)
    endpoint.paused_at = endpoint.stopped_at = None
    _record(session, "webhook.resumed", endpoint, by, now=now)


def delete_endpoint(session: Session, by: By, endpoint_id: int, *, now: datetime) -> None:
    """With its secret, its deliveries and whatever still waits."""
    endpoint = kept(session, by, endpoint_id)
    _record(session, "webhook.deleted", endpoint, by, now=now)
    session.delete(endpoint)
    session.flush()


def endpoints(session: Session, by: By) -> tuple[Endpoint, ...]:
    _, own = _reach(by)
    waiting = {
        row.endpoint_id: row.number
        for row in session.execute(
            select(OutgoingEvent.endpoint_id, func.count().label("number"))
            .where(OutgoingEvent.done_at.is_(None))
            .group_by(OutgoingEvent.endpoint_id)
        )
    }
    rows = session.execute(
        select(WebhookEndpoint, Portfolio.name)
        .outerjoin(Portfolio, Portfolio.id == WebhookEndpoint.portfolio_id)
        .order_by(WebhookEndpoint.id)
    ).all()
    return tuple(
        Endpoint(
            row.id,
            row.url,
            tuple(row.kinds),
            row.portfolio_id,
            portfolio,
            row.created_at,
            row.stopped_at,
            row.paused_at,
            waiting.get(row.id, 0),
            _last_trouble(session, row.id),
        )
        for row, portfolio in rows
        if own in (None, row.portfolio_id)
    )


def endpoint(session: Session, by: By, endpoint_id: int) -> Endpoint:
    """Raises NotFound."""
    found = next((one for one in endpoints(session, by) if one.id == endpoint_id), None)
    if found is None:
        raise NotFound
    return found


def kept(session: Session, by: By, endpoint_id: int) -> WebhookEndpoint:
    """The row behind it, where it is within reach. Raises NotFound."""
    _, own = _reach(by)
    found = session.get(WebhookEndpoint, endpoint_id)
    if found is None or own not in (None, found.portfolio_id):
        raise NotFound
    return found


def _reach(by: By) -> tuple[int | None, int | None]:
    """The person, and the one portfolio that it is about (None: all). Raises NotAllowed."""
    if isinstance(by, Viewer):
        by.must(Right.MANAGE_PEOPLE)
        return by.id, None
    return None, by.portfolio_id if isinstance(by, Integration) else None


def _last_trouble(session: Session, endpoint_id: int) -> str | None:
    return session.scalar(
        select(OutgoingEvent.trouble)
        .where(OutgoingEvent.endpoint_id == endpoint_id, OutgoingEvent.tried_at.is_not(None))
        .order_by(OutgoingEvent.tried_at.desc(), OutgoingEvent.id.desc())
        .limit(1)
    )


def _record(session: Session, act: str, endpoint: WebhookEndpoint, by: By, *, now: datetime) -> None:
    person, _ = _reach(by)
    details: dict[str, object] = {"kinds": list(endpoint.kinds), "portfolio": endpoint.portfolio_id}
    if isinstance(by, Integration):
        details["token"] = by.id
    audit.record(
        session,
        act,
        subject="webhook_endpoint",
        subject_id=endpoint.id,
        person_id=person,
        details=details,
        at=now,
    )
