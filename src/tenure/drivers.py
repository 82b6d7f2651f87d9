"""`tenure drivers`: which segment a change comes from, and what goes with the outcome. Machinery floor.

Nothing here says what causes what: see `driver_split` for the change, `driver_outcomes` for what goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from tenure import progress
from tenure.compile.segments import TENURE
from tenure.driver_facts import read
from tenure.driver_outcomes import GoesWith, goes_with
from tenure.driver_split import Split, rows_of, split
from tenure.errors import RequestError, UsageError
from tenure.measure import Measure
from tenure.periods import Clock, Period, add_months, select
from tenure.question import Frame, Question
from tenure.result import Row

Framing = Callable[[str, Sequence[Period], tuple[str, ...]], Frame]
"""Makes a frame of a grain, periods and columns, under the request's filter."""

NO_SEGMENTS = {"name", "domain", "lifecycle", "email", "updated_at", "deleted"}
"""Customers' columns that are names, or say today's state: that would explain a loss by the loss."""
WAYS = ("previous", "year")
STEPS = 4
"""Of the work, for who waits: the change, what is known of customers, their months, the comparisons."""


@dataclass(frozen=True)
class Drivers:
    """The answer: the change taken apart, and what goes with the outcome in the period."""

    question: Question
    unit: str
    currency: str | None
    period: Period
    split: Split | None
    no_split: str | None
    goes: GoesWith
    scale: Fraction
    names: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        goes = self.goes.to_json(float(self.scale))
        for factor in goes["factors"]:
            factor["listed"] = [{"id": who, "name": self.names.get(who, "")} for who in factor["listed"]]
        return {
            "metric": self.question.metric.id, "title": self.question.metric.title, "variant": self.question.variant,
            "unit": self.unit, "currency": self.currency, "better": self.question.metric.better,
            "period": self.period.label, "start": self.period.start.isoformat(), "end": self.period.end.isoformat(),
            "change": self.split.to_json() if self.split else None, "change_reason": self.no_split,
            "goes_with": goes,
        }  # fmt: skip


def ask(
    measure: Measure,
    questions: Callable[[str, str | None], Question],
    frames: Callable[[str | Sequence[str], str, Sequence[Period], tuple[str, ...]], Frame],
    metric: str,
    period: str | None = None,
    *,
    from_: str | None = None,
    to: str | None = None,
    compare: str = "previous",
    by: str | Sequence[str] = (),
    where: str | Sequence[str] = (),
    variant: str | None = None,
) -> Drivers:
    """What `Workspace.drivers` takes: a period (else the last complete quarter), what it is set against, columns to
    try, a filter, a variant."""
    grain, found = chosen(measure.clock, period, from_, to)
    named = by.split(",") if isinstance(by, str) else [name for one in by for name in one.split(",")]
    columns = tuple(dict.fromkeys(name.strip() for name in named if name.strip()))
    return drivers(measure, questions(metric, variant), partial(frames, where), found, grain, compare, columns)


def chosen(clock: Clock, period: str | None, from_: str | None, to: str | None) -> tuple[str, Period]:
    """The period that is asked about, with its grain: one by name, a stretch, else the last complete quarter."""
    if period is not None and from_ is not None:
        raise UsageError("--period and --from exclude each other.", todo="Give one of them.")
    if period is not None:
        return clock.parse(period)
    if from_ is not None:
        grain, (found,) = select(clock, from_=from_, to=to, grain="total")
        return grain, found
    return "quarter", clock.last(1, "quarter")[0]


