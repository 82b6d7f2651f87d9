"""`--compare`: each row against the period before it, or the same period a year before. Machinery floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from tenure.errors import UsageError
from tenure.intervals import difference
from tenure.measure import Measure
from tenure.periods import Period, add_months
from tenure.question import Frame, Question
from tenure.result import Comparison, Result, Row

WAYS = ("previous", "year")


def compared(
    measure: Measure, questions: Sequence[Question], frame: Frame, results: Sequence[Result], way: str
) -> list[Result]:
    """The results with a comparison on every row."""
    if way not in WAYS:
        raise UsageError(f"{way!r} is no comparison.", where="--compare", todo=f"Use one of {', '.join(WAYS)}.")
    others = [_other(measure, period, frame, way) for period in frame.periods]
    if not any(row.by for result in results for row in result.rows):
        return _of_everyone(measure, questions, frame, results, others)
    found: list[Result] = list(results)
    for k, other in enumerate(others):
        there = measure.results(questions, replace(frame, periods=[other]))
        for i, result in enumerate(there):
            by = {tuple(row.by.items()): row for row in result.rows}
            rows = list(found[i].rows)
            for j, row in enumerate(rows):
                if row.period == frame.periods[k].label:
                    rows[j] = replace(row, compare=between(row, by.get(tuple(row.by.items())), other.label))
            found[i] = replace(found[i], rows=tuple(rows))
    return found


def _of_everyone(
    measure: Measure, questions: Sequence[Question], frame: Frame, results: Sequence[Result], others: Sequence[Period]
) -> list[Result]:
    """The same without groups: what the results have already is not asked again, and the rest is asked at once.

    With groups it would be another answer: which groups there are depends on the periods that are asked together.
    """
    missing = [other for other in dict.fromkeys(others) if other not in frame.periods]
    more = measure.results(questions, replace(frame, periods=missing)) if missing else ()
    against = dict(zip((period.label for period in frame.periods), others, strict=True))
    found = []
    for i, result in enumerate(results):
        there = {row.period: row for row in (*(more[i].rows if more else ()), *result.rows)}
        rows = [
            replace(row, compare=between(row, there.get(against[row.period].label), against[row.period].label))
            for row in result.rows
        ]
        found.append(replace(result, rows=tuple(rows)))
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


def between(row: Row, there: Row | None, label: str) -> Comparison:
    """The difference, and where both values have an interval its 95 % interval, as of independent samples."""
    value = there.value if there is not None else None
    if row.value is None or value is None or there is None:
        return Comparison(label, value, None, None, None, None)
    change = Fraction(row.value) - Fraction(value)
    if row.low is None or row.high is None or there.low is None or there.high is None:
        return Comparison(label, value, change, None, None, None)
    low, high = difference((float(row.value), row.low, row.high), (float(value), there.low, there.high))
    return Comparison(label, value, change, low, high, verdict(low, high, row, there))


def verdict(low: float, high: float, *sides: Row) -> bool | None:
    """Whether a difference is noise; none where it seems to be more, but one of its sides is of few."""
    return True if low <= 0 <= high else None if any(side.few for side in sides) else False
