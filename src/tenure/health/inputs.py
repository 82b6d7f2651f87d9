"""Everyone's figures for the measures of a score, as they stood when a day began: columns. Part of health."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tenure.health_score import Score
from tenure.periods import Period, before
from tenure.stats.rationals import Array, Rationals, constant, where

if TYPE_CHECKING:
    from tenure.each import Texts

DAY = timedelta(days=1)
Window = tuple[int, int]
FROM_NOTHING = 10**9
"""Something where the past has nothing: above every point of a map."""


Figures = tuple[Sequence[str], Sequence[Period]]
"""Metrics and the periods they are asked for."""


class Ask(Protocol):
    """What a workspace answers for scores: metrics over any periods, with `id:variant` for a variant."""

    def each(
        self, metrics: Sequence[str], periods: Sequence[Period], where: Sequence[str] = ()
    ) -> Mapping[str, list[Rationals]]:
        """Everyone's own figures of metrics, by key, in each period."""

    def at_once(
        self, figures: Sequence[Figures], last: Sequence[tuple[str, Period]] = (), where: Sequence[str] = ()
    ) -> tuple[Sequence[Mapping[str, list[Rationals]]], Sequence[Array]]:
        """The same for several requests; and the place of the last day with a fact of each stretch, -1: none."""

    def said(
        self, columns: Sequence[str], period: Period, conditions: Sequence[str] = ()
    ) -> tuple[Mapping[str, Texts], Mapping[str, Array]]:
        """What attributes say of each customer at the period's end, and whether conditions hold then, by key."""

    def parents(self, period: Period) -> Texts | None:
        """Who each customer's parent is, by key; None where nobody says so."""

    def ids(self) -> Array:
        """Everyone's customer_id, by key."""

    def tables(self) -> frozenset[str]:
        """The tables with a row, as of its day."""

    def lasts(self, columns: Sequence[str], conditions: Sequence[str] = ()) -> bool:
        """Whether what attributes and conditions say of customers is the same on every day."""

    def ahead(
        self, days: Sequence[date], figures: Sequence[Sequence[Figures]], last: Sequence[Sequence[tuple[str, Period]]]
    ) -> Ahead | None:
        """What `at_once` would say on each of several days, as far as it is the same when it is asked later.

        None where that would be too much at once. The days' requests differ in their periods alone.
        """


class Ahead(Protocol):
    """Answers for several days. `names`: those of each request; `last`: whether it is known of each stretch."""

    @property
    def names(self) -> Sequence[frozenset[str]]: ...

    @property
    def last(self) -> Sequence[bool]: ...

    def of(self, day: int) -> tuple[Sequence[Mapping[str, list[Rationals]]], Sequence[Array | None]]:
        """Those of one of the days."""


