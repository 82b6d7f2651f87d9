"""Figures as pages write them: render.numbers' words with the unit set apart, and what stands beside a value.

Values come from the workspace unrounded and are rounded here alone. Spaces before units do not break.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tenure.render import numbers

NARROW = "\u202f"
LONG = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTHS = tuple(name[:3] for name in LONG)

NO_VALUE = {
    "empty_denominator": "there was nothing to divide by",
    "no_data": "what it needs is not loaded",
    "not_reached": "it is not reached yet",
    "no_losses": "nothing was lost to divide by",
    "insufficient_data": "too few for an honest figure",
}


def text(value: Any, unit: str, currency: str | None = None) -> str:
    """A value with its unit, in plain text."""
    return _spaced(numbers.value(_exact(value), unit, currency))


def value(number: Any, unit: str, currency: str | None = None) -> SafeString:
    """A value whose unit is set smaller, where it comes after the number."""
    said = numbers.value(_exact(number), unit, currency)
    if unit in ("share", "hours", "days", "months") and " " in said:
        first, _, rest = said.partition(" ")
        return format_html('{}<span class="unit">{}{}</span>', first, NARROW, rest.replace(" ", NARROW))
    return format_html("{}", said)


def change(before: Any, difference: Any, unit: str) -> str:
    """How far a value moved: shares in points, money and counts relative to what was."""
    if before is None or difference is None:
        return ""
    if unit == "share":
        return f"{numbers.signed(Fraction(difference) * 100, 1)}{NARROW}pts"
    return _spaced(numbers.change(_exact(before), _exact(difference), unit))


def direction(difference: Any, better: str) -> str:
    """The class of a change: gain where better, loss where worse, grey where neither."""
    if not difference or better not in ("up", "down"):
        return "grey"
    return "gain" if (difference > 0) == (better == "up") else "loss"


def interval(low: Any, high: Any, unit: str) -> str:
    """69.8 to 85.7; the unit is not said again."""
    if low is None or high is None:
        return ""
    if unit == "points":
        return f"{numbers.signed(low, 0)} to {numbers.signed(high, 0)}"
    return numbers.interval(low, high, unit)


def why_not(reason: str | None) -> str:
    """Why there is no value, in words."""
    return NO_VALUE.get(reason or "no_data", (reason or "no data").replace("_", " "))


def axis(number: float, unit: str, currency: str | None = None) -> str:
    """A value on an axis: k and M for money and counts, whole percents."""
    sign = numbers.MINUS if number < 0 else ""
    size = abs(number)
    lead = numbers.SYMBOLS.get(currency or "", f"{currency} " if currency else "") if unit == "money" else ""
    if unit in ("money", "count"):
        for limit, word in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
            if size >= limit:
                factor = limit if word != "k" else 1e3
                return f"{sign}{lead}{_short(size / factor)}{word}"
        return f"{sign}{lead}{_short(size)}"
    if unit == "share":
        return f"{sign}{_short(size * 100)}{NARROW}%"
    if unit == "hours":
        return f"{sign}{_short(size)}{NARROW}h"
    if unit == "days":
        return f"{sign}{_short(size)}{NARROW}d"
    return f"{sign}{_short(size)}"


def thousands(number: float, *, sign: bool = True) -> str:
    """A change on a chart, in thousands: +35.1."""
    return numbers.signed(Fraction(number) / 1000, 1) if sign else numbers.fixed(Fraction(number) / 1000, 1)


def _short(size: float) -> str:
    said = f"{size:,.1f}" if size < 1000 and not float(size).is_integer() else f"{size:,.0f}"
    if 0 < size < 1:
        said = f"{size:.2f}"
    return said.removesuffix(".0")


def money(number: Any, currency: str | None, *, sign: bool = False) -> str:
    """An amount."""
    return numbers.money(_exact(number), currency, sign=sign)


def period(label: str, *, long: bool = False) -> str:
    """2024-12 as Dec 2024 (December 2024); other labels as they are."""
    parts = label.split("-")
    if len(parts) == 2 and parts[1].isdigit() and len(parts[1]) == 2:
        return f"{(LONG if long else MONTHS)[int(parts[1]) - 1]} {parts[0]}"
    if len(parts) == 2 and parts[1][:1] in "QW":
        return (
            f"{parts[1][:1]}{parts[1][1:].lstrip('0')} {parts[0]}"
            if parts[1][0] == "Q"
            else f"{parts[0]} week {parts[1][1:]}"
        )
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return f"{int(parts[2])} {MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return label


def day(when: date | str | None) -> str:
    """14 Jan 2025."""
    if when is None:
        return ""
    if isinstance(when, str):
        when = date.fromisoformat(when[:10])
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def moment(when: datetime | None) -> str:
    """14 Jan 2025, 06:10 UTC; the day alone at midnight."""
    if when is None:
        return ""
    when = when.astimezone(UTC)
    return day(when.date()) if (when.hour, when.minute) == (0, 0) else f"{day(when.date())}, {when:%H:%M} UTC"


def _exact(number: Any) -> Any:
    return number


def _spaced(said: str) -> str:
    return said.replace(" ", "\u00a0") if not said.endswith(" %") else said[:-2] + NARROW + "%"


EMPTY = mark_safe("")
