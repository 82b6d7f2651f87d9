"""Exact money. Ground floor: arithmetic without data.

Inside, a monthly amount is a whole number of ticks. A tick is so small that a month's share of every usual billing
interval (a year, a quarter, a week, a day, and 1 to 15 of them) of a whole cent is a whole number of ticks:
1,200 a year equals 100 a month, and three times 2,000 a year is 500 a month, to the last digit. Sums and comparisons
are on ticks; the one division happens when a figure is shown.
"""

from __future__ import annotations

from fractions import Fraction

# lcm(1..15) = 360360; twelve months; a hundred cents.
TICKS = 12 * 360360 * 100
"""Ticks in one unit of currency (a dollar, say)."""

# What one unit of currency per interval is in ticks a month. A week is 52/12 of a month's twelfth of a year.
PER_MONTH = {
    "day": TICKS * 365 // 12,
    "week": TICKS * 52 // 12,
    "month": TICKS,
    "quarter": TICKS // 3,
    "half_year": TICKS // 6,
    "year": TICKS // 12,
}
WEEK_EXACT = TICKS * 1461 // 336  # 365.25 / 7 / 12


def amount(ticks: int | Fraction) -> Fraction:
    """Ticks as units of currency."""
    return Fraction(ticks) / TICKS


def month_weight(numerator: int) -> Fraction:
    """Days weighted by one over their month's length, from the whole numbers the engine sums (see MONTH_UNIT)."""
    return Fraction(numerator, MONTH_UNIT)


# lcm of 28, 29, 30, 31: one day of a month of n days weighs MONTH_UNIT / n, a whole number.
MONTH_UNIT = 377580
