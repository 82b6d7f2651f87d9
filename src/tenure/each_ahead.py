"""Questions of many past days at once: rows are read once, by day, and every window is cut out of them. Part of each.

Only what is settled can be asked so: rows that are what they are from their day on, whatever comes later. Then it does
not matter that the workspace which is asked knows of later days, since every window ends before them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure import model
from tenure.compile import each_windows as compiled
from tenure.compile.leaves import sources
from tenure.compile.rows import BY_VALUE
from tenure.each_inner import as_whole
from tenure.each_together import Together, Window, needed, there
from tenure.evaluate import scale
from tenure.expr import Across, Col, Flow, Moves, Rows, Steps
from tenure.rollup import period_rows, rollups
from tenure.stand_ins import BEGIN, STOP, filled, knows_now
from tenure.stats.rationals import Array, Rationals
from tenure.tree import walk

if TYPE_CHECKING:
    from tenure.engine import Engine

MOST_ROWS = 20_000_000
"""Of more rows than these each day is asked by itself: they would fill the memory."""
AT_ONCE = 4_000_000
"""So many numbers of rows that are made for periods are handed over at once."""
EXACT = 2**53
"""Below this a float holds every whole number."""

Source = Rows | Moves | Steps


class TooMany(Exception):
    """There are too many rows to hold them all."""


@dataclass(frozen=True)
class Kept:
    """What rows add to a leaf, by day: whose, on which day (for steps also until when) and how much; None: 1 each."""

    cust: Array
    day: Array
    until: Any
    value: Any


class Numbers(Sequence[Rationals]):
    """A leaf's numbers in each period, made when they are looked at; the last ones are remembered."""

    def __init__(self, many: int, make: Callable[[int], Rationals]) -> None:
        self.many, self.make = many, make
        self.last: tuple[int, Rationals] | None = None

    def __len__(self) -> int:
        return self.many

    def __getitem__(self, k: Any) -> Any:
        if self.last is None or self.last[0] != k:
            self.last = k, self.make(k)
        return self.last[1]


@dataclass
class Ahead(Together):
    """As `Together`, for many days; what a window says is worked out when it is looked at, and kept for its day."""

    most: int = 10**9
    at_once: int | None = AT_ONCE
    by_end: bool = True
    kept: dict[Across | Flow, Kept] = field(default_factory=dict)

    def numbers(self, many: int, make: Callable[[int], Rationals]) -> Sequence[Rationals]:
        return Numbers(many, make)

    def run(self) -> None:
        """Read every table once. Raises TooMany."""
        for source, windows in self._joined().items():
            self._read(source, windows)
        self._then()

    def _read(self, source: Source, windows: Sequence[Window] | dict[Window, None]) -> None:
        leaves = list(dict.fromkeys(window[0] for window in windows))
        ends = {BEGIN: min(window[1] for window in windows), STOP: max(window[2] for window in windows)}
        engine = self.measure.engine
        needed(self.measure, source)
        query: Callable[[], Any]
        if isinstance(source, Steps):
            query = partial(compiled.of_steps, [one for one in leaves if isinstance(one, Across)], engine.relation)
        else:
            query = partial(compiled.of_days, leaves, source, engine.relation)
        text = filled(engine.text(("days", source, tuple(leaves)), lambda: engine.sql(query())), ends)
        (many,) = engine.warehouse.run(f"SELECT count(*) AS n FROM ({text}) AS rows_")["n"]
        if as_whole([many])[0] > MOST_ROWS:
            raise TooMany
        rows = engine.warehouse.arrays(text)
        day = _days(rows["day"])
        order = np.argsort(_small(day), kind="stable")
        cust, day = as_whole(rows["cust"])[order], day[order]
        until = _days(rows["until"])[order] if "until" in rows else None
        for i, leaf in enumerate(leaves):
            values = rows[f"v{i}"]
            known = there(values)[order]
            self.kept[leaf] = _only(Kept(cust, day, until, as_whole(values)[order]), known, leaf)

    def answer(self, window: Window) -> Rationals:
        if window not in self.found:
            self.found[window] = self._cut(window)
        return self.found[window]

    def _cut(self, window: Window) -> Rationals:
        leaf, begin, end, last = window
        kept, divisor = self.kept[leaf], scale(leaf) if isinstance(leaf, Across) else 1
        if kept.until is not None:  # a level, at the opening of a day
            upto = int(np.searchsorted(kept.day, _number(begin), side="left"))
            held = np.flatnonzero(kept.until[:upto] >= _number(begin))
            return Rationals(_sums(kept, held, self.size), divisor)
        low, high = np.searchsorted(kept.day, [_number(begin), _number(end)], side="left").tolist()
        inside, whose = slice(low, high), kept.cust[low:high]
        if last:
            found = np.full(self.size, -1, dtype=np.int64)
            np.maximum.at(found, whose, kept.day[inside] - _number(begin))
            return _where(found, found >= 0)
        if isinstance(leaf, Across) and leaf.how in BY_VALUE:
            there_ = np.bincount(whose, minlength=self.size) > 0
            least = leaf.how == "least"
            found = np.full(self.size, np.iinfo(np.int64).max if least else np.iinfo(np.int64).min, dtype=np.int64)
            (np.minimum if least else np.maximum).at(found, whose, kept.value[inside])
            return Rationals(np.where(there_, found, 0), divisor, there_)
        return Rationals(_sums(kept, inside, self.size), divisor)


