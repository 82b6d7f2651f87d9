"""Survival curves as a table: a row for each group, a column for each month. Edge: layout and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.render.grid import Column, table
from tenure.render.numbers import value as shown

FEW = "too few"


def as_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The curves, then what the test says of them."""
    groups = found["groups"]
    names = list(groups[0]["by"])
    columns = [Column(name, [str(group["by"][name]) for group in groups], number=False) for name in names]
    columns += [Column("customers", [f"{group['n']:,}" for group in groups])]
    columns += [Column("left", [f"{group['left']:,}" for group in groups])]
    months: list[Mapping[str, Any]] = next((group["points"] for group in groups if group["points"]), [])
    for i, point in enumerate(months):
        if not any(group["points"] and group["points"][i]["share"] is not None for group in groups):
            continue  # nobody was watched that long
        columns.append(Column(f"{point['months']} months", [_share(group, i) for group in groups]))
        columns.append(Column("95 %", [_interval(group, i) for group in groups]))
    columns.append(Column("half gone after", [_median(group) for group in groups]))
    lines = ["Still customers", "", *table(columns, width, colour=colour)]
    return "\n".join([*lines, *_verdict(found["p"])])


def _share(group: Mapping[str, Any], i: int) -> str:
    if group["reason"]:
        return FEW if i == 0 else ""
    value = group["points"][i]["share"]
    return "not yet" if value is None else shown(value, "share")


def _interval(group: Mapping[str, Any], i: int) -> str:
    point = group["points"][i] if group["points"] else None
    if point is None or point["low"] is None:
        return ""
    return f"{100 * point['low']:.1f} to {100 * point['high']:.1f}"


def _median(group: Mapping[str, Any]) -> str:
    if group["reason"]:
        return ""
    months = group["median_months"]
    return "more are left" if months is None else f"{months:.1f} months"


def _verdict(p: float | None) -> list[str]:
    if p is None:
        return []
    said = "below 0.001" if p < 0.001 else f"{p:.3f}"
    if p < 0.05:
        return ["", f"The groups differ (log-rank p {said}). A difference, not a cause."]
    return ["", f"The groups do not differ beyond chance (log-rank p {said})."]
