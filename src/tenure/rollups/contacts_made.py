"""What happened with customers: interactions, help pages read, outcomes that were agreed on."""

from __future__ import annotations

import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed


def outcomes_rows(world: World) -> ir.Table:
    """Outcomes that were due on a day, with `in_time`: achieved by then."""
    rows = world.past("outcomes")
    return keyed(rows.filter(rows.due_on.notnull()).mutate(in_time=lambda t: t.achieved_day <= t.due_on))


interactions = Rollup("interactions", lambda world: keyed(world.past("interactions")), ("interactions",), settled=True)
resource_views = Rollup(
    "resource_views", lambda world: keyed(world.past("resource_views")), ("resource_views",), settled=True
)
outcomes = Rollup("outcomes", outcomes_rows, ("outcomes",))
