"""From when on something counts: the house's settings, overruled by the portfolio's own values, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import yaml

from models.context import Context
from models.errors import QAError
from models.people import Portfolio
from qa_platform.settings import Settings
from qa_platform.understanding.further_opinion import further_opinion

NUMBERS = tuple(field.name for field in fields(Context) if field.type == "float")
DAY = 86_400.0
LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "silence_seconds": (1.0, 120.0),
        "monologue_seconds": (10.0, 900.0),
        "interruption_seconds": (0.2, 10.0),
        "hold_seconds": (5.0, 3600.0),
        "slow_reply_seconds": (10.0, DAY),
        "first_reply_seconds": (10.0, DAY),
        "unanswered_seconds": (3600.0, 30 * DAY),
        "opens_hour": (0.0, 23.75),
        "closes_hour": (0.25, 24.0),
    }
)


class NoSuchThreshold(QAError):
    status = 422
    says = "There is no threshold “{name}”."
    remedy = "Use the names that the form shows in its file."


class NotWithinLimits(QAError):
    status = 422
    says = "{name}: {value} is not from {low} to {high}."
    remedy = "Write a number within these limits, or leave it empty for the house's value."


class ClosedAllDay(QAError):
    status = 422
    says = "The chat desk closes before it opens."
    remedy = "Write the opening hour before the closing hour, such as 9 and 18.5."


class NoThresholdFile(QAError):
    status = 422
    says = "This is no list of thresholds: {problem}"
    remedy = "Write one line each, such as: silence_seconds: 4"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A portfolio's own values. Version 0: none were ever saved, and the house's count."""

    version: int = 0
    own: Mapping[str, float] = field(default_factory=dict)

    def as_used(self, context: Context) -> dict[str, Any]:
        """What an analysis keeps of them: versions never change, but the house's settings may."""
        return {"version": self.version, "values": {name: getattr(context, name) for name in NUMBERS}}


def house_context(settings: Settings) -> Context:
    return Context(
        silence_seconds=settings.silence_seconds,
        slow_reply_seconds=settings.slow_reply_seconds,
        further=further_opinion(settings.opinion_model),
    )


def context_for(settings: Settings, portfolio: Portfolio | None, thresholds: Thresholds | None = None) -> Context:
    """The values that analyzers are given for a conversation of this portfolio."""
    house = house_context(settings)
    if portfolio is None:
        return house
    chosen = thresholds if thresholds is not None and thresholds.version else legacy(portfolio)
    own: dict[str, Any] = dict(chosen.own)
    creditors = tuple(name for name in (portfolio.creditor,) if name)
    return replace(house, **own, creditor_names=creditors)


def legacy(portfolio: Portfolio) -> Thresholds:
    """What a portfolio held before its thresholds had versions."""
    return Thresholds(0, {name: float(value) for name, value in portfolio.thresholds.items() if name in NUMBERS})


def checked(values: Mapping[str, Any], house: Context) -> dict[str, float]:
    """Numbers within their limits; empty ones are the house's and are left out. Raises what is wrong with the first."""
    own: dict[str, float] = {}
    for name, value in values.items():
        if name not in LIMITS:
            raise NoSuchThreshold(name=str(name)[:60])
        if value in (None, ""):
            continue
        own[name] = _number(name, value)
    if own.get("opens_hour", house.opens_hour) >= own.get("closes_hour", house.closes_hour):
        raise ClosedAllDay
    return own


def from_yaml(text: str) -> dict[str, Any]:
    """The values as a file holds them."""
    try:
        found = yaml.safe_load(text) if text.strip() else {}
    except yaml.YAMLError as error:
        raise NoThresholdFile(problem=str(getattr(error, "problem", None) or "YAML")) from error
    if not isinstance(found, dict):
        raise NoThresholdFile(problem=str(found)[:40])
    return {str(name): value for name, value in found.items()}


def to_yaml(own: Mapping[str, float]) -> str:
    return "".join(f"{name}: {own[name]:g}\n" for name in LIMITS if name in own)


def _number(name: str, value: Any) -> float:
    low, high = LIMITS[name]
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    if not low <= number <= high or isinstance(value, bool):
        raise NotWithinLimits(name=name, value=str(value)[:20], low=f"{low:g}", high=f"{high:g}")
    return number
