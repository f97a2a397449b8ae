"""One call or chat under review: its sound, its words, what was found, and the scorecard beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from models.errors import QAError
from models.finding import Answer
from models.interactions import Verdict
from qa_platform.access.rights import Viewer
from qa_platform.database import reading, transaction
from qa_platform.ears.playback import playable, recording
from qa_platform.evaluations import evaluation
from qa_platform.evaluations.change import StaleVersion
from qa_platform.evaluations.evaluation import Incomplete, NotListened
from qa_platform.sample import claims
from qa_platform.sides.correct import name_agent, swap
from qa_platform.text import explain
from web.access import Reader, Reviewer
from web.asked import one_of
from web.render import language_of, page
from web.review_screen import conflict_lines, screen

router = APIRouter(include_in_schema=False)
PIECES = "x-pieces"  # the scripts ask for the changed pieces only; without scripts the page is shown again

Text = Annotated[str, Form(max_length=4000)]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a change was made on: the version on screen, and (as JSON) every change the browser still holds."""

    version: int
    waiting: str = "[]"


def basis(version: Annotated[int, Form(ge=0)], waiting: Annotated[str, Form(max_length=100_000)] = "[]") -> Basis:
    return Basis(version, waiting)


Made = Annotated[Basis, Depends(basis)]


@router.get("/interactions/{interaction_id}")
def show(request: Request, viewer: Reader, interaction_id: int) -> Response:
    return page(request, "review.html", **screen(request, viewer, interaction_id))


@router.get("/interactions/{interaction_id}/audio")
def audio(request: Request, viewer: Reader, interaction_id: int) -> Response:
    """The recording, in the ranges that a player asks for."""
    with reading(request.app.state.engine) as session:
        content = recording(session, viewer, interaction_id, request.app.state.settings)
    sound = playable(content)
    return FileResponse(sound.path, media_type=sound.media_type, headers={"Cache-Control": "private, max-age=3600"})


@router.post("/interactions/{interaction_id}/answers/{criterion}")
def answer(
    request: Request,
    viewer: Reviewer,
    interaction_id: int,
    criterion: str,
    made: Made,
    answer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
    comment: Text = "",
    value: Text = "",
) -> Response:
    given = one_of(Answer, answer)

    def change(session: Any, mine: int, now: datetime) -> None:
        evaluation.answer(
            session,
            viewer,
            mine,
            criterion,
            given,
            expected_version=made.version,
            now=now,
            reason=reason,
            comment=comment,
            value=value,
        )

    return _changed(request, viewer, interaction_id, change, made=made, anchor=f"crit-{criterion}")


@router.post("/interactions/{interaction_id}/confirm-clear")
def confirm_clear(
    request: Request, viewer: Reviewer, interaction_id: int, made: Made, undo: Annotated[str, Form()] = ""
) -> Response:
    """Confirms every clear proposal at once, or takes exactly that back."""
    act = evaluation.undo_clear if undo else evaluation.confirm_clear

    def change(session: Any, mine: int, now: datetime) -> None:
        act(session, viewer, mine, expected_version=made.version, now=now)

    return _changed(request, viewer, interaction_id, change, made=made)


@router.post("/interactions/{interaction_id}/summary")
def summarize(request: Request, viewer: Reviewer, interaction_id: int, made: Made, text: Text = "") -> Response:
    def change(session: Any, mine: int, now: datetime) -> None:
        evaluation.summarize(session, viewer, mine, text, expected_version=made.version, now=now)

    return _changed(request, viewer, interaction_id, change, made=made, anchor="summary")


