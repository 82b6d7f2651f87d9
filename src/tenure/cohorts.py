"""Results of metrics by cohort and age: the period is the cohort, rows carry by: {"age": k}. Machinery floor."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tenure.compile import aged as compiled
from tenure.compile.calendar import slots
from tenure.engine import Engine
from tenure.evaluate import is_money
from tenure.expr import Across, Aged, Expr
from tenure.money import TICKS
from tenure.periods import Clock, Period
from tenure.question import Frame, Question, named
from tenure.result import Row
from tenure.stats import wilson


def rows(engine: Engine, clock: Clock, question: Question, frame: Frame) -> list[Row]:
    """Every cohort of the frame at every age up to as_of, in each segment."""
    aged = engine.resolved(question.reading.expr, frame.segments)
    assert isinstance(aged, Aged)
    periods = _to_as_of(clock, frame)
    if not engine.has_data(Across("sum", aged.x)):
        return [_empty(clock, period, "no_data") for period in frame.periods]
    sizes, ages, own, how = engine.cohorts(aged, slots(periods, clock.cut), frame.segments)
    groups = sorted({group for _, group in [*sizes, *ages]}) if frame.segments.by else [()]
    found = []
    for group in groups:
        by = named(frame.segments, group)
        for c, cohort in enumerate(frame.periods):
            size = sizes.get((c, group), {}).get(0, 0)
            oldest = len([p for p in periods[c:] if not clock.is_ahead(p)]) - 1
            if oldest < 0:
                found.append(replace(_empty(clock, cohort, "not_reached"), by=by))
                continue
            line = compiled.cumulated(ages.get((c, group), {}), oldest, how)
            if aged.mode and aged.mode != "unbounded":
                line[0] = own.get((c, group), {}).get(0, 0)
            bottom = line[0] if _is_level(aged) else size
            for age, number in enumerate(line):
                complete = clock.is_complete(periods[c + age])
                found.append(_row(question, aged.x, cohort, {**by, "age": age}, number, bottom, size, complete))
    return found


def _row(
    question: Question,
    x: Expr,
    cohort: Period,
    by: dict[str, str | int],
    number: int,
    bottom: int,
    size: int,
    complete: bool,
) -> Row:
    divisor = TICKS if is_money(x) else 1
    row = Row(
        cohort.label, cohort.start, cohort.end, by, None, Fraction(number, divisor), Fraction(bottom, divisor), size
    )
    row = replace(row, complete=complete)
    if bottom == 0:
        return replace(row, reason="empty_denominator")
    low, high = wilson(number, bottom) if question.reading.interval is not None else (None, None)
    return replace(row, value=Fraction(number, bottom), low=low, high=high)


def _is_level(aged: Aged) -> bool:
    return aged.mode is None and is_money(aged.x)


def _empty(clock: Clock, period: Period, reason: str) -> Row:
    return Row(period.label, period.start, period.end, {}, None, complete=clock.is_complete(period), reason=reason)


def _to_as_of(clock: Clock, frame: Frame) -> list[Period]:
    """The cohorts' periods and those after them, up to the one that as_of lies in."""
    found = list(frame.periods)
    if frame.grain == "total":
        return found
    while found[-1].end < clock.cut:
        found.append(clock.containing(found[-1].end, frame.grain))
    return found
