"""Agreement between raters, held to examples that others have published."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.quantiles import t_below, t_quantile
from scorecards.reliability import cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: 12 units, 4 observers, missing values.
# Gwet, Handbook (4th ed., 2014), uses the same table; the figures and standard errors below are his (also published
# as the example of the R package irrCAC).
KRIPPENDORFF_2011 = [
    (1, 1, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4),
    (4, 4, 4, 4), (1, 1, 2, 1), (2, 2, 2, 2), (5, 5, 5), (1, 1), (3,),
]  # fmt: skip


@pytest.mark.parametrize(
    ("coefficient", "value", "error"),
    [
        (krippendorff_alpha, 0.74342, 0.14557),
        (fleiss_kappa, 0.76117, 0.15302),
        (gwet_ac1, 0.77544, 0.14295),
        (percent_agreement, 0.81818, 0.12561),
    ],
)
def test_coefficients_and_their_errors_are_those_published_for_krippendorffs_example(
    coefficient: object, value: float, error: float
) -> None:
    assert callable(coefficient)
    found = coefficient(KRIPPENDORFF_2011)
    assert found.value == pytest.approx(value, abs=5e-6)
    assert found.error == pytest.approx(error, abs=5e-6)
    assert found.low < found.value < found.high <= 1


# Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971), as worked through in
# the encyclopaedia article on Fleiss' kappa: 10 subjects, 14 raters, 5 categories.
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


def test_fleiss_kappa_of_ten_subjects_and_fourteen_raters() -> None:
    units = [[category for category, times in enumerate(row) for _ in range(times)] for row in FLEISS]
    found = fleiss_kappa(units)
    assert found.value == pytest.approx(0.210, abs=5e-4)
    assert percent_agreement(units).value == pytest.approx(0.378, abs=5e-4)


def test_cohens_kappa_and_its_error_of_a_hundred_patients() -> None:
    """Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions (3rd ed., 2003), table 18.1: kappa 0.68."""
    cells = {("p", "p"): 75, ("p", "n"): 1, ("p", "o"): 4, ("n", "p"): 5, ("n", "n"): 4, ("n", "o"): 1, ("o", "o"): 10}
    found = cohen_kappa([pair for pair, times in cells.items() for _ in range(times)])
    assert found.value == pytest.approx(0.676, abs=5e-4)
    assert found.error == pytest.approx(0.088, abs=5e-4)


def test_where_nearly_all_is_alike_kappa_collapses_and_ac1_does_not() -> None:
    """Feinstein & Cicchetti's paradox (1990): 118 of 125 pairs agree on "yes", kappa is about 0."""
    pairs = [("yes", "yes")] * 118 + [("yes", "no")] * 5 + [("no", "yes")] * 2
    kappa, ac1 = cohen_kappa(pairs), gwet_ac1(pairs)
    assert kappa.value == pytest.approx(-0.0234, abs=5e-4)
    assert ac1.value == pytest.approx(0.9407, abs=5e-4)


@pytest.mark.parametrize("coefficient", [krippendorff_alpha, fleiss_kappa, gwet_ac1, percent_agreement])
def test_too_little_says_nothing_rather_than_something(coefficient: object) -> None:
    assert callable(coefficient)
    assert coefficient([]).value is None
    assert coefficient([("a",), ("b",)]).value is None
    one = coefficient([("a", "b", "a")])
    assert (one.low, one.high) == (None, None)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), min_size=2, max_size=12))
def test_coefficients_stay_within_their_bounds_and_do_not_depend_on_the_order(units: list[list[str]]) -> None:
    for coefficient in (krippendorff_alpha, fleiss_kappa, gwet_ac1, percent_agreement):
        found, again = coefficient(units), coefficient([list(reversed(unit)) for unit in reversed(units)])
        if found.value is not None:
            assert found.value <= 1 + 1e-9
            assert again.value == pytest.approx(found.value)
            assert found.low is not None
            assert found.high is not None
            assert -1 <= found.low <= found.high <= 1


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980), (1e7, 1.960)]
)
def test_students_quantiles_are_those_of_the_tables(freedom: float, expected: float) -> None:
    """Student's table, two-sided 5 %."""
    assert t_quantile(0.975, freedom) == pytest.approx(expected, abs=5e-4)
    assert t_quantile(0.025, freedom) == -t_quantile(0.975, freedom)
    assert t_below(t_quantile(0.9, freedom), freedom) == pytest.approx(0.9, abs=1e-6) or freedom > 1e6


def test_a_quantile_of_nothing_is_refused() -> None:
    for probability, freedom in ((0.0, 3.0), (1.0, 3.0), (0.5, 0.0), (math.nan, 3.0)):
        with pytest.raises(ValueError, match="probability"):
            t_quantile(probability, freedom)