def _only(kept: Kept, known: Array, leaf: Across | Flow) -> Kept:
    """The rows that say something of the leaf, with their values as floats where these are exact."""
    by_value = isinstance(leaf, Across) and leaf.how in BY_VALUE
    value: Array = kept.value
    said = known if by_value else value != 0
    if not said.all():
        until = None if kept.until is None else kept.until[said]
        value = value[said]
        kept = Kept(kept.cust[said], kept.day[said], until, value)
    if by_value:
        return kept
    if (value == 1).all():
        return replace(kept, value=None)
    floats = value.astype(float)
    return replace(kept, value=floats) if np.abs(floats).sum() < EXACT else kept


def _sums(kept: Kept, index: Any, size: int) -> Array:
    """Everyone's sum over some of the rows."""
    whose = kept.cust[index]
    if kept.value is None:
        return np.bincount(whose, minlength=size)
    if kept.value.dtype.kind == "f":
        return np.bincount(whose, kept.value[index], size).astype(np.int64)
    found = np.zeros(size, dtype=object)
    np.add.at(found, whose, kept.value[index].astype(object))
    return found.astype(np.int64)


def _where(found: Array, known: Array) -> Rationals:
    return Rationals(np.where(known, found, 0), 1, known)


_FIRST = date(1970, 1, 1)


def _number(day: date) -> int:
    return (day - _FIRST).days


def _days(values: Any) -> Array:
    """Days as whole numbers; what is nothing lies before all."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.filled(np.datetime64("0001-01-01"))
    return np.asarray(values, dtype="datetime64[D]").astype(np.int64)


def _small(days: Array) -> Array:
    """The same as numbers that are sorted soonest."""
    if not len(days) or int(days.max()) - int(days.min()) >= 2**15:
        return days
    return (days - days.min()).astype(np.int16)


def settled(engine: Engine, leaf: Across, source: Source | None, *, by_end: bool) -> bool:
    """Whether a leaf's number in a period is the same whether it is asked when the period ends or later.

    `source`: what is read for it, where that is all. `by_end`: each period ends when its day begins.
    """
    if source is None:
        return not sources(leaf)  # a number that stands for itself
    if isinstance(source, Rows) and source.table in period_rows():
        made = period_rows()[source.table].by_end and by_end
        return made and not engine.text(("by end", source), partial(_cut_at_now, engine, source))
    if leaf.how == "distinct" or not _stays(engine, leaf, source):
        return False
    needed_text = ("whole", leaf, source)
    return engine.text(needed_text, lambda: compiled.whole(leaf, source, engine.relation))


def _cut_at_now(engine: Engine, source: Rows) -> bool:
    """Whether rows that are made for periods depend on the moment that the data stand at."""
    return knows_now(engine.sql(replace(engine, by_end=True).relation(source)))


def _made_for_now(engine: Engine, source: Steps | Moves) -> bool:
    """Whether steps that are made depend on the moment that the data stand at."""
    return knows_now(engine.sql(engine.making(source)()))


def _stays(engine: Engine, leaf: object, source: Source) -> bool:
    """Whether the rows that are read are there from their clock's day on, and stay what they are."""
    if isinstance(source, Steps | Moves):
        return engine.holds(source) or not engine.text(("steps now", source), partial(_made_for_now, engine, source))
    rollup = rollups()[source.table]
    if rollup.by_day:
        return source.clock == "day"
    table = model.TABLES[rollup.reads[0]]
    if not rollup.settled or not table.main_time:
        return False
    main = table.columns[table.main_time]
    happened = [column for column in table.columns.values() if column.tense == "happened"]
    late = {*table.states, *(column.name for column in happened), *(column.day for column in happened)}
    read = {node.name for node in walk(leaf) if isinstance(node, Col)}
    return source.clock == (main.day or main.name) and not read & late
