"""What every command shares: the house it works in, the person's language, and how a refusal is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from rich.console import Console

from models.errors import QAError
from qa_platform import logs
from qa_platform.database import open_database, upgrade
from qa_platform.pipeline import House
from qa_platform.settings import Settings
from qa_platform.text import explain, phrase, plural

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@cache
def settings() -> Settings:
    return Settings()


def open_house(*, own: Settings | None = None) -> House:
    """The database, brought up to date, and what belongs to it."""
    chosen = own or settings()
    logs.set_up(chosen.log_level)
    engine = open_database(chosen.database)
    upgrade(engine)
    return House(engine, chosen)


def say(message: str, **details: object) -> str:
    """A message in the person's language."""
    return phrase(message, details, settings().language)


def count(one: str, many: str, number: int) -> str:
    """A counted thing in the person's language; `{count}` stands for the number."""
    return plural(one, many, number, settings().language)


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal becomes one line on stderr (what, where, what to do) and exit code 1."""
    try:
        yield
    except QAError as refusal:
        err.print(told(refusal), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


def told(refusal: QAError) -> str:
    what, remedy = explain(refusal, settings().language)
    place = f"{refusal.where}: " if refusal.where else ""
    return f"{place}{what} {remedy}".strip()
