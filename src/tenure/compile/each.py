"""Every customer's own number of a leaf, by customer instead of by segment: what scores are made of. Part of compile.

The answers stay columns: a period's number (where there are several), the customer's key, and the leaves. Where the
leaf only looks at rows, movements or one level, each table is read once; anything else is `slices`, right for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import PERIODS, Slot, on_day, touching
from tenure.compile.plan import Relation
from tenure.compile.record import as_number, flow_value, inputs, row_env, to_ibis
from tenure.compile.rows import BY_VALUE, in_periods, latest
from tenure.compile.scan import shape
from tenure.compile.segments import Segments
from tenure.compile.slices import people
from tenure.expr import START, Across, Const, Flow, Moves, Rows
from tenure.stand_ins import BEGIN, STOP

WHOLE = "int64"
"""What numbers are handed back as; a number that does not fit makes the query fail."""


def source_of(leaf: Across, periods: Sequence[Slot]) -> Rows | Moves | None:
    """The one table of rows that the leaf sums or looks at, where that is all there is to it."""
    _, flows, _ = inputs(leaf.x)
    tables = {flow.rows for flow in flows}
    if len(tables) != 1 or not (leaf.how in BY_VALUE or (leaf.how == "sum" and shape(leaf) in ("rows", "flow"))):
        return None
    (only,) = tables
    if isinstance(only, Rows):
        return only if only.clock == "k" or only.back or touching(periods) else None
    return only if touching(periods) and leaf.how == "sum" else None


def of_rows(
    leaves: Sequence[Across], source: Rows | Moves, relation: Relation, periods: Sequence[Slot]
) -> ir.Table:
    """(k, cust, v0..): sums of the rows of each customer, different values, the smallest or largest."""
    rows = relation(source)
    rows = rows.filter(rows.cust.notnull())
    if isinstance(source, Rows) and (source.clock == "k" or source.back):
        dated = in_periods(rows, source, Segments())
    else:
        clock = source.clock if isinstance(source, Rows) else "day"
        rows = rows.filter((rows[clock] >= ibis.literal(BEGIN)) & (rows[clock] < ibis.literal(STOP)))
        if len(periods) == 1:
            dated = rows.mutate(k=ibis.literal(0, "int64"), start=ibis.literal(BEGIN))
        else:
            dated = on_day(rows, rows[clock], None)
            dated = dated.mutate(k=dated.slot - 1)
        if isinstance(source, Rows):
            dated = latest(dated, source, ("k", "cust"))
    columns = {f"v{i}": _number(leaf, dated).cast(WHOLE) for i, leaf in enumerate(leaves)}
    if len(periods) == 1:
        return dated.group_by("cust").agg(**columns)
    return dated.group_by("k", "cust").agg(**columns)


def counts_rows(leaf: Across) -> bool:
    """Whether the leaf counts rows that know their day, so that a day with a row that counts is one with a number."""
    return (
        leaf.how == "sum"
        and isinstance(leaf.x, Flow)
        and leaf.x.x == Const(1)
        and isinstance(leaf.x.rows, Rows)
        and leaf.x.rows.clock != "k"
        and not leaf.x.rows.back
        and not leaf.x.rows.last_by
    )


def last_day(leaf: Across, relation: Relation) -> ir.Table:
    """(cust, k): how many days after the first one asked for the last row lies that a leaf counts."""
    assert isinstance(leaf.x, Flow) and isinstance(leaf.x.rows, Rows)
    rows, clock = relation(leaf.x.rows), leaf.x.rows.clock
    inside = (rows[clock] >= ibis.literal(BEGIN)) & (rows[clock] < ibis.literal(STOP))
    rows = rows.filter(inside & rows.cust.notnull())
    if leaf.x.keep is not None:
        rows = rows.filter(flow_value(rows, leaf.x) == 1)
    last = rows.group_by("cust").agg(last=rows[clock].max())
    since = last["last"].cast("timestamp").epoch_seconds() - ibis.literal(BEGIN).cast("timestamp").epoch_seconds()
    return last.select("cust", k=(since // 86400).cast(WHOLE))


def _number(leaf: Across, rows: ir.Table) -> ir.Value:
    if leaf.how not in BY_VALUE:
        _, flows, _ = inputs(leaf.x)
        value = to_ibis(leaf.x, {flow: flow_value(rows, flow) for flow in flows})
        return value.sum()
    assert isinstance(leaf.x, Flow)
    value = to_ibis(leaf.x.x, row_env(rows, leaf.x.x))
    if leaf.x.keep is not None:
        keep = flow_value(rows, Flow(leaf.x.rows, Const(1), leaf.x.keep))
        value = ibis.ifelse(keep == 1, value, ibis.null(value.type()))
    if leaf.how == "distinct":
        return value.nunique()
    return value.min() if leaf.how == "least" else value.max()


def of_level(leaf: Across, relation: Relation, periods: Sequence[Slot]) -> ir.Table | None:
    """(k, cust, v0) of a leaf that looks at one level at one moment, where it has no other rates."""
    levels, flows, integrals = inputs(leaf.x)
    if len(levels) != 1 or flows or integrals or levels[0].rates is not None:
        return None
    (level,) = levels
    steps = relation(level.steps)
    if len(periods) == 1:
        at = ibis.literal(BEGIN if level.moment == START else STOP)
        held = steps.filter((steps.day < at) & (steps.until >= at) & (steps.after != 0))
    else:
        boundary = PERIODS.base if level.moment == START else PERIODS.stop
        held = steps.join(PERIODS, [steps.day < boundary, steps.until >= boundary, steps.after != 0])
    found = held.mutate(v0=as_number(leaf.how, leaf.x, {level: held.after}).cast(WHOLE))
    found = found.filter(found.v0 != 0)
    return found.select("cust", "v0") if len(periods) == 1 else found.select("k", "cust", "v0")


def of_any(leaf: Across, relation: Relation, segments: Segments, rates: ir.Table | None) -> ir.Table:
    """(k, cust, g0.., v0) of any leaf of levels, movements and rows."""
    found = people(leaf, relation, segments, rates)
    found = found.filter(found.cust.notnull())
    return found.select("k", "cust", *segments.group, v0=found.v.cast(WHOLE))
