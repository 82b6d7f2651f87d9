"""Intervals of means, differences and ratios, by hand and against published figures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.stats import Moments, PairMoments, mean_difference, mean_interval, ratio_interval

values = st.lists(st.integers(-1000, 1000), min_size=2, max_size=30)


def moments(sample: list[int]) -> Moments:
    return Moments(len(sample), sum(sample), sum(x * x for x in sample))


def pairs(sample: list[tuple[int, int]]) -> PairMoments:
    return PairMoments(
        len(sample),
        sum(y for y, _ in sample),
        sum(x for _, x in sample),
        sum(y * y for y, _ in sample),
        sum(x * x for _, x in sample),
        sum(x * y for y, x in sample),
    )


def test_mean() -> None:
    """1 to 5: mean 3, variance 10/4; t(4) = 2.776; 2.776 x sqrt(2.5 / 5) = 1.963."""
    assert mean_interval(moments([1, 2, 3, 4, 5])) == pytest.approx((1.037, 4.963), abs=0.0005)


def test_sleep() -> None:
    """Student's sleep data (1908): the ten gains over the other drug, mean 1.58, are 0.70 to 2.46 of an hour."""
    tenths = [12, 24, 13, 13, 0, 10, 18, 8, 46, 14]
    assert mean_interval(moments(tenths)) == pytest.approx((7.001142, 24.598858), abs=1e-5)


def test_difference_of_means() -> None:
    """The same two drugs as independent groups, Welch's test as every textbook prints it: -3.365 to 0.205 hours."""
    first = [7, -16, -2, -12, -1, 34, 37, 8, 0, 20]
    second = [19, 8, 11, 1, -1, 44, 55, 16, 46, 34]
    assert mean_difference(moments(second), moments(first)) == pytest.approx((-33.65483, 2.05483), abs=1e-4)


def test_a_large_mean_loses_nothing() -> None:
    """1 to 5 cents above ten billion: the variance is that of 1 to 5."""
    low, high = mean_interval(moments([10**12 + x for x in (1, 2, 3, 4, 5)])) or (0, 0)
    assert (low - 10**12, high - 10**12) == pytest.approx((1.037, 4.963), abs=0.001)


def test_too_few() -> None:
    one = moments([7])
    assert Moments(0, 0, 0).mean is None and Moments(0, 0, 0).variance is None
    assert (one.mean, one.variance, mean_interval(one)) == (7, None, None)
    assert mean_difference(one, moments([1, 2])) is None
    assert mean_difference(moments([2, 2]), moments([5, 5])) == (3, 3)
    assert ratio_interval(pairs([(1, 2)])) is None


def test_ratio() -> None:
    """(1,1) (2,2) (3,3) (4,5) (5,4): both means 3, both variances of a mean 1/2, covariance (9/4) / 5 = 9/20.

    t(4)^2 = 7.7086; a = c = 9 - 3.8543 = 5.1457, b = 9 - 3.4689 = 5.5311; root sqrt(30.593 - 26.478) = 2.0285;
    (5.5311 -/+ 2.0285) / 5.1457 = .6807 and 1.4691. Turned round it is the same, since the two are alike.
    """
    interval = ratio_interval(pairs([(1, 1), (2, 2), (3, 3), (4, 5), (5, 4)]))
    assert interval == pytest.approx((0.6807, 1.4691), abs=0.0001)
    assert interval[0] * interval[1] == pytest.approx(1)


def test_no_ratio_over_what_may_be_nothing() -> None:
    """Denominators -1, 0, 1, 2: mean 1/2, its error sqrt(5/12) = .65; t(3) times it is more than the mean."""
    assert ratio_interval(pairs([(3, -1), (4, 0), (5, 1), (6, 2)])) is None


@given(values, values)
def test_intervals_hold_their_estimates(first: list[int], second: list[int]) -> None:
    one, other = moments(first), moments(second)
    low, high = mean_interval(one) or (0, 0)
    assert low <= Fraction(sum(first), len(first)) + Fraction(1, 10**9) and high >= sum(first) / len(first) - 1e-9
    difference = sum(second) / len(second) - sum(first) / len(first)
    low, high = mean_difference(one, other) or (0, 0)
    assert low - 1e-9 <= difference <= high + 1e-9
    turned = mean_difference(other, one)
    assert turned == pytest.approx((-high, -low))


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 50)), min_size=2, max_size=30))
def test_a_ratio_lies_in_its_interval(sample: list[tuple[int, int]]) -> None:
    interval = ratio_interval(pairs(sample))
    ratio = sum(y for y, _ in sample) / sum(x for _, x in sample)
    assert interval is None or interval[0] - 1e-9 <= ratio <= interval[1] + 1e-9
