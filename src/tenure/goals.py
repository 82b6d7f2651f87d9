"""Goals as they stand: where they began, where they should be, how far they are, and where the trend leads.

progress = (baseline - now) / (baseline - target); a goal is on track while progress is no more than its tolerance
behind the share of time that has passed. Now is the last complete period of the goal's grain. Floor: what is asked
about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure import stats
from tenure.errors import ConfigError, TenureError
from tenure.goal_words import component, said, step
from tenure.metric import find
from tenure.periods import Clock, Period

if TYPE_CHECKING:
    from tenure.goal_options import Goal
    from tenure.metric import Metric
    from tenure.result import Row

TREND = 12
"""The last complete periods that a trend is drawn through."""
BOUNDS: Mapping[str, tuple[int | None, int | None]] = {
    "share": (0, 1), "points": (-100, 100), "money": (0, None), "count": (0, None), "hours": (0, None),
    "days": (0, None), "months": (0, None), "ratio": (0, None), "score": (None, None),
}  # fmt: skip
"""Where a metric's values can lie, by its unit."""

UNBOUNDED = ("nrr", "revenue_retention", "renewal_rate", "expansion_rate", "customer_growth", "retention_roi")
"""Shares that can exceed 1."""

Show = Callable[[str, "str | None", str, Sequence[Period]], Sequence["Row"]]
"""The rows of a metric (id:variant) under a condition, in periods of a grain."""


@dataclass(frozen=True)
class Forecast:
    """Where the trend of the last periods leads when the goal is due. `word`: reached, missed or open."""

    value: float
    low: float
    high: float
    points: int
    word: str


@dataclass(frozen=True)
class Standing:
    """One goal as it stands. `status`: on_track, off_pace, reached, missed, too_early; with a `problem`, no_value.

    `clear`: whether the baseline lies outside the interval of now; None where there is no interval.
    """

    goal: Goal
    metric: Metric
    unit: str
    currency: str | None
    words: str
    status: str
    baseline: Fraction | None = None
    target: Fraction | None = None
    now: Fraction | None = None
    now_period: str | None = None
    low: float | None = None
    high: float | None = None
    clear: bool | None = None
    progress: Fraction | None = None
    elapsed: Fraction | None = None
    pace: Fraction | None = None
    pace_needed: Fraction | None = None
    forecast: Forecast | None = None
    forecast_reason: str | None = None
    problem: str | None = None
    warning: str | None = None
    series: tuple[tuple[str, float | None], ...] = ()

    @property
    def behind(self) -> Fraction | None:
        """How far progress lies behind time; below 0 where it is ahead."""
        return None if self.progress is None or self.elapsed is None else self.elapsed - self.progress

    def to_json(self) -> dict[str, Any]:
        """One entry of the command line's --format json."""
        goal = self.goal
        found: dict[str, Any] = {
            "goal": goal.name,
            "words": self.words,
            "status": self.status,
            "metric": goal.metric,
            "title": self.metric.title,
            "unit": self.unit,
            "currency": self.currency,
            "where": goal.where,
            "owner": goal.owner,
            "level": goal.level,
            "parent": goal.parent,
            "component": component(goal, self.metric),
            "kind": goal.target,
            "amount": float(goal.amount),
            "start": goal.start.isoformat(),
            "due": goal.due.isoformat(),
            "grain": goal.grain,
            "tolerance": float(goal.tolerance),
        }
        for name in ("baseline", "target", "now", "progress", "elapsed", "pace", "pace_needed", "behind"):
            value = getattr(self, name)
            found[name] = None if value is None else float(value)
        return found | {
            "now_period": self.now_period,
            "low": self.low,
            "high": self.high,
            "clear": self.clear,
            "forecast": dict(vars(self.forecast)) if self.forecast else None,
            "forecast_reason": self.forecast_reason,
            "problem": self.problem,
            "warning": self.warning,
            "series": [{"period": period, "value": value} for period, value in self.series],
        }


