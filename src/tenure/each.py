"""Each customer's own figure of metrics, as columns of exact fractions: what scores are made of. Machinery floor.

`per_customer` gives the same as dictionaries, by the way of every request. Here a leaf's numbers stay columns, one
place for each customer's key, and the last arithmetic is done on whole columns. What does not fit (`fits`) is asked for
customer by customer (`slowly`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.compile import each as compiled
from tenure.compile import spread
from tenure.compile.calendar import ends_of, touching
from tenure.compile.leaves import sources
from tenure.compile.record import inputs
from tenure.compile.segments import CUSTOMER, NONE, UNATTRIBUTED
from tenure.each_inner import as_whole, inner, leaves_in, quantile
from tenure.each_inner import fits as inner_fits
from tenure.errors import RequestError
from tenure.evaluate import Cell, scale
from tenure.expr import (
    Across,
    Aged,
    Const,
    Expr,
    IfOne,
    Length,
    Level,
    Mean,
    Moves,
    Op,
    Over,
    Power,
    Ratio,
    Rows,
    Steps,
    total,
)
from tenure.lasting import Of, Ranked
from tenure.measure import at_grain
from tenure.rollup import KEYS
from tenure.stand_ins import BEGIN, filled
from tenure.stats.rationals import Array, Rationals, constant, of, where
from tenure.table import Table, finer_key
from tenure.tree import leaves, walk

if TYPE_CHECKING:
    from tenure.engine import Engine
    from tenure.measure import Measure
    from tenure.question import Frame, Question

Key = tuple[str, str]


@dataclass(frozen=True)
class Texts:
    """What an attribute says of each: the place of a word in `words`, -1 where it says nothing."""

    codes: Array
    words: tuple[str, ...]

    def take(self, index: Array) -> Texts:
        """Those at these places."""
        return Texts(self.codes[index], self.words)


def ids(engine: Engine) -> list[str]:
    """Everyone's customer_id, by key."""
    table = engine.warehouse.arrays(engine.text(("each ids",), lambda: engine.sql(KEYS.select("cust", "customer_id"))))
    custs = as_whole(table["cust"])
    found = np.empty(int(custs.max()) + 1 if len(custs) else 0, dtype=object)
    found[custs] = np.asarray(table["customer_id"], dtype=object)
    return list(found)


def size(engine: Engine) -> int:
    """How many keys there are."""
    text = engine.text(("each size",), lambda: engine.sql(KEYS.aggregate(n=KEYS.cust.max())))
    (most,) = engine.warehouse.run(text)["n"]
    return 0 if most is None else int(most) + 1  # type: ignore[call-overload]  # an engine's number


def figures(measure: Measure, questions: Sequence[Question], frame: Frame) -> dict[Key, list[Rationals]]:
    """The figures of everyone with a key, for each period; of whoever is no customer they mean nothing."""
    table = _Columns(measure, frame)
    resolved = {q.key: table.resolved(q.reading.expr) for q in questions}
    counts = {q.key: _counted(table, q, resolved[q.key]) for q in questions if q.reading.least}
    table.ask([*resolved.values(), *(c for c in counts.values() if c is not None)])
    found: dict[Key, list[Rationals]] = {}
    for question in questions:
        expr, count = resolved[question.key], counts.get(question.key)
        found[question.key] = []
        for k in range(len(frame.periods)):
            values = table.column(expr, k)
            if question.reading.least:
                n = table.number_of(expr, k) if count is None else table.column(count, k)
                values = values.only(n.compared(Fraction(question.reading.least)) >= 0) if n is not None else values
            found[question.key].append(values)
    return found


def texts(measure: Measure, question: Question, frame: Frame) -> list[Texts]:
    """What the frame's columns say of each; `question` counts customers at the end of its one period."""
    table = _Columns(measure, frame)
    (leaf,) = leaves(table.resolved(question.reading.expr))
    query = partial(compiled.of_any, leaf, table.engine.relation, frame.segments, None)
    rows = table.rows(("text", leaf, frame.segments), query)
    return [_coded(rows[name], as_whole(rows["cust"]), table.size) for name in frame.segments.group]


