"""How far several people agree beyond chance: percent agreement, kappas, Krippendorff's alpha, Gwet's AC1.

A table is a list of units, each the categories that its raters gave it; a rater who gave none is simply not in it. The
coefficients and their variances are those of Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), ch. 2-3 and 5,
for unweighted categories; Cohen's is with the variance of Fleiss, Cohen & Everitt (1969). Intervals are Student's t
over units and never leave -1..1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from scorecards.quantiles import t_quantile

FEW_UNITS = 10

Unit = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """`value` None where it is not defined: fewer than two ratings of anything, or chance that leaves no room.
    `low`/`high` None where a single unit tells nothing of the spread."""

    value: float | None
    low: float | None
    high: float | None
    error: float | None
    units: int

    @property
    def few(self) -> bool:
        return self.units < FEW_UNITS


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts of each category by unit; only units with two ratings or more say anything about agreement."""

    counts: tuple[Counter[Hashable], ...]
    categories: tuple[Hashable, ...]

    @property
    def raters(self) -> list[int]:
        return [sum(unit.values()) for unit in self.counts]

    @property
    def paired(self) -> int:
        return sum(raters >= 2 for raters in self.raters)

    def agreed(self) -> list[float]:
        """Of each unit's pairs of raters, the share that agrees; 0 where there is no pair."""
        return [
            sum(times * (times - 1) for times in unit.values()) / (raters * (raters - 1)) if raters >= 2 else 0.0
            for unit, raters in zip(self.counts, self.raters, strict=True)
        ]

    def prevalence(self) -> dict[Hashable, float]:
        """How common each category is: the mean over units of its share in the unit."""
        n = len(self.counts)
        return {
            one: sum(unit[one] / raters for unit, raters in zip(self.counts, self.raters, strict=True)) / n
            for one in self.categories
        }


def percent_agreement(units: Iterable[Unit]) -> Coefficient:
    """The share of pairs of raters that agree, unit by unit."""
    table = _table(units)
    return _estimate(table, lambda _: 0.0, lambda _: [0.0] * len(table.counts))


def fleiss_kappa(units: Iterable[Unit]) -> Coefficient:
    """Chance: the squared prevalence of each category (Fleiss 1971; for two raters Scott's pi)."""
    table = _table(units)
    common = table.prevalence()

    def by_unit(_: float) -> list[float]:
        return [
            sum(times / raters * common[one] for one, times in unit.items())
            for unit, raters in zip(table.counts, table.raters, strict=True)
        ]

    return _estimate(table, lambda _: sum(share**2 for share in common.values()), by_unit)


def gwet_ac1(units: Iterable[Unit], *, categories: int | None = None) -> Coefficient:
    """Chance: guessing, as likely as the categories are evenly used (Gwet 2008). It does not collapse where nearly
    every answer is the same, as kappa does. `categories`: how many could have been given."""
    table = _table(units)
    common = table.prevalence()
    q = max(categories or 0, len(table.categories), 2)

    def by_unit(_: float) -> list[float]:
        return [
            sum(times / raters * (1 - common[one]) for one, times in unit.items()) / (q - 1)
            for unit, raters in zip(table.counts, table.raters, strict=True)
        ]

    return _estimate(table, lambda _: sum(share * (1 - share) for share in common.values()) / (q - 1), by_unit)