def standing(goal: Goal, clock: Clock, currency: str, show: Show, where: str) -> Standing:
    """One goal, judged. `where`: the file, for errors: a metric that is not there is one, a null baseline is not."""
    metric_id, _, variant = goal.metric.partition(":")
    try:
        metric = find(metric_id)
        unit = metric.reading(variant or None).unit or metric.unit
    except TenureError as error:
        raise ConfigError(str(error), where=f"{where}: goals.{goal.name}.metric") from None
    down = (goal.direction or metric.better) == "down"
    if goal.direction is None and metric.better == "neither" and goal.target != "to":
        raise ConfigError(
            f"{metric.id} is better neither up nor down.",
            where=f"{where}: goals.{goal.name}.direction",
            todo='Say where it should go: direction = "up" or "down".',
        )
    money = currency if unit == "money" else None
    make = _Maker(goal, metric, unit, money, down)
    try:
        baseline, told = _baseline(goal, clock, show)
        if baseline is None:
            return make.of("no_value", problem=told)
        target = aim(goal, baseline, unit, down=down)
    except ConfigError as error:
        if not isinstance(goal.baseline, str | None) or goal.target == "to":
            raise ConfigError(error.what, where=f"{where}: goals.{goal.name}.{goal.target}", todo=error.todo) from None
        return make.of("no_value", problem=str(error))
    return _judged(make, clock, show, baseline, target)


def aim(goal: Goal, baseline: Fraction, unit: str, *, down: bool) -> Fraction:
    """The target: absolute, relative to the baseline or points from it; one that cannot be is a ConfigError."""
    sign = -1 if down else 1
    amount = Fraction(goal.amount)
    if goal.target == "to":
        target = amount
    elif goal.target == "by_percent":
        if not baseline:
            raise ConfigError(
                f"The target is a part of the baseline, which is {said(baseline, unit)}: a part of nothing is nothing.",
                todo="Say it in points (by_points), or where to (to).",
            )
        target = baseline + sign * abs(baseline) * amount / 100
    else:
        target = baseline + sign * (amount / 100 if unit == "share" else amount)
    low, high = BOUNDS.get(unit, (None, None))
    if unit == "share" and high is not None and baseline > high:
        high = None  # a share that exceeds 1 already, such as NRR, may grow
    if goal.metric.partition(":")[0] in UNBOUNDED:
        high = None
    told = f"{said(baseline, unit)} {'less' if down else 'and'} {step(goal, unit)} would be {said(target, unit)}"
    if low is not None and target < low and baseline >= low:
        raise ConfigError(f"The target cannot be: {told}, below {said(Fraction(low), unit)}.", todo=_hint(goal))
    if high is not None and target > high:
        raise ConfigError(f"The target cannot be: {told}, above {said(Fraction(high), unit)}.", todo=_hint(goal))
    if target == baseline:
        raise ConfigError(f"The target is the baseline, {said(baseline, unit)}: there is no way to go.")
    return target


def _hint(goal: Goal) -> str:
    return "Was by_percent meant, a part of the baseline?" if goal.target == "by_points" else "Choose a nearer target."


def _baseline(goal: Goal, clock: Clock, show: Show) -> tuple[Fraction | None, str]:
    """The baseline, or why there is none."""
    if goal.baseline is not None and not isinstance(goal.baseline, str):
        return Fraction(goal.baseline), ""
    if goal.baseline is None:
        period = clock.containing(goal.start - timedelta(days=1), goal.grain)
        grain = goal.grain
        if period.end > goal.start:
            period = clock.containing(period.start - timedelta(days=1), grain)
    else:
        grain, period = clock.parse(goal.baseline)
    if not clock.is_complete(period):
        return None, f"The baseline is that of {period.label}, which is not over yet."
    (row,) = show(goal.metric, goal.where, grain, [period])
    if row.value is None:
        return None, f"The baseline is that of {period.label}, which has no value ({row.reason}); write a number."
    return Fraction(row.value), ""


@dataclass(frozen=True)
class _Maker:
    """What all standings of a goal share."""

    goal: Goal
    metric: Metric
    unit: str
    currency: str | None
    down: bool

    def of(self, status: str, **more: Any) -> Standing:
        words = _words(self, more.get("baseline"), more.get("target"))
        return Standing(self.goal, self.metric, self.unit, self.currency, words, status, **more)


def _judged(make: _Maker, clock: Clock, show: Show, baseline: Fraction, target: Fraction) -> Standing:
    goal = make.goal
    periods = [*clock.last(TREND, goal.grain)]
    rows = show(goal.metric, goal.where, goal.grain, periods)
    known: dict[str, Any] = {
        "baseline": baseline,
        "target": target,
        "warning": _warning(make, baseline, target),
        "series": tuple((row.period, None if row.value is None else float(row.value)) for row in rows),
    }
    last = [period for period in periods if period.start <= goal.due]
    if not last or last[-1].end <= goal.start:
        return make.of("too_early", **known)
    row = rows[len(last) - 1]
    period = last[-1]
    known |= {"now_period": period.label, "elapsed": _elapsed(goal, period.end)}
    if row.value is None:
        return make.of("no_value", problem=f"{period.label} has no value ({row.reason}).", **known)
    now = Fraction(row.value)
    progress = (baseline - now) / (baseline - target)
    clear = None if row.low is None or row.high is None else not row.low <= baseline <= row.high
    known |= {"now": now, "low": row.low, "high": row.high, "clear": clear, "progress": progress}
    left = _periods(clock, goal, period.end, goal.due + timedelta(days=1))
    done = _periods(clock, goal, goal.start, period.end)
    known |= {"pace": (now - baseline) / done if done else None, "pace_needed": (target - now) / left if left else None}
    known |= _forecast(make, rows[: len(last)], left, baseline, target)
    if progress >= 1:
        return make.of("reached", **known)
    if period.end > goal.due:
        return make.of("missed", **known)
    behind = known["elapsed"] - progress
    return make.of("off_pace" if behind > Fraction(goal.tolerance) else "on_track", **known)


