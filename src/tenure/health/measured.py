"""What one measure says of everyone: figures, points, how much of its weight is left. Part of health.

Points are floats here, which is enough to sum them; what decides between kinds (a step, a place among others, how much
is known) is decided on exact numbers. `reading` gives the same of one customer, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from tenure.each import Texts
from tenure.health.inputs import FROM_NOTHING, Inputs
from tenure.health.judgement import NOTHING, Reading
from tenure.health_score import Map, Measure, Score
from tenure.periods import before
from tenure.stats.rationals import Array, Rationals, lookup, of, places

MILLION = 10**6
"""What is left of a weight by half-lives is rounded to so many parts of it."""


@dataclass(frozen=True)
class Other:
    """Another score as a figure: as floats, and one exactly."""

    total: Array
    exactly: Callable[[int], Fraction | None]


Figure = Rationals | Texts | Other


@dataclass(frozen=True)
class Measured:
    """A measure of everyone. `points`: not a number where there are none; `left` / `whole`: what is left by age."""

    measure: Measure
    day_reach: int
    figure: Figure
    places: Rationals | None
    ages: Array | None
    points: Array
    left: Array | None
    whole: int

    @cached_property
    def there(self) -> Array:
        """Of whom it says something that counts."""
        return ~np.isnan(self.points)

    @property
    def fresh(self) -> Array | float:
        """The share of its weight that is left."""
        return 1.0 if self.left is None else self.left / self.whole

    def reading(self, i: int) -> Reading:
        """What it says of one customer, exactly."""
        figure: Fraction | str | None
        match self.figure:
            case Texts(codes=codes, words=words):
                figure = words[codes[i]] if codes[i] >= 0 else None
            case Other(exactly=exactly):
                figure = exactly(i)
            case rationals:
                figure = rationals.at(i)
        if figure is None:
            return Reading(None, None)
        if isinstance(figure, str):
            points = self.measure.map.of_word(figure)
        else:
            place = None if self.places is None else self.places.at(i)
            points = self.measure.map.of(figure if place is None else place)
        age = None if self.ages is None or self.ages[i] < 0 else int(self.ages[i])
        fresh = Fraction(1) if self.left is None else Fraction(int(self.left[i]), self.whole)
        note = "from nothing" if self._compares_nothing(figure) else ""
        figure = None if note else figure
        if not fresh:
            return Reading(figure, None, NOTHING, "too old")
        note = note or (f"{age} days old: {float(fresh):.0%} of its weight" if fresh < 1 else "")
        return Reading(figure, points, fresh, note)

    def _compares_nothing(self, figure: Fraction | str) -> bool:
        return bool(self.measure.past) and figure == FROM_NOTHING

    def beyond(self, below: Fraction | None, above: Fraction | None) -> Array:
        """Whose figure lies below, or above."""
        assert isinstance(self.figure, Rationals)
        found = self.figure.there.copy()
        if self.measure.past:
            found &= self.figure.compared(Fraction(FROM_NOTHING)) != 0
        if below is not None:
            found &= self.figure.compared(below) < 0
        if above is not None:
            found &= self.figure.compared(above) > 0
        return found

    def marks(self, index: Array) -> list[Array]:
        """Whole numbers that are alike only where the measure says the very same."""
        if isinstance(self.figure, Other):
            return [np.arange(len(index))]
        if isinstance(self.figure, Texts):
            found = [self.figure.codes[index]]
        else:
            found = [np.where(self.figure.there[index], self.figure.take(index).ranks(), -1)]
        if self.places is not None:
            found.append(np.where(self.places.there[index], self.places.take(index).ranks(), -1))
        return found if self.left is None else [*found, self.left[index]]


def measured(score: Score, measure: Measure, inputs: Inputs, other: Callable[[str], Other]) -> Measured:
    """What a measure of a score says of everyone."""
    key = f"{score.name}/{measure.name}"
    ruled = any(rule.measure == measure.name for rule in score.rules)
    figure: Figure
    if measure.source == "score":
        figure = other(measure.of)
        if ruled or measure.map.how != "linear":  # what decides must be exact
            figure = of([figure.exactly(i) for i in range(len(inputs.people))])
    else:
        figure = inputs.figures[key] if key in inputs.figures else Rationals(np.zeros(0, dtype=np.int64))
        if isinstance(figure, Texts) and measure.map.how != "words":
            figure = numbers(figure)
    ranked = None
    if measure.map.how == "percentile":
        assert isinstance(figure, Rationals)
        kind = inputs.within[measure.within].codes if measure.within else None
        ranked = places(figure, kind)
    ages = inputs.ages.get(key)
    reach = (inputs.day - before(inputs.day, measure.window)).days
    left, whole = _left(measure, ages, reach, len(inputs.people))
    points = _points(measure.map, figure, ranked)
    if left is not None:
        points = np.where(left > 0, points, np.nan)
    return Measured(measure, reach, figure, ranked, ages, points, left, whole)


def _left(measure: Measure, ages: Array | None, reach: int, size: int) -> tuple[Array | None, int]:
    """How much of its weight each one's fact has left, of `whole`."""
    if measure.fresh_for is None:
        return None, 1
    if ages is None:
        return np.zeros(size, dtype=np.int64), 1
    if measure.half_life is not None:
        days = range(max(reach - measure.fresh_for, 1))
        table = np.array([*(round(MILLION * 2 ** (-n / measure.half_life)) for n in days), 0], dtype=np.int64)
        fading = table[np.clip(ages - measure.fresh_for, 0, len(days))]
        return np.where(ages < 0, 0, fading), MILLION
    whole = max(reach - measure.fresh_for, 1)
    fading = np.clip(reach - ages, 0, whole) if reach > measure.fresh_for else np.zeros(size, dtype=np.int64)
    left = np.where(ages <= measure.fresh_for, whole, fading)
    return np.where(ages < 0, 0, left), whole


