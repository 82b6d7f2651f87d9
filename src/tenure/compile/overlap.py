"""Two moments whose windows overlap: NRR over the last twelve months, asked for every month or day. Part of compile.

Every stretch of constant MRR is held at a range of cohort moments and at a range of ends. A function of both is split:

    f(then, now) = f(then, 0) + f(0, now) + h(then, now)

The first two are running totals, as in `scan`. h is 0 unless both are held, so only stretches of one customer whose
ranges overlap matter: +h where the overlap begins, -h where it ends, cumulated outside. Cost depends on the number of
steps, not on customers x periods. A row of movements is a stretch too: the range of windows that hold its day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.compile.calendar import Slot
from tenure.compile.plan import Cells, Plan, Segment, Source, whole
from tenure.compile.record import as_number, flow_value, inputs, is_linear_in_flows, to_ibis
from tenure.compile.scan import shape
from tenure.compile.segments import Segments
from tenure.expr import START, Across, Expr, Op
from tenure.rollup import exact

DAYS = lean.table({"day": "date", "ks": "int64", "ke": "int64"}, name="calendar_windows")
"""Each day up to the last end: the first period whose cohort's moment lies after it, and whose end does."""


def day_rows(periods: Sequence[Slot]) -> list[tuple[date, int, int]]:
    """The rows of DAYS from the day before the first cohort's moment; that day stands for all before it."""
    day = min(s.base for s in periods) - timedelta(days=1)
    last = max(s.stop for s in periods)
    rows, ks, ke = [], 0, 0
    while day < last:
        while ks < len(periods) and periods[ks].base <= day:
            ks += 1
        while ke < len(periods) and periods[ke].stop <= day:
            ke += 1
        rows.append((day, ks, ke))
        day += timedelta(days=1)
    return rows


def fits(leaf: Across) -> bool:
    """Whether the leaf is a function of levels, or a sum of movements of those who were there."""
    kind = shape(leaf)
    if kind in ("start", "end", "flow"):
        return True
    if kind != "pair":
        return False
    levels, flows, _ = inputs(leaf.x)
    return bool(levels) and (not flows or _of_members(leaf.x))


def _of_members(x: Expr) -> bool:
    """True for flow.where(a condition on the start)."""
    if not (isinstance(x, Op) and x.name == "where" and is_linear_in_flows(x.args[0])):
        return False
    levels, flows, _ = inputs(x.args[1])
    return not flows and all(level.moment == START for level in levels)


def plan(leaves: Sequence[Across], steps: Source, first: date, stop: date, segments: Segments) -> Plan:
    """One query for all these leaves. `first` is the first day of DAYS, `stop` the end of the last period."""
    return Plan(partial(_query, leaves, steps, first, stop, segments), _reader(leaves, segments))


def _query(leaves: Sequence[Across], source: Source, first: date, stop: date, segments: Segments) -> ir.Table:
    steps = source().filter(ibis._.day < ibis.literal(stop))
    rows = _dated(segments.attach(steps, None, owned=True), first)
    parts = [_at(rows, leaves, "ks", segments), _at(rows, leaves, "ke", segments)]
    if any(_joins(leaf) for leaf in leaves):
        parts += _pairs(rows, leaves, segments)
    return ibis.union(*parts)


def _joins(leaf: Across) -> bool:
    return shape(leaf) == "pair"


def _dated(steps: ir.Table, first: date) -> ir.Table:
    """The steps with the ranges over which their level is held: [ts, us) of starts, [te, ue) of ends."""
    begin = DAYS.select(b_day="day", ts="ks", te="ke")
    end = DAYS.select(e_day="day", us="ks", ue="ke")
    floor = ibis.literal(first)
    steps = steps.mutate(from_=ibis.greatest(steps.day, floor), to_=ibis.greatest(steps.until, floor))
    found = steps.join(begin, steps.from_ == begin.b_day).join(end, steps.to_ == end.e_day, how="left")
    beyond = ibis.literal(2**31, "int64")
    return found.mutate(us=ibis.coalesce(found.us, beyond), ue=ibis.coalesce(found.ue, beyond))


def _values(leaf: Across, then: ir.Value, now: ir.Value) -> ir.Value:
    levels, _, _ = inputs(leaf.x)
    env: dict[Expr, ir.Value] = {level: then if level.moment == START else now for level in levels}
    return as_number(leaf.how, leaf.x, env)


