"""Time in the product: sessions that ended, or what events say of sessions where there are none."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed
from tenure.rollups.use_days import active_events

GAP = 30 * 60
"""Seconds without an event after which a new session begins."""


def sessions_rows(world: World) -> ir.Table:
    """Sessions that have ended, with `user` and `seconds`."""
    rows = world.past("sessions")
    rows = rows.filter(rows.ended_at.notnull() & rows.started_at.notnull())
    return keyed(
        rows.mutate(
            user=ibis.coalesce(rows.contact_id, rows.customer_id),
            seconds=rows.ended_at.epoch_seconds() - rows.started_at.epoch_seconds(),
        )
    )


def from_events(world: World) -> ir.Table:
    """(user, cust, started_day, seconds): a user's events less than half an hour apart, from the first to the last.

    Events of the same half hour of the clock always belong together, so those are put together before anything is
    sorted: there are far fewer half hours than events.
    """
    rows = active_events(world)
    rows = rows.filter(rows.user.notnull())
    rows = rows.mutate(half=rows["at"].epoch_seconds() // GAP)
    rows = rows.group_by("user", "half").agg(
        customer_id=rows.customer_id.max(), day=rows.day.min(), first=rows["at"].min(), last=rows["at"].max()
    )
    order = ibis.window(group_by=rows.user, order_by=rows.half)
    apart = rows["first"].epoch_seconds() - rows["last"].lag().over(order).epoch_seconds()
    rows = rows.mutate(opens=ibis.ifelse(ibis.coalesce(apart, ibis.literal(GAP)) >= GAP, 1, 0))
    rows = rows.mutate(run=rows.opens.sum().over(ibis.cumulative_window(group_by=rows.user, order_by=rows.half)))
    found = rows.group_by("user", "run").agg(
        customer_id=rows.customer_id.max(),
        started_day=rows.day.min(),
        seconds=rows["last"].max().epoch_seconds() - rows["first"].min().epoch_seconds(),
    )
    return keyed(found)


sessions = Rollup("sessions", sessions_rows, ("sessions",))
event_sessions = Rollup("event_sessions", from_events, ("events",), kept=True)
"""Sessions as events tell them."""
