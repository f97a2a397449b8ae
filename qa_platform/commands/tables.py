"""`qa db`: the tables of the database."""

from __future__ import annotations

import typer

from qa_platform.commands.terminal import open_house, out, refusals_told, say

app = typer.Typer(no_args_is_help=True, help="The database's tables.")


@app.callback()
def _group() -> None:
    """The database's tables."""


@app.command()
def upgrade() -> None:
    """Bring the tables up to date. Safe to run again."""
    with refusals_told():
        house = open_house()
        out.print(say("The tables are up to date: {database}", database=house.engine.url.render_as_string()))
