"""Questions that wait for each other: what several read of the same rows or level is read once. Part of each.

Windows of any length and place are answered in one pass over the rows, each with its own sums.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.compile import each_windows as compiled
from tenure.compile.calendar import Slot
from tenure.compile.each import level_of
from tenure.compile.record import inputs
from tenure.each_inner import as_whole
from tenure.evaluate import scale
from tenure.expr import START, Across, Expr, Flow, Level, Moves, Rows, Steps
from tenure.rollup import rollups
from tenure.stand_ins import BEGIN, STOP, edge, filled
from tenure.stats.rationals import Array, Rationals

if TYPE_CHECKING:
    from tenure.measure import Measure

MOST = 40
"""Of more windows than this a table is asked by period: every window is a column of the answer."""

Window = tuple[Across | Flow, date, date, bool]
"""A leaf (or, to learn the last day, a flow), the first day, the day after the last; whether the last day is asked."""


@dataclass
class Together:
    """What is asked of each table of rows or steps, and what is done once it is answered.

    `at_once`: so many numbers are handed over at once, None: all. `by_end`: each period is asked for as it stood at
    its end.
    """

    measure: Measure
    size: int
    asked: dict[Rows | Moves | Steps, dict[Window, None]] = field(default_factory=dict)
    found: dict[Window, Rationals] = field(default_factory=dict)
    most: int = MOST
    at_once: int | None = None
    by_end: bool = False
    then: list[Callable[[], None]] = field(default_factory=list)

    def source(self, leaf: Across) -> Rows | Moves | Steps | None:
        """What the leaf reads where it can wait for others, else None."""
        level = level_of(leaf)
        return level.steps if level is not None else compiled.windowed(leaf)

    def ask(self, source: Rows | Moves | Steps, window: Window) -> None:
        """Ask for one window; `found` has it after `run`."""
        self.asked.setdefault(source, {})[window] = None

    def answer(self, window: Window) -> Rationals:
        """Everyone's number of one window, once `run` is over."""
        return self.found[window]

    def numbers(self, many: int, make: Callable[[int], Rationals]) -> Sequence[Rationals]:
        """A leaf's numbers in so many periods."""
        return [make(k) for k in range(many)]

    def run(self) -> None:
        """Ask the engine, once for each table, and do what waited for it."""
        for source, windows in self._joined().items():
            missing = [window for window in windows if window not in self.found]
            if missing:
                self._answer(source, missing)
        self._then()

    def _then(self) -> None:
        self.asked.clear()
        waited, self.then = self.then, []
        for act in waited:
            act()

    def _joined(self) -> dict[Rows | Moves | Steps, dict[Window, None]]:
        """What is asked, with rows that are a part of other rows beside these, where both are asked for."""
        found = {source: dict(windows) for source, windows in self.asked.items()}
        for source in self.asked:
            whole = self._whole(source)
            if whole is not None:
                found[whole] |= found.pop(source)
        return found

    def _whole(self, source: Rows | Moves | Steps) -> Rows | None:
        """Rows that are asked for as well and that hold all of these, by the same clock."""
        inside = _inside(source)
        if inside is None or not isinstance(source, Rows) or not self.measure.engine.world.undated:
            return None
        there = (one for one in self.asked if isinstance(one, Rows) and one.table == inside[0])
        return next((one for one in there if one.clock == source.clock), None)

    def _answer(self, source: Rows | Moves | Steps, windows: Sequence[Window]) -> None:
        days = sorted({day for _, begin, end, _ in windows for day in (begin, end)})
        place = {day: number for number, day in enumerate(days)}
        asked = [compiled.Asked(_within(source, leaf), place[a], place[b], last) for leaf, a, b, last in windows]
        engine, last_edge = self.measure.engine, len(days) - 1
        needed(self.measure, source)
        query: Callable[[], Any]
        if isinstance(source, Steps):
            query = partial(compiled.of_levels, asked, engine.relation)
        else:
            query = partial(compiled.of_windows, asked, source, engine.relation, last_edge)
        text = engine.text(("windows", source, tuple(asked), last_edge), lambda: engine.sql(query()))
        ends = {BEGIN: days[0], STOP: days[-1], **{edge(number): day for day, number in place.items()}}
        rows = engine.warehouse.arrays(filled(text, ends))
        custs = as_whole(rows["cust"])
        for i, window in enumerate(windows):
            self.found[window] = placed(window[0], custs, rows[f"v{i}"], self.size, last=window[3])


