"""From metrics to results: collects the leaves, asks the engine once, does the last arithmetic. Machinery floor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from tenure.cohorts import rows as cohort_rows
from tenure.compile.calendar import month_units, slots
from tenure.compile.plan import Cells, Segment
from tenure.compile.spread import SPREADING, Spreads
from tenure.engine import Engine
from tenure.evaluate import NO_DATA, Cell, Evaluator, Missing, Value, scale
from tenure.expr import END, START, Across, Aged, ByGrain, Expr, Over, Ratio, Steps, count, leaves, rewrite, walk
from tenure.intervals import interval
from tenure.lasting import Of
from tenure.money import month_weight
from tenure.periods import Clock, Period, add_months
from tenure.question import Frame, Question, named
from tenure.result import Result, Row
from tenure.spreads import EMPTY, Figure, figure

AHEAD = Missing("not_reached")


class Measure:
    """Answers questions over one engine and calendar."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def results(self, questions: Sequence[Question], frame: Frame) -> list[Result]:
        """A result for each question; metrics that share leaves share the query."""
        plain = [q for q in questions if not isinstance(q.reading.expr, Aged)]
        together: dict[tuple[tuple[str, ...], tuple[int, int] | None], list[Question]] = {}
        for question in plain:
            window = frame.window if question.metric.windowed else None
            together.setdefault((question.metric.by, window), []).append(question)
        rows: dict[tuple[str, str], list[Row]] = {}
        for (own, window), asked in together.items():
            rows |= self._rows(asked, split_by(frame, own), window)
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
        exprs = [self._resolved(q.reading.expr, frame) for q in questions]
        counts = [self._count(q, expr, frame) for q, expr in zip(questions, exprs, strict=True)]
        asked = [*exprs, *(c for c in counts if c is not None)]
        asked += [self._resolved(part, frame) for q in questions for part in _interval_parts(q)]
        asked += self._presence(exprs) if frame.segments.by else []
        table.ask(asked)
        groups = table.groups(asked)
        if not groups and frame.segments.fixed:
            return {
                q.key: [self._nothing(expr, table, period) for period in frame.periods]
                for q, expr in zip(questions, exprs, strict=True)
            }
        return {
            q.key: self._of(q, expr, count, table, frame, groups)
            for q, expr, count in zip(questions, exprs, counts, strict=True)
        }

    def _resolved(self, expr: Expr, frame: Frame) -> Expr:
        """The expression with what depends on the grain and the workspace decided."""
        return self.engine.resolved(at_grain(expr, frame.grain), frame.segments)

    def _nothing(self, expr: Expr, table: Table, period: Period) -> Row:
        """A metric that comes by columns of its rows, where no row falls in the whole range."""
        there = all(self.engine.has_data(leaf) for leaf in leaves(expr))
        reason = AHEAD.reason if self.clock.is_ahead(period) else "empty_denominator" if there else NO_DATA.reason
        return Row(
            period.label, period.start, period.end, {}, None, complete=self.clock.is_complete(period), reason=reason
        )

    def _settled(self, question: Question, period: Period) -> bool:
        return period.end + timedelta(days=question.reading.settles) <= self.clock.cut

    @staticmethod
    def _presence(exprs: Sequence[Expr]) -> list[Expr]:
        """Who is there at the start and at the end, so that a group where nothing moved has its rows too."""
        steps = dict.fromkeys(node for expr in exprs for node in walk(expr) if isinstance(node, Steps))
        return [count(one.at(moment) > 0) for one in steps for moment in (START, END)]

    def _count(self, question: Question, expr: Expr, frame: Frame) -> Expr | None:
        """What n counts: what the reading says, else the bottom of the ratio where it counts something."""
        if question.reading.n is not None:
            return self._resolved(question.reading.n, frame)
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
        for group in groups:
            by = named(frame.segments, group)
            for k, period in enumerate(frame.periods):
                found.append(self._row(question, expr, count, table, table.cell(k, group), period, by))
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
    ) -> Row:
        complete = self.clock.is_complete(period) and self._settled(question, period)
        row = Row(period.label, period.start, period.end, by, None, complete=complete)
        if self.clock.is_ahead(period):
            return replace(row, reason=AHEAD.reason)
        expr = table.chosen(expr, cell)
        figure = table.figure(expr, cell)
        value = figure.value
        top: Value | None = value
        bottom: Value | None = None
        if isinstance(expr, Ratio):
            top, bottom = table.value(expr.top, cell), table.value(expr.bottom, cell)
        elif not isinstance(expr, Across) and any(isinstance(node, Ratio | Over | Of) for node in walk(expr)):
            top = None
        n = _whole(table.value(count, cell)) if count is not None else figure.n
        row = replace(row, numerator=_known(top), denominator=_known(bottom), n=n)
        if isinstance(value, Missing):
            return replace(row, reason=value.reason)
        if n is not None and n < question.reading.least:
            return replace(row, numerator=None, denominator=None, reason="insufficient_data")
        low, high = figure.low, figure.high
        if question.reading.interval is not None and row.denominator:
            parts = [table.value(self._resolved(part, table.frame), cell) for part in question.reading.interval.parts]
            known = [Fraction(part) for part in parts if not isinstance(part, Missing)]
            found = interval(
                question.reading.interval.method, Fraction(row.numerator or 0), Fraction(row.denominator), known
            )
            low, high = found or (None, None)
        return replace(row, value=value, low=low, high=high)


