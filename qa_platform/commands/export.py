"""`qa export`: evaluations and labelled cases, out of the database into a file."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from models.errors import QAError
from models.people import Role
from qa_platform.access.people import portfolio_ids
from qa_platform.access.rights import Viewer
from qa_platform.cases.labelling import cases as labelled_cases
from qa_platform.commands.terminal import open_house, out, refusals_told, say, settings
from qa_platform.database import reading
from qa_platform.exports.evaluations import Wanted, evaluation_rows
from qa_platform.exports.tables import FileForm, case_row, form_of, write

app = typer.Typer(no_args_is_help=True, help="Evaluations and labelled cases as files.")
# Whoever runs commands on the server may read its database anyway.
ADMINISTRATOR = Viewer(0, "qa", "", Role.ADMIN, "en", "light", True, True, frozenset(), None)


class DateWrong(QAError):
    says = "'{text}' is no day."
    remedy = "Write it as 2026-11-30."


@app.callback()
def _group() -> None:
    """Evaluations and labelled cases as files."""


@app.command()
def evaluations(
    out_file: Annotated[Path, typer.Argument(help="Where to: .csv, .xlsx or .json.")],
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or json, where the name does not tell.")] = "",
    since: Annotated[str, typer.Option(help="Submitted from this day on (2026-11-01).")] = "",
    until: Annotated[str, typer.Option(help="Submitted up to and including this day.")] = "",
    portfolio: Annotated[str, typer.Option(help="Only this portfolio, by its code.")] = "",
) -> None:
    """Submitted evaluations, one a row, safe to open in a spreadsheet."""
    with refusals_told():
        chosen: FileForm = form_of(form or out_file.name)
        house = open_house()
        with reading(house.engine) as session:
            portfolio_id = portfolio_ids(session, [portfolio])[0] if portfolio else None
            wanted = Wanted(since=_day(since), until=_day(until, days=1), portfolio_id=portfolio_id)
            rows = list(evaluation_rows(session, ADMINISTRATOR, wanted=wanted))
        write(rows, out_file, chosen)
        out.print(say("{count} evaluations written to {file}.", count=len(rows), file=out_file.name), markup=False)


@app.command()
def cases(
    out_file: Annotated[Path, typer.Argument(help="Where to: one JSON object a line.")],
    criterion: Annotated[str, typer.Option(help="Only this question, by its code.")] = "",
) -> None:
    """Labelled cases: where people corrected a proposal, or an appeal corrected them."""
    with refusals_told():
        house = open_house()
        with reading(house.engine) as session, out_file.open("w", encoding="utf-8") as file:
            count = 0
            for case in labelled_cases(session, ADMINISTRATOR, criterion=criterion or None):
                file.write(json.dumps(case_row(case), ensure_ascii=False) + "\n")
                count += 1
        out.print(say("{count} labelled cases written to {file}.", count=count, file=out_file.name), markup=False)


def _day(text: str, *, days: int = 0) -> datetime | None:
    """The first instant of a day where the house is, or of a day some days later."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DateWrong(text=text) from None
    return datetime.combine(day + timedelta(days=days), time(), ZoneInfo(settings().time_zone))
