"""Every customer's own number of a leaf, by customer instead of by segment: what scores are made of. Part of compile.

The answers stay columns: a period's number (where there are several), the customer's key, and the leaves. Where the
leaf only looks at rows, movements or one level, each table is read once; anything else is `slices`, right for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tenure.compile import spread
from tenure.compile.calendar import PERIODS, Slot, on_day, touching
from tenure.compile.plan import Relation
from tenure.compile.record import as_number, flow_value, inputs, row_env, to_ibis
from tenure.compile.rows import BY_VALUE, in_periods, known_day, latest
from tenure.compile.scan import shape
from tenure.compile.segments import Segments
from tenure.compile.slices import Foreign, people
from tenure.expr import START, Across, Col, Const, Flow, Level, Moves, Op, Rows
from tenure.rollup import period_rows
from tenure.stand_ins import BEGIN, STOP
from tenure.tree import walk

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


def of_rows(leaves: Sequence[Across], source: Rows | Moves, relation: Relation, periods: Sequence[Slot]) -> ir.Table:
    """(k, cust, v0..): sums of the rows of each customer, different values, the smallest or largest."""
    rows = relation(source)
    rows = rows.filter(rows.cust.notnull())
    if isinstance(source, Rows) and (source.clock == "k" or source.back):
        dated = in_periods(rows, source, Segments())
    else:
        day = known_day(rows, source) if isinstance(source, Rows) else rows.day
        rows = rows.mutate(known_=day)
        rows = rows.filter((rows.known_ >= ibis.literal(BEGIN)) & (rows.known_ < ibis.literal(STOP)))
        if len(periods) == 1:
            dated = rows.mutate(k=ibis.literal(0, "int64"), start=ibis.literal(BEGIN))
        else:
            dated = on_day(rows, rows.known_, None)
            dated = dated.mutate(k=dated.slot - 1)
        if isinstance(source, Rows):
            dated = latest(dated, source, ("k", "cust"))
    cell = ("cust",) if len(periods) == 1 else ("k", "cust")
    if isinstance(source, Rows) and _single(source) and not any(leaf.how in BY_VALUE for leaf in leaves):
        return dated.select(*cell, **{f"v{i}": of_row(leaf, dated).cast(WHOLE) for i, leaf in enumerate(leaves)})
    return dated.group_by(*cell).agg(**{f"v{i}": number(leaf, dated).cast(WHOLE) for i, leaf in enumerate(leaves)})


def _single(source: Rows) -> bool:
    """Whether nobody has two rows in a period, so that there is nothing to sum."""
    return source.table in period_rows() and period_rows()[source.table].single


def counted(leaf: Across) -> Flow | None:
    """The rows that a leaf counts, or of which it looks whether there are any, where each knows its day.

    A day with such a row is one with a number.
    """
    x = leaf.x
    if leaf.how == "count" and isinstance(x, Op) and x.name == ">" and x.args[1] == Const(0):
        x = x.args[0]
    elif leaf.how != "sum":
        return None
    if not isinstance(x, Flow) or x.x != Const(1) or not isinstance(x.rows, Rows):
        return None
    return x if known_by_day(x.rows, x) else None


def known_by_day(source: Rows | Moves, x: object) -> bool:
    """Whether rows count in any window by their day alone."""
    if isinstance(source, Rows) and (source.clock == "k" or source.back or source.last_by or source.planned):
        return False
    return not any(isinstance(node, Col) and node.name in ("start", "stop") for node in walk(x))


def number(leaf: Across, rows: ir.Table, where: ir.Value | None = None) -> ir.Value:
    """The leaf's number over rows: a sum, how many different values, the smallest or the largest. `where`: of these."""
    if leaf.how not in BY_VALUE:
        return of_row(leaf, rows).sum(where=where)
    value = value_of(leaf, rows)
    if leaf.how == "distinct":
        return value.nunique(where=where)
    return value.min(where=where) if leaf.how == "least" else value.max(where=where)


def value_of(leaf: Across, rows: ir.Table) -> ir.Value:
    """The value of each row that the leaf looks at; nothing in a row that does not count."""
    assert isinstance(leaf.x, Flow)
    value = to_ibis(leaf.x.x, row_env(rows, leaf.x.x))
    if leaf.x.keep is None:
        return value
    keep = flow_value(rows, Flow(leaf.x.rows, Const(1), leaf.x.keep))
    return ibis.ifelse(keep == 1, value, ibis.null(value.type()))


def of_row(leaf: Across, rows: ir.Table) -> ir.Value:
    """What each row adds to the leaf."""
    _, flows, _ = inputs(leaf.x)
    return to_ibis(leaf.x, {flow: flow_value(rows, flow) for flow in flows})


def level_of(leaf: Across) -> Level | None:
    """The level at one moment that the leaf alone looks at, at no other rates."""
    levels, flows, integrals = inputs(leaf.x)
    alone = leaf.how in ("sum", "count") and len(levels) == 1 and not flows and not integrals
    return levels[0] if alone and levels[0].rates is None else None


def of_level(leaves: Sequence[Across], level: Level, relation: Relation, periods: Sequence[Slot]) -> ir.Table:
    """(k, cust, v0..) of leaves that look at one level at one moment."""
    steps = relation(level.steps)
    if len(periods) == 1:
        at = ibis.literal(BEGIN if level.moment == START else STOP)
        held = steps.filter((steps.day < at) & (steps.until >= at) & (steps.after != 0))
    else:
        boundary = PERIODS.base if level.moment == START else PERIODS.stop
        held = steps.join(PERIODS, [steps.day < boundary, steps.until >= boundary, steps.after != 0])
    columns = {f"v{i}": as_number(leaf.how, leaf.x, {level: held.after}).cast(WHOLE) for i, leaf in enumerate(leaves)}
    return held.select("cust", **columns) if len(periods) == 1 else held.select("k", "cust", **columns)


def of_any(leaf: Across, relation: Relation, segments: Segments, rates: Foreign | None) -> ir.Table:
    """(k, cust, g0.., v0) of any leaf of levels, movements and rows."""
    found = people(leaf, relation, segments, rates)
    found = found.filter(found.cust.notnull())
    return found.select("k", "cust", *segments.group, v0=found.v.cast(WHOLE))


def of_rank(leaf: Across, relation: Relation) -> ir.Table:
    """(k, cust, a, b, c) of a ranked leaf, as in `spread`: a value, how many are smaller, how many have it."""
    found = spread.plan(leaf, relation, Segments(each=True)).query()
    found = found.filter(found.cust.notnull())
    return found.select("k", "cust", "a", b=found.b.cast(WHOLE), c=found.c.cast(WHOLE))


def last_of(
    leaf: Across,
    source: Rows | Moves | None,
    relation: Relation,
    periods: Sequence[Slot],
    segments: Segments,
    rates: Foreign | None,
) -> ir.Table:
    """(cust, k): the last of several periods in which the leaf has a number."""
    if source is None:
        found = of_any(leaf, relation, segments, rates)
    else:
        found = of_rows([leaf], source, relation, periods)
    return found.filter(found.v0 != 0).group_by("cust").agg(k=lambda rows: rows.k.max())
