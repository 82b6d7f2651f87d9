"""Weights learned from who left, judged on later months than they were learned from. Part of health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from tenure.health.seen import LEAST, Seen, left_of
from tenure.health.weighing import stood_in
from tenure.health_score import Score
from tenure.stats import Area, aucs
from tenure.stats.rationals import Array

DIGITS = 9
FITTED = 1_000_000
"""Of more customer-months than these, weights are fitted to those of every second, third, .. customer."""
LATER = Fraction(2, 3)
"""The part of the months after which the later ones begin."""


@dataclass(frozen=True)
class Learned:
    """Suggested weights in hundredths, and both areas in the later months. Without them `refused` says why."""

    weights: Mapping[str, int]
    months: tuple[int, int] = (0, 0)
    current: Area | None = None
    suggested: Area | None = None
    difference: Area | None = None
    refused: str = ""

    @property
    def better(self) -> bool:
        """Whether the later months say so beyond their noise."""
        return self.difference is not None and self.difference.low is not None and self.difference.low > 0

    def to_json(self) -> dict[str, Any]:
        areas = {"auc_now": self.current, "auc_suggested": self.suggested, "difference": self.difference}
        told: dict[str, Any] = {key: None if a is None else dict(a.__dict__) for key, a in areas.items()}
        fitted, judged = self.months
        more = {"months_fitted": fitted, "months_judged": judged, "better": self.better}
        return {"weights": dict(self.weights), **more, **told, "refused": self.refused or None}


def learned(score: Score, mine: Seen, days: Sequence[date], horizon: int) -> Learned:
    """Fitted where the outcome was known before the later months began; those are only judged."""
    there = np.unique(mine.day).tolist()
    if len(there) < 3:
        return Learned({}, refused="there are too few months to learn from some and judge on others")
    split = there[int(len(there) * LATER)]
    over = [i for i in there if days[i] + timedelta(days=horizon) <= days[split]]
    early, late = mine.where(np.isin(mine.day, over)), mine.where(mine.day >= split)
    for part, name in ((early, "earlier"), (late, "later")):
        if left_of(part) < LEAST or part.left.all():
            return Learned({}, refused=f"only {left_of(part)} customers left in the {name} months; {LEAST} are needed")
    names = [m.name for m in score.measures if not np.isnan(early.points[m.name]).all()]
    weights = _fit(names, early.where(early.who % -(-len(early) // FITTED) == 0))
    if not any(weights.values()):
        return Learned({}, refused="in the earlier months no measure was lower for those who left")
    then: Array = np.round(_total(score, weights, late), DIGITS)
    known = ~np.isnan(then)
    kept = late.where(known)
    if left_of(kept) < LEAST or kept.left.all():
        return Learned({}, refused="what was learned can judge too few of the later customers")
    months = len(np.unique(early.day)), len(np.unique(late.day))
    return Learned(weights, months, *aucs(-kept.score, -then[known], kept.left, kept.who))


def _total(score: Score, weights: Mapping[str, int], seen: Seen) -> Array:
    """The weighted mean of the points under other weights, without groups, whatever is covered."""
    top, whole = np.zeros(len(seen)), np.zeros(len(seen))
    for measure in score.measures:
        weight = weights.get(measure.name, 0)
        if weight:
            points, left = stood_in(measure, seen.points[measure.name], seen.fresh.get(measure.name))
            top += weight * left * points
            whole += weight * left
    return np.where(whole > 0, top / np.where(whole > 0, whole, 1.0), np.nan)


def _fit(names: Sequence[str], seen: Seen) -> dict[str, int]:
    """Weights in hundredths; a value that is not there is taken as the mean of those that are."""
    from tenure.stats.logistic import non_negative

    columns = []
    for name in names:
        points = seen.points[name]
        columns.append(1 - np.where(np.isnan(points), np.nanmean(points), points) / 100)
    found = non_negative(np.column_stack(columns), seen.left)
    total = sum(found)
    return {name: round(100 * weight / total) if total > 1e-9 else 0 for name, weight in zip(names, found, strict=True)}
