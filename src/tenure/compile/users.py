"""Different users without counting distinct: from stored days of use that know the day before. Part of compile.

A row is one user on one day, with `since`, the user's day before, and `gap`, the days between. Of periods that touch,
a user's first day in a period is the one whose `since` lies before it. A window of n days back from the period's end
is a level: a user counts from max(day, since + n) on, until n days after the last day of use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import Slot, on_day
from tenure.compile.plan import Cells, Plan, Segment, Source, whole
from tenure.compile.segments import Segments
from tenure.expr import Across, Col, Const, Expr, Flow, Over, Rows, total
from tenure.rollup import World, exact, rollups


def stored_days(leaf: Across, segments: Segments, world: World) -> tuple[Rows, str] | None:
    """The rows of a leaf that asks how many different values they have, and the stored days that can tell.

    Days know the customer alone, so groups must be attributes of customers that stay as they are.
    """
    if leaf.how != "distinct" or not isinstance(leaf.x, Flow) or not isinstance(leaf.x.rows, Rows):
        return None
    rows, column = leaf.x.rows, leaf.x.x
    if leaf.x.keep is not None or rows.last_by or rows.table not in rollups() or not isinstance(column, Col):
        return None
    name = dict(rollups()[rows.table].days).get(column.name)
    if name is None or not world.days_hold or (column.name != "cust" and not world.one_home):
        return None
    of_customers = all(segments.attribute(asked) for asked in segments.names)
    return (rows, name) if of_customers and not segments.moves else None


def each_day(x: Over, segments: Segments, world: World) -> Expr | None:
    """The different ones of each day, summed over the days: the stored days of the period, as many as they are."""
    if x.grain != "day" or x.how != "sum" or not isinstance(x.x, Across):
        return None
    found = stored_days(x.x, segments, world)
    return total(Rows(found[1], "day").count()) if found and not found[0].back else None


def days_read(leaf: Across, segments: Segments, world: World) -> tuple[str, int] | None:
    """The stored days that a leaf reads, and how many days back: for different users, or to count all days of use."""
    found = stored_days(leaf, segments, world)
    if found:
        return found[1], found[0].back
    flow = leaf.x
    if leaf.how != "sum" or not isinstance(flow, Flow) or flow.keep is not None or flow.x != Const(1):
        return None
    rows = flow.rows
    if not isinstance(rows, Rows) or rows.clock != "day" or rows.back or rows.last_by or not world.days_hold:
        return None
    names = {name for rollup in rollups().values() for _, name in rollup.days}
    of_customers = all(segments.attribute(asked) for asked in segments.names)
    return (rows.table, 0) if rows.table in names and of_customers and not segments.moves else None


def plan(
    leaves: Sequence[Across], days: Source, back: int, begin: date, segments: Segments, *, daily: bool, owned: bool
) -> Plan:
    """The different users of each period, or of the `back` days up to its end; and how many days of use there are.

    `daily`: each period is one day. `owned`: no day of use is without a customer.
    """
    if back:
        columns = dict.fromkeys(leaves, "v")
        return Plan(lambda: _trailing(days(), back, begin, segments, owned), reader(columns, segments, running=True))
    columns = {leaf: "c" if daily or leaf.how == "sum" else "v" for leaf in leaves}
    return Plan(lambda: _inside(days(), begin, segments, owned, {*columns.values()}), reader(columns, segments))


def _inside(days: ir.Table, begin: date, segments: Segments, owned: bool, wanted: set[str]) -> ir.Table:
    """`v`: the different users of each period, `c`: the days of use in it. Periods touch; `begin`: the first day."""
    rows = days.filter(days.day >= ibis.literal(begin))
    rows = _grouped(rows, segments, owned)
    if wanted == {"c"}:
        # Summed by day first, of which there are few.
        sums = rows.group_by("day", *segments.group).agg(c=rows.count())
        dated = on_day(sums, sums.day, begin - timedelta(days=1))
        return dated.group_by("slot", *segments.group).agg(c=exact(dated.c.sum()))
    dated = on_day(rows, rows.day, begin - timedelta(days=1))
    first = dated.since < dated.start
    if wanted == {"v"}:
        dated = dated.filter(first)
        return dated.group_by("slot", *segments.group).agg(v=exact(dated.count()))
    return dated.group_by("slot", *segments.group).agg(v=exact(dated.count(where=first)), c=exact(dated.count()))


def _trailing(days: ir.Table, back: int, begin: date, segments: Segments, owned: bool) -> ir.Table:
    """The different users of the `back` days up to each period's end."""
    rows = days.filter(days.day >= ibis.literal(begin - timedelta(days=back)))
    rows = _grouped(rows, segments, owned)
    group = segments.group
    # Summed by day before any date is moved: there are few days and many rows.
    own = rows.group_by("day", *group).agg(c=rows.count(), fresh=ibis.ifelse(rows.gap >= back, 1, 0).sum())
    again = rows.filter(rows.gap < back)
    again = again.group_by("since", *group).agg(c=again.count())
    parts = [
        own.select(*group, day=own.day, v=exact(own.fresh)),
        again.select(*group, day=_later(again.since, back), v=exact(again.c)),
        own.select(*group, day=_later(own.day, back), v=exact(-own.c)),
    ]
    moved = ibis.union(*parts)
    dated = on_day(moved, moved.day, begin - timedelta(days=1))
    return dated.group_by("slot", *group).agg(v=exact(dated.v.sum()))


def _grouped(rows: ir.Table, segments: Segments, owned: bool) -> ir.Table:
    """With the groups, and no more columns than are read."""
    kept = segments.attach(rows, None, owned=owned)
    return kept.select("day", "since", "gap", *segments.group)


def _later(day: ir.Value, days: int) -> ir.Value:
    """Through a timestamp: engines disagree on the type of date + interval."""
    return (day.cast("timestamp") + ibis.interval(days=days)).cast("timestamp").date()


def reader(
    columns: Mapping[Across, str], segments: Segments, *, running: bool = False
) -> Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]:
    """Takes each leaf's column; `running`: what it holds is what changes from slot to slot."""

    def read(table: Mapping[str, list[object]], periods: Sequence[Slot]) -> Cells:
        slots = [whole(s) for s in table["slot"]]
        groups: list[Segment] = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(slots)
        return {
            leaf: _cells(slots, groups, [whole(v) for v in table[column]], len(periods), running=running)
            for leaf, column in columns.items()
        }

    return read


def _cells(
    slots: Sequence[int], groups: Sequence[Segment], values: Sequence[int], periods: int, *, running: bool
) -> dict[tuple[int, Segment], int]:
    lines: dict[Segment, dict[int, int]] = {}
    for slot, group, value in zip(slots, groups, values, strict=True):
        lines.setdefault(group, {})[slot] = value
    cells: dict[tuple[int, Segment], int] = {}
    for group, line in lines.items():
        level = line.get(0, 0)
        for k in range(periods):
            level = (level if running else 0) + line.get(k + 1, 0)
            if level:
                cells[(k, group)] = level
    return cells
