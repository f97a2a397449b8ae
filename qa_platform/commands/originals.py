"""`qa originals`: what concerns the originals that portfolios keep sealed."""

from __future__ import annotations

import typer

from qa_platform.commands.terminal import count, open_house, out, refusals_told, say
from qa_platform.originals import keeping

app = typer.Typer(no_args_is_help=True, help="Originals that portfolios keep sealed.")


@app.callback()
def _group() -> None:
    """Originals that portfolios keep sealed."""


@app.command()
def rotate() -> None:
    """Seal every original with the newest key: put it first in QA_ORIGINALS_KEY, run this, then drop the old one."""
    with refusals_told():
        house = open_house()
        number, lost = keeping.resealed(house.engine, house.settings)
        out.print(count("{count} original was sealed anew.", "{count} originals were sealed anew.", number))
        if lost:
            shown = ", ".join(str(one) for one in lost[:20])
            out.print(say("No key opens the originals of these interactions: {numbers}", numbers=shown), style="red")
            raise typer.Exit(1)
