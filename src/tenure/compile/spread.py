"""Distributions: the values of a period's rows for a quantile, and how long stretches last. Part of compile.

A quantile needs a few values alone: of many rows, the query hands back those at the ranks asked for and at the ends of
the interval. A survival curve needs, for each length, how many ended and how many were not over yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import PERIODS
from tenure.compile.plan import Relation, Segment, whole
from tenure.compile.record import flow_value, row_env, to_ibis
from tenure.compile.rows import in_periods, inside, last_day
from tenure.compile.segments import Segments
from tenure.expr import Across, Const, Flow, Rows
from tenure.lasting import Fetched, Lasting, Ranked, Stays
from tenure.rollup import exact

SPREADING = ("rank", "curve", "rows")
FEW = 400
"""Up to this many rows all values are handed back."""
BINS = 4
"""How fine values are binned before they are sorted: some 400 bins for seconds up to three years."""

Spread = tuple[tuple[int, ...], ...]
"""Sorted. Of a ranked leaf: (value, how many are smaller, how many have it). Of a curve: (length, ended, not over). Of
fetched rows: their columns."""

Spreads = dict[Across, dict[tuple[int, Segment], Spread]]


@dataclass(frozen=True)
class SpreadPlan:
    """One query for one distribution, to be built when its text is wanted, and how to read its answer."""

    query: Callable[[], ir.Table]
    read: Callable[[Mapping[str, list[object]]], dict[tuple[int, Segment], Spread]]


def plan(leaf: Across, relation: Relation, segments: Segments, *, touch: bool = False) -> SpreadPlan:
    """The query of a leaf that is ranked or a curve. `touch`: the periods do."""
    named = [f"c{i}" for i, _ in enumerate(leaf.x.columns)] if isinstance(leaf.x, Fetched) else ["a", "b", "c"]
    return SpreadPlan(lambda: _query(leaf, relation, segments, touch), _reader(segments, named))


def _query(leaf: Across, relation: Relation, segments: Segments, touch: bool) -> ir.Table:
    if isinstance(leaf.x, Ranked):
        return _ranked(leaf.x, relation, segments, touch)
    if isinstance(leaf.x, Lasting):
        return _lasting(leaf.x, relation, segments, touch)
    if isinstance(leaf.x, Fetched):
        rows = _dated(leaf.x.rows, relation, segments, touch)
        columns = {f"c{i}": rows[name].cast("int64") for i, name in enumerate(leaf.x.columns)}
        return rows.select("k", *segments.group, **columns)
    assert isinstance(leaf.x, Stays)
    return _stays(leaf.x, relation, segments)


def _dated(source: Rows, relation: Relation, segments: Segments, touch: bool) -> ir.Table:
    """The rows of each period, with its number and the groups."""
    rows = relation(source)
    if touch and source.clock != "k" and not source.back:
        rows = inside(rows, source)
    return in_periods(rows, source, segments, touch=touch)


def _ranked(x: Ranked, relation: Relation, segments: Segments, touch: bool) -> ir.Table:
    assert isinstance(x.flow.rows, Rows)
    rows = _dated(x.flow.rows, relation, segments, touch)
    keep = flow_value(rows, Flow(x.flow.rows, Const(1), x.flow.keep))
    rows = rows.mutate(a=to_ibis(x.flow.x, row_env(rows, x.flow.x)).cast("int64"))
    rows = rows.filter(rows.a.notnull() & (keep == 1))
    group = ["k", *segments.group]
    rows = rows.select(*group, "a")
    if segments.each:  # one customer has few
        counts = rows.group_by(*group, "a").agg(c=rows.count())
        upto, n = _sums(counts, group, counts.a)
        placed = counts.mutate(upto=upto, n=n)
    else:
        placed = _placed(rows, group, x.q)
    placed = placed.mutate(b=placed.upto - placed.c)
    found = placed.filter(_wanted(placed, x.q))
    return found.select(*group, "a", b=exact(found.b), c=exact(found.c))


def _placed(rows: ir.Table, group: list[str], q: Fraction) -> ir.Table:
    """(*group, a, c, upto, n): how many have a value, how many that or a smaller one, how many there are in all.

    Of the values alone that share a bin with one that is wanted: to sort all of them takes ten times as long as to
    count them by bins. Any bins do that rise with the value, and these do: roots are rounded as IEEE 754 says.
    """
    root = rows.a.cast("float64").abs().sqrt().sqrt() * BINS
    rows = rows.mutate(bin=ibis.ifelse(rows.a < 0, -root, root).floor().cast("int64"))
    bins = rows.group_by(*group, "bin").agg(c=rows.count())
    upto, n = _sums(bins, group, bins.bin)
    bins = bins.mutate(upto=upto, n=n)
    bins = bins.mutate(b=bins.upto - bins.c)
    bins = bins.filter(_wanted(bins, q))
    near = bins.select(**{f"b_{name}": bins[name] for name in (*group, "bin")}, before=bins.b, n=bins.n)
    rows = rows.join(near, [rows[name] == near[f"b_{name}"] for name in (*group, "bin")])
    counts = rows.group_by(*group, "bin", "a").agg(c=rows.count(), before=rows.before.max(), n=rows.n.max())
    upto, _ = _sums(counts, [*group, "bin"], counts.a)
    return counts.mutate(upto=counts.before + upto)


def _sums(counts: ir.Table, group: list[str], order: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Of counts `c`: how many there are up to each in the order, and in all of the group."""
    upto = ibis.cumulative_window(group_by=[counts[name] for name in group], order_by=order)
    whole = ibis.window(group_by=[counts[name] for name in group])
    return counts.c.sum().over(upto), counts.c.sum().over(whole)


def _wanted(ranked: ir.Table, q: Fraction) -> ir.Value:
    """Which of the counts (c, b smaller ones, upto, n in all) hold a rank that the quantile or its interval needs.

    The last one is among them: it says how many there are in all.
    """
    last = (ranked.n - 1).cast("float64")
    middle, half = last * float(q), 1.96 * (last * float(q * (1 - q))).sqrt()
    found = (ranked.n <= FEW) | (ranked.upto == ranked.n)
    for place in (middle.floor(), middle.ceil(), (middle - half).floor() - 1, (middle + half).ceil() + 1):
        at = ibis.greatest(ibis.least(place, last), 0.0)
        found = found | ((ranked.b.cast("float64") <= at) & (at < ranked.upto.cast("float64")))
    return found


def _lasting(x: Lasting, relation: Relation, segments: Segments, touch: bool) -> ir.Table:
    rows = _dated(x.rows, relation, segments, touch)
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
