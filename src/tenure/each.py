"""Each customer's own figure of metrics, as columns of exact fractions: what scores are made of. Machinery floor.

`per_customer` gives the same as dictionaries, by the way of every request. Here a leaf's numbers stay columns, one
place for each customer's key, and the last arithmetic is done on whole columns. What does not fit (`fits`) is asked for
customer by customer (`slowly`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.compile import each as compiled
from tenure.compile import each_windows
from tenure.compile.segments import CUSTOMER, NONE, UNATTRIBUTED, Segments
from tenure.each_columns import Columns
from tenure.each_inner import as_whole
from tenure.each_together import Together
from tenure.evaluate import scale
from tenure.expr import Across, Aged, Expr, Flow, Over, Power, Ratio
from tenure.lasting import Of
from tenure.rollup import KEYS
from tenure.stand_ins import STOP, filled
from tenure.stats.rationals import Array, Rationals, of
from tenure.tree import leaves, walk

if TYPE_CHECKING:
    from tenure.engine import Engine
    from tenure.measure import Measure
    from tenure.question import Frame, Question

Key = tuple[str, str]
KEPT = 10
"""Of so many sets of columns and conditions it is remembered what they say of everyone."""


@dataclass(frozen=True)
class Texts:
    """What an attribute says of each: the place of a word in `words`, -1 where it says nothing."""

    codes: Array
    words: tuple[str, ...]

    def take(self, index: Array) -> Texts:
        """Those at these places."""
        return Texts(self.codes[index], self.words)


def ids(engine: Engine) -> Array:
    """Everyone's customer_id, by key."""
    table = engine.warehouse.arrays(engine.text(("each ids",), lambda: engine.sql(KEYS.select("cust", "customer_id"))))
    custs = as_whole(table["cust"])
    found = np.empty(int(custs.max()) + 1 if len(custs) else 0, dtype=object)
    found[custs] = np.asarray(table["customer_id"], dtype=object)
    return found


def size(measure: Measure) -> int:
    """How many keys there are."""
    if "size" not in measure.lasting:
        engine = measure.engine
        text = engine.text(("each size",), lambda: engine.sql(KEYS.aggregate(n=KEYS.cust.max())))
        (most,) = engine.warehouse.run(text)["n"]
        measure.lasting["size"] = 0 if most is None else int(most) + 1  # type: ignore[call-overload]  # no type here
    found: int = measure.lasting["size"]
    return found


def figures(measure: Measure, questions: Sequence[Question], frame: Frame) -> dict[Key, list[Rationals]]:
    """The figures of everyone with a key, for each period; of whoever is no customer they mean nothing."""
    (found,), _ = at_once(measure, [(questions, frame)])
    return found


def at_once(
    measure: Measure,
    asked: Sequence[tuple[Sequence[Question], Frame]],
    last: Sequence[tuple[Question, Frame, Callable[[], Frame]]] = (),
) -> tuple[list[dict[Key, list[Rationals]]], list[Array]]:
    """The figures of several requests; for others the place of the last day with a fact, -1: none.

    Each table is read once for all of them. The days of a `last` are one stretch of its frame, and each for itself in
    the frame that is made where it takes that.
    """
    together = Together(measure, size(measure))
    answers = [Answers(measure, questions, frame, together) for questions, frame in asked]
    places = [LastDays(measure, *one, together) for one in last]
    together.run()
    return [one.found() for one in answers], [one.found() for one in places]


class Answers:
    """A request for figures: asked when it is made, read once the engine has answered."""

    def __init__(
        self, measure: Measure, questions: Sequence[Question], frame: Frame, together: Together, *, ask: bool = True
    ) -> None:
        self.questions, self.frame = questions, frame
        self.table = Columns(measure, frame, together)
        self.exprs = {q.key: self.table.resolved(q.reading.expr) for q in questions}
        self.counts = {q.key: _counted(self.table, q, self.exprs[q.key]) for q in questions if q.reading.least}
        self.wanted = [*self.exprs.values(), *(c for c in self.counts.values() if c is not None)]
        if ask:
            self.table.ask(self.wanted)

    def found(self, some: range | None = None) -> dict[Key, list[Rationals]]:
        """The figures in the periods, or in some of them."""
        some = range(len(self.frame.periods)) if some is None else some
        return {q.key: [self._of(q, k) for k in some] for q in self.questions}

    def _of(self, question: Question, k: int) -> Rationals:
        table, expr, count = self.table, self.exprs[question.key], self.counts.get(question.key)
        values = table.column(expr, k)
        if question.reading.least:
            n = table.number_of(expr, k) if count is None else table.column(count, k)
            values = values.only(n.compared(Fraction(question.reading.least)) >= 0) if n is not None else values
        return values


