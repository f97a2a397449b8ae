"""`qa analyze`: one conversation file or recording in, findings out. Touches no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from models.errors import QAError
from qa_platform.commands.terminal import err, out, say, settings, told
from qa_platform.understanding import stateless


def analyze(
    files: Annotated[list[Path], typer.Argument(help="Conversation files or recordings.")],
    country: Annotated[str | None, typer.Option(help="ISO country, where the file tells none.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file, one per line.")] = False,
    agent_channel: Annotated[
        int, typer.Option(min=-1, max=1, help="Channel of the agent in recordings: 0 left, 1 right, -1 unknown.")
    ] = 0,
) -> None:
    """Find everything in conversation files or recordings; nothing is stored."""
    refused = 0
    for file in files:
        try:
            found = stateless.analyze_file(
                file,
                settings(),
                country=country,
                agent_channel=None if agent_channel < 0 else agent_channel,
            )
        except QAError as refusal:
            refused += 1
            line = told(refusal)
            err.print(
                line if str(file.name) in line else f"{file.name}: {line}", style="red", markup=False, soft_wrap=True
            )
            continue
        if as_json:
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        else:
            _show(file, found)
    if refused:
        raise typer.Exit(1)


def _show(file: Path, found: dict[str, Any]) -> None:
    card = found["scorecard"]
    points = "–" if card["score"] is None else f"{card['score']:.1f}"
    out.print(f"[bold]{escape(file.name)}[/]  {found['outcome']}  {points}")
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in found["findings"]:
        quote = escape(finding["quote"] or "")
        table.add_row(
            finding["severity"], finding["code"], "" if finding["turn"] is None else str(finding["turn"]), quote
        )
    for promise in found["promises"]:
        due = promise["due"] or " … ".join(filter(None, (promise["due_from"], promise["due_to"])))
        amount = "" if promise["amount"] is None else f"{promise['amount']:g} {promise['currency'] or ''}"
        table.add_row(
            promise["strength"], "promise", str(promise["turn"]), escape(f"{amount} {due} {promise['quote']}")
        )
    if table.row_count:
        out.print(table)
    else:
        out.print(say("Nothing was found."), style="dim")
