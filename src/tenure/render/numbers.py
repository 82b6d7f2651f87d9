"""Numbers as people read them. Edge: words only.

True minus and plus signs; money in whole units from 100 on, else to the cent; shares to one decimal; the change of a
share in points. Exact values come in and are rounded here, half away from zero, and nowhere before. The space before a
unit is a plain one: a terminal's cells have one width and the grid never breaks a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Number = Fraction | int | float

MINUS, PLUS, PLUS_MINUS = "\u2212", "+", "\u00b1"

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩", "BRL": "R$"}
WITHOUT_CENTS = {"JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF"}

# What stands in place of a value that is not there, and what it means.
REASONS = {
    "empty_denominator": ("no base", "there was nothing to divide by, such as no customers at the start"),
    "no_data": ("no data", "nothing of what it needs was loaded: tenure metrics NAME says what that is"),
    "not_reached": ("not reached", "it lies ahead, or fewer than half got there, so that there is no middle one"),
    "no_losses": ("no losses", "nothing was lost to divide by"),
    "insufficient_data": ("too little", "too few answers or facts for an honest figure"),
}


def value(x: Number, unit: str, currency: str | None = None) -> str:
    """A value with its unit."""
    match unit:
        case "money":
            return money(x, currency)
        case "share":
            return f"{fixed(Fraction(x) * 100, 1)} %"
        case "points":
            return signed(x, 0)
        case "count":
            return amount(x, 1)
        case "score":
            return fixed(x, 2)
        case "hours":
            return hours(x)
        case "days":
            return f"{amount(x, 1)} d"
        case "months":
            return f"{fixed(x, 1)} months"
        case _:
            return short(x)


def change(before: Number, difference: Number, unit: str) -> str:
    """How far a value moved: shares in points, money and counts relative to what was, the rest as it is."""
    match unit:
        case "share":
            return f"{signed(Fraction(difference) * 100, 1)} pts"
        case "money" | "count" if before:
            return f"{signed(Fraction(difference) / abs(Fraction(before)) * 100, 1)} %"
        case "points":
            return f"{signed(difference, 0)} points"
        case _:
            return signed(difference, 2)


def interval(low: Number, high: Number, unit: str) -> str:
    """A 95 % interval: "69.8 to 85.7", the unit not said again."""
    scale, places = {"share": (100, 1), "points": (1, 0), "hours": (1, 1), "days": (1, 1)}.get(unit, (1, 2))
    if unit in ("money", "count"):
        return f"{amount(low, 2)} to {amount(high, 2)}"
    return f"{fixed(Fraction(low) * scale, places)} to {fixed(Fraction(high) * scale, places)}"


def reason(code: str | None) -> str:
    """Why there is no value, short enough for a cell."""
    return REASONS[code][0] if code in REASONS else (code or "no data").replace("_", " ")


def money(x: Number, currency: str | None, *, sign: bool = False, cents: bool = False) -> str:
    """An amount: whole from 100 on, else (or with `cents`) to the cent; the currency's symbol, or its code."""
    exact = Fraction(x)
    places = 0 if (abs(exact) >= 100 and not cents) or currency in WITHOUT_CENTS else 2
    digits = fixed(abs(exact), places)
    lead = SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    mark = (MINUS if exact < 0 else PLUS if sign and exact > 0 else "") if digits.strip("0.,") else ""
    return f"{mark}{lead}{digits}"


def amount(x: Number, places: int = 2) -> str:
    """A number without a unit: whole where it is whole or large, else with up to `places` decimals."""
    exact = Fraction(x)
    return fixed(exact, 0 if exact.denominator == 1 or abs(exact) >= 1000 else places)


def figures(values: Sequence[Number | None]) -> list[str]:
    """A column of an account: whole where all are, else to the cent, so that the reader can add it up."""
    places = 0 if all(x is None or float(x).is_integer() for x in values) else 2
    return ["no value" if x is None else fixed(x, places) for x in values]


def signed(x: Number, places: int) -> str:
    """A number that always bears its sign; exactly 0 is ±0."""
    digits = fixed(abs(Fraction(x)), places)
    if not x:
        return f"{PLUS_MINUS}{digits}"
    return f"{MINUS if x < 0 else PLUS}{digits}"


def hours(x: Number) -> str:
    """A duration: seconds and minutes below an hour, days from three days on."""
    exact = Fraction(x)
    if abs(exact) >= 72:
        return f"{fixed(exact / 24, 1)} d"
    if exact == 0 or abs(exact) >= 1:
        return f"{fixed(exact, 1)} h"
    seconds = round(abs(exact) * 3600)
    minutes, rest = divmod(seconds, 60)
    words = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{MINUS}{words}" if exact < 0 else words


def short(x: Number) -> str:
    """A ratio: 4.0, 8.3, 1.25, 18.4, 1,204."""
    exact = Fraction(x)
    if abs(exact) >= 10:
        return fixed(exact, 0 if abs(exact) >= 1000 else 1)
    digits = fixed(exact, 2)
    return digits[:-1] if digits.endswith("0") else digits


def fixed(x: Number, places: int) -> str:
    """Grouped in threes, to so many decimals, rounded half away from zero, with a true minus."""
    exact = Fraction(x)
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = f"{whole // 10**places:,}"
    if places:
        digits += f".{whole % 10**places:0{places}d}"
    return f"{MINUS}{digits}" if exact < 0 and whole else digits
