"""A straight line through a series, and where its next values will lie. Ground floor: arithmetic only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from .distributions import Exact, student

LEAST = 6
"""Fewer points than this say too little of a trend."""


def forecast(points: Sequence[tuple[int, Exact]], ahead: int) -> tuple[float, float, float] | None:
    """The value at `ahead` on the line of least squares, with the 95 % prediction interval of one new value.

    None of fewer than six points, or where all lie at one place.
    """
    n = len(points)
    if n < LEAST:
        return None
    xs, ys = [Fraction(x) for x, _ in points], [Fraction(y) for _, y in points]
    middle, level = sum(xs) / n, sum(ys) / n
    spread = sum((x - middle) ** 2 for x in xs)
    if not spread:
        return None
    slope = sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / spread
    rest = sum((y - level - slope * (x - middle)) ** 2 for x, y in zip(xs, ys, strict=True))
    value = float(level + slope * (ahead - middle))
    variance = float(rest / (n - 2) * (1 + Fraction(1, n) + (ahead - middle) ** 2 / spread))
    half = student(n - 2) * math.sqrt(variance)
    return value, value - half, value + half
