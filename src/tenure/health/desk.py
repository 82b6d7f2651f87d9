"""Where scores are asked for: which there are, everyone's on a day, one customer's in full. Part of health."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, overload

import numpy as np

from tenure.errors import RequestError, UnknownName
from tenure.expr import Aged
from tenure.health.ahead import together
from tenure.health.change import Change, changes
from tenure.health.inputs import Ask, Inputs, gather, there_on
from tenure.health.judgement import NOTHING, Judgement
from tenure.health.scoring import UNKNOWN, Scored, remembered, score_all
from tenure.health_presets import OF_BUSINESS, PRESETS
from tenure.health_score import INSUFFICIENT, Score
from tenure.metric import find
from tenure.metrics.health import OF_SCORES
from tenure.periods import add_months
from tenure.result import plain
from tenure.stats.rationals import Array


@dataclass(frozen=True)
class Judged(Sequence[Judgement]):
    """The judgements at some places of a score, in this order; each is made when it is looked at."""

    scored: Scored
    index: Array

    def __len__(self) -> int:
        return len(self.index)

    @overload
    def __getitem__(self, at: int) -> Judgement: ...
    @overload
    def __getitem__(self, at: slice) -> Judged: ...
    def __getitem__(self, at: int | slice) -> Judgement | Judged:
        if isinstance(at, slice):
            return Judged(self.scored, self.index[at])
        return self.scored.judgement(int(self.index[at]))

    @property
    def customers(self) -> list[str]:
        """Whose judgements these are, without making them."""
        ids = self.scored.inputs.people.ids
        return [ids[i] for i in self.index.tolist()]

    def of(self, customers: Iterable[str]) -> dict[str, Judgement]:
        """The judgements of these customers, as far as they are among those here; no other is made."""
        place = self.scored.inputs.people.place
        asked = {one: place[one] for one in customers if one in place}
        here = set(self.index[np.isin(self.index, list(asked.values()))].tolist())
        return {one: self.scored.judgement(i) for one, i in asked.items() if i in here}


@dataclass(frozen=True)
class Standing:
    """Everyone's score on a day, the lowest first."""

    score: Score
    day: date
    judgements: Judged
    notes: tuple[str, ...]

    def within(self, *bands: str) -> Judged:
        """Those in any of these bands, the lowest score first."""
        numbers = [self.score.bands.names.index(band) for band in bands]
        index = self.judgements.index
        return Judged(self.judgements.scored, index[np.isin(self.judgements.scored.band[index], numbers)])

    def bands(self) -> list[dict[str, Any]]:
        """Customers and MRR by band, the lowest first; then those without a score."""
        found, scored, index = [], self.judgements.scored, self.judgements.index
        band, mrr = scored.band[index], scored.inputs.mrr.take(index)
        for number, name in [*enumerate(self.score.bands.names), (UNKNOWN, INSUFFICIENT)]:
            inside = np.flatnonzero(band == number)
            found.append({"band": name, "customers": len(inside), "mrr": plain(mrr.take(inside).total())})
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score.name,
            "as_of": self.day.isoformat(),
            "measures": [{"name": m.name, "of": m.of, "weight": plain(m.weight)} for m in self.score.measures],
            "bands": self.bands(),
            "customers": [one.to_json() for one in self.judgements],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Portrait:
    """One customer's score in full, and what changed since the month before."""

    score: Score
    day: date
    judgement: Judgement
    before: Judgement | None
    before_day: date
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        then = self.before
        return {
            "score_name": self.score.name,
            "as_of": self.day.isoformat(),
            **self.judgement.to_json(),
            "contributions": [part.to_json() for part in self.judgement.parts],
            "before": None if then is None else {"day": self.before_day.isoformat(), **then.to_json()},
            "changes": [one.to_json() for one in self.changes],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Gallery:
    """Everyone's score on a day and the month before: enough to show any one customer in full."""

    score: Score
    day: date
    now: Scored
    earlier: date
    then: Scored

    def portrait(self, customer: str) -> Portrait:
        """One customer in full."""
        if customer not in self.now.judgements:
            raise RequestError(
                f"{customer!r} is no customer at the start of {self.day}.",
                where="health",
                todo="Look at tenure health, or ask for another day with --as-of.",
            )
        now, then = self.now.judgements[customer], self.then.judgements.get(customer)
        differences = changes(self.score, then, now) if then is not None else []
        notes = tuple(note for note in self.now.notes if customer in note or "nobody" in note)
        return Portrait(self.score, self.day, now, then, self.earlier, tuple(differences), notes)


@dataclass
class Desk:
    """The scores of a workspace. `ask_at`: the workspace as it stood when a day began; `today`: where its data end."""

    scores: Mapping[str, Score]
    ask_at: Callable[[date], Ask]
    today: date
    _inputs: dict[date, Inputs] = field(default_factory=dict)
    _ahead: dict[date, Ask] = field(default_factory=dict)
    _scored: dict[tuple[str, date], Scored] = field(default_factory=dict)

    def chosen(self, name: str | None) -> Score:
        """A score by its name; without one, the workspace's own."""
        if name is None:
            return next(iter(self.scores.values()))
        if name not in self.scores:
            raise UnknownName("health score", name, self.scores, where="--score")
        return self.scores[name]

    @cached_property
    def names(self) -> Array:
        """Everyone's customer_id, by key."""
        return self.ask_at(self.today).ids()

    @contextmanager
    def ahead(self, days: Sequence[date]) -> Iterator[None]:
        """Inside, what these days need is asked of them together as far as it can be. They rise."""
        if days and any(score.hysteresis for score in self.scores.values()):
            days = [add_months(days[0], -1), *days]
        past = [day for day in days if day < self.today and day not in self._inputs]
        self._ahead = together(self.ask_at, list(self.scores.values()), past)
        try:
            yield
        finally:
            self._ahead = {}

    def _ask(self, day: date) -> Ask:
        return self._ahead[day] if day in self._ahead else self.ask_at(day)

    def inputs(self, day: date) -> Inputs:
        """What is known when a day begins; the last few days are kept."""
        if day not in self._inputs:
            for kept in (self._inputs, self._scored):
                if len(kept) > 40:
                    kept.clear()
            self._inputs[day] = gather(self._ask(day), list(self.scores.values()), day, lambda: self.names)
        return self._inputs[day]

    def scored(self, score: Score, day: date) -> Scored:
        """Everyone's score when a day begins."""
        found = self._at_once(score, day)
        return remembered(found, self._at_once(score, add_months(day, -1))) if score.hysteresis else found

    def _at_once(self, score: Score, day: date) -> Scored:
        """The same without memory of bands."""
        key = score.name, day
        if key not in self._scored:
            inputs = self.inputs(day)
            self._scored[key] = score_all(score, self.scores, inputs)
        return self._scored[key]

    def standing(self, name: str | None, day: date | None, where: Sequence[str] = ()) -> Standing:
        """Everyone's score, or that of those for whom the conditions hold."""
        score, day = self.chosen(name), self._day(day)
        found = self.scored(score, day)
        kept = np.arange(len(found.total))
        if where:  # percentiles and parents are taken among everyone, whoever is shown
            kept = kept[self.standing_of(day, where)[found.inputs.people.keys]]
        return Standing(score, day, Judged(found, _lowest_first(found, kept)), found.notes)

    def standing_of(self, day: date, where: Sequence[str]) -> Array:
        """Which customers of a day the conditions hold for, by key."""
        return there_on(self._ask(day), day, where)

    def forget(self, day: date) -> None:
        """Let go of what was known on a day."""
        self._inputs.pop(day, None)
        self._ahead.pop(day, None)
        for key in [key for key in self._scored if key[1] == day]:
            del self._scored[key]

    def gallery(self, name: str | None, day: date | None = None) -> Gallery:
        """Everybody, to show each in full."""
        score, day = self.chosen(name), self._day(day)
        earlier = add_months(day, -1)
        return Gallery(score, day, self.scored(score, day), earlier, self.scored(score, earlier))

    def _day(self, day: date | None) -> date:
        if day is not None and day > self.today:
            raise RequestError(
                f"Nothing is known of {day} yet.", where="--as-of", todo=f"Ask for {self.today} or earlier."
            )
        return day or self.today


MILLION, CENTS = 10**6, 100


def rows(desk: Desk, day: date) -> list[tuple[object, ...]]:
    """What metrics of health read: every score of everyone when a day begins, in whole numbers."""
    scores = desk.scores.values()
    return [row for i, score in enumerate(scores) for row in _rows(desk.scored(score, day), day, int(i == 0))]


def _rows(found: Scored, day: date, main: int) -> list[tuple[object, ...]]:
    score = found.score
    known = np.flatnonzero(~np.isnan(found.total))
    names, ids, mrr = (*score.bands.names, INSUFFICIENT), found.inputs.people.ids, found.inputs.mrr
    lines: list[tuple[object, ...]] = []
    for i, total, band in zip(known.tolist(), found.total[known].tolist(), found.band[known].tolist(), strict=True):
        points, cents = round(total * MILLION), round((mrr.at(i) or NOTHING) * CENTS)
        square = round(total * total * MILLION)
        kind = (score.name, main, points, square, points * cents, cents, int(band == 0), names[band])
        lines.append((day, ids[i], *kind))
    return lines


def _lowest_first(scored: Scored, index: Array) -> Array:
    """The places by score, who has none last; of equal ones the larger customer first, then by name."""
    total = np.round(scored.total[index] / SAME)
    order = np.argsort(np.where(np.isnan(total), np.inf, total))
    index, total = index[order], total[order]
    alike = (total[1:] == total[:-1]) | np.isnan(total[1:])
    tied, run = _runs(alike)
    index[tied] = index[tied][np.lexsort((index[tied], -scored.inputs.mrr.take(index[tied]).keys(), run))]
    mrr = scored.inputs.mrr.take(index[tied]).keys()
    equal, run = _runs((run[1:] == run[:-1]) & (mrr[1:] == mrr[:-1]))
    tied = tied[equal]
    names = scored.inputs.people.ids[index[tied]]
    # Keys were mostly given by name. Where they were not, the whole run is sorted.
    wrong = np.unique(run[1:][(run[1:] == run[:-1]) & (names[1:] < names[:-1])])
    for number in wrong.tolist():
        inside = slice(*np.searchsorted(run, [number, number + 1]))
        index[tied[inside]] = index[tied[inside]][np.argsort(names[inside])]
    return index


def _runs(alike: Array) -> tuple[Array, Array]:
    """The places that are alike one next to them, and the number of each one's run."""
    ends = np.zeros(1, dtype=bool)
    inside = np.flatnonzero(np.concatenate([ends, alike]) | np.concatenate([alike, ends]))
    return inside, np.cumsum(np.concatenate([~ends, ~alike]))[inside]


SAME = 1e-9
"""Scores that differ by less are the same, as far as their order goes."""


def available(declared: Mapping[str, Score], business: str, loaded: frozenset[str], where: str) -> dict[str, Score]:
    """The scores of a workspace: those it declares, else its business's preset; a preset's measures as tables allow."""
    if not declared:
        preset = PRESETS[OF_BUSINESS.get(business, "default")]
        declared = {"default": replace(preset, name="default")}
    found = {}
    for name, score in declared.items():
        kept = tuple(m for m in score.measures if set(m.tables) <= loaded)
        if not any(m.weight for m in kept):
            raise RequestError(
                f"The health score {name!r} has no measure that this workspace has data for.",
                where=where,
                todo=f"Load one of {', '.join(sorted({t for m in score.measures for t in m.tables}))}, "
                f"or declare measures in [health.{name}].",
            )
        for measure in kept:
            if measure.source == "metric":
                _check(measure.of, f"{where}: health.{name}.{measure.name}")
        found[name] = replace(score, measures=kept)
    return found


def _check(metric: str, where: str) -> None:
    name, _, variant = metric.partition(":")
    try:
        if find(name).id in OF_SCORES:
            raise RequestError(
                f"A score cannot be made of {name}, which is made of scores.", where=where, todo='Write score = "NAME".'
            )
        found, reading = find(name), find(name).reading(variant or None)
        if found.by or reading.by or isinstance(reading.expr, Aged):
            how = ", ".join(found.by or reading.by or ("age",))
            raise RequestError(
                f"{metric} is no figure of one customer: it always comes by {how}.", where=where, todo="Take another."
            )
    except UnknownName as error:
        raise RequestError(error.what, where=where, todo=error.todo) from None
