"""Weights that add up to 100 by themselves: what is not given a weight shares what is left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scorecards.strict import Unreadable, number

TOTAL = 100.0
CLOSE = 1e-6


class WeightsOff(Unreadable):
    says = "The weights add up to {total:g}, not to 100."
    remedy = "Change them until they add up to 100."


class SectionWeightsOff(Unreadable):
    says = "The questions of this section add up to {total:g}, the section weighs {weight:g}."
    remedy = "Change one of them, or leave a weight out so that it is worked out."


class WeightsOverlap(Unreadable):
    says = "The weights given already take {total:g} of {weight:g}: nothing is left for the questions without one."
    remedy = "Lower a weight, or give every question its own."


def balanced(sections: Sequence[Mapping[str, Any]], file: str) -> list[list[float]]:
    """The weight of every question, by section. A section's own `weight` is shared out within it first; what then has
    no weight yet shares, in equal parts, what is left of 100. Bonus, penalty and text stand outside the 100."""
    given = [
        [_given(one, f"{file}: sections[{at}].criteria[{place}]") for place, one in enumerate(part["criteria"])]
        for at, part in enumerate(sections)
    ]
    for at, part in enumerate(sections):
        if part.get("weight") is not None:
            where = f"{file}: sections[{at}].weight"
            _share_out(given[at], part["criteria"], number(part["weight"], where, most=TOTAL), where)
    open_ = [(at, place) for at, weights in enumerate(given) for place, one in enumerate(weights) if one is None]
    spent = math.fsum(_counted(sections, given))
    if open_:
        if spent > TOTAL - CLOSE:
            raise WeightsOverlap(where=f"{file}: weight", total=spent, weight=TOTAL)
        for (at, place), weight in zip(open_, shares(TOTAL - spent, len(open_)), strict=True):
            given[at][place] = weight
    elif not math.isclose(spent, TOTAL, abs_tol=CLOSE):
        raise WeightsOff(where=f"{file}: weight", total=spent)
    return [[weight or 0.0 for weight in weights] for weights in given]


def shares(total: float, parts: int) -> list[float]:
    """Equal parts to the hundredth; the first ones carry what does not divide."""
    cents = round(total * 100)
    each, rest = divmod(cents, parts)
    return [(each + (place < rest)) / 100 for place in range(parts)]


def rescaled(weights: Mapping[str, float], *, keep: Iterable[str] = ()) -> dict[str, float]:
    """Weights brought to 100 in proportion, to the hundredth; those of `keep` stay as they are."""
    kept = set(keep) & set(weights)
    rest = TOTAL - math.fsum(weights[code] for code in kept)
    moving = [code for code in weights if code not in kept]
    if rest <= 0 or not moving:
        raise WeightsOverlap(where="weight", total=TOTAL - rest, weight=TOTAL)
    whole = math.fsum(weights[code] for code in moving)
    exact = [rest * (weights[code] / whole if whole else 1 / len(moving)) for code in moving]
    cents = [math.floor(part * 100 + CLOSE) for part in exact]
    order = sorted(range(len(moving)), key=lambda index: (cents[index] - exact[index] * 100, index))
    for index in order[: round(rest * 100) - sum(cents)]:
        cents[index] += 1
    found = dict(zip(moving, (part / 100 for part in cents), strict=True))
    return {code: weights[code] if code in kept else found[code] for code in weights}


def outside(criterion: Mapping[str, Any]) -> bool:
    """Whether a question is not part of the 100."""
    return criterion.get("kind") == "text" or criterion.get("counts", "weight") != "weight"


def _given(criterion: Mapping[str, Any], where: str) -> float | None:
    raw = criterion.get("weight")
    if raw is None:
        return 0.0 if outside(criterion) else None
    return number(raw, f"{where}.weight", most=TOTAL)


def _share_out(weights: list[float | None], criteria: Sequence[Mapping[str, Any]], whole: float, where: str) -> None:
    open_ = [place for place, weight in enumerate(weights) if weight is None]
    spent = math.fsum(
        weight for weight, one in zip(weights, criteria, strict=True) if weight is not None and not outside(one)
    )
    if not open_:
        if not math.isclose(spent, whole, abs_tol=CLOSE):
            raise SectionWeightsOff(where=where, total=spent, weight=whole)
        return
    if spent > whole - CLOSE:
        raise WeightsOverlap(where=where, total=spent, weight=whole)
    for place, weight in zip(open_, shares(whole - spent, len(open_)), strict=True):
        weights[place] = weight


def _counted(sections: Sequence[Mapping[str, Any]], given: Sequence[Sequence[float | None]]) -> Iterable[float]:
    for part, weights in zip(sections, given, strict=True):
        for one, weight in zip(part["criteria"], weights, strict=True):
            if weight is not None and not outside(one):
                yield weight
