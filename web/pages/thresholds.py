"""From when on something counts, by portfolio: a form, its file, the versions, and analyses made again by choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from qa_platform.understanding import threshold_versions
from qa_platform.understanding.thresholds import LIMITS, from_yaml, house_context, to_yaml
from web.access import Needs
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.wording import Wording
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Thresholds"), "adjustments", "/thresholds", Right.MANAGE_PLANS, order=4, group=9)
Planner = Annotated[Viewer, Depends(Needs(Right.MANAGE_PLANS))]
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "silence_seconds": N_("Silence from"),
        "hold_seconds": N_("Long hold from"),
        "monologue_seconds": N_("Monologue from"),
        "interruption_seconds": N_("Interruption from"),
        "first_reply_seconds": N_("Slow first reply from"),
        "slow_reply_seconds": N_("Slow reply from"),
        "unanswered_seconds": N_("Without an answer after"),
        "opens_hour": N_("Chat desk opens at"),
        "closes_hour": N_("Chat desk closes at"),
    }
)
GROUPS = (
    (N_("Calls"), ("silence_seconds", "hold_seconds", "monologue_seconds", "interruption_seconds")),
    (
        N_("Chats"),
        ("first_reply_seconds", "slow_reply_seconds", "unanswered_seconds", "opens_hour", "closes_hour"),
    ),
)


class Asked(BaseModel):
    """The form as it was sent: a number or nothing for each, or all of them as a file."""

    based_on: int = 0
    as_file: str = Field(default="", max_length=4000)
    silence_seconds: str = Field(default="", max_length=20)
    hold_seconds: str = Field(default="", max_length=20)
    monologue_seconds: str = Field(default="", max_length=20)
    interruption_seconds: str = Field(default="", max_length=20)
    first_reply_seconds: str = Field(default="", max_length=20)
    slow_reply_seconds: str = Field(default="", max_length=20)
    unanswered_seconds: str = Field(default="", max_length=20)
    opens_hour: str = Field(default="", max_length=20)
    closes_hour: str = Field(default="", max_length=20)

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name).strip() for name in LIMITS}


@router.get("/thresholds")
def show(request: Request, viewer: Planner, portfolio: str = "", saved: str = "", again: str = "") -> Response:
    return _shown(request, viewer, number(portfolio), saved=saved, again=number(again))


@router.get("/thresholds/{portfolio_id}.yaml")
def file(request: Request, viewer: Planner, portfolio_id: int) -> Response:
    with reading(request.app.state.engine) as session:
        newest = threshold_versions.history(session, viewer, portfolio_id)[0]
    name = f"thresholds-{portfolio_id}-v{newest.version}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(to_yaml(newest.own), media_type="application/yaml", headers=headers)


@router.post("/thresholds/{portfolio_id}")
def save(request: Request, viewer: Planner, portfolio_id: int, asked: Annotated[Asked, Form()]) -> Response:
    return _saved(request, viewer, portfolio_id, asked, asked.values())


@router.post("/thresholds/{portfolio_id}/file")
def save_file(request: Request, viewer: Planner, portfolio_id: int, asked: Annotated[Asked, Form()]) -> Response:
    return _saved(request, viewer, portfolio_id, asked, None)


@router.post("/thresholds/{portfolio_id}/again")
def analyze_again(request: Request, viewer: Planner, portfolio_id: int) -> Response:
    """Sends what an earlier version judged through the analysis once more."""
    with transaction(request.app.state.engine) as session:
        sent = threshold_versions.analyze_again(session, viewer, portfolio_id, now=datetime.now(UTC))
    return RedirectResponse(f"/thresholds?portfolio={portfolio_id}&again={sent}", status_code=303)


def _saved(
    request: Request, viewer: Viewer, portfolio_id: int, asked: Asked, values: Mapping[str, Any] | None
) -> Response:
    house = house_context(request.app.state.settings)
    try:
        told = from_yaml(asked.as_file) if values is None else values
        with transaction(request.app.state.engine) as session:
            threshold_versions.save(
                session, viewer, portfolio_id, told, based_on=asked.based_on, house=house, now=datetime.now(UTC)
            )
    except QAError as refused:
        if refused.status in (403, 404):
            raise
        why = explain(refused, language_of(request))
        return _shown(request, viewer, portfolio_id, asked=asked, refusal=why, status=refused.status)
    return RedirectResponse(f"/thresholds?portfolio={portfolio_id}&saved=yes", status_code=303)


def _shown(
    request: Request,
    viewer: Viewer,
    chosen: int | None,
    *,
    asked: Asked | None = None,
    refusal: tuple[str, str] | None = None,
    status: int = 200,
    saved: str = "",
    again: int | None = None,
) -> Response:
    with reading(request.app.state.engine) as session:
        portfolios = threshold_versions.portfolios(session, viewer)
        one = next((each for each in portfolios if each.id == chosen), None)
        if chosen is not None and one is None:
            raise NotFound
        one = one or (portfolios[0] if portfolios else None)
        versions = threshold_versions.history(session, viewer, one.id) if one else ()
        behind = threshold_versions.out_of_date(session, viewer, one.id) if one else 0
    own = {name: f"{value:g}" for name, value in versions[0].own.items()} if versions else {}
    return page(
        request,
        "thresholds.html",
        status=status,
        portfolios=portfolios,
        chosen=one,
        versions=versions,
        behind=behind,
        typed=asked.values() if asked else own,
        as_file=asked.as_file if asked and asked.as_file else (to_yaml(versions[0].own) if versions else ""),
        house=asdict(house_context(request.app.state.settings)),
        words=Wording(language_of(request), ZoneInfo(request.app.state.settings.time_zone)),
        limits=LIMITS,
        labels=LABELS,
        groups=GROUPS,
        refusal=refusal,
        saved=saved,
        again=again,
    )