def _coded(said: Any, custs: Array, size_: int) -> Texts:
    codes: defaultdict[str, int] = defaultdict(count().__next__)
    places = np.fromiter(map(codes.__getitem__, said), dtype=np.int64, count=len(said))
    found = np.full(size_, -1, dtype=np.int64)
    found[custs] = places
    for nobody in (NONE, UNATTRIBUTED):
        if nobody in codes:
            found[found == codes[nobody]] = -1
    return Texts(found, tuple(codes))


def slowly(measure: Measure, question: Question, frame: Frame) -> list[Rationals]:
    """The same as `figures` of one metric that is not made of columns; the frame comes by customer_id."""
    places = {name: key for key, name in enumerate(ids(measure.engine))}
    found: list[list[Fraction | None]] = [[None] * len(places) for _ in frame.periods]
    starts = {period.start: k for k, period in enumerate(frame.periods)}
    (result,) = measure.results([question], frame)
    for row in result.rows:
        key = places.get(str(row.by[CUSTOMER]))
        if key is not None and row.value is not None:
            found[starts[row.start]][key] = Fraction(row.value)
    return [of(values) for values in found]


def fits(expr: Expr) -> bool:
    """Whether a metric's expression is made of what columns can say."""
    for node in walk(expr):
        if isinstance(node, Aged | Power) or (isinstance(node, Over) and node.how == "product"):
            return False
        if isinstance(node, Of) and node.what != "rank":
            return False
    return True


def last_places(measure: Measure, question: Question, frame: Frame) -> Array:
    """The place of the last of the frame's days on which each has a fact, as `per_customer.last_periods`; -1: none."""
    table = _Columns(measure, frame)
    expr = table.resolved(question.reading.expr)
    base = expr.bottom if isinstance(expr, Ratio) else expr
    found = np.full(table.size, -1, dtype=np.int64)
    for leaf in leaves(base):
        if table.engine.has_data(leaf):
            custs, places = table.last(leaf)
            np.maximum.at(found, custs, places)
    return found


def _counted(table: _Columns, question: Question, expr: Expr) -> Expr | None:
    """What n counts, as Measure has it."""
    if question.reading.n is not None:
        return table.resolved(question.reading.n)
    if isinstance(expr, Ratio) and isinstance(expr.bottom, Across) and scale(expr.bottom) == 1:
        return expr.bottom
    return None


