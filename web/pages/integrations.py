"""Tokens for dialers and CRMs, for administrators: issued once, taken back at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from qa_platform.access import integrations, people
from qa_platform.access.rights import Right
from qa_platform.database import reading, transaction
from web.access import Administrator
from web.asked import number
from web.registry import Entry
from web.render import page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Integrations"), "key", "/integrations", Right.MANAGE_PEOPLE, order=4, group=9)


@router.get("/integrations")
def show(request: Request, viewer: Administrator) -> Response:  # noqa: ARG001 - the rule of the route
    return _shown(request)


@router.post("/integrations")
def issue(
    request: Request,
    viewer: Administrator,
    name: Annotated[str, Form(max_length=120)] = "",
    portfolio: Annotated[str, Form()] = "",
) -> Response:
    """The token stands in this one answer and nowhere else."""
    with transaction(request.app.state.engine) as session:
        token = integrations.issue(
            session, name=name, portfolio_id=number(portfolio), now=datetime.now(UTC), by=viewer.id
        )
    return _shown(request, status=201, token=token)


@router.post("/integrations/{token_id}/revoke")
def revoke(request: Request, viewer: Administrator, token_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        integrations.revoke(session, token_id, now=datetime.now(UTC), by=viewer.id)
    return RedirectResponse("/integrations", status_code=303)


def _shown(request: Request, *, status: int = 200, token: str = "") -> Response:
    with reading(request.app.state.engine) as session:
        issued, portfolios = integrations.issued(session), people.portfolios(session)
    return page(request, "integrations.html", status=status, issued=issued, portfolios=portfolios, token=token)
