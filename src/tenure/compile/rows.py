"""Rows of a table in periods: sums and counts of rows, different values, the smallest and largest. Part of compile.

Rows either have a clock, a column of local days, or were made for the periods asked for and say their period (`k`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import DAYS, PERIODS, Slot, on_day
from tenure.compile.plan import Cells, Plan, Source, whole
from tenure.compile.record import flow_value, inputs, row_env, to_ibis
from tenure.compile.segments import Segments
from tenure.expr import Across, Col, Const, Expr, Flow, Op, Rows
from tenure.rollup import exact, period_rows, rollups
from tenure.stand_ins import BEGIN, FINISH, STOP
from tenure.tree import walk

BY_VALUE = ("distinct", "least", "greatest")


def plan(leaves: Sequence[Across], rows: Source, source: Rows, segments: Segments) -> Plan:
    """One query for leaves that sum the rows of a table, or look at the values of a column."""
    return Plan(lambda: _query(leaves, rows(), source, segments), _reader(leaves, segments))


def _query(leaves: Sequence[Across], rows: ir.Table, source: Rows, segments: Segments) -> ir.Table:
    rows = _needed(leaves, rows, source, segments)
    if source.clock == "k" or source.back:
        dated = in_periods(rows, source, segments)
        dated = dated.mutate(slot=dated.k + 1)
    else:
        rows = inside(rows, source)
        kept = segments.attach(rows, rows[source.clock])
        if not source.last_by and all(leaf.how not in BY_VALUE for leaf in leaves):
            return _by_days(leaves, kept, source, segments)
        dated = on_day(kept, known_day(kept, source), None)
        dated = latest(dated.filter(dated.slot > 0), source, ("slot", *segments.group))
    columns = {f"v{i}": _number(leaf, dated) for i, leaf in enumerate(leaves)}
    return dated.group_by("slot", *segments.group).agg(**columns)


def _by_days(leaves: Sequence[Across], rows: ir.Table, source: Rows, segments: Segments) -> ir.Table:
    """Sums by day first, of which there are few, before the calendar is joined."""
    columns = {f"v{i}": _number(leaf, rows) for i, leaf in enumerate(leaves)}
    daily = rows.group_by(*segments.group, day_=known_day(rows, source)).agg(**columns)
    dated = on_day(daily, daily.day_, None)
    dated = dated.filter(dated.slot > 0)
    return dated.group_by("slot", *segments.group).agg(**{name: exact(dated[name].sum()) for name in columns})


def _reader(
    leaves: Sequence[Across], segments: Segments
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        cells: Cells = {leaf: {} for leaf in leaves}
        for i, leaf in enumerate(leaves):
            for slot, *group, value in zip(
                table["slot"], *(table[g] for g in segments.group), table[f"v{i}"], strict=True
            ):
                if value is not None and (value != 0 or segments.fixed or not _chosen(leaf)):
                    cells[leaf][(whole(slot) - 1, tuple(map(str, group)))] = whole(value or 0)
        return cells

    return read


def in_periods(rows: ir.Table, source: Rows, segments: Segments, *, touch: bool = False) -> ir.Table:
    """The rows of each period with its number k, its ends and the groups; a row is in every period that holds it.

    `touch`: the periods do, so that a row is in one at most.
    """
    if source.clock == "k":
        periods = PERIODS.rename(k_="k")
        joined = rows.join(periods, rows.k == periods.k_).drop("k_")
        joined = joined.mutate(start=joined.base)
        return segments.attach(joined, last_day(joined), joined.stop, then=period_rows()[source.table].then)
    periods = PERIODS
    if source.back:
        first = (PERIODS.stop.cast("timestamp") - ibis.interval(days=source.back)).cast("timestamp").date()
        periods = PERIODS.mutate(base=first)
    day = known_day(rows, source)
    if touch and not source.back:
        joined = by_day(rows, day)
    else:
        joined = rows.join(periods, [day >= periods.base, day < periods.stop])
    joined = joined.mutate(start=joined.base)
    return latest(segments.attach(joined, joined[source.clock], joined.stop), source, ("k", *segments.group))


def inside(rows: ir.Table, source: Rows) -> ir.Table:
    """The rows from the first day asked for (BEGIN) to the last one: what is read where periods touch.

    Days say so too, but only where rows meet them; engines read less where they are told beforehand.
    """
    day = rows[source.clock]
    return rows.filter((day >= ibis.literal(BEGIN)) & (day < ibis.literal(FINISH if source.planned else STOP)))


def by_day(rows: ir.Table, day: ir.Value) -> ir.Table:
    """The rows with the k, base and stop of the one period that holds their day: equal days are found soonest."""
    inside = DAYS.filter(DAYS.slot > 0)
    days = inside.select(k=inside.slot - 1, base=inside.start, stop=inside.stop, p_day=inside.day)
    return rows.join(days, day == days.p_day).drop("p_day")


def known_day(rows: ir.Table, source: Rows) -> ir.Value:
    """The day whose period a row belongs to. What is due after as_of, in a period that as_of cuts, counts on the last
    day of it that is known."""
    day = rows[source.clock]
    if not source.planned:
        return day
    ahead = (day >= ibis.literal(STOP)) & (day < ibis.literal(FINISH))
    return ibis.ifelse(ahead, ibis.literal(STOP - timedelta(days=1)), day)


def last_day(rows: ir.Table) -> ir.Value:
    """When attributes of rows made for periods are read: at their `at_day`, else on the period's last day."""
    if "at_day" in rows.columns:
        return rows["at_day"]
    return (rows.stop.cast("timestamp") - ibis.interval(days=1)).cast("timestamp").date()


