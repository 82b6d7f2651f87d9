"""From metrics to results: collects the leaves, asks the engine once, does the last arithmetic. Machinery floor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from tenure import grouping
from tenure.cohorts import rows as cohort_rows
from tenure.compile.plan import Segment
from tenure.engine import Engine
from tenure.evaluate import NO_DATA, Cell, Missing, Value, divided, scale
from tenure.expr import END, START, Across, Aged, ByGrain, Expr, Mean, Over, Ratio, Setting, Steps, count
from tenure.intervals import interval
from tenure.lasting import Of, values_of
from tenure.periods import Clock, Period
from tenure.question import Frame, Question, named
from tenure.result import Result, Row
from tenure.spreads import Figure
from tenure.table import Table, in_order
from tenure.tree import leaves, rewrite, walk

AHEAD = Missing("not_reached")


class Measure:
    """Answers questions over one engine and calendar."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.seen: set[object] = set()  # sources of columns whose tables are made (see each)
        self.lasting: dict[object, Any] = {}  # what holds on every day of a version, kept for its past too (see each)

    def results(self, questions: Sequence[Question], frame: Frame) -> list[Result]:
        """A result for each question; metrics that share leaves share the query."""
        plain = [q for q in questions if not isinstance(q.reading.expr, Aged)]
        together: dict[tuple[tuple[str, ...], tuple[int, int] | None], list[Question]] = {}
        for question in plain:
            window = frame.window if question.metric.windowed else None
            together.setdefault((question.reading.by or question.metric.by, window), []).append(question)
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
        unit = question.unit
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
            self._notes(question),
        )

    def _notes(self, question: Question) -> tuple[str, ...]:
        """What a reader must know: numbers of [policy] that are not set, and what the figure can be held against."""
        metric, policy = question.metric, self.engine.world.policy
        settings = dict.fromkeys(node for node in walk(question.reading.expr) if isinstance(node, Setting))
        notes = [
            f"{metric.id}: {node.key} is not set in [policy]; it is taken as {node.otherwise}."
            for node in settings
            if policy.setting(node.key) is None
        ]
        if metric.weights:
            told = ", ".join(f"{key} {policy.setting(key)}" for key in metric.weights)
            notes.append(f"{metric.id}, weights of its parts in [policy]: {told}.")
        return (*notes, f"{metric.id}, benchmark: {metric.benchmark}.") if metric.benchmark else tuple(notes)

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
        table.ask(asked)
        groups = self._groups(exprs, asked, table)
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
        days = question.reading.settles
        if days == "activation":
            days = self.engine.world.usage.days_to_activate
        return period.end + timedelta(days=days) <= self.clock.cut

    def _groups(self, exprs: Sequence[Expr], asked: Sequence[Expr], table: Table) -> list[Segment]:
        """The groups to show: where anything moved, and where anybody is at some start or end, who may not move.

        The last is dear to ask, and needed only where a group is left of which nothing is known yet.
        """
        found = set(table.groups(asked))
        if not table.frame.segments.by or table.frame.segments.fixed:
            return in_order(found, table.frame.segments.by, self.engine.world.usage.funnel)
        named = dict.fromkeys(node for expr in exprs for node in walk(expr) if isinstance(node, Steps))
        steps = [one for one in named if self.engine.has_data(count(one.at(END) > 0))]
        possible = grouping.groups(self.engine, table.frame.segments)
        for one in steps:
            if possible is not None and possible - found:
                found |= grouping.some_there(self.engine, one, table.slots[-1].stop, table.frame.segments)
        if steps and (possible is None or possible - found):
            present = [count(one.at(moment) > 0) for one in steps for moment in (START, END)]
            table.fetch(present)
            found |= set(table.groups(present))
        return in_order(found, table.frame.segments.by, self.engine.world.usage.funnel)

    def _count(self, question: Question, expr: Expr, frame: Frame) -> Expr | None:
        """What n counts: what the reading says, else the bottom of the ratio where it counts something."""
        if question.reading.n is not None:
            n = self._resolved(question.reading.n, frame)
            return None if isinstance(expr, Of) and n == values_of(expr) else n  # its figure says how many
        counted = expr.bottom if isinstance(expr, Ratio) else expr if question.unit == "count" else None
        return counted if isinstance(counted, Across) and scale(counted) == 1 else None

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
        complete = [self.clock.is_complete(period) and self._settled(question, period) for period in frame.periods]
        # A sum of its parts is its own numerator; what holds a ratio has none.
        whole = isinstance(expr, Across) or not any(isinstance(node, Ratio | Over | Of | Mean) for node in walk(expr))
        for group in groups:
            by = named(frame.segments, group)
            for k, period in enumerate(frame.periods):
                found.append(
                    self._row(question, expr, count, table, table.cell(k, group), period, by, complete[k], whole=whole)
                )
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
        complete: bool,
        *,
        whole: bool,
    ) -> Row:
        row = partial(Row, period.label, period.start, period.end, by, complete=complete)
        # With a window the cohort's moment may lie after as_of, in a period that has begun.
        if self.clock.is_ahead(period) or (table.window and table.slots[cell.k].base >= self.clock.cut):
            return row(value=None, reason=AHEAD.reason)
        expr = table.chosen(expr, cell)
        figure = Figure(NO_DATA, n=None)
        top, bottom = None, None
        if isinstance(expr, Ratio):
            top, bottom = table.value(expr.top, cell), table.value(expr.bottom, cell)
            value = divided(expr, top, bottom)
        else:
            figure = table.figure(expr, cell)
            value = figure.value
            top = value if whole else None
        n = _whole(table.value(count, cell)) if count is not None else figure.n
        if n is not None and n < question.reading.least and not isinstance(value, Missing):
            return row(value=None, n=n, reason="insufficient_data")
        row = partial(row, numerator=_known(top), denominator=_known(bottom), n=n)
        if isinstance(value, Missing):
            return row(value=None, reason=value.reason)
        low, high = self._interval(question, table, cell, top, bottom) or (figure.low, figure.high)
        return row(value=value, low=low, high=high)

    def _interval(
        self, question: Question, table: Table, cell: Cell, top: Value | None, bottom: Value | None
    ) -> tuple[float, float] | None:
        """What the reading's method says of top / bottom."""
        how, over, under = question.reading.interval, _known(top), _known(bottom)
        if how is None or not under:
            return None
        parts = [table.value(self._resolved(part, table.frame), cell) for part in how.parts]
        known = [Fraction(part) for part in parts if not isinstance(part, Missing)]
        return interval(how.method, Fraction(over or 0), Fraction(under), known)


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


def _known(value: Value | None) -> int | Fraction | None:
    return None if isinstance(value, Missing) else value


def _whole(value: Value | None) -> int | None:
    return None if value is None or isinstance(value, Missing) else int(value)
