"""The area under the ROC curve and ratios of rates, worked by hand; weights that cannot be negative."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tenure.stats import auc, aucs, rate_ratio
from tenure.stats.logistic import non_negative

Z = 1.959963984540054


def test_four_observations() -> None:
    """Left 3 and 1, stayed 2 and 0: three of four pairs are right, .75. DeLong: places 1, 1/2 and 1/2, 1 have variance
    1/8 each, so 1/16 + 1/16 = 1/8."""
    found = auc([3, 1, 2, 0], [True, True, False, False])
    assert found.value == 0.75
    assert (found.low, found.high) == (pytest.approx(0.75 - Z * math.sqrt(1 / 8)), 1.0)


def test_ties_count_by_half() -> None:
    assert auc([1, 1], [True, False]).value == 0.5
    assert auc([1, 1], [True, False]).low is None


def test_seeing_the_same_customers_twice_says_no_more() -> None:
    """Each of the four seen twice, as one cluster: the same area and the same interval, not one by root 2 narrower."""
    once = auc([3, 1, 2, 0], [True, True, False, False])
    twice = auc([3, 1, 2, 0] * 2, [True, True, False, False] * 2, list("abcd") * 2)
    assert twice.value == once.value and twice.low == pytest.approx(once.low)


def test_millions_are_counted_without_end() -> None:
    """2.2 million of each kind by turns, a positive first: of n others, the positive k of 0.. stands above k of them,
    so the area is (n - 1) / 2n; places are even, of variance 1/12, so 1.96 sqrt(1/12n + 1/12n) about it."""
    n = 2_200_000
    found = auc(np.arange(2 * n), np.arange(2 * n) % 2 == 0, np.arange(2 * n))
    half = 1.959964 * math.sqrt(1 / (6 * n))
    assert found.value == pytest.approx((n - 1) / (2 * n))
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half), abs=1e-9)


def test_the_difference_of_a_number_to_itself_is_nothing() -> None:
    x, left = [3.0, 1.0, 2.0, 0.0], [True, True, False, False]
    found = aucs(x, x, left, "abcd")[2]
    assert (found.value, found.low, found.high) == (0, 0, 0)
    # the other way round: 1/4 of the pairs are right
    assert aucs(x, [-one for one in x], left, "abcd")[2].value == -0.5


def test_twice_as_often() -> None:
    """10 of 100 against 5 of 100: 2; the variance of the logarithm is 1/10 - 1/100 + 1/5 - 1/100 = .28, by 200/199."""
    first = [(i, i < 10) for i in range(100)]
    second = [(i, i < 105) for i in range(100, 200)]
    half = Z * math.sqrt(0.28 * 200 / 199)
    found = rate_ratio(first, second)
    assert found == (2.0, pytest.approx(2 * math.exp(-half)), pytest.approx(2 * math.exp(half)))
    assert rate_ratio(first, [(i, False) for i in range(9)]) is None


def test_weights_are_log_odds_and_never_negative() -> None:
    """x = 1: 30 of 40; x = 0: 10 of 40: the odds ratio is 9. The other way round the weight is 0, not -ln 9."""
    rows, happened = [[1.0]] * 40 + [[0.0]] * 40, [True] * 30 + [False] * 10 + [True] * 10 + [False] * 30
    assert non_negative(rows, happened, ridge=0) == [pytest.approx(math.log(9), abs=1e-4)]
    assert non_negative(rows, [not one for one in happened], ridge=0) == [0.0]
