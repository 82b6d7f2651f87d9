"""What a leaf is made of: the steps, movements and rows it names, and the tables those are. Part of compile."""

from __future__ import annotations

from tenure.compile.record import inputs
from tenure.expr import Across, Moves, Rows, Steps
from tenure.lasting import Fetched, Lasting, Ranked, Stays
from tenure.rollup import PeriodRows, Rollup, period_rows, rollups


def sources(leaf: Across) -> list[Steps | Moves | Rows]:
    """The steps, movements and rows a leaf is made of."""
    match leaf.x:
        case Ranked(flow=flow):
            return [flow.rows]
        case Lasting(rows=rows) | Fetched(rows=rows):
            return [rows]
        case Stays(steps=steps):
            return [steps]
    levels, flows, integrals = inputs(leaf.x)
    found: list[Steps | Moves | Rows] = [level.steps for level in levels]
    found += [i.steps for i in integrals]
    found += [flow.rows for flow in flows]
    return found


def made(table: str) -> Rollup | PeriodRows:
    """What is behind the name of rows: a rollup, or rows made for the periods asked for."""
    return period_rows()[table] if table in period_rows() else rollups()[table]
