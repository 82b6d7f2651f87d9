"""From the points of measures to scores and coverage, for everyone who is under the same weights. Part of health.

The same as `judgement.judged` says of one customer. The score is a float; how much is known is exact, since it decides
whether there is a score at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tenure.health.judgement import NOTHING, grouped
from tenure.health.measured import Measured
from tenure.health_score import NEUTRAL, Measure, Score
from tenure.stats.rationals import ROOM, Array, Rationals


@dataclass(frozen=True)
class Weighed:
    """Scores as floats, not a number where there is none, and how much of the weights is known."""

    total: Array
    coverage: Rationals


def weighed(score: Score, measures: Mapping[str, Measured], weights: Mapping[str, Fraction], index: Array) -> Weighed:
    """The scores of the customers at these places."""
    used = [m for m in score.measures if weights[m.name]]
    taken = {m.name: _taken(measures[m.name], index) for m in used}
    size = len(index)
    groups, weight_of = grouped(score, used, weights)
    everything = sum((weight_of[name] for name in groups), NOTHING)
    top, known = np.zeros(size), np.zeros(size)
    shares: dict[str, Fraction] = {}
    for name, members in groups.items():
        full = sum((weights[m.name] for m in members), NOTHING)
        inner, there = np.zeros(size), np.zeros(size)
        for m in members:
            points, left = taken[m.name]
            amount = float(weights[m.name]) * left
            inner += amount * points
            there += amount
        alive = (there > 0) & bool(weight_of[name])
        top += np.where(alive, float(weight_of[name]) * inner / np.where(there > 0, there, 1.0), 0.0)
        known += np.where(alive, float(weight_of[name]), 0.0)
        if full and everything:
            shares |= {m.name: weight_of[name] / everything * weights[m.name] / full for m in members}
    coverage = _covered([(measures[name], share) for name, share in shares.items()], index)
    some = known > 0
    total = np.where(some, top / np.where(some, known, 1.0), np.nan)
    enough = coverage.compared(score.coverage) >= 0
    for m in used:
        if m.missing == "block":
            enough &= measures[m.name].there[index]
    return Weighed(np.where(enough, total, np.nan), coverage)


def _taken(one: Measured, index: Array) -> tuple[Array, Array]:
    return stood_in(one.measure, one.points[index], None if one.left is None else one.left[index] / one.whole)


def stood_in(measure: Measure, points: Array, fresh: Array | None) -> tuple[Array, Array]:
    """Points, with what the measure's policy puts in place of nothing, and how much of the weight counts."""
    left = np.ones(len(points)) if fresh is None else fresh
    there = ~np.isnan(points)
    if there.all():
        return points, left
    if measure.missing in ("ignore", "block"):
        return np.where(there, points, 0.0), left * there
    stands = float(NEUTRAL) if measure.missing == "neutral" else 0.0
    return np.where(there, points, stands), np.where(there, left, 1.0)


def _covered(shares: Sequence[tuple[Measured, Fraction]], index: Array) -> Rationals:
    """How much is known, exactly: a measure's share where it says something. What was put in its place is not known."""
    whole = math.lcm(*(share.denominator * one.whole for one, share in shares))
    found = np.zeros(len(index), dtype=np.int64 if whole < ROOM else object)
    for one, share in shares:
        unit = share.numerator * (whole // (share.denominator * one.whole))
        there = one.there[index]
        if one.left is None:
            found += unit if one.measure.missing == "zero" else there.astype(found.dtype) * unit
        else:
            stands = one.whole if one.measure.missing == "zero" else 0
            found += np.where(there, one.left[index], stands).astype(found.dtype) * unit
    return Rationals(found, whole)


def near(total: Array, edges: Sequence[float], reach: float) -> Array:
    """Who lies so near an edge that a float cannot tell the side."""
    found = np.zeros(len(total), dtype=bool)
    for edge in edges:
        found |= np.abs(total - edge) < reach
    return found