def _at(rows: ir.Table, leaves: Sequence[Across], where: str, segments: Segments) -> ir.Table:
    """What begins and ends at each moment: f(then, 0) at the starts, f(0, now) at the ends; rows at both."""
    none = ibis.literal(0).cast("decimal(18,0)")
    columns: dict[str, ir.Value] = {}
    for i, leaf in enumerate(leaves):
        kind = shape(leaf)
        _, flows, _ = inputs(leaf.x)
        if kind == "flow":
            value = to_ibis(leaf.x, {flow: flow_value(rows, flow) for flow in flows})
            value = value if where == "ke" else -value
        elif kind == "pair" and flows:
            value = ibis.literal(0)
        elif where == "ks":
            value = _values(leaf, rows.after, none) - _values(leaf, rows.before, none)
        else:
            value = _values(leaf, none, rows.after) - _values(leaf, none, rows.before)
        columns[f"v{i}"] = _total(value)
    label = "ts" if where == "ks" else "te"
    return rows.group_by(k=rows[label], **{g: rows[g] for g in segments.group}).agg(**columns)


def _pairs(rows: ir.Table, leaves: Sequence[Across], segments: Segments) -> list[ir.Table]:
    """+h where the stretches of one customer begin to overlap, -h where they cease to."""
    held = rows.filter((rows.after != 0) & (rows.ts < rows.us))
    then = held.select(t_cust="cust", t_from="ts", t_to="us", then="after", **{g: held[g] for g in segments.group})
    parts = []
    between = [leaf for leaf in leaves if _joins(leaf) and not inputs(leaf.x)[1]]
    if between:
        ends = rows.filter((rows.after != 0) & (rows.te < rows.ue))
        now = ends.select("cust", n_from="te", n_to="ue", now="after")
        parts += _overlaps(
            then, now, leaves, segments, lambda leaf, t: _h(leaf, t.then, t.now) if leaf in between else None
        )
    members = [leaf for leaf in leaves if _joins(leaf) and inputs(leaf.x)[1]]
    if members:
        flows = {flow: f"f{i}" for i, flow in enumerate(dict.fromkeys(f for m in members for f in inputs(m.x)[1]))}
        moved = rows.filter(rows.te < rows.ts)
        now = moved.select("cust", n_from="te", n_to="ts", **{n: flow_value(moved, f) for f, n in flows.items()})

        def of_member(leaf: Across, t: ir.Table) -> ir.Value | None:
            if leaf not in members:
                return None
            env: dict[Expr, ir.Value] = {flow: t[name] for flow, name in flows.items()}
            env |= dict.fromkeys(inputs(leaf.x)[0], t.then)
            return as_number(leaf.how, leaf.x, env)

        parts += _overlaps(then, now, leaves, segments, of_member)
    return parts


def _h(leaf: Across, then: ir.Value, now: ir.Value) -> ir.Value:
    none = ibis.literal(0).cast("decimal(18,0)")
    return _values(leaf, then, now) - _values(leaf, then, none) - _values(leaf, none, now)


def _overlaps(
    then: ir.Table,
    now: ir.Table,
    leaves: Sequence[Across],
    segments: Segments,
    value: Callable[[Across, ir.Table], ir.Value | None],
) -> list[ir.Table]:
    joined = then.join(now, [then.t_cust == now.cust, then.t_from < now.n_to, now.n_from < then.t_to])
    joined = joined.mutate(lo=ibis.greatest(joined.t_from, joined.n_from), hi=ibis.least(joined.t_to, joined.n_to))
    found = []
    for label, sign in (("lo", 1), ("hi", -1)):
        columns = {}
        for i, leaf in enumerate(leaves):
            h = value(leaf, joined)
            columns[f"v{i}"] = _total(ibis.literal(0) if h is None else sign * h)
        found.append(joined.group_by(k=joined[label], **{g: joined[g] for g in segments.group}).agg(**columns))
    return found


def _total(value: ir.Value) -> ir.Value:
    none = ibis.literal(0).cast("decimal(38,0)")
    return ibis.coalesce(exact(value.sum()), none) if isinstance(value, ir.Column) else none


def _reader(
    leaves: Sequence[Across], segments: Segments
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        ks = [whole(k) for k in table["k"]]
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(ks)
        cells: Cells = {}
        for i, leaf in enumerate(leaves):
            lines: dict[Segment, dict[int, int]] = {}
            for k, group, value in zip(ks, groups, table[f"v{i}"], strict=True):
                if value:
                    line = lines.setdefault(group, {})
                    line[k] = line.get(k, 0) + whole(value)
            cells[leaf] = {}
            for group, line in lines.items():
                running = 0
                for k in range(len(periods)):
                    running += line.get(k, 0)
                    if running:
                        cells[leaf][(k, group)] = running
        return cells

    return read
