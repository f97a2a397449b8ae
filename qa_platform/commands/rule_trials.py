"""`qa rules backtest`, `activate`, `retag`: a changed rule tried on history, put to work, history tagged again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.errors import QAError
from models.house_rules import RuleJobState
from qa_platform.commands.terminal import err, open_house, out, refusals_told, say, settings, told
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from qa_platform.rules_desk import trials, versions, walk
from qa_platform.rules_desk.trials import Measure, Trial
from qa_platform.rules_desk.versions import Author
from qa_platform.rules_desk.written import RuleTextWrong, Written, read_rules
from qa_platform.sample.reasons import label

TERMINAL = Author()
Wording = Annotated[
    Path, typer.Argument(help="A YAML file of rules, as in analyzers/phrases.", exists=True, dir_okay=False)
]
Since = Annotated[datetime | None, typer.Option(help="Only conversations from this day on.", formats=["%Y-%m-%d"])]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class WalkStopped(QAError):
    says = "It was stopped after {done} of {total} conversations."
    remedy = "Run the same command again: it begins anew with what is at work now."


def backtest(file: Wording, since: Since = None, as_json: AsJson = False) -> None:
    """Show which stored conversations changed rules would flip. Run again after an interruption, it goes on."""
    with refusals_told():
        written = _read(file)
        house = open_house()
        with transaction(house.engine) as session:
            now = datetime.now(UTC)
            kept = versions.keep(session, TERMINAL, written, now=now)
            job = trials.ask_backtest(session, TERMINAL, kept, since=_utc(since), now=now, in_terminal=True).id
        _show(_walked(house, job, quiet=as_json), as_json=as_json)


def activate(file: Wording) -> None:
    """Put the rules of a file to work for what comes in from now on. History is left: see `qa rules retag`."""
    with refusals_told():
        written = _read(file)
        with transaction(open_house().engine) as session:
            now = datetime.now(UTC)
            kept = versions.keep(session, TERMINAL, written, now=now)
            changed = versions.activate(session, TERMINAL, kept, now=now)
        for one in kept:
            out.print(
                say("{rule} is at work in version {version}.", rule=one.rule_id, version=one.version), markup=False
            )
        if not changed:
            out.print(say("They were at work already."))


def retag(since: Since = None, as_json: AsJson = False) -> None:
    """Judge stored conversations again by the rules at work now. Verdicts stay, submitted scores do not change."""
    with refusals_told():
        house = open_house()
        with transaction(house.engine) as session:
            now = datetime.now(UTC)
            job = trials.ask_retag(session, TERMINAL, since=_utc(since), now=now, in_terminal=True).id
        _show(_walked(house, job, quiet=as_json), as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Stand among the other commands of `qa rules`."""
    for command in (backtest, activate, retag):
        app.command()(command)


def _read(file: Path) -> tuple[Written, ...]:
    try:
        return read_rules(file.read_text(encoding="utf-8"), name=file.name)
    except RuleTextWrong as wrong:
        for problem in wrong.problems:
            err.print(told(problem), style="red", markup=False, soft_wrap=True)
        raise


def _walked(house: House, job_id: int, *, quiet: bool) -> Trial:
    state = walk.run(house, job_id, None if quiet else _told_tenths())
    with reading(house.engine) as session:
        found = trials.trial(session, None, job_id)
    if state is not RuleJobState.DONE:
        raise WalkStopped(done=found.done, total=found.total)
    return found


def _told_tenths() -> Callable[[int, int], None]:
    last = -1

    def tell(done: int, total: int) -> None:
        nonlocal last
        if total and done * 10 // total > last:
            last = done * 10 // total
            err.print(say("{done} of {total} conversations", done=done, total=total))

    return tell


def _show(found: Trial, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, default=str))
        return
    out.print(say("{appears} findings appear, {disappears} disappear in {total} conversations.", total=found.total,
                  appears=found.figures.get("appears", 0), disappears=found.figures.get("disappears", 0)))  # fmt: skip
    for name, measure in ((say("Before"), found.before), (say("After"), found.after)):
        if measure.precision or measure.recall:
            out.print(say("{when}: precision {precision}, recall {recall}", when=name, **_words(measure)))
    if found.flips:
        table = Table(*(say(title) for title in ("Conversation", "Comes or goes", "Finding", "Quote")))
        for flip in found.flips:
            change = say("appears") if flip.change == "appears" else say("disappears")
            name = label(flip.code, settings().language)
            table.add_row(str(flip.interaction), change, name, flip.quote or "")
        out.print(table)


def _words(measure: Measure) -> dict[str, str]:
    return {
        name: f"{one.share:.0%} ({one.low:.0%}-{one.high:.0%}, n={one.judged})" if one else "-"
        for name, one in (("precision", measure.precision), ("recall", measure.recall))
    }


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None
