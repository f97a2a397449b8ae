"""`qa bench`: measure what the product claims of itself, on material whose truth is known: made up, or labelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import qa_platform.benchmarks
from models.errors import QAError
from qa_platform.commands.terminal import err, out, refusals_told, say


class BenchmarkUnknown(QAError):
    status = 404
    says = "There is no measurement of this name."
    remedy = "Use one of: {known}."


def names() -> list[str]:
    """Every module of the folder."""
    folder = Path(qa_platform.benchmarks.__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


class NothingToMeasureHere(QAError):
    says = "This measurement does not take what was given with it (a folder, a size or an earlier result)."
    remedy = "Leave them out."


class NoEarlierResult(QAError):
    says = "This is no earlier result of the measurement."
    remedy = "Keep one with: qa bench {name} --json > FILE.json"


def bench(
    name: Annotated[str, typer.Argument(help="Which one; none lists them.")] = "",
    folder: Annotated[Path | None, typer.Argument(help="Labelled conversations to measure with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="An earlier result (--json): exit 1 where it was better.")
    ] = None,
    size: Annotated[int, typer.Option(min=0, help="How much to make up, for measurements that ask.")] = 0,
    tolerance: Annotated[float, typer.Option(min=0.0, help="How far a figure may fall.")] = 0.01,
) -> None:
    """Measure what the product claims of itself."""
    with refusals_told():
        if not name:
            out.print("\n".join(names()))
            return
        if name not in names():
            raise BenchmarkUnknown(where=name, known=", ".join(names()))
        module = import_module(f"qa_platform.benchmarks.{name}")
        given: dict[str, Any] = {key: value for key, value in (("folder", folder), ("size", size)) if value}
        if given.keys() - signature(module.run).parameters.keys() or (against and not hasattr(module, "worse")):
            raise NothingToMeasureHere(where=name)
        before = _earlier(against, name) if against else None
        result: dict[str, Any] = module.run(**given)
        lost = list(module.worse(result, before, tolerance)) if before is not None else []
    if as_json:
        typer.echo(json.dumps(result))
    else:
        _show(result, getattr(module, "EXPLAINED", {}))
    for line in lost:
        err.print(say("Worse than before: {line}", line=line), style="red", markup=False, soft_wrap=True)
    if lost:
        raise typer.Exit(1)


def _earlier(file: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as unreadable:
        raise NoEarlierResult(where=str(file), name=name) from unreadable
    if not isinstance(found, dict):
        raise NoEarlierResult(where=str(file), name=name)
    return found


def _show(result: Mapping[str, Any], explained: Mapping[str, str]) -> None:
    for key, value in result.items():
        rows = list(value.values()) if isinstance(value, dict) else []
        if rows and all(isinstance(row, dict) for row in rows):
            _table(key, value)
            continue
        shown = "  ".join(f"{inner} {number}" for inner, number in value.items()) if rows else value
        told = say(explained[key]) if key in explained else ""
        out.print(f"{key:28} {shown}  {told}".rstrip(), markup=False, soft_wrap=True)


def _table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("")
    for column in dict.fromkeys(column for row in rows.values() for column in row):
        table.add_column(column, justify="right", no_wrap=True)
    for key, row in rows.items():
        table.add_row(key, *(str(value) for value in row.values()))
    out.print(table)
