"""Periods as data: the small tables a query joins to learn in which period a day lies. Part of compile."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.money import MONTH_UNIT
from tenure.periods import Period, before, days_in_month
from tenure.stand_ins import FINISH, STOP

DAYS = lean.table(
    {
        "day": "date",
        "slot": "int64",
        "start": "date",
        "stop": "date",
        "days_left": "int64",
        "months_left": "int64",
    },
    name="calendar_days",
)
"""Each day before the last boundary: its slot (0: before the first period), the slot's ends, what is left of it."""

PERIODS = lean.table({"k": "int64", "base": "date", "stop": "date"}, name="calendar_periods")
"""Each period: the first day after the cohort's moment, and the first day after its end."""


@dataclass(frozen=True)
class Slot:
    """One period of a request as the engine sees it: cut at as_of; `base` lies a window before its end.

    `finish` is the end that it will have: not cut, except where it has not begun.
    """

    start: date
    base: date
    stop: date
    finish: date

    @property
    def days(self) -> int:
        return (self.stop - self.start).days


def slots(periods: Sequence[Period], cut: date, window: tuple[int, int] | None = None) -> list[Slot]:
    """The periods cut at `cut`; with a window the base lies that long before each (uncut) end."""
    found = []
    for period in periods:
        start, stop = min(period.start, cut), min(period.end, cut)
        base = min(before(period.end, window), cut) if window else start
        found.append(Slot(start, base, stop, period.end if start < cut else stop))
    return found


def ends_of(found: Sequence[Slot]) -> dict[date, date]:
    """What the stand-ins for the ends of the periods asked about are in truth."""
    return {STOP: max(slot.stop for slot in found), FINISH: max(slot.finish for slot in found)}


def touching(found: Sequence[Slot]) -> bool:
    """True where each period begins where the one before ends and the cohort's moment is its start."""
    pairs = itertools.pairwise(found)
    return all(s.base == s.start for s in found) and all(a.stop == b.start for a, b in pairs)


def day_rows(found: Sequence[Slot], first: date) -> list[tuple[date, int, date, date, int, int]]:
    """The rows of DAYS from `first` (the earliest day any row has) to the last boundary."""
    rows: list[tuple[date, int, date, date, int, int]] = []
    begin = found[0].start
    if first < begin:
        # One row stands for all days before: queries ask for greatest(day, the day before the first boundary).
        rows.append((begin - timedelta(days=1), 0, date(1, 1, 1), begin, 0, 0))
    for index, slot in enumerate(found):
        months = month_units(slot.start, slot.stop)
        for offset in range(slot.days):
            day = slot.start + timedelta(days=offset)
            rows.append((day, index + 1, slot.start, slot.stop, slot.days - offset, months))
            months -= MONTH_UNIT // days_in_month(day.year, day.month)
    return rows


def month_units(start: date, stop: date) -> int:
    """The months from start to before stop, a day counting 1 / the days of its month, in MONTH_UNITs."""
    total, day = 0, start
    while day < stop:
        length = days_in_month(day.year, day.month)
        last = min(stop, day.replace(day=length) + timedelta(days=1))
        total += (last - day).days * (MONTH_UNIT // length)
        day = last
    return total


def on_day(rows: ir.Table, day: ir.Value, first: date | None) -> ir.Table:
    """The rows joined to their day's slot; days before the first period fall in slot 0, those after the last drop.

    `first` is the day that stands for all before the first period; without it, their rows drop too.
    """
    days = DAYS.rename(c_day="day")
    rows = rows.mutate(cal_day_=day if first is None else ibis.greatest(day, ibis.literal(first)))
    return rows.join(days, rows.cal_day_ == days.c_day).drop("c_day", "cal_day_")
