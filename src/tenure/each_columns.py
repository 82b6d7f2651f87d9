"""The numbers of one set of periods, a column for each leaf and period, and the arithmetic on them. Part of each.

What reads rows or a level by day waits for other questions (`each_together`); the rest is asked by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.compile import each as compiled
from tenure.compile import spread
from tenure.compile.calendar import Slot, ends_of, touching
from tenure.compile.leaves import sources
from tenure.compile.record import inputs
from tenure.each_inner import as_whole, inner, leaves_in, quantile
from tenure.each_inner import fits as inner_fits
from tenure.each_together import Rounds, Together, Window, by_period, needed, window_of
from tenure.errors import RequestError
from tenure.evaluate import Cell, scale
from tenure.expr import (
    Across,
    Const,
    Expr,
    IfOne,
    Length,
    Level,
    Mean,
    Moves,
    Op,
    Over,
    Ratio,
    Rows,
    Steps,
    total,
)
from tenure.lasting import Of, Ranked
from tenure.measure import at_grain
from tenure.stand_ins import BEGIN, filled
from tenure.stats.rationals import Array, Rationals, constant, where
from tenure.table import Table, finer_key

if TYPE_CHECKING:
    from tenure.measure import Measure
    from tenure.question import Frame


class Columns(Table):
    """The numbers of one set of periods, by customer: `each` holds an array over keys for each leaf and period."""

    def __init__(self, measure: Measure, frame: Frame, together: Together) -> None:
        super().__init__(measure.engine, measure.clock, frame, None)
        self.measure = measure
        self.together, self.size = together, together.size
        self.each: dict[Across, Sequence[Rationals]] = {}
        self.ranked: dict[Across, list[tuple[Rationals, Rationals]]] = {}

    def resolved(self, expr: Expr) -> Expr:
        return self.engine.resolved(at_grain(expr, self.frame.grain), self.frame.segments)

    def inner(self, frame: Frame) -> Table:
        return Columns(self.measure, frame, self.together)

    # -- asking --------------------------------------------------------------------------------------------------

    def fetch(self, wanted: Sequence[Across]) -> None:
        """See that numbers of leaves will be here once `together` has run."""
        missing = [leaf for leaf in wanted if leaf not in self.each and leaf not in self.ranked]
        missing = [leaf for leaf in missing if self.engine.has_data(leaf)]
        self.engine.check_rates(missing)
        plain = [leaf for leaf in missing if leaf.how not in spread.SPREADING]
        for leaf in missing:
            if leaf.how in spread.SPREADING:
                self._rank(leaf)
        alone: dict[Rows | Moves | Level | None, list[Across]] = {}
        for leaf in dict.fromkeys(part for one in plain for part in self._parts(one)):
            if leaf in self.each:
                continue
            source = self.together.source(leaf) if self._waits else None
            if source is None:
                alone.setdefault(self._way(leaf), []).append(leaf)
                continue
            windows = [window_of(leaf, slot) for slot in self.slots]
            for window in windows:
                self.together.ask(source, window)
            self.together.then.append(partial(self._take, leaf, windows))
        for way, group in alone.items():
            self._alone(way, group)
        self.together.then.append(partial(self._sum_up, plain))

    @property
    def _waits(self) -> bool:
        """Whether questions of these periods can wait for others."""
        return not self.frame.segments.names and len(self.slots) <= self.together.most

    def _take(self, leaf: Across, windows: Sequence[Window]) -> None:
        self.each[leaf] = self.together.numbers(len(windows), lambda k: self.together.answer(windows[k]))

    def _sum_up(self, plain: Sequence[Across]) -> None:
        for leaf in plain:
            if leaf not in self.each:
                self.each[leaf] = self.together.numbers(len(self.slots), partial(self._from_parts, leaf))

    def _alone(self, way: Rows | Moves | Level | None, group: Sequence[Across]) -> None:
        """Ask for leaves over the same rows at once."""
        if way is None:
            for leaf in group:
                self._any(leaf)
            return
        rounds = Rounds(self.size, len(self.slots), self.together.at_once, partial(self._round, way, group))
        for i, leaf in enumerate(group):
            self.each[leaf] = self.together.numbers(len(self.slots), partial(rounds.number, leaf, f"v{i}"))

    def _round(self, way: Rows | Moves | Level, group: Sequence[Across], some: slice) -> Mapping[str, Any]:
        """The answer for leaves over the same rows in some of the periods."""
        slots, relation = self.slots[some], self.engine.relation
        if isinstance(way, Level):
            query = partial(compiled.of_level, group, way, relation, slots)
        else:
            query = partial(compiled.of_rows, group, way, relation, slots)
        return self.rows(("rows", way, tuple(group)), query, slots)

    def _way(self, leaf: Across) -> Rows | Moves | Level | None:
        """The rows or the level that is read for the leaf alone; None: it must be asked for as any other."""
        if self.frame.segments.names:
            return None
        found = self.together.source(leaf) if self._waits else None
        if isinstance(found, Rows | Moves):
            return found
        return compiled.level_of(leaf) or compiled.source_of(leaf, self.slots)

    def reads(self, leaf: Across) -> list[tuple[Across, Rows | Moves | Steps | None]]:
        """What a leaf's number is made of, and what is read for each part; None: it is asked for as any other."""
        found: list[tuple[Across, Rows | Moves | Steps | None]] = []
        for part in self._parts(leaf):
            way = self._way(part)
            found.append((part, way.steps if isinstance(way, Level) else way))
        return found

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

    def _from_parts(self, leaf: Across, k: int) -> Rationals:
        _, flows, _ = inputs(leaf.x)
        values = inner(leaf.x, {flow: self.each[total(flow)][k].num for flow in flows})
        return Rationals(values.astype(np.int64))

    def _any(self, leaf: Across) -> None:
        if not sources(leaf):
            self.each[leaf] = [constant(0, self.size)] * len(self.slots)
            return
        relation, segments = self.engine.relation, self.frame.segments
        query = partial(compiled.of_any, leaf, relation, segments, self.engine.foreign([leaf]))
        rows = self.rows(("any", leaf, segments), query, self.slots)
        self.each[leaf] = by_period(leaf, rows, "v0", self.size, len(self.slots))

    def _rank(self, leaf: Across) -> None:
        assert isinstance(leaf.x, Ranked)
        relation = self.engine.relation

        rows = self.rows(("rank", leaf), partial(compiled.of_rank, leaf, relation), self.slots)
        periods, custs = as_whole(rows["k"]), as_whole(rows["cust"])
        found = []
        for k in range(len(self.slots)):
            here = periods == k
            values, below, has = (as_whole(rows[name])[here] for name in "abc")
            found.append(quantile(leaf.x.q, custs[here], values, below, has, self.size))
        self.ranked[leaf] = found

    def last(self, leaf: Across) -> tuple[Array, Array]:
        """Who has a number of the leaf in any of the periods, and the last of these."""
        if leaf.how in spread.SPREADING:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        source = compiled.source_of(leaf, self.slots)
        relation, segments, rates = self.engine.relation, self.frame.segments, self.engine.foreign([leaf])
        query = partial(compiled.last_of, leaf, source, relation, self.slots, segments, rates)
        rows = self.rows(("last any", leaf), query, self.slots)
        return as_whole(rows["cust"]), as_whole(rows["k"])

    def rows(self, key: tuple[object, ...], query: Any, slots: Sequence[Slot]) -> Mapping[str, Any]:
        """The answer of a query over periods as arrays. Its text is kept by what it depends on."""
        for source in {source for leaf in leaves_in(key) for source in sources(leaf)}:
            needed(self.measure, source)
        engine = self.engine
        engine.touch, engine.by_end = touching(slots), self.together.by_end
        try:
            shape = len(slots) == 1, engine.touch, engine.by_end
            text = engine.text(("each", *key, *shape), lambda: engine.sql(query()))
        finally:
            engine.by_end = False
        if "calendar_" in text:
            engine.set_calendar(slots)
        return engine.warehouse.arrays(filled(text, {BEGIN: slots[0].start, **ends_of(slots)}))

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
        assert isinstance(table, Columns)
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
