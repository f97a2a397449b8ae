"""Every interaction within reach: filters, search in the words, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.conversation import Channel
from models.finding import Severity
from qa_platform.access.rights import Right, Viewer
from qa_platform.archive import interactions
from qa_platform.archive.interactions import Cursor, Filters
from qa_platform.database import reading
from qa_platform.sample.reasons import label
from qa_platform.text import phrase
from web import words
from web.access import Reader
from web.asked import address_of, number, one_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Interactions"), "messages", "/interactions", Right.SEE_INTERACTIONS, order=2)
FAMILIES = {
    "slip": N_("With slips"),
    "objection": N_("With objections"),
    "speech": N_("With silences or interruptions"),
}
STATES = {
    "open": N_("To be reviewed"),
    "reviewed": N_("Reviewed"),
    "working": N_("Being processed"),
    "failed": N_("Failed"),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Asked(BaseModel):
    """The filter form as it was sent; what is not understood narrows nothing."""

    text: str = Field(default="", max_length=200)
    channel: str = ""
    severity: str = ""
    family: str = ""
    outcome: str = Field(default="", max_length=40)
    agent: str = ""
    portfolio: str = ""
    state: str = ""
    older: str = ""
    newer: str = ""

    def filters(self) -> Filters:
        return Filters(
            text=self.text,
            channel=one_of(Channel, self.channel),
            severity=one_of(Severity, self.severity),
            family=self.family if self.family in FAMILIES else "",
            outcome=self.outcome,
            agent=number(self.agent),
            portfolio=number(self.portfolio),
            state=self.state if self.state in STATES else "",
        )


@router.get("/interactions")
def browse(request: Request, viewer: Reader, asked: Annotated[Asked, Query()]) -> Response:
    return _shown(request, viewer, asked)


@router.post("/interactions")
def search(request: Request, viewer: Reader, asked: Annotated[Asked, Form()]) -> Response:
    """The searched words come in the body: a name or an account number must not stand in an address or a log."""
    return _shown(request, viewer, asked)


def _shown(request: Request, viewer: Viewer, asked: Asked) -> Response:
    filters = asked.filters()
    with reading(request.app.state.engine) as session:
        listing = interactions.listing(
            session, viewer, filters, older_than=_cursor(asked.older), newer_than=_cursor(asked.newer)
        )
        choices = interactions.choices(session, viewer)
    language = language_of(request)
    return page(
        request,
        "interactions.html",
        fragment="list",
        headers={"HX-Replace-Url": address_of("/interactions", asked, hidden={"text"})},
        listing=listing,
        choices=choices,
        filters=filters,
        options=_options(choices.outcomes, language),
        tagged=lambda card: [(mark.code, _times(label(mark.code, language), mark.count)) for mark in card.marks],
        place=_place,
    )


def _options(outcomes: tuple[str, ...], language: str) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, in words."""
    offered: dict[str, Mapping[str, str]] = {
        "severity": words.SEVERITY,
        "channel": words.CHANNEL,
        "family": FAMILIES,
        "state": STATES,
        "outcome": {outcome: words.OUTCOME.get(outcome, outcome) for outcome in outcomes},
    }
    return {name: [(str(key), phrase(text, {}, language)) for key, text in of.items()] for name, of in offered.items()}


def _times(text: str, count: int) -> str:
    return text if count == 1 else f"{text} × {count}"


def _place(cursor: Cursor | None) -> str:
    """A place in the list as text: microseconds and number."""
    return f"{(cursor.started_at - EPOCH) // timedelta(microseconds=1)}.{cursor.id}" if cursor else ""


def _cursor(place: str) -> Cursor | None:
    moment, _, number = place.partition(".")
    if not (moment.lstrip("-").isascii() and moment.lstrip("-").isdigit() and number.isascii() and number.isdigit()):
        return None
    try:
        return Cursor(EPOCH + timedelta(microseconds=int(moment)), min(int(number), 2**62))
    except OverflowError:
        return None
