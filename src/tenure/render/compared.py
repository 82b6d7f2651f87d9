"""`tenure compare` as a table. Edge: layout only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped


def as_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The verdict first, then before and after, then the months."""
    lines = wrapped(f"{plain(found['event'])}, {found['on']}. {found['verdict']}", width)
    groups = [("treated" if found["control"] else "", found["treated"])]
    if found["control"]:
        groups.append(("comparison", found["control"]))
    unit = found["unit"]
    lines += ["", f"By {found['method']}: {_span(found['before'])} against {_span(found['after'])}"]
    lines += table(
        [
            *([Column("group", [name for name, _ in groups], number=False)] if found["control"] else []),
            Column("customers", [f"{one['customers']:,}" for _, one in groups]),
            Column("before", [_value(one["before"], unit) for _, one in groups]),
            Column("after", [_value(one["after"], unit) for _, one in groups]),
        ],
        width,
        colour=colour,
    )
    months = found["treated"]["months"]
    cells = [Column("month", [month["period"] for month in months], number=False)]
    for name, one in groups:
        cells.append(Column(name or "value", [_value(month["value"], unit) for month in one["months"]]))
    lines += ["", *table(cells, width, colour=colour)]
    for note in found["notes"]:
        lines += ["", *wrapped(note, width)]
    return "\n".join(lines)


def groups_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """Two groups in a period: the verdict, then each with its n and interval."""
    unit, groups = found["unit"], found["groups"]
    lines = [*wrapped(f"{found['title']}, {found['period']}: {groups_verdict(found)}", width), ""]
    lines += table(
        [
            Column("group", [plain(" and ".join(one["where"])) for one in groups], number=False),
            Column(found["period"], [numbers.value(one["value"], unit, found["currency"]) for one in groups]),
            Column("n", ["" if one["n"] is None else f"{one['n']:,}" for one in groups]),
            Column("95 %", ["" if one["low"] is None else numbers.interval(one["low"], one["high"], unit)
                            for one in groups]),
        ],
        width,
        colour=colour,
    )  # fmt: skip
    return "\n".join([*lines, "", "A difference, not a cause."])


def groups_verdict(found: Mapping[str, Any]) -> str:
    """The difference in a sentence, and what chance has to do with it."""
    gap = numbers.change(found["groups"][1]["value"], found["difference"], found["unit"])
    if found["low"] is None:
        return f"{gap}. There is no interval, so nobody knows how much of it is chance."
    told = f"{gap} (95 % {numbers.interval(found['low'], found['high'], found['unit'])})"
    if found["noise"]:
        return f"{told}, no more than noise. That does not show that they are alike."
    few = [one for one in found["groups"] if one["few"]]
    return f"{told}, of too few to judge (n {few[0]['n']})." if few else f"{told}, more than noise."


def _span(labels: list[str]) -> str:
    return f"{labels[0]} to {labels[-1]}" if len(labels) > 1 else labels[0]


def _value(x: float | None, unit: str) -> str:
    return "no value" if x is None else numbers.value(x, unit)
