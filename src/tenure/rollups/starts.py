"""How newcomers get on: what they reached, and when, counted from when they were first known."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from tenure.rollup import KEYS, Asked, PeriodRows, Rollup, World, keyed
from tenure.usage import Reached


def reached(world: World, what: Reached) -> ir.Table:
    """(cust, reached_at, reached_day): when each customer's event happened for the time that counts."""
    rows = keyed(world.past("events"))
    rows = rows.filter((rows["name"] == what.event) & rows.cust.notnull()).select("cust", "day", at_="at")
    if what.count > 1:
        order = ibis.window(group_by=rows.cust, order_by=rows.at_)
        rows = rows.mutate(place=ibis.row_number().over(order))
        rows = rows.filter(rows.place == what.count - 1)
    return rows.group_by("cust").agg(reached_at=rows.at_.min(), reached_day=rows.day.min())


def _reached(name: str) -> Callable[[World], ir.Table]:
    def build(world: World) -> ir.Table:
        return reached(world, getattr(world.usage, name) or Reached(""))

    return build


def seconds_between(first: ir.Value, last: ir.Value) -> ir.Value:
    """From one instant to a later one; 0 where it was earlier."""
    return ibis.greatest(last.epoch_seconds() - first.epoch_seconds(), 0).cast("int64")


def censored(world: World, asked: Asked, rows: ir.Table, start: str, end: str) -> ir.Table:
    """The rows with `reached` and `seconds`: from start to end, else to when the customer left, or until as_of."""
    left = asked.left(world.cut)
    found = rows.join(left, rows.cust == left.l_cust, how="left").drop("l_cust")
    now = ibis.literal(world.as_of)
    known = ibis.least(now, ibis.coalesce(found.left_day.cast("timestamp"), now))
    return found.mutate(
        reached=found[end].notnull(),
        seconds=seconds_between(found[start], ibis.coalesce(found[end], known)),
    )


def _starts(name: str) -> Callable[[World, Asked], ir.Table]:
    """(k, cust, reached, seconds, in_time): everyone who was first known in the period."""

    def build(world: World, asked: Asked) -> ir.Table:
        known = KEYS.filter(KEYS.first_at < ibis.literal(world.as_of)).select("cust", "first_day", "first_at")
        cohort = asked.dated(known, "first_day")
        there = asked.rollup(f"reached_{name}").rename(r_cust="cust")
        rows = cohort.join(there, cohort.cust == there.r_cust, how="left").drop("r_cust")
        rows = censored(world, asked, rows, "first_at", "reached_at")
        in_time = rows.seconds <= world.usage.days_to_activate * 86400
        return rows.mutate(in_time=rows.reached & in_time)

    return build


reached_activation = Rollup("reached_activation", _reached("activation"), ("events",), kept=True, asks="activation")
reached_value = Rollup("reached_value", _reached("value"), ("events",), kept=True, asks="value")
starts_activation = PeriodRows("starts_activation", _starts("activation"), ("events",), asks="activation")
starts_value = PeriodRows("starts_value", _starts("value"), ("events",), asks="value")
