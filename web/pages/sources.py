"""Where files come from, and how each source's names, channels and clocks are read."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.interactions import Source
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.doors import file_names, intake
from qa_platform.doors.sources import SourceSettings
from qa_platform.text import explain
from web.access import SourceKeeper
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Sources"), "table", "/sources", Right.MANAGE_SOURCES, order=2, group=9)
GROUPS = MappingProxyType(
    {
        "agent": N_("the agent's code"),
        "agent_name": N_("the agent's name"),
        "team": N_("the team"),
        "account": N_("the account"),
        "portfolio": N_("the portfolio"),
        "campaign": N_("the campaign"),
        "external_id": N_("the call's own number"),
        "date": N_("the day"),
        "time": N_("the time"),
        "started_at": N_("day and time"),
        "epoch": N_("seconds since 1970"),
        "direction": N_("inbound or outbound"),
        "country": N_("the country"),
        "language": N_("the language"),
        "channel": N_("the channel"),
        "segment": N_("the segment"),
        "disposition": N_("the disposition code"),
        "phone": N_("the telephone, which is not kept"),
        "skip": N_("passed over"),
    }
)


RAW_CODINGS = (("s16le", N_("16 bits, as .sln")), ("mulaw", N_("G.711 µ-law")), ("alaw", N_("G.711 A-law")))
RAW_RATES = (8_000, 16_000, 32_000, 44_100, 48_000)


class Asked(BaseModel):
    """The form of one source, as it was sent."""

    name: str = Field(default="", max_length=200)
    file_name_pattern: str = Field(default="", max_length=1000)
    agent_channel: str = ""
    time_zone: str = Field(default="", max_length=64)
    country: str = Field(default="", max_length=2)
    language: str = ""
    portfolio: str = Field(default="", max_length=64)
    date_order: str = ""
    agent_names: str = Field(default="", max_length=2000)
    raw_rate: str = ""
    raw_coding: str = ""
    raw_channels: str = ""
    agent_leg: str = Field(default="", max_length=40)
    customer_leg: str = Field(default="", max_length=40)
    recording_hosts: str = Field(default="", max_length=2000)
    sample: str = Field(default="", max_length=300)

    def settings(self) -> SourceSettings:
        return SourceSettings(
            name=self.name.strip(),
            file_name_pattern=self.file_name_pattern or None,
            agent_channel=number(self.agent_channel),
            time_zone=self.time_zone.strip() or None,
            country=self.country.strip().upper() or None,
            language=self.language or None,
            portfolio=self.portfolio or None,
            date_order=self.date_order or None,
            agent_names=_lines(self.agent_names),
            raw_rate=number(self.raw_rate),
            raw_coding=self.raw_coding or None,
            raw_channels=number(self.raw_channels),
            agent_leg=self.agent_leg.strip() or None,
            customer_leg=self.customer_leg.strip() or None,
            recording_hosts=_lines(self.recording_hosts.lower()),
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in text.splitlines())))


@router.get("/sources")
def show(request: Request, viewer: SourceKeeper, source: str = "", saved: str = "") -> Response:
    return _shown(request, viewer, number(source), saved=saved)


@router.post("/sources")
def save(request: Request, viewer: SourceKeeper, asked: Annotated[Asked, Form()]) -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            source = intake.save_source(session, viewer, asked.settings())
    except QAError as refused:
        told = explain(refused, language_of(request))
        return _shown(request, viewer, None, asked=asked, refusal=told, status=refused.status)
    return RedirectResponse(f"/sources?source={source}&saved=yes", status_code=303)


@router.post("/sources/try")
def try_name(request: Request, viewer: SourceKeeper, asked: Annotated[Asked, Form()]) -> Response:
    """What the pattern reads in one file's name, before anything is saved."""
    return _shown(request, viewer, None, asked=asked)


def _shown(
    request: Request,
    viewer: Viewer,
    source_id: int | None,
    *,
    asked: Asked | None = None,
    refusal: tuple[str, str] | None = None,
    status: int = 200,
    saved: str = "",
) -> Response:
    with reading(request.app.state.engine) as session:
        sources = intake.sources_of(session, viewer)
        portfolios = intake.portfolios_of(session, viewer)
    chosen = next((one for one in sources if one.id == source_id), None)
    if source_id is not None and chosen is None:
        raise NotFound
    form = asked or (_as_asked(chosen, {one.id: one.code for one in portfolios}) if chosen else Asked())
    return page(
        request,
        "sources.html",
        fragment="tried",
        status=status,
        sources=sources,
        portfolios=portfolios,
        chosen=chosen,
        form=form,
        saved=saved,
        refusal=refusal,
        groups=GROUPS,
        raw_codings=RAW_CODINGS,
        raw_rates=RAW_RATES,
        tried=_tried(form, language_of(request)),
    )


def _as_asked(source: Source, codes: dict[int, str]) -> Asked:
    return Asked(
        name=source.name,
        file_name_pattern=source.file_name_pattern or "",
        agent_channel=_shown_number(source.agent_channel),
        time_zone=source.time_zone or "",
        country=source.country or "",
        language=source.language or "",
        portfolio=codes.get(source.portfolio_id or 0, ""),
        date_order=source.date_order or "",
        agent_names="\n".join(str(name) for name in source.agent_names),
        raw_rate=_shown_number(source.raw_rate),
        raw_coding=source.raw_coding or "",
        raw_channels=_shown_number(source.raw_channels),
        agent_leg=source.agent_leg or "",
        customer_leg=source.customer_leg or "",
        recording_hosts="\n".join(str(host) for host in source.recording_hosts),
    )


def _shown_number(value: int | None) -> str:
    return "" if value is None else str(value)


def _tried(form: Asked, language: str) -> dict[str, Any] | None:
    if not form.sample or not form.file_name_pattern:
        return None
    try:
        return {"read": file_names.read_name(form.file_name_pattern, form.sample), "refusal": None}
    except QAError as refused:
        return {"read": {}, "refusal": explain(refused, language)}
