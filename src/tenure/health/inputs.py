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

from tenure import progress
from tenure.health_score import Measure, Score
from tenure.periods import Period, before
from tenure.stats.rationals import Array, Rationals, constant, where

if TYPE_CHECKING:
    from tenure.each import Texts

DAY = timedelta(days=1)
FROM_NOTHING = 10**9
"""Something where the past has nothing: above every point of a map."""


class Ask(Protocol):
    """What a workspace answers for scores: metrics over any periods, with `id:variant` for a variant."""

    def each(
        self, metrics: Sequence[str], periods: Sequence[Period], where: Sequence[str] = ()
    ) -> Mapping[str, list[Rationals]]:
        """Everyone's own figures of metrics, by key, in each period."""

    def said(self, columns: Sequence[str], period: Period) -> Mapping[str, Texts]:
        """What attributes say of each customer at the period's end, by key."""

    def parents(self, period: Period) -> Texts | None:
        """Who each customer's parent is, by key; None where nobody says so."""

    def last_facts(self, metric: str, periods: Sequence[Period]) -> Array:
        """The place of the last of these days on which each has a fact of the metric, by key; -1: none."""

    def ids(self) -> Sequence[str]:
        """Everyone's customer_id, by key."""


@dataclass(frozen=True)
class People:
    """The customers of a day: their keys, rising, and how to learn what they are called."""

    keys: Array
    names: Callable[[], Sequence[str]]

    def __len__(self) -> int:
        return len(self.keys)

    def __reduce__(self) -> tuple[Any, ...]:
        """A process hands its answer to another with the names in it: who they are asked of stays behind."""
        return People, (self.keys, partial(list, self.names()))

    @cached_property
    def ids(self) -> list[str]:
        """Their customer_ids."""
        names = self.names()
        return [names[key] for key in self.keys.tolist()]

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


def there_on(ask: Ask, day: date, where: Sequence[str] = ()) -> Array:
    """Who is a customer when a day begins, by key."""
    (count,) = ask.each(("customers",), [Period("", day - DAY, day)], where)["customers"]
    return count.there & (count.num != 0)


def gather(ask: Ask, scores: Sequence[Score], day: date, names: Callable[[], Sequence[str]] | None = None) -> Inputs:
    """All that the scores look at: one request for each window. `ask` must know nothing of `day` and later."""
    last = Period("", day - DAY, day)
    both = ask.each(("customers", "mrr"), [last])
    (there,), (money,) = both["customers"], both["mrr"]
    keys = np.flatnonzero(there.there & (there.num != 0))
    found = Inputs(day, People(keys, names or ask.ids), money.filled().take(keys))
    if not len(keys):
        return found
    for conditions in dict.fromkeys(c for one in scores for c in _conditions(one)):
        found.members[conditions] = there_on(ask, day, [conditions])[keys]
    columns = {m.of for s in scores for m in s.measures if m.source == "attribute"}
    columns |= {m.within for s in scores for m in s.measures if m.within}
    wanted = {name: said.take(keys) for name, said in (ask.said(sorted(columns), last) if columns else {}).items()}
    for score in scores:
        for measure in score.measures:
            if measure.within:
                found.within[measure.within] = wanted[measure.within]
            if measure.source == "attribute":
                found.figures[f"{score.name}/{measure.name}"] = wanted[measure.of]
    if any(score.parents != "own" for score in scores):
        parents = ask.parents(last)
        found.parent = None if parents is None else parents.take(keys)
    _metrics(ask, scores, day, found)
    found.empty = tuple(name for name, figure in found.figures.items() if not _any(figure))
    return found


def _any(figure: Rationals | Texts) -> bool:
    return bool(figure.there.any() if isinstance(figure, Rationals) else (figure.codes >= 0).any())


def _conditions(score: Score) -> list[str]:
    return [p.where for p in score.profiles] + [rule.where for rule in score.rules if rule.where]


def _metrics(ask: Ask, scores: Sequence[Score], day: date, found: Inputs) -> None:
    asked: dict[tuple[int, int], list[tuple[str, Measure]]] = {}
    ages: dict[tuple[str, tuple[int, int]], Array] = {}
    for score in scores:
        for measure in score.measures:
            if measure.source == "metric":
                key, kind = f"{score.name}/{measure.name}", (measure.of, measure.window)
                if measure.since or measure.fresh_for is not None:
                    if kind not in ages:
                        ages[kind] = _ages(ask, measure, day)[found.people.keys]
                    found.ages[key] = ages[kind]
                if measure.since:
                    found.figures[key] = Rationals(ages[kind], 1, ages[kind] >= 0)
                else:
                    asked.setdefault(measure.window, []).append((key, measure))
    for window, group in progress.over(list(asked.items()), "groups of measures read"):
        past = {measure.of: max(m.past for _, m in group if m.of == measure.of) for _, measure in group}
        answers: dict[str, list[Rationals]] = {}
        for back in sorted(set(past.values())):
            answers |= ask.each([name for name in past if past[name] == back], spans(day, window, back))
        for key, measure in group:
            figures = [one.take(found.people.keys) for one in answers[measure.of][-1 - measure.past :]]
            found.figures[key] = against_past(figures) if measure.past else figures[0]


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


def _ages(ask: Ask, measure: Measure, day: date) -> Array:
    """Days since the last day of the window with a fact, by key; -1 for who has none."""
    first = before(day, measure.window)
    length = (day - first).days
    last: Any = ask.last_facts(measure.of, [Period("", first + i * DAY, first + (i + 1) * DAY) for i in range(length)])
    return np.where(last < 0, -1, length - 1 - last)
