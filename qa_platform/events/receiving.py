"""What a machine sends in one request: an answer for each event, and the same answers when the same key comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import IdempotencyKey, Portfolio
from qa_platform.access.integrations import Accepted, Integration, KeyReused
from qa_platform.database import reading, transaction
from qa_platform.events.log import record
from qa_platform.events.reading import Incoming, in_currency, read_event

MOST = 1000  # events in one request


class TooManyEvents(QAError):
    status = 413
    says = "A batch holds at most {most} events."
    remedy = "Send the rest in further batches."


class NotJsonEvents(QAError):
    status = 422
    says = "The body is neither a CloudEvents event nor a batch of them."
    remedy = "Send a JSON object, or a JSON list of such objects."


class PortfolioNeeded(QAError):
    status = 422
    says = "No portfolio of that code is open to this token."
    remedy = "Send data.portfolio with the code of a portfolio that this token reaches."


@dataclass(frozen=True, slots=True)
class Request:
    events: Sequence[object]
    single: bool
    digest: str
    key: str = ""


def parsed(body: bytes) -> tuple[list[object], bool]:
    """The events of a body and whether it was a single one. Numbers stay exact."""
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotJsonEvents from None
    if isinstance(value, dict):
        return [value], True
    if not isinstance(value, list):
        raise NotJsonEvents
    if len(value) > MOST:
        raise TooManyEvents(most=MOST)
    return value, False


def receive(engine: Engine, integration: Integration, request: Request) -> Accepted:
    """Keeps what is new and says of each event whether it was accepted, known already, or refused and why."""
    with reading(engine) as session:
        before = _answered(session, integration, request)
    if before is not None:
        return before
    try:
        with transaction(engine) as session:
            answers = take(session, integration, request.events, now=datetime.now(UTC))
            accepted = _accepted(answers, single=request.single)
            if request.key:
                session.add(_kept(integration, request, accepted))
                session.flush()
    except IntegrityError:  # the same key at the same moment: the other one's answer counts
        with reading(engine) as session:
            before = _answered(session, integration, request)
        if before is None:
            raise
        return before
    return accepted


def take(
    session: Session, integration: Integration, events: Sequence[object], *, now: datetime
) -> list[dict[str, str | None]]:
    """One answer for each event, in their order."""
    codes: dict[str, tuple[int, str | None]] = {}
    for row in session.execute(select(Portfolio.id, Portfolio.code, Portfolio.currency)):
        if integration.portfolio_id in (None, row.id):
            codes[row.code] = (row.id, row.currency)
    answers: list[dict[str, str | None]] = [{} for _ in events]
    fit: dict[int, list[tuple[int, Incoming, Mapping[str, Any]]]] = {}
    for place, told in enumerate(events):
        try:
            event = read_event(told, now=now)
            portfolio, currency = _portfolio(codes, integration, event)
            fit.setdefault(portfolio, []).append((place, event, in_currency(event, currency)))
        except QAError as refusal:
            answers[place] = _named(told) | _refused(refusal)
    for portfolio, waiting in fit.items():
        fresh = record(session, portfolio, [(event, content) for _, event, content in waiting], now=now)
        for (place, event, _), new in zip(waiting, fresh, strict=True):
            status = "accepted" if new else "duplicate"
            answers[place] = {"id": event.event_id, "source": event.source, "status": status}
    return answers


def _portfolio(
    codes: Mapping[str, tuple[int, str | None]], integration: Integration, event: Incoming
) -> tuple[int, str | None]:
    """To a token of one portfolio the others do not exist."""
    if event.portfolio is None and integration.portfolio_id is not None:
        return next(iter(codes.values()))
    found = codes.get(event.portfolio or "")
    if found is None:
        raise PortfolioNeeded("data.portfolio")
    return found


def _named(told: object) -> dict[str, str | None]:
    known = told if isinstance(told, Mapping) else {}
    return {field: value if isinstance(value := known.get(field), str) else None for field in ("id", "source")}


def _refused(refusal: QAError) -> dict[str, str | None]:
    says = refusal.says.format(**refusal.details)
    remedy = refusal.remedy.format(**refusal.details)
    return {
        "status": "refused",
        "code": refusal.code,
        "field": refusal.where or None,
        "reason": f"{says} {remedy}".strip(),
    }


def _accepted(answers: Sequence[Mapping[str, str | None]], *, single: bool) -> Accepted:
    statuses = [answer["status"] for answer in answers]
    body = {status: statuses.count(status) for status in ("accepted", "duplicate", "refused")}
    return Accepted(422 if single and statuses == ["refused"] else 200, {**body, "events": [dict(a) for a in answers]})


def _answered(session: Session, integration: Integration, request: Request) -> Accepted | None:
    if not request.key:
        return None
    same = (IdempotencyKey.token_id == integration.id, IdempotencyKey.key == request.key)
    kept = session.scalar(select(IdempotencyKey).where(*same))
    if kept is None:
        return None
    if kept.request_digest != request.digest:
        raise KeyReused
    return Accepted(kept.status, kept.body, repeated=True)


def _kept(integration: Integration, request: Request, accepted: Accepted) -> IdempotencyKey:
    return IdempotencyKey(
        token_id=integration.id,
        key=request.key,
        request_digest=request.digest,
        status=accepted.status,
        body=dict(accepted.body),
        created_at=datetime.now(UTC),
    )


def _no_number(word: str) -> object:
    raise ValueError(word)
