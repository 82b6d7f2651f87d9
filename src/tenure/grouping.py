"""What a request groups by and filters on, as segments; the groups there are. Machinery floor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import ibis
import ibis.expr.types as ir

from tenure import model, texts
from tenure.compile.plan import Segment
from tenure.compile.segments import STATE, TENURE, Segments
from tenure.engine import Engine
from tenure.expr import Expr, Op, Steps
from tenure.filter import parse as parse_condition
from tenure.rollup import KEYS
from tenure.rollups._main_values import main_values
from tenure.rollups._states import states
from tenure.rollups.customers import attributes


def segments(
    engine: Engine,
    by: tuple[str, ...],
    where: Sequence[str],
    *,
    dated: bool,
    whole: bool = False,
    told: Collection[str] | None = None,
) -> Segments:
    """The groups and the filter of a request. `told`: the attributes that any customer has a value of, where known.

    Names that only subscriptions have get pieces of their own.
    """
    condition: Expr | None = None
    for text in where:
        one = parse_condition(text)
        condition = one if condition is None else Op("and", (condition, one))
    customers = dict(engine.world.columns["customers"])
    known = tuple((name, customers[name]) for name in attributes(customers) if told is None or name in told)
    mine = model.TABLES["subscriptions"].columns
    found = Segments(by, condition, known, dated, whole, others=(*customers, *mine, TENURE, STATE))
    own = []
    if STATE in found.names and found.attribute(STATE) is None:
        steps = engine.relation(Steps("mrr") if engine.customers_pay() else Steps("customer"))
        own.append((STATE, engine.keep(engine.named("states"), partial(states, engine.world, steps)).get_name()))
    for name in found.names:
        table, _, column = name.rpartition(".")
        theirs = table in ("", "subscriptions") and column in engine.world.columns["subscriptions"]
        if found.attribute(name) is None and theirs and "subscriptions" in engine.world.loaded:
            pieces = engine.keep(engine.named(f"own_{column}"), partial(main_values, engine.world, column))
            own.append((name, pieces.get_name()))
    firsts = first_days(engine).get_name() if TENURE in found.names else None
    return replace(found, own=tuple(own), firsts=firsts)


def groups(engine: Engine, segments: Segments) -> frozenset[Segment] | None:
    """The groups that any customer could be in; None where groups change with time, or are those of rows."""
    if segments.moves or segments.firsts or not segments.of_customers:
        return None
    if segments not in engine.possible:
        engine.possible[segments] = _groups(engine, KEYS, segments, "possible")
    return engine.possible[segments]


def some_there(engine: Engine, steps: Steps, day: date, segments: Segments) -> frozenset[Segment]:
    """Some of the groups in which anybody is at the day's opening: a quick look at a few thousand."""
    found = engine.relation(steps)
    at, none = ibis.literal(day), ibis.literal(0)
    held = found.filter((found.day < at) & (found.until >= at) & (found.after > none))
    return _groups(engine, held.limit(5000), segments, (steps, day))


def _groups(engine: Engine, people: ir.Table, segments: Segments, what: object) -> frozenset[Segment]:
    def text() -> str:
        return engine.sql(segments.attach(people.select("cust"), None, owned=True).select(*segments.group).distinct())

    found = engine.warehouse.run(texts.kept(("groups", what, segments, *engine.here), text))
    return frozenset(zip(*(map(str, found[g]) for g in segments.group), strict=True))


def first_days(engine: Engine) -> ir.Table:
    """(cust, first): everyone's first day as a customer; made once."""
    return engine.keep(engine.named("firsts"), partial(_firsts, engine))


def _firsts(engine: Engine) -> ir.Table:
    steps = engine.relation(Steps("mrr") if engine.customers_pay() else Steps("customer"))
    joins = steps.filter(steps.before == 0)
    return joins.group_by("cust").agg(first=joins.day.min())
