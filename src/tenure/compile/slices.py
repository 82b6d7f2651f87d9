"""Right for everything: cut each level at each moment, one row per customer and period. Part of compile.

Used where no quicker one fits (attributes with history, windows, rows of other tables beside levels, NRR across
exchange rates) and for the customers behind a number. Cost: customers x periods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import PERIODS, Slot
from tenure.compile.plan import Cells, Plan, Relation, Segment, whole
from tenure.compile.record import as_number, flow_value, inputs, is_linear_in_flows, row_env, to_ibis
from tenure.compile.rows import by_day, in_periods
from tenure.compile.segments import Segments
from tenure.expr import START, Across, Col, Const, Expr, Flow, Integral, Level, Op, Rows
from tenure.money import MONTH_UNIT
from tenure.rollup import exact, ticks
from tenure.rollups._rates import RATE, halved, worth
from tenure.tree import walk

Source = Level | Flow | Integral


@dataclass(frozen=True)
class Foreign:
    """What values levels at other rates: items in their own currency, every rate there was, the reporting currency."""

    items: ir.Table  # as `natives` gives them
    rates: ir.Table  # as `pieces` does
    currency: str


def people(
    leaf: Across, relation: Relation, segments: Segments, rates: Foreign | None, *, touch: bool = False
) -> ir.Table:
    """(k, cust, g0.., v): what each customer adds to the leaf in each period, where it is not nothing.

    `touch`: the periods do.
    """
    levels, flows, integrals = inputs(leaf.x)
    sources: list[Source] = [*levels, *flows, *integrals]
    at_rows = not levels
    names = {source: f"s{i}" for i, source in enumerate(sources)}
    group = segments.group if at_rows else ()
    found_flows = {flow: _flow(flow, relation, segments if at_rows else None, touch=touch) for flow in flows}
    movers = _movers(found_flows) if levels and needs_rows(leaf.x) else None
    parts = []
    for source, name in names.items():
        if isinstance(source, Level):
            part = _level(source, relation, rates, movers)
        elif isinstance(source, Flow):
            part = found_flows[source]
        else:
            part = _integral(source, relation, segments if at_rows else None)
        columns = {other: (part["value"] if other == name else _zero()) for other in names.values()}
        parts.append(part.select("k", "cust", *group, **columns))
    union = ibis.union(*parts) if len(parts) > 1 else parts[0]
    found = union.group_by("k", "cust", *group).agg(**{n: exact(union[n].sum()) for n in names.values()})
    if not at_rows:
        found = _segmented(found, levels, segments)
    env: dict[Expr, ir.Value] = {source: found[name] for source, name in names.items()}
    found = found.mutate(v=exact(as_number(leaf.how, leaf.x, env)))
    return found.filter(found.v != 0).select("k", "cust", *segments.group, "v")


def plan(
    leaves: Sequence[Across],
    relation: Relation,
    segments: Segments,
    rates: Foreign | None,
    *,
    touch: bool = False,
) -> Plan:
    """One query for all these leaves, each with its own cut. `touch`: the periods do."""
    return Plan(partial(_query, leaves, relation, segments, rates, touch), _reader(leaves, segments))


def _query(
    leaves: Sequence[Across],
    relation: Relation,
    segments: Segments,
    rates: Foreign | None,
    touch: bool,
) -> ir.Table:
    parts = []
    for i, leaf in enumerate(leaves):
        found = people(leaf, relation, segments, rates, touch=touch)
        total = found.group_by("k", *segments.group).agg(v=exact(found.v.sum()))
        parts.append(total.select("k", *segments.group, leaf=ibis.literal(i, "int64"), v=total.v))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def needs_rows(x: Expr) -> bool:
    """Whether a customer without rows in the period adds nothing: flow.where(..), or a condition `flow > 0 and ..`."""
    if not isinstance(x, Op):
        return False
    if x.name == "where":
        return is_linear_in_flows(x.args[0])
    if x.name == "and":
        return any(isinstance(a, Op) and a.name == ">" and _is_flow_and_none(a.args) for a in x.args)
    return False


def _is_flow_and_none(args: tuple[Expr, ...]) -> bool:
    return args[1] == Const(0) and is_linear_in_flows(args[0])


def _movers(flows: Mapping[Flow, ir.Table]) -> ir.Table:
    """(k, cust): who has rows in which period."""
    parts = [flow.select("k", "cust").distinct() for flow in flows.values()]
    return ibis.union(*parts).distinct() if len(parts) > 1 else parts[0]


def _flow(source: Flow, relation: Relation, segments: Segments | None, *, touch: bool) -> ir.Table:
    """(k, cust, value): the sum of the rows of every customer who has any, in every period."""
    rows = relation(source.rows)
    if source.keep is not None and source.x != Col("transfer"):
        rows = _kept(rows, source.keep)
    if source.x == Col("transfer"):
        rows = _transfers(rows, segments) if segments is not None else rows.filter(ibis.literal(False))
    if isinstance(source.rows, Rows):
        joined = in_periods(rows, source.rows, segments or Segments(), touch=touch)
    else:
        inside = [rows.day >= PERIODS.base, rows.day < PERIODS.stop]
        joined = by_day(rows, rows.day) if touch else rows.join(PERIODS, inside)
        if segments is not None and source.x != Col("transfer"):
            joined = segments.attach(joined, joined.day, joined.stop)
        joined = joined.mutate(start=joined.base)
    kept = segments.group if segments is not None else ()
    values = joined.select("k", "cust", *kept, value=exact(ibis.coalesce(flow_value(joined, source), ibis.literal(0))))
    return values.group_by("k", "cust", *kept).agg(value=exact(values["value"].sum()))


def _kept(rows: ir.Table, keep: Expr) -> ir.Table:
    """The rows that a flow keeps, where their own columns say so: fewer to join."""
    if any(isinstance(node, Col) and node.name not in rows.columns for node in walk(keep)):
        return rows
    return rows.filter(ibis.coalesce(to_ibis(keep, row_env(rows, keep)), ibis.literal(False)))


def _transfers(steps: ir.Table, segments: Segments) -> ir.Table:
    """(cust, day, transfer, g0..): what was held at the close before, out of the old group and into the new one.

    Taken at every day on which any piece of the attributes begins or ends; where the group stays, both cancel.
    """
    edges = segments.edges().rename(e_cust="cust", e_day="day")
    held = steps.join(
        edges, [steps.cust == edges.e_cust, steps.day < edges.e_day, steps.until >= edges.e_day, steps.after != 0]
    ).select("cust", day="e_day", transfer="after")
    gone = held.mutate(transfer=ticks(-held.transfer))
    day_before = (gone.day.cast("timestamp") - ibis.interval(days=1)).cast("timestamp").date()
    columns = ["cust", "day", "transfer", *segments.group]
    left = segments.attach(gone, day_before).select(*columns)
    joined = segments.attach(held, held.day).select(*columns)
    return ibis.union(left, joined)


def _level(level: Level, relation: Relation, rates: Foreign | None, movers: ir.Table | None) -> ir.Table:
    """(k, cust, value): the level at one moment, of everyone or of `movers` alone."""
    if level.rates is not None and rates is not None:
        return _revalued(level, rates)
    steps = relation(level.steps)
    if movers is not None:
        periods = PERIODS.rename(k_="k")
        asked = movers.join(periods, movers.k == periods.k_).drop("k_")
        asked = asked.mutate(at=asked.base if level.moment == START else asked.stop).rename(who="cust")
        held = [steps.cust == asked.who, steps.day < asked["at"], steps.until >= asked["at"], steps.after != 0]
        return steps.join(asked, held).select("k", "cust", value=exact(steps.after))
    boundary = PERIODS.base if level.moment == START else PERIODS.stop
    joined = steps.join(PERIODS, [steps.day < boundary, steps.until >= boundary, steps.after != 0])
    return joined.select("k", "cust", value=exact(joined.after))


def _revalued(level: Level, foreign: Foreign) -> ir.Table:
    """The level at one moment, each currency at the rate that held at another: for NRR and GRR across currencies."""
    boundary = PERIODS.base if level.moment == START else PERIODS.stop
    valued = PERIODS.base if level.rates == START else PERIODS.stop
    rates = foreign.rates.join(PERIODS, [foreign.rates.from_day < valued, foreign.rates.to_day >= valued])
    other = rates.select("k", at_=boundary, currency_=rates.currency, rate=rates.rate.cast(RATE))
    one = ibis.literal(1).cast(RATE)
    own = PERIODS.select("k", at_=boundary, currency_=ibis.literal(foreign.currency), rate=one)
    at, items = halved(ibis.union(own, other)), foreign.items
    joined = items.join(at, [items.currency == at.currency_, items.from_day < at.at_, items.to_day >= at.at_])
    valued = joined.select("k", "cust", value=worth(joined.ticks, joined))
    sums = valued.group_by("k", "cust").agg(value=exact(valued["value"].sum()))
    return sums.mutate(value=exact(ibis.greatest(sums["value"], 0)))


def _integral(source: Integral, relation: Relation, segments: Segments | None) -> ir.Table:
    """The level summed over the days: each piece times the days it shares with the period, in the group of each day."""
    steps = relation(source.steps)
    joined = steps.join(PERIODS, [steps.day < PERIODS.stop, steps.until > PERIODS.base, steps.after != 0])
    pieces = joined.select(
        "k",
        "cust",
        "after",
        "stop",
        cut=ibis.greatest(joined.day, joined.base),
        end=ibis.least(joined.until, joined.stop),
    )
    pieces = pieces.filter(pieces["cut"] < pieces["end"])
    if segments is not None and segments.moves:
        pieces = _cut_at(pieces, segments.edges())
    weighed = pieces.mutate(units=_left(source.weight, pieces, "cut") - _left(source.weight, pieces, "end"))
    weighed = weighed if segments is None else segments.attach(weighed, weighed["cut"], weighed.stop)
    group = segments.group if segments is not None else ()
    values = weighed.mutate(value=exact(weighed.after * weighed.units))
    return values.group_by("k", "cust", *group).agg(value=exact(values["value"].sum()))


def _cut_at(pieces: ir.Table, edges: ir.Table) -> ir.Table:
    """Pieces split at every edge inside them."""
    edges = edges.rename(e_cust="cust", e_day="day")
    inside = pieces.join(
        edges,
        [pieces.cust == edges.e_cust, pieces["cut"] < edges.e_day, pieces["end"] > edges.e_day],
    )
    parts = ibis.union(
        pieces.mutate(begin=pieces["cut"]),
        inside.mutate(begin=inside["cut"], cut=inside.e_day).drop("e_cust", "e_day"),
    )
    order = ibis.window(group_by=[parts.k, parts.cust, parts.begin], order_by=parts["cut"])
    return parts.mutate(end=ibis.coalesce(parts["cut"].lead().over(order), parts["end"])).drop("begin")


def _left(weight: str, pieces: ir.Table, day: str) -> ir.Value:
    """How much of the period is left from a day of it on: days, or days weighed by one over their month's length."""
    left = (pieces.stop.cast("timestamp").epoch_seconds() - pieces[day].cast("timestamp").epoch_seconds()) // 86400
    if weight == "day":
        return left
    # Up to the month's end the days weigh one over its length; whole months after it weigh one each.
    return _month_units(pieces.stop) - _month_units(pieces[day])


