"""What the drivers page writes: factors that go with an outcome, the change of a metric by segment, their caveats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tenure.render import numbers as plain
from tenure.web import marks, numbers

NAMED, GROUPS, COLUMNS, PEOPLE = 5, 12, 8, 8
Found = Mapping[str, Any]


def difference(x: float | None, unit: str, currency: str | None) -> str:
    """A signed difference: shares in points."""
    if x is None:
        return ""
    if unit == "share":
        said = plain.signed(round(100 * x, 6), 1)
        return f"{'0.0' if said in ('−0.0', '+0.0') else said}{numbers.NARROW}pts"
    if unit == "money":
        return numbers.money(x, currency, sign=True)
    return plain.signed(round(x, 6), 0 if unit in ("count", "points") else 1)


def between(low: float | None, high: float | None, unit: str) -> str:
    """The interval of a difference."""
    if low is None or high is None:
        return ""
    scale, places = (100, 1) if unit == "share" else (1, 0 if unit in ("money", "count", "points") else 1)
    return f"{plain.signed(scale * low, places)} to {plain.signed(scale * high, places)}"


def probability(p: float | None) -> str:
    """How often chance alone would do this."""
    return "" if p is None else "under 0.001" if p < 0.001 else f"{p:.3f}"


def factors(answer: Found) -> list[dict[str, Any]]:
    """What goes with the outcome: those beyond chance first, then the rest, nearest to it first."""
    unit, better, currency = answer["unit"], answer["better"], answer["currency"]
    rows = sorted(answer["goes_with"]["factors"], key=lambda one: (not one["finding"], one["adjusted_p"] or 1.0))
    reach = sorted(max(abs(one["low"] or 0.0), abs(one["high"] or 0.0)) for one in rows)
    # One scale for the table; the widest tenth leave it, so that one wide interval does not flatten all others.
    most = reach[int(0.9 * (len(reach) - 1))] if reach else 0.0
    return [
        {
            **one,
            "title": _title(one["factor"]),
            "said": numbers.text(one["value"], unit, currency) if one["value"] is not None else "no value",
            "of_others": numbers.text(one["other_value"], unit, currency)
            if one["other_value"] is not None
            else "no value",
            "difference": difference(one["difference"], unit, currency),
            "direction": numbers.direction(one["difference"], better) if one["finding"] else "grey",
            "between": between(one["low"], one["high"], unit),
            "p": probability(one["adjusted_p"]),
            "verdict": "Beyond chance" if one["finding"] else "May be chance",
            "ruler": marks.ruler(one["difference"], one["low"], one["high"], 0.0, (-most, most) if most else None),
            "people": [person(who) for who in one["listed"][:NAMED]],
            "more": max(0, len(one["listed"]) - NAMED),
        }
        for one in rows
    ]


def _title(factor: str) -> str:
    """A factor's name as people write it."""
    first, _, rest = factor.partition(" ")
    start = first.upper() if first.rstrip(":") in ("nps", "csat", "ces", "mrr") else first[:1].upper() + first[1:]
    return f"{start} {rest}".strip().replace("_", " ")


def person(one: Found) -> dict[str, Any]:
    """A customer with an address."""
    return {"name": one["name"] or one["id"], "href": "/customers/" + quote(str(one["id"]), safe="")}


def change(answer: Found, chosen: str) -> dict[str, Any] | None:
    """The change since the period before, the columns it may come from, the groups of one of them."""
    said, unit, currency = answer["change"], answer["unit"], answer["currency"]
    if said is None:
        return None
    columns = said["columns"]
    column = next((one for one in columns if one["column"] == chosen), columns[0] if columns else None)
    most = max((abs(g["part"] or 0) for g in column["groups"]), default=0.0) if column else 0.0
    groups = sorted(column["groups"], key=lambda g: -abs(g["part"] or 0))[:GROUPS] if column else []
    return {
        "period": numbers.period(said["period"]),
        "before_period": numbers.period(said["before_period"]),
        "value": numbers.text(said["value"], unit, currency),
        "before": numbers.text(said["before"], unit, currency),
        "change": difference(said["change"], unit, currency),
        "between": between(said["low"], said["high"], unit),
        "noise": said["noise"],
        "ways": [(way["way"].replace("_", " "), difference(way["part"], unit, currency)) for way in said["ways"]],
        "columns": [
            {
                "name": one["column"].replace("_", " "),
                "id": one["column"],
                "explained": numbers.text(one["explained"], "share"),
                "p": probability(one["adjusted_p"]),
                "noise": one["noise"],
            }
            for one in columns[:COLUMNS]
        ],
        "column": column["column"] if column else "",
        "shown": column["column"].replace("_", " ") if column else "",
        "noisy": column["noise"] if column else True,
        "groups": [
            {
                "name": one["group"],
                "customers": one["customers"],
                "before": _value(one["before"], unit, currency),
                "after": _value(one["after"], unit, currency),
                "mix": difference(one["mix"], unit, currency),
                "rate": difference(one["rate"], unit, currency),
                "part": difference(one["part"], unit, currency),
                "direction": numbers.direction(one["part"], answer["better"]),
                "between": between(one["low"], one["high"], unit),
                "bar": marks.contribution((one["part"] or 0.0) * (-1 if answer["better"] == "down" else 1), most),
            }
            for one in groups
        ],
    }


def _value(x: float | None, unit: str, currency: str | None) -> str:
    return "nobody" if x is None else numbers.text(x, unit, currency)
