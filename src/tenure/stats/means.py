"""Intervals of means, of their differences and of their ratios, from sums alone. Ground floor: arithmetic only.

A sample comes as its moments, so that an engine can add them up: n, the sum and the sum of squares. The variance is
taken exactly, since a difference of two large floats would lose it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from .distributions import Exact, Interval, student


@dataclass(frozen=True)
class Moments:
    """A sample in three sums."""

    n: int
    total: Exact | float
    squares: Exact | float

    @property
    def mean(self) -> Fraction | None:
        """The mean; none of nothing."""
        return Fraction(self.total) / self.n if self.n else None

    @property
    def variance(self) -> Fraction | None:
        """Over n - 1; none of fewer than two values. Sums that were rounded on their way never make it negative."""
        if self.n < 2:
            return None
        return max(Fraction(0), (Fraction(self.squares) - Fraction(self.total) ** 2 / self.n) / (self.n - 1))


def mean_interval(sample: Moments) -> Interval | None:
    """Student's 95 % interval of a mean; none of fewer than two values."""
    mean, variance = sample.mean, sample.variance
    if mean is None or variance is None:
        return None
    half = student(sample.n - 1) * math.sqrt(variance / sample.n)
    return float(mean) - half, float(mean) + half


def mean_difference(first: Moments, second: Moments) -> Interval | None:
    """95 % interval of second - first, two independent samples whose variances may differ (Welch 1947).

    None where a sample has fewer than two values.
    """
    m1, m2, v1, v2 = first.mean, second.mean, first.variance, second.variance
    if m1 is None or m2 is None or v1 is None or v2 is None:
        return None
    difference = float(m2 - m1)
    a, b = v1 / first.n, v2 / second.n
    if not a + b:
        return difference, difference
    freedom = (a + b) ** 2 / (a**2 / (first.n - 1) + b**2 / (second.n - 1))
    half = student(float(freedom)) * math.sqrt(a + b)
    return difference - half, difference + half


@dataclass(frozen=True)
class PairMoments:
    """A sample of pairs, a numerator and a denominator of each customer, in six sums."""

    n: int
    over: Exact | float
    under: Exact | float
    over_squares: Exact | float
    under_squares: Exact | float
    products: Exact | float


def ratio_interval(pairs: PairMoments) -> Interval | None:
    """Fieller's 95 % interval (1954) of (mean numerator) / (mean denominator), the same customers in both.

    None of fewer than two pairs, and where the mean denominator is not itself clearly off zero: the values that fit
    the data are then no interval but all numbers, or all outside one.
    """
    n = pairs.n
    if n < 2:
        return None
    over, under = Fraction(pairs.over) / n, Fraction(pairs.under) / n

    def covariance(squares: Exact | float, one: Fraction, other: Fraction) -> Fraction:
        return (Fraction(squares) / n - one * other) / (n - 1)

    t2 = Fraction(student(n - 1)) ** 2
    # The ratios R whose (mean over - R x mean under) is within t standard errors of zero: a quadratic in R.
    a = under**2 - t2 * covariance(pairs.under_squares, under, under)
    b = over * under - t2 * covariance(pairs.products, over, under)
    c = over**2 - t2 * covariance(pairs.over_squares, over, over)
    if a <= 0:
        return None
    root = math.sqrt(max(Fraction(0), b * b - a * c))
    return (float(b) - root) / float(a), (float(b) + root) / float(a)
