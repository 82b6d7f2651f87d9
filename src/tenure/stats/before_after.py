"""Did something change at a date? Against a comparison group, or against the series' own past. Ground floor.

With a comparison group: (after - before) of the one less (after - before) of the other. A customer's months hang
together, so its figures before and after are summed first and customers, not months, are what chance draws (Bertrand,
Duflo and Mullainathan 2004). Without one: the step at the date beyond a common trend, with errors that allow
neighbouring months to resemble each other (Newey and West 1987), never smaller than the plain ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .distributions import student

Sides = tuple[Fraction, Fraction, Fraction, Fraction]
"""A customer's top and bottom before, top and bottom after."""


@dataclass(frozen=True)
class Effect:
    """A difference with its 95 % interval."""

    difference: float
    low: float
    high: float

    @property
    def noise(self) -> bool:
        return bool(self.low <= 0 <= self.high)


def difference_in_differences(treated: Sequence[Sides], control: Sequence[Sides]) -> Effect | None:
    """The change of one group less that of the other; None where a group has nothing to divide by, or one customer."""
    import numpy as np

    change, variance, smallest = 0.0, 0.0, 10**9
    for sign, group in ((1, treated), (-1, control)):
        n = len(group)
        if n < 2 or not sum(s[1] for s in group) or not sum(s[3] for s in group):
            return None
        t0, b0, t1, b1 = (np.array([float(sides[k]) for sides in group]) for k in range(4))
        r0, r1 = t0.sum() / b0.sum(), t1.sum() / b1.sum()
        pull = (t1 - r1 * b1) / b1.sum() - (t0 - r0 * b0) / b0.sum()
        change += sign * float(r1 - r0)
        variance += float((pull**2).sum()) * n / (n - 1)
        smallest = min(smallest, n)
    half = student(smallest - 1) * variance**0.5
    return Effect(change, change - half, change + half)


def step(before: Sequence[float], after: Sequence[float]) -> Effect | None:
    """The step between two stretches of a series beyond their common trend; None of fewer than 4 and 3 points."""
    import numpy as np

    if len(before) < 4 or len(after) < 3:
        return None
    y = np.array([*before, *after], dtype=float)
    n = len(y)
    design = np.column_stack([np.ones(n), np.arange(n), np.arange(n) >= len(before)]).astype(float)
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ y
    rest = y - design @ fitted
    plain = float(rest @ rest) / (n - 3) * inverse[2, 2]
    variance = max([plain, *(_newey_west(design, rest, inverse, lag) for lag in (1, 2))])
    half = student(n - 3) * float(variance) ** 0.5
    return Effect(float(fitted[2]), float(fitted[2]) - half, float(fitted[2]) + half)


def slope(values: Sequence[float]) -> Effect | None:
    """The trend of a series per step, with Student's interval; None of fewer than three points."""
    import numpy as np

    n = len(values)
    if n < 3:
        return None
    x, y = np.arange(n) - (n - 1) / 2, np.array(values, dtype=float)
    found = float(x @ y / (x @ x))
    rest = y - y.mean() - found * x
    half = student(n - 2) * float(rest @ rest / (n - 2) / (x @ x)) ** 0.5
    return Effect(found, found - half, found + half)


def _newey_west(design: Any, rest: Any, inverse: Any, lag: int) -> float:
    """The variance of the step, residuals up to `lag` apart allowed to go together."""
    n, parameters = design.shape
    scores = design * rest[:, None]
    middle = scores.T @ scores
    for back in range(1, lag + 1):
        cross = scores[back:].T @ scores[:-back]
        middle = middle + (1 - back / (lag + 1)) * (cross + cross.T)
    return float((inverse @ middle @ inverse)[2, 2] * n / (n - parameters))
