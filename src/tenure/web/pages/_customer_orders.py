"""What a customer buys, where nobody pays by the month: the place of MRR on the page of one customer."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from tenure.access import Seen
from tenure.access_role import quoted
from tenure.charts.bars import columns
from tenure.errors import TenureError
from tenure.render import numbers as plain
from tenure.web import numbers
from tenure.web.drawing import both
from tenure.web.pages._customers_rows import money

BOUGHT = "non_recurring_revenue"
MONTHS, YEAR = 24, 12


def orders(door: Seen, customer_id: str) -> dict[str, Any] | None:
    """What they bought, month by month; None where no order is loaded."""
    try:
        (result,) = door.show(BOUGHT, last=MONTHS, where=f"customer_id = {quoted(customer_id)}").results
    except TenureError:
        return None
    amounts = [Fraction(row.value or 0) for row in result.rows]
    now, then = sum(amounts[-YEAR:], Fraction(0)), sum(amounts[:-YEAR], Fraction(0))
    currency = result.currency or ""
    labels = [numbers.period(row.period) for row in result.rows]
    bars = [
        (label.split(" ")[0], float(amount), row.complete)
        for label, amount, row in zip(labels, amounts, result.rows, strict=True)
    ]
    words = partial(numbers.axis, unit="money", currency=currency)
    said = f"Orders and one-off invoices by month, {labels[0]} to {labels[-1]}"

    def draw(*, width: int, kind: str) -> str:
        return columns(bars if width > 400 else bars[-YEAR:], words, said, width=width, height=220, kind=kind)

    last = next((label for label, amount in zip(reversed(labels), reversed(amounts), strict=True) if amount), "")
    return {
        "title": f"Bought for {money(float(now), currency)} in twelve months",
        "span": f"{labels[0]} to {labels[-1]}",
        "chart": both(draw),
        "months": [(label, money(float(a), currency)) for label, a in zip(labels, amounts, strict=True) if a][::-1],
        "any": bool(now or then),
        "figure": {
            "name": "Bought, 12 months",
            "value": money(float(now), currency),
            "change": plain.change(then, now - then, "money") if then else "",
            "way": numbers.direction(now - then, "up") if then else "grey",
            "small": "on the 12 months before" if then else "nothing in the 12 months before",
            "more": f"last in {last}" if last else "",
        },
    }
