"""What was spent: costs in ticks of the reporting currency, of each line the part that counts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed, ticks
from tenure.rollups._rates import RATE, in_reporting


def build(world: World) -> ir.Table:
    """Costs with `spent`: the amount times its share."""
    rows = in_reporting(world, world.past("costs"), "day", {"whole_": "amount"})
    share = ibis.coalesce(rows["share"], ibis.literal(1).cast(RATE))
    return keyed(rows.mutate(spent=ticks(rows.whole_ * share)).drop("whole_"))


costs = Rollup("costs", build, ("costs", "fx_rates"))
