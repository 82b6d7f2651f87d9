"""Cohorts by age: who joined in a period, and how they stand k periods later. Part of compile.

A cohort is everyone whose first day as a customer lies in a period. For levels, the steps of each cohort are summed per
slot and cumulated, as in `scan`; for use and orders, each customer's active ages are reduced to the one number that the
mode asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tenure.compile.calendar import DAYS
from tenure.compile.plan import Relation, Segment, whole
from tenure.compile.record import as_number, inputs
from tenure.compile.segments import Segments
from tenure.expr import Aged, Expr, Rows, Steps
from tenure.rollup import exact

Ages = dict[tuple[int, Segment], dict[int, int]]
"""For each cohort and segment: age to number."""


SIZE, AGE, OWN = 0, 1, 2
"""What a row of the answer says: how many joined, a cohort's number at an age, how many were active when they joined.

The last is of use and orders alone: it is age 0 in every mode.
"""


@dataclass(frozen=True)
class Cohorts:
    """One query (what, c, age, g0.., v) of all numbers, and whether ages cumulate: forwards, backwards or not."""

    query: ir.Table
    cumulate: str


def cohorts(aged: Aged, relation: Relation, customer: Steps, segments: Segments, *, once: bool) -> Cohorts:
    """The query for one Aged expression. `customer`: the level that says who is one; `once`: nobody is new twice."""
    # All parts read `members`, so Ibis makes it a WITH, and engines look for who joined once.
    members = _members(relation(customer), segments, once=once)
    group = ("c", *segments.group)
    parts = {SIZE: members.group_by(*group).agg(v=exact(members.count()))}
    levels, flows, _ = inputs(aged.x)
    if levels:
        parts[AGE], cumulate = _by_level(aged, relation(levels[0].steps), members, segments), "forwards"
    else:
        rows = flows[0].rows
        assert isinstance(rows, Rows)
        active = _active(relation(rows), rows.clock, members, segments)
        first = active.filter(active.age == 0)
        parts[OWN] = first.group_by(*group).agg(v=exact(first.count()))
        parts[AGE], cumulate = _by_use(aged.mode or "bounded", active, segments)
    union = [part.select(*group, "v", what=ibis.literal(what, "int64"), age=_age(part)) for what, part in parts.items()]
    return Cohorts(ibis.union(*union), cumulate)


def _age(part: ir.Table) -> ir.Value:
    """The age as a number of one type in all parts."""
    return (part.age if "age" in part.columns else ibis.literal(0, "int64")).cast("int64")


def _members(steps: ir.Table, segments: Segments, *, once: bool) -> ir.Table:
    """(cust, c, g0..): every customer with the slot of their first day."""
    joins = steps.filter(steps.kind == "new")
    firsts = joins.select("cust", first="day") if once else joins.group_by("cust").agg(first=joins.day.min())
    firsts = segments.attach(firsts, firsts["first"], owned=True)
    days = DAYS.filter(DAYS.slot > 0).select(c_day=DAYS.day, c=DAYS.slot)
    return firsts.join(days, firsts["first"] == days.c_day).select("cust", "c", *segments.group)


def _by_level(aged: Aged, steps: ir.Table, members: ir.Table, segments: Segments) -> ir.Table:
    how = "count" if _is_condition(aged.x) else "sum"
    levels, _, _ = inputs(aged.x)
    days = DAYS.select(s_day=DAYS.day, slot=DAYS.slot)
    people = members.rename(m_cust="cust")
    joined = steps.join(days, steps.day == days.s_day).join(people, steps.cust == people.m_cust)
    after: dict[Expr, ir.Value] = dict.fromkeys(levels, joined.after)
    before: dict[Expr, ir.Value] = dict.fromkeys(levels, joined.before)
    change = as_number(how, aged.x, after) - as_number(how, aged.x, before)
    rows = joined.mutate(age=joined.slot - joined.c, change=change)
    return rows.group_by("c", "age", *segments.group).agg(v=exact(rows.change.sum()))


def _active(rows: ir.Table, clock: str, members: ir.Table, segments: Segments) -> ir.Table:
    """(cust, c, age, g0..): the ages at which each member was active, each once."""
    days = DAYS.filter(DAYS.slot > 0).select(s_day=DAYS.day, slot=DAYS.slot)
    people = members.rename(m_cust="cust")
    rows = rows.select("cust", clock=rows[clock]).distinct()
    joined = rows.join(days, rows.clock == days.s_day).join(people, rows.cust == people.m_cust)
    joined = joined.mutate(age=joined.slot - joined.c)
    return joined.filter(joined.age >= 0).select("cust", "c", "age", *segments.group).distinct()


def _by_use(mode: str, active: ir.Table, segments: Segments) -> tuple[ir.Table, str]:
    group = ["c", *segments.group]
    if mode == "unbounded":
        last = active.group_by("cust", *group).agg(age=active.age.max())
        return last.group_by(*group, "age").agg(v=exact(last.count())), "backwards"
    if mode == "return_by":
        later = active.filter(active.age >= 1)
        first = later.group_by("cust", *group).agg(age=later.age.min())
        return first.group_by(*group, "age").agg(v=exact(first.count())), "forwards"
    if mode == "continuous":
        later = active.filter(active.age >= 1)
        order = ibis.window(group_by=later.cust, order_by=later.age)
        later = later.mutate(rank=ibis.row_number().over(order) + 1)
        active = later.filter(later.age == later["rank"]).drop("rank")
    return active.group_by(*group, "age").agg(v=exact(active.count())), "no"


def _is_condition(x: Expr) -> bool:
    return getattr(x, "name", "") in (">", ">=", "<", "<=", "==", "and", "or", "not")


def read(table: Mapping[str, list[object]], segments: Segments) -> tuple[Ages, Ages, Ages]:
    """Rows of the query as sizes, numbers by age, and who was active when they joined; without an age, under age 0."""
    found: dict[int, Ages] = {SIZE: {}, AGE: {}, OWN: {}}
    groups = list(zip(*(table[g] for g in segments.group), strict=True)) or [()] * len(table["c"])
    for what, c, age, group, value in zip(table["what"], table["c"], table["age"], groups, table["v"], strict=True):
        line = found[whole(what)].setdefault((whole(c) - 1, tuple(map(str, group))), {})
        line[whole(age)] = line.get(whole(age), 0) + whole(value)
    return found[SIZE], found[AGE], found[OWN]


def cumulated(line: Mapping[int, int], oldest: int, how: str) -> list[int]:
    """A cohort's numbers at ages 0 to `oldest`."""
    if how == "no":
        return [line.get(k, 0) for k in range(oldest + 1)]
    if how == "forwards":
        total, found = 0, []
        for k in range(oldest + 1):
            total += line.get(k, 0)
            found.append(total)
        return found
    return [sum(v for age, v in line.items() if age >= k) for k in range(oldest + 1)]
