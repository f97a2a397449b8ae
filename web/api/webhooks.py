"""Webhooks for machines: an integration keeps the addresses that events of its portfolio go to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from qa_platform.access.integrations import Integration
from qa_platform.access.people import PortfolioUnknown, portfolio_ids
from qa_platform.access.rights import NotFound
from qa_platform.database import reading, transaction
from qa_platform.webhooks import courier, deliveries, endpoints
from qa_platform.webhooks.deliveries import Delivery
from qa_platform.webhooks.endpoints import Endpoint
from web.access import Token

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])
Caller = Annotated[Integration, Depends(Token())]


class NewWebhook(BaseModel):
    url: str = Field(max_length=2000, description="The receiver's https address.")
    events: list[str] = Field(default=[], description="Kinds of events; none: every kind.")
    portfolio: str | None = Field(default=None, description="A portfolio's code; none: all that the token reaches.")


@router.post("", status_code=201)
def add(request: Request, caller: Caller, wanted: NewWebhook) -> Response:
    """`secret` signs every message (Standard Webhooks) and stands in this answer only."""
    with transaction(request.app.state.engine) as session:
        chosen = _portfolio(session, caller, wanted.portfolio) if wanted.portfolio else None
        number, secret = endpoints.add_endpoint(
            session,
            caller,
            wanted.url,
            now=datetime.now(UTC),
            kinds=wanted.events,
            portfolio_id=chosen,
            allow_private=request.app.state.settings.webhooks_private,
        )
        told = _endpoint(endpoints.endpoint(session, caller, number))
    headers = {"Location": f"/api/v1/webhooks/{number}"}
    return JSONResponse({**told, "secret": secret}, status_code=201, headers=headers)


@router.get("")
def show(request: Request, caller: Caller) -> dict[str, Any]:
    with reading(request.app.state.engine) as session:
        return {"webhooks": [_endpoint(one) for one in endpoints.endpoints(session, caller)]}


@router.get("/{endpoint_id}")
def read(request: Request, caller: Caller, endpoint_id: int) -> dict[str, Any]:
    with reading(request.app.state.engine) as session:
        return _endpoint(endpoints.endpoint(session, caller, endpoint_id))


@router.delete("/{endpoint_id}", status_code=204)
def delete(request: Request, caller: Caller, endpoint_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        endpoints.delete_endpoint(session, caller, endpoint_id, now=datetime.now(UTC))
    return Response(status_code=204)


@router.post("/{endpoint_id}/pause")
def pause(request: Request, caller: Caller, endpoint_id: int) -> dict[str, Any]:
    """Nothing is sent for now; what happens meanwhile waits."""
    with transaction(request.app.state.engine) as session:
        endpoints.pause_endpoint(session, caller, endpoint_id, now=datetime.now(UTC))
        return _endpoint(endpoints.endpoint(session, caller, endpoint_id))


@router.post("/{endpoint_id}/resume")
def resume(request: Request, caller: Caller, endpoint_id: int) -> dict[str, Any]:
    with transaction(request.app.state.engine) as session:
        endpoints.resume_endpoint(session, caller, endpoint_id, now=datetime.now(UTC))
        return _endpoint(endpoints.endpoint(session, caller, endpoint_id))


@router.post("/{endpoint_id}/test")
def test(request: Request, caller: Caller, endpoint_id: int) -> dict[str, Any]:
    """Sends a `webhook.test` message at once and tells what came of it."""
    with transaction(request.app.state.engine) as session:
        written = deliveries.write_test(session, caller, endpoint_id, now=datetime.now(UTC))
    return _delivered(request, caller, written)


@router.get("/{endpoint_id}/deliveries")
def sent(request: Request, caller: Caller, endpoint_id: int) -> dict[str, Any]:
    """The newest hundred, the newest first."""
    with reading(request.app.state.engine) as session:
        return {"deliveries": [_delivery(one) for one in deliveries.deliveries(session, caller, endpoint_id)]}


@router.post("/{endpoint_id}/deliveries/{delivery_id}/retry")
def retry(request: Request, caller: Caller, endpoint_id: int, delivery_id: int) -> dict[str, Any]:
    """Sends one event again at once, under its old id."""
    with transaction(request.app.state.engine) as session:
        endpoints.kept(session, caller, endpoint_id)
        deliveries.open_again(session, caller, delivery_id, now=datetime.now(UTC))
    return _delivered(request, caller, delivery_id)


def _portfolio(session: Any, caller: Integration, code: str) -> int:
    """To a token of one portfolio the others do not exist."""
    try:
        return portfolio_ids(session, [code])[0]
    except PortfolioUnknown:
        if caller.portfolio_id is not None:
            raise NotFound from None
        raise


def _delivered(request: Request, caller: Integration, delivery_id: int) -> dict[str, Any]:
    allow_private = request.app.state.settings.webhooks_private
    courier.deliver_now(request.app.state.engine, delivery_id, allow_private=allow_private)
    with reading(request.app.state.engine) as session:
        return _delivery(deliveries.delivery(session, caller, delivery_id))


def _endpoint(one: Endpoint) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "events": list(one.kinds),
        "portfolio": one.portfolio,
        "state": one.state,
        "waiting": one.waiting,
        "created_at": one.created_at.isoformat(),
        "last_trouble": deliveries.in_words(one.trouble, "en") or None,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "event": one.event,
        "type": one.kind,
        "state": one.state,
        "attempts": one.attempts,
        "status": one.status,
        "trouble": deliveries.in_words(one.trouble, "en") or None,
        "created_at": one.created_at.isoformat(),
        "tried_at": one.tried_at.isoformat() if one.tried_at else None,
        "next_try_at": one.next_try_at.isoformat() if one.next_try_at else None,
    }
