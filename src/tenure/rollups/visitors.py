"""From visit to order, and through the steps of a funnel: who came, who got how far in a period."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, World, keyed


def visitors_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, visitors, ordered): each visitor of the period; who ordered in it, at or after a visit.

    A visitor is the one the source names, else the customer; a visit that names neither is as many as it counts.
    """
    rows = asked.dated(keyed(world.past("visits")), "day")
    who = ibis.coalesce(rows.visitor, ibis.literal("c:") + rows.customer_id)
    rows = rows.mutate(
        who=ibis.coalesce(who, ibis.literal("v:") + rows.visit_id),
        crowd=ibis.ifelse(who.isnull(), ibis.coalesce(rows["count"], ibis.literal(1)), 1),
        at_=rows["at"],
    )
    rows = rows.select("k", "who", "cust", "crowd", "at_")
    came = rows.group_by("k", "who", "cust").agg(first=rows.at_.min(), crowd=rows.crowd.max())
    if "orders" in world.loaded:
        orders = keyed(world.past("orders"))
        status = ibis.coalesce(orders.status, ibis.literal("placed"))
        orders = asked.dated(
            orders.filter((~status.isin(["cancelled", "refunded"]) | (not world.undated)) & orders.cust.notnull()),
            "placed_day",
        )
        last = orders.group_by(o_k=orders.k, o_cust=orders.cust).agg(last=orders.placed_at.max())
        came = came.join(last, [came.k == last.o_k, came.cust == last.o_cust], how="left")
        bought = ibis.coalesce(came["last"] >= came["first"], ibis.literal(False))
    else:
        bought = ibis.literal(False)
    came = came.mutate(bought=ibis.ifelse(bought, 1, 0))
    return came.group_by("k", "who").agg(
        cust=came.cust.max(), visitors=came.crowd.max().cast("int64"), ordered=came.bought.max().cast("int64")
    )


def funnel_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, step): each user of the period at each step they got to, every step later than the one before."""
    rows = keyed(world.past("events"))
    rows = rows.mutate(user=ibis.coalesce(rows.contact_id, rows.customer_id), at_=rows["at"])
    rows = rows.filter(rows.user.notnull() & rows["name"].isin(list(world.usage.funnel)))
    rows = asked.dated(rows.select("user", "cust", "name", "day", "at_"), "day")
    rows = rows.select("k", "user", "cust", "name", "at_")
    parts: list[ir.Table] = []
    reached: ir.Table | None = None
    for number, name in enumerate(world.usage.funnel):
        here = rows.filter(rows["name"] == name)
        if reached is not None:
            before = reached.select(b_k="k", b_user="user", then="at_")
            here = here.join(before, [here.k == before.b_k, here.user == before.b_user, here.at_ > before.then])
        reached = here.group_by("k", "user").agg(at_=here.at_.min(), cust=here.cust.max())
        label = ibis.literal(name)
        parts.append(reached.select("k", "cust", step=label, place=ibis.literal(number, "int64")))
    if not parts:
        empty = rows.filter(ibis.literal(False))
        return empty.select("k", "cust", step=empty["name"], place=ibis.literal(0, "int64"))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


visitors = PeriodRows("visitors", visitors_rows, ("visits",))
funnel = PeriodRows("funnel", funnel_rows, ("events",), own=("step",), asks="funnel")
funnel_entry = PeriodRows(
    "funnel_entry",
    lambda world, asked: funnel_rows(world, asked).filter(lambda t: t.place == 0),
    ("events",),
    asks="funnel",
)
"""Who entered the funnel: its first step."""
