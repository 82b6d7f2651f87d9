"""What a strategy hands back: a query, and how its few numbers become one number per period and segment.

The query is only built where its text is not known yet: building and compiling it takes Ibis longer than engines take
to answer most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from tenure.compile.calendar import Slot
from tenure.expr import Across, Moves, Rows, Steps

Segment = tuple[str, ...]
Cells = dict[Across, dict[tuple[int, Segment], int]]
"""For each leaf: (period, segment) to its number; what is absent is 0."""

Source = Callable[[], ir.Table]
"""A table that is only looked for when a query is built."""

Relation = Callable[[Steps | Moves | Rows], ir.Table]
"""Finds the table behind the steps, movements or rows that a leaf names."""


Reader = Callable[[Mapping[str, list[object]], Sequence[Slot]], Cells]
"""Turns a query's rows (as columns of Python values) into the cells of these periods."""


@dataclass(frozen=True)
class Plan:
    """One query, to be built when its text is wanted, and how to read its answer."""

    query: Callable[[], ir.Table]
    read: Reader


def whole(value: object) -> int:
    """A whole number as an engine hands it back: an int, or a decimal without decimals."""
    return int(value)  # type: ignore[call-overload, no-any-return]  # engines' columns have no type here