def latest(rows: ir.Table, source: Rows, cell: tuple[str, ...]) -> ir.Table:
    """Of rows with the same `last_by` in one cell (period and group) the last alone, by `moment`, then `row_id`.

    Rows without it all stay. A group says the same as a filter by it.
    """
    if not source.last_by:
        return rows
    who = rows[source.last_by]
    order = ibis.window(
        group_by=[*(rows[name] for name in cell), who], order_by=[rows.moment.desc(), rows.row_id.desc()]
    )
    ranked = rows.mutate(latest_=ibis.row_number().over(order))
    return ranked.filter(ranked[source.last_by].isnull() | (ranked.latest_ == 0)).drop("latest_")


def _number(leaf: Across, rows: ir.Table) -> ir.Value:
    if leaf.how not in BY_VALUE:
        _, flows, _ = inputs(leaf.x)
        value = to_ibis(leaf.x, {flow: flow_value(rows, flow) for flow in flows})
        return ibis.coalesce(exact(value.sum()), ibis.literal(0).cast("decimal(38,0)"))
    assert isinstance(leaf.x, Flow)
    value = _kept(rows, leaf.x)
    if leaf.how == "distinct":
        return exact(value.nunique())
    return exact(value.min() if leaf.how == "least" else value.max())


def _chosen(leaf: Across) -> bool:
    """Whether only some rows count for the leaf: 0 may then mean that a group has none of them, so it is no group."""
    return isinstance(leaf.x, Flow) and leaf.x.keep is not None


def _needed(leaves: Sequence[Across], rows: ir.Table, source: Rows, segments: Segments) -> ir.Table:
    """The rows that any leaf counts, where each says which: the others need not meet customers and days."""
    keeps = {leaf.x.keep: None for leaf in leaves if isinstance(leaf.x, Flow) and leaf.x.keep is not None}
    named = {node.name for keep in keeps for node in walk(keep) if isinstance(node, Col)}
    if segments.fixed or source.last_by or not all(map(_chosen, leaves)) or not named <= {*rows.columns}:
        return rows
    wanted = [keep for keep in keeps if not any(_within(keep, other) for other in keeps if other != keep)]
    found = [ibis.coalesce(to_ibis(keep, row_env(rows, keep)), ibis.literal(False)) for keep in wanted]
    kinds = _kinds(wanted, source.table)
    rows = rows.filter(rows["kind"].isin(sorted(kinds))) if kinds else rows
    return rows.filter(ibis.or_(*found))


def _kinds(keeps: Sequence[Expr], table: str) -> set[str]:
    """The kinds of rows that any of the conditions keeps; none where one of them does not say."""
    told = dict(rollups()[table].kinds) if table in rollups() else {}
    named = [next((told[name] for name in _set(keep) if name in told), ()) for keep in keeps]
    return {kind for kinds in named for kind in kinds} if all(named) else set()


def _set(keep: Expr) -> set[str]:
    """Columns that have a value in every row that a condition keeps."""
    if not isinstance(keep, Op):
        return set()
    if keep.name in ("and", "or"):
        sides = map(_set, keep.args)
        return set.union(*sides) if keep.name == "and" else set.intersection(*sides)
    plain = keep.name == "set" or (keep.name == "==" and isinstance(keep.args[1], Const))
    return {keep.args[0].name} if plain and isinstance(keep.args[0], Col) else set()


def _within(keep: Expr, other: Expr) -> bool:
    """Whether all rows of one condition are among those of another: what has a certain value has a value."""
    if not isinstance(other, Op) or other.name != "set":
        return False
    return isinstance(other.args[0], Col) and other.args[0].name in _set(keep)


def _kept(rows: ir.Table, flow: Flow) -> ir.Value:
    value = to_ibis(flow.x, row_env(rows, flow.x))
    if flow.keep is None:
        return value
    keep = flow_value(rows, Flow(flow.rows, Const(1), flow.keep))
    return ibis.ifelse(keep == 1, value, ibis.null(value.type()))