def split_by(frame: Frame, own: tuple[str, ...]) -> Frame:
    """The frame with the columns that a metric always comes by."""
    if not own:
        return frame
    by = (*frame.segments.by, *(name for name in own if name not in frame.segments.by))
    return replace(frame, segments=replace(frame.segments, by=by, fixed=own))


def at_grain(expr: Expr, grain: str) -> Expr:
    """The expression with what depends on the grain decided."""

    def change(node: object) -> object:
        return dict(node.choices).get(grain, node.otherwise) if isinstance(node, ByGrain) else node

    return rewrite(expr, change)


def _interval_parts(question: Question) -> tuple[Expr, ...]:
    return question.reading.interval.parts if question.reading.interval is not None else ()


class Table:
    """The numbers of one set of periods: leaves asked for together, values taken from them."""

    def __init__(self, engine: Engine, clock: Clock, frame: Frame, window: tuple[int, int] | None) -> None:
        self.engine = engine
        self.clock = clock
        self.frame = frame
        self.slots = slots(frame.periods, clock.cut, window)
        self.cells: Cells = {}
        self.spread: Spreads = {}
        self.finer: dict[tuple[str, int], tuple[Table, list[range]]] = {}
        self._evaluator = Evaluator(self._leaf, lambda of, cell: self._figure(of, cell).value, self._over)

    def ask(self, exprs: Sequence[Expr]) -> None:
        """Fetch every leaf of these expressions, and those that need a finer grain in their own periods."""
        inner = {leaf for expr in exprs for node in walk(expr) if isinstance(node, Over) for leaf in leaves(node.x)}
        own = {leaf: None for expr in exprs for leaf in leaves(expr)}
        outer = [leaf for leaf in own if leaf not in inner or any(_outside(leaf, e) for e in exprs)]
        self._fetch(outer)
        for expr in exprs:
            for node in walk(expr):
                if isinstance(node, Over):
                    self._ask_finer(node)

    def _fetch(self, wanted: Sequence[Across]) -> None:
        """Numbers and distributions of leaves that are not here yet."""
        missing = [leaf for leaf in wanted if leaf not in self.cells and leaf not in self.spread]
        missing = [leaf for leaf in missing if self.engine.has_data(leaf)]
        plain = [leaf for leaf in missing if leaf.how not in SPREADING]
        spread = [leaf for leaf in missing if leaf.how in SPREADING]
        if plain:
            self.cells |= self.engine.cells(plain, self.slots, self.frame.segments)
        if spread:
            self.spread |= self.engine.spreads(spread, self.slots, self.frame.segments)

    def _ask_finer(self, node: Over) -> None:
        table, _ = self.finer.setdefault((node.grain, node.back), self._finer(node))
        table._fetch(leaves(node.x))

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
        fixed = self.frame.segments.fixed
        wanted = {leaf for leaf in wanted if not fixed or self.engine.owns(leaf, fixed)}
        found = {group for t in tables for leaf in wanted for _, group in t.cells.get(leaf, t.spread.get(leaf, {}))}
        return sorted(found, key=lambda group: [(not v.isdigit(), int(v) if v.isdigit() else 0, v) for v in group])

    def cell(self, k: int, group: Segment) -> Cell:
        slot = self.slots[k]
        return Cell(k, group, slot.days, month_weight(month_units(slot.start, slot.stop)))

    def value(self, expr: Expr, cell: Cell) -> Value:
        """The value of an expression at a cell."""
        return self._evaluator.value(expr, cell)

    def chosen(self, expr: Expr, cell: Cell) -> Expr:
        """The expression that holds at a cell."""
        return self._evaluator.chosen(expr, cell)

    def figure(self, expr: Expr, cell: Cell) -> Figure:
        """The value of an expression with what its distribution says of it, where it is one's."""
        return self._figure(expr, cell) if isinstance(expr, Of) else Figure(self.value(expr, cell), n=None)

    def _figure(self, of: Of, cell: Cell) -> Figure:
        if of.curve not in self.spread:
            return Figure(NO_DATA if not self.engine.has_data(of.curve) else EMPTY, n=None)
        return figure(of, self.spread[of.curve].get((cell.k, self._group(of.curve, cell)), ()))

    def _group(self, leaf: Across, cell: Cell) -> Segment:
        """The cell's group as the leaf knows it: without the columns of other rows than its own."""
        segments = self.frame.segments
        if not segments.fixed or self.engine.owns(leaf, segments.fixed):
            return cell.group
        pairs = zip(segments.by, cell.group, strict=True)
        return tuple(value for name, value in pairs if name not in segments.fixed)

    def _leaf(self, leaf: Across, cell: Cell) -> Value:
        if leaf not in self.cells:
            return NO_DATA if not self.engine.has_data(leaf) else 0
        number = self.cells[leaf].get((cell.k, self._group(leaf, cell)))
        if number is None:
            return EMPTY if leaf.how in ("least", "greatest") else 0
        divisor = scale(leaf)
        return number if divisor == 1 else Fraction(number, divisor)

    def _over(self, node: Over, cell: Cell) -> list[Value]:
        table, spans = self.finer[(node.grain, node.back)]
        inside = [i for i in spans[cell.k] if not self.clock.is_ahead(table.frame.periods[i])]
        return [table.value(node.x, table.cell(i, cell.group)) for i in inside]


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
