"""Student's t without a statistics package: its distribution function and the quantile that intervals need."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

TINY = 1e-300
MANY = 1e6  # degrees of freedom from which t is normal to six digits


@cache
def t_quantile(probability: float, freedom: float) -> float:
    """The t that `probability` of the distribution lies below; `freedom` may be a fraction (Satterthwaite)."""
    if not 0 < probability < 1 or freedom <= 0:
        raise ValueError("a probability between 0 and 1 and degrees of freedom above 0 are needed")
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -t_quantile(1 - probability, freedom)
    if freedom > MANY:
        return NormalDist().inv_cdf(probability)
    low, high = 0.0, 1.0
    while t_below(high, freedom) < probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_below(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def t_below(value: float, freedom: float) -> float:
    """P(T <= value)."""
    tail = incomplete_beta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function by Lentz's continued fraction (Numerical Recipes, 3rd ed., 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            step = c * d
            found *= step
        if abs(step - 1) < 1e-15:
            break
    return found


def _off_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
