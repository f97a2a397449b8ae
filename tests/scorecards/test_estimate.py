"""Re-weighted figures: what they say of a known population, and how plainly they say that they rest on little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.estimate import NOTHING, Heard, mean, raw_mean, share


def test_a_heard_one_stands_for_as_many_as_its_chance_says() -> None:
    """Two problems heard for certain, one of 98 ordinary ones: by hand (0 + 0 + 98 x 90) / 100."""
    found = mean([Heard(0, 1), Heard(0, 1), Heard(90, 98)])
    assert found.value == pytest.approx(88.2)
    assert raw_mean([0, 0, 90]).value == pytest.approx(30)
    assert found.few


def test_what_was_heard_whole_leaves_no_doubt() -> None:
    for figure in (mean([Heard(10, 1), Heard(90, 1)]), share([Heard(1, 1), Heard(0, 1)])):
        assert figure.low == figure.value == figure.high


def test_what_was_certain_to_come_up_is_no_census_while_others_were_never_heard() -> None:
    for figure in (mean([Heard(10, 1), Heard(90, 1)], whole=False), share([Heard(1, 1)], whole=False)):
        assert figure.value is not None
        assert (figure.low, figure.high) == (None, None)


def test_equal_chances_give_the_plain_interval_less_what_was_heard() -> None:
    values = [70, 80, 90, 60, 75, 85, 95, 65, 72, 88, 91, 69]
    plain, weighted = raw_mean(values), mean([Heard(value, 1000) for value in values])
    assert weighted.value == pytest.approx(plain.value)
    assert plain.high is not None
    assert weighted.high == pytest.approx(plain.high, abs=0.01)
    assert weighted.effective == pytest.approx(12)
    half = mean([Heard(value, 2) for value in values])
    assert half.high is not None
    assert half.high < plain.high


@pytest.mark.parametrize("figure", [mean([]), share([]), raw_mean([])])
def test_nothing_heard_says_nothing(figure: object) -> None:
    assert figure == NOTHING


def test_one_conversation_has_no_interval_and_a_share_of_all_still_has_doubt() -> None:
    assert (mean([Heard(50, 9)]).low, raw_mean([50]).high) == (None, None)
    alike = share([Heard(1, 20)] * 12)
    assert alike.value == 1
    assert alike.low is not None
    assert 0.6 < alike.low < 0.85
    assert not alike.few


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 500)), min_size=2, max_size=30))
def test_figures_stay_within_their_bounds(rows: list[tuple[float, float]]) -> None:
    found = mean([Heard(value, weight) for value, weight in rows])
    assert found.value is not None
    assert min(value for value, _ in rows) - 1e-6 <= found.value <= max(value for value, _ in rows) + 1e-6
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value + 1e-6
        assert found.value - 1e-6 <= found.high <= 100
    part = share([Heard(float(value > 50), weight) for value, weight in rows])
    assert part.low is not None
    assert part.high is not None
    assert part.value is not None
    assert 0 <= part.low <= part.value + 1e-9 <= part.high + 2e-9 <= 1 + 3e-9
