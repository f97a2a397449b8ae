"""Does the sample keep its word? Made-up conversations whose truth is known, drawn a thousand times by the real draw.

Measured: how often the 95 % intervals of re-weighted figures hold the truth (and how often raw figures would), and how
many critical failures an hour of listening finds in the risk stratum against a random sample of the same plan.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from models.evaluations import Stratum
from models.finding import Severity
from qa_platform.sample.draw import Candidate, Drawn, draw
from qa_platform.sample.plan import Plan, plan
from scorecards.estimate import Figure, Heard, mean, raw_mean, share

SEED = 20261119
DRAWS = 1000
DAYS, A_DAY, AGENTS = 5, 200, 12
# The world: 3 % of conversations hold a critical failure; the analyzers find 80 % of those and cry wolf in 1.5 % of
# the others. Kept here in plain sight, because the lift depends on them.
CRITICAL, FOUND, FALSE_ALARM = 0.03, 0.8, 0.015
MARKED = ((Severity.HIGH, 0.045), (Severity.MEDIUM, 0.15), (Severity.LOW, 0.19))
POINTS = {Severity.CRITICAL: 60, Severity.HIGH: 72, Severity.MEDIUM: 78, Severity.LOW: 84, Severity.INFO: 88}
SPREAD = 14.0
PASS_MARK = 70.0
SECONDS, LENGTHS = 240.0, 0.7  # lengths are log-normal: middle and spread


@dataclass(frozen=True, slots=True)
class Truth:
    candidate: Candidate
    points: float
    critical: bool
    hours: float


@dataclass(frozen=True, slots=True)
class Round:
    """One week drawn once: the figures it gives, and what listening found."""

    corrected: Figure
    failing: Figure
    raw: Figure
    agents: tuple[Figure, ...]
    risk: tuple[int, float]  # critical failures found, hours listened
    chance: tuple[int, float]


def run(*, draws: int = DRAWS, seed: int = SEED) -> dict[str, Any]:
    days = world(seed)
    everything = [one for day in days for one in day]
    chosen = replace(plan(), carry_over=0)
    rounds = [listen(days, chosen, seed=seed + number * DAYS) for number in range(draws)]
    truth = fmean(one.points for one in everything)
    failing = fmean(one.points < PASS_MARK for one in everything)
    of_agents = [fmean(one.points for one in everything if one.candidate.agent == agent) for agent in range(AGENTS)]
    per_hour = {name: _per_hour([getattr(one, name) for one in rounds]) for name in ("risk", "chance")}
    return {
        "interval_coverage": round(fmean(_holds(one.corrected, truth) for one in rounds), 4),
        "lift_per_hour": round(per_hour["risk"] / per_hour["chance"], 2),
        "share_interval_coverage": round(fmean(_holds(one.failing, failing) for one in rounds), 4),
        "agent_interval_coverage": round(
            fmean(
                _holds(figure, of_agents[agent])
                for one in rounds
                for agent, figure in enumerate(one.agents)
                if figure.low is not None
            ),
            4,
        ),
        "raw_interval_coverage": round(fmean(_holds(one.raw, truth) for one in rounds), 4),
        "bias": round(fmean(one.corrected.value or 0.0 for one in rounds) - truth, 3),
        "raw_bias": round(fmean(one.raw.value or 0.0 for one in rounds) - truth, 3),
        "interval_width": round(fmean((one.corrected.high or 0) - (one.corrected.low or 0) for one in rounds), 2),
        "critical_per_hour_risk": round(per_hour["risk"], 3),
        "critical_per_hour_random": round(per_hour["chance"], 3),
        "draws": draws,
        "seed": seed,
        "population": len(everything),
        "days": DAYS,
        "agents": AGENTS,
        "reviews": round(fmean(one.corrected.n for one in rounds), 1),
        "assumed": {"critical": CRITICAL, "found": FOUND, "false_alarm": FALSE_ALARM},
    }


def world(seed: int) -> list[list[Truth]]:
    """A week of conversations whose truth is known."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    return [[_conversation(chance, day * A_DAY + place) for place in range(A_DAY)] for day in range(DAYS)]


def listen(days: Sequence[Sequence[Truth]], chosen: Plan, *, seed: int) -> Round:
    drawn: list[tuple[Truth, Drawn]] = []
    for number, day in enumerate(days):
        by_id = {one.candidate.interaction: one for one in day}
        owed = dict.fromkeys(range(AGENTS), 3)
        sample = draw([one.candidate for one in day], chosen, seed=seed + number, owed=owed)
        drawn += [(by_id[one.interaction], one) for one in sample]
    heard = [(truth, Heard(truth.points, 1 / one.probability)) for truth, one in drawn]
    return Round(
        corrected=mean([one for _, one in heard]),
        failing=share([Heard(float(one.value < PASS_MARK), one.weight) for _, one in heard]),
        raw=raw_mean([one.value for _, one in heard]),
        agents=tuple(mean([one for truth, one in heard if truth.candidate.agent == agent]) for agent in range(AGENTS)),
        risk=_found(drawn, Stratum.RISK),
        chance=_found(drawn, Stratum.RANDOM, every=[one for day in days for one in day]),
    )


def _found(
    drawn: Sequence[tuple[Truth, Drawn]], stratum: Stratum, *, every: Sequence[Truth] | None = None
) -> tuple[int, float]:
    """Critical failures and hours. A purely random draw is one from everything, so that is what it is held against."""
    if every is not None:
        return sum(one.critical for one in every), sum(one.hours for one in every)
    own = [truth for truth, one in drawn if one.stratum is stratum]
    return sum(one.critical for one in own), sum(one.hours for one in own)


def _conversation(chance: random.Random, number: int) -> Truth:
    critical = chance.random() < CRITICAL
    severity = _severity(chance, critical=critical)
    points = 0.0 if critical else min(100.0, max(0.0, round(chance.gauss(POINTS[severity], SPREAD), 1)))
    hours = SECONDS * chance.lognormvariate(0.0, LENGTHS) / 3600
    return Truth(Candidate(number, severity, chance.randrange(AGENTS)), points, critical, hours)


def _severity(chance: random.Random, *, critical: bool) -> Severity:
    if chance.random() < (FOUND if critical else FALSE_ALARM):
        return Severity.CRITICAL
    level = chance.random()
    for severity, part in MARKED:
        if level < part:
            return severity
        level -= part
    return Severity.INFO


def _holds(figure: Figure, truth: float) -> bool:
    return figure.low is not None and figure.high is not None and figure.low <= truth <= figure.high


def _per_hour(found: Sequence[tuple[int, float]]) -> float:
    return sum(number for number, _ in found) / sum(hours for _, hours in found)


EXPLAINED: Mapping[str, str] = {
    "interval_coverage": "the 95 % interval of the corrected mean holds the truth",
    "lift_per_hour": "critical failures an hour of listening, risk stratum against random",
    "share_interval_coverage": "the 95 % interval of a corrected share holds the truth",
    "agent_interval_coverage": "the same for the mean of one agent's week",
    "raw_interval_coverage": "the interval of the raw mean holds the truth",
}
