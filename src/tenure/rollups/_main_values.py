"""A column of subscriptions as an attribute of customers: the value of the item they pay most for, through time."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.periods import LAST_DAY
from tenure.rollup import World
from tenure.rollups._items import items


def main_values(world: World, column: str) -> ir.Table:
    """(cust, from_day, to_day, value): one row per stretch; ties go to the value that sorts first."""
    rows = items(world, column)
    edges = ibis.union(rows.select("cust", day="from_day"), rows.select("cust", day="to_day")).distinct()
    order = ibis.window(group_by=edges.cust, order_by=edges.day)
    stretches = edges.select(
        s_cust="cust", from_="day", to_=ibis.coalesce(edges.day.lead().over(order), ibis.literal(LAST_DAY))
    )
    running = rows.join(
        stretches, [rows.cust == stretches.s_cust, rows.from_day <= stretches.from_, rows.to_day > stretches.from_]
    )
    sums = running.group_by("cust", "from_", "to_", value=running[column].cast("string")).agg(paid=running.ticks.sum())
    best = ibis.window(group_by=[sums.cust, sums.from_], order_by=[ibis.desc(sums.paid), sums["value"]])
    ranked = sums.mutate(rank=ibis.row_number().over(best))
    return ranked.filter(ranked["rank"] == 0).select("cust", from_day="from_", to_day="to_", value="value")
