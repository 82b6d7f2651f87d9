"""A score against an earlier one, split so that the parts sum to the difference. Part of health.

From the earlier score one thing is changed after the other: which measures are known, what they say, what they weigh;
what exceptions, hands and children do comes last. The order decides who gets what two changes share, never the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenure.health.judgement import NOTHING, Judgement, Reading, total_of
from tenure.health_score import Score
from tenure.result import plain


@dataclass(frozen=True)
class Change:
    """One line of a difference. `kind`: availability, measure, weight, profile or rule."""

    kind: str
    name: str
    by: Fraction
    then: Fraction | None = None
    now: Fraction | None = None

    def to_json(self) -> dict[str, Any]:
        then, now = plain(self.then), plain(self.now)
        return {"kind": self.kind, "name": self.name, "change": plain(self.by), "then": then, "now": now}


def changes(score: Score, then: Judgement, now: Judgement) -> list[Change]:
    """What makes the difference between two scores, largest first; none where either is no score."""
    if then.score is None or now.score is None:
        return []
    old, new, old_weights, new_weights = then.readings, now.readings, then.weights, now.weights
    found: list[Change] = []
    if old is None or new is None or old_weights is None or new_weights is None:
        return [Change("rule", "children", now.score - then.score)]
    level = total_of(score, old, old_weights)
    first = level
    steps: list[tuple[str, str, Mapping[str, Reading], Mapping[str, Fraction]]] = []
    here = dict(old)
    for name in here:
        if (old[name].points is None) != (new[name].points is None):
            here = {**here, name: new[name]}
            steps.append(("availability", name, here, old_weights))
    for name in here:
        if here[name].points != new[name].points:
            here = {**here, name: Reading(new[name].figure, new[name].points, here[name].fresh, new[name].note)}
            steps.append(("measure", name, here, old_weights))
    for name in here:
        if here[name].fresh != new[name].fresh:
            here = {**here, name: new[name]}
            steps.append(("weight", name, here, old_weights))
    if new_weights != old_weights:
        steps.append(("weight", f"profile {now.profile or 'none'}", here, new_weights))
    for kind, name, readings, weights in steps:
        after = total_of(score, readings, weights)
        if level is not None and after is not None:
            mine = old.get(name), new.get(name)
            points = [one.points if one else None for one in mine]
            found.append(Change(kind, name, after - level, points[0], points[1]))
        level = after if after is not None else level
    rest = (now.score - (level or NOTHING)) - (then.score - (first or NOTHING))
    if rest:
        found.append(Change("rule", "exceptions and what was set by hand", rest))
    return sorted((one for one in found if one.by), key=lambda one: -abs(one.by))
