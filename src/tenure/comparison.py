"""`--compare`: each row against the period before it, or the same period a year before. Machinery floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from tenure.errors import UsageError
from tenure.measure import Measure
from tenure.periods import Period, add_months
from tenure.question import Frame, Question
from tenure.result import Comparison, Result, Row
from tenure.stats import newcombe

WAYS = ("previous", "year")


def compared(
    measure: Measure, questions: Sequence[Question], frame: Frame, results: Sequence[Result], way: str
) -> list[Result]:
    """The results with a comparison on every row."""
    if way not in WAYS:
        raise UsageError(f"{way!r} is no comparison.", where="--compare", todo=f"Use one of {', '.join(WAYS)}.")
    others = [_other(measure, period, frame, way) for period in frame.periods]
    found: list[Result] = list(results)
    for k, other in enumerate(others):
        there = measure.results(questions, replace(frame, periods=[other]))
        for i, (question, result) in enumerate(zip(questions, there, strict=True)):
            by = {tuple(row.by.items()): row for row in result.rows}
            rows = list(found[i].rows)
            for j, row in enumerate(rows):
                if row.period == frame.periods[k].label:
                    rows[j] = replace(row, compare=_compare(question, row, by.get(tuple(row.by.items())), other))
            found[i] = replace(found[i], rows=tuple(rows))
    return found


def _other(measure: Measure, period: Period, frame: Frame, way: str) -> Period:
    if way == "previous":
        if frame.grain == "total":
            start = period.start - (period.end - period.start)
            return Period(f"{start}..{period.start}", start, period.start)
        return measure.clock.containing(period.start - timedelta(days=1), frame.grain)
    start = add_months(period.start, -12)
    if frame.grain == "total":
        return Period(f"{start}..{add_months(period.end, -12)}", start, add_months(period.end, -12))
    return measure.clock.containing(start, frame.grain)


def _compare(question: Question, row: Row, there: Row | None, other: Period) -> Comparison:
    """The difference, and for shares that count people its 95 % interval (Newcombe), as of independent samples."""
    value = there.value if there is not None else None
    if row.value is None or value is None or there is None:
        return Comparison(other.label, value, None, None, None, None)
    difference = Fraction(row.value) - Fraction(value)
    if not (question.reading.wilson and row.denominator and there.denominator):
        return Comparison(other.label, value, difference, None, None, None)
    low, high = newcombe(
        (float(there.numerator or 0), float(there.denominator)), (float(row.numerator or 0), float(row.denominator))
    )
    return Comparison(other.label, value, difference, low, high, low <= 0 <= high)
