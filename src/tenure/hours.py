"""Opening hours as stretches of instants: schedules and holidays, daylight saving included. Ground floor.

Local times become instants through the zone's own rules, so a day on which clocks change has its real hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Hours:
    """One row of a schedule: from when to when it is open on a weekday, local time. "24:00" is the day's end."""

    schedule: str
    weekday: str
    opens: str
    closes: str
    timezone: str


@dataclass(frozen=True)
class Tile:
    """From `start` to `stop` (seconds since 1970, both in the day numbered `day`) `open` seconds follow at once.

    `before`: seconds open from the first day up to `start`. So F(t) = before + min(t - start, open), and the seconds
    open between two instants are the difference of F.
    """

    schedule: str
    day: int
    start: int
    stop: int
    before: int
    open: int


def tiles(hours: Iterable[Hours], holidays: Iterable[tuple[str, date]], first: date, last: date) -> Iterator[Tile]:
    """Every schedule as tiles that cover the days (UTC) from `first` to `last`, both included, without a gap."""
    closed: dict[str, set[date]] = {}
    for schedule, day in holidays:
        closed.setdefault(schedule, set()).add(day)
    rows: dict[str, list[Hours]] = {}
    for one in hours:
        rows.setdefault(one.schedule, []).append(one)
    for schedule in sorted(rows):
        yield from _tiled(
            schedule, _joined(_spans(rows[schedule], closed.get(schedule, set()), first, last)), first, last
        )


def seconds_of(text: str) -> int:
    """A time of day as seconds after midnight; ValueError where it is none."""
    parts = [int(part) for part in text.strip().split(":")]
    hour, minute, second = (*parts, 0, 0)[:3]
    found = hour * 3600 + minute * 60 + second
    if not (1 <= len(parts) <= 3 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= found <= DAY):
        raise ValueError(text)
    return found


def _spans(rows: list[Hours], closed: set[date], first: date, last: date) -> Iterator[tuple[int, int]]:
    """(opens, closes) of every day; hours that close at or before they open run over midnight."""
    day = first - timedelta(days=2)
    while day <= last + timedelta(days=2):
        for one in rows:
            if WEEKDAYS[day.weekday()] == one.weekday and day not in closed:
                opens, closes = seconds_of(one.opens), seconds_of(one.closes)
                zone = ZoneInfo(one.timezone)
                begin, end = _instant(day, opens, zone), _instant(day, closes + (DAY if closes <= opens else 0), zone)
                if begin < end:
                    yield begin, end
        day += timedelta(days=1)


def _instant(day: date, seconds: int, zone: ZoneInfo) -> int:
    """A local time of a day as seconds since 1970. A time that clocks skip is read with the offset from before."""
    days, seconds = divmod(seconds, DAY)
    local = datetime.combine(day + timedelta(days=days), time(), zone) + timedelta(seconds=seconds)
    return int(local.astimezone(UTC).timestamp())


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, overlapping ones as one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _tiled(schedule: str, spans: list[tuple[int, int]], first: date, last: date) -> Iterator[Tile]:
    epoch = date(1970, 1, 1)
    before, place = 0, 0
    for day in range((first - epoch).days, (last - epoch).days + 1):
        edge, end = day * DAY, (day + 1) * DAY
        while place < len(spans) and spans[place][1] <= edge:
            place += 1
        cut = [edge]
        number = place
        while number < len(spans) and spans[number][0] < end:
            if spans[number][0] > edge:
                cut.append(spans[number][0])
            number += 1
        for start, stop in zip(cut, [*cut[1:], end], strict=True):
            open_ = sum(max(0, min(stop, b) - max(start, a)) for a, b in spans[place:number])
            yield Tile(schedule, day, start, stop, before, open_)
            before += open_
