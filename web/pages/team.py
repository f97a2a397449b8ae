"""Accounts, for administrators: who may sign in, in which role, over which portfolios."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.people import Role
from qa_platform.access import people
from qa_platform.access.passwords import new_password
from qa_platform.access.rights import Right
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from web.access import Administrator
from web.asked import number, one_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("People"), "users", "/people", Right.MANAGE_PEOPLE, order=3, group=9)
ROLES = tuple(role for role in Role if role is not Role.INTEGRATION)


@router.get("/people")
def show(request: Request, viewer: Administrator) -> Response:  # noqa: ARG001 - the rule of the route
    return _shown(request)


@router.post("/people")
def add(
    request: Request,
    viewer: Administrator,
    name: Annotated[str, Form(max_length=200)] = "",
    email: Annotated[str, Form(max_length=254)] = "",
    role: Annotated[str, Form()] = "",
    portfolios: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    agent: Annotated[str, Form()] = "",
) -> Response:
    """The first password is made here and shown once; whoever gets the account has to change it."""
    password = new_password()
    chosen = [found for text in portfolios if (found := number(text)) is not None]
    try:
        with transaction(request.app.state.engine) as session:
            people.add_person(
                session,
                email=email,
                name=name,
                role=one_of(Role, role) or Role.ANALYST,
                password=password,
                now=datetime.now(UTC),
                language=language_of(request),
                every_portfolio="all" in portfolios,
                portfolios=chosen,
                agent_id=number(agent),
                by=viewer.id,
                first_password=True,
            )
    except QAError as refused:
        return _shown(
            request, status=refused.status, refusal=explain(refused, language_of(request)), name=name, email=email
        )
    return _shown(request, status=201, added=(email.strip().casefold(), password))


@router.post("/people/{person_id}/active")
def set_active(
    request: Request, viewer: Administrator, person_id: int, active: Annotated[str, Form()] = ""
) -> Response:
    """Closing an account signs it out everywhere at once."""
    with transaction(request.app.state.engine) as session:
        people.set_active(session, person_id, active=active == "yes", by=viewer)
    return RedirectResponse("/people", status_code=303)


def _shown(
    request: Request,
    *,
    status: int = 200,
    refusal: tuple[str, str] | None = None,
    added: tuple[str, str] | None = None,
    name: str = "",
    email: str = "",
) -> Response:
    with reading(request.app.state.engine) as session:
        colleagues = people.colleagues(session)
        portfolios = people.portfolios(session)
        agents = people.agents(session)
    return page(
        request,
        "team.html",
        status=status,
        colleagues=colleagues,
        portfolios=portfolios,
        agents=agents,
        roles=ROLES,
        refusal=refusal,
        added=added,
        name=name,
        email=email,
    )
