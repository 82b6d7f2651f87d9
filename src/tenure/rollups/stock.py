"""What lay in stock: each product's value, day by day, summed over a period's days."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.periods import LAST_DAY
from tenure.rollup import Asked, PeriodRows, World, exact
from tenure.rollups._rates import in_reporting


def build(world: World, asked: Asked) -> ir.Table:
    """(k, cust, product, value_days): the value at each day's close, summed; a value holds until the product's next."""
    rows = in_reporting(world, world.past("stock"), "on", {"worth": "value"})
    order = ibis.window(group_by=rows["product"], order_by=rows.on)
    rows = rows.mutate(until=ibis.coalesce(rows.on.lead().over(order), ibis.literal(LAST_DAY)))
    periods = asked.periods
    held = rows.join(periods, [rows.on < periods.stop, rows.until > periods.base])
    begin, end = ibis.greatest(held.on, held.base), ibis.least(held.until, held.stop)
    days = (end.cast("timestamp").epoch_seconds() - begin.cast("timestamp").epoch_seconds()) // 86400
    return held.select("k", "product", cust=ibis.null("int64"), value_days=exact(exact(held.worth) * days))


stock_days = PeriodRows("stock_days", build, ("stock", "fx_rates"), own=("product",))
