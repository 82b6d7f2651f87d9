"""Quantiles and tails of the distributions that intervals and tests lean on. Ground floor; scipy is loaded when asked.

scipy.special only: scipy.stats would give the same figures and take a second to load.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

Exact = int | Fraction
"""A number without rounding. What comes in exact stays exact until an interval is taken."""

Interval = tuple[float, float]

Z95 = 1.959963984540054


@lru_cache(maxsize=1024)
def student(freedom: float) -> float:
    """The value that 2.5 % of Student's t lie above: 2.262 with 9 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def chi_square_above(value: float, freedom: int) -> float:
    """The probability of a larger chi-square: 0.05 above 3.84 with one degree of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, value))


def binomial_up_to(successes: int, n: int, share: float) -> float:
    """The probability of at most so many successes in n trials."""
    from scipy.special import bdtr

    if successes < 0:
        return 0.0
    return 1.0 if successes >= n else float(bdtr(successes, n, share))
