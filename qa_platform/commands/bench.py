"""`qa bench`: measure what the product claims of itself, on made-up material whose truth is known."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

import qa_platform.benchmarks
from models.errors import QAError
from qa_platform.commands.terminal import out, refusals_told, say


class BenchmarkUnknown(QAError):
    status = 404
    says = "There is no measurement of this name."
    remedy = "Use one of: {known}."


def names() -> list[str]:
    """Every module of the folder."""
    folder = Path(qa_platform.benchmarks.__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def bench(
    name: Annotated[str, typer.Argument(help="Which one; none lists them.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure what the product claims of itself."""
    with refusals_told():
        if not name:
            out.print("\n".join(names()))
            return
        if name not in names():
            raise BenchmarkUnknown(where=name, known=", ".join(names()))
        module = import_module(f"qa_platform.benchmarks.{name}")
        result: dict[str, Any] = module.run()
    if as_json:
        typer.echo(json.dumps(result))
        return
    explained = getattr(module, "EXPLAINED", {})
    for key, value in result.items():
        told = say(explained[key]) if key in explained else ""
        out.print(f"{key:28} {value}  {told}".rstrip(), markup=False)
