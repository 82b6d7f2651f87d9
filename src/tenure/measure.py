"""From metrics to results: collects the leaves, asks the engine once, does the last arithmetic. Machinery floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial

from tenure.cohorts import rows as cohort_rows
from tenure.compile.calendar import month_units, slots
from tenure.compile.plan import Cells, Segment
from tenure.engine import Engine
from tenure.evaluate import NO_DATA, Cell, Evaluator, Missing, Value, divided, scale
from tenure.expr import END, START, Across, Aged, Expr, Over, Ratio, Steps, count, leaves, walk
from tenure.money import month_weight
from tenure.periods import Clock, Period, add_months
from tenure.question import Frame, Question, named
from tenure.result import Result, Row
from tenure.stats import wilson

AHEAD = Missing("not_reached")


class Measure:
    """Answers questions over one engine and calendar."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def results(self, questions: Sequence[Question], frame: Frame) -> list[Result]:
        """A result for each question; metrics that share leaves share the query."""
        plain = [q for q in questions if not isinstance(q.reading.expr, Aged)]
        windowed = [q for q in plain if frame.window and q.metric.windowed]
        other = [q for q in plain if not (frame.window and q.metric.windowed)]
        rows = self._rows(other, frame, None)
        rows |= self._rows(windowed, frame, frame.window)
        found = []
        for question in questions:
            if isinstance(question.reading.expr, Aged):
                found.append(self._result(question, frame, cohort_rows(self.engine, self.clock, question, frame)))
            else:
                found.append(self._result(question, frame, rows[question.key]))
        return found

    def _result(self, question: Question, frame: Frame, rows: Iterable[Row]) -> Result:
        unit = question.reading.unit or question.metric.unit
        return Result(
            question.metric.id,
            question.metric.title,
            question.variant,
            unit,
            question.metric.better,
            self.engine.world.currency if unit == "money" else None,
            frame.grain,
            self.clock.as_of,
            tuple(rows),
        )

    def _rows(
        self, questions: Sequence[Question], frame: Frame, window: tuple[int, int] | None
    ) -> dict[tuple[str, str], list[Row]]:
        if not questions:
            return {}
        table = Table(self.engine, self.clock, frame, window)
        exprs = [self.engine.resolved(q.reading.expr, frame.segments) for q in questions]
        counts = [self._count(q, expr, frame) for q, expr in zip(questions, exprs, strict=True)]
        asked = [*exprs, *(c for c in counts if c is not None)]
        table.ask(asked)
        groups = self._groups(exprs, asked, table)
        return {
            q.key: self._of(q, expr, count, table, frame, groups)
            for q, expr, count in zip(questions, exprs, counts, strict=True)
        }

    def _groups(self, exprs: Sequence[Expr], asked: Sequence[Expr], table: Table) -> list[Segment]:
        """The groups to show: where anything moved, and where anybody is at some start or end, who may not move.

        The last is dear to ask, and needed only where a group is left of which nothing is known yet.
        """
        found = set(table.groups(asked))
        if not table.frame.segments.by:
            return in_order(found)
        named = dict.fromkeys(node for expr in exprs for node in walk(expr) if isinstance(node, Steps))
        steps = [one for one in named if self.engine.has_data(count(one.at(END) > 0))]
        possible = self.engine.groups(table.frame.segments)
        for one in steps:
            if possible is not None and possible - found:
                found |= self.engine.some_there(one, table.slots[-1].stop, table.frame.segments)
        if steps and (possible is None or possible - found):
            present = [count(one.at(moment) > 0) for one in steps for moment in (START, END)]
            table.ask_more(present)
            found |= set(table.groups(present))
        return in_order(found)

    def _count(self, question: Question, expr: Expr, frame: Frame) -> Expr | None:
        """What n counts: what the reading says, else the bottom of the ratio where it counts something."""
        if question.reading.n is not None:
            return self.engine.resolved(question.reading.n, frame.segments)
        if isinstance(expr, Ratio) and isinstance(expr.bottom, Across) and scale(expr.bottom) == 1:
            return expr.bottom
        return None

    def _of(
        self,
        question: Question,
        expr: Expr,
        count: Expr | None,
        table: Table,
        frame: Frame,
        groups: Sequence[Segment],
    ) -> list[Row]:
        found = []
        # A sum of its parts is its own numerator; what holds a ratio has none.
        whole = isinstance(expr, Across) or not any(isinstance(node, Ratio | Over) for node in walk(expr))
        for group in groups:
            by = named(frame.segments, group)
            for k, period in enumerate(frame.periods):
                found.append(self._row(question, expr, count, table, table.cell(k, group), period, by, whole=whole))
        return found

    def _row(
        self,
        question: Question,
        expr: Expr,
        count: Expr | None,
        table: Table,
        cell: Cell,
        period: Period,
        by: dict[str, str | int],
        *,
        whole: bool,
    ) -> Row:
        row = partial(Row, period.label, period.start, period.end, by, complete=self.clock.is_complete(period))
        if self.clock.is_ahead(period):
            return row(value=None, reason=AHEAD.reason)
        top, bottom = None, None
        if isinstance(expr, Ratio):
            top, bottom = table.value(expr.top, cell), table.value(expr.bottom, cell)
            value = divided(expr, top, bottom)
        else:
            value = table.value(expr, cell)
            top = value if whole else None
        n = table.value(count, cell) if count is not None else None
        row = partial(row, numerator=_known(top), denominator=_known(bottom), n=_whole(n))
        if isinstance(value, Missing):
            return row(value=None, reason=value.reason)
        low, high = None, None
        if question.reading.wilson and _known(bottom):
            low, high = wilson(float(_known(top) or 0), float(_known(bottom) or 0))
        return row(value=value, low=low, high=high)


