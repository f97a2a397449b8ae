"""`qa search`: the index that searches read."""

from __future__ import annotations

from typing import Annotated

import typer

from qa_platform.commands.terminal import count, err, open_house, out, refusals_told
from qa_platform.search import index

app = typer.Typer(no_args_is_help=True, help="The full-text index.")


@app.callback()
def _group() -> None:
    """The full-text index."""


@app.command()
def rebuild(
    whole: Annotated[bool, typer.Option("--whole", help="Begin from nothing, not only what is missing.")] = False,
) -> None:
    """Index what is not indexed yet. Safe to run again, to stop and to go on."""
    with refusals_told():
        house = open_house()
        done = index.rebuild(
            house.engine,
            whole=whole,
            progress=lambda so_far: err.print(count("{count} interaction", "{count} interactions", so_far)),
        )
        out.print(count("{count} turn was indexed.", "{count} turns were indexed.", done.turns))
