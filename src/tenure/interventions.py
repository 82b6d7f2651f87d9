"""`tenure compare`: what a metric did after an event, against a comparison group or its own past. Machinery floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tenure.errors import RequestError, UsageError
from tenure.measure import Measure
from tenure.periods import FIRST_DAY, LAST_DAY, Clock, Period
from tenure.question import Frame, Question
from tenure.result import Row, plain
from tenure.stats.before_after import Effect, Sides, difference_in_differences, slope, step

Framing = Callable[[str, Sequence[Period], tuple[str, ...], tuple[str, ...]], Frame]
"""Makes a frame of a grain, periods, columns and conditions."""

LEAST = 10
"""Customers that each group must have before and after."""


@dataclass(frozen=True)
class Event:
    """What happened, when, to whom, and who is compared. `experiment`: who it happened to was drawn by lot."""

    name: str
    on: date
    treated: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    experiment: bool = False


@dataclass(frozen=True)
class Group:
    """One group before and after, pooled over the months, with its monthly values."""

    before: float | None
    after: float | None
    customers: int
    series: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        months = [{"period": row.period, "value": plain(row.value)} for row in self.series]
        return {"before": self.before, "after": self.after, "customers": self.customers, "months": months}


@dataclass(frozen=True)
class Compared:
    """The answer. `apart`: how the two groups drew apart each month before the event."""

    event: Event
    question: Question
    unit: str
    before: tuple[Period, ...]
    after: tuple[Period, ...]
    treated: Group
    control: Group | None
    effect: Effect
    apart: Effect | None
    notes: tuple[str, ...]

    @property
    def method(self) -> str:
        return "difference in differences" if self.control else "interrupted series"

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        apart = self.apart
        return {
            "event": self.event.name, "on": self.event.on.isoformat(), "metric": self.question.metric.id,
            "title": self.question.metric.title, "variant": self.question.variant, "unit": self.unit,
            "better": self.question.metric.better, "method": self.method, "experiment": self.event.experiment,
            "before": [period.label for period in self.before], "after": [period.label for period in self.after],
            "treated": self.treated.to_json(), "control": self.control.to_json() if self.control else None,
            "difference": self.effect.difference, "low": self.effect.low, "high": self.effect.high,
            "noise": self.effect.noise,
            "trend_before": None if apart is None else {
                "difference": apart.difference, "low": apart.low, "high": apart.high, "noise": apart.noise
            },
            "verdict": verdict(self), "notes": list(self.notes),
        }  # fmt: skip


def verdict(found: Compared) -> str:
    """The answer in a sentence, and what it does not say."""
    effect, unit = found.effect, found.unit
    title = found.question.metric.title
    against = "the comparison group" if found.control else "the trend before"
    low, high = sorted((abs(effect.low), abs(effect.high)))
    if effect.noise:
        bounds = f"{_signed(effect.low, unit)} to {_signed(effect.high, unit)}"
        told = f"{title}: no more than noise against {against} ({_signed(effect.difference, unit)}, 95 % {bounds})."
        return f"{told} That does not show that nothing changed."
    word = "rose" if effect.difference > 0 else "fell"
    size = f"{_size(abs(effect.difference), unit)} ({_bare(low, unit)} to {_bare(high, unit)})"
    told = f"{title} {word} by {size} {'more than' if found.control else 'beyond'} {against}."
    if found.control and found.event.experiment:
        return f"{told} Who was treated was drawn by lot, so chance aside the difference is the event's."
    return f"{told} A difference, not a cause."


def ask(
    measure: Measure,
    questions: Callable[[str, str | None], Question],
    frames: Callable[[str | Sequence[str], str, Sequence[Period], tuple[str, ...]], Frame],
    event: str,
    on: date | str,
    metric: str,
    *,
    treated: str | Sequence[str] = (),
    control: str | Sequence[str] = (),
    before: int = 6,
    after: int = 6,
    experiment: bool = False,
    variant: str | None = None,
) -> Compared:
    """What `Workspace.compare` takes: conditions of the treated and of the comparison group, months before and
    after, whether who was treated was drawn by lot."""
    told = Event(event, _day(on), _texts(treated), _texts(control), experiment)

    def framing(grain: str, periods: Sequence[Period], by: tuple[str, ...], where: tuple[str, ...]) -> Frame:
        return frames(where, grain, periods, by)

    return compared(measure, questions(metric, variant), framing, told, before, after)


def _day(on: date | str) -> date:
    """The day, if it is one that data can have."""
    try:
        day = on if isinstance(on, date) else date.fromisoformat(on)
    except ValueError:
        raise UsageError(f"{on!r} is not a day.", where="--on", todo="Write it as 2024-06-01.") from None
    if not FIRST_DAY.year < day.year < LAST_DAY.year - 100:
        raise UsageError(f"Nothing is known of the year {day.year}.", where="--on", todo="Choose a day of the data.")
    return day


def _texts(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def compared(measure: Measure, question: Question, framing: Framing, event: Event, before: int, after: int) -> Compared:
    """What the metric did after the event."""
    if event.control and not event.treated:
        raise UsageError("A comparison group needs a treated one.", where="--control", todo="Add --treated CONDITION.")
    if question.reading.by or question.metric.by:
        raise RequestError(f"{question.metric.id} has no one number for a month.", where="--metric")
    first, then = _months(measure.clock, event.on, before, after)
    frame = framing("month", [*first, *then], (), event.treated)
    series = _series(measure, question, frame)
    if all(row.value is None for row in series[: len(first)]):
        raise RequestError(
            f"{question.metric.id} has no value in the {len(first)} months before {event.on}.",
            where="--on",
            todo="Choose a date inside the data, or another group.",
        )
    if event.control:
        return _against_group(measure, question, framing, event, first, then, series)
    values = [row.value for row in series]
    if any(value is None for value in values):
        empty = next(row.period for row in series if row.value is None)
        raise RequestError(f"{question.metric.id} has no value in {empty}.", where="--on", todo="Shorten --before.")
    scaled = [float(value or 0) for value in values]
    effect = step(scaled[: len(first)], scaled[len(first) :])
    if effect is None:
        raise RequestError(
            f"{len(first)} months before and {len(then)} after are too few for a series alone.",
            todo="Give at least 4 before and 3 after, or a comparison group with --treated and --control.",
        )
    group = Group(_mean(scaled[: len(first)]), _mean(scaled[len(first) :]), _most(series), tuple(series))
    notes = ("Without a comparison group, whatever else happened at that time is in the figure too.",)
    unit = question.unit
    return Compared(event, question, unit, tuple(first), tuple(then), group, None, effect, None, notes)


def _against_group(
    measure: Measure,
    question: Question,
    framing: Framing,
    event: Event,
    first: Sequence[Period],
    then: Sequence[Period],
    series: Sequence[Row],
) -> Compared:
    periods = [*first, *then]
    sides, monthly = [], [series, _series(measure, question, framing("month", periods, (), event.control))]
    held: list[dict[str, set[str]]] = []
    for where in (event.treated, event.control):
        rows = _series(measure, question, framing("month", periods, ("customer_id",), where))
        found, seen = _by_customer(rows, {period.label for period in first})
        sides.append(found)
        held.append(seen)
    both = {who for label in held[0] for who in held[0][label] & held[1].get(label, set())}
    if both:
        raise RequestError(
            f"{len(both)} customers are in both groups, such as {min(both)}.",
            where="--treated and --control",
            todo="Word the conditions so that nobody is in both.",
        )
    for name, found in zip(("treated", "control"), sides, strict=True):
        counts = [sum(bool(one[k]) for one in found.values()) for k in (1, 3)]
        if min(counts) < LEAST:
            raise RequestError(
                f"The {name} group has {counts[0]} customers before and {counts[1]} after, of {LEAST} that are needed.",
                where=f"--{name}",
                todo="Widen the condition or the months.",
            )
    scale = _scale(question, series)
    _must_sum(question, sides, monthly)
    effect = difference_in_differences(list(sides[0].values()), list(sides[1].values()))
    if effect is None:
        raise RequestError("A group has nothing to divide by before or after.", where="--treated and --control")
    groups = [_group(found, rows, scale) for found, rows in zip(sides, monthly, strict=True)]
    effect = Effect(effect.difference * scale, effect.low * scale, effect.high * scale)
    pairs = list(zip(*monthly, strict=True))[: len(first)]
    apart = slope([float(a.value - b.value) for a, b in pairs if a.value is not None and b.value is not None])
    notes = []
    if apart is not None and not apart.noise:
        notes.append("The groups were already drawing apart before the event, which the difference carries on.")
    unit = question.unit
    return Compared(event, question, unit, tuple(first), tuple(then), groups[0], groups[1], effect, apart, tuple(notes))


def _months(clock: Clock, on: date, before: int, after: int) -> tuple[list[Period], list[Period]]:
    """Whole months before and after; the month in which it happened is neither, unless it happened on its first day."""
    if before < 1 or after < 1:
        raise UsageError("--before and --after count months.", todo="Give numbers from 1 on.")
    month = clock.containing(on, "month")
    then = [month if on == month.start else clock.containing(month.end, "month")]
    while len(then) < after:
        then.append(clock.containing(then[-1].end, "month"))
    then = [period for period in then if clock.is_complete(period)]
    if not then:
        raise RequestError(
            f"No month after {on} is over by {clock.cut}.", where="--on", todo="Choose an earlier date, or wait."
        )
    first = [clock.containing(month.start - timedelta(days=1), "month")]
    while len(first) < before:
        first.insert(0, clock.containing(first[0].start - timedelta(days=1), "month"))
    return first, then


def _series(measure: Measure, question: Question, frame: Frame) -> list[Row]:
    """The monthly values; months that do not touch (one is left out) are asked for in two goes."""
    return [row for part in _touching(frame) for row in measure.results([question], part)[0].rows]


def _touching(frame: Frame) -> list[Frame]:
    runs: list[list[Period]] = [[frame.periods[0]]]
    for period in frame.periods[1:]:
        if period.start == runs[-1][-1].end:
            runs[-1].append(period)
        else:
            runs.append([period])
    return [replace(frame, periods=run) for run in runs]


def _by_customer(rows: Sequence[Row], first: set[str]) -> tuple[dict[str, Sides], dict[str, set[str]]]:
    """Each customer's sums before and after, and who was in the group in which month."""
    sums: dict[str, list[Fraction]] = {}
    seen: dict[str, set[str]] = {}
    for row in rows:
        top, bottom = Fraction(row.numerator or 0), Fraction(row.denominator or 0)
        if top or bottom:
            who, place = str(row.by["customer_id"]), 0 if row.period in first else 2
            held = sums.setdefault(who, [Fraction(0)] * 4)
            held[place] += top
            held[place + 1] += bottom
            seen.setdefault(row.period, set()).add(who)
    return {who: (h[0], h[1], h[2], h[3]) for who, h in sums.items()}, seen


