"""Cohorts laid out by age: all together, and who stayed; expected values worked by hand from the definitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from tenure.cohorts_grid import grid, members
from tenure.errors import RequestError, UsageError
from tenure.per_customer import Figures
from tenure.periods import Clock, Period
from tenure.result import Result, Row
from tenure.stats import wilson

CLOCK = Clock("UTC", 0, 1, datetime(2025, 4, 1, tzinfo=UTC))


def _row(cohort: str, age: int, kept: int, size: int, *, complete: bool = True) -> Row:
    day = date.fromisoformat(f"{cohort}-01")
    low, high = wilson(kept, size)
    return Row(
        cohort, day, day, {"age": age}, Fraction(kept, size), Fraction(kept), Fraction(size), size, low, high, complete
    )


def test_all_together_weighs_cohorts_by_their_size_and_leaves_out_what_is_not_over() -> None:
    """January: 3 of 4 at age 1, 2 of 4 at age 2 (running). February: 1 of 2 at age 1. Age 1: (3 + 1) / (4 + 2) = 2/3.

    Age 0: 6 of 6. Age 2 is over for nobody, so there is no figure, though one is known so far.
    """
    rows = [_row("2025-01", 0, 4, 4), _row("2025-01", 1, 3, 4), _row("2025-01", 2, 2, 4, complete=False)]
    rows += [_row("2025-02", 0, 2, 2), _row("2025-02", 1, 1, 2)]
    found = grid(Result("cohort_retention", "", "default", "share", "up", None, "month", CLOCK.as_of, tuple(rows)))
    assert (found.ages, found.size, [line.size for line in found.lines]) == (3, 6, [4, 2])
    assert [row and row.value for row in found.together] == [1, Fraction(2, 3), None]
    one = found.together[1]
    assert one is not None
    assert (one.n, one.low, one.high) == (6, *wilson(4, 6))


FIGURES: Mapping[tuple[str, str, str], Mapping[str, int]] = {
    ("new_customers", "2025-01", "2025-01"): {"a": 1, "b": 1, "c": 1, "old": 0},
    ("mrr", "2025-01", "2025-01"): {"a": 100, "b": 50, "c": 20, "old": 10},
    ("mrr", "2025-03", "2025-03"): {"a": 60, "c": 20, "old": 10},
    ("customers", "2025-03", "2025-03"): {"a": 1, "c": 1, "old": 1},
    ("dau", "2025-01", "2025-01"): {"a": 1, "b": 1},
    ("dau", "2025-02", "2025-02"): {"b": 1, "c": 1},
    ("dau", "2025-03", "2025-03"): {"a": 1, "c": 1},
    ("dau", "2025-02", "2025-03"): {"a": 1, "b": 1, "c": 1},
    ("mrr", "2025-02", "2025-02"): {"a": 80, "c": 20},
}


def _ask(metric: str, first: str, last: str) -> Figures:
    values = {one: Fraction(value) for one, value in FIGURES[metric, first, last].items()}
    return Figures(Period(first, date(2025, 1, 1), date(2025, 2, 1)), {(metric, "default"): values})


def test_who_left_comes_first_then_who_lost_most() -> None:
    """b left with 50; a pays 40 less, c the same; `old` was a customer before and is none of the cohort."""
    found = members(CLOCK, _ask, "cohort_retention", None, "2025-01", 2)
    assert [(one.id, one.kept, one.now - one.began) for one in found.people] == [
        ("b", False, -50),
        ("a", True, -40),
        ("c", True, 0),
    ]
    assert (found.period, [one.id for one in found.gone]) == ("2025-03", ["b"])


@pytest.mark.parametrize(
    ("mode", "kept"), [("bounded", "ac"), ("unbounded", "ac"), ("return_by", "abc"), ("continuous", "c")]
)
def test_use_is_read_by_its_mode(mode: str, kept: str) -> None:
    """At age 2 (March, the last period): in March; in it or later; in February or March; in February and March."""
    found = members(CLOCK, _ask, "cohort_retention", f"active_{mode}", "2025-01", 2)
    assert "".join(sorted(one.id for one in found.people if one.kept)) == kept


def test_what_cannot_be_listed_says_so() -> None:
    with pytest.raises(UsageError):
        members(CLOCK, _ask, "cohort_retention", None, "2025-01", 3)  # April has not begun
    with pytest.raises(UsageError):
        members(CLOCK, _ask, "cohort_retention", None, "2025-01", -1)
    with pytest.raises(RequestError):
        members(CLOCK, _ask, "cohort_retention", "ordered_bounded", "2025-01", 1)
