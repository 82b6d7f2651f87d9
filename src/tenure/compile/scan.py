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

import functools
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import Slot, month_units, on_day
from tenure.compile.plan import Cells, Plan, Segment, Source, whole
from tenure.compile.record import as_number, flow_value, inputs, is_linear_in_flows, row_env, swap, to_ibis
from tenure.compile.segments import Segments
from tenure.compile.unmoved import NO, NOTHING, unmoved
from tenure.expr import END, START, Across, Col, Const, Expr, Flow, Integral, Level, Moves, Op
from tenure.rollup import exact
from tenure.tree import walk

FEW = 2
"""Kinds up to which rows are chosen before they are summed; to choose more costs more than it saves."""


@dataclass(frozen=True)
class _Part:
    """What a leaf needs of each step: a level to cumulate, a sum inside the slot, a pair of levels."""

    leaf: Across
    x: Expr  # the leaf's expression, with conditions on steps as columns of truth values
    shape: str  # end, start, flow, pair, integral
    still: Expr  # what adds up to the leaf of those who did not change

    @property
    def level(self) -> tuple[str, Expr] | None:
        """What must be cumulated, if anything: leaves that cumulate the same share it."""
        return None if self.shape == "flow" or isinstance(self.still, Const) else (self.leaf.how, self.still)

    @property
    def has_inside(self) -> bool:
        """Whether something is summed inside the slot."""
        return self.shape in ("flow", "pair", "integral")


_Levels = Mapping[tuple[str, Expr], str]
"""The columns of what is cumulated."""


