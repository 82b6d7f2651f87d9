"""Rows that stand for a while: how many there are at each period's end, as a running total. Part of compile.

What has begun by then less what is over by then: no row meets more than two days, however many periods it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import DAYS, on_day
from tenure.compile.plan import Plan, Source
from tenure.compile.segments import Segments, Then
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


def plan(leaves: Sequence[Across], spans: Source, table: str, begin: date, segments: Segments) -> Plan:
    """How many rows stand at the end of each period. Periods touch; `begin`: the first day."""
    columns = dict.fromkeys(leaves, "v")
    then = period_rows()[table].then
    return Plan(lambda: _query(spans(), then, begin, segments), reader(columns, segments, running=True))


def _query(spans: ir.Table, then: Then, begin: date, segments: Segments) -> ir.Table:
    group, before = segments.group, begin - timedelta(days=1)
    rows = spans.filter(spans.from_day < ibis.literal(STOP))
    # What is not over by the last day meets none.
    end = ibis.greatest(rows.to_day, rows.from_day, ibis.literal(before))
    rows = rows.mutate(end_=ibis.ifelse(rows.to_day.isnull(), ibis.null("date"), end))
    rows = on_day(rows, rows.from_day, before).drop("start", "stop", "days_left", "months_left")
    ends = DAYS.select(over="slot", e_day="day")
    rows = rows.join(ends, rows.end_ == ends.e_day, how="left").drop("e_day")
    rows = segments.attach(rows, None, then=then)
    counts = rows.group_by("slot", "over", *group).agg(c=rows.count())
    begun = counts.select(*group, slot="slot", v=exact(counts.c))
    over = counts.filter(counts.over.notnull())
    moved = ibis.union(begun, over.select(*group, slot="over", v=exact(-over.c)))
    return moved.group_by("slot", *group).agg(v=exact(moved.v.sum()))
