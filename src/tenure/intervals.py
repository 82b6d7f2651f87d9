"""The 95 % interval of a value, by the method its reading names, and of a difference of two. Machinery floor."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from tenure import stats

Bounds = tuple[float, float] | None
Method = Callable[[Fraction, Fraction, Sequence[Fraction]], Bounds]


def _wilson(top: Fraction, bottom: Fraction, parts: Sequence[Fraction]) -> Bounds:
    return stats.wilson(float(top), float(bottom)) if 0 <= top <= bottom else None


def _mean(top: Fraction, bottom: Fraction, parts: Sequence[Fraction]) -> Bounds:
    """parts: the sum of squares."""
    return stats.mean_interval(stats.Moments(int(bottom), top, parts[0]))


def _nps(top: Fraction, bottom: Fraction, parts: Sequence[Fraction]) -> Bounds:
    """parts: promoters, detractors."""
    return stats.nps_interval(stats.Wave(parts[0], bottom - parts[0] - parts[1], parts[1]))


def _nps_finite(top: Fraction, bottom: Fraction, parts: Sequence[Fraction]) -> Bounds:
    """parts: promoters, detractors, how many there are to be asked."""
    wave = stats.Wave(parts[0], bottom - parts[0] - parts[1], parts[1])
    return stats.nps_interval(wave, max(int(parts[2]), int(bottom)))


METHODS: Mapping[str, Method] = {"wilson": _wilson, "mean": _mean, "nps": _nps, "nps_finite": _nps_finite}


def interval(method: str, top: Fraction, bottom: Fraction, parts: Sequence[Fraction]) -> Bounds:
    """The interval of top / bottom; None where there is no honest one."""
    return METHODS[method](top, bottom, parts) if bottom > 0 else None


def difference(here: tuple[float, float, float], there: tuple[float, float, float]) -> tuple[float, float]:
    """95 % interval of here - there, each as (value, low, high), as of independent samples.

    Both intervals joined by the distances of their ends (Zou and Donner 2008; for shares Newcombe's method 10).
    """
    v1, l1, u1 = here
    v2, l2, u2 = there
    low = v1 - v2 - math.sqrt((v1 - l1) ** 2 + (u2 - v2) ** 2)
    high = v1 - v2 + math.sqrt((u1 - v1) ** 2 + (v2 - l2) ** 2)
    return low, high
