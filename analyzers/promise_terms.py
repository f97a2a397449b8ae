"""The terms of a promise in the debtor's words: which sums fall due on which days, and through which channel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Generic, TypeVar

from analyzers.dates import DateMention, Precision
from analyzers.money import AmountKind, AmountMention
from analyzers.numerals import fold
from analyzers.promise_wording import CHANNELS, REST


@dataclass(frozen=True, slots=True)
class Due:
    """When a promise falls due: a day, or a window. `soft` days ("a fin de mes") are days that nobody named."""

    day: date | None
    first: date | None = None
    last: date | None = None
    alternative: date | None = None
    ambiguous: bool = False
    conditional: bool = False
    soft: bool = False

    def meets(self, other: Due) -> bool:
        """Whether both may mean the same day."""
        mine = (self.first or self.day, self.last or self.day)
        theirs = (other.first or other.day, other.last or other.day)
        if mine[0] is None or mine[1] is None or theirs[0] is None or theirs[1] is None:
            return False
        same = mine[0] <= theirs[1] and theirs[0] <= mine[1]
        return same or (self.alternative is not None and theirs[0] <= self.alternative <= theirs[1])


@dataclass(frozen=True, slots=True)
class Sum:
    """How much. `rest` is what is left after the sums before it; `series` how many equal ones it stands for."""

    amount: Decimal | None
    currency: str | None = None
    ambiguous: bool = False
    rest: bool = False
    series: int = 1
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    sum: Sum | None
    due: Due | None


What = TypeVar("What", Due, Sum)


@dataclass(frozen=True, slots=True)
class Placed(Generic[What]):
    """A sum or a day and where it stands in the turn."""

    start: int
    end: int
    what: What


def due_of(mention: DateMention, folded: str) -> Due:
    said = folded[mention.start : mention.end]
    window = mention.window if mention.precision is not Precision.DAY or mention.window is None else None
    soft = re.search(r"\b(?:fin|final|month end|end of|quincena|mediados)\b", said) is not None and mention.rank < 2
    if mention.window is not None and mention.precision is Precision.WINDOW:
        return Due(None, *mention.window, conditional=mention.conditional)
    first, last = window or (None, None)
    return Due(mention.day, first, last, mention.alternative, mention.ambiguous, mention.conditional, soft)


def sums_of(mentions: Sequence[AmountMention], folded: str) -> list[Placed[Sum]]:
    """The sums that are offered, a plan of different ones taken apart, "el resto" among them."""
    placed: list[Placed[Sum]] = []
    for mention in mentions:
        vague = mention.kind in (AmountKind.APPROXIMATE, AmountKind.RANGE)
        base = Sum(mention.amount, mention.currency, mention.ambiguous, vague=vague)
        if len(mention.instalments) > 1 and len(set(mention.instalments)) == 1:
            each = replace(base, amount=mention.instalments[0], series=len(mention.instalments))
            placed.append(Placed(mention.start, mention.end, each))
        elif mention.instalments:
            parts = [replace(base, amount=part) for part in mention.instalments]
            placed += [Placed(mention.start, mention.end, part) for part in parts]
        else:
            placed.append(Placed(mention.start, mention.end, base))
    placed += [Placed(m.start(), m.end(), Sum(None, rest=True)) for m in REST.finditer(folded)]
    return sorted(placed, key=lambda item: item.start)


def paired(sums: Sequence[Placed[Sum]], dues: Sequence[Placed[Due]]) -> list[Terms]:
    """Sums and days that belong together, in the order of the days."""
    if not dues:
        return [Terms(_first_sum(sums), None)] if sums else []
    if len(dues) == 1:
        return [Terms(_nearest(sums, dues[0]), dues[0].what)]
    expanded = [item for item in sums for _ in range(item.what.series)]
    told = [item for item in expanded if not item.what.rest]
    expanded = told if len(told) >= len(dues) else expanded
    if len(expanded) >= len(dues):
        chosen = min(combinations(expanded, len(dues)), key=lambda items: _apart(items, dues))
        return [Terms(replace(item.what, series=1), day.what) for item, day in zip(chosen, dues, strict=True)]
    return [Terms(_nearest(sums, dues[0]), dues[0].what)]


def _apart(sums: Sequence[Placed[Sum]], days: Sequence[Placed[Due]]) -> int:
    """How far the days stand from their sums, all in all."""
    return sum(min(abs(one.start - day.end), abs(day.start - one.end)) for one, day in zip(sums, days, strict=True))


def _nearest(sums: Sequence[Placed[Sum]], day: Placed[Due]) -> Sum | None:
    said = [item for item in sums if not item.what.rest] or list(sums)
    if not said:
        return None
    return min(said, key=lambda item: min(abs(item.start - day.end), abs(day.start - item.end))).what


def _first_sum(sums: Sequence[Placed[Sum]]) -> Sum | None:
    return next((item.what for item in sums if not item.what.rest), None)


def channel_in(text: str) -> str | None:
    """The way of paying that a text names, by its usual short name."""
    folded = fold(text)
    return next((name for name, pattern in CHANNELS if pattern.search(folded)), None)
