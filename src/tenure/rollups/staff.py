"""Who works here, as known at the end of each period: the latest headcount of every department."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, World


def build(world: World, asked: Asked) -> ir.Table:
    """(k, cust, department, headcount): one row a department, of those that say a number; of no customer."""
    rows, periods = world.past("staff"), asked.periods
    before = rows.filter(rows.headcount.notnull()).join(periods, rows.on < periods.stop)
    order = ibis.window(group_by=[before.k, before.department], order_by=before.on.desc())
    latest = before.mutate(rank=ibis.row_number().over(order)).filter(lambda t: t["rank"] == 0)
    heads = (latest.headcount * 10_000).cast("decimal(18,0)")
    return latest.select("k", "department", cust=ibis.null("int64"), heads=heads)


headcount = PeriodRows("headcount", build, ("staff",), own=("department",))
