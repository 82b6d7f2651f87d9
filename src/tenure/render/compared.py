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


def _span(labels: list[str]) -> str:
    return f"{labels[0]} to {labels[-1]}" if len(labels) > 1 else labels[0]


def _value(x: float | None, unit: str) -> str:
    return "no value" if x is None else numbers.value(x, unit)