@dataclass
class _Tests:
    """Conditions on columns of a step, put down once each, before any join, which copies texts.

    `codes`: the texts that a column is compared with, each with a small number, which compares quicker. `marks`: other
    comparisons of one column.
    """

    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    marks: dict[Expr, str] = field(default_factory=dict)

    def placed(self, keep: Expr) -> Expr:
        """The condition over the columns put down."""
        match keep:
            case Op(name="and" | "or" | "not", args=args):
                return Op(keep.name, tuple(self.placed(part) for part in args))
            case Op(name="==", args=(Col(name=column), Const(value=str(text)))):
                known = self.codes.setdefault(column, {})
                return Op("==", (Col(f"c_{column}"), Const(known.setdefault(text, len(known) + 1))))
            case Op(args=(Col(), *others)) if all(isinstance(a, Const) for a in others):
                return Col(self.marks.setdefault(keep, f"m{len(self.marks)}"))
        return keep

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what is put down."""
        return (*(f"c_{column}" for column in self.codes), *self.marks.values())

    def put_down(self, steps: ir.Table) -> ir.Table:
        """The steps with these columns."""
        found: dict[str, ir.Value] = {}
        for column, known in self.codes.items():
            found[f"c_{column}"] = steps[column].cases(*known.items(), else_=0).cast("int8")
        for test, name in self.marks.items():
            found[name] = ibis.coalesce(to_ibis(test, row_env(steps, test)), ibis.literal(False))
        return steps.mutate(**found) if found else steps


def _part(leaf: Across, tests: _Tests) -> _Part:
    """A leaf with its conditions put down in `tests`."""
    if isinstance(leaf.x, Integral):
        return _Part(leaf, leaf.x, "integral", Level(leaf.x.steps, END))

    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Flow):
            return None
        return node if node.keep is None else Flow(node.rows, node.x, tests.placed(node.keep))

    return _Part(leaf, swap(leaf.x, change), shape(leaf) or "", unmoved(leaf.x))


def shape(leaf: Across) -> str | None:
    """How this strategy would answer the leaf, or None where it cannot."""
    if leaf.how not in ("sum", "count"):
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


def plan(leaves: Sequence[Across], steps: Source, begin: date, stop: date, segments: Segments) -> Plan:
    """One query for all these leaves over one table of steps, for periods from `begin` to before `stop`."""
    tests = _Tests()
    parts = [_part(leaf, tests) for leaf in leaves]
    levels: dict[tuple[str, Expr], str] = {}
    for part in parts:
        if part.level:
            levels.setdefault(part.level, f"l{len(levels)}")
    query = partial(_query, parts, levels, tests, steps, begin, stop, segments)
    return Plan(query, _reader(parts, levels, segments))


def _query(
    parts: Sequence[_Part],
    levels: _Levels,
    tests: _Tests,
    source: Source,
    begin: date,
    stop: date,
    segments: Segments,
) -> ir.Table:
    only_flows = all(p.shape == "flow" for p in parts)
    steps = source().filter(ibis._.day < ibis.literal(stop))
    if only_flows:
        steps = steps.filter(steps.day >= ibis.literal(begin))  # no level to know, so nothing from before
    first = None if only_flows else begin - timedelta(days=1)
    if only_flows and (flows := _by_kind(parts)):
        return _few(parts, flows, steps, tests, segments)
    if only_flows:
        # In the steps' own columns, so that engines pass over what they store of other days and movements.
        steps = _adding(steps, dict.fromkeys(flow for part in parts for flow in inputs(part.leaf.x)[1]))
    rows = segments.attach(tests.put_down(steps), None, owned=True)
    if not any(p.shape == "pair" for p in parts):
        return _by_days(parts, levels, rows, first, segments)
    rows = on_day(rows, rows["day"], first)
    rows = rows.select(*_needed(parts, rows, segments), opens=rows.since < rows.start, closes=rows.until >= rows.stop)
    lefts = sorted({_left(part.x) for part in parts if isinstance(part.x, Integral)})
    query = _single(parts, levels, rows, ("slot", *lefts, *segments.group))
    query = _weighed(parts, query, segments) if lefts else query
    # Both read `rows`, which ends in a select: so Ibis makes it a WITH, and engines join once.
    return ibis.union(query, _grouped(parts, levels, rows, segments).select(*query.columns))


def _by_kind(parts: Sequence[_Part]) -> list[Flow] | None:
    """The flows of the parts, where each adds a column or counts, told apart by the steps' kinds alone."""
    flows = list(dict.fromkeys(flow for part in parts for flow in inputs(part.x)[1]))
    for flow in flows:
        named = {node.name for node in walk(flow.keep) if isinstance(node, Col)} if flow.keep is not None else set()
        if not named <= {"c_kind"} or not isinstance(flow.x, Col | Const):
            return None
    return flows


def _few(parts: Sequence[_Part], flows: Sequence[Flow], steps: ir.Table, tests: _Tests, segments: Segments) -> ir.Table:
    """What happened by day and kind first, of which there are few: conditions and the calendar meet only those."""
    columns = {flow.x.name for flow in flows if isinstance(flow.x, Col)} - {"kind"}
    rows = steps
    if len(tests.codes.get("kind", ())) <= FEW:
        rows = _adding(tests.put_down(steps), flows).drop(*tests.columns)
    rows = segments.attach(rows, None, owned=True)
    rows = rows.group_by("day", "kind", *segments.group).agg(
        n_=ibis._.count(), **{name: exact(rows[name].sum()) for name in sorted(columns)}
    )

    def counted(node: Expr) -> Expr | None:
        if not isinstance(node, Flow) or not isinstance(node.x, Const):
            return None
        return Flow(node.rows, Op("*", (node.x, Col("n_"))), node.keep)

    few = [replace(part, x=swap(part.x, counted)) for part in parts]
    joined = on_day(tests.put_down(rows), rows["day"], None)
    return _single(few, {}, joined, ("slot", *segments.group))


