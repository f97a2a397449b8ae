"""The shape of a wording for a day, shared by both languages: a pattern over folded text and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar


class Precision(StrEnum):
    DAY = "day"
    WINDOW = "window"
    VAGUE = "vague"
    CONDITIONAL = "conditional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Moment:
    said_on: date
    country: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Day:
    """What a wording means. `rank` orders names of one day by exactness: 3 a number, 2 a weekday, 1 "la quincena".

    A `deadline` has as its alternative the day named ("antes del viernes": Thursday, or Friday itself).
    """

    NOT_AHEAD: ClassVar[Day]

    day: date | None
    window: tuple[date, date] | None = None
    alternative: date | None = None
    precision: Precision = Precision.DAY
    rank: int = 1
    conditional: bool = False
    hours: tuple[int, int] | None = None
    deadline: bool = False


# a past or habitual day ("el lunes pasado", "los viernes"): its words are taken, no day comes of them
Day.NOT_AHEAD = Day(None)

Resolve = Callable[[re.Match[str], Moment], Day | None]


@dataclass(frozen=True, slots=True)
class Wording:
    """One of `anchors`, and one of `beside` if any, must stand in the text for `pattern` to be tried.

    `resolve` may still decline with None.
    """

    anchors: tuple[str, ...]
    beside: tuple[str, ...]
    pattern: re.Pattern[str]
    resolve: Resolve


def wording(anchors: str, pattern: str, resolve: Resolve) -> Wording:
    """`anchors` are parted by commas, from those that must stand beside them by a semicolon."""
    first, _, beside = anchors.partition(";")
    return Wording(tuple(first.split(",")), tuple(filter(None, beside.split(","))), re.compile(pattern), resolve)


def window(first: date, last: date, *, day: date | None = None) -> Day:
    return Day(day or last, (first, last), precision=Precision.WINDOW)


def written_year(text: str | None) -> int | None:
    if text is None:
        return None
    year = int(text)
    return year + (2000 if year < 70 else 1900) if year < 100 else year
