"""An agent's own page: the evaluations released to them, to be read, acknowledged and, answer by answer, appealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.evaluations import EvaluationState
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.appeals import appeal as appealing
from qa_platform.appeals import inbox, release
from qa_platform.appeals.appeal import Objection
from qa_platform.calibration.sheet import subjects
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from web.access import Needs
from web.judged import readable, spoken_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
Evaluated = Annotated[Viewer, Depends(Needs(Right.APPEAL))]
WHY = "why."  # a field of the form: "why." and the question's code


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


def unread(session: Any, viewer: Viewer) -> int:
    own = inbox.own_evaluations(session, viewer, now=datetime.now(UTC))
    return sum(one.state is EvaluationState.RELEASED for one in own)


NAV = Entry(N_("Evaluations"), "file-check", "/mine", Right.APPEAL, order=0, count=unread)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was kept, with what had been written: nobody writes it twice."""

    says: str
    remedy: str
    written: dict[str, str]


@router.get("/mine")
def show(request: Request, viewer: Evaluated) -> Response:
    now = datetime.now(UTC)
    with reading(request.app.state.engine) as session:
        own = inbox.own_evaluations(session, viewer, now=now)
        about = subjects(session, viewer, [one.interaction_id for one in own])
    return page(
        request,
        "mine.html",
        own=own,
        about=about,
        unread=[one for one in own if one.state is EvaluationState.RELEASED],
        appealable=sorted((one for one in own if one.may_appeal), key=lambda one: one.appeal_until or now),
        decided=[one for one in own if one.outcome is not None],
        waiting=[one for one in own if one.state is EvaluationState.APPEALED],
        **spoken_of(request),
    )


@router.get("/mine/{evaluation_id}")
def read(request: Request, viewer: Evaluated, evaluation_id: int, done: str = "") -> Response:
    return _shown(request, viewer, evaluation_id, done=done)


@router.post("/mine/{evaluation_id}/acknowledge")
def acknowledge(request: Request, viewer: Evaluated, evaluation_id: int) -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            release.acknowledge(session, viewer, evaluation_id, now=datetime.now(UTC))
    except QAError as refused:
        return _refused(request, viewer, evaluation_id, refused, {})
    return RedirectResponse(f"/mine/{evaluation_id}?done=acknowledged", status_code=303)


@router.post("/mine/{evaluation_id}/appeal")
def appeal(request: Request, viewer: Evaluated, evaluation_id: int, sent: Sent) -> Response:
    """Every answer with words beside it is appealed; what is left empty is not."""
    written = {
        name.removeprefix(WHY): value.strip()
        for name, value in sent.multi_items()
        if name.startswith(WHY) and isinstance(value, str) and value.strip()
    }
    try:
        with transaction(request.app.state.engine) as session:
            appealing.appeal(
                session,
                viewer,
                evaluation_id,
                [Objection(criterion, comment) for criterion, comment in written.items()],
                now=datetime.now(UTC),
            )
    except QAError as refused:
        return _refused(request, viewer, evaluation_id, refused, written)
    return RedirectResponse(f"/mine/{evaluation_id}?done=appealed", status_code=303)


def _refused(
    request: Request, viewer: Viewer, evaluation_id: int, refused: QAError, written: dict[str, str]
) -> Response:
    if refused.status in (403, 404):
        raise refused
    told = Refusal(*explain(refused, language_of(request)), written)
    return _shown(request, viewer, evaluation_id, refusal=told, status=refused.status)


def _shown(
    request: Request,
    viewer: Viewer,
    evaluation_id: int,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    now = datetime.now(UTC)
    with reading(request.app.state.engine) as session:
        own = next((one for one in inbox.own_evaluations(session, viewer, now=now) if one.id == evaluation_id), None)
        if own is None:
            raise NotFound
        view, subject = readable(session, viewer, own.interaction_id, evaluation_id)
        filed = inbox.appeal_view(session, viewer, own.appeal_id, now=now) if own.appeal_id is not None else None
    return page(
        request,
        "my_evaluation.html",
        status=status,
        own=own,
        view=view,
        subject=subject,
        filed=filed,
        appealed={one.criterion: one for one in filed.lines} if filed else {},
        refusal=refusal,
        written=refusal.written if refusal else {},
        done=done,
        **spoken_of(request),
    )
