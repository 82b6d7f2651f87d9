"""The interval of an interrupted series covers the planted step as often as it says, over random series."""

from __future__ import annotations

import os
import random
from datetime import date
from pathlib import Path

import pytest
from golden import Company

import tenure
from tenure.stats import wilson
from tenure.stats.before_after import step

MANY = int(os.environ.get("TENURE_WORLDS", "5")) > 20
SERIES = 2000 if MANY else 300
FIRMS = 60 if MANY else 3


def series(dice: random.Random, months: int, hangs: float) -> list[float]:
    """A trend and noise that hangs together from month to month."""
    level, trend, noise, found = dice.uniform(50, 150), dice.uniform(-3, 3), dice.gauss(0, 5), []
    for month in range(months):
        noise = hangs * noise + dice.gauss(0, 5) * (1 - hangs**2) ** 0.5
        found.append(level + trend * month + noise)
    return found


@pytest.mark.parametrize(("before", "after"), [(6, 6), (12, 6), (12, 12), (24, 12)])
def test_a_planted_step_is_covered(before: int, after: int) -> None:
    """Months that are independent: 95 % of the intervals hold the step, or a little more, as far as chance lets see.

    They may be wider than they must, since the errors are never smaller than those that allow for neighbours.
    """
    dice = random.Random(7 * before + after)
    held = 0
    for _ in range(SERIES):
        planted, y = dice.uniform(-20, 20), series(dice, before + after, 0.0)
        found = step(y[:before], [value + planted for value in y[before:]])
        assert found is not None
        held += found.low <= planted <= found.high
    assert wilson(held, SERIES)[1] >= 0.95 and held < SERIES, f"{held} of {SERIES}"


def test_a_step_where_months_hang_together_is_covered_less() -> None:
    """With a correlation of .3 between neighbours, two years before and one after: some nine of ten."""
    dice = random.Random(11)
    held = 0
    for _ in range(SERIES):
        planted, y = dice.uniform(-20, 20), series(dice, 36, 0.3)
        found = step(y[:24], [value + planted for value in y[24:]])
        assert found is not None
        held += found.low <= planted <= found.high
    assert wilson(held, SERIES)[1] >= 0.88, f"{held} of {SERIES}"


def test_compare_covers_what_was_planted(tmp_path: Path) -> None:
    """Tickets a month around a level; from July 2024 on so many more: the command's interval holds that number."""
    held = 0
    for seed in range(FIRMS):
        dice = random.Random(100 + seed)
        level, planted = dice.randrange(30, 60), dice.randrange(-20, 40)
        lines = ["ticket_id,customer_id,created_at"]
        for month in range(12):
            mean = level + (planted if month >= 6 else 0)
            for i in range(max(0, round(dice.gauss(mean, mean**0.5)))):
                lines.append(f"t{month}-{i},A,2024-{month + 1:02}-{1 + i % 28:02}")
        books = "subscription_id,customer_id,amount,started_at,currency,interval\ns,A,100,2023-01-01,USD,month\n"
        company = Company(tmp_path / str(seed), "", subscriptions=books, tickets="\n".join(lines))
        found = tenure.open(company.folder).compare("more calls", date(2024, 7, 1), "tickets").effect
        held += found.low <= planted <= found.high
    assert wilson(held, FIRMS)[1] >= 0.95, f"{held} of {FIRMS}"
