"""`qa events`: what a CRM or a bank tells in files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from models.errors import QAError
from qa_platform.commands.terminal import count, err, open_house, out, refusals_told, say, settings
from qa_platform.events.importing import Imported, Offered, import_payments, refused_rows
from qa_platform.events.payment_rows import FIELDS
from qa_platform.events.sheets import read_sheet
from qa_platform.pipeline import House


class BadOption(QAError):
    says = "“{value}” cannot be used here."
    remedy = "Use {allowed}."


class FileNotThere(QAError):
    says = "There is no such file."
    remedy = "Check the name."


app = typer.Typer(no_args_is_help=True, help="Payments and other events in files.")


@app.callback()
def _group() -> None:
    """Payments and other events in files."""


@app.command("import")
def take(
    file: Annotated[Path, typer.Argument(help="CSV, Excel workbook (.xlsx) or JSON list.")],
    source: Annotated[str, typer.Option(help="Source whose clock, dates and portfolio apply.")],
    portfolio: Annotated[str, typer.Option(help="Portfolio's code, unless the source has one.")] = "",
    kind: Annotated[str, typer.Option("--type", help="What the rows are.")] = "paid",
    column: Annotated[list[str] | None, typer.Option(help="field=title, such as account=CUENTA; repeat it.")] = None,
    date_order: Annotated[str, typer.Option(help="dmy or mdy, where the dates do not tell.")] = "",
    decimal: Annotated[str, typer.Option(help="The mark before the cents: “.” or “,”.")] = "",
    refused: Annotated[Path | None, typer.Option(help="Where refused rows are written; else beside FILE.")] = None,
) -> None:
    """Take payments in. Refused rows are written to a file: mend it and import it; the same file again goes on."""
    with refusals_told():
        for value, allowed in ((kind, ["paid"]), (date_order, ["dmy", "mdy", ""]), (decimal, [".", ",", ""])):
            if value not in allowed:
                raise BadOption(value=value, allowed=", ".join(filter(None, allowed)))
        offered = Offered(
            name=file.name,
            data=_read(file),
            source=source,
            portfolio=portfolio,
            columns=dict(_pair(one) for one in column or ()),
            date_order=date_order or None,
            decimal=decimal or None,
        )
        house = open_house()
        done = _run(house, offered)
        _tell(done)
        if done.refused:
            place = refused or file.with_name(f"{file.stem}.refused.csv")
            titles = read_sheet(offered.data, name=offered.name).titles
            rows = refused_rows(house.engine, done.id, titles, language=settings().language)
            place.write_text(rows, "utf-8-sig", newline="")
            out.print(say("Mend these rows and import the file again: {place}", place=place), markup=False)
    if done.refused:
        raise typer.Exit(1)


def _run(house: House, offered: Offered) -> Imported:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(say("Taking in"), total=None)
        return import_payments(
            house.engine,
            offered,
            settings=house.settings,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _tell(done: Imported) -> None:
    read = ", ".join(f"{field} = {title}" for field, title in done.layout.columns.items())
    out.print(say("Columns: {columns}. Dates: {order}. Cents after “{mark}”.", columns=read, **_written(done)))
    if done.before:
        out.print(say("This file had been taken in before."))
    elif done.resumed:
        out.print(say("Went on after row {row}.", row=done.resumed))
    parts = (
        count("{count} row accepted", "{count} rows accepted", done.accepted),
        count("{count} row already here", "{count} rows already here", done.duplicate),
        count("{count} row refused", "{count} rows refused", done.refused),
    )
    out.print(" · ".join(parts))


def _written(done: Imported) -> dict[str, object]:
    return {"order": done.layout.date_order, "mark": done.layout.decimal}


def _pair(written: str) -> tuple[str, str]:
    field, _, title = written.partition("=")
    if field not in FIELDS or not title:
        raise BadOption(value=written, allowed=", ".join(f"{name}=…" for name in FIELDS))
    return field, title


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise FileNotThere(str(file)) from None
