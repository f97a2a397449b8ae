"""How each portfolio's calls are written down: the names to expect and the language, where it is fixed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access.rights import Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from qa_platform.transcription import expected_names
from web.access import SourceKeeper
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Transcription"), "microphone", "/transcription", Right.MANAGE_SOURCES, order=2, group=9)


@router.get("/transcription")
def show(request: Request, viewer: SourceKeeper, portfolio: str = "", saved: str = "") -> Response:
    return _shown(request, viewer, number(portfolio), saved=bool(saved))


@router.post("/transcription/{portfolio_id}")
def save(
    request: Request,
    viewer: SourceKeeper,
    portfolio_id: int,
    names: Annotated[str, Form(max_length=8000)] = "",
    language: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            expected_names.save(
                session, viewer, portfolio_id, hotwords=names.splitlines(), language=language, now=datetime.now(UTC)
            )
    except QAError as refused:
        if refused.status in (403, 404):
            raise
        told = explain(refused, language_of(request))
        return _shown(
            request, viewer, portfolio_id, status=refused.status, refusal=told, names=names, language=language
        )
    return RedirectResponse(f"/transcription?portfolio={portfolio_id}&saved=yes", status_code=303)


def _shown(
    request: Request,
    viewer: Viewer,
    chosen: int | None,
    *,
    saved: bool = False,
    status: int = 200,
    refusal: tuple[str, str] | None = None,
    names: str | None = None,
    language: str | None = None,
) -> Response:
    with reading(request.app.state.engine) as session:
        all_of_them = expected_names.of_portfolios(session, viewer)
    one = next((one for one in all_of_them if one.id == chosen), all_of_them[0] if all_of_them else None)
    settings = request.app.state.settings
    return page(
        request,
        "expected_names.html",
        status=status,
        portfolios=all_of_them,
        chosen=one,
        typed=names if names is not None else "\n".join(one.hotwords) if one else "",
        spoken=language if language is not None else (one.language or "") if one else "",
        saved=saved,
        refusal=refusal,
        most=expected_names.MOST,
        house={
            "model": settings.whisper_model.rstrip("/").rsplit("/", 1)[-1],
            "device": settings.whisper_device,
            "language": settings.whisper_language,
        },
    )
