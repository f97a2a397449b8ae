"""The sampling plan: who is listened to, tried out against today before it is saved as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access.rights import Right, Viewer
from qa_platform.authoring import foreseen
from qa_platform.authoring.plan_changes import plan_changes
from qa_platform.database import reading, transaction
from qa_platform.sample import plan as plans
from qa_platform.sample import preview, stored_plans
from qa_platform.sample.plan import Plan
from qa_platform.sample.preview import Preview
from qa_platform.sample.strata import RISKS
from qa_platform.text import explain, phrase
from scorecards.diff import Change
from web import words
from web.access import Needs, QueueReader
from web.asked import number
from web.card_form import text
from web.plan_form import WEIGHABLE, as_content, fields_of, typed
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Sampling plan"), "dice-5", "/plans", Right.SEE_QUEUE, order=10, group=2)
Planner = Annotated[Viewer, Depends(Needs(Right.MANAGE_PLANS))]
SHOWN = 12


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


@router.get("/plans")
def show(request: Request, viewer: QueueReader, saved: str = "") -> Response:
    return _shown(request, viewer, saved=number(saved))


@router.post("/plans")
def try_or_save(request: Request, viewer: Planner, form: Sent) -> Response:
    """Shows what the plan as typed would draw today; the button saves it as the next version."""
    if text(form, "act") != "save":
        return _shown(request, viewer, form=form)
    based_on = number(text(form, "based_on")) or 0
    try:
        with transaction(request.app.state.engine) as session:
            standing = stored_plans.current(session)
            content = as_content(standing.code, based_on + 1, typed(form, fields_of(standing)))
            made = stored_plans.save(session, viewer, content, based_on=based_on, now=datetime.now(UTC))
    except QAError as refused:
        return _shown(request, viewer, form=form, refused=refused)
    return RedirectResponse(f"/plans?saved={made.version}", status_code=303)


@router.post("/plans/capacity")
def set_capacity(
    request: Request,
    viewer: Planner,
    person: Annotated[str, Form()] = "",
    reviews: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    """How many reviews a day an analyst can do from a day on; 0 while away."""
    today = _here(request).date()
    given = number(reviews)
    try:
        with transaction(request.app.state.engine) as session:
            stored_plans.set_capacity(
                session,
                viewer,
                number(person) or 0,
                -1 if given is None else given,
                from_day=_day(since) or today,
                to_day=_day(until),
                now=datetime.now(UTC),
            )
    except QAError as refused:
        return _shown(request, viewer, refused=refused)
    return RedirectResponse("/plans#desk", status_code=303)


def _shown(
    request: Request,
    viewer: Viewer,
    *,
    form: FormData | None = None,
    refused: QAError | None = None,
    saved: int | None = None,
) -> Response:
    language, now = language_of(request), _here(request)
    with reading(request.app.state.engine) as session:
        standing = stored_plans.current(session)
        fields = typed(form, fields_of(standing)) if form else fields_of(standing)
        trial, wrong = _trial(standing, fields) if form else (standing, None)
        seen, again = _seen(session, trial, now)
        context: dict[str, Any] = {
            "rows": foreseen.rows(session, viewer, seen.items) if seen else (),
            "desk": foreseen.analysts(session, standing, day=now.date()),
            "history": _with_changes(stored_plans.history(session)),
        }
    part = request.headers.get("x-part") == "builder"
    return page(
        request,
        "plan_part.html" if part else "plans.html",
        status=refused.status if refused else 200,
        plan=standing,
        fields=fields,
        seen=seen,
        counts={one.code: one for one in seen.risks} if seen else {},
        problem=explain(wrong, language) if wrong else None,
        refused=explain(refused, language) if refused else None,
        changes=plan_changes(standing, trial) if trial else (),
        tell=lambda change: _told(change, language),
        tagged=lambda row: [(reason.code, reason.words(language)) for reason in row.item.reasons],
        risks=[(code, phrase(RISKS[code], {}, language)) for code in WEIGHABLE],
        based_on=number(text(form, "based_on")) if form else standing.version,
        total=_total(fields),
        may_write=viewer.may(Right.MANAGE_PLANS),
        saved=saved,
        again=again,
        shown=SHOWN,
        notices=[phrase(says, details, language) for says, details in seen.notices] if seen else [],
        **context,
    )


def _seen(session: Any, trial: Plan | None, now: datetime) -> tuple[Preview | None, foreseen.Again | None]:
    """What the plan would draw now; where nothing new is left, the newest draw made again by it."""
    if trial is None:
        return None, None
    seen = preview.preview(session, now=now, plan=trial)
    again = None if seen.population else foreseen.again(session, trial)
    return (again.seen if again else seen), again


def _trial(standing: Plan, fields: Mapping[str, str]) -> tuple[Plan | None, QAError | None]:
    try:
        return plans.build(as_content(standing.code, standing.version, fields), file=standing.code), None
    except QAError as wrong:
        return None, wrong


def _with_changes(history: tuple[stored_plans.PlanVersion, ...]) -> list[dict[str, Any]]:
    older = [one.plan for one in history[1:]]
    return [
        {"version": one, "changes": plan_changes(before, one.plan) if before else ()}
        for one, before in zip(history, [*older, None], strict=True)
    ]


def _told(change: Change, language: str) -> str:
    """The sentence, with the name of the stratum, severity or channel it is about."""
    names: dict[str, str] = {**RISKS, **{str(code): name for of in NAMES for code, name in of.items()}}
    details = change.details(language)
    what = details.get("what")
    if isinstance(what, str):
        details["what"] = phrase(names.get(what, what), {}, language)
    return phrase(change.says, details, language)


NAMES: tuple[Mapping[str, str], ...] = (words.STRATUM, words.SEVERITY, words.CHANNEL)


def _total(fields: Mapping[str, str]) -> float | None:
    try:
        return sum(float(fields[name].replace(",", ".")) for name in fields if name.startswith("share."))
    except ValueError:
        return None


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _here(request: Request) -> datetime:
    """Now, with the offset of the place: it decides which day it is."""
    return datetime.now(ZoneInfo(request.app.state.settings.time_zone))
