"""One customer's score from the points of its measures: exact, in parts that sum to it. Part of health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tenure.health_score import BEST, INSUFFICIENT, NEUTRAL, Measure, Score
from tenure.result import plain

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Reading:
    """What a measure says of a customer: the figure, its points, and how much of its weight is left by age."""

    figure: Fraction | str | None
    points: Fraction | None
    fresh: Fraction = Fraction(1)
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A line of a score. `weight`: its share of all weights; `gives`: what it adds. Lines sum to the score."""

    name: str
    figure: Fraction | str | None
    points: Fraction | None
    weight: Fraction
    gives: Fraction
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        figure = self.figure if isinstance(self.figure, str) else plain(self.figure)
        return {
            "measure": self.name,
            "figure": figure,
            "points": plain(self.points),
            "weight": plain(self.weight),
            "contribution": plain(self.gives),
            "note": self.note or None,
        }


@dataclass(frozen=True)
class Judgement:
    """A customer's score on a day. Without a score `band` says insufficient_data and `why` the reason."""

    customer: str
    score: Fraction | None
    band: str
    coverage: Fraction
    parts: tuple[Part, ...]
    profile: str = ""
    tier: str = ""
    mrr: Fraction = NOTHING
    why: str = ""
    readings: Mapping[str, Reading] | None = None
    weights: Mapping[str, Fraction] | None = None

    @property
    def reason(self) -> str:
        """The line that costs most, in words; for who has no score, why not."""
        if self.score is None:
            return self.why
        lost = [(part.weight * (BEST - part.points), part) for part in self.parts if part.points is not None]
        lines = [part for part in self.parts if part.points is None and part.gives < 0]
        cut = min(lines, key=lambda part: part.gives, default=None)
        if cut is not None and all(-cut.gives >= most for most, _ in lost):
            return cut.name
        if not lost or max(most for most, _ in lost) == 0:
            return ""
        _, worst = max(lost, key=lambda pair: pair[0])
        return f"{worst.name}: {_short(worst.points)} of 100"

    def to_json(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "score": plain(self.score),
            "band": self.band,
            "coverage": plain(self.coverage),
            "tier": self.tier,
            "mrr": plain(self.mrr),
            "profile": self.profile or None,
            "reason": self.reason or None,
        }


def judged(score: Score, customer: str, readings: Mapping[str, Reading], weights: Mapping[str, Fraction]) -> Judgement:
    """The score of a customer's readings under the weights of its profile, before exceptions and overrides."""
    used = [m for m in score.measures if weights[m.name]]
    blocked = next((m.name for m in used if m.missing == "block" and readings[m.name].points is None), None)
    filled = {m.name: _filled(m, readings[m.name]) for m in used}
    shares, coverage = _shares(score, used, filled, weights)
    parts = [
        Part(
            m.name,
            filled[m.name].figure,
            filled[m.name].points,
            shares.get(m.name, NOTHING),
            shares.get(m.name, NOTHING) * (filled[m.name].points or NOTHING),
            filled[m.name].note,
        )
        for m in used
    ]
    found = Judgement(customer, None, INSUFFICIENT, coverage, tuple(parts), readings=readings, weights=weights)
    if blocked is not None:
        return replace(found, why=f"without {blocked} there is no score")
    if coverage < score.coverage or not shares:
        known = f"{_short(100 * coverage)} % of the weights are known, {_short(100 * score.coverage)} % are needed"
        return replace(found, why=known)
    total = sum((part.gives for part in parts), NOTHING)
    return replace(found, score=total, band=score.bands.of(total))


def total_of(score: Score, points: Mapping[str, Reading], weights: Mapping[str, Fraction]) -> Fraction | None:
    """The bare weighted mean of readings, whatever is covered; None where nothing is known."""
    used = [m for m in score.measures if weights[m.name]]
    filled = {m.name: _filled(m, points[m.name]) for m in used}
    shares, _ = _shares(score, used, filled, weights)
    return sum((share * (filled[n].points or NOTHING) for n, share in shares.items()), NOTHING) if shares else None


def _filled(measure: Measure, reading: Reading) -> Reading:
    """The reading with what the measure's policy puts in place of nothing."""
    if reading.points is not None or measure.missing in ("ignore", "block"):
        return reading
    points = NEUTRAL if measure.missing == "neutral" else NOTHING
    return replace(reading, points=points, fresh=Fraction(1), note=f"no value: taken as {_short(points)}")


def _shares(
    score: Score, used: Sequence[Measure], filled: Mapping[str, Reading], weights: Mapping[str, Fraction]
) -> tuple[dict[str, Fraction], Fraction]:
    """Each measure's share of the whole, by group and then by measure, and how much of all weights is known."""
    groups, weight_of = grouped(score, used, weights)
    everything = sum((weight_of[name] for name in groups), NOTHING)
    alive, known, coverage = {}, NOTHING, NOTHING
    for name, members in groups.items():
        full = sum((weights[m.name] for m in members), NOTHING)
        left = {m.name: weights[m.name] * filled[m.name].fresh for m in members if filled[m.name].points is not None}
        measured = sum((w for m in members if (w := left.get(m.name)) and not _is_neutral(m, filled[m.name])), NOTHING)
        if full and everything:
            coverage += weight_of[name] / everything * measured / full
        there = sum(left.values(), NOTHING)
        if there and weight_of[name]:
            alive[name] = {one: w / there for one, w in left.items()}
            known += weight_of[name]
    return {one: weight_of[name] / known * w for name, members in alive.items() for one, w in members.items()}, coverage


def grouped(
    score: Score, used: Sequence[Measure], weights: Mapping[str, Fraction]
) -> tuple[dict[str, list[Measure]], dict[str, Fraction]]:
    """The measures by group, and what each group weighs; without groups all are in one."""
    groups: dict[str, list[Measure]] = {}
    for one in used:
        groups.setdefault(one.group if score.groups else "", []).append(one)
    told = dict(score.groups)
    weight_of = {name: told.get(name, Fraction(1)) for name in groups}
    if score.groups and "" in groups:  # what is in no group is a group of its own
        for one in groups.pop(""):
            groups[f"\0{one.name}"], weight_of[f"\0{one.name}"] = [one], weights[one.name]
        del weight_of[""]
    return groups, weight_of


def _is_neutral(measure: Measure, reading: Reading) -> bool:
    """What was only put in its place is not known; that nothing is there is, where that counts as 0."""
    return measure.missing == "neutral" and reading.note.startswith("no value")


def _short(number: Fraction | None) -> str:
    return "-" if number is None else f"{float(number):.3g}" if abs(number) < 100 else f"{float(number):.0f}"
