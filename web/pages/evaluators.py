"""The evaluator report: how far people agree, who is more severe than the others, and whether that drifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from qa_platform.access.rights import Right, Viewer
from qa_platform.calibration.evaluators import EvaluatorRow, evaluators
from qa_platform.calibration.results import Reliability, reliability
from qa_platform.database import reading
from qa_platform.evaluations import published_cards
from web.access import Needs
from web.asked import number
from web.judged import spoken_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Evaluators"), "user-check", "/evaluators", Right.READ_JUDGEMENT, order=3, group=2)
Overseer = Annotated[Viewer, Depends(Needs(Right.READ_JUDGEMENT))]
PERIODS = (30, 90, 365)
NARROWEST = 5.0  # points: an axis narrower than that would make nothing look like much


@router.get("/evaluators")
def show(request: Request, viewer: Overseer, days: str = "") -> Response:
    now, language = datetime.now(UTC), language_of(request)
    asked = number(days)
    period = asked if asked in PERIODS else PERIODS[1]
    since = now - timedelta(days=period or PERIODS[1])
    with reading(request.app.state.engine) as session:
        people = evaluators(session, viewer, since=since, until=now)
        overall, questions, pairs = reliability(session, viewer, since=since, until=now)
        labels = published_cards.question_labels(session, language)
    names = {str(one.person_id): one.person for one in people}
    return page(
        request,
        "evaluators.html",
        people=sorted(people, key=_by_severity),
        reach=_reach(people),
        overall=overall,
        questions=[(labels.get(one.name, one.name), one) for one in sorted(questions, key=_worst_first)],
        pairs=[(_pair(one, names), one) for one in pairs],
        period=period,
        periods=PERIODS,
        **spoken_of(request),
    )


def _by_severity(row: EvaluatorRow) -> tuple[bool, float, str]:
    """The most severe on top; whom nobody can be compared with, below."""
    return (row.leniency is None, row.leniency.effect if row.leniency else 0.0, row.person)


def _worst_first(one: Reliability) -> tuple[bool, float, str]:
    return (one.ac1.value is None, one.ac1.value or 0.0, one.name)


def _pair(one: Reliability, names: dict[str, str]) -> str:
    return " · ".join(names.get(person, "–") for person in one.name.split(" "))


def _reach(people: Sequence[EvaluatorRow]) -> float:
    """How far the axis goes to either side: as far as the intervals, within reason."""
    ends = [
        abs(end)
        for row in people
        if row.leniency is not None
        for end in (row.leniency.effect, row.leniency.low, row.leniency.high)
        if end is not None
    ]
    return float(-(-min(max([NARROWEST, *ends]), 50.0) // 5) * 5)
