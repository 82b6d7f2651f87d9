"""What the compare page writes: two groups side by side, or a group before and after something happened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tenure.charts.trend import Point, span_of, trend
from tenure.render.compared import groups_verdict
from tenure.web import numbers
from tenure.web.drawing import both
from tenure.web.pages._drivers import between, difference

Found = Mapping[str, Any]


def two_groups(found: Found) -> dict[str, Any]:
    """Each group with its value, interval and n; the difference last, coloured only where it is more than noise."""
    unit, currency = found["unit"], found["currency"]
    return {
        "title": found["title"],
        "metric": found["metric"],
        "verdict": groups_verdict(found),
        "period": numbers.period(found["period"], long=True),
        "groups": [
            {
                "name": " and ".join(one["where"]),
                "value": numbers.value(one["value"], unit, currency),
                "interval": numbers.interval(one["low"], one["high"], unit) or "counted",
                "n": one["n"],
            }
            for one in found["groups"]
        ],
        "difference": difference(found["difference"], unit, currency),
        "between": between(found["low"], found["high"], unit),
        "direction": _direction(found),
    }


def after_event(found: Found) -> dict[str, Any]:
    """The groups before and after, the difference with its interval, the months as lines."""
    unit = found["unit"]
    sides = [("To whom it happened" if found["control"] else "All that is looked at", found["treated"])]
    sides += [("Compared with", found["control"])] if found["control"] else []
    lines = [_points(found, side) for _, side in sides]
    label = f"{found['title']} by month, {_stretch(found['before'])} and {_stretch(found['after'])}"
    words, others = partial(numbers.axis, unit=unit), [point.value for line in lines[1:] for point in line]
    return {
        "title": found["title"],
        "metric": found["metric"],
        "event": found["event"],
        "on": numbers.day(found["on"]),
        "verdict": found["verdict"],
        "method": found["method"],
        "before": _stretch(found["before"]),
        "after": _stretch(found["after"]),
        "groups": [
            {
                "name": name,
                "customers": side["customers"],
                "before": _value(side["before"], unit),
                "after": _value(side["after"], unit),
            }
            for name, side in sides
        ],
        "chart": both(partial(_drawn, lines[0], words, label, span_of(lines), others)),
        "months": [
            (numbers.period(month["period"]), [_value(side["months"][k]["value"], unit) for _, side in sides])
            for k, month in enumerate(found["treated"]["months"])
        ],
        "difference": difference(found["difference"], unit, None),
        "between": between(found["low"], found["high"], unit),
        "direction": _direction(found),
        "notes": found["notes"],
    }


def _drawn(
    line: list[Point], words: Any, label: str, span: Any, others: list[float | None], *, width: int, kind: str
) -> str:
    return trend(
        line, words, label, width=width, height=240 if width > 400 else 190, span=span, context=others, kind=kind
    )


def _points(found: Found, side: Found) -> list[Point]:
    """A group's months; the one in which it happened, which is neither before nor after, is a gap."""
    before = len(found["before"])
    points = [Point(numbers.period(month["period"]), month["value"]) for month in side["months"]]
    return [*points[:before], Point("", None), *points[before:]]


def _stretch(labels: list[str]) -> str:
    first, last = numbers.period(labels[0]), numbers.period(labels[-1])
    return first if first == last else f"{first} to {last}"


def _value(x: float | None, unit: str) -> str:
    return "no value" if x is None else numbers.text(x, unit)


def _direction(found: Found) -> str:
    """Better or worse where it is more than noise of enough; else neither."""
    judged = found["low"] is not None and found["noise"] is False
    return numbers.direction(found["difference"], found["better"]) if judged else "grey"