def drivers(
    measure: Measure, question: Question, framing: Framing, period: Period, grain: str, way: str, by: tuple[str, ...]
) -> Drivers:
    """Both parts, for one metric in one period against another."""
    if way not in WAYS:
        raise UsageError(f"{way!r} is no comparison.", where="--compare", todo=f"Use one of {', '.join(WAYS)}.")
    if measure.clock.is_ahead(period):
        raise RequestError(f"{period.label} has not begun.", where="--period", todo="Choose a period that has.")
    _one_number(question)
    whole = framing("total", [period], ())
    known = dict(whole.segments.attributes)
    columns = by or (*segment_columns(known), TENURE)
    other = earlier(measure.clock, period, grain, way)
    (row,) = measure.results([question], whole)[0].rows
    progress.at(0, STEPS, "steps")
    found, reason = _split(measure, question, framing, [other, period], columns, asked=bool(by))
    progress.at(1, STEPS, "steps")
    scale = _scale(row)
    engine = measure.engine
    # Which segment is the first part's question; here segments are tried where they were named.
    attributes = tuple(name for name in by if name in known)
    confounders = (*(("plan",) if "plan" in known else ()), TENURE)
    if row.value is None and row.denominator is None:
        goes = _none(f"{question.metric.id} has no value in {period.label} ({row.reason}).")
    elif row.denominator is None:
        goes = _none(f"{question.metric.id} is a sum; ask what goes with a rate, such as nrr.")
    else:
        facts = read(engine, tuple(dict.fromkeys((*attributes, *(n for n in confounders if n != TENURE)))))
        progress.at(2, STEPS, "steps")
        rows = _monthly(measure, question, framing, period)
        progress.at(3, STEPS, "steps")
        goes = goes_with(
            question.metric.id,
            rows,
            facts,
            confounders,
            [name for name in attributes if name not in confounders],
            measure.clock.cut,
        )
    told = engine.warehouse.run("SELECT customer_id, name FROM customer_keys")
    names = {str(i): str(n) for i, n in zip(told["customer_id"], told["name"], strict=True)}
    unit = question.unit
    currency = engine.world.currency if unit == "money" else None
    return Drivers(question, unit, currency, period, found, reason, goes, scale, names)


def _one_number(question: Question) -> None:
    own = question.reading.by or question.metric.by
    if own:
        raise RequestError(
            f"{question.metric.id} has a number for each {' and '.join(own)}, not one for the period.",
            todo="Ask for the drivers of a metric that has one, such as nrr or customer_churn_rate.",
        )


def segment_columns(known: Mapping[str, str]) -> tuple[str, ...]:
    """The attributes worth trying: no names, ids, times or states of today."""
    return tuple(
        name
        for name, kind in known.items()
        if name not in NO_SEGMENTS
        and not name.endswith(("_id", "_at", "_day", "_on"))
        and not kind.startswith(("timestamp", "date"))
    )


def earlier(clock: Clock, period: Period, grain: str, way: str) -> Period:
    """The period before of the same length, or the same a year before; whole months stay whole months."""
    if way == "year":
        start = add_months(period.start, -12)
        if grain == "total":
            return Period(f"{start}..{add_months(period.end, -12)}", start, add_months(period.end, -12))
        return clock.containing(start, grain)
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
    if grain == "total" and months > 0 and add_months(period.start, months) == period.end:
        start = add_months(period.start, -months)
        return Period(f"{start:%Y-%m}..{add_months(period.start, -1):%Y-%m}", start, period.start)
    if grain == "total":
        start = period.start - (period.end - period.start)
        return Period(f"{start}..{period.start}", start, period.start)
    return clock.containing(period.start - timedelta(days=1), grain)


def _split(
    measure: Measure,
    question: Question,
    framing: Framing,
    periods: Sequence[Period],
    columns: tuple[str, ...],
    *,
    asked: bool,
) -> tuple[Split | None, str | None]:
    """The change taken apart, or why it cannot be."""
    whole = framing("total", periods, ())
    empty = next((row for row in rows_of(measure, question, whole) if row.value is None), None)
    if empty is not None:
        return None, f"{question.metric.id} has no value in {empty.period} ({empty.reason}): no change to explain."
    try:
        return split(measure, question, whole, framing("total", periods, ("customer_id", *columns)), asked), None
    except RequestError:
        if asked or TENURE not in columns:
            raise
        columns = tuple(name for name in columns if name != TENURE)
        return split(measure, question, whole, framing("total", periods, ("customer_id", *columns)), asked), None


def _scale(row: Row) -> Fraction:
    """The value over numerator / denominator: 100 for a metric in points."""
    if row.value is None or not row.numerator or not row.denominator:
        return Fraction(1)
    return Fraction(row.value) * Fraction(row.denominator) / Fraction(row.numerator)


def _monthly(measure: Measure, question: Question, framing: Framing, period: Period) -> list[Row]:
    """Each customer's outcome, month by month where the period is longer than one; months that are over only."""
    clock = measure.clock
    months = [period] if period.days <= 31 else clock.between(period.start, period.end, "month", "")
    over = [month for month in months if clock.is_complete(month)]
    if not over:
        return []
    grain = "month" if len(months) > 1 else "total"
    return list(measure.results([question], framing(grain, over, ("customer_id",)))[0].rows)


def _none(reason: str) -> GoesWith:
    return GoesWith((), 0, 0, 0, (), "", reason=reason)