def _elapsed(goal: Goal, now: date) -> Fraction:
    """The share of the goal's time that had passed: from the start of its first day to the end of its last."""
    whole = (goal.due - goal.start).days + 1
    return min(Fraction(1), max(Fraction(0), Fraction((now - goal.start).days, whole)))


def _periods(clock: Clock, goal: Goal, start: date, end: date) -> int:
    """How many periods of the grain there are between two days."""
    return len(clock.between(start, end, goal.grain, "")) if end > start else 0


def _forecast(
    make: _Maker, rows: Sequence[Row], left: int, baseline: Fraction, target: Fraction
) -> dict[str, Forecast | str | None]:
    points = [(k, Fraction(row.value)) for k, row in enumerate(rows) if row.value is not None]
    if left == 0:
        return {"forecast_reason": "It is over."}
    found = stats.forecast(points, len(rows) - 1 + left)
    if found is None:
        return {"forecast_reason": f"{len(points)} periods have a value; a trend takes {stats.LEAST_TREND}."}
    low, high = BOUNDS.get(make.unit, (None, None))
    top = None if make.unit == "share" and max(value for _, value in points) > 1 else high
    value, least, most = (_held(x, low, top) for x in found)
    aimed = float(target)
    sure, never = (most <= aimed, least > aimed) if target < baseline else (least >= aimed, most < aimed)
    word = "reached" if sure else "missed" if never else "open"
    return {"forecast": Forecast(value, least, most, len(points), word)}


def _held(value: float, low: int | None, high: int | None) -> float:
    value = value if low is None else max(value, float(low))
    return value if high is None else min(value, float(high))


def _warning(make: _Maker, baseline: Fraction, target: Fraction) -> str | None:
    """A goal that would make the metric worse is said, not refused: it may be meant."""
    worse = {"down": target > baseline, "up": target < baseline}.get(make.metric.better, False)
    if not worse:
        return None
    return f"{make.metric.title} is better {make.metric.better}: this goal would make it worse."


def _words(make: _Maker, baseline: Fraction | None, target: Fraction | None) -> str:
    """The goal in a sentence, with its figures, so that percent and points cannot be mixed up."""
    goal = make.goal
    moves = "Reduce" if (target < baseline if baseline is not None and target is not None else make.down) else "Raise"
    for_whom = f" of {goal.where}" if goal.where else ""
    by = {
        "to": "",
        "by_percent": f" by {step(goal, make.unit)} of what it is",
        "by_points": f" by {step(goal, make.unit)}",
    }
    figures = ""
    if baseline is not None and target is not None:
        figures = f": from {said(baseline, make.unit, make.currency)} to {said(target, make.unit, make.currency)}"
    elif goal.target == "to":
        figures = f" to {said(Fraction(goal.amount), make.unit, make.currency)}"
    return f"{moves} {make.metric.title.lower()}{for_whom}{by[goal.target]}{figures}, by {goal.due}."


def plan(found: Sequence[Standing]) -> list[dict[str, Any]]:
    """The measurement plan: goals by component, the one that hurts most first.

    What hurts is how far, on the mean, the component's goals lie behind their time: of each at least 0, at most 1.
    """
    parts: dict[str, list[Standing]] = {"product": [], "billing": [], "csm": []}
    for one in found:
        parts[component(one.goal, one.metric)].append(one)
    rows: list[dict[str, Any]] = []
    for name, goals in parts.items():
        judged = [min(max(Fraction(0), one.behind), Fraction(1)) for one in goals if one.behind is not None]
        hurts = float(sum(judged) / len(judged)) if judged else None
        rows.append({"component": name, "hurts": hurts, "goals": [one.goal.name for one in goals], "focus": False})
    rows.sort(key=lambda row: -(row["hurts"] or 0))
    if rows[0]["hurts"]:
        rows[0]["focus"] = True
    return rows
