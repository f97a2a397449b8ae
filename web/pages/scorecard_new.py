"""A scorecard with a code of its own: begun empty or as a copy, and given to the portfolios that it is for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.authoring import drafts, portfolios
from qa_platform.database import reading, transaction
from qa_platform.evaluations import published_cards
from qa_platform.text import explain
from web.access import Needs
from web.asked import number
from web.render import language_of, page

router = APIRouter(include_in_schema=False)
Author = Annotated[Viewer, Depends(Needs(Right.MANAGE_SCORECARDS))]


@router.get("/scorecards/new")
def ask(request: Request, viewer: Author, copy_of: str = "") -> Response:  # noqa: ARG001 - the rule of the route
    return _asked(request, copy_of=copy_of)


@router.post("/scorecards/new")
def create(
    request: Request,
    viewer: Author,
    code: Annotated[str, Form(max_length=64)] = "",
    es: Annotated[str, Form(max_length=120)] = "",
    en: Annotated[str, Form(max_length=120)] = "",
    copy_of: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    label = {"es": es.strip() or en.strip(), "en": en.strip() or es.strip()}
    try:
        with transaction(request.app.state.engine) as session:
            if copy_of and copy_of not in published_cards.codes(session):
                raise NotFound
            made = drafts.create(session, viewer, code, label, copy_of=copy_of, now=datetime.now(UTC))
    except QAError as refused:
        told = explain(refused, language_of(request))
        return _asked(request, status=refused.status, refusal=told, code=code, es=es, en=en, copy_of=copy_of)
    return RedirectResponse(f"/scorecards/{made.code}/draft", status_code=303)


@router.post("/scorecards/{code}/portfolios")
def choose(
    request: Request,
    viewer: Author,
    code: str,
    portfolio: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    chosen = {found for text in portfolio if (found := number(text)) is not None}
    with transaction(request.app.state.engine) as session:
        portfolios.choose(session, viewer, code, chosen, now=datetime.now(UTC))
    return RedirectResponse(f"/scorecards?card={code}&given=yes", status_code=303)


def _asked(
    request: Request,
    *,
    status: int = 200,
    refusal: tuple[str, str] | None = None,
    code: str = "",
    es: str = "",
    en: str = "",
    copy_of: str = "",
) -> Response:
    with reading(request.app.state.engine) as session:
        cards = [published_cards.latest(session, one) for one in published_cards.codes(session)]
    return page(
        request,
        "scorecard_new.html",
        status=status,
        cards=cards,
        refusal=refusal,
        code=code,
        es=es,
        en=en,
        copy_of=copy_of,
    )
