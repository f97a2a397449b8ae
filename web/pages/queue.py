"""The day's queue: what is next, how far the plan is, whom nobody has heard yet, and everything that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from models.conversation import Channel
from models.evaluations import Stratum
from models.finding import Severity
from qa_platform.access.rights import Right, Viewer
from qa_platform.archive import interactions
from qa_platform.authoring.draws import draws_of
from qa_platform.database import reading, transaction
from qa_platform.sample import claims, sampling, worklist
from qa_platform.sample.reasons import headline
from qa_platform.sample.worklist import Order, QueueFilter
from qa_platform.text import phrase
from web import words
from web.access import QueueReader, Reviewer
from web.asked import address_of, number, one_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
AGENTS_SHOWN = 8


def waiting(session: Any, viewer: Viewer) -> int:
    return worklist.list_queue(session, viewer, now=datetime.now(UTC), limit=1).total


NAV = Entry(N_("Queue"), "list-details", "/queue", Right.SEE_QUEUE, order=1, count=waiting)


class Asked(BaseModel):
    """The filter form as it was sent; what is not understood narrows nothing."""

    text: str = Field(default="", max_length=200)
    stratum: str = ""
    severity: str = ""
    agent: str = ""
    channel: str = ""
    portfolio: str = ""
    order: str = ""
    skip: str = ""

    def filter(self) -> QueueFilter:
        return QueueFilter(
            stratum=one_of(Stratum, self.stratum),
            severity=one_of(Severity, self.severity),
            agent_id=number(self.agent),
            channel=one_of(Channel, self.channel),
            portfolio_id=number(self.portfolio),
            text=self.text,
        )


@router.get("/queue")
def show(request: Request, viewer: QueueReader, asked: Annotated[Asked, Query()]) -> Response:
    return _shown(request, viewer, asked)


@router.post("/queue")
def search(request: Request, viewer: QueueReader, asked: Annotated[Asked, Form()]) -> Response:
    """The searched words come in the body, never in an address."""
    return _shown(request, viewer, asked)


@router.post("/queue/next")
def take_next(request: Request, viewer: Reviewer) -> Response:
    """Claims the next item for this person alone and opens it."""
    with transaction(request.app.state.engine) as session:
        row = claims.take_next(session, viewer, now=datetime.now(UTC))
    return RedirectResponse(f"/interactions/{row.interaction_id}" if row else "/queue", status_code=303)


@router.post("/queue/{item_id}/take")
def take(request: Request, viewer: Reviewer, item_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        row = claims.claim(session, viewer, item_id, now=datetime.now(UTC))
    return RedirectResponse(f"/interactions/{row.interaction_id}", status_code=303)


@router.post("/queue/{item_id}/release")
def release(request: Request, viewer: Reviewer, item_id: int) -> Response:
    """Gives it back; what was answered stays as this person's draft."""
    with transaction(request.app.state.engine) as session:
        claims.release(session, viewer, item_id, now=datetime.now(UTC))
    return RedirectResponse("/queue", status_code=303)


@router.post("/queue/draw")
def draw(request: Request, viewer: Reviewer) -> Response:  # noqa: ARG001 - the rule of the route
    """Draws the day's queue; later in the day it draws from what has come since."""
    with transaction(request.app.state.engine) as session:
        sampling.build_queue(session, now=_here(request))
    return RedirectResponse("/queue", status_code=303)


def _shown(request: Request, viewer: Viewer, asked: Asked) -> Response:
    language, now = language_of(request), _here(request)
    with reading(request.app.state.engine) as session:
        queue = worklist.list_queue(
            session,
            viewer,
            now=now,
            only=asked.filter(),
            order=one_of(Order, asked.order) or Order.SEVERITY,
            offset=number(asked.skip) or 0,
        )
        following = claims.up_next(session, viewer, now=now) if viewer.may(Right.REVIEW) else None
        context: dict[str, Any] = {
            "queue": queue,
            "rows": sorted(queue.rows, key=lambda row: following is None or row.id != following.id),  # theirs on top
            "following": following,
            "progress": sampling.plan_progress(session, now=now),
            "draws": (),
            "coverage": sampling.coverage(session, now=now)[:AGENTS_SHOWN],
            "choices": interactions.choices(session, viewer),
        }
        if context["progress"]:
            context["draws"] = draws_of(session, context["progress"].day)
    return page(
        request,
        "queue.html",
        fragment="list",
        headers={"HX-Replace-Url": address_of("/queue", asked, hidden={"text"})},
        asked=asked,
        narrowed=asked.filter() != QueueFilter(),
        options=_options(language),
        headline=lambda row: headline(row.reasons, language),
        tagged=lambda row: [(reason.code, reason.words(language)) for reason in row.reasons],
        week=now.isocalendar().week,
        page_size=worklist.PAGE,
        skipped=number(asked.skip) or 0,
        **context,
    )


def _here(request: Request) -> datetime:
    """Now, with the offset of the place: it decides which day and week it is."""
    return datetime.now(ZoneInfo(request.app.state.settings.time_zone))


def _options(language: str) -> dict[str, list[tuple[str, str]]]:
    offered: dict[str, Mapping[str, str]] = {
        "stratum": words.STRATUM,
        "severity": words.SEVERITY,
        "channel": words.CHANNEL,
    }
    return {name: [(str(key), phrase(text, {}, language)) for key, text in of.items()] for name, of in offered.items()}
