"""Measures of customers as columns of numbers for a model, each column still knowing its measure. Machinery floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tenure.driver_facts import Measures

LEAST, MOST_LEVELS, KNOTS = 10, 30, 4


@dataclass(frozen=True)
class Column:
    """One column: of which measure, and how its number is made from the measure's value."""

    measure: str
    kind: str  # value, over, missing, is
    level: str = ""
    knot: float = 0.0
    low: float = 0.0
    high: float = 0.0
    middle: float = 0.0
    mean: float = 0.0
    spread: float = 1.0

    def of(self, value: float | str | None) -> float:
        """Centred and scaled by those the model learned from, so that 0 is the average customer."""
        if self.kind == "is":
            raw = float(value is not None and str(value) == self.level)
        elif self.kind == "missing":
            raw = float(not isinstance(value, int | float))
        else:
            number = float(value) if isinstance(value, int | float) else self.middle
            number = min(self.high, max(self.low, number))
            raw = max(0.0, number - self.knot) if self.kind == "over" else number
        return (raw - self.mean) / self.spread


def columns(rows: Sequence[Measures]) -> tuple[Column, ...]:
    """The columns that these rows give: words by level, numbers with bends at their quarters, what is missing."""
    found: list[Column] = []
    for measure in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(measure) for row in rows]
        numbers = sorted(float(v) for v in values if isinstance(v, int | float))
        words = Counter(v for v in values if isinstance(v, str))
        if words:
            if len(words) <= MOST_LEVELS:
                found += [Column(measure, "is", level=w) for w, n in sorted(words.items()) if n >= LEAST]
        elif numbers:
            found += _numeric(measure, numbers, missing=len(numbers) < len(rows))
    made = []
    for column in found:
        raw = [column.of(row.get(column.measure)) for row in rows]
        mean = sum(raw) / len(raw)
        spread = (sum((x - mean) ** 2 for x in raw) / len(raw)) ** 0.5
        if spread > 1e-9:
            made.append(_scaled(column, mean, spread))
    return tuple(made)


def _numeric(measure: str, numbers: Sequence[float], *, missing: bool) -> list[Column]:
    at = [numbers[min(len(numbers) - 1, len(numbers) * k // 100)] for k in (1, 50, 99)]
    low, middle, high = at
    knots = sorted({numbers[len(numbers) * k // KNOTS] for k in range(1, KNOTS)})
    bends = [k for a, k in pairwise([low, *knots]) if a < k < high] if len(set(numbers)) > 2 * KNOTS else []
    found = [Column(measure, "value", low=low, high=high, middle=middle)]
    found += [Column(measure, "over", knot=knot, low=low, high=high, middle=middle) for knot in bends]
    return [*found, Column(measure, "missing")] if missing else found


def _scaled(column: Column, mean: float, spread: float) -> Column:
    return replace(column, mean=mean, spread=spread)


def encoded(made: Sequence[Column], row: Measures) -> list[float]:
    """A customer as numbers."""
    return [column.of(row.get(column.measure)) for column in made]
