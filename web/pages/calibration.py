"""The calibration room: sessions are opened, scored blind, closed, and then compared question by question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.finding import Answer
from qa_platform.access.rights import Right, Viewer
from qa_platform.calibration import choose, results, room, sheet
from qa_platform.calibration.sheet import Change, Room, Sheet
from qa_platform.database import reading, transaction
from qa_platform.review.opening import review_page
from qa_platform.review.page import Spoken
from qa_platform.text import explain
from web.access import Needs, QueueReader
from web.asked import number, one_of
from web.judged import field_of, moment_of, spoken_of
from web.registry import Entry
from web.render import language_of, page
from web.review_wording import SPEAKERS
from web.words import N_

router = APIRouter(include_in_schema=False)
Rater = Annotated[Viewer, Depends(Needs(Right.CALIBRATE))]
Leader = Annotated[Viewer, Depends(Needs(Right.LEAD_CALIBRATION))]
COMPARED = 12  # closed sessions whose agreement the list tells
PIECES = "x-pieces"


class NobodyInvited(QAError):
    status = 422
    says = "Fewer than two people are invited."
    remedy = "Choose at least two: agreement needs somebody to agree with."


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


def waiting(session: Any, viewer: Viewer) -> int:
    return sheet.waiting(session, viewer)


NAV = Entry(N_("Calibration"), "scale", "/calibration", Right.SEE_QUEUE, order=1, group=2, count=waiting)


@router.get("/calibration")
def show(request: Request, viewer: QueueReader) -> Response:
    with reading(request.app.state.engine) as session:
        rows = results.sessions(session, viewer, open_only=False)
        about = sheet.subjects(session, viewer, [row.interaction_id for row in rows])
        closed = [row for row in rows if row.closed_at is not None]
        compared = {
            row.id: results.result(session, viewer, row.id)
            for row in closed[:COMPARED]
            if viewer.may(Right.READ_JUDGEMENT) or row.mine_submitted
        }
    open_ = [row for row in rows if row.closed_at is None]
    return page(
        request,
        "calibration.html",
        mine=[row for row in open_ if row.sheet_id is not None and not row.mine_submitted],
        free=[row for row in open_ if row.free],
        others=[row for row in open_ if not row.free and (row.sheet_id is None or row.mine_submitted)],
        closed=closed,
        compared=compared,
        about=about,
        **spoken_of(request),
    )


@router.get("/calibration/new")
def new(request: Request, viewer: Leader, interaction: str = "") -> Response:
    return _new(request, viewer, written={"interaction": interaction})


@router.post("/calibration")
def open_session(
    request: Request,
    viewer: Leader,
    interaction: Annotated[str, Form(max_length=120)] = "",
    people: Annotated[list[int], Form()] = [],  # noqa: B006 - FastAPI copies it
    expert: Annotated[str, Form()] = "",
    closes: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    try:
        if len({*people, *filter(None, [number(expert)])}) < 2:
            raise NobodyInvited
        with transaction(request.app.state.engine) as session:
            opened = room.open_session(
                session,
                viewer,
                choose.named(session, viewer, interaction),
                people,
                now=datetime.now(UTC),
                expert_id=number(expert),
                closes_at=moment_of(request, closes) if closes else None,
            )
    except QAError as refused:
        if refused.status == 403:
            raise
        written = {"interaction": interaction, "people": people, "expert": number(expert), "closes": closes}
        told = explain(refused, language_of(request))
        return _new(request, viewer, written=written, refusal=told, status=refused.status)
    return RedirectResponse(f"/calibration/{opened}", status_code=303)


@router.get("/calibration/{session_id}")
def enter(request: Request, viewer: QueueReader, session_id: int) -> Response:
    return _shown(request, viewer, session_id)


@router.post("/calibration/{session_id}/join")
def join(request: Request, viewer: Rater, session_id: int) -> Response:
    """Takes the free second scoring, or goes to the sheet one was invited to."""
    with transaction(request.app.state.engine) as session:
        room.join(session, viewer, session_id, now=datetime.now(UTC))
    return RedirectResponse(f"/calibration/{session_id}", status_code=303)


@router.post("/calibration/{session_id}/close")
def close(request: Request, viewer: Leader, session_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        room.close(session, viewer, session_id, now=datetime.now(UTC))
    return RedirectResponse(f"/calibration/{session_id}", status_code=303)


@router.post("/calibration/{session_id}/sheet")
def save(request: Request, viewer: Rater, session_id: int, sent: Sent) -> Response:
    """The whole sheet as it stands in the browser; `submit` also closes it."""
    expected = number(str(sent.get("version", ""))) or 0
    try:
        with transaction(request.app.state.engine) as session:
            known = sheet.room_view(session, viewer, session_id)
            own = sheet.sheet_view(session, viewer, known.sheet_id or 0)
            version = sheet.fill(session, viewer, own.id, _changes(own, sent), expected_version=expected)
    except QAError as refused:
        return _refused(request, viewer, session_id, refused)
    if not sent.get("submit"):
        if request.headers.get(PIECES) == "yes":
            return _shown(request, viewer, session_id, pieces=True)
        return RedirectResponse(f"/calibration/{session_id}", status_code=303)
    try:
        with transaction(request.app.state.engine) as session:
            room.submit(session, viewer, own.id, expected_version=version, now=datetime.now(UTC))
    except QAError as refused:
        return _refused(request, viewer, session_id, refused)
    return RedirectResponse(f"/calibration/{session_id}", status_code=303)


def _refused(request: Request, viewer: Viewer, session_id: int, refused: QAError) -> Response:
    if refused.status in (403, 404):
        raise refused
    told = explain(refused, language_of(request))
    return _shown(request, viewer, session_id, refusal=told, status=refused.status)


def _changes(own: Sheet, sent: FormData) -> list[Change]:
    """What the form holds of every question that it asked. "a:met" is an answer, "v:<option>" an option."""
    changes = []
    for question in own.questions:
        code = question.criterion.code
        if f"has.{code}" not in sent:
            continue
        kind, _, picked = str(sent.get(f"pick.{code}", "")).partition(":")
        changes.append(
            Change(
                criterion=code,
                answer=one_of(Answer, picked) if kind == "a" else None,
                value=picked if kind == "v" else str(sent.get(f"value.{code}", "")),
                comment=str(sent.get(f"comment.{code}", "")),
            )
        )
    return changes


def _new(
    request: Request,
    viewer: Viewer,
    *,
    written: dict[str, Any],
    refusal: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    with reading(request.app.state.engine) as session:
        raters = sheet.raters(session)
        offered = choose.offered(session, viewer)
    return page(
        request,
        "calibration_new.html",
        status=status,
        raters=raters,
        offered=offered,
        written={"interaction": "", "people": [], "expert": None, "closes": "", **written},
        soonest=field_of(datetime.now(UTC) + timedelta(minutes=10), request),
        refusal=refusal,
        **spoken_of(request),
    )


def _shown(
    request: Request,
    viewer: Viewer,
    session_id: int,
    *,
    refusal: tuple[str, str] | None = None,
    status: int = 200,
    pieces: bool = False,
) -> Response:
    with reading(request.app.state.engine) as session:
        known = sheet.room_view(session, viewer, session_id)
        if known.closed_at is not None:
            found = results.result(session, viewer, session_id)
            return page(
                request,
                "calibration_result.html",
                status=status,
                room=known,
                found=found,
                refusal=refusal,
                **spoken_of(request),
            )
        if known.sheet_id is None or known.mine_submitted:
            return page(
                request, "calibration_wait.html", status=status, room=known, refusal=refusal, **spoken_of(request)
            )
        own = sheet.sheet_view(session, viewer, known.sheet_id)
        heard = () if pieces else _heard(session, viewer, known, language_of(request))
        spoken = spoken_of(request)
    return page(
        request,
        "calibration_sheet.html",
        status=status,
        room=known,
        sheet=own,
        heard=heard,
        speakers=SPEAKERS,
        refusal=refusal,
        **spoken,
    )


def _heard(session: Any, viewer: Viewer, known: Room, language: str) -> Any:
    """The words alone: no finding, no proposal and no remark, which would make everybody see the same."""
    loaded = review_page(session, viewer, known.subject.interaction_id, language=language)
    return [row for row in loaded.rows if isinstance(row, Spoken)]
