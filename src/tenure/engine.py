"""Leaves x periods x segments to numbers: picks a strategy for each, asks once for all. Machinery floor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar, cast

import ibis.expr.types as ir

from tenure import lean, model, texts
from tenure.compile import aged as compiled
from tenure.compile import overlap, scan, slices, spread, standing, users
from tenure.compile.aged import Ages
from tenure.compile.calendar import DAYS, PERIODS, Slot, day_rows, ends_of, touching
from tenure.compile.leaves import made, sources
from tenure.compile.plan import Cells, Plan, Segment, whole
from tenure.compile.rows import BY_VALUE
from tenure.compile.rows import plan as rows_plan
from tenure.compile.segments import Segments
from tenure.compile.slices import Foreign
from tenure.compile.spread import Spreads
from tenure.engine_needs import Needs
from tenure.errors import MissingRate, RequestError
from tenure.expr import START, Across, Aged, Level, Moves, Rows, Steps
from tenure.judged import Judged
from tenure.periods import FIRST_DAY
from tenure.policy import Policy
from tenure.rollup import Asked, World, period_rows, rollups
from tenure.rollups import _rates
from tenure.rollups._items import natives
from tenure.rollups.customers import STEPS_SCHEMA
from tenure.stand_ins import BEGIN, STOP, filled
from tenure.tree import walk
from tenure.warehouse import Warehouse

T = TypeVar("T")


@dataclass
class Engine(Needs):
    """Answers leaves over one snapshot. Plans are kept by what they are made of, never by the periods.

    `stored`: the policy that the stored rollups were made under; steps under other rules are made on first use.
    """

    warehouse: Warehouse
    world: World
    stored: Policy
    made: dict[str, ir.Table] = field(default_factory=dict)
    gaps: dict[str, tuple[str, date] | None] = field(default_factory=dict)
    possible: dict[Segments, frozenset[Segment]] = field(default_factory=dict)
    shelf: Path | None = None  # where texts are kept for other processes
    touch: bool = True  # whether the periods that are asked for touch
    by_end: bool = False  # whether each is asked for as it stood at its end
    judged: Judged = field(default_factory=Judged)
    periods: Sequence[Slot] = ()  # those that are asked for

    # -- tables behind the nodes ----------------------------------------------------------------------------------

    def relation(self, node: Steps | Moves | Rows, carried: tuple[tuple[str, str], ...] = ()) -> ir.Table:
        """The table behind steps, movements or rows; made on first use where no stored one fits.

        `carried`: as in World, for rows that are part of the query.
        """
        if isinstance(node, Rows):
            if node.table in period_rows():
                return period_rows()[node.table].build(self.world, self._asked())
            return self._rollup(node.table, carried)
        steps = node if isinstance(node, Steps) else node.steps
        name, rules = f"{steps.name}_steps", self._rules(node)
        if self.holds(node):
            return lean.table(STEPS_SCHEMA, name=name)
        return self.keep(self.named(name, rules), self.making(node))

    def making(self, node: Steps | Moves) -> Callable[[], ir.Table]:
        """How steps or movements are made where the stored ones are not meant."""
        steps = node if isinstance(node, Steps) else node.steps
        world = self.world.with_rules(tuple(self._rules(node).items()))
        return partial(rollups()[f"{steps.name}_steps"].build, world)

    def _rules(self, node: Steps | Moves) -> dict[str, str]:
        """The rules under which steps or movements are meant."""
        steps = node if isinstance(node, Steps) else node.steps
        rules = {**dict(self.world.policy.all_rules()), **dict(self.world.rules), **dict(steps.rules)}
        return {**rules, "simultaneous": "day"} if isinstance(node, Steps) else rules

    def holds(self, node: Steps | Moves) -> bool:
        """Whether the steps that are stored are those that are meant."""
        steps = node if isinstance(node, Steps) else node.steps
        own = {**dict(self.stored.all_rules()), "simultaneous": "day"}
        return steps.name == "mrr" and self._rules(node) == own and self.world.steps_hold

    def _asked(self) -> Asked:
        return Asked(PERIODS, self._stepped, self._rollup, DAYS if self.touch else None, self.by_end)

    def _rollup(self, name: str, carried: tuple[tuple[str, str], ...] = ()) -> ir.Table:
        """A rollup of rows: the stored one where it holds as of now, else made, once where it is heavy."""
        rollup = rollups()[name]
        if rollup.by_day and self.world.days_hold:
            return lean.table(dict(rollup.schema), name=name)
        steps = self.relation(Steps("mrr")).get_name() if rollup.over_steps else None
        build = partial(rollup.build, replace(self.world, steps=steps, carried=() if rollup.is_made else carried))
        return self.keep(self.named(name), build) if rollup.is_made else build()

    def _stepped(self, steps: Steps) -> ir.Table:
        """The steps that rows made for periods ask for."""
        resolved = self.resolved(steps.at(START) > 0, Segments())
        return self.relation(next(node for node in walk(resolved) if isinstance(node, Steps)))

    def named(self, name: str, rules: Mapping[str, str] | None = None) -> str:
        """A name for a table made under rules: those that are not the stored ones."""
        own = {**dict(self.stored.all_rules()), "simultaneous": "day"}
        here = rules or {**dict(self.world.policy.all_rules()), "simultaneous": "day"}
        full = "_".join(["made", name, *(f"{k}_{v}" for k, v in here.items() if own[k] != v)])
        # PostgreSQL would silently cut a name of more than 63 letters, and take two tables for one.
        return full if len(full) < 64 else f"{full[:47]}_{hashlib.sha256(full.encode()).hexdigest()[:15]}"

    def under(self, policy: Policy) -> Engine:
        """The same data under another policy; tables that were made are shared."""
        return replace(self, world=replace(self.world, policy=policy), gaps={}, possible={})

    def keep(self, name: str, build: Callable[[], ir.Table], of: Hashable = None) -> ir.Table:
        """A query's answer as a table of this connection, made once. `of`: what else its text depends on."""
        if name not in self.made:
            text, schema = self.text(("made", name, of), lambda: self._compiled(build()))
            self.warehouse.make(name, text)
            self.made[name] = lean.table(dict(schema), name=name)
        return self.made[name]

    def _compiled(self, query: ir.Table) -> tuple[str, dict[str, str]]:
        return self.sql(query), {name: str(kind) for name, kind in query.schema().items()}

    @cached_property
    def here(self) -> tuple[str, str, str]:
        """What all texts of this engine depend on."""
        stored = repr(self.stored.all_rules())
        return self.warehouse.dialect, self.world.signature(moment=True), stored

    def sql(self, query: ir.Table) -> str:
        """An expression as this engine's SQL."""
        return texts.sql(query, self.warehouse.dialect)

    def foreign(self, leaves: Sequence[Across]) -> Foreign | None:
        """Items in their own currency and all rates, where these leaves value levels anew; made once for all."""
        anew = any(isinstance(node, Level) and node.rates is not None for leaf in leaves for node in walk(leaf))
        if not anew or not self.revalues():
            return None
        rules = {**dict(self.world.policy.all_rules()), **dict(self.world.rules), "simultaneous": "day"}
        items = self.keep(self.named("natives", rules), partial(natives, self.world))
        return Foreign(items, self.keep("made_rates", partial(_rates.pieces, self.world)), self.world.currency)

    # -- answers ---------------------------------------------------------------------------------------------------

    def cells(self, leaves: Sequence[Across], periods: Sequence[Slot], segments: Segments) -> Cells:
        """Every leaf's number in every period and segment: one query for each table of steps that is asked."""
        self.check_rates(leaves)
        self.set_calendar(periods)
        found: Cells = {}
        for (strategy, source, theirs), group in self._by_strategy(leaves, periods, segments).items():
            begin = overlap.day_rows(periods)[0][0] if strategy == "overlap" else periods[0].start
            ends = {BEGIN: begin, **ends_of(periods)}
            rates = self.foreign(group) if strategy == "slices" else None
            plan = self._plan((strategy, source), group, theirs, rates)
            text = self._text((strategy, source, tuple(group), theirs, self.touch), plan.query, self._reads(group))
            found |= plan.read(self.warehouse.run(filled(text, ends)), periods)
        return found

    def spreads(self, leaves: Sequence[Across], periods: Sequence[Slot], segments: Segments) -> Spreads:
        """The distribution behind every leaf that is ranked or a curve."""
        self.set_calendar(periods)
        found: Spreads = {}
        for leaf in leaves:
            for source in sources(leaf):
                self.ready(source)
            theirs = self.fitting(leaf, segments)
            plan = spread.plan(leaf, self.relation, theirs, touch=self.touch)
            text = self._text(("spread", leaf, theirs, self.touch), plan.query)
            ends = {BEGIN: periods[0].start, **ends_of(periods)}
            found[leaf] = plan.read(self.warehouse.run(filled(text, ends)))
        return found

    def fitting(self, leaf: Across, segments: Segments) -> Segments:
        """The segments that a leaf knows: one over other rows than the metric's own is not split by their columns."""
        if not segments.fixed or self.owns(leaf, segments.fixed):
            return segments
        return segments.without_fixed()

    def owns(self, leaf: Across, columns: Collection[str]) -> bool:
        """Whether the leaf's rows have columns that a metric comes by."""
        return any(set(columns) & set(made(s.table).own) for s in sources(leaf) if isinstance(s, Rows))

    def _text(
        self, key: tuple[object, ...], query: Callable[[], ir.Table], reads: tuple[Hashable, ...] | None = None
    ) -> str:
        return self.text(key, lambda: self.sql(query()), reads)

    def text(self, key: tuple[object, ...], make: Callable[[], T], reads: tuple[Hashable, ...] | None = None) -> T:
        """A text of a query, or several, made where `key` is new in such a world: in this process, or ever.

        `reads`: what else it depends on, where that is less than all of the world.
        """
        return texts.kept((*key, *(self.here if reads is None else reads)), make, self.shelf)

    def _reads(self, leaves: Sequence[Across]) -> tuple[Hashable, ...] | None:
        """What a text of these leaves depends on besides them: where all are steps, on the tables that these are."""
        nodes = dict.fromkeys(source for leaf in leaves for source in sources(leaf))
        rates = any(isinstance(node, Level) and node.rates is not None for leaf in leaves for node in walk(leaf))
        if rates or any(isinstance(node, Rows) for node in nodes):
            return None
        tables = {node: self.relation(node) for node in nodes}
        return self.warehouse.dialect, *((node, t.get_name(), str(t.schema())) for node, t in tables.items())

    def _plan(self, key: tuple[str, object], leaves: list[Across], segments: Segments, rates: Foreign | None) -> Plan:
        """The plan of a strategy, for periods whose ends are stand-ins."""
        strategy, source = key
        if strategy == "scan":
            assert isinstance(source, Steps | Moves)
            return scan.plan(leaves, partial(self.relation, source), BEGIN, STOP, segments)
        if strategy == "overlap":
            assert isinstance(source, Steps | Moves)
            return overlap.plan(leaves, partial(self.relation, source), BEGIN, STOP, segments)
        if strategy in ("users", "daily"):
            assert isinstance(source, tuple)
            stored, back = source
            days, owned = partial(self._rollup, stored), self.world.days_owned
            return users.plan(leaves, days, back, BEGIN, segments, daily=strategy == "daily", owned=owned)
        if strategy == "standing":
            assert isinstance(source, str)
            build = period_rows()[source].spans
            assert build is not None
            return standing.plan(leaves, partial(build, self.world, self._asked()), source, BEGIN, segments)
        if strategy == "rows":
            assert isinstance(source, Rows)
            return rows_plan(leaves, partial(self.relation, source, segments.carried), source, segments)
        return slices.plan(leaves, self.relation, segments, rates, touch=self.touch)

    def _by_strategy(
        self, leaves: Sequence[Across], periods: Sequence[Slot], segments: Segments
    ) -> dict[tuple[str, object, Segments], list[Across]]:
        found: dict[tuple[str, object, Segments], list[Across]] = {}
        for leaf in leaves:
            for source in sources(leaf):
                self.ready(source)
            if sources(leaf):
                theirs = self.fitting(leaf, segments)
                found.setdefault((*self._strategy(leaf, periods, theirs), theirs), []).append(leaf)
        return found

    def _strategy(self, leaf: Across, periods: Sequence[Slot], segments: Segments) -> tuple[str, object]:
        stored = users.days_read(leaf, segments, self.world)
        if stored and touching(periods):
            return "daily" if all(slot.days <= 1 for slot in periods) else "users", stored
        if touching(periods) and (name := standing.stands(leaf, segments)):
            return "standing", name
        kind = scan.shape(leaf)
        named = list(sources(leaf))
        rows = {s for s in named if isinstance(s, Rows)}
        if (kind == "rows" or leaf.how in BY_VALUE) and len(rows) == 1:
            only = next(iter(rows))
            if only.clock == "k" or only.back or (touching(periods) and not segments.firsts):
                return "rows", only
        names = {self.relation(s).get_name() for s in named if not isinstance(s, Rows)}
        quick = "scan" if touching(periods) else "overlap" if overlap.fits(leaf) else None
        if kind and kind != "rows" and len(names) == 1 and quick and not segments.moves:
            source = next(s for s in named if not isinstance(s, Rows))
            return quick, source if isinstance(source, Steps) else self._canonical(source)
        if leaf.how in BY_VALUE:
            raise RequestError(
                "Distinct users have no window and no tenure.", todo="Leave --window and tenure_months out."
            )
        return "slices", None

    def ready(self, source: Steps | Moves | Rows) -> None:
        """See that the tables behind it are made: a kept text does not make them."""
        if isinstance(source, Rows) and source.table in period_rows() and period_rows()[source.table].judged:
            periods = self.periods
            if self.judged.ready(self.warehouse, {slot.stop for slot in periods}):
                self.set_calendar(periods)  # judging may have asked about others
        elif not isinstance(source, Rows) or source.table in period_rows() or rollups()[source.table].is_made:
            self.relation(source)

    def _canonical(self, moves: Moves) -> Steps | Moves:
        """Movements and levels that live in one table are asked together."""
        same = self.relation(moves).get_name() == self.relation(moves.steps).get_name()
        return moves.steps if same else moves

    def cohorts(self, aged: Aged, periods: Sequence[Slot], segments: Segments) -> tuple[Ages, Ages, Ages, str]:
        """Cohort sizes, their numbers by age, how many were active at age 0 (for use), and how ages cumulate."""
        self.check_rates([Across("sum", aged.x)])
        self.set_calendar(periods)
        customer = Steps("mrr") if self.customers_pay() else Steps("customer")
        for source in [customer, *sources(Across("sum", aged.x))]:
            self.ready(source)

        def text() -> tuple[str, str]:
            once = self.world.rule("reactivation") != "new"
            found = compiled.cohorts(aged, self.relation, customer, segments, once=once)
            return self.sql(found.query), found.cumulate

        query, how = self.text(("cohorts", aged, segments), text)
        return *compiled.read(self.warehouse.run(query), segments), how

    def behind(self, leaf: Across, period: Slot, segments: Segments) -> dict[int, int]:
        """What each customer (by key) adds to the leaf in one period."""
        segments = self.fitting(leaf, segments)
        self.set_calendar([period])
        if not sources(leaf):
            return {}
        for source in sources(leaf):
            self.ready(source)
        rates = self.foreign([leaf])

        def text() -> str:
            found = slices.people(leaf, self.relation, segments, rates, touch=self.touch)
            return self.sql(found.select("cust", "v"))

        kept = self.text(("behind", leaf, segments, self.touch), text, self._reads([leaf]))
        table = self.warehouse.run(filled(kept, ends_of([period])))
        found: dict[int, int] = {}
        for cust, value in zip(table["cust"], table["v"], strict=True):
            key = -1 if cust is None else whole(cust)
            found[key] = found.get(key, 0) + whole(value)
        return found

    def set_calendar(self, periods: Sequence[Slot]) -> None:
        """Tell the engine which periods are asked about."""
        self.touch, self.periods = touching(periods), periods
        self._put(PERIODS, [(k, s.base, s.stop) for k, s in enumerate(periods)])
        if touching(periods):
            self._put(DAYS, day_rows(periods, FIRST_DAY))
        else:
            self._put(overlap.DAYS, overlap.day_rows(periods))

    def _put(self, table: ir.Table, rows: Sequence[tuple[object, ...]]) -> None:
        types = {name: str(kind) for name, kind in table.schema().items()}
        self.warehouse.put(table.get_name(), types, rows)

    # -- rates -------------------------------------------------------------------------------------------------------

    def check_rates(self, leaves: Sequence[Across]) -> None:
        """Raises MissingRate where an amount that is asked for has no rate; such sums would silently be too small."""
        for table in sorted({t for leaf in leaves for t in self.tables(leaf)} & self._with_money()):
            gap = self._gap(table)
            if gap is not None:
                raise MissingRate(gap[0], gap[1], self.world.currency)

    def _with_money(self) -> set[str]:
        return {name for name in self.world.loaded if "currency" in model.TABLES[name].columns and name != "fx_rates"}

    def _gap(self, table: str) -> tuple[str, date] | None:
        """The first currency and day for which no rate holds."""
        if table not in self.gaps:
            clock = _rates.money_clock(table)
            found = self.warehouse.run(self._text(("gap", table), lambda: _rates.uncovered(self.world, table, clock)))
            pairs = sorted(zip(found["first"], found["currency"], strict=True))
            first = cast("list[tuple[date, str]]", pairs)[:1]  # a day's column holds days
            self.gaps[table] = (first[0][1], first[0][0]) if first else None
        return self.gaps[table]
