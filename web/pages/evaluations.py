"""Submitted evaluations: handed to their agents now or on a date, followed to their end, and taken out as a file."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.evaluations import EvaluationState
from qa_platform.access.rights import Right, Viewer
from qa_platform.appeals import desk, release
from qa_platform.archive import interactions
from qa_platform.calibration.evaluators import adjusted_points
from qa_platform.database import reading, transaction
from qa_platform.exports import tables
from qa_platform.exports.evaluations import Wanted, evaluation_rows
from qa_platform.exports.tables import FileForm
from qa_platform.text import explain
from web.access import Needs, QueueReader
from web.asked import address_of, number, one_of
from web.judged import DateUnreadable, field_of, moment_of, spoken_of, zone_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
Releaser = Annotated[Viewer, Depends(Needs(Right.RELEASE_OWN))]
Exporter = Annotated[Viewer, Depends(Needs(Right.EXPORT))]
SEVERITY_DAYS = 90  # how far back scorings of the same conversations tell how severe somebody is
MEDIA = {
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.JSON: "application/json",
}


class NothingChosen(QAError):
    status = 422
    says = "No evaluation is chosen."
    remedy = "Tick those that should be released."


def waiting(session: Any, viewer: Viewer) -> int:
    return desk.to_release(session, viewer)


NAV = Entry(N_("Evaluations"), "file-check", "/evaluations", Right.SEE_QUEUE, order=3, count=waiting)


class Asked(BaseModel):
    """What the list is narrowed to; what is not understood narrows nothing."""

    state: str = ""
    agent: str = ""
    skip: str = ""


@router.get("/evaluations")
def show(request: Request, viewer: QueueReader, asked: Annotated[Asked, Query()], done: str = "") -> Response:
    return _shown(request, viewer, asked, done=done)


@router.post("/evaluations/release")
def release_chosen(
    request: Request,
    viewer: Releaser,
    evaluation: Annotated[list[int], Form()] = [],  # noqa: B006 - FastAPI copies it
    when: Annotated[str, Form()] = "now",
    at: Annotated[str, Form(max_length=40)] = "",
    state: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """The chosen ones, all or none: now, or on a date."""
    now = datetime.now(UTC)
    try:
        if not evaluation:
            raise NothingChosen
        moment = moment_of(request, at) if when == "date" else None
        with transaction(request.app.state.engine) as session:
            for chosen in dict.fromkeys(evaluation):
                release.release(session, viewer, chosen, now=now, at=moment)
    except QAError as refused:
        if refused.status in (403, 404):
            raise
        told = explain(refused, language_of(request))
        return _shown(request, viewer, Asked(state=state), refusal=told, status=refused.status)
    if number(back) is not None:
        return RedirectResponse(f"/interactions/{number(back)}", status_code=303)
    done = "set" if moment else "released"
    return RedirectResponse(f"/evaluations?state={one_of(EvaluationState, state) or ''}&done={done}", status_code=303)


@router.get("/evaluations/export/{form}")
def export(
    request: Request, viewer: Exporter, form: str, since: str = "", until: str = "", agent: str = ""
) -> Response:
    """Every submitted evaluation within reach as a file that no spreadsheet can be attacked with."""
    chosen = tables.form_of(form)
    wanted = Wanted(since=_day(request, since), until=_day(request, until, days=1), agent_id=number(agent))
    with reading(request.app.state.engine) as session:
        rows = list(evaluation_rows(session, viewer, wanted=wanted))
    name = f"evaluations-{datetime.now(zone_of(request)).date().isoformat()}.{chosen.value}"
    return Response(
        _file(rows, chosen),
        media_type=MEDIA[chosen],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _shown(
    request: Request,
    viewer: Viewer,
    asked: Asked,
    *,
    done: str = "",
    refusal: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    now = datetime.now(UTC)
    state, skipped = one_of(EvaluationState, asked.state), number(asked.skip) or 0
    with reading(request.app.state.engine) as session:
        found = desk.desk(session, viewer, state=state, agent_id=number(asked.agent), offset=skipped)
        adjusted = (
            adjusted_points(session, viewer, since=now - timedelta(days=SEVERITY_DAYS), until=now)
            if viewer.may(Right.READ_JUDGEMENT)
            else {}
        )
        choices = interactions.choices(session, viewer)
    return page(
        request,
        "evaluations.html",
        status=status,
        desk=found,
        adjusted=adjusted,
        choices=choices,
        asked=asked,
        chosen_state=state,
        skipped=skipped,
        page_size=desk.PAGE,
        all_count=sum(found.counts.values()),
        address=lambda **change: address_of(
            "/evaluations", asked.model_copy(update={"skip": "", **change}), hidden=set()
        ),
        soonest=field_of(now + timedelta(minutes=5), request),
        tomorrow=field_of(datetime.combine(now.date() + timedelta(days=1), time(15, 0), UTC), request),
        done=done,
        refusal=refusal,
        **spoken_of(request),
    )


def _file(rows: list[Any], form: FileForm) -> bytes:
    if form is FileForm.XLSX:
        book = io.BytesIO()
        tables.write_xlsx(rows, book)
        return book.getvalue()
    text = io.StringIO(newline="")
    (tables.write_csv if form is FileForm.CSV else tables.write_json)(rows, text)
    return text.getvalue().encode("utf-8-sig" if form is FileForm.CSV else "utf-8")


def _day(request: Request, text: str, *, days: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=days) if text else None
    except (ValueError, OverflowError):
        raise DateUnreadable(text=text[:40]) from None
    return None if day is None else datetime.combine(day, time(), zone_of(request))
