"""Webhooks, for administrators: where events go, how each delivery fared, and a test message on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access import people
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from qa_platform.webhooks import courier, deliveries, endpoints
from qa_platform.webhooks.outbox import KINDS, TEST
from web.access import Administrator
from web.asked import number
from web.render import language_of, page

router = APIRouter(prefix="/integrations/webhooks", include_in_schema=False)


@router.get("")
def show(request: Request, viewer: Administrator, done: str = "") -> Response:
    return _shown(request, viewer, done=done)


@router.post("")
def add(
    request: Request,
    viewer: Administrator,
    url: Annotated[str, Form(max_length=2000)] = "",
    kinds: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    portfolio: Annotated[str, Form()] = "",
) -> Response:
    """The secret stands in this one answer and nowhere else."""
    try:
        with transaction(request.app.state.engine) as session:
            _, secret = endpoints.add_endpoint(
                session,
                viewer,
                url,
                now=datetime.now(UTC),
                kinds=kinds,
                portfolio_id=number(portfolio),
                allow_private=request.app.state.settings.webhooks_private,
            )
    except QAError as refused:
        told = explain(refused, language_of(request))
        return _shown(request, viewer, status=refused.status, refusal=told, url=url, kinds=kinds)
    return _shown(request, viewer, status=201, secret=secret)


@router.get("/{endpoint_id}")
def read(request: Request, viewer: Administrator, endpoint_id: int, tried: str = "") -> Response:
    return _one(request, viewer, endpoint_id, tried=number(tried))


@router.post("/{endpoint_id}/test")
def test(request: Request, viewer: Administrator, endpoint_id: int) -> Response:
    """Sends at once: whoever sets an address up waits for what comes of it."""
    try:
        with transaction(request.app.state.engine) as session:
            written = deliveries.write_test(session, viewer, endpoint_id, now=datetime.now(UTC))
    except endpoints.EndpointResting as refused:
        return _one(request, viewer, endpoint_id, refused=refused)
    return _delivered(request, endpoint_id, written)


@router.post("/{endpoint_id}/deliveries/{delivery_id}/retry")
def retry(request: Request, viewer: Administrator, endpoint_id: int, delivery_id: int) -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            deliveries.open_again(session, viewer, delivery_id, now=datetime.now(UTC))
    except endpoints.EndpointResting as refused:
        return _one(request, viewer, endpoint_id, refused=refused)
    return _delivered(request, endpoint_id, delivery_id)


@router.post("/{endpoint_id}/pause")
def pause(request: Request, viewer: Administrator, endpoint_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        endpoints.pause_endpoint(session, viewer, endpoint_id, now=datetime.now(UTC))
    return RedirectResponse(f"/integrations/webhooks/{endpoint_id}", status_code=303)


@router.post("/{endpoint_id}/resume")
def resume(request: Request, viewer: Administrator, endpoint_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        endpoints.resume_endpoint(session, viewer, endpoint_id, now=datetime.now(UTC))
    return RedirectResponse(f"/integrations/webhooks/{endpoint_id}", status_code=303)


@router.post("/{endpoint_id}/delete")
def delete(request: Request, viewer: Administrator, endpoint_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        endpoints.delete_endpoint(session, viewer, endpoint_id, now=datetime.now(UTC))
    return RedirectResponse("/integrations/webhooks?done=deleted", status_code=303)


def _delivered(request: Request, endpoint_id: int, delivery_id: int) -> Response:
    courier.deliver_now(
        request.app.state.engine, delivery_id, allow_private=request.app.state.settings.webhooks_private
    )
    return RedirectResponse(f"/integrations/webhooks/{endpoint_id}?tried={delivery_id}", status_code=303)


def _shown(
    request: Request,
    viewer: Administrator,
    *,
    status: int = 200,
    secret: str = "",
    refusal: tuple[str, str] | None = None,
    url: str = "",
    kinds: list[str] | None = None,
    done: str = "",
) -> Response:
    with reading(request.app.state.engine) as session:
        found, portfolios = endpoints.endpoints(session, viewer), people.portfolios(session)
    return page(
        request,
        "webhooks.html",
        status=status,
        endpoints=found,
        portfolios=portfolios,
        known=KINDS,
        secret=secret,
        refusal=refusal,
        url=url,
        kinds=kinds or [],
        done=done,
        in_words=deliveries.in_words,
    )


def _one(
    request: Request,
    viewer: Administrator,
    endpoint_id: int,
    *,
    tried: int | None = None,
    refused: QAError | None = None,
) -> Response:
    with reading(request.app.state.engine) as session:
        found = endpoints.endpoint(session, viewer, endpoint_id)
        sent = deliveries.deliveries(session, viewer, endpoint_id)
    return page(
        request,
        "webhook.html",
        status=refused.status if refused else 200,
        endpoint=found,
        deliveries=sent,
        tried=next((one for one in sent if one.id == tried), None),
        refusal=explain(refused, language_of(request)) if refused else None,
        known=KINDS,
        test_kind=TEST,
        in_words=deliveries.in_words,
    )
