"""Rows that stand for a while: how many there are at each period's end, as a running total. Part of compile.

What has begun by then less what is over by then: no row meets more than two days, however many periods it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import on_day
from tenure.compile.plan import Plan, Source
from tenure.compile.segments import Segments
from tenure.compile.users import reader
from tenure.expr import Across, Const, Flow, Rows
from tenure.rollup import exact, period_rows
from tenure.stand_ins import STOP


def stands(leaf: Across, segments: Segments) -> str | None:
    """The rows whose number the leaf is, where they know from when to when they stand and stay in their group."""
    flow = leaf.x
    if leaf.how != "sum" or not isinstance(flow, Flow) or flow.x != Const(1) or flow.keep is not None:
        return None
    if not isinstance(flow.rows, Rows) or flow.rows.table not in period_rows():
        return None
    known = period_rows()[flow.rows.table].spans is not None
    return flow.rows.table if known and not segments.moves and not segments.firsts else None


def plan(leaves: Sequence[Across], spans: Source, begin: date, segments: Segments) -> Plan:
    """How many rows stand at the end of each period. Periods touch; `begin`: the first day."""
    columns = dict.fromkeys(leaves, "v")
    return Plan(lambda: _query(spans(), begin, segments), reader(columns, segments, running=True))


def _query(spans: ir.Table, begin: date, segments: Segments) -> ir.Table:
    group = segments.group
    rows = spans.filter(spans.from_day < ibis.literal(STOP))
    rows = segments.attach(rows, None).select("from_day", "to_day", *group)
    # Summed by day before days meet periods: there are few days and many rows.
    begun = rows.group_by("from_day", *group).agg(c=rows.count())
    over = rows.filter(rows.to_day < ibis.literal(STOP))
    over = over.mutate(to_day=ibis.greatest(over.to_day, over.from_day))
    over = over.group_by("to_day", *group).agg(c=over.count())
    moved = ibis.union(
        begun.select(*group, day=begun.from_day, v=exact(begun.c)),
        over.select(*group, day=over.to_day, v=exact(-over.c)),
    )
    dated = on_day(moved, moved.day, begin - timedelta(days=1))
    return dated.group_by("slot", *group).agg(v=exact(dated.v.sum()))