class Table:
    """The numbers of one set of periods: leaves asked for together, values taken from them."""

    def __init__(self, engine: Engine, clock: Clock, frame: Frame, window: tuple[int, int] | None) -> None:
        self.engine = engine
        self.clock = clock
        self.frame = frame
        self.slots = slots(frame.periods, clock.cut, window)
        self.cells: Cells = {}
        self.finer: dict[tuple[str, int], tuple[Table, list[range]]] = {}
        self._known: dict[int, tuple[Across, Mapping[tuple[int, Segment], int] | Missing, int]] = {}
        self._months: dict[int, Fraction] = {}
        self._evaluator = Evaluator(self._leaf, self._over)

    def ask(self, exprs: Sequence[Expr]) -> None:
        """Fetch every leaf of these expressions, and those that need a finer grain in their own periods."""
        inner = {leaf for expr in exprs for node in walk(expr) if isinstance(node, Over) for leaf in leaves(node.x)}
        own = {leaf: None for expr in exprs for leaf in leaves(expr)}
        outer = [leaf for leaf in own if leaf not in inner or any(_outside(leaf, e) for e in exprs)]
        wanted = [leaf for leaf in outer if self.engine.has_data(leaf)]
        self.cells = self.engine.cells(wanted, self.slots, self.frame.segments) if wanted else {}
        self._known.clear()
        for expr in exprs:
            for node in walk(expr):
                if isinstance(node, Over):
                    self._ask_finer(node)

    def ask_more(self, more: Sequence[Across]) -> None:
        """Fetch further leaves."""
        missing = [leaf for leaf in more if leaf not in self.cells and self.engine.has_data(leaf)]
        if missing:
            self.cells = {**self.cells, **self.engine.cells(missing, self.slots, self.frame.segments)}
            self._known.clear()

    def _ask_finer(self, node: Over) -> None:
        table, _ = self.finer.setdefault((node.grain, node.back), self._finer(node))
        missing = [leaf for leaf in leaves(node.x) if leaf not in table.cells and self.engine.has_data(leaf)]
        if missing:
            table.cells |= self.engine.cells(missing, table.slots, self.frame.segments)
            table._known.clear()

    def _finer(self, node: Over) -> tuple[Table, list[range]]:
        periods: list[Period] = []
        for period in self.frame.periods:
            start = add_months(period.end, -node.back) if node.back else period.start
            for part in self.clock.between(start, period.end, node.grain, ""):
                if not periods or part.start >= periods[-1].end:
                    periods.append(part)
        spans = []
        for period in self.frame.periods:
            start = add_months(period.end, -node.back) if node.back else period.start
            inside = [i for i, p in enumerate(periods) if p.start >= start and p.start < period.end]
            spans.append(range(inside[0], inside[-1] + 1))
        frame = Frame(node.grain, periods, self.frame.segments)
        return Table(self.engine, self.clock, frame, None), spans

    def groups(self, exprs: Sequence[Expr]) -> list[Segment]:
        """The segments with data anywhere in the range; without --by the one that is all."""
        if not self.frame.segments.by:
            return [()]
        tables = [self, *(table for table, _ in self.finer.values())]
        wanted = {leaf for expr in exprs for leaf in leaves(expr)}
        found = {group for t in tables for leaf in wanted for _, group in t.cells.get(leaf, {})}
        return in_order(found)

    def cell(self, k: int, group: Segment) -> Cell:
        slot = self.slots[k]
        if k not in self._months:
            self._months[k] = month_weight(month_units(slot.start, slot.stop))
        return Cell(k, group, slot.days, self._months[k])

    def value(self, expr: Expr, cell: Cell) -> Value:
        """The value of an expression at a cell."""
        return self._evaluator.value(expr, cell)

    def _leaf(self, leaf: Across, cell: Cell) -> Value:
        # By identity: a leaf is looked up for every row, and its hash walks all that it is made of.
        known = self._known.get(id(leaf))
        if known is None:
            known = self._known[id(leaf)] = leaf, self._numbers(leaf), scale(leaf)
        _, numbers, divisor = known
        if isinstance(numbers, Missing):
            return numbers
        number = numbers.get((cell.k, cell.group), 0)
        return number if divisor == 1 else Fraction(number, divisor)

    def _numbers(self, leaf: Across) -> Mapping[tuple[int, Segment], int] | Missing:
        if leaf not in self.cells:
            return {} if self.engine.has_data(leaf) else NO_DATA
        return self.cells[leaf]

    def _over(self, node: Over, cell: Cell) -> list[Value]:
        table, spans = self.finer[(node.grain, node.back)]
        inside = [i for i in spans[cell.k] if not self.clock.is_ahead(table.frame.periods[i])]
        return [table.value(node.x, table.cell(i, cell.group)) for i in inside]


def in_order(groups: Iterable[Segment]) -> list[Segment]:
    """Groups as they are shown: numbers by size, then names."""
    return sorted(groups, key=lambda group: [(not v.isdigit(), int(v) if v.isdigit() else 0, v) for v in group])


def _outside(leaf: Across, expr: Expr) -> bool:
    """Whether the leaf also stands in the expression outside any Over."""
    if isinstance(expr, Over):
        return False
    if expr == leaf:
        return True
    children = [getattr(expr, name, None) for name in ("x", "top", "bottom")]
    nested = [*getattr(expr, "args", ()), *(c for c in children if isinstance(c, Expr))]
    return any(_outside(leaf, child) for child in nested)


def _known(value: Value | None) -> int | Fraction | None:
    return None if isinstance(value, Missing) else value


def _whole(value: Value | None) -> int | None:
    return None if value is None or isinstance(value, Missing) else int(value)