@dataclass(frozen=True)
class People:
    """The customers of a day: their keys, rising, and how to learn what they are called."""

    keys: Array
    names: Callable[[], Array]

    def __len__(self) -> int:
        return len(self.keys)

    def __reduce__(self) -> tuple[Any, ...]:
        """A process hands its answer to another with the names in it: who they are asked of stays behind."""
        return People, (self.keys, partial(np.asarray, self.names()))

    @cached_property
    def ids(self) -> Array:
        """Their customer_ids."""
        return np.asarray(self.names(), dtype=object)[self.keys]

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each of them is."""
        return {name: i for i, name in enumerate(self.ids)}

    def among(self, others: People) -> Array:
        """The place of each of them among others; -1 where they are not there."""
        at = np.searchsorted(others.keys, self.keys)
        at = np.minimum(at, max(len(others) - 1, 0))
        there = others.keys[at] == self.keys if len(others) else np.zeros(len(self), dtype=bool)
        return np.where(there, at, -1)


@dataclass
class Inputs:
    """What is known of everyone when `day` begins: figures by measure; days since the last fact (-1: none)."""

    day: date
    people: People
    mrr: Rationals
    figures: dict[str, Rationals | Texts] = field(default_factory=dict)
    ages: dict[str, Array] = field(default_factory=dict)
    within: dict[str, Texts] = field(default_factory=dict)
    parent: Texts | None = None
    members: dict[str, Array] = field(default_factory=dict)
    empty: tuple[str, ...] = ()


def there_on(ask: Ask, day: date, where: Sequence[str]) -> Array:
    """For whom the conditions hold when a day begins, by key."""
    _, truths = ask.said((), _last(day), where)
    return np.logical_and.reduce([truths[condition] for condition in where])


def asked(scores: Sequence[Score], day: date) -> tuple[list[Figures], list[tuple[str, Period]]]:
    """The figures and the last days with a fact that the scores look at on a day."""
    wanted = _Wanted(scores, day)
    return wanted.asked, wanted.last


def gather(ask: Ask, scores: Sequence[Score], day: date, names: Callable[[], Array] | None = None) -> Inputs:
    """All that the scores look at, in one request. `ask` must know nothing of `day` and later."""
    wanted = _Wanted(scores, day)
    last = _last(day)
    figures, places = ask.at_once(wanted.asked, wanted.last)
    there, money = (figures[0][name][0] for name in ("customers", "mrr"))
    keys = np.flatnonzero(there.there & (there.num != 0))
    found = Inputs(day, People(keys, names or ask.ids), money.filled().take(keys))
    if not len(keys):
        return found
    columns = {m.of for s in scores for m in s.measures if m.source == "attribute"}
    columns |= {m.within for s in scores for m in s.measures if m.within}
    conditions = list(dict.fromkeys(c for one in scores for c in _conditions(one)))
    if columns or conditions:
        texts, truths = ask.said(sorted(columns), last, conditions)
        found.members |= {condition: truth[keys] for condition, truth in truths.items()}
        said = {name: one.take(keys) for name, one in texts.items()}
    for score in scores:
        for measure in score.measures:
            if measure.within:
                found.within[measure.within] = said[measure.within]
            if measure.source == "attribute":
                found.figures[f"{score.name}/{measure.name}"] = said[measure.of]
    if any(score.parents != "own" for score in scores):
        parents = ask.parents(last)
        found.parent = None if parents is None else parents.take(keys)
    wanted.fill(found, figures[1:], places)
    found.empty = tuple(name for name, figure in found.figures.items() if not _any(figure))
    return found


def _last(day: date) -> Period:
    return Period("", day - DAY, day)


def _any(figure: Rationals | Texts) -> bool:
    return bool(figure.there.any() if isinstance(figure, Rationals) else (figure.codes >= 0).any())


def _conditions(score: Score) -> list[str]:
    return [p.where for p in score.profiles] + [rule.where for rule in score.rules if rule.where]


class _Wanted:
    """What the scores' metrics need: figures by window, with as many windows before as a trend looks at; last days."""

    def __init__(self, scores: Sequence[Score], day: date) -> None:
        self.measures = [(f"{s.name}/{m.name}", m) for s in scores for m in s.measures if m.source == "metric"]
        past: dict[tuple[Window, str], int] = {}
        for _, one in self.measures:
            if not one.since:
                past[one.window, one.of] = max(one.past, past.get((one.window, one.of), 0))
        names: dict[tuple[Window, int], list[str]] = {}
        for (window, name), back in past.items():
            names.setdefault((window, back), []).append(name)
        self.spans = list(names)
        self.figures: list[Figures] = [(names[key], spans(day, *key)) for key in self.spans]
        dated = [one for _, one in self.measures if one.since or one.fresh_for is not None]
        self.dated = list(dict.fromkeys((one.of, one.window) for one in dated))
        self.last = [(name, Period("", before(day, window), day)) for name, window in self.dated]
        self.asked: list[Figures] = [(("customers", "mrr"), [_last(day)]), *self.figures]

    def fill(self, found: Inputs, figures: Sequence[Mapping[str, list[Rationals]]], places: Sequence[Array]) -> None:
        """Put the answers where the measures look for them. An age is the days since the last fact, -1 for none."""
        keys, ages = found.people.keys, {}
        for (name, window), place, (_, stretch) in zip(self.dated, places, self.last, strict=True):
            ages[name, window] = np.where(place < 0, -1, (stretch.end - stretch.start).days - 1 - place)[keys]
        taken: dict[tuple[Window, str], list[Rationals]] = {}
        for (window, _), answer in zip(self.spans, figures, strict=True):
            taken |= {(window, name): [one.take(keys) for one in columns] for name, columns in answer.items()}
        for key, one in self.measures:
            if one.since or one.fresh_for is not None:
                found.ages[key] = ages[one.of, one.window]
            if one.since:
                found.figures[key] = Rationals(found.ages[key], 1, found.ages[key] >= 0)
                continue
            columns = taken[one.window, one.of][-1 - one.past :]
            found.figures[key] = against_past(columns) if one.past else columns[0]


def spans(day: date, window: tuple[int, int], past: int) -> list[Period]:
    """The window up to the day, with those before it, oldest first."""
    edges = [day]
    for _ in range(past + 1):
        edges.append(before(edges[-1], window))
    edges.reverse()
    return [Period("", start, end) for start, end in itertools.pairwise(edges)]


def against_past(figures: Sequence[Rationals]) -> Rationals:
    """The last figure by the mean of those before; from nothing to something is the most there can be."""
    *past, now = figures
    total, count = constant(0, len(now)), np.zeros(len(now), dtype=np.int64)
    for one in past:
        total, count = total.plus(one.filled()), count + one.there
    rising = (count > 0) & (total.compared(Fraction(0)) > 0)
    found = now.times(Rationals(count)).over(total).only(rising)
    from_nothing = now.there & (count > 0) & ~rising & (now.compared(Fraction(0)) > 0)
    return where(from_nothing, constant(FROM_NOTHING, len(now)), found)
