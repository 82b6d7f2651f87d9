"""Intervals of shares and of differences of shares. Ground floor: arithmetic only."""

from __future__ import annotations

import math

from .distributions import Z95


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval for a share (Wilson 1927): 78 of 100 gives 68.9 % to 85.0 %."""
    share = successes / n
    z2 = Z95 * Z95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """95 % interval of the difference (second - first) of two independent shares, each as (successes, n).

    Newcombe's method 10 (1998): Wilson's intervals of both, joined.
    """
    p1, p2 = first[0] / first[1], second[0] / second[1]
    l1, u1 = wilson(*first)
    l2, u2 = wilson(*second)
    difference = p2 - p1
    low = difference - math.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
    high = difference + math.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)
    return low, high