class _Columns(Table):
    """The numbers of one set of periods, by customer: `each` holds an array over keys for each leaf and period."""

    def __init__(self, measure: Measure, frame: Frame, size_: int | None = None) -> None:
        super().__init__(measure.engine, measure.clock, frame, None)
        self.measure = measure
        self.size = size(measure.engine) if size_ is None else size_
        self.each: dict[Across, list[Rationals]] = {}
        self.ranked: dict[Across, list[tuple[Rationals, Rationals]]] = {}

    def resolved(self, expr: Expr) -> Expr:
        return self.engine.resolved(at_grain(expr, self.frame.grain), self.frame.segments)

    def inner(self, frame: Frame) -> Table:
        return _Columns(self.measure, frame, self.size)

    # -- asking --------------------------------------------------------------------------------------------------

    def fetch(self, wanted: Sequence[Across]) -> None:
        """Numbers of leaves that are not here yet: those over the same rows in one query."""
        missing = [leaf for leaf in wanted if leaf not in self.each and leaf not in self.ranked]
        missing = [leaf for leaf in missing if self.engine.has_data(leaf)]
        self.engine.check_rates(missing)
        plain = [leaf for leaf in missing if leaf.how not in spread.SPREADING]
        for leaf in missing:
            if leaf.how in spread.SPREADING:
                self._rank(leaf)
        asked = dict.fromkeys(part for leaf in plain for part in self._parts(leaf))
        together: dict[Rows | Moves | Level | None, list[Across]] = {}
        for leaf in asked:
            if leaf not in self.each:
                together.setdefault(self._way(leaf), []).append(leaf)
        for way, group in together.items():
            if way is None:
                for leaf in group:
                    self._any(leaf)
                continue
            relation = self.engine.relation
            if isinstance(way, Level):
                query = partial(compiled.of_level, group, way, relation, self.slots)
            else:
                query = partial(compiled.of_rows, group, way, relation, self.slots)
            rows = self.rows(("rows", way, tuple(group)), query)
            for i, leaf in enumerate(group):
                self._place(leaf, rows, f"v{i}")
        for leaf in plain:
            if leaf not in self.each:
                self.each[leaf] = self._from_parts(leaf)

    def _way(self, leaf: Across) -> Rows | Moves | Level | None:
        """The rows or the level that is read for the leaf alone; None: it must be asked for as any other."""
        if self.frame.segments.names:
            return None
        return compiled.level_of(leaf) or compiled.source_of(leaf, self.slots)

    def _parts(self, leaf: Across) -> list[Across]:
        """The sums of rows that say what the leaf does of a customer (had it any order?), else the leaf itself."""
        if self._way(leaf) is not None or self.frame.segments.names or leaf.how not in ("sum", "count"):
            return [leaf]
        levels, flows, integrals = inputs(leaf.x)
        sums = [total(flow) for flow in flows]
        if levels or integrals or not sums or scale(leaf) != 1 or any(scale(one) != 1 for one in sums):
            return [leaf]
        if any(self._way(one) is None for one in sums) or not inner_fits(leaf.x):
            return [leaf]
        nothing = {flow: np.zeros(1, dtype=np.int64) for flow in flows}
        return [leaf] if inner(leaf.x, nothing)[0] else sums  # who has no rows adds nothing

    def _from_parts(self, leaf: Across) -> list[Rationals]:
        _, flows, _ = inputs(leaf.x)
        found = []
        for k in range(len(self.slots)):
            values = inner(leaf.x, {flow: self.each[total(flow)][k].num for flow in flows})
            found.append(Rationals(values.astype(np.int64)))
        return found

    def _any(self, leaf: Across) -> None:
        if not sources(leaf):
            self.each[leaf] = [constant(0, self.size)] * len(self.slots)
            return
        relation, segments = self.engine.relation, self.frame.segments
        query = partial(compiled.of_any, leaf, relation, segments, self.engine.revalued)
        self._place(leaf, self.rows(("any", leaf, segments), query), "v0")

    def _place(self, leaf: Across, rows: Mapping[str, Any], name: str) -> None:
        """The query's numbers, each at its customer's place; who is not in it has 0, or nothing where none is."""
        custs, values = as_whole(rows["cust"]), as_whole(rows[name])
        periods = as_whole(rows["k"]) if "k" in rows else None
        divisor, found = scale(leaf), []
        for k in range(len(self.slots)):
            here = slice(None) if periods is None else periods == k
            column = np.zeros(self.size, dtype=np.int64)
            column[custs[here]] = values[here]
            known = None
            if leaf.how in ("least", "greatest"):
                known = np.zeros(self.size, dtype=bool)
                known[custs[here]] = ~np.ma.getmaskarray(rows[name])[here]
            found.append(Rationals(column, divisor, known))
        self.each[leaf] = found

    def _rank(self, leaf: Across) -> None:
        assert isinstance(leaf.x, Ranked)
        relation = self.engine.relation

        rows = self.rows(("rank", leaf), partial(compiled.of_rank, leaf, relation))
        periods, custs = as_whole(rows["k"]), as_whole(rows["cust"])
        found = []
        for k in range(len(self.slots)):
            here = periods == k
            values, below, has = (as_whole(rows[name])[here] for name in "abc")
            found.append(quantile(leaf.x.q, custs[here], values, below, has, self.size))
        self.ranked[leaf] = found

    def last(self, leaf: Across) -> tuple[Array, Array]:
        """Who has a number of the leaf in any of the periods, and the last of these."""
        relation = self.engine.relation
        flow = compiled.counted(leaf)
        if flow is not None:
            rows = self.rows(("last", leaf), partial(compiled.last_day, flow, relation))
            return as_whole(rows["cust"]), as_whole(rows["k"])
        if leaf.how in spread.SPREADING:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

        source = compiled.source_of(leaf, self.slots)
        segments, rates = self.frame.segments, self.engine.revalued
        query = partial(compiled.last_of, leaf, source, relation, self.slots, segments, rates)
        rows = self.rows(("last any", leaf), query)
        return as_whole(rows["cust"]), as_whole(rows["k"])

    def rows(self, key: tuple[object, ...], query: Any) -> Mapping[str, Any]:
        """The answer of a query as arrays. Its text is kept by what it depends on."""
        for source in {source for leaf in leaves_in(key) for source in sources(leaf)} - self.measure.seen:
            # A kept text does not make the tables that it reads. Most sources need none, which is worth to remember.
            if self.engine.text(("needs", source), partial(self._needs, source)):
                self.engine.ready(source)
            self.measure.seen.add(source)
        self.engine.touch = touching(self.slots)
        one = len(self.slots) == 1
        text = self.engine.text(("each", *key, one, self.engine.touch), lambda: self.engine.sql(query()))
        if "calendar_" in text:
            self.engine.set_calendar(self.slots)
        ends = {BEGIN: self.slots[0].start, **ends_of(self.slots)}
        return self.engine.warehouse.arrays(filled(text, ends))

    def _needs(self, source: Steps | Moves | Rows) -> bool:
        """Whether a source reads tables that are made; those are then made."""
        probe = replace(self.engine, made={})
        probe.ready(source)
        self.engine.made.update(probe.made)
        return bool(probe.made)

    # -- values --------------------------------------------------------------------------------------------------

    def column(self, x: Expr, k: int) -> Rationals:
        """The value of an outer expression in a period, for everyone: what `Evaluator` says of one, on columns."""
        match x:
            case Across():
                return self.each[x][k] if x in self.each else self._nothing()
            case Const(value=int(value)):
                return constant(value, self.size)
            case Ratio(top=top, bottom=bottom):
                return self.column(top, k).over(self.column(bottom, k))
            case IfOne(test=test, then=then, otherwise=otherwise):
                one = self.column(test, k)
                many = one.there & (one.compared(Fraction(1)) > 0)
                return where(many, self.column(otherwise, k), self.column(then, k))
            case Length(unit=unit):
                cell: Cell = self.cell(k, ())
                return constant(cell.days if unit == "days" else cell.months, self.size)
            case Of(what="rank", curve=curve, per=per):
                if curve not in self.ranked:
                    return self._nothing()
                return self.ranked[curve][k][0].over(constant(per, self.size))
            case Over(how="sum" | "last"):
                return self._of_parts(x, k)
            case Mean():
                return self._mean(x, k)
            case Op(name="+", args=(left, right)):
                a, b = self.column(left, k), self.column(right, k)
                known = None if a.known is None or b.known is None else a.known | b.known
                found = a.filled().plus(b.filled())
                return found if known is None else found.only(known)
            case Op(name="-", args=(left, right)):
                return self.column(left, k).plus(self.column(right, k), -1)
            case Op(name="*", args=(left, right)):
                return self.column(left, k).times(self.column(right, k))
        raise RequestError(f"{x!r} is not made of columns.")  # whoever asks has looked at `fits`

    def number_of(self, x: Expr, k: int) -> Rationals | None:
        """How many rows a ranked figure is made of."""
        if not isinstance(x, Of):
            return None
        return self.ranked[x.curve][k][1] if x.curve in self.ranked else constant(0, self.size)

    def _nothing(self) -> Rationals:
        return constant(0, self.size).only(np.zeros(self.size, dtype=bool))

    def _mean(self, x: Mean, k: int) -> Rationals:
        top, whole = constant(0, self.size), constant(0, self.size)
        for i, arg in enumerate(x.args):
            value = self.column(arg, k)
            weight = self.column(x.weights[i], k) if x.weights else constant(1, self.size)
            known = value.there & weight.there
            top = top.plus(value.times(weight).only(known).filled())
            whole = whole.plus(weight.only(known).filled())
        return top.over(whole)

    def _of_parts(self, x: Over, k: int) -> Rationals:
        table, spans = self.finer[finer_key(x)]
        assert isinstance(table, _Columns)
        inside = [i for i in spans[k] if not self.clock.is_ahead(table.frame.periods[i])]
        values = [table.column(x.x, i) for i in inside]
        if not values:
            return self._nothing()
        if x.how == "last":
            return values[-1]
        found, known = constant(0, self.size), np.zeros(self.size, dtype=bool)
        for value in values:
            found, known = found.plus(value.filled()), known | value.there
        return found.only(known)
