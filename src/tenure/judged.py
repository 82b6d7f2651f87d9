"""Scores that are judged outside of queries, put where the rows of metrics read them. Machinery floor.

Whoever opens an engine may give it a `judge`; what it says of a day is kept for as long as the engine is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from tenure.rollups.health_scores import JUDGED, NAME
from tenure.warehouse import Warehouse

Judge = Callable[[date], Sequence[tuple[object, ...]]]
"""Rows of scores when a day begins. It may ask the engine that asks it."""


@dataclass
class Judged:
    """The rows of every day that was asked for."""

    judge: Judge | None = None
    days: dict[date, Sequence[tuple[object, ...]]] = field(default_factory=dict)
    put: bool = False

    def ready(self, warehouse: Warehouse, wanted: Collection[date]) -> bool:
        """See that these days are in the engine's table; True where anything had to be done for it."""
        missing = set(wanted) - self.days.keys()
        if not missing and self.put:
            return False
        for day in sorted(missing):
            self.days[day] = self.judge(day) if self.judge is not None else ()
        warehouse.put(NAME, JUDGED, [row for rows in self.days.values() for row in rows])
        self.put = True
        return True
