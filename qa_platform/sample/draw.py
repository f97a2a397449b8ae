"""Draws the interactions to be heard so that each one's chance is known exactly and the draw can be made again.

Pure: a population, a plan and a seed in; the sample out, with the inclusion probability of every item. The design:

1. Everything critical is taken, probability 1. The rest of the population is Q.
2. Risk: the rest of its quota is drawn from what else stands out in Q, by systematic sampling in random order with
   probability proportional to the weight of its severity or risk stratum (Madow 1949; Hartley & Rao 1962): a fixed
   number of items.
3. Random: a simple random sample of all of Q that step 2 left. Because step 2 has a fixed size, the chance of an item
   left there is a constant, and the joint chance is exact.
4. Coverage: independently, a simple random sample within each agent and each channel that lacks reviews.

Nothing in Q has the chance 0, so that averages over the sample can be corrected (Horvitz & Thompson 1952).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from models.evaluations import Stratum
from models.finding import Severity
from qa_platform.sample.plan import Plan

NOBODY: Mapping[int, int] = MappingProxyType({})
NO_CHANNEL: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One interaction of the population; `severity` INFO where nothing stands out."""

    interaction: int
    severity: Severity
    agent: int | None = None
    channel: str | None = None
    risk: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """`position` is the order of work: what is critical first, then the strata side by side."""

    interaction: int
    severity: Severity
    stratum: Stratum
    probability: float
    position: int
    risk: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Quotas:
    """How many items each step takes; `coverage` by agent, `channels` by channel. Fixed before anything is drawn."""

    certain: int
    risk: int
    random: int
    coverage: Mapping[int, int]
    channels: Mapping[str, int] = field(default_factory=dict)


Key = TypeVar("Key", int, str)


def draw(
    candidates: Iterable[Candidate],
    plan: Plan,
    *,
    seed: int,
    owed: Mapping[int, int] = NOBODY,
    owed_channels: Mapping[str, int] = NO_CHANNEL,
) -> tuple[Drawn, ...]:
    """The sample, in the order of work. `owed` says how many reviews each agent (channel) still lacks this week.

    The same population (in any order), plan, debts and seed give the same sample.
    """
    population = sorted(candidates, key=lambda candidate: candidate.interaction)
    quota = quotas(population, plan, seed=seed, owed=owed, owed_channels=owed_channels)
    certain = [one for one in population if one.severity is Severity.CRITICAL]
    rest = [one for one in population if one.severity is not Severity.CRITICAL]
    risky = risk_chances(rest, plan, quota.risk)
    by_risk = _systematic(risky, seed=seed, size=quota.risk)
    left = [one.interaction for one in rest if one.interaction not in by_risk]
    at_random = set(_first(left, quota.random, seed=seed, salt="random"))
    agents, channels = _of_agents(rest), _of_channels(rest)
    for_coverage = _covered(agents, quota.coverage, seed=seed, salt="coverage")
    for_coverage |= _covered(channels, quota.channels, seed=seed, salt="channel")
    chance = chances(rest, plan, quota)
    sample = [(one, Stratum.RISK, 1.0) for one in certain]
    for one in rest:
        stratum = _stratum(one.interaction, by_risk, at_random, for_coverage)
        if stratum is not None:
            sample.append((one, stratum, chance[one.interaction]))
    return _in_order_of_work(sample, seed=seed)


def doubled(sample: Sequence[Drawn], plan: Plan, *, seed: int) -> frozenset[int]:
    """The interactions that a second person scores too: a simple random sample of the sample."""
    count = math.ceil(plan.double_share * len(sample)) if plan.double_share else 0
    return frozenset(_first([one.interaction for one in sample], count, seed=seed, salt="double"))


def quotas(
    population: Sequence[Candidate],
    plan: Plan,
    *,
    seed: int,
    owed: Mapping[int, int],
    owed_channels: Mapping[str, int] = NO_CHANNEL,
) -> Quotas:
    """What is critical comes on top of a full risk quota; a quota that the population cannot fill goes to chance."""
    certain = sum(one.severity is Severity.CRITICAL for one in population)
    rest = [one for one in population if one.severity is not Severity.CRITICAL]
    for_risk, for_random, for_coverage = plan.quotas
    risky = sum(plan.weight(one.severity, one.risk) > 0 for one in rest)
    risk = min(max(0, for_risk - certain), risky)
    unfilled = max(0, for_risk - certain - risk)
    coverage = _allot(_of_agents(rest), for_coverage, owed, seed=seed, salt="agent")
    unfilled_coverage = for_coverage - sum(coverage.values())
    channels = _allot(_of_channels(rest), unfilled_coverage, owed_channels, seed=seed, salt="channel")
    unfilled += unfilled_coverage - sum(channels.values())
    random = min(for_random + unfilled, len(rest) - risk)
    return Quotas(certain, risk, random, coverage, channels)


def chances(rest: Sequence[Candidate], plan: Plan, quota: Quotas) -> dict[int, float]:
    """The inclusion probability of every interaction that is not critical, drawn or not."""
    risky = risk_chances(rest, plan, quota.risk)
    left = len(rest) - quota.risk
    at_random = quota.random / left if left else 0.0
    of_agent, of_channel = _of_agents(rest), _of_channels(rest)
    found: dict[int, float] = {}
    for one in rest:
        by_risk = risky.get(one.interaction, 0.0)
        covered = _cell_chance(one.agent, quota.coverage, of_agent)
        by_channel = _cell_chance(one.channel, quota.channels, of_channel)
        found[one.interaction] = 1 - (1 - by_risk) * (1 - at_random) * (1 - covered) * (1 - by_channel)
    return found


