"""`qa ingest`: files, folders and globs in; works on them, and prints what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from models.interactions import FileStatus
from qa_platform import jobs, standing
from qa_platform.commands.terminal import count, err, open_house, out, refusals_told, say, settings
from qa_platform.doors.ingest import BatchReport, receive_batch
from qa_platform.pipeline import House

LOOK = {
    FileStatus.ACCEPTED: "green",
    FileStatus.DUPLICATE: "cyan",
    FileStatus.REFUSED: "red",
    FileStatus.SKIPPED: "dim",
}


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs: recordings and transcripts.")],
    source: Annotated[str | None, typer.Option(help="Source whose file names, channels and clock apply.")] = None,
    metadata: Annotated[Path | None, typer.Option(help="CSV or JSON with a row per file.")] = None,
    work: Annotated[bool, typer.Option("--work/--no-work", help="Also work on them now, in this process.")] = True,
) -> None:
    """Take recordings and transcripts in. A file that cannot be read is listed; the rest goes on."""
    with refusals_told():
        house = open_house()
        report = _take_in(house, paths, source, metadata)
        show(report)
        waiting = [file.interaction_id for file in report.files if file.status is FileStatus.ACCEPTED]
        if work and waiting:
            work_through(house, [number for number in waiting if number is not None])
    if report.counts.get(FileStatus.REFUSED):
        raise typer.Exit(1)


def _take_in(house: House, paths: list[str], source: str | None, metadata: Path | None) -> BatchReport:
    with _bar() as bar:
        task = bar.add_task(say("Taking in"), total=None)
        return receive_batch(
            house.engine,
            paths,
            settings=house.settings,
            source=source,
            metadata=metadata,
            progress=lambda done, total, _name: bar.update(task, completed=done, total=total),
        )


def show(report: BatchReport) -> None:
    """A line for each file that needs a look, and how many there were of each kind."""
    language = settings().language
    table = Table(box=None, pad_edge=False)
    table.add_column(say("File"), overflow="fold")  # a name that is cut cannot be looked for
    table.add_column(say("What became of it"))
    table.add_column(say("What to do"))
    for file in report.files:
        if file.status is FileStatus.REFUSED:
            table.add_row(escape(file.name), f"[red]{escape(file.what(language))}[/]", escape(file.remedy(language)))
    if table.row_count:
        out.print(table)
    for notice in report.notices:
        out.print(say(notice.says, **notice.details), style="yellow", markup=False)
    counts = report.counts
    parts = [
        (
            FileStatus.ACCEPTED,
            count("{count} file accepted", "{count} files accepted", counts.get(FileStatus.ACCEPTED, 0)),
        ),
        (
            FileStatus.DUPLICATE,
            count("{count} file already here", "{count} files already here", counts.get(FileStatus.DUPLICATE, 0)),
        ),
        (FileStatus.REFUSED, count("{count} file refused", "{count} files refused", counts.get(FileStatus.REFUSED, 0))),
        (
            FileStatus.SKIPPED,
            count("{count} file passed over", "{count} files passed over", counts.get(FileStatus.SKIPPED, 0)),
        ),
    ]
    out.print(" · ".join(f"[{LOOK[status]}]{text}[/]" for status, text in parts))


def work_through(house: House, interactions: list[int]) -> None:
    """Take work in this process, with a bar, until these interactions are done."""
    with jobs.at_work(house), _bar() as bar:
        task = bar.add_task(say("Listening and reading"), total=len(interactions))
        for done in standing.until_done(house.engine, interactions):
            bar.update(task, completed=done)
    failed = standing.failures(house.engine, interactions)
    for number, why in failed:
        err.print(
            f"#{number}: {say(why['says'], **why['params'])} {say(why['remedy'], **why['params'])}",
            style="red",
            markup=False,
        )


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )
