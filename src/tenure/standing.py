"""Asking as of many days with texts that are compiled once. Machinery floor.

Where the data stand is written into queries as literals. A workspace of the past compiles them for one day that stands
in for all, far from any date of the data; just before a query runs, its literals are moved to the day that is meant.
Dates that are reckoned from where the data stand, in days, move with it. Embedded engine only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from tenure.rollup import World
from tenure.warehouse import Columns, Warehouse

DAY = date(2700, 1, 1)
INSTANT = datetime(2700, 1, 1)
"""What stands in for the first day of which nothing is known, and for the instant the data stand at."""
_NEAR = range(2500, 2900)
_DATE = re.compile(r"MAKE_DATE\((\d{4}), (\d+), (\d+)\)")
_TIME = re.compile(r"MAKE_TIMESTAMP\((\d{4}), (\d+), (\d+), (\d+), (\d+), ([\d.]+)\)")


def stand_in(world: World) -> World:
    """The world with the day that stands in for its own."""
    return replace(world, as_of=INSTANT, cut=DAY)


class Moved:
    """An engine whose queries speak of the day that stands in; they run as of the world's own."""

    def __init__(self, inner: Warehouse, world: World) -> None:
        self.inner, self.dialect = inner, inner.dialect
        self._days, self._time = DAY - world.cut, INSTANT - world.as_of

    @property
    def shift(self) -> timedelta:
        """From a day to the one that stands in for it."""
        return self._days

    def run(self, sql: str) -> Columns:
        return self.inner.run(self._moved(sql))

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        self.inner.put(name, types, rows)

    def make(self, name: str, sql: str) -> None:
        self.inner.make(name, self._moved(sql))

    def _moved(self, sql: str) -> str:
        return _TIME.sub(self._instant, _DATE.sub(self._date, sql))

    def _date(self, found: re.Match[str]) -> str:
        year, month, day = map(int, found.groups())
        if year not in _NEAR:
            return found[0]
        moved = date(year, month, day) - self._days
        return f"MAKE_DATE({moved.year}, {moved.month}, {moved.day})"

    def _instant(self, found: re.Match[str]) -> str:
        year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
        if year not in _NEAR:
            return found[0]
        moved = datetime(year, month, day, hour, minute) + timedelta(seconds=float(found[6])) - self._time
        seconds = moved.second + moved.microsecond / 10**6
        return f"MAKE_TIMESTAMP({moved.year}, {moved.month}, {moved.day}, {moved.hour}, {moved.minute}, {seconds})"
