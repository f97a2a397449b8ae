"""Scorecards: the one in use as people fill it in, every version and what it changed, and the builder of the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.conversation import Channel, Direction
from models.errors import QAError
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.authoring import drafts, edits, portfolios, versions
from qa_platform.authoring.drafts import Draft, NoDraft
from qa_platform.authoring.examine import examine
from qa_platform.database import reading, transaction
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.published_cards import USUAL
from qa_platform.text import explain
from scorecards import load, weights
from scorecards.asked import applies
from web.access import Needs, Reader
from web.asked import number, one_of
from web.card_form import applied, as_typed, text
from web.card_steps import after, earlier, total, weight_of
from web.card_words import AUTO_FAIL, COUNTING, KIND, NOT_APPLICABLE, CardWords
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Scorecards"), "clipboard-check", "/scorecards", Right.SEE_INTERACTIONS, order=9, group=2)
Author = Annotated[Viewer, Depends(Needs(Right.MANAGE_SCORECARDS))]
NOTHING: Mapping[str, Any] = MappingProxyType({"sections": ()})  # what a new scorecard is compared with
# What a file may leave out, as the fields show it.
UNWRITTEN: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("comment_required_on", "channels", "directions", "steps", "slips", "applies_on"), ()),
        **dict.fromkeys(("critical", "zero_if_not_met", "optional"), False),
        "kind": "yes_no",
        "counts": "weight",
        "na": "",
        "weight": "",
        "asked_if": None,
    }
)
UNWRITTEN_CARD: Mapping[str, Any] = MappingProxyType(
    {"auto_fail": (), "auto_fail_mode": "zero", "na": "redistribute", "appeal_days": 7, "resolve_days": 5}
)


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


@router.get("/scorecards")
def show(
    request: Request,
    viewer: Reader,
    card: str = USUAL,
    version: str = "",
    old: str = "",
    new: str = "",
    channel: str = "",
    direction: str = "",
    saved: str = "",
    given: str = "",
) -> Response:
    language = language_of(request)
    with reading(request.app.state.engine) as session:
        codes = published_cards.codes(session)
        if card not in codes:
            raise NotFound
        history = versions.history(session, card)
        shown = next((one for one in history if one.card.version == number(version)), history[0])
        pair = number(old), number(new)
        known = {one.card.version for one in history}
        compared = versions.comparison(session, viewer, card, *pair) if _both(pair, known) else None  # type: ignore[arg-type]
        author = viewer.may(Right.MANAGE_SCORECARDS)
        written = drafts.draft(session, card) if author else None
        new_ones = drafts.new_ones(session) if author else ()
        judged = portfolios.judged(session, viewer) if author else ()
    return page(
        request,
        "scorecards.html",
        codes=codes,
        history=history,
        shown=shown,
        compared=compared,
        draft=written,
        saved=number(saved),
        given=given,
        new_ones=new_ones,
        judged=judged,
        usual=USUAL,
        **_seen(channel, direction, language),
    )


@router.get("/scorecards/{code}/{version}.yaml")
def as_file(request: Request, viewer: Reader, code: str, version: int) -> Response:  # noqa: ARG001 - the rule
    with reading(request.app.state.engine) as session:
        card = published_cards.published(session, code, version)
    return _file(load.as_yaml(card), f"{code}-v{version}.yaml")


@router.post("/scorecards/{code}/begin")
def begin(request: Request, viewer: Author, code: str) -> Response:
    with transaction(request.app.state.engine) as session:
        drafts.begin(session, viewer, code, now=datetime.now(UTC))
    return RedirectResponse(f"/scorecards/{code}/draft", status_code=303)


@router.get("/scorecards/{code}/draft")
def build(request: Request, viewer: Author, code: str, at: str = "card") -> Response:  # noqa: ARG001 - the rule
    with reading(request.app.state.engine) as session:
        written = drafts.draft(session, code)
        if written is None:
            return _back(session, code)
    return _builder(request, written, at=at)


@router.post("/scorecards/{code}/draft")
def change(request: Request, viewer: Author, code: str, form: Sent) -> Response:
    """Keeps everything that stands on the screen, then does what the pressed button says."""
    now, act, at = datetime.now(UTC), text(form, "act"), text(form, "at") or "card"
    see = {"channel": text(form, "see.channel"), "direction": text(form, "see.direction")}
    expected = number(text(form, "version")) or 0
    try:
        with transaction(request.app.state.engine) as session:
            if act == "discard":
                drafts.discard(session, viewer, code, expected=expected, now=now)
                return _back(session, code)
            before = drafts.draft(session, code)
            if before is None:
                raise NoDraft
            base = load.content(published_cards.published(session, code, before.base)) if before.base else NOTHING
            content = applied(before.content, form)
            step = after(act, content, base, at)
            kept = drafts.save(session, viewer, code, step.content, expected=expected, now=now)
    except QAError as refused:
        return _refused(request, code, refused, at=at, form=form, **see)
    if act == "publish":
        return _publish(request, viewer, kept, at=at, **see)
    if request.headers.get("x-part") != "builder" and act:
        return RedirectResponse(f"/scorecards/{code}/draft?at={step.at}", status_code=303)
    fresh = act.startswith(("question:", "section"))
    return _builder(request, kept, at=step.at, fresh=fresh, channel=see["channel"], direction=see["direction"])


@router.post("/scorecards/{code}/draft/file")
def take_file(
    request: Request,
    viewer: Author,
    code: str,
    content: Annotated[str, Form(max_length=400_000)] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """The draft becomes what a file says."""
    try:
        with transaction(request.app.state.engine) as session:
            drafts.take_file(session, viewer, code, content, expected=number(version) or 0, now=datetime.now(UTC))
    except QAError as refused:
        return _refused(request, code, refused, at="file", typed=content)
    return RedirectResponse(f"/scorecards/{code}/draft?at=file", status_code=303)


def _back(session: Any, code: str) -> Response:
    """To the card, where there is one already."""
    known = code in published_cards.codes(session)
    return RedirectResponse(f"/scorecards?card={code}" if known else "/scorecards", status_code=303)


def _publish(request: Request, viewer: Viewer, written: Draft, *, at: str, channel: str, direction: str) -> Response:
    try:
        with transaction(request.app.state.engine) as session:
            card = drafts.publish(session, viewer, written.code, expected=written.version, now=datetime.now(UTC))
    except QAError as refused:
        return _refused(request, written.code, refused, at=at, channel=channel, direction=direction)
    return RedirectResponse(f"/scorecards?card={card.code}&saved={card.version}", status_code=303)


def _refused(
    request: Request,
    code: str,
    refused: QAError,
    *,
    at: str,
    channel: str = "",
    direction: str = "",
    typed: str | None = None,
    form: FormData | None = None,
) -> Response:
    """The builder with what was refused: the draft as it is kept, and on top of it what stands on the screen."""
    with reading(request.app.state.engine) as session:
        written = drafts.draft(session, code)
    if written is None:
        raise refused
    if form is not None:
        written = replace(written, content=applied(written.content, form))
    told = explain(refused, language_of(request))
    return _builder(
        request, written, at=at, refused=told, status=refused.status, typed=typed, channel=channel, direction=direction
    )


def _builder(
    request: Request,
    written: Draft,
    *,
    at: str,
    channel: str = "",
    direction: str = "",
    fresh: bool = False,
    refused: tuple[str, str] | None = None,
    status: int = 200,
    typed: str | None = None,
) -> Response:
    language = language_of(request)
    with reading(request.app.state.engine) as session:
        base = published_cards.published(session, written.code, written.base) if written.base else None
    seen = examine(written.content, base)
    place = edits.find(written.content, at.partition(":")[2]) if at.startswith("question:") else None
    section = next((part for part in written.content["sections"] if f"section:{part['code']}" == at), None)
    context = {
        "draft": written,
        "base": base,
        "seen": seen,
        "problem": explain(seen.problem.error, language) if seen.problem else None,
        "at": at if place or section or at == "file" else "card",
        "whole": {**UNWRITTEN_CARD, **written.content},
        "sections": [
            {**part, "criteria": [{**UNWRITTEN, **one} for one in part["criteria"]]}
            for part in written.content["sections"]
        ],
        "question": {**UNWRITTEN, **written.content["sections"][place[0]]["criteria"][place[1]]} if place else None,
        "home": written.content["sections"][place[0]] if place else None,
        "earlier": earlier(written.content, at.partition(":")[2]),
        "section": section,
        "total": total(written.content),
        "sums": {part["code"]: weight_of(part) for part in written.content["sections"]},
        "outside": weights.outside,
        "worked_out": {one.code: one.weight for one in seen.card.criteria} if seen.card else {},
        "fresh": fresh,
        "typed": as_typed,
        "refused": refused,
        "yaml": typed or drafts.as_file(written),
        "terms": {"kind": KIND, "counts": COUNTING, "na": NOT_APPLICABLE, "auto_fail": AUTO_FAIL},
        **_seen(channel, direction, language),
    }
    part = request.headers.get("x-part") == "builder"
    return page(request, "scorecard_builder_part.html" if part else "scorecard_builder.html", status=status, **context)


def _seen(channel: str, direction: str, language: str) -> dict[str, Any]:
    """How the preview is looked at."""
    return {
        "channel": one_of(Channel, channel) or Channel.VOICE,
        "direction": one_of(Direction, direction) or Direction.OUTBOUND,
        "tell": CardWords(language),
        "applies": applies,
    }


def _both(pair: tuple[int | None, int | None], known: set[int]) -> bool:
    return pair[0] in known and pair[1] in known and pair[0] != pair[1]


def _file(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/yaml; charset=utf-8", headers=headers)