def risk_chances(rest: Sequence[Candidate], plan: Plan, size: int) -> dict[int, float]:
    """Proportional to weight, never above 1; they add up to `size`."""
    weighed = ((one.interaction, plan.weight(one.severity, one.risk)) for one in rest)
    weights = {interaction: weight for interaction, weight in weighed if weight > 0}
    found: dict[int, float] = {}
    while weights and size > len(found):
        total, places = sum(weights.values()), size - len(found)
        sure = [interaction for interaction, weight in weights.items() if places * weight >= total]
        if not sure:
            return found | {interaction: places * weight / total for interaction, weight in weights.items()}
        for interaction in sure:
            found[interaction] = 1.0
            del weights[interaction]
    return found


def canonical(sample: Iterable[Drawn]) -> bytes:
    """The sample as bytes: equal bytes mean that the draw was made again exactly."""
    rows = [[one.position, one.interaction, one.severity, one.stratum, one.probability] for one in sample]
    return json.dumps(rows, separators=(",", ":")).encode()


def _systematic(risky: Mapping[int, float], *, seed: int, size: int) -> frozenset[int]:
    taken: list[int] = []
    reached, mark = 0.0, _fraction(seed, "start", 0)
    for interaction in _first(risky, len(risky), seed=seed, salt="risk"):
        reached += risky[interaction]
        # The tolerance is for sums of fractions that should end on a whole number.
        if reached > mark + 1e-9 and len(taken) < size:
            taken.append(interaction)
            mark += 1
    return frozenset(taken)


def _of_agents(rest: Iterable[Candidate]) -> dict[int, list[int]]:
    cells: dict[int, list[int]] = defaultdict(list)
    for one in rest:
        if one.agent is not None:
            cells[one.agent].append(one.interaction)
    return cells


def _of_channels(rest: Iterable[Candidate]) -> dict[str, list[int]]:
    cells: dict[str, list[int]] = defaultdict(list)
    for one in rest:
        if one.channel is not None:
            cells[one.channel].append(one.interaction)
    return cells


def _cell_chance(key: Key | None, places: Mapping[Key, int], cells: Mapping[Key, list[int]]) -> float:
    return 0.0 if key is None or not places.get(key) else places[key] / len(cells[key])


def _allot(
    cells: Mapping[Key, list[int]], places: int, owed: Mapping[Key, int], *, seed: int, salt: str
) -> dict[Key, int]:
    """Places for coverage go one by one to whoever lacks most; ties are settled by the seed."""
    given: dict[Key, int] = defaultdict(int)
    for _ in range(places):
        open_to = [key for key, members in cells.items() if owed.get(key, 0) > given[key] < len(members)]
        if not open_to:
            break
        neediest = min(open_to, key=lambda key: (given[key] - owed[key], _fraction(seed, salt, key), key))
        given[neediest] += 1
    return {key: count for key, count in sorted(given.items()) if count}


def _covered(cells: Mapping[Key, list[int]], places: Mapping[Key, int], *, seed: int, salt: str) -> frozenset[int]:
    taken: set[int] = set()
    for key, count in places.items():
        taken.update(_first(cells[key], count, seed=seed, salt=salt))
    return frozenset(taken)


def _stratum(
    interaction: int, by_risk: frozenset[int], at_random: set[int], for_coverage: frozenset[int]
) -> Stratum | None:
    if interaction in by_risk:
        return Stratum.RISK
    if interaction in at_random:
        return Stratum.RANDOM
    return Stratum.COVERAGE if interaction in for_coverage else None


def _in_order_of_work(sample: Sequence[tuple[Candidate, Stratum, float]], *, seed: int) -> tuple[Drawn, ...]:
    """Critical first. After that the strata advance at the same pace, each by severity and then by chance: who stops
    early has still heard a share of the random sample, and what was left says nothing about itself."""
    critical = [item for item in sample if item[0].severity is Severity.CRITICAL]
    ranked = [((False, 0.0, 0, item[0].interaction), item) for item in critical]
    for stratum in Stratum:
        own = [item for item in sample if item[1] is stratum and item[0].severity is not Severity.CRITICAL]
        own.sort(key=lambda item: (item[0].severity.rank, _fraction(seed, "order", item[0].interaction)))
        turn = list(Stratum).index(stratum)
        ranked += [((True, (place + 0.5) / len(own), turn, place), item) for place, item in enumerate(own)]
    ranked.sort(key=lambda pair: pair[0])
    return tuple(
        Drawn(candidate.interaction, candidate.severity, stratum, probability, position, candidate.risk)
        for position, (_, (candidate, stratum, probability)) in enumerate(ranked)
    )


def _first(interactions: Iterable[int], count: int, *, seed: int, salt: str) -> list[int]:
    """The first `count` of a random order that depends on nothing but the seed: a simple random sample."""
    return sorted(interactions, key=lambda interaction: (_fraction(seed, salt, interaction), interaction))[:count]


def _fraction(seed: int, salt: str, number: int | str) -> float:
    """A uniform number in [0, 1), the same on every machine."""
    digest = hashlib.sha256(f"{seed}/{salt}/{number}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) * 2.0**-53
