"""Originals from before card data was hidden: which portfolios keep them, who may open them, and one that is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from models.errors import QAError
from models.originals import OriginalKind
from qa_platform.access.rights import Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.formats.reading.text import decoded
from qa_platform.originals import opening, policy
from qa_platform.originals.sound import Sound, sound_of
from qa_platform.text import explain
from web.access import Needs, Reader
from web.asked import number, one_of
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Originals"), "lock", "/originals", Right.MANAGE_ORIGINALS, order=5, group=9)
Keeper = Annotated[Viewer, Depends(Needs(Right.MANAGE_ORIGINALS))]
PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
LONGEST_SHOWN = 400_000  # characters of a file of words on a page


@router.get("/originals")
def show(request: Request, viewer: Keeper) -> Response:
    return _shown(request, viewer)


@router.post("/originals/portfolios/{portfolio_id}")
def keep(
    request: Request,
    viewer: Keeper,
    portfolio_id: int,
    act: Annotated[str, Form()] = "keep",
    days: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    wanted = None if act == "stop" else number(days) or 0
    try:
        with transaction(request.app.state.engine) as session:
            policy.set_policy(
                session, viewer, portfolio_id, wanted, settings=request.app.state.settings, now=datetime.now(UTC)
            )
    except QAError as refused:
        return _refused(request, viewer, refused)
    return RedirectResponse("/originals", status_code=303)


@router.post("/originals/people/{person_id}")
def let(request: Request, viewer: Keeper, person_id: int, given: Annotated[str, Form()] = "") -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            policy.grant(session, viewer, person_id, given=given == "yes", now=datetime.now(UTC))
    except QAError as refused:
        return _refused(request, viewer, refused)
    return RedirectResponse("/originals", status_code=303)


@router.post("/interactions/{interaction_id}/originals")
def open_one(
    request: Request,
    viewer: Reader,
    interaction_id: int,
    kind: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=opening.LONGEST_NOTE)] = "",
) -> Response:
    """On record first; then the page on which it can be heard or read for some minutes."""
    with transaction(request.app.state.engine) as session:
        leave = opening.open_original(
            session,
            viewer,
            interaction_id,
            one_of(OriginalKind, kind) or OriginalKind.RECORDING,
            reason=reason,
            note=note,
            now=datetime.now(UTC),
        )
    return RedirectResponse(f"/interactions/{interaction_id}/originals/{leave}", status_code=303)


@router.get("/interactions/{interaction_id}/originals/{opening_id}")
def opened(request: Request, viewer: Reader, interaction_id: int, opening_id: int) -> Response:
    original = _original(request, viewer, interaction_id, opening_id)
    with original.content:
        written = original.kind is OriginalKind.TRANSCRIPT and original.coding == "text"
        text = decoded(original.content.read(), name="")[:LONGEST_SHOWN] if written else ""
    return page(
        request,
        "original.html",
        headers=PRIVATE,
        interaction=interaction_id,
        opening=opening_id,
        heard=original.kind is OriginalKind.RECORDING,
        text=text,
        minutes=opening.MINUTES,
    )


@router.get("/interactions/{interaction_id}/originals/{opening_id}/content")
def content(request: Request, viewer: Reader, interaction_id: int, opening_id: int) -> Response:
    """The sound as WAV, in the ranges that a player asks for; a file of words as it came in."""
    original = _original(request, viewer, interaction_id, opening_id)
    if original.kind is OriginalKind.TRANSCRIPT:
        with original.content:
            data = original.content.read()
        attached = {"Content-Disposition": f'attachment; filename="original-{interaction_id}"'}
        return Response(data, media_type="application/octet-stream", headers=PRIVATE | attached)
    sound = sound_of(original.content, original.coding, original.seconds)
    first, stop = _asked(request.headers.get("range", ""), sound.size)
    headers = PRIVATE | {"Accept-Ranges": "bytes", "Content-Length": str(stop - first)}
    if "range" in request.headers:
        headers["Content-Range"] = f"bytes {first}-{stop - 1}/{sound.size}"
    status = 206 if "range" in request.headers else 200
    return StreamingResponse(_sent(sound, first, stop), status, headers, "audio/wav")


def _sent(sound: Sound, first: int, stop: int) -> Iterator[bytes]:
    with sound.content:
        yield from sound.bytes_between(first, stop)


def _original(request: Request, viewer: Viewer, interaction_id: int, opening_id: int) -> opening.Original:
    with reading(request.app.state.engine) as session:
        return opening.opened(
            session, viewer, interaction_id, opening_id, settings=request.app.state.settings, now=datetime.now(UTC)
        )


def _asked(header: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; the whole where it is no range that fits."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    first = int(found[1])
    stop = min(size, int(found[2]) + 1) if found[2] else size
    return (first, stop) if first < stop else (0, size)


def _refused(request: Request, viewer: Viewer, refused: QAError) -> Response:
    if refused.status in (403, 404):
        raise refused
    return _shown(request, viewer, status=refused.status, refusal=explain(refused, language_of(request)))


def _shown(request: Request, viewer: Viewer, *, status: int = 200, refusal: tuple[str, str] | None = None) -> Response:
    with reading(request.app.state.engine) as session:
        return page(
            request,
            "originals.html",
            status=status,
            refusal=refusal,
            portfolios=policy.policies(session, viewer),
            people=policy.candidates(session, viewer),
            openings=policy.last_opened(session, viewer),
            reasons=opening.REASONS,
            most_days=policy.MOST_DAYS,
        )
