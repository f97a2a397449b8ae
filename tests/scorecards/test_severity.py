"""Severity of evaluators: found where they score the same conversations, and said to be unsure where they hardly do."""

from __future__ import annotations

import random

import pytest

from scorecards.severity import Given, adjusted, drift, leniencies


def scored(*, units: int, seed: int = 1, noise: float = 4.0, **effects: float) -> list[Given]:
    """Everybody scores everything; the truth of each conversation is theirs plus the evaluator's effect."""
    chance = random.Random(seed)
    found = []
    for unit in range(units):
        truth = chance.uniform(55, 85)
        found += [
            Given(str(unit), rater, truth + effect + chance.gauss(0, noise), float(unit))
            for rater, effect in effects.items()
        ]
    return found


def test_the_severe_and_the_lenient_are_told_apart_with_intervals_that_hold_the_truth() -> None:
    known = {one.rater: one for one in leniencies(scored(units=40, strict=-8, mild=6, middle=2))}
    for rater, effect in (("strict", -8), ("mild", 6), ("middle", 2)):
        own = known[rater]
        assert own.low is not None
        assert own.high is not None
        assert own.low <= effect <= own.high
    assert known["strict"].clear
    assert known["mild"].clear
    assert adjusted(70, "strict", known) == pytest.approx(70 - known["strict"].shrunk, abs=0.05)
    assert adjusted(70, "strict", known) > 75
    assert adjusted(70, "nobody", known) == 70
    assert adjusted(97, "strict", known) == 100


def test_effects_do_not_depend_on_who_happened_to_score_the_hard_conversations() -> None:
    """Strict scores only hard ones, mild only easy ones; a third scored both, and that links them."""
    chance = random.Random(3)
    given = []
    for unit in range(60):
        truth = 30.0 if unit % 2 else 80.0
        rater, effect = ("strict", -5) if unit % 2 else ("mild", 5)
        given += [
            Given(str(unit), rater, truth + effect + chance.gauss(0, 1)),
            Given(str(unit), "link", truth + chance.gauss(0, 1)),
        ]
    known = {one.rater: one.effect for one in leniencies(given)}
    assert known["strict"] == pytest.approx(-5, abs=0.6)
    assert known["mild"] == pytest.approx(5, abs=0.6)


def test_few_conversations_change_no_score_by_much() -> None:
    known = {one.rater: one for one in leniencies(scored(units=2, noise=15.0, a=0.0, b=0.0, c=0.0))}
    assert all(one.few and abs(one.shrunk) <= abs(one.effect) for one in known.values())


def test_without_shared_conversations_nothing_is_said() -> None:
    assert leniencies([Given("1", "a", 50.0), Given("2", "b", 90.0)]) == ()
    assert leniencies([]) == ()


def test_one_shared_conversation_gives_no_interval_and_adjusts_nothing() -> None:
    for one in leniencies([Given("1", "a", 50.0), Given("1", "b", 90.0)]):
        assert (one.low, one.high, one.shrunk) == (None, None, 0.0)


def test_drift_is_the_change_over_a_month() -> None:
    chance = random.Random(5)
    given = []
    for day in range(0, 90, 3):
        given += [
            Given(str(day), "moving", 70 - day * 0.2 + chance.gauss(0, 1), float(day)),
            Given(str(day), "steady", 70 + chance.gauss(0, 1), float(day)),
        ]
    moving = drift(given, "moving")
    assert moving is not None
    assert moving.per_30_days == pytest.approx(-6, abs=0.7)
    assert moving.high is not None
    assert moving.high < 0
    assert drift(given[:4], "moving") is None
