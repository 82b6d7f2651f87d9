"""Periods: half-open stretches of local days, their grains, names and arithmetic. Ground floor.

A day is a day in the workspace's time zone. Years and quarters are fiscal and named by the year they end in;
a week is named after its middle day's year, which for weeks that start on Monday is the ISO week.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from tenure.errors import UsageError

GRAINS = ("day", "week", "month", "quarter", "year", "total")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    label: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Clock:
    """What a workspace's calendar is, and the instant its data stand at (`as_of`, in UTC)."""

    timezone: str
    week_start: int
    fiscal_month: int
    as_of: datetime

    @cached_property
    def local_as_of(self) -> datetime:
        return self.as_of.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)

    @property
    def cut(self) -> date:
        """The first day of which nothing is known."""
        local = self.local_as_of
        partial = local.time() != datetime.min.time()
        return local.date() + timedelta(days=1) if partial else local.date()

    def is_complete(self, period: Period) -> bool:
        return datetime.combine(period.end, datetime.min.time()) <= self.local_as_of

    def is_ahead(self, period: Period) -> bool:
        return datetime.combine(period.start, datetime.min.time()) >= self.local_as_of

    def containing(self, day: date, grain: str) -> Period:
        """The period of `grain` that `day` lies in."""
        if grain == "day":
            return Period(day.isoformat(), day, day + timedelta(days=1))
        if grain == "week":
            start = day - timedelta(days=(day.weekday() - self.week_start) % 7)
            middle = start + timedelta(days=3)
            week = (middle.timetuple().tm_yday - 1) // 7 + 1
            return Period(f"{middle.year}-W{week:02d}", start, start + timedelta(days=7))
        if grain == "month":
            start = day.replace(day=1)
            return Period(f"{start:%Y-%m}", start, add_months(start, 1))
        months_in = (day.month - self.fiscal_month) % 12
        if grain == "year":
            start = add_months(day.replace(day=1), -months_in)
            return Period(str(self._fiscal_year(start)), start, add_months(start, 12))
        if grain == "quarter":
            start = add_months(day.replace(day=1), -(months_in % 3))
            return Period(f"{self._fiscal_year(start)}-Q{months_in // 3 + 1}", start, add_months(start, 3))
        raise UsageError(f"There is no grain {grain!r}.", todo=f"Use one of {', '.join(GRAINS)}.")

    def _fiscal_year(self, day: date) -> int:
        """The year in which the fiscal year that holds `day` ends."""
        months_in = (day.month - self.fiscal_month) % 12
        last = add_months(day.replace(day=1), 11 - months_in)
        return last.year

    def parse(self, text: str) -> tuple[str, Period]:
        """A period as people write it, with its grain: 2024-12, 2024-Q4, 2024, 2024-W50, 2024-12-31."""
        try:
            return self._parse(text.strip())
        except ValueError as error:
            raise UsageError(
                f"{text!r} is not a period ({error}).",
                todo="Write 2024-12, 2024-Q4, 2024, 2024-W50 or 2024-12-31.",
            ) from None

    def _parse(self, text: str) -> tuple[str, Period]:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return "day", self.containing(date.fromisoformat(text), "day")
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return "month", self.containing(date(int(text[:4]), int(text[5:]), 1), "month")
        if found := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text):
            first = self._year_start(int(found[1]))
            return "quarter", self.containing(add_months(first, 3 * (int(found[2]) - 1)), "quarter")
        if re.fullmatch(r"\d{4}", text):
            return "year", self.containing(self._year_start(int(text)), "year")
        if found := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text):
            return "week", self._week(int(found[1]), int(found[2]))
        raise ValueError("not a form that is known")

    def _year_start(self, year: int) -> date:
        return date(year, self.fiscal_month, 1) if self.fiscal_month == 1 else date(year - 1, self.fiscal_month, 1)

    def _week(self, year: int, week: int) -> Period:
        found = self.containing(date(year, 1, 4) + timedelta(weeks=week - 1), "week")
        for period in (found, self.containing(found.end, "week"), self.containing(found.start - timedelta(1), "week")):
            if period.label == f"{year}-W{week:02d}":
                return period
        raise ValueError(f"{year} has no week {week}")

    def between(self, start: date, end: date, grain: str, label: str) -> list[Period]:
        """The periods of `grain` that meet the days from `start` to before `end`."""
        if grain == "total":
            return [Period(label, start, end)]
        found = [self.containing(start, grain)]
        while found[-1].end < end:
            found.append(self.containing(found[-1].end, grain))
        return found

    def last(self, count: int, grain: str) -> list[Period]:
        """The last `count` periods of `grain` that were over at as_of."""
        period = self.containing(self.local_as_of.date(), grain)
        found: list[Period] = []
        while len(found) < count:
            if self.is_complete(period):
                found.append(period)
            period = self.containing(period.start - timedelta(days=1), grain)
        return found[::-1]


def select(
    clock: Clock, *, from_: str | None = None, to: str | None = None, last: int | None = None, grain: str | None = None
) -> tuple[str, list[Period]]:
    """The grain and periods a request asks for, as the command line's --from, --to, --last and --grain say them."""
    if grain is not None and grain not in GRAINS:
        raise UsageError(f"There is no grain {grain!r}.", todo=f"Use one of {', '.join(GRAINS)}.")
    if last is not None and from_ is not None:
        raise UsageError("--last and --from exclude each other.", todo="Give one of them.")
    if last is not None and last < 1:
        raise UsageError(f"--last {last} asks for no period.", todo="Give a number from 1 on.")
    if from_ is None:
        return _backwards(clock, to, 12 if last is None else last, grain)
    own, first = clock.parse(from_)
    chosen = grain or own
    if to is not None:
        end = clock.parse(to)[1].end
    else:
        final = clock.last(1, own)[0]
        end = max(final.end, first.end)
    if end <= first.start:
        raise UsageError(f"--to {to} lies before --from {from_}.", todo="Swap them.")
    label = from_ if to in (None, from_) else f"{from_}..{to}"
    return chosen, clock.between(first.start, end, chosen, label)


def _backwards(clock: Clock, to: str | None, last: int, grain: str | None) -> tuple[str, list[Period]]:
    own, final = clock.parse(to) if to else ("month", None)
    unit = own if grain in (None, "total") else grain
    assert unit is not None
    if final is None:
        found = clock.last(last, unit)
    else:
        period = clock.containing(final.end - timedelta(days=1), unit)
        found = [period]
        while len(found) < last:
            found.append(clock.containing(found[-1].start - timedelta(days=1), unit))
        found.reverse()
    if grain == "total":
        return "total", [Period(f"{found[0].label}..{found[-1].label}", found[0].start, found[-1].end)]
    return unit, found


def parse_window(text: str) -> tuple[int, int]:
    """A window as (months, days): 12m, 1y, 2q, 4w, 30d."""
    found = re.fullmatch(r"(\d{1,4})([mqywd])", text.strip().lower())
    if not found or int(found[1]) == 0:
        raise UsageError(f"{text!r} is not a window.", todo="Write 12m, 1y, 2q, 4w or 30d.")
    number = int(found[1])
    return {"m": (number, 0), "q": (3 * number, 0), "y": (12 * number, 0), "w": (0, 7 * number), "d": (0, number)}[
        found[2]
    ]


def before(day: date, window: tuple[int, int]) -> date:
    """The day that lies a window before `day`."""
    return add_months(day, -window[0]) - timedelta(days=window[1])


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months, held to the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """How long a month is."""
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
