"""Machines that send interactions: their tokens, their repeated requests, and what they may read back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import FileStatus, Interaction, Source
from models.people import IdempotencyKey, IntegrationToken, Portfolio
from qa_platform import audit
from qa_platform.access.rights import NotFound
from qa_platform.access.signing_in import token_digest
from qa_platform.database import reading, transaction
from qa_platform.doors import ingest, sources
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import read_fields
from qa_platform.doors.receipts import Received
from qa_platform.settings import Settings

PREFIX = "qa_"  # so that a leaked token is recognised for what it is


class KeyReused(QAError):
    status = 422
    says = "This Idempotency-Key was used before for a different request."
    remedy = "Use a new key for each new request."


@dataclass(frozen=True, slots=True)
class Integration:
    """The machine behind a request."""

    id: int
    name: str
    portfolio_id: int | None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    id: int
    name: str
    portfolio: str | None
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a machine sends: files, what it says of them, and under which key it may send them again."""

    parts: Sequence[Part]
    digest: str
    key: str = ""
    source: str = ""
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """`body` is the answer's content: the same again when the same key comes back."""

    status: int
    body: Mapping[str, Any]
    repeated: bool = False


def issue(session: Session, *, name: str, portfolio_id: int | None, now: datetime, by: int | None = None) -> str:
    """A new token, to be shown once."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = IntegrationToken(
        name=name.strip()[:120] or "?", token_hash=token_digest(token), portfolio_id=portfolio_id, created_at=now
    )
    session.add(row)
    session.flush()
    audit.record(session, "token.issued", subject="integration_token", subject_id=row.id, person_id=by, at=now)
    return token


def revoke(session: Session, token_id: int, *, now: datetime, by: int | None = None) -> None:
    token = session.get(IntegrationToken, token_id)
    if token is None:
        raise NotFound
    token.revoked_at = token.revoked_at or now
    audit.record(session, "token.revoked", subject="integration_token", subject_id=token_id, person_id=by, at=now)


def issued(session: Session) -> tuple[IssuedToken, ...]:
    rows = session.execute(
        select(
            IntegrationToken.id,
            IntegrationToken.name,
            Portfolio.name.label("portfolio"),
            IntegrationToken.created_at,
            IntegrationToken.revoked_at,
        )
        .outerjoin(Portfolio, Portfolio.id == IntegrationToken.portfolio_id)
        .order_by(IntegrationToken.revoked_at.is_not(None), IntegrationToken.id.desc())
    )
    return tuple(IssuedToken(*row) for row in rows)


def recognise(session: Session, token: str) -> Integration | None:
    found = session.scalar(
        select(IntegrationToken).where(
            IntegrationToken.token_hash == token_digest(token), IntegrationToken.revoked_at.is_(None)
        )
    )
    return Integration(found.id, found.name, found.portfolio_id) if found else None


def deliver(engine: Engine, integration: Integration, delivery: Delivery, *, settings: Settings) -> Accepted:
    """Takes one interaction in, once for each key. Raises what refuses a file, UnknownSource, KeyReused."""
    with reading(engine) as session:
        repeated = _answered(session, integration, delivery)
        source = _source(session, integration, delivery.source)
        portfolio = session.get(Portfolio, integration.portfolio_id or 0)
    if repeated is not None:
        return repeated
    zone = sources.zone_of(source, settings)
    told, notices = read_fields(delivery.metadata or {}, zone=zone, date_order=source.date_order if source else None)
    if portfolio is not None:
        told = replace(told, portfolio=portfolio.code)  # a token never reaches into another client's portfolio
    try:
        with transaction(engine) as session:
            received = ingest.receive(
                session, delivery.parts, settings=settings, source=source, metadata=told, notices=notices
            )
            answer = _answer(received)
            if delivery.key and answer is not None:
                session.add(_kept(integration, delivery, answer))
                session.flush()
    except IntegrityError:  # the same key at the same moment: the other one's answer counts
        with reading(engine) as session:
            answer = _answered(session, integration, delivery)
            if answer is None:
                raise
    if answer is None:
        raise _why(received)
    return answer


def interaction(session: Session, integration: Integration, interaction_id: int) -> Interaction:
    """Raises NotFound for what is not there or not of the token's portfolio."""
    found = session.get(Interaction, interaction_id)
    if found is None or integration.portfolio_id not in (None, found.portfolio_id):
        raise NotFound
    return found


def _answered(session: Session, integration: Integration, delivery: Delivery) -> Accepted | None:
    if not delivery.key:
        return None
    kept = session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.token_id == integration.id, IdempotencyKey.key == delivery.key)
    )
    if kept is None:
        return None
    if kept.request_digest != delivery.digest:
        raise KeyReused
    return Accepted(kept.status, kept.body, repeated=True)


def _source(session: Session, integration: Integration, name: str) -> Source | None:
    if not name:
        return None
    found = session.scalar(select(Source).where(Source.name == name))
    if found is None or integration.portfolio_id not in (None, found.portfolio_id):
        raise sources.UnknownSource(name=name)
    return found


def _answer(received: Sequence[Received]) -> Accepted | None:
    """None where nothing of it could be taken in."""
    settled = next((one for one in received if one.interaction_id is not None), None)
    if settled is None:
        return None
    body = {
        "id": settled.interaction_id,
        "status": FileStatus(settled.status).value,
        "status_url": f"/api/v1/interactions/{settled.interaction_id}",
        "notices": [str(notice) for one in received for notice in one.notices],
        "refused": [{"name": one.name, "says": one.what("en")} for one in received if one.interaction_id is None],
    }
    return Accepted(202, body)


def _why(received: Sequence[Received]) -> QAError:
    return next((one.why for one in received if one.why is not None), NotFound())


def _kept(integration: Integration, delivery: Delivery, answer: Accepted) -> IdempotencyKey:
    return IdempotencyKey(
        token_id=integration.id,
        key=delivery.key,
        request_digest=delivery.digest,
        status=answer.status,
        body=dict(answer.body),
        created_at=datetime.now(UTC),
    )
