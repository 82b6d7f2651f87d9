"""A customer on a day with its score, and whether it left afterwards: what back-tests count. Part of health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tenure.health.judgement import Reading
from tenure.stats import wilson

LEAST = 20
"""Customers that must have left before anything is said."""


@dataclass(frozen=True)
class Seen:
    """One customer at the beginning of one month."""

    customer: str
    day: date
    score: Fraction
    band: str
    left: bool
    profile: str = ""
    readings: Mapping[str, Reading] | None = None
    weights: Mapping[str, Fraction] | None = None


def customers(seen: Sequence[Seen]) -> int:
    """How many customers they are."""
    return len({one.customer for one in seen})


def left_of(seen: Sequence[Seen]) -> int:
    """How many customers left, each once."""
    return len({one.customer for one in seen if one.left})


def group_rate(name: str, seen: Sequence[Seen]) -> dict[str, Any]:
    """The share of customer-months that were followed by leaving, with Wilson's interval."""
    left, n = sum(one.left for one in seen), len(seen)
    low, high = wilson(left, n) if n else (None, None)
    found: dict[str, Any] = {"band": name, "customers": customers(seen), "customer_months": n}
    return found | {"churned": left_of(seen), "left": left, "rate": left / n if n else None, "low": low, "high": high}
