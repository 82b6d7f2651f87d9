"""How customers buy, as built-in attributes: r, f, m, rfm and value_tier, as of the workspace's moment.

Over the 365 days before it, of orders (of succeeded payments where there are no orders): r by the day of the last one,
f by how many, m by what they are worth. Each is cut into fifths of those who bought, 5 the best. Equals share a fifth:
1 + floor(5 (worse + equal / 2) / all), counting the customer among its equals. rfm is the three in a row ("545").

value_tier: by MRR (by m's amount without subscriptions), largest first: `high` are those before whom, together, less
than half of all was counted, `middle` those before whom less than four fifths was, `low` the rest.
"""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tenure.errors import RequestError
from tenure.periods import FIRST_DAY, LAST_DAY
from tenure.rollup import World, exact
from tenure.rollups.receipts import orders_rows, payments_rows

NUMBERS = ("r", "f", "m")
NAMES = (*NUMBERS, "rfm", "value_tier")
DAYS = 365


def built_in(world: World, steps: ir.Table | None, name: str) -> ir.Table:
    """(cust, from_day, to_day, value) of one of NAMES. `steps`: those of MRR, where there are subscriptions."""
    rows = _tiers(world, steps) if name == "value_tier" else _scores(world)
    value = rows[name] if name in rows.columns else rows.r + rows.f + rows.m
    always = {"from_day": ibis.literal(FIRST_DAY), "to_day": ibis.literal(LAST_DAY)}
    return rows.select("cust", **always, value=value)


def bought(world: World) -> ir.Table:
    """(cust, last, times, spent): who bought in the year before as_of."""
    if "orders" in world.loaded:
        rows = orders_rows(world)
        rows = rows.select("cust", day="placed_day", counts=ibis.literal(1), worth="sold")
    elif "payments" in world.loaded:
        rows = payments_rows(world)
        paid = ibis.coalesce(rows.status, ibis.literal("succeeded")) == "succeeded"
        rows = rows.select("cust", day="day", counts=ibis.ifelse(paid, 1, 0), worth="received")
    else:
        raise RequestError(
            "Recency, frequency and money need orders or payments.", where="--by or --where", todo="Load one of them."
        )
    begin, end = ibis.literal(world.cut - timedelta(days=DAYS)), ibis.literal(world.cut)
    rows = rows.filter(rows.cust.notnull() & (rows.day >= begin) & (rows.day < end))
    last = ibis.ifelse(rows.counts > 0, rows.day, ibis.null("date"))
    found = rows.group_by("cust").agg(
        last=last.max(), times=rows.counts.sum().cast("int64"), spent=exact(rows.worth.sum())
    )
    return found.filter(found.times > 0)


def _scores(world: World) -> ir.Table:
    rows = bought(world)
    columns = {"r": "last", "f": "times", "m": "spent"}
    return rows.mutate(**{name: _fifth(rows, rows[column]) for name, column in columns.items()})


def _fifth(rows: ir.Table, value: ir.Value) -> ir.Value:
    """The fifth that a value lies in, as text; whole numbers alone, so that engines agree."""
    worse = ibis.rank().over(ibis.window(order_by=value)).cast("int64")
    equal = rows.count().over(ibis.window(group_by=value)).cast("int64")
    everyone = rows.count().over(ibis.window()).cast("int64")
    return (ibis.literal(1, "int64") + (5 * (2 * worse + equal)) // (2 * everyone)).cast("int64").cast("string")


def _tiers(world: World, steps: ir.Table | None) -> ir.Table:
    if steps is not None:
        at = ibis.literal(world.cut)
        rows = steps.filter((steps.day < at) & (steps.until >= at)).select("cust", worth=exact(steps.after))
    else:
        rows = bought(world).select("cust", worth="spent")
    rows = rows.filter(rows.worth > 0)
    by_worth = rows.group_by("worth").agg(together=exact(rows.worth.sum()))
    upto = ibis.cumulative_window(order_by=ibis.desc(by_worth.worth))
    by_worth = by_worth.mutate(upto=exact(by_worth.together.sum().over(upto)))
    whole = exact(by_worth.together.sum().over(ibis.window()))
    by_worth = by_worth.mutate(larger=by_worth["upto"] - by_worth.together, whole=whole)
    tier = ibis.cases(
        (2 * by_worth.larger < by_worth.whole, "high"),
        (5 * by_worth.larger < 4 * by_worth.whole, "middle"),
        else_="low",
    )
    named = by_worth.select(w_worth="worth", value_tier=tier)
    return rows.join(named, rows.worth == named.w_worth).select("cust", "value_tier")
