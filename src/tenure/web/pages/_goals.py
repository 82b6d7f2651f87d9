"""What the goals page writes of one goal: where it stands, in figures, in words and as a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from tenure.charts.pace import pace
from tenure.goals import Standing
from tenure.web import numbers

STATUS = {
    "on_track": ("On track", "fresh"),
    "off_pace": ("Off pace", "risk"),
    "reached": ("Reached", "fresh"),
    "missed": ("Missed", "risk"),
    "too_early": ("Too early", ""),
    "no_value": ("No value", ""),
}
LEADS = {"reached": "it is reached", "missed": "it is missed", "open": "either may be"}
PARTS = {"product": "Product experience", "billing": "Billing experience", "csm": "CSM experience"}
DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.31, "year": 365.25}


def tree(goals: Sequence[Standing], parent: str | None = None, depth: int = 0) -> Iterator[tuple[int, Standing]]:
    """Every goal under the one it serves."""
    for goal in goals:
        if goal.goal.parent == parent:
            yield depth, goal
            yield from tree(goals, goal.goal.name, depth + 1)


def row(one: Standing, depth: int, begins: Mapping[str, date]) -> dict[str, Any]:
    """A goal as a row of the table."""
    word, kind = STATUS[one.status]
    state = {"grain": one.goal.grain, "where": one.goal.where or ""}
    metric, _, variant = one.goal.metric.partition(":")
    said = urlencode({name: text for name, text in {**state, "variant": variant}.items() if text})
    return {
        "name": one.goal.name.replace("_", " "),
        "depth": min(depth, 3),
        "words": one.words,
        "href": f"/metrics/{one.metric.id if metric == one.metric.id else metric}?{said}",
        "state": word,
        "kind": kind,
        "now": figure(one, one.now),
        "period": numbers.period(one.now_period) if one.now_period else "",
        "target": figure(one, one.target),
        "progress": _percent(one.progress),
        "elapsed": _percent(one.elapsed),
        "line": line(one, begins),
        "due": numbers.day(one.goal.due),
        "owner": one.goal.owner or "nobody yet",
        "remarks": remarks(one),
    }


def figure(one: Standing, value: Any) -> str:
    """A value of the goal's metric."""
    return "" if value is None else numbers.text(value, one.unit, one.currency)


def _percent(share: Any) -> str:
    return "" if share is None else f"{numbers.axis(float(round(share * 100)), 'score')}{numbers.NARROW}%"


def line(one: Standing, begins: Mapping[str, date]) -> SafeString:
    """How it went, the way it should take, and where the trend leads."""
    if one.baseline is None or one.target is None or not one.series:
        return mark_safe("")
    first, each = begins[one.goal.grain], DAYS[one.goal.grain]
    found = one.forecast
    label = f"From {figure(one, one.baseline)} to {figure(one, one.target)}, now {figure(one, one.now) or 'no value'}"
    if found:
        label += f"; the trend leads to {figure(one, found.value)}, {LEADS[found.word]}"
    values = [value for _, value in one.series]
    # Values stand at the ends of their periods.
    drawn = pace(
        values,
        label,
        baseline=float(one.baseline),
        target=float(one.target),
        start=(one.goal.start - first).days / each - 1,
        due=(one.goal.due - first).days / each - 1,
        forecast=(found.value, found.low, found.high) if found else None,
    )
    return mark_safe(drawn)


def remarks(one: Standing) -> list[str]:
    """What is to be known of it: problems, chance, where the trend leads."""
    said = []
    if one.problem:
        said.append(one.problem)
    if one.warning:
        said.append(one.warning)
    if one.clear is False and one.status != "reached":
        said.append(f"The baseline lies within the interval of {one.now_period}: the change so far may be chance.")
    found = one.forecast
    if found:
        between = numbers.interval(found.low, found.high, one.unit)
        said.append(f"The trend leads to {figure(one, found.value)} (95 %: {between}): {LEADS[found.word]}.")
    elif one.now is not None and one.forecast_reason and one.status not in ("reached", "missed"):
        said.append(f"No forecast: {one.forecast_reason}")
    return said
