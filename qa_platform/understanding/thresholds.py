"""What counts from when on: the house's settings, overruled by the portfolio's own."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from models.context import Context
from models.people import Portfolio
from qa_platform.settings import Settings

NUMBERS = frozenset(field.name for field in fields(Context) if field.type == "float")


def context_for(settings: Settings, portfolio: Portfolio | None) -> Context:
    """The values that analyzers are given for a conversation of this portfolio."""
    house = Context(silence_seconds=settings.silence_seconds, slow_reply_seconds=settings.slow_reply_seconds)
    if portfolio is None:
        return house
    own: dict[str, Any] = {name: float(value) for name, value in portfolio.thresholds.items() if name in NUMBERS}
    creditors = tuple(name for name in (portfolio.creditor,) if name)
    return replace(house, **own, creditor_names=creditors)