def _by_days(
    parts: Sequence[_Part], levels: _Levels, rows: ir.Table, first: date | None, segments: Segments
) -> ir.Table:
    """Where nobody is looked at twice: summed by day, of which there are few, before the days are joined."""
    rows = rows.mutate(at_=rows["day"] if first is None else ibis.greatest(rows["day"], ibis.literal(first)))
    daily = _single(parts, levels, rows, ("at_", *segments.group))
    return _weighed(parts, on_day(daily, daily["at_"], None), segments)


def _weighed(parts: Sequence[_Part], daily: ir.Table, segments: Segments) -> ir.Table:
    """The sums of days as sums of slots. Integrals' changes are weighed only now: products of all rows are dear."""
    left = {f"v{i}": _left(part.x) for i, part in enumerate(parts) if isinstance(part.x, Integral)}
    sums = [name for name in daily.columns if name[0] in "lv" and name[1:].isdigit()]
    return daily.group_by("slot", *segments.group).agg(
        **{name: _total(daily[name] * daily[left[name]] if name in left else daily[name]) for name in sums}
    )


def _needed(parts: Sequence[_Part], rows: ir.Table, segments: Segments) -> list[str]:
    """The columns of the joined steps that any part reads, whatever stands in both ends apart."""
    named = {node.name for part in parts for node in walk(part.x) if isinstance(node, Col)} & {*rows.columns}
    if any(p.shape != "flow" for p in parts):
        named |= {"before", "after"}
    named |= {"cust"} | {_left(part.x) for part in parts if isinstance(part.x, Integral)}
    return ["slot", *sorted(named), *segments.group]


def _adding(rows: ir.Table, flows: Collection[Flow]) -> ir.Table:
    """The rows that add something to any of the flows."""
    return rows.filter(functools.reduce(operator.or_, (_adds(rows, flow) for flow in flows)))


def _adds(rows: ir.Table, flow: Flow) -> ir.BooleanValue:
    """Where a row adds something to a flow."""
    keep = _keeps(rows, flow)
    return to_ibis(flow.x, row_env(rows, flow.x)) != 0 if keep is None else keep


def _keeps(rows: ir.Table, flow: Flow) -> ir.BooleanValue | None:
    """The condition on the rows of a flow, if it has one. Steps have no empty column, so it always says yes or no."""
    if flow.keep is None:
        return None
    kept: ir.BooleanValue = to_ibis(flow.keep, row_env(rows, flow.keep))
    return kept


def _total(value: ir.Value) -> ir.Value:
    return ibis.coalesce(exact(value.sum()), ibis.literal(0).cast("decimal(38,0)"))


def _over_rows(x: Expr, rows: ir.Table) -> ir.Value:
    """A sum of flows, as what one row adds to it."""
    _, flows, _ = inputs(x)
    return to_ibis(x, {flow: flow_value(rows, flow) for flow in flows})


def _sum_of(x: Expr, rows: ir.Table) -> ir.Value:
    """The sum of flows over rows. One flow is summed over the rows that it keeps: engines filter faster than choose."""
    if isinstance(x, Flow) and isinstance(x.x, Col) and x.keep is not None:
        value = to_ibis(x.x, row_env(rows, x.x))
        return ibis.coalesce(exact(value.sum(where=_keeps(rows, x))), _zero())
    return _total(_over_rows(x, rows))


def _both(part: _Part, then: ir.Value, now: ir.Value, flows: Mapping[Expr, ir.Value]) -> ir.Value:
    """By how much a customer's number differs from what it would be had they always been as they are at the end."""
    levels, _, _ = inputs(part.x)
    env: dict[Expr, ir.Value] = {level: then if level.moment == START else now for level in levels}
    here = as_number(part.leaf.how, part.x, {**env, **flows})
    return here if part.still in (NOTHING, NO) else here - _still(part, now)


def _still(part: _Part, level: ir.Value) -> ir.Value:
    return as_number(part.leaf.how, part.still, dict.fromkeys(inputs(part.still)[0], level))


