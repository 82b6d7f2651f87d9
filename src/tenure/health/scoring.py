"""A score for everyone on a day, as columns: profiles, exceptions, parents, bands with their memory. Part of health.

What is summed is a float; every decision (enough known, which band, which exception) is the exact one: a score that
lies too near the edge of a band for a float is judged on fractions, once for all who are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from tenure.health.exactly import Exactly, in_order, weights_of
from tenure.health.inputs import Inputs
from tenure.health.judgement import Judgement
from tenure.health.measured import Measured, Other, all_measured
from tenure.health.weighing import near, weighed
from tenure.health_score import INSUFFICIENT, Override, Rule, Score
from tenure.stats.rationals import Array, Rationals

NEAR = 1e-9
"""How far from an edge a float is sure of its side."""
UNKNOWN = -1
"""The band of whom too little is known."""


@dataclass(frozen=True)
class Scored:
    """Everyone's score: as columns, and each one in full. `total`: not a number where there is none."""

    score: Score
    inputs: Inputs
    exactly: Exactly
    total: Array
    band: Array
    coverage: Array
    remembers: bool = False
    notes: tuple[str, ...] = ()

    def judgement(self, i: int) -> Judgement:
        """One customer's, on exact fractions."""
        found = self.exactly.judgement(i)
        return replace(found, band=self.band_of(i)) if self.remembers and found.score is not None else found

    def band_of(self, i: int) -> str:
        """The name of a customer's band."""
        return INSUFFICIENT if self.band[i] == UNKNOWN else self.score.bands.names[self.band[i]]

    @property
    def judgements(self) -> Mapping[str, Judgement]:
        """Everyone's by customer, each made when it is looked at."""
        return _ByCustomer(self)


class _ByCustomer(Mapping[str, Judgement]):
    def __init__(self, scored: Scored) -> None:
        self._of = scored

    def __getitem__(self, who: str) -> Judgement:
        return self._of.judgement(self._of.inputs.people.place[who])

    def __iter__(self) -> Iterator[str]:
        return iter(self._of.inputs.people.ids)

    def __len__(self) -> int:
        return len(self._of.inputs.people)


def score_all(score: Score, scores: Mapping[str, Score], inputs: Inputs) -> Scored:
    """Everyone's score on the day of the inputs, without memory of bands."""
    others = {name: score_all(scores[name], scores, inputs) for name in score.scores}

    def other(name: str) -> Other:
        return Other(others[name].total, lambda i: others[name].judgement(i).score)

    size = len(inputs.people)
    measures = all_measured(score, inputs, other) if size else {}
    profile, notes = _profiles(score, inputs)
    total, coverage = np.full(size, np.nan), np.zeros(size)
    for number in np.unique(profile).tolist():
        index = np.flatnonzero(profile == number)
        weights = weights_of(score, score.profiles[number] if number >= 0 else None)
        found = weighed(score, measures, weights, index)
        total[index], coverage[index] = found.total, found.coverage.floats()
    children = _children(score, inputs)
    exactly = Exactly(score, inputs, measures, profile, _high(score, inputs), children)
    band = np.full(size, UNKNOWN, dtype=np.int8)
    sure = _except(score, measures, inputs, total)
    known = ~np.isnan(total)
    band[known] = _bands(score, total[known])
    done = Scored(score, inputs, exactly, total, band, coverage, notes=(*notes, *_notes(score, inputs)))
    alone = _alone(done)
    sure[alone] = True  # they speak for nobody else, however alike
    _settle(done, np.flatnonzero(near(total, _edges(score), NEAR) & ~sure))
    for i in alone:
        one = exactly.judgement(i)
        total[i] = np.nan if one.score is None else float(one.score)
        band[i], coverage[i] = _place(score, one), float(one.coverage)
    return done


def remembered(scored: Scored, before: Scored) -> Scored:
    """The same with bands that are left only some points beyond their edge, seen from the month before."""
    score, reach = scored.score, scored.score.hysteresis
    if not reach:
        return scored
    at = scored.inputs.people.among(before.inputs.people)
    then = np.where(at >= 0, before.band[at], UNKNOWN) if len(before.band) else np.full(len(at), UNKNOWN)
    band = scored.band.copy()
    moved = (band != UNKNOWN) & (then != UNKNOWN) & (band != then)
    edges = [edge + sign * float(reach) for edge in _edges(score) for sign in (-1, 1)]
    unsure = near(scored.total, edges, NEAR)
    names = score.bands.names
    for i in np.flatnonzero(moved).tolist():
        total = scored.exactly.judgement(i).score if unsure[i] else Fraction(float(scored.total[i]))
        assert total is not None
        band[i] = names.index(score.bands.after(total, names[then[i]], reach))
    return replace(scored, band=band, remembers=True)


def _edges(score: Score) -> list[float]:
    return [float(low) for _, low in score.bands.cuts[1:]]


def _bands(score: Score, total: Array) -> Array:
    """The place of each one's band."""
    edges = np.array([float(low) for _, low in score.bands.cuts])
    inside = np.clip(total, 0, 100)
    reached = np.searchsorted(edges, inside, side="left" if score.bands.lower_exclusive else "right")
    return np.maximum(reached - 1, 0)


