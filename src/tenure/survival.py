"""How many are still customers after so many months, by group: survival curves side by side. Judgement floor.

A customer's stay runs from the first day as one to the last exit, or until now for who is one still (Kaplan and Meier):
those who have not left yet are neither forgotten nor taken to have left. Whether groups differ is said by the log-rank
test over the whole curves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure import stats
from tenure.compile.calendar import slots
from tenure.compile.segments import UNATTRIBUTED
from tenure.errors import RequestError, UsageError
from tenure.metrics.lifetime import MONTH, stayed
from tenure.periods import Period
from tenure.question import Frame, named
from tenure.stats.survival import Durations

if TYPE_CHECKING:
    from tenure.lasting import Of
    from tenure.measure import Measure

AT = (3, 6, 12, 18, 24, 36)
"""The months that are shown unless others are asked for."""
LEAST = 20
"""Fewer customers than that make no curve."""


@dataclass(frozen=True)
class Point:
    """The share still there after so many months, with its 95 % interval, and how many were watched that long."""

    months: int
    share: Fraction | None
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True)
class Curve:
    """One group: its customers, how many left, the months after which half had, and the points asked for."""

    by: Mapping[str, str | int]
    n: int
    left: int
    median: float | None
    reason: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Survival:
    """The curves of all groups as of a day. `p`: how likely groups that are alike differ as much, of one group none."""

    as_of: date
    curves: tuple[Curve, ...]
    p: float | None

    def to_json(self) -> dict[str, Any]:
        """As `tenure survival --format json` prints it."""
        return {
            "as_of": self.as_of.isoformat(),
            "p": self.p,
            "groups": [
                {
                    "by": dict(curve.by),
                    "n": curve.n,
                    "left": curve.left,
                    "median_months": curve.median,
                    "reason": curve.reason,
                    "points": [
                        {
                            "months": point.months,
                            "share": None if point.share is None else float(point.share),
                            "low": point.low,
                            "high": point.high,
                            "at_risk": point.at_risk,
                        }
                        for point in curve.points
                    ],
                }
                for curve in self.curves
            ],
        }


def survival(measure: Measure, frame: Frame, at: Sequence[int] = AT) -> Survival:
    """The curves of the frame's groups. Raises RequestError where there is no customer."""
    if not at or min(at) < 1:
        raise UsageError("--at takes months from 1 on.", todo="Write --at 6,12,24.")
    engine, cut = measure.engine, measure.clock.cut
    of: Of = engine.resolved(stayed, frame.segments)  # type: ignore[assignment]  # it stays what it is
    today = Period("now", cut - timedelta(days=1), cut)
    found = engine.spreads([of.curve], slots([today], cut), frame.segments)[of.curve]
    groups = {group: _durations(spread) for (_, group), spread in sorted(found.items()) if group != (UNATTRIBUTED,)}
    if not groups:
        raise RequestError("Nobody was ever a customer here.", todo="Remove a condition, or load customers.")
    curves = tuple(_curve(named(frame.segments, group), lasted, tuple(at)) for group, lasted in groups.items())
    compared = [lasted for lasted, curve in zip(groups.values(), curves, strict=True) if not curve.reason]
    test = stats.log_rank(compared) if len(compared) > 1 else None
    return Survival(cut, curves, None if test is None else test.p)


def _durations(spread: Sequence[Sequence[int]]) -> Durations:
    return {length: (ended, still) for length, ended, still in spread}


def _curve(by: Mapping[str, str | int], lasted: Durations, at: Sequence[int]) -> Curve:
    n, left = sum(map(sum, lasted.values())), sum(ended for ended, _ in lasted.values())
    if n < LEAST:
        return Curve(by, n, left, None, "insufficient_data", ())
    found = stats.kaplan_meier(lasted)
    half = found.reached()
    return Curve(
        by, n, left, None if half is None else float(half / MONTH), None, tuple(_point(found, lasted, m) for m in at)
    )


def _point(curve: stats.Curve, lasted: Durations, months: int) -> Point:
    days = months * MONTH
    if curve.last is None or days > curve.last:  # nobody was watched that long
        return Point(months, None, None, None, 0)
    low, high = curve.interval(days) or (None, None)
    return Point(months, curve.at(days), low, high, sum(sum(both) for length, both in lasted.items() if length >= days))
