"""How engaged each customer of a period is: days of use, breadth of use, time in the product, each from 0 to 1."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, World
from tenure.rollups.features import _breadth
from tenure.rollups.onboardings import scaled

WEIGHTS = {"day_part": "engagement_days", "wide_part": "engagement_breadth", "hour_part": "engagement_hours"}


def build(world: World, asked: Asked) -> ir.Table:
    """(k, cust, share, square): the mean of the parts that the tables allow, by the weights of [policy]."""
    members = asked.members()
    if "events" in world.loaded:
        members = _days(asked, members)
        wide = _breadth(world, asked).rename(b_k="k", b_cust="cust")
        members = members.join(wide, [members.k == wide.b_k, members.cust == wide.b_cust], how="left")
        members = members.drop("b_k", "b_cust").rename(wide_part="part")
    if "sessions" in world.loaded:
        members = _hours(asked, members)
    names = [name for name in ("day_part", "wide_part", "hour_part") if name in members.columns]
    weights = {name: ibis.literal(float(world.policy.setting(WEIGHTS[name]) or 0)) for name in names}
    total = functools.reduce(operator.add, (ibis.coalesce(members[n], 0.0) * w for n, w in weights.items()))
    count = functools.reduce(operator.add, (ibis.ifelse(members[n].notnull(), w, 0.0) for n, w in weights.items()))
    found = members.mutate(mean=total / count.nullif(0.0))
    found = found.filter(found["mean"].notnull())
    return found.select("k", "cust", share=scaled(found["mean"]), square=scaled(found["mean"] * found["mean"]))


def _days(asked: Asked, members: ir.Table) -> ir.Table:
    """With day_part: days with an active event / days of the period."""
    days = asked.dated(asked.rollup("customer_days"), "day")
    counts = days.group_by(d_k=days.k, d_cust=days.cust).agg(days=days.count())
    periods = asked.periods.rename(p_k="k")
    found = members.join(counts, [members.k == counts.d_k, members.cust == counts.d_cust], how="left")
    found = found.join(periods, found.k == periods.p_k)
    length = (found.stop.cast("timestamp").epoch_seconds() - found.base.cast("timestamp").epoch_seconds()) // 86400
    # A period that has not begun is empty.
    part = ibis.coalesce(found.days, ibis.literal(0)).cast("float64") / length.cast("float64").nullif(0)
    return found.mutate(day_part=part).drop("d_k", "d_cust", "days", "p_k", "base", "stop")


def _hours(asked: Asked, members: ir.Table) -> ir.Table:
    """With hour_part: the share of the customers of the period with less session time, those with as much by half."""
    rows = asked.dated(asked.rollup("sessions"), "started_day")
    sums = rows.filter(rows.cust.notnull()).group_by(h_k=rows.k, h_cust=rows.cust).agg(seconds=rows.seconds.sum())
    found = members.join(sums, [members.k == sums.h_k, members.cust == sums.h_cust], how="left").drop("h_k", "h_cust")
    found = found.mutate(seconds=ibis.coalesce(found.seconds, ibis.literal(0)).cast("int64"))
    order = ibis.window(group_by=found.k, order_by=found.seconds)
    found = found.mutate(below=ibis.rank().over(order))
    alike = found.count().over(ibis.window(group_by=[found.k, found.seconds]))
    everyone = found.count().over(ibis.window(group_by=found.k))
    found = found.mutate(alike=alike, everyone=everyone)
    place = found.below.cast("float64") + found.alike.cast("float64") / 2
    return found.mutate(hour_part=place / found.everyone.cast("float64")).drop("seconds", "below", "alike", "everyone")


engaged = PeriodRows("engaged", build, ("events", "sessions"))
