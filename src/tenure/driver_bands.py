"""Bands of numbers, where a column has too many values to be groups. Machinery floor: words and cuts only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

MOST = 8
"""Numbers of at most so many different values are groups as they are."""

MONTHS = ((3, "under 3 months"), (6, "3 to 5 months"), (12, "6 to 11 months"), (24, "12 to 23 months"))
LONGEST = "24 months and more"


def banded(values: Sequence[str], *, months: bool = False) -> dict[str, str]:
    """Each value's group: itself, or the quarter it lies in where the values are many numbers; months by fixed cuts."""
    numbers = {value: _number(value) for value in set(values)}
    known = sorted(n for value in values if (n := numbers[value]) is not None)
    if months:
        return {v: v if n is None else month_band(n) for v, n in numbers.items()}
    words = [value for value, number in numbers.items() if number is None]
    if len(numbers) <= MOST or len(words) > 2:
        return {value: value for value in numbers}
    cuts = sorted({known[len(known) * k // 4] for k in (1, 2, 3)})
    return {v: v if n is None else band(n, cuts) for v, n in numbers.items()}


def month_band(months: Fraction | int) -> str:
    """How long somebody has been a customer, in words."""
    return next((label for upto, label in MONTHS if months < upto), LONGEST)


def band(number: Fraction, cuts: Iterable[Fraction]) -> str:
    """Where a number lies among cuts; each cut begins a band."""
    edges = list(cuts)
    place = sum(number >= cut for cut in edges)
    if place == 0:
        return f"under {_said(edges[0])}"
    if place == len(edges):
        return f"{_said(edges[-1])} and more"
    return f"{_said(edges[place - 1])} to under {_said(edges[place])}"


def _number(value: str) -> Fraction | None:
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        return None


def _said(number: Fraction) -> str:
    return f"{number.numerator:,}" if number.denominator == 1 else f"{float(number):,.2f}"
