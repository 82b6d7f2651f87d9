"""Who the customers are: their keys, their attributes through time, and being one without subscriptions."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure import model
from tenure.periods import FIRST_DAY, LAST_DAY
from tenure.rollup import KEYS, Rollup, World, keyed
from tenure.rollups.mrr_steps import changes

_NOT_ATTRIBUTES = {"customer_id", "valid_from", "valid_from_day", "valid_to", "valid_to_day", "updated_at", "deleted"}

STEPS_SCHEMA = {
    "cust": "int64",
    "day": "date",
    "before": "decimal(18,0)",
    "after": "decimal(18,0)",
    "fx": "decimal(18,0)",
    "amount": "decimal(18,0)",
    "kind": "string",
    "since": "date",
    "until": "date",
}
"""What steps look like, whatever level they are of."""


def people(world: World) -> ir.Table:
    """(customer_id, name, first_day, first_at, dated): everyone any table knows. First: created, else the first fact.

    A fact that has a date alone happened when its day began. `dated`: it is known when they were created.
    """
    facts = []
    for table in sorted(world.loaded & model.TABLES.keys()):
        spec = model.TABLES[table]
        if not spec.customer:
            continue
        rows = world.table(table)
        time = spec.main_time
        day = rows[model.day_of(time) if spec.columns[time].kind == "instant" else time] if time else ibis.null("date")
        at = rows[time].cast("timestamp") if time else ibis.null("timestamp")
        rows = rows.filter(rows.customer_id.notnull()).mutate(day_=day, at_=at)
        if table == "customers":
            first = {"created": rows.day_.min(), "created_at": rows.at_.min(), "label": rows["name"].max()}
            rows = rows.group_by("customer_id").agg(day=rows.day_.min(), at=rows.at_.min(), **first)
        else:
            # Of large tables no more is summed up than is there.
            rows = rows.group_by("customer_id").agg(day=rows.day_.min(), at=rows.at_.min())
            nothing = {"created": ibis.null("date"), "created_at": ibis.null("timestamp")}
            rows = rows.mutate(**nothing, label=ibis.null("string"))
        facts.append(rows)
    found = ibis.union(*facts) if len(facts) > 1 else facts[0]
    return found.group_by("customer_id").agg(
        first_day=ibis.coalesce(found.created.min(), found.day.min()),
        first_at=ibis.coalesce(found.created_at.min(), found["at"].min()),
        name=ibis.coalesce(found.label.max(), found.customer_id.max()),
        dated=found.created.min().notnull(),
    )


def attributes(columns: dict[str, str]) -> list[str]:
    """The columns of customers that can segment and filter."""
    return [name for name in columns if name not in _NOT_ATTRIBUTES]


def pieces(world: World) -> ir.Table:
    """(cust, customer_id, from_day, to_day, attributes...): one row per stretch of constant attributes.

    `is_last`: the latest.
    """
    rows = keyed(world.table("customers"), world.only)
    order = ibis.window(group_by=rows.cust, order_by=ibis.coalesce(rows.valid_from_day, ibis.literal(FIRST_DAY)))
    return rows.select(
        *attributes(dict(world.columns["customers"])),
        cust=rows.cust,
        customer_id=rows.customer_id,
        from_day=ibis.coalesce(rows.valid_from_day, ibis.literal(FIRST_DAY)),
        to_day=ibis.coalesce(rows.valid_to_day, rows.valid_from_day.lead().over(order), ibis.literal(LAST_DAY)),
        is_last=rows.customer_id.lead().over(order).isnull(),
    )


def presence(world: World) -> ir.Table:
    """Being a customer as steps of 0 and 1, with the columns of mrr_steps.

    With subscriptions: MRR, or under free_is = active_free a running one. Else an order in the last 365 days. Else
    being known.
    """
    if "subscriptions" in world.loaded:
        rows = changes(world)
        rows = rows.filter(rows.held != rows.holds).select("cust", "day", "held", "holds")
    else:
        rows = _from_stays(_ordering(world) if "orders" in world.loaded else _known())
    return _as_steps(rows)


def known(world: World) -> ir.Table:
    """Being known at all as steps, from the first day on; who has no such day always was."""
    days = KEYS.select("cust", day=ibis.coalesce(KEYS.first_day, ibis.literal(FIRST_DAY)))
    return _as_steps(days.mutate(held=ibis.literal(False), holds=ibis.literal(True)))


def _as_steps(rows: ir.Table) -> ir.Table:
    """(cust, day, held, holds) with the columns of mrr_steps."""
    order = ibis.window(group_by=rows.cust, order_by=rows.day)
    first = rows.day.min().over(ibis.window(group_by=rows.cust))
    joins = ibis.ifelse(rows.day == first, ibis.literal("new"), ibis.literal("reactivation"))
    one, none = ibis.literal(1).cast("decimal(18,0)"), ibis.literal(0).cast("decimal(18,0)")
    return rows.select(
        cust="cust",
        day="day",
        before=ibis.ifelse(rows.held, one, none),
        after=ibis.ifelse(rows.holds, one, none),
        fx=none,
        amount=ibis.ifelse(rows.holds, one, -one),
        kind=ibis.ifelse(rows.holds, joins, ibis.literal("churn")),
        since=ibis.coalesce(rows.day.lag().over(order), ibis.literal(FIRST_DAY)),
        until=ibis.coalesce(rows.day.lead().over(order), ibis.literal(LAST_DAY)),
    )


def _known() -> ir.Table:
    """(cust, from_day, to_day): from first being known, for ever."""
    known = KEYS.filter(KEYS.first_day.notnull())
    return known.select(cust=known.cust, from_day=known.first_day, to_day=ibis.literal(LAST_DAY))


def _ordering(world: World) -> ir.Table:
    """(cust, from_day, to_day): an order makes a customer for the policy's number of days."""
    days = int(world.policy.setting("order_customer_days") or 0)
    rows = keyed(world.table("orders"))
    rows = rows.filter(rows.cust.notnull() & rows.placed_day.notnull())
    if world.undated:  # as for orders themselves: in the past it was not yet known that they would be cancelled
        rows = rows.filter(~ibis.coalesce(rows.status, ibis.literal("placed")).isin(["cancelled", "refunded"]))
    later = (rows.placed_day.cast("timestamp") + ibis.interval(days=days)).cast("timestamp").date()
    return rows.select(cust=rows.cust, from_day=rows.placed_day, to_day=later)


def _from_stays(stays: ir.Table) -> ir.Table:
    """(cust, day, held, holds): where overlapping stays begin and end."""
    begin = stays.select("cust", day="from_day", n=ibis.literal(1))
    end = stays.select("cust", day="to_day", n=ibis.literal(-1))
    days = ibis.union(begin, end).group_by("cust", "day").agg(n=lambda t: t.n.sum())
    level = days.n.sum().over(ibis.cumulative_window(group_by=days.cust, order_by=days.day))
    days = days.mutate(held=(level - days.n) > 0, holds=level > 0)
    return days.filter((days.held != days.holds) & (days.day < ibis.literal(LAST_DAY))).drop("n")


customer_pieces = Rollup("customer_pieces", pieces, ("customers",), stored=True, by_customer=True)
customer_steps = Rollup("customer_steps", presence, ("subscriptions", "orders", "customers"))
known_steps = Rollup("known_steps", known, ("customers",))