def _inside(source: Rows | Moves | Steps) -> tuple[str, Expr] | None:
    """The rows that these are a part of, and which part."""
    return rollups()[source.table].inside if isinstance(source, Rows) and source.table in rollups() else None


def _within(source: Rows | Moves | Steps, leaf: Across | Flow) -> Across | Flow:
    """The leaf over the source, whose part it may have been asked of."""
    flows = [leaf] if isinstance(leaf, Flow) else inputs(leaf.x)[1]
    inside = _inside(flows[0].rows) if flows else None
    if inside is None or not isinstance(source, Rows) or source.table != inside[0]:
        return leaf
    return compiled.narrowed(leaf, inside[0], inside[1])


def needed(measure: Measure, source: Rows | Moves | Steps) -> None:
    """See that the tables behind a source are made: a kept text does not make them."""
    if source in measure.seen:
        return
    if measure.engine.text(("needs", source), partial(_needs, measure, source)):  # most need none: worth remembering
        measure.engine.ready(source)
    measure.seen.add(source)


def _needs(measure: Measure, source: Rows | Moves | Steps) -> bool:
    """Whether a source reads tables that are made; those are then made."""
    probe = replace(measure.engine, made={})
    probe.ready(source)
    measure.engine.made.update(probe.made)
    return bool(probe.made)


def placed(leaf: Across | Flow, custs: Array, values: Any, size: int, *, last: bool = False) -> Rationals:
    """Numbers at their customers' places; who has none has 0, or nothing where 0 would say something."""
    column = np.zeros(size, dtype=np.int64)
    column[custs] = as_whole(values)
    known = None
    if last or (isinstance(leaf, Across) and leaf.how in ("least", "greatest")):
        known = np.zeros(size, dtype=bool)
        known[custs] = there(values)
    return Rationals(column, scale(leaf) if isinstance(leaf, Across) else 1, known)


def there(values: Any) -> Array:
    """Which of an engine's numbers are not nothing."""
    if isinstance(values, np.ndarray):
        return ~np.ma.getmaskarray(values)
    return np.array([value is not None for value in values], dtype=bool)


def window_of(leaf: Across, slot: Slot) -> Window:
    """The window that a leaf looks at in a period; a level is looked at when a day begins."""
    level: Level | None = level_of(leaf)
    if level is None:
        return leaf, slot.start, slot.stop, False
    at = slot.base if level.moment == START else slot.stop
    return leaf, at, at, False


def by_period(leaf: Across, rows: Mapping[str, Any], name: str, size: int, many: int) -> list[Rationals]:
    """The numbers of a query, each at its customer's place; who is not in it has 0, or nothing where none is."""
    custs, values = as_whole(rows["cust"]), rows[name]
    if "k" not in rows:
        return [placed(leaf, custs, values, size)] * many
    order = np.argsort(as_whole(rows["k"]).astype(np.int32), kind="stable")
    ends = np.searchsorted(as_whole(rows["k"])[order], np.arange(many + 1))
    known, values, custs = there(values)[order], as_whole(values)[order], custs[order]
    found = []
    for low, high in itertools.pairwise(ends.tolist()):
        said = np.ma.MaskedArray(values[low:high], ~known[low:high])
        found.append(placed(leaf, custs[low:high], said, size))
    return found


@dataclass
class Rounds:
    """The numbers of leaves in many periods: those of some periods at a time, where all would be too many."""

    size: int
    many: int
    at_once: int | None
    ask: Callable[[slice], Mapping[str, Any]]
    first: int = -1
    rows: Mapping[str, Any] = field(default_factory=dict)
    found: dict[Across, list[Rationals]] = field(default_factory=dict)

    def number(self, leaf: Across, name: str, k: int) -> Rationals:
        """A leaf's number in a period; `name`: its column in the answer."""
        step = self.many if self.at_once is None else max(1, self.at_once // max(self.size, 1))
        first = k // step * step
        some = slice(first, min(first + step, self.many))
        if first != self.first:
            self.first, self.rows, self.found = first, self.ask(some), {}
        if leaf not in self.found:
            self.found[leaf] = by_period(leaf, self.rows, name, self.size, some.stop - some.start)
        return self.found[leaf][k - first]
