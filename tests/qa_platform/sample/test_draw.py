"""The draw: every chance is the one it says, it can be made again, and nothing is out of reach."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import QAError
from models.evaluations import Stratum
from models.finding import Severity
from qa_platform.sample import plan as plans
from qa_platform.sample.draw import Candidate, Drawn, canonical, chances, draw, quotas, risk_chances
from qa_platform.sample.plan import NoChance, Plan, PlanUnknown, SharesOff
from scorecards import strict

CRITICAL, HIGH, MEDIUM, LOW, INFO = Severity
PLAN = plans.plan()


def people(*severities: Severity, agents: int = 3) -> list[Candidate]:
    return [Candidate(100 + index, severity, index % agents) for index, severity in enumerate(severities)]


MIXED = people(*[CRITICAL] * 2, *[HIGH] * 6, *[MEDIUM] * 12, *[LOW] * 10, *[INFO] * 50)


def test_the_same_input_gives_the_same_bytes_in_any_order() -> None:
    once = canonical(draw(MIXED, PLAN, seed=20261119, owed={0: 2}))
    shuffled = random.Random(1).sample(MIXED, len(MIXED))
    assert canonical(draw(shuffled, PLAN, seed=20261119, owed={0: 2})) == once
    assert canonical(draw(MIXED, PLAN, seed=20261120, owed={0: 2})) != once


def test_a_draw_is_the_same_on_every_machine() -> None:
    sample = draw(people(CRITICAL, HIGH, MEDIUM, LOW, INFO, INFO), replace(PLAN, capacity=3), seed=7)
    # By hand: of the two risk places one is left, the high one's chance is 4/7; one of the four left comes at random.
    high, low = 1 - (1 - 4 / 7) * (1 - 1 / 4), 1 - (1 - 1 / 7) * (1 - 1 / 4)
    assert [(one.interaction, one.stratum.value, one.probability) for one in sample] == [
        (100, "risk", 1.0),
        (101, "risk", pytest.approx(high)),
        (103, "random", pytest.approx(low)),
    ]


def test_what_is_critical_is_always_taken_and_comes_first() -> None:
    population = people(*[CRITICAL] * 30, *[INFO] * 30)
    sample = draw(population, PLAN, seed=1)
    assert [one.probability for one in sample[:30]] == [1.0] * 30
    assert {one.severity for one in sample[:30]} == {CRITICAL}
    assert [one.stratum for one in sample[30:]] == [Stratum.RANDOM] * (24 - 14)


def test_without_anything_risky_the_whole_capacity_goes_to_chance() -> None:
    sample = draw(people(*[INFO] * 100), PLAN, seed=3)
    assert Counter(one.stratum for one in sample) == {Stratum.RANDOM: 24}
    assert {one.probability for one in sample} == {0.24}


def test_a_small_population_is_taken_whole_with_certainty() -> None:
    sample = draw(people(HIGH, MEDIUM, INFO, INFO), PLAN, seed=1)
    assert len(sample) == 4
    assert {one.probability for one in sample} == {1.0}


def test_nothing_to_draw_from_draws_nothing() -> None:
    assert draw([], PLAN, seed=1) == ()


def test_coverage_goes_to_the_agents_who_lack_most() -> None:
    sample = draw(people(*[INFO] * 300), PLAN, seed=1, owed={0: 6, 1: 2, 2: 0})
    covered = {(one.interaction - 100) % 3 for one in sample if one.stratum is Stratum.COVERAGE}
    assert covered == {0}
    quota = quotas(people(*[INFO] * 300), PLAN, seed=1, owed={0: 6, 1: 2, 2: 0})
    assert quota.coverage == {0: 4}


def test_who_stops_early_has_heard_some_of_the_random_sample() -> None:
    sample = draw(MIXED, PLAN, seed=5)
    after_critical = [one.stratum for one in sample if one.severity is not CRITICAL]
    assert Stratum.RANDOM in after_critical[:4]
    assert [one.position for one in sample] == list(range(len(sample)))


@pytest.mark.parametrize("owed", [{}, {0: 3, 1: 1}], ids=["no coverage", "with coverage"])
def test_over_many_seeds_everybody_comes_as_often_as_their_chance_says(owed: dict[int, int]) -> None:
    population = people(CRITICAL, *[HIGH] * 2, *[MEDIUM] * 3, *[LOW] * 4, *[INFO] * 10)
    plan = replace(PLAN, capacity=8)
    draws = 3000
    seen: Counter[int] = Counter()
    for seed in range(draws):
        seen.update(one.interaction for one in draw(population, plan, seed=seed, owed=owed))
    rest = [one for one in population if one.severity is not CRITICAL]
    expected = chances(rest, plan, quotas(population, plan, seed=0, owed=owed)) | {100: 1.0}
    for one in population:
        chance = expected[one.interaction]
        error = math.sqrt(chance * (1 - chance) / draws)
        assert abs(seen[one.interaction] / draws - chance) <= 4.5 * error, one


def test_totals_weighted_by_the_chances_are_right_on_average() -> None:
    """Horvitz-Thompson: the mean of the estimates is the true total, although risk is drawn far more often."""
    population = people(*[CRITICAL] * 2, *[HIGH] * 6, *[MEDIUM] * 10, *[INFO] * 40)
    value = {one.interaction: 10.0 * one.severity.rank + one.interaction % 7 for one in population}
    estimates = [
        sum(value[one.interaction] / one.probability for one in draw(population, PLAN, seed=seed))
        for seed in range(800)
    ]
    mean = sum(estimates) / len(estimates)
    spread = math.sqrt(sum((one - mean) ** 2 for one in estimates) / (len(estimates) - 1))
    assert abs(mean - sum(value.values())) <= 4 * spread / math.sqrt(len(estimates))


populations = st.lists(st.sampled_from(Severity), max_size=60).map(lambda found: people(*found))


@settings(max_examples=150)
@given(populations, st.integers(1, 40), st.integers(0, 10**9), st.dictionaries(st.integers(0, 2), st.integers(1, 9)))
def test_what_every_draw_promises(population: list[Candidate], capacity: int, seed: int, owed: dict[int, int]) -> None:
    plan = replace(PLAN, capacity=capacity)
    sample = draw(population, plan, seed=seed, owed=owed)
    rest = [one for one in population if one.severity is not CRITICAL]
    critical = {one.interaction for one in population} - {one.interaction for one in rest}
    found = chances(rest, plan, quotas(population, plan, seed=seed, owed=owed))
    assert len({one.interaction for one in sample}) == len(sample)
    assert critical <= {one.interaction for one in sample}
    assert all(0 < chance <= 1 for chance in found.values())
    assert all(one.probability == (1.0 if one.interaction in critical else found[one.interaction]) for one in sample)
    assert len(sample) - len(critical) <= capacity


@given(populations, st.integers(0, 30))
def test_risk_chances_add_up_to_the_quota_and_follow_the_weights(population: list[Candidate], size: int) -> None:
    risky = [one for one in population if PLAN.weight(one.severity)]
    size = min(size, len(risky))
    found = risk_chances(population, PLAN, size)
    assert math.fsum(found.values()) == pytest.approx(size)
    by_severity = {one.severity: found.get(one.interaction, 0.0) for one in risky}
    assert by_severity.get(HIGH, 1) >= by_severity.get(MEDIUM, 0) >= by_severity.get(LOW, 0) or len(by_severity) < 3


@pytest.mark.parametrize(
    ("capacity", "shares", "expected"),
    [
        (24, (0.58, 0.25, 0.17), (14, 6, 4)),
        (1, (0.58, 0.25, 0.17), (0, 1, 0)),
        (2, (0.98, 0.01, 0.01), (1, 1, 0)),
        (3, (0.01, 0.01, 0.98), (0, 1, 2)),
        (10, (0.0, 1.0, 0.0), (0, 10, 0)),
    ],
)
def test_quotas_are_whole_fill_the_day_and_always_leave_room_for_chance(
    capacity: int, shares: tuple[float, float, float], expected: tuple[int, int, int]
) -> None:
    assert replace(PLAN, capacity=capacity, shares=shares).quotas == expected


RAW: dict[str, Any] = plans.content(PLAN)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"shares": {"risk": 0.5, "random": 0.4, "coverage": 0.2}}, SharesOff),
        ({"shares": {"risk": 0.8, "random": 0, "coverage": 0.2}}, NoChance),
        ({"shares": {"risk": 0.8, "random": 0.2}}, strict.KeyMissing),
        ({"capacity": 0}, strict.WholeNumberWanted),
        ({"weights": {"high": -1, "medium": 1, "low": 1}}, strict.NumberWanted),
        ({"hope": 1}, strict.KeyUnknown),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(changes: dict[str, Any], error: type[QAError]) -> None:
    with pytest.raises(error, match=r"p\.yaml"):
        plans.build({**RAW, **changes}, file="p.yaml")


def test_a_plan_stored_and_read_again_is_the_same() -> None:
    assert plans.build(yaml.safe_load(yaml.safe_dump(RAW)), file="stored") == PLAN


def test_an_unknown_plan_is_refused_with_those_that_exist() -> None:
    with pytest.raises(PlanUnknown, match="early-collections"):
        plans.plan("late")


def test_canonical_bytes_hold_everything_that_was_drawn() -> None:
    one = Drawn(1, HIGH, Stratum.RISK, 0.5, 0)
    assert canonical([one]) == b'[[0,1,"high","risk",0.5]]'
    assert canonical([replace(one, probability=0.25)]) != canonical([one])


def test_the_default_plan_is_the_one_the_docs_describe() -> None:
    assert isinstance(PLAN, Plan)
    assert (PLAN.capacity, PLAN.quotas) == (24, (14, 6, 4))
