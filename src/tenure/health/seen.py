"""Customers on days with their scores, and whether they left afterwards: what back-tests count. Part of health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tenure.stats import wilson
from tenure.stats.rationals import Array

LEAST = 20
"""Customers that must have left before anything is said."""


@dataclass(frozen=True)
class Seen:
    """Customers with a score at the beginning of months, as columns: one place for each customer and month.

    `points` (not a number where there are none) and `fresh`, the part of the weight that is left, are those of each
    measure, for the customers that weights are learned from; only where they are asked for.
    """

    who: Array
    day: Array
    score: Array
    band: Array
    left: Array
    profile: Array
    points: Mapping[str, Array] = field(default_factory=dict)
    fresh: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.who)

    def where(self, kept: Array) -> Seen:
        """Some of them."""
        columns = (self.who, self.day, self.score, self.band, self.left, self.profile)
        parts = ({name: one[kept] for name, one in of.items()} for of in (self.points, self.fresh))
        return Seen(*(column[kept] for column in columns), *parts)


def together(parts: Sequence[Seen]) -> Seen:
    """Those of several days as one."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Seen(none, none, np.zeros(0), none, np.zeros(0, dtype=bool), none)
    parts = [one for one in parts if len(one)] or parts[:1]  # nobody has no measures either
    columns: list[Any] = [np.concatenate([getattr(one, name) for one in parts]) for name in _COLUMNS]
    measures: tuple[dict[str, Any], ...] = tuple(
        {name: np.concatenate([getattr(one, of)[name] for one in parts]) for name in getattr(parts[0], of)}
        for of in ("points", "fresh")
    )
    return Seen(*columns, *measures)


_COLUMNS = ("who", "day", "score", "band", "left", "profile")


def customers(seen: Seen) -> int:
    """How many customers they are."""
    return _different(seen.who)


def left_of(seen: Seen) -> int:
    """How many customers left, each once."""
    return _different(seen.who[seen.left])


def _different(keys: Array) -> int:
    """How many different keys there are: they are small numbers, so each has a place."""
    if not len(keys):
        return 0
    there = np.zeros(int(keys.max()) + 1, dtype=bool)
    there[keys] = True
    return int(there.sum())


def group_rate(name: str, seen: Seen) -> dict[str, Any]:
    """The share of customer-months that were followed by leaving, with Wilson's interval."""
    left, n = int(seen.left.sum()), len(seen)
    low, high = wilson(left, n) if n else (None, None)
    found: dict[str, Any] = {"band": name, "customers": customers(seen), "customer_months": n}
    return found | {"churned": left_of(seen), "left": left, "rate": left / n if n else None, "low": low, "high": high}
