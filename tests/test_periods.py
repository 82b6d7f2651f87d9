"""Periods: names and edges of grains, fiscal years, week starts, windows, what is complete."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from tenure.errors import UsageError
from tenure.periods import Clock, add_months, before, days_in_month, parse_window, select


def clock(as_of: str = "2025-01-01", zone: str = "UTC", week_start: int = 0, fiscal: int = 1) -> Clock:
    return Clock(zone, week_start, fiscal, datetime.fromisoformat(as_of).replace(tzinfo=UTC))


CALENDAR, APRIL = clock(), clock(fiscal=4)


@pytest.mark.parametrize(
    ("here", "text", "grain", "start", "end"),
    [
        (CALENDAR, "2024-12", "month", "2024-12-01", "2025-01-01"),
        (CALENDAR, "2024-02", "month", "2024-02-01", "2024-03-01"),
        (CALENDAR, "2024-02-29", "day", "2024-02-29", "2024-03-01"),
        (CALENDAR, "2024-Q4", "quarter", "2024-10-01", "2025-01-01"),
        (CALENDAR, "2024q1", "quarter", "2024-01-01", "2024-04-01"),
        (CALENDAR, "2024", "year", "2024-01-01", "2025-01-01"),
        (CALENDAR, "2024-W01", "week", "2024-01-01", "2024-01-08"),
        (CALENDAR, "2020-W53", "week", "2020-12-28", "2021-01-04"),
        (CALENDAR, "2021-W1", "week", "2021-01-04", "2021-01-11"),
        (APRIL, "2024", "year", "2023-04-01", "2024-04-01"),  # named by the year it ends in
        (APRIL, "2024-Q1", "quarter", "2023-04-01", "2023-07-01"),
        (APRIL, "2024-Q4", "quarter", "2024-01-01", "2024-04-01"),
        (APRIL, "2024-03", "month", "2024-03-01", "2024-04-01"),
        (clock(fiscal=2), "2024-Q4", "quarter", "2023-11-01", "2024-02-01"),
        (clock(fiscal=12), "2024", "year", "2023-12-01", "2024-12-01"),
    ],
)
def test_a_period_as_people_write_it(here: Clock, text: str, grain: str, start: str, end: str) -> None:
    found, period = here.parse(text)
    assert (found, period.start.isoformat(), period.end.isoformat()) == (grain, start, end)
    assert here.parse(period.label) == (grain, period)


@pytest.mark.parametrize(
    "text",
    ["", "2024-13", "2024-00", "2023-02-29", "2024-Q5", "2021-W53", "2024-W54", "2024-W00", "24-01", "last", "2024-1"],
)
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        CALENDAR.parse(text)
    assert "2024-Q4" in (caught.value.todo or "")


def test_weeks_from_monday_are_iso_weeks() -> None:
    day = date(2015, 12, 20)
    while day < date(2027, 1, 20):
        year, week, _ = day.isocalendar()
        period = CALENDAR.containing(day, "week")
        assert period.label == f"{year}-W{week:02d}"
        assert period.start.weekday() == 0 and period.days == 7 and period.start <= day < period.end
        day += timedelta(days=1)


@pytest.mark.parametrize("week_start", range(7))
def test_weeks_start_where_the_workspace_says_and_have_a_name_of_their_own(week_start: int) -> None:
    here = clock(week_start=week_start)
    period, names = here.containing(date(2019, 12, 20), "week"), set()
    while period.start < date(2025, 1, 20):
        assert period.start.weekday() == week_start
        assert period.label not in names
        assert here.parse(period.label) == ("week", period)
        names.add(period.label)
        period = here.containing(period.end, "week")


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("fiscal", [1, 2, 4, 10, 12])
def test_periods_of_a_grain_touch_and_hold_their_days(grain: str, fiscal: int) -> None:
    here = clock(fiscal=fiscal, week_start=6)
    periods = here.between(date(2023, 2, 14), date(2024, 3, 5), grain, "")
    assert periods[0].start <= date(2023, 2, 14) < periods[0].end
    assert periods[-1].start < date(2024, 3, 5) <= periods[-1].end
    for one, following in pairwise(periods):
        assert one.end == following.start
        assert here.containing(one.end - timedelta(days=1), grain) == one
    assert len({p.label for p in periods}) == len(periods)


def test_a_leap_year() -> None:
    assert CALENDAR.containing(date(2024, 2, 29), "month").days == 29
    assert CALENDAR.containing(date(2024, 2, 29), "year").days == 366
    assert (days_in_month(2024, 2), days_in_month(2023, 2), days_in_month(1900, 2), days_in_month(2000, 2)) == (
        29,
        28,
        28,
        29,
    )
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert add_months(date(2024, 1, 31), -2) == date(2023, 11, 30)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("12m", "2023-03-31"),
        ("1y", "2023-03-31"),
        ("1m", "2024-02-29"),
        ("2q", "2023-09-30"),
        ("4w", "2024-03-03"),
        ("30d", "2024-03-01"),
        (" 12M ", "2023-03-31"),
    ],
)
def test_a_window_reaches_back(text: str, start: str) -> None:
    assert before(date(2024, 3, 31), parse_window(text)).isoformat() == start


@pytest.mark.parametrize("text", ["", "12", "m", "0m", "-1m", "1.5m", "12 m", "12h", "99999m"])
def test_what_is_no_window_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="window"):
        parse_window(text)


# -- what is over ----------------------------------------------------------------------------------------------------


def test_complete_and_ahead() -> None:
    here = clock("2024-03-15T12:00")
    march = here.containing(date(2024, 3, 1), "month")
    february, april = here.containing(date(2024, 2, 1), "month"), here.containing(date(2024, 4, 1), "month")
    assert (here.is_complete(february), here.is_complete(march)) == (True, False)
    assert (here.is_ahead(march), here.is_ahead(april)) == (False, True)
    assert here.cut == date(2024, 3, 16)
    assert clock("2024-03-15").cut == date(2024, 3, 15)


def test_the_day_is_over_in_the_workspaces_zone() -> None:
    """Midnight in Auckland is noon in UTC the day before."""
    here = clock("2024-06-30T12:00", zone="Pacific/Auckland")
    assert here.cut == date(2024, 7, 1)
    assert here.is_complete(here.containing(date(2024, 6, 30), "day"))
    assert not clock("2024-06-30T12:00").is_complete(here.containing(date(2024, 6, 30), "day"))


def test_the_last_periods_are_those_that_are_over() -> None:
    here = clock("2024-03-15")
    assert [p.label for p in here.last(3, "month")] == ["2023-12", "2024-01", "2024-02"]
    assert [p.label for p in here.last(1, "quarter")] == ["2023-Q4"]
    assert [p.label for p in here.last(1, "day")] == ["2024-03-14"]
    assert [p.label for p in clock("2024-04-01").last(1, "month")] == ["2024-03"]


# -- what a request asks for -----------------------------------------------------------------------------------------


def labels(here: Clock = CALENDAR, **asked: object) -> tuple[str, list[str]]:
    grain, periods = select(here, **asked)  # type: ignore[arg-type]
    return grain, [p.label for p in periods]


def test_what_is_asked_for() -> None:
    twelve = [f"2024-{month:02}" for month in range(1, 13)]
    assert labels() == ("month", twelve)
    assert labels(last=2) == ("month", ["2024-11", "2024-12"])
    assert labels(last=2, grain="quarter") == ("quarter", ["2024-Q3", "2024-Q4"])
    assert labels(from_="2024") == ("year", ["2024"])
    assert labels(from_="2024", grain="month") == ("month", twelve)
    assert labels(from_="2024-Q3", to="2024-Q4") == ("quarter", ["2024-Q3", "2024-Q4"])
    assert labels(from_="2024-11", to="2024") == ("month", ["2024-11", "2024-12"])
    assert labels(from_="2024-11") == ("month", ["2024-11", "2024-12"])
    assert labels(to="2024-02", last=2) == ("month", ["2024-01", "2024-02"])
    assert labels(from_="2025-03") == ("month", ["2025-03"])


def test_total_is_one_period() -> None:
    grain, (period,) = select(CALENDAR, from_="2024-02", to="2024-Q2", grain="total")
    assert grain == "total"
    assert (period.start, period.end) == (date(2024, 2, 1), date(2024, 7, 1))
    _, (whole,) = select(CALENDAR, last=3, grain="total")
    assert (whole.start, whole.end) == (date(2024, 10, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    "asked",
    [
        {"grain": "fortnight"},
        {"last": 0},
        {"last": -3},
        {"last": 3, "from_": "2024-01"},
        {"from_": "2024-05", "to": "2024-04"},
        {"from_": "May"},
        {"to": "soon"},
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        select(CALENDAR, **asked)  # type: ignore[arg-type]
    assert caught.value.todo
