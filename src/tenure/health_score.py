"""What a health score is: measures, maps, groups, weights, bands, exceptions, as frozen values. Language floor.

    score = sum of weight x points / sum of weights, over the measures that have a value; points lie from 0 to 100

Nothing here asks for data: `health` does, and judges. Numbers are exact fractions, so that what the measures
contribute sums to the score to the last digit.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

BEST = Fraction(100)
NEUTRAL = Fraction(50)
INSUFFICIENT = "insufficient_data"
"""What stands in a band's place where too little is known for a score."""

Source = Literal["metric", "attribute", "score"]
How = Literal["linear", "steps", "percentile", "boolean", "words"]
Does = Literal["cap", "floor", "set"]
Missing = Literal["ignore", "neutral", "zero", "block"]
Parents = Literal["mrr_weighted", "mean", "worst", "own"]
MISSING: tuple[Missing, ...] = ("ignore", "neutral", "zero", "block")
PARENTS: tuple[Parents, ...] = ("mrr_weighted", "mean", "worst", "own")


@dataclass(frozen=True)
class Map:
    """From a figure to points, monotone.

    linear: between the points (figure, points), level outside of them. steps: the points of the last figure that is
    reached. percentile: the share of the others below, those alike by half, in hundredths. boolean: 100 where the
    figure is above 0. words: by what an attribute says. `reverse` turns a percentile or a boolean around.
    """

    how: How = "linear"
    points: tuple[tuple[Fraction, Fraction], ...] = ((Fraction(0), Fraction(0)), (BEST, BEST))
    words: tuple[tuple[str, Fraction], ...] = ()
    reverse: bool = False

    def of(self, figure: Fraction) -> Fraction:
        """The points of a figure; for percentiles the figure is the place among all, from 0 to 1."""
        if self.how in ("percentile", "boolean"):
            share = figure if self.how == "percentile" else Fraction(figure > 0)
            return BEST * (1 - share if self.reverse else share)
        if figure <= self.points[0][0]:
            return self.points[0][1]
        if figure >= self.points[-1][0]:
            return self.points[-1][1]
        at = max(i for i, (x, _) in enumerate(self.points) if x <= figure)
        (x0, y0), (x1, y1) = self.points[at], self.points[at + 1]
        return y0 if self.how == "steps" else y0 + (y1 - y0) * (figure - x0) / (x1 - x0)

    def of_word(self, word: str) -> Fraction | None:
        """The points of what an attribute says; None where nothing is said of that word."""
        return dict(self.words).get(word)


@dataclass(frozen=True)
class Measure:
    """One thing a score looks at. `of`: a metric as id or id:variant, an attribute of customers, or another score.

    Over the `window` (months, days) that ends when the score is taken. `past`: how many windows before make the
    customer's own past that the figure is divided by; 0: the figure itself. `since`: the figure is the days since the
    last fact. `within`: the attribute among whose equals a percentile is taken. `fresh_for`: days for which a fact
    counts in full; its weight then fades evenly to nothing at the window's far end, or with `half_life` by a half in
    so many days until there. `tables`: a preset's measure is left out where one of them is not loaded.
    """

    name: str
    of: str
    source: Source = "metric"
    map: Map = field(default_factory=Map)
    weight: Fraction = Fraction(1)
    window: tuple[int, int] = (0, 30)
    past: int = 0
    since: bool = False
    within: str = ""
    group: str = ""
    missing: Missing = "ignore"
    fresh_for: int | None = None
    half_life: int | None = None
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bands:
    """Names for stretches of the score, lowest first: (name, where it begins). The top, 100, belongs to the last.

    A band holds its lower end and not its upper one; `lower_exclusive`: the other way round, and the first holds 0.
    """

    cuts: tuple[tuple[str, Fraction], ...]
    lower_exclusive: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.cuts)

    @property
    def lowest(self) -> str:
        return self.cuts[0][0]

    @property
    def highest(self) -> str:
        return self.cuts[-1][0]

    def of(self, score: Fraction) -> str:
        """The band of a score."""
        inside = [name for name, low in self.cuts if (score > low if self.lower_exclusive else score >= low)]
        return inside[-1] if inside else self.lowest

    def after(self, score: Fraction, before: str | None, points: Fraction) -> str:
        """The band, where one is left only once the score lies `points` beyond its edge."""
        found = self.of(score)
        if before is None or before not in self.names or found == before or not points:
            return found
        up = self.names.index(found) > self.names.index(before)
        held = self.of(max(Fraction(0), score - points) if up else min(BEST, score + points))
        moved = (
            self.names.index(held) > self.names.index(before)
            if up
            else self.names.index(held) < self.names.index(before)
        )
        return held if moved else before


@dataclass(frozen=True)
class Profile:
    """Other weights for some customers: those for whom the condition holds. A weight of 0 leaves a measure out."""

    name: str
    where: str
    weights: Mapping[str, Fraction]


@dataclass(frozen=True)
class Rule:
    """An exception: for whom it holds, and what it does to the score."""

    name: str
    does: Does
    to: Fraction
    where: str = ""
    measure: str = ""
    below: Fraction | None = None
    above: Fraction | None = None


@dataclass(frozen=True)
class Override:
    """A score, or the points of one measure, that a person has set for a customer, for a time."""

    customer: str
    score: Fraction
    author: str
    reason: str
    since: date
    expires: date
    measure: str = ""

    def holds(self, day: date) -> bool:
        return self.since <= day < self.expires


@dataclass(frozen=True)
class Score:
    """A health score. `high_value`: the MRR from which a customer is of high value; None: the upper fifth."""

    name: str
    measures: tuple[Measure, ...]
    bands: Bands
    groups: tuple[tuple[str, Fraction], ...] = ()
    coverage: Fraction = Fraction(3, 5)
    hysteresis: Fraction = Fraction(0)
    profiles: tuple[Profile, ...] = ()
    rules: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    parents: Parents = "mrr_weighted"
    high_value: Fraction | None = None
    preset: str = ""

    def measure(self, name: str) -> Measure:
        return next(one for one in self.measures if one.name == name)

    @property
    def scores(self) -> tuple[str, ...]:
        """The other scores that this one is made of."""
        return tuple(one.of for one in self.measures if one.source == "score")


def linear(*points: tuple[int | Fraction, int]) -> Map:
    """A map that is linear between points."""
    return Map("linear", tuple((Fraction(x), Fraction(y)) for x, y in points))


def monotone(points: Sequence[tuple[Fraction, Fraction]]) -> bool:
    """Whether figures rise and points never turn."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    rising = all(a < b for a, b in itertools.pairwise(xs))
    return rising and (ys == sorted(ys) or ys == sorted(ys, reverse=True))
