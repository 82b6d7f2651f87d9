"""Upsells and cross-sells: per day and product family, the close before against the close.

A family is held while an item of it counts that is not a credit; a free one holds it too. What is first held without
MRR is no cross-sell.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.rollup import Rollup, World, exact, ticks
from tenure.rollups.mrr_steps import build as mrr_build
from tenure.rollups.mrr_steps import deltas


def build(world: World) -> ir.Table:
    """(cust, day, kind, amount, family): kind upsell (the rise) or cross_sell (the family's MRR), in ticks."""
    rows = deltas(world, "family", "product", "plan", "quantity", "is_credit")
    what = rows.group_by("cust", "family", "day", "product", "plan", "quantity").agg(
        move=exact(rows.move.sum()),
        fx=exact(rows.fx.sum()),
        net=rows.n.sum(),
        items=ibis.ifelse(rows.is_credit, 0, rows.n).sum(),
    )
    days = what.group_by("cust", "family", "day").agg(
        move=exact(what.move.sum()), fx=exact(what.fx.sum()), changed=what.net.abs().sum(), items=what["items"].sum()
    )
    upto = ibis.cumulative_window(group_by=[days.cust, days.family], order_by=days.day)
    days = days.mutate(
        level=exact((days.move + days.fx).sum().over(upto)),
        holding=days["items"].sum().over(upto),
    )
    held, holds = days.holding > days["items"], days.holding > 0
    whole = ibis.window(group_by=[days.cust, days.family])
    first = ibis.ifelse(holds, days.day, ibis.null("date")).min().over(whole)
    rise = ibis.greatest(days.level, 0) - ibis.greatest(exact(days.level - days.move), 0)
    days = days.mutate(
        held=held & holds, is_first=(days.day == first) & (days.level > 0), rise=ticks(rise), level=ticks(days.level)
    )
    up = days.filter(days.held & (days.rise > 0) & (days.changed > 0))
    upsells = up.select("cust", "day", "family", kind=ibis.literal("upsell"), amount="rise")
    new = days.filter(days.is_first)
    held = _held(world)
    crossed = new.join(
        held, [new.cust == held.cust_, new.day > held.from_, new.day <= held.until_, held.value_ > 0]
    ).select("cust", "day", "family", kind=ibis.literal("cross_sell"), amount="level")
    return ibis.union(upsells, crossed)


def _held(world: World) -> ir.Table:
    """When customers had which MRR."""
    types = {"cust": "int64", "day": "date", "until": "date", "after": "decimal(18,0)"}
    steps = lean.table(types, name=world.steps) if world.steps else mrr_build(world)
    return steps.select(cust_=steps.cust, from_=steps.day, until_=steps.until, value_=steps.after)


sales = Rollup("sales", build, ("subscriptions", "fx_rates"), kept=True, over_steps=True)
