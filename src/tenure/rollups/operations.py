"""Work done for customers: projects that finished, jobs taken on, deliveries promised, goods inspected, visits."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed


def _true(value: ir.Value) -> ir.Value:
    return ibis.coalesce(value, ibis.literal(False))


def projects_rows(world: World) -> ir.Table:
    """Projects with `in_time` (no later than due, or nothing due) and `in_budget` (no more spent, or none set)."""
    rows = world.past("projects")
    return keyed(
        rows.mutate(
            in_time=rows.due_on.isnull() | _true(rows.finished_day <= rows.due_on),
            in_budget=rows.budget.isnull() | rows.cost.isnull() | _true(rows.cost <= rows.budget),
        )
    )


def jobs_rows(world: World) -> ir.Table:
    """Jobs by the day on which they were accepted."""
    return keyed(world.past("jobs"))


def deliveries_rows(world: World) -> ir.Table:
    """Deliveries by the day promised, with `kept`: delivered no later than promised."""
    rows = world.past("deliveries")
    return keyed(rows.mutate(kept=_true(rows.delivered_at <= rows.promised_at)))


def inspections_rows(world: World) -> ir.Table:
    """Inspections; they belong to no customer."""
    return world.past("inspections").mutate(cust=ibis.null("int64"))


def footfall_rows(world: World) -> ir.Table:
    """Visits to stores."""
    rows = world.past("visits")
    return keyed(rows.filter(rows.channel == "store"))


projects = Rollup("projects", projects_rows, ("projects",))
jobs = Rollup("jobs", jobs_rows, ("jobs",))
deliveries = Rollup("deliveries", deliveries_rows, ("deliveries",))
inspections = Rollup("inspections", inspections_rows, ("inspections",))
footfall = Rollup("footfall", footfall_rows, ("visits",))
