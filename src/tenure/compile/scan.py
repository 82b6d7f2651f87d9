"""One pass over the steps for everything whose periods touch: what makes most requests quick. Part of compile.

Every step adds what it changes at its day's slot. Summed per slot and cumulated outside, that gives each period's

- level at the end: g(after) - g(before), a running total; the start of a period is the end of the one before;
- movements: the rows of the slot;
- level over the days: the level at the start times the days, plus each change times the days that are left;
- f(start, end, movements) per customer: the running total of f(v, v, nothing), plus, for those who changed in the
  period, f(start, end, movements) - f(end, end, nothing). A step that is its customer's only one in the period
  (since < start, until >= stop) is such a customer all by itself; only the rest is grouped by customer.

Cost depends on the number of steps, not on customers x periods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import Slot, month_units, on_day
from tenure.compile.plan import Cells, Plan, Segment
from tenure.compile.record import as_number, flow_value, inputs, is_linear_in_flows, swap, to_ibis
from tenure.compile.segments import Segments
from tenure.expr import END, START, Across, Col, Const, Expr, Flow, Integral, Level, Moves
from tenure.rollup import exact


@dataclass(frozen=True)
class _Parts:
    """What a leaf needs of each step: a level to cumulate, a sum inside the slot, a pair of levels."""

    leaf: Across
    shape: str  # end, start, flow, pair, integral
    f: Expr


def shape(leaf: Across) -> str | None:
    """How this strategy would answer the leaf, or None where it cannot."""
    if leaf.how == "distinct":
        return None
    levels, flows, integrals = inputs(leaf.x)
    if any(level.rates is not None for level in levels):
        return None
    steps = {level.steps for level in levels} | {i.steps for i in integrals}
    steps |= {flow.rows.steps for flow in flows if isinstance(flow.rows, Moves)}
    if any(not isinstance(flow.rows, Moves) for flow in flows):
        return "rows" if not steps and is_linear_in_flows(leaf.x) else None
    if len(steps) != 1:
        return None
    if integrals:
        return "integral" if isinstance(leaf.x, Integral) else None
    if not levels:
        return "flow" if is_linear_in_flows(leaf.x) else "pair"
    moments = {level.moment for level in levels}
    if flows or len(moments) == 2:
        return "pair"
    return "end" if END in moments else "start"


def plan(leaves: Sequence[Across], steps: ir.Table, begin: date, segments: Segments) -> Plan:
    """One query for all these leaves over one table of steps. `begin`: the first day of the first period."""
    first = begin - timedelta(days=1)
    parts = [_Parts(leaf, shape(leaf) or "", leaf.x) for leaf in leaves]
    if all(p.shape == "flow" for p in parts):
        steps = steps.filter(steps.day >= ibis.literal(begin))  # no level to know, so nothing from before
    kept = segments.attach(steps, None, owned=True)
    rows = on_day(kept, kept["day"], first)
    query = _single(parts, rows, segments)
    if any(p.shape == "pair" for p in parts):
        query = ibis.union(query, _grouped(parts, rows, segments))
    return Plan(query, _reader(parts, segments))


def rows_plan(leaves: Sequence[Across], rows: ir.Table, clock: str, begin: date, segments: Segments) -> Plan:
    """One query for leaves that only sum (or count the distinct values of) the rows of a table."""
    kept = segments.attach(rows, rows[clock])
    dated = on_day(kept, kept[clock], begin - timedelta(days=1))
    dated = dated.filter(dated.slot > 0)
    columns: dict[str, ir.Value] = {}
    for i, leaf in enumerate(leaves):
        if leaf.how == "distinct":
            assert isinstance(leaf.x, Flow)
            value = dated[leaf.x.x.name] if isinstance(leaf.x.x, Col) else None
            assert value is not None
            if leaf.x.keep is not None:
                value = ibis.ifelse(
                    flow_value(dated, Flow(leaf.x.rows, Const(1), leaf.x.keep)) == 1, value, ibis.null("string")
                )
            columns[f"v{i}"] = exact(value.nunique())
        else:
            columns[f"v{i}"] = _total(_over_rows(leaf.x, dated))
    query = dated.group_by("slot", *segments.group).agg(**columns)

    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        cells: Cells = {leaf: {} for leaf in leaves}
        for i, leaf in enumerate(leaves):
            for slot, *group, value in zip(
                table["slot"], *(table[g] for g in segments.group), table[f"v{i}"], strict=True
            ):
                cells[leaf][(int(slot) - 1, tuple(map(str, group)))] = int(value or 0)
        return cells

    return Plan(query, read)


def _total(value: ir.Value) -> ir.Value:
    return ibis.coalesce(exact(value.sum()), ibis.literal(0).cast("decimal(38,0)"))


def _over_rows(x: Expr, rows: ir.Table) -> ir.Value:
    """A sum of flows, as what one row adds to it."""
    _, flows, _ = inputs(x)
    return to_ibis(x, {flow: flow_value(rows, flow) for flow in flows})


def _env(part: _Parts, then: ir.Value, now: ir.Value, flows: Mapping[Expr, ir.Value]) -> dict[Expr, ir.Value]:
    levels, _, _ = inputs(part.f)
    return {**{level: then if level.moment == START else now for level in levels}, **flows}


def _nothing(part: _Parts) -> dict[Expr, ir.Value]:
    _, flows, _ = inputs(part.f)
    return {flow: ibis.literal(0) for flow in flows}


def _single(parts: Sequence[_Parts], rows: ir.Table, segments: Segments) -> ir.Table:
    """The pass over the steps: level columns l*, sums in the slot v*."""
    only = (rows.since < rows.start) & (rows.until >= rows.stop) & (rows.slot > 0)
    columns: dict[str, ir.Value] = {}
    for i, part in enumerate(parts):
        how = part.leaf.how
        level, inside = _zero(), _zero()
        if part.shape in ("end", "start", "pair"):
            before = as_number(how, part.f, _env(part, rows.before, rows.before, _nothing(part)))
            after = as_number(how, part.f, _env(part, rows.after, rows.after, _nothing(part)))
            level = _total(after - before)
        if part.shape == "integral":
            left = rows.days_left if _weight(part.f) == "day" else rows.months_left
            level = _total(rows.after - rows.before)
            inside = _total((rows.after - rows.before) * left)
        if part.shape == "flow":
            inside = _total(_over_rows(part.f, rows))
        if part.shape == "pair":
            _, flows, _ = inputs(part.f)
            values: dict[Expr, ir.Value] = {flow: flow_value(rows, flow) for flow in flows}
            here = as_number(how, part.f, _env(part, rows.before, rows.after, values))
            still = as_number(how, part.f, _env(part, rows.after, rows.after, _nothing(part)))
            inside = _total(ibis.ifelse(only, here - still, 0))
        columns[f"v{i}"] = inside
        if _level_of(parts, i) == i:
            columns[f"l{i}"] = level
    return rows.group_by("slot", *segments.group).agg(**columns)


def _level_of(parts: Sequence[_Parts], i: int) -> int:
    """The part whose level column serves this one: a level at the start is the one at the end, a period before."""
    if parts[i].shape not in ("start", "end"):
        return i

    def at_end(part: _Parts) -> tuple[str, Expr]:
        return part.leaf.how, swap(part.f, lambda x: Level(x.steps, END) if isinstance(x, Level) else None)

    wanted = at_end(parts[i])
    return next(j for j, p in enumerate(parts) if p.shape in ("start", "end") and at_end(p) == wanted)


def _grouped(parts: Sequence[_Parts], rows: ir.Table, segments: Segments) -> ir.Table:
    """The customers with several steps in a period, each put together from its first and last."""
    several = rows.filter((rows.slot > 0) & ~((rows.since < rows.start) & (rows.until >= rows.stop)))
    flows: dict[Flow, str] = {}
    for part in parts:
        if part.shape == "pair":
            for flow in inputs(part.f)[1]:
                flows.setdefault(flow, f"f{len(flows)}")
    people = several.group_by("slot", "cust", *segments.group).agg(
        then=_total(ibis.ifelse(several.since < several.start, several.before, 0)),
        now=_total(ibis.ifelse(several.until >= several.stop, several.after, 0)),
        **{name: _total(flow_value(several, flow)) for flow, name in flows.items()},
    )
    columns: dict[str, ir.Value] = {}
    for i, part in enumerate(parts):
        inside = _zero()
        if part.shape == "pair":
            values: dict[Expr, ir.Value] = {flow: people[name] for flow, name in flows.items()}
            here = as_number(part.leaf.how, part.f, _env(part, people.then, people.now, values))
            still = as_number(part.leaf.how, part.f, _env(part, people.now, people.now, _nothing(part)))
            inside = _total(here - still)
        columns[f"v{i}"] = inside
        if _level_of(parts, i) == i:
            columns[f"l{i}"] = _zero()
    return people.group_by("slot", *segments.group).agg(**columns)


def _zero() -> ir.Value:
    return ibis.literal(0).cast("decimal(38,0)")


def _weight(x: Expr) -> str:
    return x.weight if isinstance(x, Integral) else "day"


@dataclass
class _Line:
    """One leaf in one segment: what changes at each slot, and what lies inside it."""

    level: dict[int, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)


def _reader(
    parts: Sequence[_Parts], segments: Segments
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        cells: Cells = {}
        slots = [int(s) for s in table["slot"]]  # type: ignore[call-overload]
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(slots)
        for i, part in enumerate(parts):
            lines: dict[Segment, _Line] = {}
            levels = table[f"l{_level_of(parts, i)}"]
            for slot, group, level, inside in zip(slots, groups, levels, table[f"v{i}"], strict=True):
                line = lines.setdefault(group, _Line())
                if level:
                    line.level[slot] = line.level.get(slot, 0) + int(level)  # type: ignore[call-overload]
                if inside:
                    line.inside[slot] = line.inside.get(slot, 0) + int(inside)  # type: ignore[call-overload]
            cells[part.leaf] = _cumulate(part, lines, periods)
        return cells

    return read


def _cumulate(part: _Parts, lines: Mapping[Segment, _Line], periods: Sequence[Slot]) -> dict[tuple[int, Segment], int]:
    found: dict[tuple[int, Segment], int] = {}
    for group, line in lines.items():
        running = line.level.get(0, 0)
        for k, slot in enumerate(periods):
            before = running
            running += line.level.get(k + 1, 0)
            inside = line.inside.get(k + 1, 0)
            if part.shape == "end":
                value = running
            elif part.shape == "start":
                value = before
            elif part.shape == "pair":
                value = running + inside
            elif part.shape == "integral":
                weight = slot.days if _weight(part.f) == "day" else month_units(slot.start, slot.stop)
                value = before * weight + inside
            else:
                value = inside
            if value:
                found[(k, group)] = value
    return found
