"""What was heard says of everything: points and questions, raw and corrected, each with its interval."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa_platform.access.rights import Right
from qa_platform.archive import interactions
from qa_platform.database import reading
from qa_platform.sample import figures
from qa_platform.sample.figures import By, Row
from scorecards.estimate import NOTHING, Figure
from web.access import QueueReader
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Figures"), "chart-line", "/figures", Right.SEE_QUEUE, order=4)
USUAL = timedelta(days=27)
SPANS = (("6", N_("7 days")), ("27", N_("4 weeks")), ("89", N_("90 days")))
LONGEST = timedelta(days=730)
# How a figure stands to the one of everybody: class, icon and words. None of it is said where the data are few.
FEW = ("amber", "hourglass", N_("Few data"))
BELOW = ("amber", "hand-stop", N_("Below everybody's"))
ABOVE = ("green", "trending-up", N_("Above everybody's"))
WITHIN = ("", "", N_("Within range"))


@router.get("/figures")
def show(
    request: Request, viewer: QueueReader, since: str = "", until: str = "", span: str = "", agent: str = ""
) -> Response:
    today = datetime.now(ZoneInfo(request.app.state.settings.time_zone)).date()
    first, last = _period(since, until, span, today)
    language, agent_id = language_of(request), number(agent)
    with reading(request.app.state.engine) as session:
        everybody = figures.points(session, viewer, since=first, until=last)
        context: dict[str, Any] = {
            "standing": figures.standing(session, viewer, since=first, until=last),
            "teams": _by_name(figures.points(session, viewer, since=first, until=last, by=By.TEAM)),
            "agents": _by_name(figures.points(session, viewer, since=first, until=last, by=By.AGENT)),
            "questions": figures.questions(
                session, viewer, since=first, until=last, agent_id=agent_id, language=language
            ),
            "choices": interactions.choices(session, viewer),
        }
    whole = everybody[0] if everybody else Row("", "", NOTHING, NOTHING, 0)
    return page(
        request,
        "figures.html",
        fragment="questions",
        whole=whole,
        since=first,
        until=last,
        spans=SPANS,
        span=str((last - first).days) if last == today else "",
        agent=agent if agent_id is not None else "",
        reads=lambda figure: _reading(figure, whole.corrected.value),
        **context,
    )


def _period(since: str, until: str, span: str, today: date) -> tuple[date, date]:
    """The days asked for, both in; what is not understood or back to front is the last four weeks."""
    days = number(span)
    if days is not None:
        return today - min(timedelta(days=days), LONGEST), today
    first, last = _day(since), _day(until) or today
    if first is None or first > last or last - first > LONGEST:
        return last - USUAL, last
    return first, last


def _by_name(rows: tuple[Row, ...]) -> list[Row]:
    """Never by points: a list in order of points reads as a ranking, and few figures bear one. Unknown ones last."""
    return sorted(rows, key=lambda row: (not row.name, row.name))


def _reading(figure: Figure, everybody: float | None) -> tuple[str, str, str]:
    if figure.few or figure.low is None or figure.high is None or everybody is None:
        return FEW
    if figure.high < everybody:
        return BELOW
    return ABOVE if figure.low > everybody else WITHIN


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
