"""`qa watch`: takes in what appears in the folders and buckets that sources watch."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from models.errors import QAError
from models.interactions import FileStatus
from qa_platform.commands.terminal import err, open_house, out, refusals_told, say, told
from qa_platform.database import transaction
from qa_platform.doors import sources, watching
from qa_platform.pipeline import House


class NothingWatched(QAError):
    says = "No source watches a folder or a bucket."
    remedy = "Describe one in a YAML file with `watched`, and give it with --source."


def watch(
    source: Annotated[
        list[str] | None, typer.Option(help="A source's name or its YAML file; all of them if none.")
    ] = None,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 15.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
) -> None:
    """Take in what appears in watched folders and buckets. `qa work` or `qa serve` works on it."""
    with refusals_told():
        house = open_house()
        chosen = _chosen(house, source or [])
        if once:
            looks = [_look(house, *one) for one in chosen]
            raise typer.Exit(0 if all(looks) else 1)
        stop = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stop.set())
        out.print(say("Watching. Press Ctrl+C to stop."))
        while not stop.is_set():
            for one in chosen:
                _look(house, *one)
            stop.wait(every)


def _chosen(house: House, names: list[str]) -> list[tuple[int, str]]:
    with transaction(house.engine) as session:
        wanted = {sources.named(session, name).id for name in names}
    found = [one for one in watching.watched(house.engine) if not wanted or one[0] in wanted]
    if not found:
        raise NothingWatched
    return found


def _look(house: House, source_id: int, name: str) -> bool:
    """Whether the place could be read: a share that is away for a while must not end the watch."""
    try:
        report = watching.look(house.engine, source_id, settings=house.settings)
    except QAError as refusal:
        err.print(f"{name}: {told(refusal)}", style="red", markup=False, soft_wrap=True)
        return False
    if report is not None:
        accepted, refused = (report.counts.get(one, 0) for one in (FileStatus.ACCEPTED, FileStatus.REFUSED))
        out.print(
            say("{source}: {accepted} taken in, {refused} refused", source=name, accepted=accepted, refused=refused),
            markup=False,
        )
    return True