def _single(parts: Sequence[_Part], levels: _Levels, rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """The pass over the steps: what is cumulated in columns l*, sums in the slot in v*.

    An integral's change is not weighed yet: there is one weight for all of a day.
    """
    columns: dict[str, ir.Value] = {}
    for i, part in enumerate(parts):
        if part.level and levels[part.level] not in columns:
            columns[levels[part.level]] = _total(_still(part, rows.after) - _still(part, rows.before))
        if isinstance(part.x, Integral):
            columns[f"v{i}"] = _total(rows.after - rows.before)
        elif part.shape == "flow":
            columns[f"v{i}"] = _sum_of(part.x, rows)
        elif part.shape == "pair":
            flows: dict[Expr, ir.Value] = {flow: flow_value(rows, flow) for flow in inputs(part.x)[1]}
            change = _both(part, rows.before, rows.after, flows)
            only = rows.opens & rows.closes & (rows.slot > 0)
            columns[f"v{i}"] = ibis.coalesce(exact(change.sum(where=only)), _zero())
    return rows.group_by(*by).agg(**columns)


def _grouped(parts: Sequence[_Part], levels: _Levels, rows: ir.Table, segments: Segments) -> ir.Table:
    """The customers with several steps in a period, each put together from its first and last."""
    several = rows.filter((rows.slot > 0) & ~(rows.opens & rows.closes))
    pairs = [part for part in parts if part.shape == "pair"]
    flows = {flow: f"f{i}" for i, flow in enumerate(dict.fromkeys(f for p in pairs for f in inputs(p.x)[1]))}
    people = several.group_by("slot", "cust", *segments.group).agg(
        then=ibis.coalesce(exact(several.before.sum(where=several.opens)), _zero()),
        now=ibis.coalesce(exact(several.after.sum(where=several.closes)), _zero()),
        **{name: _total(flow_value(several, flow)) for flow, name in flows.items()},
    )
    columns: dict[str, ir.Value] = dict.fromkeys(dict.fromkeys(levels.values()), _zero())
    for i, part in enumerate(parts):
        if part.shape == "pair":
            values: dict[Expr, ir.Value] = {flow: people[name] for flow, name in flows.items()}
            columns[f"v{i}"] = _total(_both(part, people.then, people.now, values))
        elif part.has_inside:
            columns[f"v{i}"] = _zero()
    return people.group_by("slot", *segments.group).agg(**columns)


def _zero() -> ir.Value:
    return ibis.literal(0).cast("decimal(38,0)")


def _left(x: Integral) -> str:
    """The column of what is left of the period, in the integral's unit."""
    return "days_left" if x.weight == "day" else "months_left"


@dataclass
class _Line:
    """One leaf in one segment: what changes at each slot, and what lies inside it."""

    level: dict[int, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)


def _reader(
    parts: Sequence[_Part], levels: _Levels, segments: Segments
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        cells: Cells = {}
        slots = [whole(s) for s in table["slot"]]
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(slots)
        none: list[object] = [None] * len(slots)
        for i, part in enumerate(parts):
            lines: dict[Segment, _Line] = {}
            cumulated = table[levels[part.level]] if part.level else none
            sums = table[f"v{i}"] if part.has_inside else none
            for slot, group, level, inside in zip(slots, groups, cumulated, sums, strict=True):
                line = lines.setdefault(group, _Line())
                if level:
                    line.level[slot] = line.level.get(slot, 0) + whole(level)
                if inside:
                    line.inside[slot] = line.inside.get(slot, 0) + whole(inside)
            cells[part.leaf] = _cumulate(part, lines, periods)
        return cells

    return read


def _cumulate(part: _Part, lines: Mapping[Segment, _Line], periods: Sequence[Slot]) -> dict[tuple[int, Segment], int]:
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
            elif isinstance(part.x, Integral):
                weight = slot.days if part.x.weight == "day" else month_units(slot.start, slot.stop)
                value = before * weight + inside
            else:
                value = inside
            if value:
                found[(k, group)] = value
    return found
