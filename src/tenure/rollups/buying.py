"""Buying habits that a sum over a period's orders cannot say: the last twelve months, first orders, carts."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, Rollup, World, exact, keyed
from tenure.rollups.receipts import orders_rows

SETTLED_AFTER = timedelta(hours=24)
"""A cart that is younger may still be ordered."""


def of_a_year(world: World, asked: Asked) -> ir.Table:
    """(k, cust, orders, sold): what each customer, and nobody, ordered in the twelve months to the period's end."""
    rows, periods = orders_rows(world), asked.periods
    begin = (periods.stop.cast("timestamp") - ibis.interval(months=12)).cast("timestamp").date()
    spans = periods.select("k", "stop", begin=begin)
    joined = rows.join(spans, [rows.placed_day >= spans.begin, rows.placed_day < spans.stop])
    return joined.group_by("k", "cust").agg(orders=exact(joined.count()), sold=exact(joined.sold.sum()))


def firsts(world: World, asked: Asked) -> ir.Table:
    """(k, cust, orders): customers whose first order falls in the period, with all their orders until now."""
    rows = orders_rows(world)
    rows = rows.filter(rows.cust.notnull() & rows.placed_day.notnull())
    people = rows.group_by("cust").agg(first=rows.placed_day.min(), orders=exact(rows.count()))
    periods = asked.periods
    joined = people.join(periods, [people["first"] >= periods.base, people["first"] < periods.stop])
    return joined.select("k", "cust", "orders", at_day=joined["first"])


def carts_rows(world: World) -> ir.Table:
    """Carts with something in them that are a day old, with `left`: not ordered until now."""
    rows = world.past("carts")
    rows = rows.filter(ibis.coalesce(rows["items"], ibis.literal(1)) > 0)
    rows = rows.filter(rows.created_at <= ibis.literal(world.as_of - SETTLED_AFTER))
    return keyed(rows.mutate(left=rows.ordered_at.isnull() & rows.order_id.isnull()))


def buyers_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, repeats, last, watched, cents): every buyer so far, days of purchase counting once each.

    repeats: days of purchase after the first; last: days from the first to the last; watched: days from the first to
    the period's last day, as the papers count; cents: what a repeat day brought on average.
    """
    rows = orders_rows(world)
    rows = rows.filter(rows.cust.notnull() & rows.placed_day.notnull())
    days = rows.group_by("cust", day=rows.placed_day).agg(cents=exact(rows.cents.sum()))
    firsts = days.group_by(f_cust=days.cust).agg(first=days.day.min())
    days = days.join(firsts, days.cust == firsts.f_cust).drop("f_cust")
    joined = days.join(asked.periods, days.day < asked.periods.stop)
    later = ibis.ifelse(joined.day > joined["first"], 1, 0)
    people = joined.group_by("k", "cust", "first", "stop").agg(
        repeats=exact(later.sum()),
        last_day=joined.day.max(),
        cents=exact(ibis.ifelse(joined.day > joined["first"], joined.cents, 0).sum()),
    )
    each = people.cents.cast("float64") / ibis.greatest(people.repeats.cast("float64"), 1.0)
    return people.select(
        "k",
        "cust",
        "repeats",
        last=_days(people["first"], people.last_day),
        watched=_days(people["first"], people["stop"]) - 1,
        cents=each.round().cast("int64"),
    )


def _days(begin: ir.Value, end: ir.Value) -> ir.Value:
    return (end.cast("timestamp").epoch_seconds() - begin.cast("timestamp").epoch_seconds()) // 86400


buyers = PeriodRows("buyers", buyers_rows, ("orders", "fx_rates"))
orders_of_a_year = PeriodRows("orders_of_a_year", of_a_year, ("orders", "fx_rates"))
first_orders = PeriodRows("first_orders", firsts, ("orders", "fx_rates"))
carts = Rollup("carts", carts_rows, ("carts",))
