"""What was spent: costs in ticks of the reporting currency, of each line the part that counts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed, ticks
from tenure.rollups._rates import RATE, in_reporting


def build(world: World) -> ir.Table:
    """Costs with `spent`, the amount times its share, and `lagged_day`: one sales cycle after they were made."""
    rows = in_reporting(world, world.past("costs"), "day", {"whole_": "amount"})
    share = ibis.coalesce(rows["share"], ibis.literal(1).cast(RATE))
    lag = ibis.interval(months=int(world.policy.setting("cac_lag_months") or 0))
    lagged = (rows.day.cast("timestamp") + lag).cast("timestamp").date()
    return keyed(rows.mutate(spent=ticks(rows.whole_ * share), lagged_day=lagged).drop("whole_"))


costs = Rollup("costs", build, ("costs", "fx_rates"))
