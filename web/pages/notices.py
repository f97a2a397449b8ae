"""What happened that concerns a person: each notice opens what it tells of, and opening it marks it read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.notices import inbox
from web.access import Anyone
from web.registry import Entry
from web.render import page
from web.words import N_

router = APIRouter(include_in_schema=False)


def unread(session: Any, viewer: Viewer) -> int:
    return inbox.unread(session, viewer)


NAV = Entry(N_("Notices"), "bell", "/notices", Right.OWN_SETTINGS, order=1, group=10, count=unread)
ICONS = {"evaluation": "file-check", "appeal": "gavel", "calibration_session": "scale"}


@router.get("/notices")
def show(request: Request, viewer: Anyone) -> Response:
    with reading(request.app.state.engine) as session:
        found = inbox.notices(session, viewer)
    return page(request, "notices.html", notices=found, fresh=[one for one in found if not one.read], icons=ICONS)


@router.post("/notices/read")
def read_all(request: Request, viewer: Anyone) -> Response:
    with transaction(request.app.state.engine) as session:
        inbox.mark_read(session, viewer, now=datetime.now(UTC))
    return RedirectResponse("/notices", status_code=303)


@router.post("/notices/{notice_id}")
def open_one(request: Request, viewer: Anyone, notice_id: int) -> Response:
    """Marks it read and leads to what it tells of. To anybody else it is not here."""
    with transaction(request.app.state.engine) as session:
        found = next((one for one in inbox.notices(session, viewer) if one.id == notice_id), None)
        if found is None:
            raise NotFound
        inbox.mark_read(session, viewer, now=datetime.now(UTC), notice_id=notice_id)
        address = _address(session, viewer, found.subject, found.subject_id)
    return RedirectResponse(address, status_code=303)


def _address(session: Any, viewer: Viewer, subject: str, number: int) -> str:
    """Where a person of this role reads about it."""
    if subject == "calibration_session":
        return f"/calibration/{number}"
    own = viewer.may(Right.APPEAL)
    if subject == "appeal":
        evaluation = inbox.evaluation_of_appeal(session, number) if own else None
        return f"/mine/{evaluation}" if evaluation is not None else f"/appeals/{number}"
    if own:
        return f"/mine/{number}"
    interaction = inbox.interaction_of_evaluation(session, number)
    return f"/interactions/{interaction}" if interaction is not None else "/notices"
