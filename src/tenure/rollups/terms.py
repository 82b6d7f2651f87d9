"""Contracts at the end of their term: due when, renewed or lost, worth what per year before and after."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed, ticks
from tenure.rollups._rates import in_reporting


def build(world: World) -> ir.Table:
    """(cust, due_day, signing_day, outcome, due_value, new_value, total, new_total), values in ticks."""
    rows = in_reporting(world, world.past("contracts"), "ends_on", {"total": "value"})
    rows = rows.mutate(yearly=_yearly(rows))
    nexts = rows.filter(rows.renews.notnull())
    nexts = nexts.group_by(renewed_=nexts.renews).agg(
        next_yearly=ticks(nexts.yearly.sum()),
        next_total=ticks(nexts.total.sum()),
        signed=ibis.coalesce(nexts.signed_on, nexts.starts_on).min(),
    )
    due = keyed(rows.filter(rows.ends_on.notnull()))
    due = due.join(nexts, due.contract_id == nexts.renewed_, how="left")
    implied = ibis.cases(
        (due.renewed_.notnull(), "renewed"),
        (due.terminated_on.notnull(), "churned"),
        else_="open",
    )
    # What is written down as open is taken at its word until the term has ended.
    ended_early = (due.outcome == "open") & due.terminated_on.notnull() & (due.ends_on < ibis.literal(world.cut))
    outcome = ibis.ifelse(
        ibis.coalesce(ended_early, ibis.literal(False)), "churned", ibis.coalesce(due.outcome, implied)
    )
    renewed = outcome == "renewed"
    return due.select(
        *[name for name in world.columns["contracts"] if name not in ("outcome", "total")],
        cust=due.cust,
        due_day=due.ends_on,
        signing_day=ibis.ifelse(renewed, ibis.coalesce(due.signed, due.ends_on), due.ends_on),
        outcome=outcome,
        due_value=due.yearly,
        new_value=ibis.coalesce(due.next_yearly, due.yearly),
        total=due.total,
        new_total=ibis.coalesce(due.next_total, due.total),
    )


def _yearly(rows: ir.Table) -> ir.Value:
    """The value per 365 days of term; a term without length is taken as a year."""
    days = (rows.ends_on.cast("timestamp").epoch_seconds() - rows.starts_on.cast("timestamp").epoch_seconds()) // 86400
    usual = ticks((rows.total.cast("float64") * 365 / days.cast("float64")).round())
    return ibis.ifelse(ibis.coalesce(days, ibis.literal(0)) > 0, usual, rows.total)


terms = Rollup("terms", build, ("contracts", "fx_rates"), kept=True)
