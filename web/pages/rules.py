"""Rules: what each looks for and how often it was right, a house's own versions, and trials of them on history."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from models.finding import Severity
from qa_platform.access import people
from qa_platform.access.rights import Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.rules_desk import listing, trials, trust, versions
from qa_platform.rules_desk.differences import differences
from qa_platform.rules_desk.versions import Version
from qa_platform.rules_desk.written import RuleTextWrong, as_yaml, read_rules
from qa_platform.sample.reasons import label
from qa_platform.text import explain
from web.access import Needs
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(prefix="/rules", include_in_schema=False)
NAV = Entry(N_("Rules"), "list-check", "/rules", Right.SEE_RULES, order=6, group=9)
Reader = Annotated[Viewer, Depends(Needs(Right.SEE_RULES))]
Keeper = Annotated[Viewer, Depends(Needs(Right.MANAGE_RULES))]
Problems = list[tuple[str, str, str]]
A_PAGE = 50


@router.get("")
def show(request: Request, viewer: Reader, q: str = "", state: str = "", after: str = "") -> Response:
    start = number(after) or 0
    with reading(request.app.state.engine) as session:
        found = listing.listed(
            session, viewer, now=datetime.now(UTC), text=q[:100], state=state, after=start, most=A_PAGE
        )
        jobs = trials.recent(session, viewer)
        trusted, portfolios = trust.trust(session), people.portfolios(session)
    return page(
        request, "rules.html", rules=found, jobs=jobs, q=q[:100], state=state, after=start, a_page=A_PAGE, label=label,
        trusted=trusted, severities=list(Severity), portfolios=portfolios, fewest=trust.FEWEST,
        language_is=language_of(request),
    )  # fmt: skip


@router.post("/bars")
def set_bar(
    request: Request,
    viewer: Keeper,
    severity: Annotated[Severity, Form()],
    bar: Annotated[str, Form(max_length=8)] = "",
    portfolio: Annotated[str, Form()] = "",
) -> Response:
    try:
        share = float(bar.replace(",", ".").strip(" %")) / 100 if bar.strip() else None
    except ValueError:
        share = -1.0
    with transaction(request.app.state.engine) as session:
        trust.set_bar(session, viewer, severity, share, portfolio_id=number(portfolio), now=datetime.now(UTC))
    return RedirectResponse("/rules#bars-h", status_code=303)


@router.post("/retag")
def retag(request: Request, viewer: Keeper, since: Annotated[str, Form()] = "") -> Response:
    with transaction(request.app.state.engine) as session:
        job = trials.ask_retag(session, viewer, since=_day(request, since), now=datetime.now(UTC)).id
    return RedirectResponse(f"/rules/trials/{job}", status_code=303)


@router.get("/trials/{job_id}")
def read_trial(
    request: Request, viewer: Reader, job_id: int, code: str = "", change: str = "", after: str = ""
) -> Response:
    start = number(after) or 0
    with reading(request.app.state.engine) as session:
        found = trials.trial(session, viewer, job_id, code=code, change=change, after=start, most=A_PAGE)
    return page(
        request, "rule_trial.html", trial=found, label=label, code=code, change=change, after=start, a_page=A_PAGE,
        codes=sorted({one.code for one in found.counts}), language_is=language_of(request),
    )  # fmt: skip


@router.post("/trials/{job_id}/cancel")
def cancel(request: Request, viewer: Keeper, job_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        trials.cancel(session, viewer, job_id, now=datetime.now(UTC))
    return RedirectResponse(f"/rules/trials/{job_id}", status_code=303)


@router.get("/write")
def begin(request: Request, viewer: Keeper) -> Response:  # noqa: ARG001 - the rule of the route
    """A rule that is not shipped."""
    return page(
        request, "rule.html", spoken="", rule="", versions=(), text="", problems=[], changes={}, label=label, since=""
    )


@router.post("/write")
def write(
    request: Request,
    viewer: Keeper,
    text: Annotated[str, Form(max_length=200_000)] = "",
    since: Annotated[str, Form()] = "",
    language: Annotated[str, Form(max_length=2)] = "",
    rule: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Keeps the text as new versions and tries them on history."""
    try:
        written = read_rules(text.replace("\r\n", "\n"))
    except QAError as wrong:
        found = wrong.problems if isinstance(wrong, RuleTextWrong) else (wrong,)
        told = [(one.where, *explain(one, language_of(request))) for one in found]
        return _rule(request, language, rule, status=422, text=text, problems=told, since=since)
    with transaction(request.app.state.engine) as session:
        now = datetime.now(UTC)
        kept = versions.keep(session, viewer, written, now=now)
        job = trials.ask_backtest(session, viewer, kept, since=_day(request, since), now=now).id
    return RedirectResponse(f"/rules/trials/{job}", status_code=303)


@router.get("/of/{language}/{rule}")
def read(request: Request, viewer: Reader, language: str, rule: str) -> Response:  # noqa: ARG001 - as above
    return _rule(request, language, rule)


@router.post("/of/{language}/{rule}/activate")
def activate(
    request: Request, viewer: Keeper, language: str, rule: str, version: Annotated[str, Form()] = ""
) -> Response:
    """This version judges from now on; without one, the shipped one."""
    with transaction(request.app.state.engine) as session:
        versions.wear_back(session, viewer, language, rule, number(version), now=datetime.now(UTC))
    return RedirectResponse(f"/rules/of/{language}/{rule}", status_code=303)


def _rule(
    request: Request,
    language: str,
    rule: str,
    *,
    status: int = 200,
    text: str = "",
    problems: Problems | None = None,
    since: str = "",
) -> Response:
    found: tuple[Version, ...] = ()
    if rule:
        with reading(request.app.state.engine) as session:
            found = versions.history(session, language, rule)
    changes = {one.version: differences(before.content, one.content) for one, before in pairwise(found)}
    begun = as_yaml(rule, language, found[0].content) if found else ""
    return page(
        request, "rule.html", status=status, spoken=language, rule=rule, versions=found, text=text or begun,
        problems=problems or [], changes=changes, label=label, since=since,
    )  # fmt: skip


def _day(request: Request, told: str) -> datetime | None:
    """Midnight of that day in the house's own clock; nothing where no day is told."""
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return datetime.combine(day, time(), ZoneInfo(request.app.state.settings.time_zone))
