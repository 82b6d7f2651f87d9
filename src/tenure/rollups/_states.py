"""The state every customer is in, through time: a partition of all who are known, the built-in attribute `state`.

past_due, reactivated and paying are those with MRR (or, without subscriptions, customers); then, in this order, who is
paused, on trial, on a free plan; churned is who was a customer before; everyone else is a prospect.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.periods import FIRST_DAY, LAST_DAY
from tenure.rollup import KEYS, World, exact, keyed

FLAGS = ("past_due", "paused", "trial", "free")


def states(world: World, steps: ir.Table) -> ir.Table:
    """(cust, from_day, to_day, value): one row a stretch. `steps`: those of MRR, or of being a customer."""
    known = KEYS.select("cust", day=ibis.literal(FIRST_DAY), **_no_flags(), level=_zero(), joins=_zero())
    levels = steps.select(
        "cust",
        "day",
        **_no_flags(),
        level=exact(steps.after - steps.before),
        joins=exact(ibis.ifelse((steps.before == 0) & (steps.after != 0), 1, 0)),
    )
    edges = ibis.union(known, levels, *(_edges(found) for found in _stretches(world)))
    names = [*FLAGS, "level", "joins"]
    days = edges.group_by("cust", "day").agg(**{name: exact(edges[name].sum()) for name in names})
    order = ibis.window(group_by=days.cust, order_by=days.day)
    upto = ibis.cumulative_window(group_by=days.cust, order_by=days.day)
    now = days.mutate(
        to_day=ibis.coalesce(days.day.lead().over(order), ibis.literal(LAST_DAY)),
        **{f"{name}_": days[name].sum().over(upto) for name in names},
    )
    value = ibis.cases(
        ((now.level_ > 0) & (now.past_due_ > 0), "past_due"),
        ((now.level_ > 0) & (now.joins_ > 1), "reactivated"),
        (now.level_ > 0, "paying"),
        (now.paused_ > 0, "paused"),
        (now.trial_ > 0, "trial"),
        (now.free_ > 0, "free"),
        (now.joins_ > 0, "churned"),
        else_="prospect",
    )
    return now.select("cust", from_day="day", to_day="to_day", value=value)


def _stretches(world: World) -> list[ir.Table]:
    """(cust, from_day, to_day, flag): stretches of subscriptions, and trials, that say something of the state."""
    found = []
    if "subscriptions" in world.loaded:
        rows = keyed(world.table("subscriptions"))
        on_trial = ibis.coalesce(rows.is_trial, ibis.literal(False))
        flag = ibis.cases(
            (rows.status == "paused", "paused"),
            (rows.status == "past_due", "past_due"),
            ((rows.status == "active") & on_trial, "trial"),
            ((rows.status == "active") & (rows.amount == 0), "free"),
            else_="",
        )
        ends = ibis.coalesce(rows.ended_day, ibis.literal(LAST_DAY))
        found.append(rows.select("cust", from_day=rows.started_day, to_day=ends, flag=flag))
    if "trials" in world.loaded:
        rows = keyed(world.table("trials"))
        over = [ibis.coalesce(day, ibis.literal(LAST_DAY)) for day in (rows.ends_day, rows.converted_day)]
        found.append(
            rows.select("cust", from_day=rows.started_day, to_day=ibis.least(*over), flag=ibis.literal("trial"))
        )
    return [rows.filter(rows.cust.notnull() & (rows.flag != "") & (rows.from_day < rows.to_day)) for rows in found]


def _edges(rows: ir.Table) -> ir.Table:
    """(cust, day, a column for each flag, level, joins): +1 where a stretch begins, -1 where it ends."""
    parts = []
    for clock, sign in (("from_day", 1), ("to_day", -1)):
        flags = {name: exact(ibis.ifelse(rows.flag == name, sign, 0)) for name in FLAGS}
        parts.append(rows.select("cust", day=rows[clock], **flags, level=_zero(), joins=_zero()))
    return ibis.union(*parts)


def _no_flags() -> dict[str, ir.Value]:
    return {name: _zero() for name in FLAGS}


def _zero() -> ir.Value:
    return ibis.literal(0).cast("decimal(38,0)")
