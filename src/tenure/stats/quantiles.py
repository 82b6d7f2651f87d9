"""Percentiles of a histogram and their intervals. Ground floor: arithmetic only.

A histogram is a list of (value, count), values rising. A percentile is interpolated: of n sorted values, numbered from
0, the q-th lies at (n - 1) q, on the straight line between its two neighbours. SQL calls this percentile_cont (DuckDB:
quantile_cont); Hyndman and Fan (1996) number it 7.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate

from .distributions import Exact, Interval, binomial_up_to

HALF = Fraction(1, 2)
TAIL = 0.025


def percentile(histogram: Sequence[tuple[Exact, int]], share: Fraction = HALF) -> Fraction | None:
    """The value below which a share of the others lie, interpolated; exact. None of nothing."""
    places = _places(histogram)
    if not places or not places[-1]:
        return None
    position = (places[-1] - 1) * share
    below = int(position)
    low = Fraction(_ranked(histogram, places, below))
    if position == below:
        return low
    return low + (position - below) * (_ranked(histogram, places, below + 1) - low)


def percentile_interval(histogram: Sequence[tuple[Exact, int]], share: Fraction = HALF) -> Interval | None:
    """An interval that holds the population's percentile at least 95 times in 100, whatever the distribution.

    How many of n values lie below the true percentile is binomial, so two of the sorted values bound it. None where
    even the smallest and the largest are not far enough apart: a median takes six values, a 90th percentile 36.
    """
    places = _places(histogram)
    n = places[-1] if places else 0
    # Ranks count from 1: the highest that lies above the percentile in at most 2.5 % of samples, the lowest below it.
    low = _first(n, lambda k: binomial_up_to(k, n, float(share)) > TAIL)
    high = _first(n, lambda k: binomial_up_to(k, n, float(share)) >= 1 - TAIL) + 1
    if low < 1 or high > n:
        return None
    return float(_ranked(histogram, places, low - 1)), float(_ranked(histogram, places, high - 1))


def _places(histogram: Sequence[tuple[Exact, int]]) -> list[int]:
    """How many values there are up to and including each."""
    return list(accumulate(count for _, count in histogram))


def _ranked(histogram: Sequence[tuple[Exact, int]], places: list[int], number: int) -> Exact:
    """The sorted value of a number, from 0."""
    return histogram[bisect_right(places, number)][0]


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """The smallest of 0..n for which a condition holds that, once it holds, goes on holding."""
    return bisect_left(range(n), True, key=holds)
