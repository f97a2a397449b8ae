"""Figures about all conversations from the few that were heard, undoing that problems were hunted for.

Every heard conversation stands for 1 / (its chance of being drawn) of them (Hájek 1971). Where not all that was drawn
has been heard yet, those heard stand in for their kind (`weight` is then larger). Intervals: linearised variance with
the factor (1 - 1/weight), so that what was certain adds no doubt; Student's t with as many degrees of freedom as the
weights leave (Kish 1965). A share gets Wilson's interval on its effective number instead. `qa bench sampling` measures
how often these intervals hold the truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.quantiles import t_quantile

FEW = 10  # below so many the figure is said to rest on little
# A share's effective number may exceed what the weights alone allow by no more than this: beyond it, one heavy
# conversation that happens to agree with the rest would pass for certainty.
MOST_GAIN = 1.5


@dataclass(frozen=True, slots=True)
class Heard:
    """One judged conversation: what was found, and how many conversations it stands for (at least itself)."""

    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Figure:
    """`low`..`high` is the 95 % interval, None where nothing can be said of the spread. `effective`: how many
    equally weighted conversations would tell as much."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    effective: float

    @property
    def few(self) -> bool:
        return self.n < FEW or self.effective < FEW


NOTHING = Figure(None, None, None, 0, 0.0)


def raw_mean(values: Sequence[float], *, bounds: tuple[float, float] = (0.0, 100.0)) -> Figure:
    """The plain mean of what was heard, with the interval it would have had everything been drawn alike."""
    n = len(values)
    if n == 0:
        return NOTHING
    mean = math.fsum(values) / n
    if n == 1:
        return Figure(mean, None, None, 1, 1.0)
    half = t_quantile(0.975, n - 1) * math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)
    return Figure(mean, max(bounds[0], mean - half), min(bounds[1], mean + half), n, float(n))


def mean(heard: Sequence[Heard], *, bounds: tuple[float, float] = (0.0, 100.0), whole: bool = True) -> Figure:
    """The re-weighted mean of a number, such as points. Not `whole`: there are conversations that nobody heard, so that
    a group of which only what was certain came up is no census of itself."""
    n = len(heard)
    if n == 0:
        return NOTHING
    total = math.fsum(one.weight for one in heard)
    middle = math.fsum(one.weight * one.value for one in heard) / total
    if all(one.weight <= 1 for one in heard):  # where everything was heard, nothing is left to chance
        return Figure(middle, middle if whole else None, middle if whole else None, n, float(n))
    if n == 1:
        return Figure(middle, None, None, 1, 1.0)
    variance = math.fsum(_doubt(one, middle, total) for one in heard) * n / (n - 1)
    effective = _kish(heard)
    if variance == 0:
        return Figure(middle, None, None, n, effective)  # all alike so far: no spread to judge by
    half = t_quantile(0.975, max(1.0, effective - 1)) * math.sqrt(variance)
    return Figure(middle, max(bounds[0], middle - half), min(bounds[1], middle + half), n, effective)


def share(heard: Sequence[Heard], *, whole: bool = True) -> Figure:
    """The re-weighted share of conversations in which something holds (`value` 1) or not (0); `whole` as in `mean`."""
    n = len(heard)
    if n == 0:
        return NOTHING
    total = math.fsum(one.weight for one in heard)
    part = math.fsum(one.weight for one in heard if one.value) / total
    if all(one.weight <= 1 for one in heard):
        return Figure(part, part if whole else None, part if whole else None, n, float(n))
    effective = _effective(heard, part, total)
    low, high = wilson(part, effective, t_quantile(0.975, max(1, n - 1)))
    return Figure(part, low, high, n, effective)


def wilson(part: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval (1927) of a share seen in `n`."""
    centre = (part + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _doubt(one: Heard, middle: float, total: float) -> float:
    return max(0.0, 1 - 1 / one.weight) * (one.weight * (one.value - middle) / total) ** 2


def _kish(heard: Sequence[Heard]) -> float:
    return math.fsum(one.weight for one in heard) ** 2 / math.fsum(one.weight**2 for one in heard)


def _effective(heard: Sequence[Heard], part: float, total: float) -> float:
    """Korn & Graubard (1998): the size of a simple sample with the same variance; by weights alone where all agree."""
    n = len(heard)
    variance = math.fsum(_doubt(one, part, total) for one in heard) * n / max(1, n - 1)
    by_weights = _kish(heard)
    if variance == 0 or part in (0, 1):
        return by_weights
    return min(MOST_GAIN * by_weights, part * (1 - part) / variance)