def _must_sum(question: Question, sides: Sequence[dict[str, Sides]], monthly: Sequence[Sequence[Row]]) -> None:
    for found, rows in zip(sides, monthly, strict=True):
        for k, name in ((0, "numerator"), (1, "denominator")):
            total = sum((one[k] + one[k + 2] for one in found.values()), Fraction(0))
            whole = sum(Fraction(getattr(row, name) or 0) for row in rows)
            if total != whole or any(row.denominator is None for row in rows):
                raise RequestError(
                    f"{question.metric.id} ({question.variant}) is no ratio of sums over customers, "
                    "so groups of different size cannot be compared by it.",
                    where="--metric",
                    todo="Use a rate, such as customer_churn_rate, csat or nrr.",
                )


def _scale(question: Question, rows: Sequence[Row]) -> float:
    for row in rows:
        if row.value and row.numerator and row.denominator:
            return float(Fraction(row.value) * Fraction(row.denominator) / Fraction(row.numerator))
    return 1.0


def _group(found: dict[str, Sides], rows: Sequence[Row], scale: float) -> Group:
    tops0, bottoms0, tops1, bottoms1 = (sum((one[k] for one in found.values()), Fraction(0)) for k in range(4))
    before = float(tops0 / bottoms0) * scale if bottoms0 else None
    after = float(tops1 / bottoms1) * scale if bottoms1 else None
    return Group(before, after, len(found), tuple(rows))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _most(rows: Sequence[Row]) -> int:
    return max((row.n or 0 for row in rows), default=0)


def _size(x: float, unit: str) -> str:
    return f"{_bare(x, unit)} points" if unit in ("share", "points") else f"{_bare(x, unit)} {_word(unit)}".rstrip()


def _word(unit: str) -> str:
    return unit if unit in ("hours", "days", "months") else ""


def _bare(x: float, unit: str) -> str:
    return f"{100 * x:.1f}" if unit == "share" else f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}"


def _signed(x: float, unit: str) -> str:
    return f"{'−' if x < 0 else '+'}{_bare(abs(x), unit)}"
