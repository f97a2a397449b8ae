"""A sampling plan: how many reviews a day, and how they are shared between risk, chance and coverage of agents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.evaluations import Stratum
from models.finding import Severity
from models.scorecard import Label
from scorecards import strict

FOLDER = Path(__file__).parent / "plans"
KEYS = {"code", "version", "label", "capacity", "shares", "weights", "minimum_per_agent"}
WEIGHED = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


class SharesOff(strict.Unreadable):
    says = "The shares add up to {total:g}, not to 1."
    remedy = "Change them until they add up to 1."


class NoChance(strict.Unreadable):
    says = "Nothing is drawn at random."
    remedy = "Give the random share more than 0: without it no average can be trusted."


class PlanUnknown(strict.Unreadable):
    status = 404
    says = "There is no sampling plan '{code}'."
    remedy = "Use one of: {known}."


@dataclass(frozen=True, slots=True)
class Plan:
    """`weights` by severity steer the risk draw; what is critical needs none, it is always taken."""

    code: str
    version: int
    label: Label
    capacity: int
    shares: tuple[float, float, float]  # risk, random, coverage
    weights: tuple[float, float, float]  # high, medium, low
    minimum_per_agent: int

    @property
    def quotas(self) -> tuple[int, int, int]:
        """Whole places for risk, random and coverage: largest remainders, and at least one at random."""
        exact = [share * self.capacity for share in self.shares]
        whole = [math.floor(part) for part in exact]
        order = sorted(range(3), key=lambda index: (whole[index] - exact[index], index))
        for index in order[: self.capacity - sum(whole)]:
            whole[index] += 1
        if whole[1] == 0:
            giver = 0 if whole[0] >= whole[2] else 2
            whole[giver], whole[1] = whole[giver] - 1, 1
        return whole[0], whole[1], whole[2]

    def weight(self, severity: Severity) -> float:
        return self.weights[WEIGHED.index(severity)] if severity in WEIGHED else 0.0


@cache
def plan(code: str = "early-collections") -> Plan:
    """A plan of the folder by its code."""
    plans = {one.code: one for one in (read(path) for path in sorted(FOLDER.glob("*.yaml")))}
    if code not in plans:
        raise PlanUnknown(where=code, code=code, known=", ".join(plans))
    return plans[code]


def read(path: Path) -> Plan:
    return build(strict.parse(path.read_text(encoding="utf-8"), file=path.name), file=path.name)


def build(raw: object, *, file: str) -> Plan:
    """A plan out of plain data: a parsed file, or what a draw stored."""
    data = strict.mapping(raw, file, KEYS, needs=sorted(KEYS))
    shares = _numbers(data["shares"], f"{file}: shares", [stratum.value for stratum in Stratum], most=1)
    if not math.isclose(math.fsum(shares), 1, abs_tol=1e-6):
        raise SharesOff(where=f"{file}: shares", total=math.fsum(shares))
    if shares[1] == 0:
        raise NoChance(where=f"{file}: shares.random")
    return Plan(
        code=strict.word(data["code"], f"{file}: code"),
        version=strict.whole(data["version"], f"{file}: version"),
        label=strict.label(data["label"], f"{file}: label"),
        capacity=strict.whole(data["capacity"], f"{file}: capacity"),
        shares=shares,
        weights=_numbers(data["weights"], f"{file}: weights", [severity.value for severity in WEIGHED], most=1000),
        minimum_per_agent=strict.whole(data["minimum_per_agent"], f"{file}: minimum_per_agent"),
    )


def content(chosen: Plan) -> dict[str, object]:
    """The plan as plain data: `build` makes the same plan of it again."""
    return {
        "code": chosen.code,
        "version": chosen.version,
        "label": {"es": chosen.label.es, "en": chosen.label.en},
        "capacity": chosen.capacity,
        "shares": dict(zip((stratum.value for stratum in Stratum), chosen.shares, strict=True)),
        "weights": dict(zip((severity.value for severity in WEIGHED), chosen.weights, strict=True)),
        "minimum_per_agent": chosen.minimum_per_agent,
    }


def _numbers(raw: object, where: str, keys: list[str], *, most: float) -> tuple[float, float, float]:
    data: Mapping[str, object] = strict.mapping(raw, where, keys, needs=keys)
    first, second, third = (strict.number(data[key], f"{where}.{key}", most=most) for key in keys)
    return first, second, third
