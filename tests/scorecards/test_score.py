"""What a score promises: its bounds, what N/A does, that better answers never cost points, and how a form fails."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.finding import Answer
from models.scorecard import Criterion, Label, Scorecard, Section
from scorecards.load import scorecard
from scorecards.score import score, subtotals

NOTHING = Label(es="", en="")
MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.UNDETERMINED


def card(*weights: float, critical: frozenset[int] = frozenset()) -> Scorecard:
    criteria = tuple(
        Criterion(f"c{index}", NOTHING, NOTHING, weight, steps=("step.x",), critical=index in critical)
        for index, weight in enumerate(weights)
    )
    half = len(criteria) // 2
    sections = (Section("first", NOTHING, criteria[:half]), Section("second", NOTHING, criteria[half:]))
    return Scorecard("small", 1, NOTHING, sections, auto_fail=("slip.threat_jail",))


def answers(*given_: Answer) -> dict[str, Answer]:
    return {f"c{index}": answer for index, answer in enumerate(given_)}


@st.composite
def judged_cards(draw: st.DrawFn) -> tuple[Scorecard, dict[str, Answer]]:
    parts = draw(st.lists(st.integers(0, 30), min_size=2, max_size=12).filter(sum))
    weights = [100 * part / sum(parts) for part in parts]
    critical = draw(st.frozensets(st.integers(0, len(weights) - 1)))
    chosen = draw(st.lists(st.sampled_from(Answer), min_size=len(weights), max_size=len(weights)))
    return card(*weights, critical=critical), answers(*chosen)


@given(judged_cards())
def test_the_score_lies_in_its_range_and_the_range_within_0_and_100(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    result = score(*case)
    assert 0 <= result.low <= result.high <= 100
    if result.points is not None:
        assert result.low <= result.points <= result.high


@given(judged_cards())
def test_the_range_closes_when_everything_is_decided(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    form, given_ = case
    decided = {code: NOT_MET if answer is OPEN else answer for code, answer in given_.items()}
    result = score(form, decided)
    assert result.points is None or result.low == result.points == result.high
    assert result.answered == result.total == len(form.criteria)


@given(judged_cards(), st.data())
def test_saying_that_an_open_question_does_not_apply_leaves_the_points(
    case: tuple[Scorecard, dict[str, Answer]], data: st.DataObject
) -> None:
    form, given_ = case
    code = data.draw(st.sampled_from(sorted(given_)))
    before = score(form, given_ | {code: OPEN})
    after = score(form, given_ | {code: NA})
    assert after.points == before.points
    assert after.points is None or before.low <= after.points <= before.high


@given(judged_cards(), st.data())
def test_a_better_answer_never_costs_points_and_the_end_lies_in_the_range(
    case: tuple[Scorecard, dict[str, Answer]], data: st.DataObject
) -> None:
    form, given_ = case
    code = data.draw(st.sampled_from(sorted(given_)))
    start = score(form, given_ | {code: OPEN})
    worse, better = score(form, given_ | {code: NOT_MET}), score(form, given_ | {code: MET})
    assert start.low <= worse.low <= better.low
    assert worse.high <= better.high <= start.high
    if worse.points is not None and better.points is not None:
        assert worse.points <= better.points


@given(judged_cards())
def test_every_section_accounts_for_its_weight(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    form, given_ = case
    for part, section in zip(subtotals(form, given_), form.sections, strict=True):
        dropped = math.fsum(one.weight for one in section.criteria if given_[one.code] is NA)
        assert part.applicable + dropped == pytest.approx(part.weight)


@given(judged_cards())
def test_a_confirmed_auto_fail_takes_any_form_to_zero(case: tuple[Scorecard, dict[str, Answer]]) -> None:
    result = score(*case, auto_fail=["slip.threat_jail", "slip.other"])
    assert (result.points, result.low, result.high, result.passed) == (0, 0, 0, False)
    assert result.failed_by == ("slip.threat_jail",)


@pytest.mark.parametrize(
    ("given_", "points", "low", "high", "passed"),
    [
        pytest.param((MET, MET, MET, MET), 100, 100, 100, True, id="all met"),
        pytest.param((MET, MET, NOT_MET, NOT_MET), 50, 50, 50, False, id="half met"),
        pytest.param(
            (MET, NA, NOT_MET, NA), 57.1, 57.1, 57.1, False, id="the weight of N/A goes to the rest: 40 of 70"
        ),
        pytest.param((MET, OPEN, NOT_MET, MET), 66.7, 60, 70, False, id="one open: 60 of 90, 60..70 of 100"),
        pytest.param((MET, OPEN, OPEN, MET), 100, 60, 100, None, id="may still pass or fail"),
        pytest.param((OPEN, OPEN, OPEN, OPEN), None, 0, 100, None, id="nothing answered"),
        pytest.param((NA, NA, NA, NA), None, 0, 100, None, id="nothing applies"),
    ],
)
def test_points(given_: tuple[Answer, ...], points: float | None, low: float, high: float, passed: bool | None) -> None:
    result = score(card(40, 10, 30, 20), answers(*given_))
    assert (result.points, result.low, result.high, result.passed) == (points, low, high, passed)


def test_an_auto_fail_that_nobody_has_judged_only_lowers_the_range() -> None:
    result = score(card(50, 50), answers(MET, MET), auto_fail_open=["slip.threat_jail"])
    assert (result.points, result.low, result.high, result.passed) == (100, 0, 100, None)
    harmless = score(card(50, 50), answers(MET, MET), auto_fail_open=["slip.id_weak"])
    assert harmless.low == 100


def test_a_critical_question_not_met_fails_the_form_and_keeps_its_points() -> None:
    result = score(card(10, 90, critical=frozenset({0})), answers(NOT_MET, MET))
    assert (result.points, result.passed, result.failed_by) == (90, False, ())


def test_an_open_critical_question_without_weight_keeps_the_verdict_open() -> None:
    result = score(card(0, 100, critical=frozenset({0})), answers(OPEN, MET))
    assert (result.points, result.low, result.passed) == (100, 100, None)


def test_questions_without_an_answer_are_open() -> None:
    unified = scorecard()
    result = score(unified, {"respect": MET})
    assert result.answered == 1
    assert result.total == len(unified.criteria)
    assert (result.low, result.high) == (8, 100)
