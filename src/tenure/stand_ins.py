"""Days that stand for "now" and for a request's ends in compiled texts, and the real ones put in. Language floor.

Compiling takes Ibis longer than most queries run, and the moment the data stand at moves all the time. So what depends
on it is compiled with days of far years in their place; a text is then good at any moment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

AS_OF = datetime(2900, 7, 1, 1, 2, 3, 456789)
CUT, STOP, BEGIN, FINISH = date(2800, 7, 1), date(2700, 7, 1), date(2600, 7, 1), date(2500, 7, 1)
"""as_of, the first local day of which nothing is known, the first day and the end of the periods asked for as far as
they are known, and the end of the last one that has begun."""

EDGE = date(2400, 1, 1)


def edge(number: int) -> date:
    """What stands for one of the ends of windows that are asked for at once; nothing is reckoned from it."""
    return EDGE + timedelta(days=number)


_REACH = timedelta(days=40 * 366)
"""How far from a stand-in days may lie that are reckoned from it."""

_TIME = re.compile(r"MAKE_TIMESTAMP\((2\d{3}), (\d+), (\d+), (\d+), (\d+), ([\d.]+)\)|'(2\d{3}-\d\d-\d\dT[\d:.]+)'")
_DAY = re.compile(r"MAKE_DATE\((2\d{3}), (\d+), (\d+)\)")
"""How moments and days are written in DuckDB's, PostgreSQL's and Spark's SQL."""


def filled(text: str, real: Mapping[date, date]) -> str:
    """The text with the real moments and days in the place of those that stand for them, or are reckoned from them."""

    def moment(found: re.Match[str]) -> str:
        if found[7]:
            return f"'{_moved(datetime.fromisoformat(found[7]), real).isoformat()}'"
        second, _, fraction = found[6].partition(".")
        year, month, day, hour, minute = (int(found[i]) for i in range(1, 6))
        parts = (hour, minute, int(second), int(fraction.ljust(6, "0")[:6]))
        at = _moved(datetime(year, month, day, *parts), real)
        return f"MAKE_TIMESTAMP({at:%Y, %-m, %-d, %-H, %-M}, {at.second}.{at.microsecond:06d})"

    def day_(found: re.Match[str]) -> str:
        at = _moved(datetime(int(found[1]), int(found[2]), int(found[3])), real)
        return f"MAKE_DATE({at.year}, {at.month}, {at.day})"

    return _DAY.sub(day_, _TIME.sub(moment, text))


def knows_now(text: str) -> bool:
    """Whether a text depends on the moment the data stand at, or on a day reckoned from it."""
    found = [*_DAY.finditer(text), *(one for one in _TIME.finditer(text) if one[1])]
    days = [datetime(int(one[1]), int(one[2]), int(one[3])) for one in found]
    days += [datetime.fromisoformat(one[7]) for one in _TIME.finditer(text) if one[7]]
    return any(abs(day - _instant(mark)) < _REACH for day in days for mark in (AS_OF, CUT))


def _moved(found: datetime, real: Mapping[date, date]) -> datetime:
    """What a stand-in, or a day near one, is in truth; other days are what they are."""
    if found.year == EDGE.year and found.date() in real:  # they lie side by side
        return _instant(real[found.date()])
    for mark, truth in real.items():
        since = found - _instant(mark)
        if abs(since) < _REACH:
            return _instant(truth) + since
    return found


def _instant(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, datetime.min.time())
