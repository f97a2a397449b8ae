"""`qa draws`: that every draw of the queue can be made again, to the byte."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select

from models.errors import QAError
from models.evaluations import QueueDraw
from qa_platform.commands.export import DateWrong
from qa_platform.commands.terminal import count, open_house, out, refusals_told, say
from qa_platform.database import reading
from qa_platform.sample.draw import canonical
from qa_platform.sample.sampling import replay, stored_sample

TITLES = ("Day", "Draw", "Plan", "Seed", "Considered", "In the queue", "SHA-256")
app = typer.Typer(no_args_is_help=True, help="The queue's draws.")


class DrawDiffers(QAError):
    says = "{count} draws come out otherwise than they stand in the queue."
    remedy = "Somebody changed queue items in the database: compare with a backup, and look at the audit trail."


@app.callback()
def _group() -> None:
    """The queue's draws."""


@app.command()
def check(day: Annotated[str, typer.Argument(help="Only this day's (2026-11-30).")] = "") -> None:
    """Make each draw again from its plan, seed and population, and compare it byte by byte with the queue."""
    with refusals_told():
        table = Table(
            *(say(title) for title in ("Day", "Draw", "Plan", "Seed", "Considered", "In the queue", "SHA-256"))
        )
        different = 0
        with reading(open_house().engine) as session:
            found = select(QueueDraw).order_by(QueueDraw.id)
            for one in session.scalars(found.where(QueueDraw.day == _day(day)) if day else found).all():
                again, stands = canonical(replay(session, one.id)), canonical(stored_sample(session, one.id))
                different += again != stands
                mark = hashlib.sha256(again).hexdigest()[:16] if again == stands else say("differs")
                drawn = str(len(stored_sample(session, one.id)))
                plan = f"{one.plan} v{one.plan_version}"
                table.add_row(str(one.day), str(one.number), plan, str(one.seed), str(one.population), drawn, mark)
        out.print(table)
        if different:
            raise DrawDiffers(count=different)
        out.print(count("{count} draw is the same again.", "{count} draws are the same again.", table.row_count))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateWrong(text=text) from None
