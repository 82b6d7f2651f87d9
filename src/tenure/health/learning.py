"""Weights learned from who left, judged on later months than they were learned from. Part of health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from tenure.health.judgement import total_of
from tenure.health.seen import LEAST, Seen, left_of
from tenure.health_score import Score
from tenure.stats import Area, auc, auc_difference

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


def learned(score: Score, seen: Sequence[Seen], horizon: int) -> Learned:
    """Fitted where the outcome was known before the later months began; those are only judged."""
    mine = [one for one in seen if one.readings is not None and one.weights is not None]
    days = sorted({one.day for one in mine})
    if len(days) < 3:
        return Learned({}, refused="there are too few months to learn from some and judge on others")
    split = days[int(len(days) * LATER)]
    early = [one for one in mine if one.day + timedelta(days=horizon) <= split]
    late = [one for one in mine if one.day >= split]
    for part, name in ((early, "earlier"), (late, "later")):
        if left_of(part) < LEAST or all(one.left for one in part):
            return Learned({}, refused=f"only {left_of(part)} customers left in the {name} months; {LEAST} are needed")
    names = [m.name for m in score.measures if any(_points(one, m.name) is not None for one in early)]
    weights = _fit(names, early)
    if not any(weights.values()):
        return Learned({}, refused="in the earlier months no measure was lower for those who left")
    whole = {m.name: Fraction(weights.get(m.name, 0)) for m in score.measures}
    plain = replace(score, groups=())
    pairs = [(one, total_of(plain, one.readings or {}, whole)) for one in late]
    both = [(one, points) for one, points in pairs if points is not None]
    kept = [one for one, _ in both]
    if left_of(kept) < LEAST or all(one.left for one in kept):
        return Learned({}, refused="what was learned can judge too few of the later customers")
    happened, who = [one.left for one in kept], [one.customer for one in kept]
    now, then = [-float(one.score) for one in kept], [-float(points) for _, points in both]
    return Learned(
        weights,
        (len({one.day for one in early}), len({one.day for one in late})),
        auc(now, happened, who),
        auc(then, happened, who),
        auc_difference(now, then, happened, who),
    )


def _points(one: Seen, name: str) -> Fraction | None:
    reading = (one.readings or {}).get(name)
    return None if reading is None else reading.points


def _fit(names: Sequence[str], seen: Sequence[Seen]) -> dict[str, int]:
    """Weights in hundredths; a value that is not there is taken as the mean of those that are."""
    from tenure.stats.logistic import non_negative

    columns = []
    for name in names:
        known = [float(p) for one in seen if (p := _points(one, name)) is not None]
        mean = sum(known) / len(known)
        columns.append([1 - (mean if (p := _points(one, name)) is None else float(p)) / 100 for one in seen])
    found = non_negative(list(zip(*columns, strict=True)), [one.left for one in seen])
    total = sum(found)
    return {name: round(100 * weight / total) if total > 1e-9 else 0 for name, weight in zip(names, found, strict=True)}
