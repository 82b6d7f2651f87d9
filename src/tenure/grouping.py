"""What a request groups by and filters on, as segments; the groups there are. Machinery floor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from tenure import model
from tenure.compile.plan import Segment
from tenure.compile.segments import CUSTOMER, STATE, TENURE, Segments
from tenure.engine import Engine
from tenure.expr import Expr, Op, Steps
from tenure.filter import parse as parse_condition
from tenure.rollup import KEYS
from tenure.rollups import _rfm
from tenure.rollups._main_values import main_values
from tenure.rollups._states import states
from tenure.rollups.customers import attributes
from tenure.stand_ins import STOP, filled


def segments(
    engine: Engine,
    by: tuple[str, ...],
    where: Sequence[str],
    *,
    dated: bool,
    whole: bool = False,
    told: Collection[str] | None = None,
    made: Mapping[str, str] = MappingProxyType({}),
) -> Segments:
    """The groups and the filter of a request. `told`: the attributes that any customer has a value of, where known.

    `made`: further attributes, each with the table of its pieces. Names that only subscriptions have get pieces of
    their own.
    """
    condition: Expr | None = None
    for text in where:
        one = parse_condition(text)
        condition = one if condition is None else Op("and", (condition, one))
    customers = dict(engine.world.columns["customers"])
    known = tuple((name, customers[name]) for name in attributes(customers) if told is None or name in told)
    mine = model.TABLES["subscriptions"].columns
    built_in = (TENURE, STATE, *_rfm.NAMES)
    found = Segments(by, condition, known, dated, whole, others=(*customers, *mine, *built_in, *made))
    own = [(name, made[name]) for name in found.names if name in made]
    own += [(name, _bought(engine, name)) for name in found.names if name in _rfm.NAMES and not found.attribute(name)]
    if STATE in found.names and found.attribute(STATE) is None:
        steps = engine.relation(Steps("mrr") if engine.customers_pay() else Steps("customer"))
        own.append((STATE, engine.keep(engine.named("states"), partial(states, engine.world, steps)).get_name()))
    for name in found.names:
        table, _, column = name.rpartition(".")
        if name in dict(own) or name == CUSTOMER:
            continue
        theirs = table in ("", "subscriptions") and column in engine.world.columns["subscriptions"]
        if found.attribute(name) is None and theirs and "subscriptions" in engine.world.loaded:
            pieces = engine.keep(engine.named(f"own_{column}"), partial(main_values, engine.world, column))
            own.append((name, pieces.get_name()))
    firsts = first_days(engine).get_name() if TENURE in found.names else None
    return replace(found, own=tuple(own), firsts=firsts)


def _bought(engine: Engine, name: str) -> str:
    """The pieces of a built-in attribute of how customers buy."""
    steps = engine.relation(Steps("mrr")) if "subscriptions" in engine.world.loaded else None
    return str(engine.keep(engine.named(name), partial(_rfm.built_in, engine.world, steps, name)).get_name())


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
    at, none = ibis.literal(STOP), ibis.literal(0)
    held = found.filter((found.day < at) & (found.until >= at) & (found.after > none))
    return _groups(engine, held.limit(5000), segments, steps, day)


def _groups(engine: Engine, people: ir.Table, segments: Segments, what: object, day: date = STOP) -> frozenset[Segment]:
    def text() -> str:
        return engine.sql(segments.attach(people.select("cust"), None, owned=True).select(*segments.group).distinct())

    kept = engine.text(("groups", what, segments), text)
    found = engine.warehouse.run(filled(kept, {STOP: day}))
    return frozenset(zip(*(map(str, found[g]) for g in segments.group), strict=True))


def first_days(engine: Engine) -> ir.Table:
    """(cust, first): everyone's first day as a customer; made once."""
    # The steps are made here: a text that is kept for the process would not make them.
    steps = engine.relation(Steps("mrr") if engine.customers_pay() else Steps("customer"))
    return engine.keep(engine.named("firsts"), partial(_firsts, steps))


def _firsts(steps: ir.Table) -> ir.Table:
    joins = steps.filter(steps.before == 0)
    return joins.group_by("cust").agg(first=joins.day.min())
