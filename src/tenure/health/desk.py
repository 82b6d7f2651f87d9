"""Where scores are asked for: which there are, everyone's on a day, one customer's in full. Part of health."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tenure.errors import RequestError, UnknownName
from tenure.expr import Aged
from tenure.health.change import Change, changes
from tenure.health.inputs import Ask, Inputs, gather
from tenure.health.judgement import NOTHING, Judgement
from tenure.health.scoring import Scored, remembered, score_all
from tenure.health_presets import OF_BUSINESS, PRESETS
from tenure.health_score import INSUFFICIENT, Score
from tenure.metric import find
from tenure.periods import add_months
from tenure.result import plain


@dataclass(frozen=True)
class Standing:
    """Everyone's score on a day, the lowest first."""

    score: Score
    day: date
    judgements: tuple[Judgement, ...]
    notes: tuple[str, ...]

    def bands(self) -> list[dict[str, Any]]:
        """Customers and MRR by band, the lowest first; then those without a score."""
        found = []
        for band in (*self.score.bands.names, INSUFFICIENT):
            inside = [one for one in self.judgements if one.band == band]
            mrr = sum((one.mrr for one in inside), NOTHING)
            found.append({"band": band, "customers": len(inside), "mrr": plain(mrr)})
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


@dataclass
class Desk:
    """The scores of a workspace. `ask_at`: the workspace as it stood when a day began; `today`: where its data end."""

    scores: Mapping[str, Score]
    ask_at: Callable[[date], Ask]
    today: date
    _inputs: dict[tuple[date, tuple[str, ...]], Inputs] = field(default_factory=dict)

    def chosen(self, name: str | None) -> Score:
        """A score by its name; without one, the workspace's own."""
        if name is None:
            return next(iter(self.scores.values()))
        if name not in self.scores:
            raise UnknownName("health score", name, self.scores, where="--score")
        return self.scores[name]

    def inputs(self, day: date, where: Sequence[str] = ()) -> Inputs:
        """What is known when a day begins; the last few days are kept."""
        key = day, tuple(where)
        if key not in self._inputs:
            if len(self._inputs) > 40:
                self._inputs.pop(next(iter(self._inputs)))
            self._inputs[key] = gather(self.ask_at(day), list(self.scores.values()), day, where)
        return self._inputs[key]

    def scored(self, score: Score, day: date) -> Scored:
        """Everyone's score when a day begins."""
        found = score_all(score, self.scores, self.inputs(day))
        if score.hysteresis:
            found = remembered(found, score_all(score, self.scores, self.inputs(add_months(day, -1))).judgements)
        return found

    def standing(self, name: str | None, day: date | None, where: Sequence[str] = ()) -> Standing:
        """Everyone's score, or that of those for whom the conditions hold."""
        score, day = self.chosen(name), self._day(day)
        found = self.scored(score, day)
        kept = list(found.judgements.values())
        if where:  # percentiles and parents are taken among everyone, whoever is shown
            there = self.standing_of(day, where)
            kept = [one for one in kept if one.customer in there]
        kept.sort(key=lambda one: (one.score is None, one.score or NOTHING, -one.mrr, one.customer))
        return Standing(score, day, tuple(kept), found.notes)

    def standing_of(self, day: date, where: Sequence[str]) -> frozenset[str]:
        """The customers of a day for whom the conditions hold."""
        return frozenset(gather(self.ask_at(day), [], day, where).mrr)

    def forget(self, day: date) -> None:
        """Let go of what was known on a day."""
        self._inputs.pop((day, ()), None)

    def portrait(self, customer: str, name: str | None, day: date | None) -> Portrait:
        """One customer in full."""
        score, day = self.chosen(name), self._day(day)
        found = self.scored(score, day)
        if customer not in found.judgements:
            raise RequestError(
                f"{customer!r} is no customer at the start of {day}.",
                where="health",
                todo="Look at tenure health, or ask for another day with --as-of.",
            )
        earlier = add_months(day, -1)
        then = self.scored(score, earlier).judgements.get(customer)
        now = found.judgements[customer]
        differences = changes(score, then, now) if then is not None else []
        notes = tuple(note for note in found.notes if customer in note or "nobody" in note)
        return Portrait(score, day, now, then, earlier, tuple(differences), notes)

    def _day(self, day: date | None) -> date:
        if day is not None and day > self.today:
            raise RequestError(
                f"Nothing is known of {day} yet.", where="--as-of", todo=f"Ask for {self.today} or earlier."
            )
        return day or self.today


OF_SCORES = ("health", "health_share", "mrr_at_risk")
MILLION, CENTS = 10**6, 100


def rows(desk: Desk, day: date) -> list[tuple[object, ...]]:
    """What metrics of health read: the workspace's own score of everyone when a day begins, in whole numbers."""
    score = desk.chosen(None)
    found: list[tuple[object, ...]] = []
    for one in desk.scored(score, day).judgements.values():
        if one.score is not None:
            points, cents = round(one.score * MILLION), round(one.mrr * CENTS)
            square = round(one.score * one.score * MILLION)
            lowest = int(one.band == score.bands.lowest)
            found.append((day, one.customer, points, square, points * cents, cents, lowest, one.band))
    return found


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
