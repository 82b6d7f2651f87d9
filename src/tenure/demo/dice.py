"""Chance and the calendar of the example company. Floor: edges (demo).

Everything is drawn from `random.Random.random()` alone, the one method whose sequence Python promises never to change,
and worked on with + - * / only: no logarithm or exponential, whose last digit differs between machines.
So the same seed gives the same bytes everywhere.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

Value = str | int | float | bool | Decimal | date | datetime | None
Row = dict[str, Value]
Tables = dict[str, list[Row]]
T = TypeVar("T")

FIRST_DAY = date(2024, 1, 1)
AS_OF = datetime(2026, 1, 1)
MONTHS = 24

# The quantiles of a skewed waiting time over its median (a log-normal with sigma 0.8), read off a table.
_SKEW = (
    (0.0, 0.14), (0.05, 0.27), (0.1, 0.36), (0.2, 0.51), (0.3, 0.66), (0.4, 0.82), (0.5, 1.0),
    (0.6, 1.22), (0.7, 1.52), (0.8, 1.96), (0.9, 2.79), (0.95, 3.73), (1.0, 7.5),
)  # fmt: skip


class Dice:
    """One area's own stream of chance, so that a change in one area leaves the others as they were."""

    def __init__(self, seed: int, area: int) -> None:
        self.random = random.Random(seed * 1009 + area).random

    def chance(self, share: float) -> bool:
        """True in this share of throws."""
        return self.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.random() * (high - low + 1))

    def spread(self, low: float, high: float) -> float:
        """A number between the two."""
        return low + self.random() * (high - low)

    def pick(self, choices: Sequence[T]) -> T:
        """One of them, all equally likely."""
        return choices[int(self.random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of them by its weight."""
        throw = self.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            throw -= weight
            if throw < 0:
                return choice
        return choices[-1][0]

    def some(self, choices: Sequence[T], number: int) -> list[T]:
        """Up to `number` different ones, in random order."""
        left = list(choices)
        return [left.pop(int(self.random() * len(left))) for _ in range(min(number, len(left)))]

    def count(self, mean: float) -> int:
        """A small whole number with this mean (twelve throws)."""
        return sum(self.random() * 12 < mean for _ in range(12))

    def skewed(self, median: float) -> float:
        """A waiting time: half are under the median, a few are many times as long."""
        return median * self.along(_SKEW)

    def along(self, quantiles: Sequence[tuple[float, float]]) -> float:
        """A number of the distribution that these quantiles (share, value), from 0 to 1, draw the outline of."""
        throw = self.random()
        for (p0, q0), (p1, q1) in pairwise(quantiles):
            if throw < p1:
                return q0 + (q1 - q0) * (throw - p0) / (p1 - p0)
        return quantiles[-1][1]

    def clock(self, day: date, opens: int = 8, closes: int = 18) -> datetime:
        """A moment of that day between two hours."""
        seconds = int(self.random() * (closes - opens) * 3600)
        return datetime(day.year, day.month, day.day) + timedelta(hours=opens, seconds=seconds)


def month_start(number: int) -> date:
    """The first day of the company's month 1, 2, ..."""
    return add_months(FIRST_DAY, number - 1)


def add_months(day: T, months: int) -> T:
    """The same day (and time) that many months later, or the month's last day where it has no such day."""
    assert isinstance(day, date)
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def hours(number: float) -> timedelta:
    """A stretch of so many hours, to the second."""
    return timedelta(seconds=int(number * 3600))


def days(number: float) -> timedelta:
    """A stretch of so many days, to the second."""
    return timedelta(seconds=int(number * 86400))


def cents(amount: Decimal) -> Decimal:
    """Rounded to two places."""
    return amount.quantize(Decimal("0.01"))


def past(value: Value) -> datetime | None:
    """The moment if it has been by the day the company exports its data, else nothing."""
    return value if isinstance(value, datetime) and value < AS_OF else None


def moment(value: Value) -> datetime:
    """A value that is known to be one."""
    assert isinstance(value, datetime)
    return value


def number_rows(rows: list[Row], column: str, prefix: str, time: str) -> list[Row]:
    """In order of time, with ids counted from 1."""
    rows.sort(key=lambda row: moment(row[time]))
    for number, row in enumerate(rows, start=1):
        row[column] = f"{prefix}{number:05d}"
    return rows
