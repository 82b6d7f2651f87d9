"""From the points of measures to scores and coverage, for everyone who is under the same weights. Part of health.

The same as `judgement.judged` says of one customer. The score is a float; how much is known is exact, since it decides
whether there is a score at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tenure.health.judgement import NOTHING, grouped
from tenure.health.measured import Measured
from tenure.health_score import NEUTRAL, Measure, Score
from tenure.stats.rationals import Array, Rationals, constant, product


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
    coverage = constant(0, size)
    for name, members in groups.items():
        full = sum((weights[m.name] for m in members), NOTHING)
        inner, there = np.zeros(size), np.zeros(size)
        for m in members:
            points, left = taken[m.name]
            amount = float(weights[m.name]) * left
            inner += amount * np.nan_to_num(points)
            there += amount
        alive = (there > 0) & bool(weight_of[name])
        top += np.where(alive, float(weight_of[name]) * inner / np.where(there > 0, there, 1.0), 0.0)
        known += np.where(alive, float(weight_of[name]), 0.0)
        if full and everything:
            for m in members:
                share = weight_of[name] / everything * weights[m.name] / full
                coverage = coverage.plus(_covered(m, measures[m.name], index, share))
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
    nothing = np.isnan(points)
    if measure.missing in ("ignore", "block"):
        return points, np.where(nothing, 0.0, left)
    stands = float(NEUTRAL) if measure.missing == "neutral" else 0.0
    return np.where(nothing, stands, points), np.where(nothing, 1.0, left)


def _covered(measure: Measure, one: Measured, index: Array, share: Fraction) -> Rationals:
    """What the measure adds to how much is known, exactly: what was only put in its place is not known."""
    there = one.there[index]
    left = np.full(len(index), one.whole) if one.left is None else one.left[index]
    if measure.missing == "zero":
        left = np.where(there, left, one.whole)
    else:
        left = np.where(there, left, 0)
    return Rationals(product(left, share.numerator), share.denominator * one.whole)


def near(total: Array, edges: Sequence[float], reach: float) -> Array:
    """Who lies so near an edge that a float cannot tell the side."""
    found = np.zeros(len(total), dtype=bool)
    for edge in edges:
        found |= np.abs(total - edge) < reach
    return found
