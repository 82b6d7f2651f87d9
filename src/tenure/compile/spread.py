"""Distributions: the values of a period's rows for a quantile, and how long stretches last. Part of compile.

A quantile needs a few values alone: of many rows, the query hands back those at the ranks asked for and at the ends of
the interval. A survival curve needs, for each length, how many ended and how many were not over yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import PERIODS
from tenure.compile.plan import Relation, Segment, whole
from tenure.compile.record import flow_value, row_env, to_ibis
from tenure.compile.rows import in_periods, last_day
from tenure.compile.segments import Segments
from tenure.expr import Across, Const, Flow, Rows
from tenure.lasting import Fetched, Lasting, Ranked, Stays
from tenure.rollup import exact

SPREADING = ("rank", "curve", "rows")
FEW = 400
"""Up to this many rows all values are handed back."""

Spread = tuple[tuple[int, ...], ...]
"""Sorted. Of a ranked leaf: (value, how many are smaller, how many have it). Of a curve: (length, ended, not over). Of
fetched rows: their columns."""

Spreads = dict[Across, dict[tuple[int, Segment], Spread]]


@dataclass(frozen=True)
class SpreadPlan:
    """One query for one distribution, to be built when its text is wanted, and how to read its answer."""

    query: Callable[[], ir.Table]
    read: Callable[[Mapping[str, list[object]]], dict[tuple[int, Segment], Spread]]


def plan(leaf: Across, relation: Relation, segments: Segments) -> SpreadPlan:
    """The query of a leaf that is ranked or a curve."""
    named = [f"c{i}" for i, _ in enumerate(leaf.x.columns)] if isinstance(leaf.x, Fetched) else ["a", "b", "c"]
    return SpreadPlan(lambda: _query(leaf, relation, segments), _reader(segments, named))


def _query(leaf: Across, relation: Relation, segments: Segments) -> ir.Table:
    if isinstance(leaf.x, Ranked):
        return _ranked(leaf.x, relation, segments)
    if isinstance(leaf.x, Lasting):
        return _lasting(leaf.x, relation, segments)
    if isinstance(leaf.x, Fetched):
        rows = in_periods(relation(leaf.x.rows), leaf.x.rows, segments)
        columns = {f"c{i}": rows[name].cast("int64") for i, name in enumerate(leaf.x.columns)}
        return rows.select("k", *segments.group, **columns)
    assert isinstance(leaf.x, Stays)
    return _stays(leaf.x, relation, segments)


def _ranked(x: Ranked, relation: Relation, segments: Segments) -> ir.Table:
    assert isinstance(x.flow.rows, Rows)
    rows = in_periods(relation(x.flow.rows), x.flow.rows, segments)
    keep = flow_value(rows, Flow(x.flow.rows, Const(1), x.flow.keep))
    rows = rows.mutate(a=to_ibis(x.flow.x, row_env(rows, x.flow.x)).cast("int64"))
    rows = rows.filter(rows.a.notnull() & (keep == 1))
    group = ["k", *segments.group]
    counts = rows.group_by(*group, "a").agg(c=rows.count())
    upto = ibis.cumulative_window(group_by=[counts[g] for g in group], order_by=counts.a)
    whole = ibis.window(group_by=[counts[g] for g in group])
    ranked = counts.mutate(upto=counts.c.sum().over(upto), n=counts.c.sum().over(whole))
    ranked = ranked.mutate(b=ranked.upto - ranked.c)
    last = (ranked.n - 1).cast("float64")
    middle, half = last * float(x.q), 1.96 * (last * float(x.q * (1 - x.q))).sqrt()
    needed = ranked.n <= FEW
    for place in (middle.floor(), middle.ceil(), (middle - half).floor() - 1, (middle + half).ceil() + 1):
        at = ibis.greatest(ibis.least(place, last), 0.0)
        needed = needed | ((ranked.b.cast("float64") <= at) & (at < ranked.upto.cast("float64")))
    found = ranked.filter(needed)
    # The last row says how many there are in all.
    ends = ranked.filter(ranked.upto == ranked.n)
    rows = ibis.union(found, ends).distinct()
    return rows.select(*group, "a", b=exact(rows.b), c=exact(rows.c))


def _lasting(x: Lasting, relation: Relation, segments: Segments) -> ir.Table:
    rows = in_periods(relation(x.rows), x.rows, segments)
    if x.keep is not None:
        rows = rows.filter(ibis.coalesce(to_ibis(x.keep, row_env(rows, x.keep)), ibis.literal(False)))
    ended = ibis.coalesce(to_ibis(x.reached, row_env(rows, x.reached)), ibis.literal(False))
    rows = rows.mutate(a=to_ibis(x.lasted, row_env(rows, x.lasted)).cast("int64"), ended_=ended)
    return _curve(rows.filter(rows.a.notnull()), segments)


def _stays(x: Stays, relation: Relation, segments: Segments) -> ir.Table:
    steps = relation(x.steps)
    joins = steps.filter((steps.before == 0) & (steps.after != 0))
    firsts = joins.group_by(f_cust=joins.cust).agg(first=joins.day.min())
    joined = steps.join(PERIODS, [steps.day < PERIODS.stop, steps.until >= PERIODS.stop])
    joined = joined.join(firsts, joined.cust == firsts.f_cust).drop("f_cust")
    end = ibis.ifelse(joined.after != 0, joined.stop, joined.day)
    days = (end.cast("timestamp").epoch_seconds() - joined["first"].cast("timestamp").epoch_seconds()) // 86400
    rows = joined.mutate(a=days.cast("int64"), ended_=joined.after == 0)
    return _curve(segments.attach(rows, last_day(rows), rows.stop), segments)


def _curve(rows: ir.Table, segments: Segments) -> ir.Table:
    ended = ibis.ifelse(rows.ended_, 1, 0)
    return rows.group_by("k", *segments.group, "a").agg(b=exact(ended.sum()), c=exact((1 - ended).sum()))


def _reader(
    segments: Segments, columns: list[str]
) -> Callable[[Mapping[str, list[object]]], dict[tuple[int, Segment], Spread]]:
    def read(table: Mapping[str, list[object]]) -> dict[tuple[int, Segment], Spread]:
        found: dict[tuple[int, Segment], list[tuple[int, ...]]] = {}
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(table["k"])
        numbers = zip(*(table[name] for name in columns), strict=True)
        for k, group, row in zip(table["k"], groups, numbers, strict=True):
            found.setdefault((whole(k), group), []).append(tuple(map(whole, row)))
        return {key: tuple(sorted(rows)) for key, rows in found.items()}

    return read
