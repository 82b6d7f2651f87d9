"""Percentiles and their intervals, by hand, against DuckDB, and against published tables of ranks."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.stats import percentile, percentile_interval

HALF, NINE = Fraction(1, 2), Fraction(9, 10)
samples = st.lists(st.integers(0, 40), min_size=1, max_size=60)


def histogram(sample: list[int]) -> list[tuple[int, int]]:
    return sorted(Counter(sample).items())


def test_percentiles() -> None:
    """1, 2, 2, 10: positions 0 to 3; the median lies at 1.5 (2), the 90th at 2.7: 2 + .7 x 8; the ends at the ends."""
    four = histogram([1, 2, 2, 10])
    assert percentile(four) == 2
    assert percentile(four, NINE) == Fraction(76, 10)
    assert (percentile(four, Fraction(0)), percentile(four, Fraction(1))) == (1, 10)
    assert percentile([], HALF) is None and percentile([(3, 0)], HALF) is None
    assert percentile([(1, 1), (2, 0), (3, 1)]) == 2  # between 1 and 3; nobody stands at 2
    assert percentile([(Fraction(1, 3), 1), (Fraction(2, 3), 1)]) == HALF


@settings(max_examples=30, deadline=None)
@given(samples, st.sampled_from([Fraction(1, 4), HALF, Fraction(3, 4), NINE]))
def test_as_quantile_cont(sample: list[int], share: Fraction) -> None:
    (found,) = duckdb.execute(
        "SELECT quantile_cont(v::DOUBLE, ?::DOUBLE) FROM unnest(?) t(v)", [float(share), sample]
    ).fetchone() or (None,)
    assert float(percentile(histogram(sample), share) or 0) == pytest.approx(found)


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [  # Ranks of a 95 % interval of a median, as tables for the sign test give them
        (6, 1, 6),
        (8, 1, 8),
        (9, 2, 8),
        (10, 2, 9),
        (15, 4, 12),
        (20, 6, 15),
        (25, 8, 18),
        (30, 10, 21),
        (50, 18, 33),
        (100, 40, 61),
    ],
)
def test_ranks_of_a_median(n: int, low: int, high: int) -> None:
    assert percentile_interval(histogram(list(range(1, n + 1)))) == (low, high)


def test_too_few() -> None:
    """All five lie above the median with chance 1/32, over 2.5 %. A 90th percentile: .9^35 = .02503, .9^36 = .0225."""
    assert percentile_interval(histogram([1, 2, 3, 4, 5])) is None
    assert percentile_interval([]) is None
    assert percentile_interval(histogram(list(range(35))), NINE) is None
    assert percentile_interval(histogram(list(range(36))), NINE) is not None


def test_many() -> None:
    """A million: 500,000 -/+ 1.96 x 500, in ranks."""
    found = percentile_interval([(value, 1000) for value in range(1, 1001)])
    assert found == (500, 501)
    fine = percentile_interval([(value, 1) for value in range(1, 100_001)])
    assert fine == pytest.approx((50_000 - 310, 50_000 + 310), abs=2)


@given(samples, st.sampled_from([Fraction(1, 4), HALF, Fraction(3, 4), NINE]))
def test_an_interval_holds_its_percentile(sample: list[int], share: Fraction) -> None:
    found, interval = percentile(histogram(sample), share), percentile_interval(histogram(sample), share)
    assert found is not None
    assert interval is None or interval[0] <= found <= interval[1]
