"""Every customer's numbers over many windows at once: rows and levels are read in one pass. Part of compile.

The ends of the windows are stand-in days, the edges, so that one text serves wherever they lie.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from tenure.compile.each import WHOLE, known_by_day, level_of, number, of_row, source_of, value_of
from tenure.compile.plan import Relation
from tenure.compile.record import as_number, flow_value
from tenure.compile.rows import BY_VALUE
from tenure.compile.segments import Segments
from tenure.expr import Across, Const, Expr, Flow, Level, Moves, Rows, Steps
from tenure.rollup import KEYS
from tenure.stand_ins import BEGIN, STOP, edge
from tenure.tree import rewrite


@dataclass(frozen=True)
class Asked:
    """A leaf over the rows from one edge to before another; with `last` the day of the last row that its flow counts.

    For a level both edges are the day at whose opening it is looked at.
    """

    leaf: Across | Flow
    begin: int
    end: int
    last: bool = False


def windowed(leaf: Across) -> Rows | Moves | None:
    """The one table of rows that the leaf sums or looks at, where any window of it can be cut out by day."""
    source = source_of(leaf, ())
    return source if source is not None and known_by_day(source, leaf.x) else None


def narrowed(leaf: Across | Flow, table: str, condition: Expr) -> Across | Flow:
    """The same over the rows of another table for which a condition holds."""

    def change(node: object) -> object:
        if not isinstance(node, Flow) or not isinstance(node.rows, Rows):
            return node
        keep = condition if node.keep is None else condition & node.keep
        return Flow(replace(node.rows, table=table), node.x, keep)

    found = rewrite(leaf, change)
    assert isinstance(found, Across | Flow)
    return found


def of_windows(asked: Sequence[Asked], source: Rows | Moves, relation: Relation, last: int) -> ir.Table:
    """(cust, v0..): for each asked the sum, number of different values, smallest or largest value, or last day.

    A last day is the number of days since its window began. The edges are those from 0 (BEGIN) to `last` (STOP).
    """
    rows = relation(source)
    clock = rows[source.clock] if isinstance(source, Rows) else rows.day
    rows = rows.mutate(day_=clock)
    rows = rows.filter(rows.cust.notnull() & (rows.day_ >= ibis.literal(BEGIN)) & (rows.day_ < ibis.literal(STOP)))
    found = rows.group_by("cust").agg(**{f"v{i}": _number(one, rows, last) for i, one in enumerate(asked)})
    told = {}
    for i, one in enumerate(asked):
        value = found[f"v{i}"]
        if one.last:
            begin = ibis.literal(edge(one.begin)).cast("timestamp").epoch_seconds()
            value = (value.cast("timestamp").epoch_seconds() - begin) // 86400
        told[f"v{i}"] = value.cast(WHOLE)
    return found.select("cust", **told)


def _number(one: Asked, rows: ir.Table, last: int) -> ir.Value:
    tests = [rows.day_ >= ibis.literal(edge(one.begin))] if one.begin else []
    tests += [rows.day_ < ibis.literal(edge(one.end))] if one.end < last else []
    leaf = one.leaf
    if isinstance(leaf, Flow):
        tests += [flow_value(rows, leaf) == 1] if leaf.keep is not None else []
    inside = functools.reduce(operator.and_, tests) if tests else None
    return rows.day_.max(where=inside) if isinstance(leaf, Flow) else number(leaf, rows, inside)


def of_levels(asked: Sequence[Asked], relation: Relation) -> ir.Table:
    """(cust, v0..) of leaves that each look at a level of the same steps at one moment."""
    levels = [_level(one) for one in asked]
    steps = relation(levels[0].steps)
    held = {one.begin: _held(steps, one.begin) for one in asked}
    found = steps.filter((steps.after != 0) & functools.reduce(operator.or_, held.values()))
    numbers = {}
    for i, (one, level) in enumerate(zip(asked, levels, strict=True)):
        assert isinstance(one.leaf, Across)
        held_now = as_number(one.leaf.how, one.leaf.x, {level: found.after})
        numbers[f"v{i}"] = held_now if len(held) == 1 else held_now.sum(where=_held(found, one.begin))
    if len(held) == 1:
        return found.select("cust", **{name: one.cast(WHOLE) for name, one in numbers.items()})
    sums = found.group_by("cust").agg(**numbers)
    return sums.select("cust", **{name: sums[name].cast(WHOLE) for name in numbers})


def of_days(leaves: Sequence[Across | Flow], source: Rows | Moves, relation: Relation) -> ir.Table:
    """(cust, day, v0..): of each row from BEGIN to STOP what it adds to the leaves, or whether the flow counts it.

    A smallest or largest value is nothing where the row does not count.
    """
    rows = relation(source)
    rows = rows.mutate(day_=rows[source.clock] if isinstance(source, Rows) else rows.day)
    rows = rows.filter(rows.cust.notnull() & (rows.day_ >= ibis.literal(BEGIN)) & (rows.day_ < ibis.literal(STOP)))
    values = {f"v{i}": _of_one(leaf, rows).cast(WHOLE) for i, leaf in enumerate(leaves)}
    return rows.select("cust", day="day_", **values)


def _of_one(leaf: Across | Flow, rows: ir.Table) -> ir.Value:
    if isinstance(leaf, Flow):
        return ibis.ifelse(flow_value(rows, Flow(leaf.rows, Const(1), leaf.keep)) == 1, 1, 0)
    return value_of(leaf, rows) if leaf.how in BY_VALUE else of_row(leaf, rows)


def whole(leaf: Across, source: Rows | Moves | Steps, relation: Relation) -> bool:
    """Whether what each row adds to the leaf is a whole number, so that it does not matter where it is rounded."""
    rows = relation(source)
    level = level_of(leaf)
    if isinstance(source, Steps):
        assert level is not None
        kind = as_number(leaf.how, leaf.x, {level: rows.after}).type()
    else:
        kind = _of_one(leaf, rows).type()
    return bool(kind.is_integer() or kind.is_boolean() or (kind.is_decimal() and kind.scale == 0))


def of_steps(leaves: Sequence[Across], relation: Relation) -> ir.Table:
    """(cust, day, until, v0..): of each step that holds at a moment from BEGIN to STOP what it adds to the leaves."""
    levels = [level_of(leaf) for leaf in leaves]
    assert levels[0] is not None
    steps = relation(levels[0].steps)
    steps = steps.filter((steps.after != 0) & (steps.day < ibis.literal(STOP)) & (steps.until >= ibis.literal(BEGIN)))
    values = {
        f"v{i}": as_number(leaf.how, leaf.x, {level: steps.after}).cast(WHOLE)
        for i, (leaf, level) in enumerate(zip(leaves, levels, strict=True))
        if level is not None
    }
    return steps.select("cust", "day", "until", **values)


def _level(one: Asked) -> Level:
    assert isinstance(one.leaf, Across)
    level = level_of(one.leaf)
    assert level is not None
    return level


def _held(steps: ir.Table, at: int) -> ir.Value:
    day = ibis.literal(edge(at))
    return (steps.day < day) & (steps.until >= day)


def of_everyone(segments: Segments) -> ir.Table:
    """(cust, g0.., c0..): what attributes say of everyone who is known the day before STOP, which conditions hold."""
    people = KEYS.select("cust")
    day = (ibis.literal(STOP).cast("timestamp") - ibis.interval(days=1)).cast("timestamp").date()
    found = segments.attach(people, day, ibis.literal(STOP), owned=True)
    return found.select("cust", *segments.group, *segments.truths)
