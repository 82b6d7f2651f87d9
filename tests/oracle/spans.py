"""Periods of every grain, as half-open stretches of local days. The oracle's own; tests' floor."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Span:
    """The days from `start` up to, not including, `end`. Labels of weeks and totals are empty."""

    label: str
    start: date
    end: date


@dataclass(frozen=True)
class Calendar:
    """A workspace's week and fiscal year."""

    week_start: str = "monday"
    fiscal_month: int = 1

    def containing(self, day: date, grain: str) -> Span:
        """The period of `grain` that holds `day`."""
        if grain == "day":
            return Span(day.isoformat(), day, day + DAY)
        if grain == "week":
            while WEEKDAYS[day.weekday()] != self.week_start:
                day -= DAY
            return Span("", day, day + 7 * DAY)
        start = day.replace(day=1)
        if grain == "month":
            return Span(f"{start.year}-{start.month:02}", start, add_months(start, 1))
        while start.month != self.fiscal_month:
            start = add_months(start, -1)
        # a fiscal year is named by the calendar year its last day lies in
        year = (add_months(start, 12) - DAY).year
        if grain == "year":
            return Span(str(year), start, add_months(start, 12))
        for number in (1, 2, 3, 4):
            end = add_months(start, 3)
            if start <= day < end:
                return Span(f"{year}-Q{number}", start, end)
            start = end
        raise ValueError(grain)

    def between(self, first: date, last: date, grain: str) -> list[Span]:
        """The periods that hold the days from `first` to `last`, both included."""
        if grain == "total":
            return [Span("", first, last + DAY)]
        spans = [self.containing(first, grain)]
        while spans[-1].end <= last:
            spans.append(self.containing(spans[-1].end, grain))
        return spans


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days(start: date, end: date) -> list[date]:
    """Every day of [start, end)."""
    return [start + number * DAY for number in range((end - start).days)]


def days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