@router.post("/interactions/{interaction_id}/findings/{finding_id}")
def judge(
    request: Request,
    viewer: Reviewer,
    interaction_id: int,
    finding_id: int,
    verdict: Annotated[Verdict, Form()],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    def change(session: Any, _mine: int, now: datetime) -> None:
        evaluation.judge_finding(session, viewer, finding_id, verdict, now=now, why=why)

    return _changed(request, viewer, interaction_id, change, finding=finding_id, anchor=f"finding-{finding_id}")


@router.post("/interactions/{interaction_id}/remarks")
def remark(
    request: Request,
    viewer: Reviewer,
    interaction_id: int,
    text: Text,
    turn: Annotated[int | None, Form()] = None,
    second: Annotated[float | None, Form()] = None,
) -> Response:
    def change(session: Any, mine: int, now: datetime) -> None:
        evaluation.comment_at(session, viewer, mine, text, now=now, turn=turn, second=second)

    return _changed(request, viewer, interaction_id, change, turn=turn, anchor=f"turn-{turn}")


@router.post("/interactions/{interaction_id}/remarks/{remark_id}/remove")
def remove_remark(
    request: Request, viewer: Reviewer, interaction_id: int, remark_id: int, turn: Annotated[int | None, Form()] = None
) -> Response:
    def change(session: Any, _mine: int, now: datetime) -> None:
        evaluation.remove_comment(session, viewer, remark_id, now=now)

    return _changed(request, viewer, interaction_id, change, turn=turn, anchor=f"turn-{turn}")


@router.post("/interactions/{interaction_id}/heard")
def heard(request: Request, viewer: Reviewer, interaction_id: int, seconds: Annotated[float, Form()]) -> Response:
    """Seconds newly listened to; says nothing back."""
    now = datetime.now(UTC)
    with transaction(request.app.state.engine) as session:
        mine = evaluation.open_evaluation(session, viewer, interaction_id, now=now, take=False)
        evaluation.listened(session, viewer, mine.id, seconds, now=now)
    return Response(status_code=204)


@router.post("/interactions/{interaction_id}/sides")
def set_sides(
    request: Request,
    viewer: Reviewer,
    interaction_id: int,
    agent_channel: Annotated[int | None, Form(ge=0, le=1)] = None,
) -> Response:
    """Agent and customer change places, or the agent's channel is named; everything is worked out again."""
    now = datetime.now(UTC)
    try:
        with transaction(request.app.state.engine) as session:
            if agent_channel is None:
                swap(session, viewer, interaction_id, now=now)
            else:
                name_agent(session, viewer, interaction_id, agent_channel, now=now)
    except QAError as refused:
        return _refused(request, viewer, interaction_id, refused)
    return RedirectResponse(f"/interactions/{interaction_id}", status_code=303)


@router.post("/interactions/{interaction_id}/submit")
def submit(request: Request, viewer: Reviewer, interaction_id: int, made: Made) -> Response:
    """Closes the evaluation and opens the next of the queue."""

    def change(session: Any, mine: int, now: datetime) -> None:
        evaluation.submit(session, viewer, mine, expected_version=made.version, now=now)

    return _changed(request, viewer, interaction_id, change, made=made, then=_next)


@router.post("/interactions/{interaction_id}/skip")
def skip(
    request: Request,
    viewer: Reviewer,
    interaction_id: int,
    item: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=100)] = "",
    detail: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Out of the queue unreviewed, for a reason, and on to the next."""

    def change(session: Any, _mine: int, now: datetime) -> None:
        told = ": ".join(part for part in (reason, detail.strip()) if part)
        claims.skip(session, viewer, item, reason=told, now=now)

    return _changed(request, viewer, interaction_id, change, then=_next)


def _next(request: Request, viewer: Viewer) -> Response:
    with transaction(request.app.state.engine) as session:
        row = claims.take_next(session, viewer, now=datetime.now(UTC))
    return RedirectResponse(f"/interactions/{row.interaction_id}" if row else "/queue", status_code=303)


def _changed(
    request: Request,
    viewer: Viewer,
    interaction_id: int,
    change: Callable[[Any, int, datetime], None],
    *,
    made: Basis | None = None,
    finding: int | None = None,
    turn: int | None = None,
    anchor: str = "",
    then: Callable[[Request, Viewer], Response] | None = None,
) -> Response:
    """One change in one transaction; then what of the page has changed, or exactly why nothing has."""
    now = datetime.now(UTC)
    try:
        with transaction(request.app.state.engine) as session:
            change(session, evaluation.open_evaluation(session, viewer, interaction_id, now=now).id, now)
    except StaleVersion as stale:
        return _conflict(request, viewer, interaction_id, stale, made)
    except QAError as refused:
        return _refused(request, viewer, interaction_id, refused)
    if then:
        return then(request, viewer)
    if not _wants_pieces(request):
        return RedirectResponse(f"/interactions/{interaction_id}#{anchor}", status_code=303)
    shown = screen(request, viewer, interaction_id, whole=turn is not None)
    return page(request, "review_pieces.html", changed_finding=finding, changed_turn=turn, **shown)


def _conflict(
    request: Request, viewer: Viewer, interaction_id: int, stale: StaleVersion, made: Basis | None
) -> Response:
    """Both versions side by side: what waits in this browser, and what stands."""
    language = language_of(request)
    template = "review_conflict.html" if _wants_pieces(request) else "review.html"
    lines = conflict_lines(stale, made.waiting if made else "[]", language)
    shown = screen(request, viewer, interaction_id, whole=not _wants_pieces(request))
    shown |= {"conflict": lines, "stale": stale.current}
    return page(request, template, status=stale.status, **shown)


def _refused(request: Request, viewer: Viewer, interaction_id: int, refused: QAError) -> Response:
    if refused.status in (403, 404):
        raise refused
    says, remedy = explain(refused, language_of(request))
    template = "review_trouble.html" if _wants_pieces(request) else "review.html"
    missing = refused.missing if isinstance(refused, Incomplete) else ()
    shown = screen(request, viewer, interaction_id, whole=not _wants_pieces(request))
    shown |= {"refusal": (says, remedy), "lacking": missing, "unheard": isinstance(refused, NotListened)}
    return page(request, template, status=refused.status, **shown)


def _wants_pieces(request: Request) -> bool:
    return request.headers.get(PIECES) == "yes"