def _month_units(day: ir.Value) -> ir.Value:
    """Months since year 0, the days of a month begun weighing one over its length, in MONTH_UNITs."""
    length = 30 + ibis.ifelse(day.month().isin([4, 6, 9, 11]), 0, 1) - ibis.ifelse(day.month() == 2, 3, 0)
    year = day.year()
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    length = length + ibis.ifelse((day.month() == 2) & leap, 1, 0)
    whole = (year.cast("int64") * 12 + day.month()) * MONTH_UNIT
    return whole + (day.day() - 1) * (ibis.literal(MONTH_UNIT, "int64") / length).round().cast("int64")


def _segmented(found: ir.Table, levels: Sequence[Level], segments: Segments) -> ir.Table:
    """With the groups as they stood at the cohort's moment, or at the end where the leaf has no start."""
    if not segments.names:
        return found
    periods = PERIODS.rename(k_="k")
    joined = found.join(periods, found.k == periods.k_).drop("k_")
    boundary = joined.base if any(level.moment == START for level in levels) else joined.stop
    day_before = (boundary.cast("timestamp") - ibis.interval(days=1)).cast("timestamp").date()
    return segments.attach(joined, day_before, boundary)


def _zero() -> ir.Value:
    return ibis.literal(0).cast("decimal(38,0)")


def _reader(
    leaves: Sequence[Across], segments: Segments
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        cells: Cells = {leaf: {} for leaf in leaves}
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(table["k"])
        for k, index, group, value in zip(table["k"], table["leaf"], groups, table["v"], strict=True):
            cells[leaves[whole(index)]][(whole(k), group)] = whole(value or 0)
        return cells

    return read