def _except(score: Score, measures: Mapping[str, Measured], inputs: Inputs, total: Array) -> Array:
    """Apply the exceptions to the scores; whose score is now exactly what one of them says."""
    sure = np.zeros(len(total), dtype=bool)
    for rule in in_order(score):
        holds = _holds(rule, measures, inputs) & ~np.isnan(total)
        if rule.does == "floor":
            holds &= total < float(rule.to) - NEAR
        if rule.does == "cap":
            holds &= total > float(rule.to) + NEAR
        total[holds] = float(rule.to)
        sure |= holds
    return sure


def _holds(rule: Rule, measures: Mapping[str, Measured], inputs: Inputs) -> Array:
    found = np.ones(len(inputs.people), dtype=bool)
    if rule.where:
        found &= inputs.members.get(rule.where, found)
    if rule.measure and len(found):
        one = measures[rule.measure]
        found &= one.beyond(rule.below, rule.above) if isinstance(one.figure, Rationals) else False
    return found


def _settle(done: Scored, index: Array) -> None:
    """Judge those at these places exactly; those that are alike in everything once."""
    if not len(index):
        return
    marks = [mark for one in done.exactly.measures.values() for mark in one.marks(index)]
    marks += [_holds(rule, done.exactly.measures, done.inputs)[index] for rule in done.score.rules]
    marks.append(done.exactly.profile[index])
    table = np.stack([np.asarray(mark, dtype=np.int64) for mark in marks], axis=1)
    _, firsts, kind = np.unique(table, axis=0, return_index=True, return_inverse=True)
    found = [done.exactly.judgement(int(index[first])) for first in firsts]
    band = np.array([_place(done.score, one) for one in found], dtype=np.int8)
    total = np.array([np.nan if one.score is None else float(one.score) for one in found])
    done.band[index], done.total[index] = band[kind.reshape(-1)], total[kind.reshape(-1)]


def _alone(done: Scored) -> list[int]:
    """Parents, and customers of whom something was set by hand: they are judged one by one."""
    score, people = done.score, done.inputs.people
    set_ = {one.customer for one in score.overrides if one.holds(done.inputs.day)} if score.overrides else set()
    return sorted({people.place[who] for who in set_ if who in people.place} | set(done.exactly.children))


def _place(score: Score, one: Judgement) -> int:
    return UNKNOWN if one.score is None else score.bands.names.index(one.band)


def _profiles(score: Score, inputs: Inputs) -> tuple[Array, list[str]]:
    """The first profile whose condition holds for each customer; what is worth saying of the others."""
    found = np.full(len(inputs.people), -1, dtype=np.int16)
    notes = []
    for number, profile in enumerate(score.profiles):
        members = inputs.members.get(profile.where, np.zeros(len(found), dtype=bool))
        if not members.any() and len(found):
            notes.append(f"{score.name}: profile {profile.name!r} matches nobody ({profile.where}).")
        twice = int((members & (found >= 0)).sum())
        if twice:
            who = "customer matches" if twice == 1 else "customers match"
            notes.append(f"{score.name}: {twice} {who} profile {profile.name!r} and an earlier one; the first counts.")
        found[members & (found < 0)] = number
    return found, notes


def _high(score: Score, inputs: Inputs) -> Array:
    """High value: MRR from what is set, else among the upper fifth of those who pay."""
    mrr, edge = inputs.mrr, score.high_value
    paying = mrr.compared(Fraction(0)) > 0
    if edge is None:
        order = np.flatnonzero(paying)
        if not len(order):
            return paying
        keys, fifth = mrr.take(order).keys(), len(order) * 4 // 5
        edge = mrr.at(int(order[np.argpartition(keys, fifth)[fifth]]))
    assert edge is not None
    found: Array = paying & (mrr.compared(edge) >= 0)
    return found


def _children(score: Score, inputs: Inputs) -> dict[int, Sequence[int]]:
    """The places of each parent's children, by the children's names."""
    if score.parents == "own" or inputs.parent is None:
        return {}
    people, codes = inputs.people, inputs.parent.codes
    some = np.flatnonzero(codes >= 0)
    if not len(some):
        return {}
    parents = [people.place.get(word, -1) for word in inputs.parent.words]
    found: dict[int, list[int]] = {}
    for child in some.tolist():
        parent = parents[codes[child]]
        if parent >= 0 and parent != child:
            found.setdefault(parent, []).append(child)
    by_name = partial(sorted, key=lambda i: people.ids[i])
    return {parent: by_name(children) for parent, children in found.items()}


def _notes(score: Score, inputs: Inputs) -> list[str]:
    notes = []
    for key in inputs.empty:
        name, _, measure = key.partition("/")
        if name == score.name:
            notes.append(f"{name}: nobody has a value for {measure!r}; it is left out of every score.")
    for one in score.overrides:
        if one.expires <= inputs.day:
            notes.append(f"{_name_of(score, one)} by {one.author} expired on {one.expires} and no longer counts.")
    return notes


def _name_of(score: Score, one: Override) -> str:
    what = f"the points of {one.measure!r}" if one.measure else "the score"
    return f"{score.name}: {what} set for {one.customer}"
