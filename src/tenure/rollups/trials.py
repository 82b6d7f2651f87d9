"""Trials and what became of them: of the trials table, else of subscriptions that are trials.

A customer's first trial counts. One that was extended is one trial, with the last of its ends.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed

GRACE = 7
"""Days after a trial's end within which a purchase is still its conversion."""


def _within(converted: ir.Value, ends: ir.Value) -> ir.Value:
    late = converted.epoch_seconds() - ends.epoch_seconds() > GRACE * 86400
    return ibis.coalesce(converted.notnull() & ~late, ibis.literal(False))


def trials_rows(world: World) -> ir.Table:
    """(cust, started_day, ends_day, converted_day, converted: within the days of grace, ended)."""
    rows = world.past("trials")
    order = ibis.window(
        group_by=ibis.coalesce(rows.customer_id, rows.trial_id), order_by=[rows.started_at, rows.trial_id]
    )
    rows = rows.mutate(place=ibis.row_number().over(order))
    rows = rows.filter(rows.place == 0).drop("place")
    return keyed(
        rows.mutate(
            converted=_within(rows.converted_at, rows.ends_at),
            ended=ibis.coalesce(rows.ends_at < ibis.literal(world.as_of), ibis.literal(False)),
        )
    )


def stretches(world: World) -> ir.Table:
    """The same from subscriptions: stretches that are trials, converted by the customer's first paid stretch."""
    rows = world.past("subscriptions")
    trial = ibis.coalesce(rows.is_trial, ibis.literal(False))
    mine = rows.filter(trial & rows.customer_id.notnull())
    order = ibis.window(group_by=mine.customer_id, order_by=[mine.started_at, mine.subscription_id])
    far = ibis.timestamp("9999-12-31 00:00:00")
    # An end after as_of reads as empty, which is right: such a trial is open.
    mine = mine.mutate(until=ibis.coalesce(mine.ended_at, far))
    upto = ibis.cumulative_window(group_by=mine.customer_id, order_by=[mine.started_at, mine.subscription_id])
    mine = mine.mutate(reach=mine.until.max().over(upto))
    mine = mine.mutate(before=mine.reach.lag().over(order))
    mine = mine.mutate(opens=ibis.ifelse(ibis.coalesce(mine.started_at > mine.before, ibis.literal(True)), 1, 0))
    mine = mine.mutate(run=mine.opens.sum().over(upto))
    mine = mine.filter(mine["run"] == 1)
    firsts = mine.group_by("customer_id").agg(
        started_day=mine.started_day.min(), ends_at=mine.until.max(), last_day=mine.ended_day.max()
    )
    paying = rows.filter(~trial & (rows.amount > 0) & rows.status.isin(["active", "past_due"]))
    paid = paying.group_by(paid_="customer_id").agg(
        converted_at=paying.started_at.min(), converted_day=paying.started_day.min()
    )
    found = firsts.join(paid, firsts.customer_id == paid.paid_, how="left").drop("paid_")
    ended = found.ends_at < ibis.literal(world.as_of)
    return keyed(
        found.mutate(
            converted=_within(found.converted_at, found.ends_at),
            ended=ended,
            ends_day=ibis.ifelse(ended, found.last_day, ibis.null("date")),
        )
    )


trials = Rollup("trials", trials_rows, ("trials",))
trial_stretches = Rollup("trial_stretches", stretches, ("subscriptions",))
