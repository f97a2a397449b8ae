"""`qa demo`: a sample portfolio through the real doors, ears, analyzers and queue; then the screen."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from models.finding import Severity
from qa_platform.commands.ingest import work_through
from qa_platform.commands.serve import run_web
from qa_platform.commands.terminal import open_house, out, refusals_told, say, settings
from qa_platform.database import reading, transaction
from qa_platform.demo import loading, summary
from qa_platform.pipeline import House
from qa_platform.settings import Settings

MARK = ".demo"  # stands in a folder that the demo made and may sweep
HUES = {Severity.CRITICAL: "red", Severity.HIGH: "yellow", Severity.MEDIUM: "yellow"}


class FolderTaken(loading.DemoRefused):
    says = "The folder {folder} holds something that the demo did not make."
    remedy = "Set QA_DATA_DIR to another folder, or empty this one."


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the screen afterwards.")] = True,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Load the sample portfolio, work through it, say what was found, and serve the screen."""
    with refusals_told():
        house = open_house(own=_prepared())
        now = datetime.now(ZoneInfo(house.settings.time_zone))
        out.print(say("Loading the sample portfolio: synthetic calls, chats, promises and payments."))
        interactions = loading.take_in(house, now)
        work_through(house, interactions)
        passwords = {person.email: secrets.token_urlsafe(9) for person in loading.demo_people()}
        with transaction(house.engine) as session:
            loading.add_outcomes(session, now)
            loading.add_people(session, passwords, now)
        with transaction(house.engine) as session:
            loading.draw_queue(session, datetime.now(ZoneInfo(house.settings.time_zone)))
        _show(house)
        _show_sign_ins(passwords, f"http://{host}:{port}")
        if serve:
            run_web(house, host=host, port=port, worker=True)


def _prepared() -> Settings:
    """The demo's own settings: a swept folder, its own secret, and the micro-model that knows its phrases."""
    folder = _swept(Path(os.environ.get("QA_DATA_DIR") or settings().data_dir / "demo"))
    return settings().model_copy(
        update={
            "data_dir": folder,
            "database_url": "",
            "demo": True,
            "log_level": "WARNING",
            "whisper_model": str(loading.unpack_model(folder / "models")),
            "whisper_device": "cpu",
            "whisper_compute_type": "int8",
        }
    )


def _swept(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise FolderTaken(folder=folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def _show(house: House) -> None:
    with reading(house.engine) as session:
        told = summary.summary(session, language=settings().language, now=datetime.now(UTC))
    out.print()
    out.print(Panel.fit(say("What came in"), border_style="dim"))
    out.print("   ".join(told.came_in))
    out.print(Panel.fit(say("What was found"), border_style="dim"))
    table = Table(box=None, pad_edge=False, show_header=False)
    for found in told.found:
        hue = HUES.get(found.severity, "default")
        table.add_row(f"[{hue}]{escape(found.label)}[/]", str(found.times))
    out.print(table)
    out.print(Panel.fit(say("The five most urgent"), border_style="dim"))
    for place, urgent in enumerate(told.urgent, 1):
        out.print(f"{place}. [bold]{escape(urgent.reasons)}[/]")
        out.print(f"   [dim]{escape(urgent.where)}[/]")
    for line in told.notes:
        out.print(line, style="dim")


def _show_sign_ins(passwords: dict[str, str], address: str) -> None:
    out.print()
    table = Table(
        say("Sign in at {address} as", address=address), say("Password, for this run only"), box=None, pad_edge=False
    )
    for person in loading.demo_people():
        table.add_row(f"{person.email}  [dim]{escape(person.name)}, {person.role}[/]", passwords[person.email])
    out.print(table)