class LastDays:
    """A request for the last of some days with a fact; `frame` has one stretch of them, or more."""

    def __init__(
        self, measure: Measure, question: Question, frame: Frame, days: Callable[[], Frame] | None, together: Together
    ) -> None:
        self.measure, self.days = measure, days
        self.table, self.together, self.size = Columns(measure, frame, together), together, together.size
        expr = self.table.resolved(question.reading.expr)
        base = expr.bottom if isinstance(expr, Ratio) else expr
        self.leaves = [leaf for leaf in leaves(base) if self.table.engine.has_data(leaf)]
        self.windows = {leaf: self._windows(leaf) for leaf in self.leaves}
        for windows in self.windows.values():
            for window in windows or ():
                together.ask(window[0].rows, window)

    def _windows(self, leaf: Across) -> list[tuple[Flow, date, date, bool]] | None:
        """All days of a stretch as one window, where rows know the day that is sought."""
        flow = compiled.counted(leaf)
        if flow is None or self.table.frame.segments.names:
            return None
        return [(flow, slot.start, slot.stop, True) for slot in self.table.slots]

    def found(self, k: int = 0) -> Array:
        """Everyone's in a stretch."""
        found = np.full(self.size, -1, dtype=np.int64)
        for leaf, windows in self.windows.items():
            if windows is None:
                assert self.days is not None
                table = Columns(self.measure, self.days(), self.together)
                np.maximum.at(found, *table.last(leaf))
            else:
                there = self.together.answer(windows[k])
                np.maximum(found, np.where(there.there, there.num, -1), out=found)
        return found


def texts(measure: Measure, segments: Segments, day: date) -> tuple[list[Texts], list[Array]]:
    """What the segments' columns say of each on the day before `day`, and of whom its `told` conditions hold.

    Where nothing of it can change with time it is asked once for all days.
    """
    key = "everyone", segments
    if segments.moves:
        return _everyone(measure, segments, day)
    if key not in measure.lasting:
        if len(measure.lasting) > KEPT:
            measure.lasting.clear()
        measure.lasting[key] = _everyone(measure, segments, day)
    found: tuple[list[Texts], list[Array]] = measure.lasting[key]
    return found


def _everyone(measure: Measure, segments: Segments, day: date) -> tuple[list[Texts], list[Array]]:
    engine = measure.engine
    text = engine.text(("everyone", segments), lambda: engine.sql(each_windows.of_everyone(segments)))
    rows, words = engine.warehouse.coded(filled(text, {STOP: day}), segments.group)
    custs, many = as_whole(rows["cust"]), size(measure)
    truths = []
    for name in segments.truths:
        found = np.zeros(many, dtype=bool)
        found[custs] = np.asarray(rows[name], dtype=bool)
        truths.append(found)
    return [_texts(rows[name], words[name], custs, many) for name in segments.group], truths


def _texts(places: Any, words: Sequence[str], custs: Array, size_: int) -> Texts:
    found = np.full(size_, -1, dtype=np.int64)
    found[custs] = as_whole(places)
    for nobody in (NONE, UNATTRIBUTED):
        if nobody in words:
            found[found == words.index(nobody)] = -1
    return Texts(found, tuple(words))


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


def _counted(table: Columns, question: Question, expr: Expr) -> Expr | None:
    """What n counts, as Measure has it."""
    if question.reading.n is not None:
        return table.resolved(question.reading.n)
    if isinstance(expr, Ratio) and isinstance(expr.bottom, Across) and scale(expr.bottom) == 1:
        return expr.bottom
    return None
