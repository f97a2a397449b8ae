"""A sampling plan: how many reviews a day, and how they are shared between risk, chance and coverage of agents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.conversation import Channel
from models.evaluations import Stratum
from models.finding import Severity
from models.scorecard import Label
from qa_platform.sample.strata import RISKS
from scorecards import strict

FOLDER = Path(__file__).parent / "plans"
NEEDS = {"code", "version", "label", "capacity", "shares", "weights", "minimum_per_agent"}
KEYS = NEEDS | {"risk", "minimum_per_channel", "double_share", "per_analyst", "carry_over", "listen_seconds"}
MOST = 1000
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
    """`weights` by severity and `risk` by risk stratum steer the risk draw, the heavier one counts; what is critical
    needs none, it is always taken. `capacity` is what a day's draw takes unless `per_analyst` works it out."""

    code: str
    version: int
    label: Label
    capacity: int
    shares: tuple[float, float, float]  # risk, random, coverage
    weights: tuple[float, float, float]  # high, medium, low
    minimum_per_agent: int  # reviews a week
    risk: tuple[tuple[str, float], ...] = ()
    minimum_per_channel: tuple[tuple[str, int], ...] = ()  # reviews a week
    double_share: float = 0.0  # of what is drawn, scored by a second person for calibration
    per_analyst: int | None = None  # reviews a day
    carry_over: int = 0  # places that a day may inherit from the one before, where that could not fill its own
    listen_seconds: int = 0  # to be heard before an evaluation of a recording is submitted

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

    def weight(self, severity: Severity, risk: str | None = None) -> float:
        by_severity = self.weights[WEIGHED.index(severity)] if severity in WEIGHED else 0.0
        return max(by_severity, dict(self.risk).get(risk or "", 0.0))


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
    data = strict.mapping(raw, file, KEYS, needs=sorted(NEEDS))
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
        risk=_by_name(data, "risk", file, list(RISKS)),
        minimum_per_channel=tuple(
            (name, int(number)) for name, number in _by_name(data, "minimum_per_channel", file, list(Channel))
        ),
        double_share=strict.number(data.get("double_share", 0.0), f"{file}: double_share", most=1),
        per_analyst=_optional(data, "per_analyst", file),
        carry_over=_optional(data, "carry_over", file) or 0,
        listen_seconds=_optional(data, "listen_seconds", file) or 0,
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
        "risk": dict(chosen.risk),
        "minimum_per_channel": dict(chosen.minimum_per_channel),
        "double_share": chosen.double_share,
        "per_analyst": chosen.per_analyst,
        "carry_over": chosen.carry_over or None,
        "listen_seconds": chosen.listen_seconds or None,
    }


def _by_name(data: Mapping[str, Any], key: str, file: str, known: list[str]) -> tuple[tuple[str, float], ...]:
    raw: Mapping[str, object] = strict.mapping(data.get(key) or {}, f"{file}: {key}", known)
    return tuple(
        (str(name), strict.number(raw[name], f"{file}: {key}.{name}", most=MOST)) for name in known if name in raw
    )


def _optional(data: Mapping[str, Any], key: str, file: str) -> int | None:
    return None if data.get(key) is None else strict.whole(data[key], f"{file}: {key}")


def _numbers(raw: object, where: str, keys: list[str], *, most: float) -> tuple[float, float, float]:
    data: Mapping[str, object] = strict.mapping(raw, where, keys, needs=keys)
    first, second, third = (strict.number(data[key], f"{where}.{key}", most=most) for key in keys)
    return first, second, third