def _points(map_: Map, figure: Figure, ranked: Rationals | None) -> Array:
    """The points of everyone's figure."""
    if isinstance(figure, Texts):
        table = [map_.of_word(word) for word in figure.words]
        floats = np.array([np.nan if p is None else float(p) for p in table] + [np.nan])
        return floats[figure.codes]  # -1 takes the last one
    if isinstance(figure, Other):
        return _linear(map_, figure.total)
    if ranked is not None:
        share = ranked.floats()
        return 100.0 * (1 - share if map_.reverse else share)
    if map_.how == "boolean":
        yes = figure.compared(Fraction(0)) > 0
        return np.where(figure.there, np.where(yes ^ map_.reverse, 100.0, 0.0), np.nan)
    if map_.how == "steps":
        reached = np.zeros(len(figure), dtype=np.int64)
        for x, _ in map_.points:
            reached += figure.compared(x) >= 0
        ends = np.array([float(y) for _, y in map_.points])
        return np.where(figure.there, ends[np.maximum(reached - 1, 0)], np.nan)
    return _linear(map_, figure.floats())


def _linear(map_: Map, values: Array) -> Array:
    xs, ys = ([float(pair[side]) for pair in map_.points] for side in (0, 1))
    return np.where(np.isnan(values), np.nan, np.interp(np.nan_to_num(values), xs, ys))


def numbers(said: Texts) -> Rationals:
    """An attribute as numbers: true and false count as 1 and 0, other words as nothing."""
    known = {code: number for code, word in enumerate(said.words) if (number := _number(word)) is not None}
    return lookup(said.codes, known, len(said.words))


def _number(word: str) -> Fraction | None:
    try:
        return Fraction({"true": "1", "false": "0"}.get(word.lower(), word))
    except (ValueError, ZeroDivisionError):
        return None


def all_measured(
    score: Score, inputs: Inputs, other: Callable[[str], Other], kept: Sequence[str] | None = None
) -> dict[str, Measured]:
    """Every measure of a score, by name."""
    return {m.name: measured(score, m, inputs, other) for m in score.measures if kept is None or m.name in kept}