def krippendorff_alpha(units: Iterable[Unit]) -> Coefficient:
    """Nominal alpha: units with one rating are left out, and the small-sample correction is in (Krippendorff 2011)."""
    table = _table([unit for unit in units if len(unit) >= 2])
    n = len(table.counts)
    if n == 0:
        return Coefficient(None, None, None, None, 0)
    raters = table.raters
    mean = sum(raters) / n
    spare = 1 / sum(raters)
    common = {one: sum(unit[one] for unit in table.counts) / (n * mean) for one in table.categories}
    pairs = [sum(times * (times - 1) for times in unit.values()) for unit in table.counts]
    prime = sum(pair / (mean * (r - 1)) for pair, r in zip(pairs, raters, strict=True)) / n
    chance = sum(share**2 for share in common.values())
    if chance >= 1:
        return Coefficient(None, None, None, None, n)
    observed = (1 - spare) * prime + spare
    alpha = (observed - chance) / (1 - chance)
    plain = (prime - chance) / (1 - chance)  # without the small-sample correction: what varies from unit to unit
    spread = []
    for unit, pair, r in zip(table.counts, pairs, raters, strict=True):
        surplus = (r - mean) / mean
        agreed = pair / (mean * (r - 1)) - observed * surplus
        own_chance = sum(times * common[one] for one, times in unit.items()) / mean - chance * surplus
        spread.append((agreed - chance) / (1 - chance) - 2 * (1 - plain) * (own_chance - chance) / (1 - chance))
    return _with_interval(alpha, spread, n, centre=plain)


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Coefficient:
    """Two raters, each with their own habits (Cohen 1960)."""
    seen = list(pairs)
    n = len(seen)
    if n == 0:
        return Coefficient(None, None, None, None, 0)
    cells = Counter(seen)
    rows, columns = Counter(a for a, _ in seen), Counter(b for _, b in seen)
    observed = sum(times for (a, b), times in cells.items() if a == b) / n
    chance = sum(rows[one] * columns[one] for one in rows) / n**2
    if chance >= 1:
        return Coefficient(None, None, None, None, n)
    kappa = (observed - chance) / (1 - chance)
    on = sum(
        times / n * (1 - (rows[a] + columns[b]) / n * (1 - kappa)) ** 2 for (a, b), times in cells.items() if a == b
    )
    off = (1 - kappa) ** 2 * sum(
        times / n * ((columns[a] + rows[b]) / n) ** 2 for (a, b), times in cells.items() if a != b
    )
    rest = (kappa - chance * (1 - kappa)) ** 2
    error = math.sqrt(max(0.0, on + off - rest) / n) / (1 - chance)
    return _around(kappa, error, n)


def _table(units: Iterable[Unit]) -> _Table:
    counts = tuple(Counter(unit) for unit in units if unit)
    return _Table(counts, tuple(sorted({one for unit in counts for one in unit}, key=str)))


def _estimate(
    table: _Table, chance: Callable[[float], float], chance_by_unit: Callable[[float], list[float]]
) -> Coefficient:
    """Gwet's common form: (agreed - chance) / (1 - chance), and the linearised variance over units."""
    n, paired = len(table.counts), table.paired
    if paired == 0:
        return Coefficient(None, None, None, None, 0)
    agreed = table.agreed()
    observed = sum(agreed) / paired
    expected = chance(observed)
    if expected >= 1:
        return Coefficient(None, None, None, None, paired)
    value = (observed - expected) / (1 - expected)
    spread = []
    for share, raters, own in zip(agreed, table.raters, chance_by_unit(observed), strict=True):
        part = n / paired * (share - (expected if raters >= 2 else 0.0)) / (1 - expected)
        spread.append(part - 2 * (1 - value) * (own - expected) / (1 - expected))
    return _with_interval(value, spread, paired)


def _with_interval(value: float, spread: Sequence[float], units: int, *, centre: float | None = None) -> Coefficient:
    n = len(spread)
    if n < 2:
        return Coefficient(value, None, None, None, units)
    middle = value if centre is None else centre
    error = math.sqrt(sum((one - middle) ** 2 for one in spread) / (n * (n - 1)))
    return _around(value, error, units, freedom=n - 1)


def _around(value: float, error: float, units: int, *, freedom: int | None = None) -> Coefficient:
    if units < 2:
        return Coefficient(value, None, None, None, units)
    half = t_quantile(0.975, freedom or units - 1) * error
    return Coefficient(value, max(-1.0, value - half), min(1.0, value + half), error, units)
