"""What every company has, whatever it sells: people who work there, and bills by what they are for.
Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from tenure.demo.dice import MONTHS, Dice, Row, month_start, number_rows

Line = tuple[str, str, str | None, int]
"""Category, line, channel, and what it comes to in the first month."""


def staff_rows(
    sizes: Iterable[tuple[str, int, int]], gone: Callable[[str, int], int] = lambda name, month: 0
) -> list[Row]:
    """Heads by department on the first of each month: at first, and how many more at the end; less who is gone."""
    sizes = tuple(sizes)
    return [
        {"on": month_start(month), "department": name, "headcount": base + growth * month // MONTHS - gone(name, month)}
        for month in range(1, MONTHS + 1)
        for name, base, growth in sizes
    ]


def cost_rows(
    dice: Dice, lines: Iterable[Line], currency: str, more: Callable[[int], Iterable[tuple[str, str, Decimal]]]
) -> list[Row]:
    """Each month's bills; `more` adds what depends on the month: category, line, amount."""
    lines = tuple(lines)
    rows: list[Row] = []
    for month in range(1, MONTHS + 1):
        first = month_start(month)
        at = datetime(first.year, first.month, 25, 12)
        for category, line, channel, base in lines:
            amount = Decimal(int(base * (0.9 + 0.01 * month) * dice.spread(0.92, 1.08)))
            rows.append(_row(category, line, channel, at, amount, currency))
        rows += [_row(category, line, None, at, amount, currency) for category, line, amount in more(month) if amount]
    return number_rows(rows, "cost_id", "C-", "at")


def _row(category: str, line: str, channel: str | None, at: datetime, amount: Decimal, currency: str) -> Row:
    return {
        "cost_id": "", "category": category, "line": line, "channel": channel, "at": at, "amount": amount,
        "currency": currency, "customer_id": None,
    }  # fmt: skip


def sums_by_month(amounts: Iterable[tuple[datetime, Decimal]]) -> dict[int, Decimal]:
    """What comes together in each month of the company's life."""
    found: dict[int, Decimal] = {}
    for at, amount in amounts:
        month = (at.year - 2024) * 12 + at.month
        found[month] = found.get(month, Decimal(0)) + amount
    return found
