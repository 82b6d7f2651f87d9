"""Intervals against published figures."""

from __future__ import annotations

import pytest

from tenure.stats import newcombe, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (78, 100, 0.689, 0.850),  # the two of the definitions
        (9, 10, 0.596, 0.982),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(successes: int, n: int, low: float, high: float) -> None:
    digits = 4 if round(low, 3) != low or low == 0 else 3
    found = wilson(successes, n)
    assert (round(found[0], digits), round(found[1], digits)) == (low, high)


@pytest.mark.parametrize("n", [1, 2, 9, 1000, 10**7])
def test_wilson_stays_a_share(n: int) -> None:
    for successes in {0, 1, n // 2, n}:
        low, high = wilson(successes, n)
        assert 0 <= low <= successes / n + 1e-15 and successes / n - 1e-15 <= high <= 1
        mirrored = wilson(n - successes, n)
        assert mirrored == pytest.approx((1 - high, 1 - low))


def test_more_answers_make_it_narrower() -> None:
    widths = [high - low for low, high in (wilson(n // 2, n) for n in (10, 100, 1000))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe 1998, differences of independent proportions, table II, method 10
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
    ],
)
def test_newcombe(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """Of two shares, the second less the first."""
    found = newcombe(first, second)
    assert found == pytest.approx((low, high), abs=0.00005)
    turned = newcombe(second, first)
    assert turned == pytest.approx((-found[1], -found[0]))
