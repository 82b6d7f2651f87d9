"""Days that stand for others in compiled texts: what comes out is written as the engine writes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import pytest

from tenure import texts
from tenure.stand_ins import AS_OF, BEGIN, CUT, STOP, filled

REAL = {
    AS_OF: datetime(2025, 1, 31, 23, 59, 58, 7),
    CUT: date(2025, 2, 1),
    STOP: date(2024, 3, 1),
    BEGIN: date(2023, 1, 1),
}
ROWS = ibis.table({"day": "date", "at": "timestamp"}, name="rows")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=365), timedelta(days=-400, hours=5)])
def test_a_filled_text_is_the_one_that_real_days_would_give(dialect: str, away: timedelta) -> None:
    def text(now: datetime, cut: date, stop: date, begin: date) -> str:
        days = [cut + timedelta(days=away.days), stop, begin - timedelta(days=1)]
        kept = ROWS.filter([ROWS["at"] < ibis.literal(now + away), *(ROWS.day < ibis.literal(day) for day in days)])
        return texts.sql(kept, dialect)

    assert filled(text(AS_OF, CUT, STOP, BEGIN), REAL) == text(*REAL.values())  # type: ignore[arg-type]


def test_other_days_stay_as_they_are() -> None:
    text = texts.sql(ROWS.filter(ROWS.day < ibis.literal(date(2999, 12, 31))), "duckdb")
    assert filled(text, REAL) == text


def test_what_people_wrote_is_no_day() -> None:
    """A value of a filter that only looks like a day of ours stays: it is not written as a moment is."""
    text = texts.sql(ROWS.mutate(said=ibis.literal("2900-07-01")), "duckdb")
    assert filled(text, REAL) == text
