"""How severe each evaluator is, and whether that drifts: from conversations that several people scored.

Points are read as conversation + evaluator + chance: of those who scored the same conversations, who gives less than
the others is more severe by that much. The effects are pulled towards none as far as their own error asks for it
(empirical Bayes, Efron & Morris 1975), so that few scorings change little. Scores themselves are never changed: the
adjusted one is shown beside the raw.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from scorecards.quantiles import t_quantile

ROUNDS = 200
CLOSE = 1e-9
FEW = 5


@dataclass(frozen=True, slots=True)
class Given:
    """Points that `rater` gave to `unit`; `day` in days of any calendar, for the drift."""

    unit: str
    rater: str
    points: float
    day: float = 0.0


@dataclass(frozen=True, slots=True)
class Leniency:
    """By how many points this evaluator scores above (+) or below (-) the others on the same conversations.

    `low`..`high` is the 95 % interval, None with fewer than two conversations; `shrunk` is what a score is adjusted by.
    """

    rater: str
    effect: float
    low: float | None
    high: float | None
    shrunk: float
    units: int

    @property
    def few(self) -> bool:
        return self.units < FEW

    @property
    def clear(self) -> bool:
        """The interval leaves no doubt about the direction."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Drift:
    """Change of an evaluator's leniency in points over 30 days, with its 95 % interval."""

    rater: str
    per_30_days: float
    low: float | None
    high: float | None
    units: int


def leniencies(given: Iterable[Given]) -> tuple[Leniency, ...]:
    """By evaluator; only conversations with at least two evaluators say anything."""
    shared = _shared(given)
    if not shared:
        return ()
    effects = _fitted(shared)
    raters = sorted(effects)
    found = [(rater, effects[rater], *_error(shared, effects, rater)) for rater in raters]
    errors = [error for _, _, error, _ in found if error is not None]
    spread = _true_spread([effect for _, effect, error, _ in found if error is not None], errors)
    return tuple(_leniency(rater, effect, error, units, spread) for rater, effect, error, units in found)


def adjusted(points: float, rater: str, known: Mapping[str, Leniency]) -> float:
    """The points as an evaluator of middling severity would have given them, within 0 and 100."""
    own = known.get(rater)
    return points if own is None else round(min(100.0, max(0.0, points - own.shrunk)), 1)


def drift(given: Iterable[Given], rater: str) -> Drift | None:
    """The slope of this evaluator's differences to the others over time; None with fewer than three conversations."""
    points = [
        (one.day, one.points - fmean(other.points for other in own if other.rater != rater))
        for own in _shared(given).values()
        for one in own
        if one.rater == rater
    ]
    n = len(points)
    middle = fmean(day for day, _ in points) if points else 0.0
    width = math.fsum((day - middle) ** 2 for day, _ in points)
    if n < 3 or width == 0:
        return None
    level = fmean(off for _, off in points)
    slope = math.fsum((day - middle) * (off - level) for day, off in points) / width
    rest = math.fsum((off - level - slope * (day - middle)) ** 2 for day, off in points)
    half = t_quantile(0.975, n - 2) * math.sqrt(rest / (n - 2) / width)
    return Drift(rater, 30 * slope, 30 * (slope - half), 30 * (slope + half), n)


def _shared(given: Iterable[Given]) -> dict[str, list[Given]]:
    units: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        units[one.unit].append(one)
    return {unit: own for unit, own in sorted(units.items()) if len({one.rater for one in own}) >= 2}


def _fitted(shared: Mapping[str, Sequence[Given]]) -> dict[str, float]:
    """Least squares by turns: conversations given the evaluators, evaluators given the conversations; mean zero."""
    effects = dict.fromkeys((one.rater for own in shared.values() for one in own), 0.0)
    by_rater: dict[str, list[Given]] = defaultdict(list)
    for own in shared.values():
        for one in own:
            by_rater[one.rater].append(one)
    for _ in range(ROUNDS):
        level = {unit: fmean(one.points - effects[one.rater] for one in own) for unit, own in shared.items()}
        fresh = {rater: fmean(one.points - level[one.unit] for one in own) for rater, own in by_rater.items()}
        centre = fmean(fresh.values())
        fresh = {rater: effect - centre for rater, effect in fresh.items()}
        moved = max(abs(fresh[rater] - effects[rater]) for rater in fresh)
        effects = fresh
        if moved < CLOSE:
            break
    return effects


def _error(shared: Mapping[str, Sequence[Given]], effects: Mapping[str, float], rater: str) -> tuple[float | None, int]:
    """The standard error of one effect, from how its differences to the others vary between conversations."""
    off = [
        one.points - fmean(other.points - effects[other.rater] for other in own if other.rater != rater)
        for own in shared.values()
        for one in own
        if one.rater == rater
    ]
    n = len(off)
    if n < 2:
        return None, n
    middle = fmean(off)
    return math.sqrt(math.fsum((one - middle) ** 2 for one in off) / (n - 1) / n), n


def _true_spread(effects: Sequence[float], errors: Sequence[float]) -> float:
    """Variance between evaluators beyond what their errors explain (method of moments)."""
    if len(effects) < 2:
        return 0.0
    middle = fmean(effects)
    seen = math.fsum((effect - middle) ** 2 for effect in effects) / (len(effects) - 1)
    return max(0.0, seen - fmean(error**2 for error in errors))


def _leniency(rater: str, effect: float, error: float | None, units: int, spread: float) -> Leniency:
    if error is None:
        return Leniency(rater, effect, None, None, 0.0, units)
    half = t_quantile(0.975, units - 1) * error
    whole = spread + error**2
    return Leniency(rater, effect, effect - half, effect + half, effect * spread / whole if whole else 0.0, units)
