"""Appeals: what agents object to, in the order it is due, decided answer by answer by somebody who did not give it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.finding import Answer
from qa_platform.access.rights import Right, Viewer
from qa_platform.appeals import appeal as deciding
from qa_platform.appeals import inbox
from qa_platform.appeals.appeal import Decision
from qa_platform.database import reading, transaction
from qa_platform.evaluations import published_cards
from qa_platform.sample.reasons import label
from qa_platform.text import explain
from web.access import Needs, Reader
from web.asked import number, one_of
from web.judged import readable, spoken_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
Overseer = Annotated[Viewer, Depends(Needs(Right.READ_JUDGEMENT))]
Resolver = Annotated[Viewer, Depends(Needs(Right.RESOLVE_APPEALS))]
PERIODS = (30, 90, 365)


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


def waiting(session: Any, viewer: Viewer) -> int:
    return inbox.waiting(session, viewer)


NAV = Entry(N_("Appeals"), "gavel", "/appeals", Right.READ_JUDGEMENT, order=2, group=2, count=waiting)


@router.get("/appeals")
def show(request: Request, viewer: Overseer, which: str = "", days: str = "") -> Response:
    now, language = datetime.now(UTC), language_of(request)
    period = number(days) if number(days) in PERIODS else PERIODS[1]
    with reading(request.app.state.engine) as session:
        rows = inbox.appeals(session, viewer, now=now, open_only=which != "all")
        told = inbox.figures(session, viewer, since=now - timedelta(days=period or PERIODS[1]), now=now)
        labels = published_cards.question_labels(session, language)
    return page(
        request,
        "appeals.html",
        rows=rows,
        figures=told,
        which=which,
        period=period,
        periods=PERIODS,
        question=lambda code: labels.get(code) or label(code, language),
        **spoken_of(request),
    )


@router.get("/appeals/{appeal_id}")
def read(request: Request, viewer: Reader, appeal_id: int, done: str = "") -> Response:
    """For whoever decides, the reviewer it concerns, and whoever reads over all of them."""
    return _shown(request, viewer, appeal_id, done=done)


@router.post("/appeals/{appeal_id}")
def resolve(request: Request, viewer: Resolver, appeal_id: int, sent: Sent) -> Response:
    decisions = _decisions(sent)
    try:
        with transaction(request.app.state.engine) as session:
            deciding.resolve(session, viewer, appeal_id, list(decisions.values()), now=datetime.now(UTC))
    except QAError as refused:
        if refused.status in (403, 404) and not isinstance(refused, deciding.OwnEvaluation):
            raise
        told = explain(refused, language_of(request))
        return _shown(request, viewer, appeal_id, refusal=told, written=decisions, status=refused.status)
    return RedirectResponse(f"/appeals/{appeal_id}?done=yes", status_code=303)


def _decisions(sent: FormData) -> dict[str, Decision]:
    """By question; what is neither accepted nor rejected is not decided, and the use case says so."""
    found = {}
    for name, chosen in sent.multi_items():
        kind, _, code = name.partition(".")
        if kind != "decide" or chosen not in ("accept", "reject"):
            continue
        found[code] = Decision(
            criterion=code,
            accepted=chosen == "accept",
            comment=str(sent.get(f"why.{code}", "")),
            answer=one_of(Answer, str(sent.get(f"answer.{code}", ""))),
            value=str(sent.get(f"value.{code}", "")),
        )
    return found


def _shown(
    request: Request,
    viewer: Viewer,
    appeal_id: int,
    *,
    done: str = "",
    refusal: tuple[str, str] | None = None,
    written: dict[str, Decision] | None = None,
    status: int = 200,
) -> Response:
    now = datetime.now(UTC)
    with reading(request.app.state.engine) as session:
        filed = inbox.appeal_view(session, viewer, appeal_id, now=now)
        view, subject = readable(session, viewer, filed.row.interaction_id, filed.row.evaluation_id)
    open_ = filed.row.resolved_at is None
    return page(
        request,
        "appeal.html",
        status=status,
        filed=filed,
        view=view,
        subject=subject,
        open=open_,
        may_decide=open_ and viewer.may(Right.RESOLVE_APPEALS) and not filed.row.yours,
        refusal=refusal,
        written=written or {},
        done=done,
        **spoken_of(request),
    )
