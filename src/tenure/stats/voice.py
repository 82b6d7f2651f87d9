"""Scores of surveys: net promoter score with its interval, ease, the ACSI-style index. Ground floor: arithmetic only.

Everything is a count or a sum of answers, so scores stay exact fractions; only an interval is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenure.errors import RequestError

from .distributions import Z95, Exact, Interval

FEW_ANSWERS = 30
"""Below so many answers the normal approximation is not trusted."""


@dataclass(frozen=True)
class Wave:
    """The answers to "would you recommend us": how many of each kind."""

    promoters: Exact
    passives: Exact
    detractors: Exact

    @property
    def n(self) -> Exact:
        """The answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def nps(self) -> Fraction | None:
        """Promoters less detractors, in points of 100; none without answers."""
        return 100 * Fraction(self.promoters - self.detractors) / self.n if self.n else None

    @property
    def variance(self) -> Fraction | None:
        """Of one answer worth 1, 0 or -1: p + d - (p - d)^2."""
        if not self.n:
            return None
        p, d = Fraction(self.promoters) / self.n, Fraction(self.detractors) / self.n
        return p + d - (p - d) ** 2

    @property
    def error(self) -> float | None:
        """The standard error of the score, in points."""
        variance = self.variance
        return None if variance is None else 100 * math.sqrt(variance / self.n)

    @property
    def method(self) -> str:
        """Which interval suits: "normal", or "adjusted Wald" for few answers or where a kind has none or all."""
        uneven = {self.promoters, self.detractors} & {0, self.n}
        return "adjusted Wald" if self.n < FEW_ANSWERS or uneven else "normal"

    def adjusted(self) -> Wave:
        """With three answers more: 3/4 promoter, 3/4 detractor, 1 1/2 passive."""
        quarter = Fraction(3, 4)
        return Wave(self.promoters + quarter, self.passives + 2 * quarter, self.detractors + quarter)


def nps_interval(wave: Wave, population: int | None = None) -> Interval | None:
    """95 % interval of a score, in points; within -100 to 100, and never without the score itself.

    `population`: of so many who could have been asked; the interval shrinks by sqrt((N - n) / (N - 1)) towards the
    score, to nothing when all have answered.
    """
    score = wave.nps
    if score is None:
        return None
    low, high = _bounds(wave)
    if population is not None:
        if population < wave.n:
            raise RequestError(f"{wave.n} answers cannot come from a population of {population}.")
        left = math.sqrt((population - wave.n) / (population - 1)) if population > 1 else 0.0
        low, high = float(score) - left * (float(score) - low), float(score) + left * (high - float(score))
    return max(-100.0, min(low, float(score))), min(100.0, max(high, float(score)))


def nps_difference(first: Wave, second: Wave) -> Interval | None:
    """95 % interval of second - first, two independent waves, in points; each wave's variance by its own method."""
    if first.nps is None or second.nps is None:
        return None
    (centre1, error1), (centre2, error2) = _estimate(first), _estimate(second)
    half = Z95 * math.hypot(error1, error2)
    middle, plain = centre2 - centre1, float(second.nps - first.nps)
    return max(-200.0, min(middle - half, plain)), min(200.0, max(middle + half, plain))


def _bounds(wave: Wave) -> Interval:
    centre, error = _estimate(wave)
    return centre - Z95 * error, centre + Z95 * error


def _estimate(wave: Wave) -> tuple[float, float]:
    """Centre and standard error, by the method that suits."""
    used = wave if wave.method == "normal" else wave.adjusted()
    assert used.nps is not None and used.error is not None
    return float(used.nps), used.error


def ease(mean: Exact, low: Exact, high: Exact, effort: bool = False) -> Fraction:
    """A mean score on a scale from low to high as ease from 0 to 100; turned round where a high score means effort."""
    share = Fraction(mean - low) / Fraction(high - low)
    return 100 * (1 - share if effort else share)


def satisfaction_index(means: Sequence[Exact], weights: Sequence[Exact] | None = None) -> Fraction:
    """Mean scores of questions from 1 to 10 as one index from 0 to 100 (ACSI-style); equal weights unless given.

    Weights are divided by their sum, so that published ones, rounded, may be used as they are.
    """
    if weights is None:
        weights = [1] * len(means)
    whole = Fraction(sum(weights))
    return (
        sum((weight / whole * (mean - 1) for mean, weight in zip(means, weights, strict=True)), Fraction(0)) * 100 / 9
    )
