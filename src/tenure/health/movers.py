"""Whose score moved since the month before and why; everyone's score month by month. Part of health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from tenure import progress
from tenure.health.change import Change, changes
from tenure.health.desk import Desk
from tenure.health.judgement import Judgement
from tenure.health_score import Score
from tenure.periods import add_months
from tenure.stats.rationals import Array

DIGITS = 9
MOST = 10
"""How many are told of in each direction."""


@dataclass(frozen=True)
class Mover:
    """A customer whose score is another one than a month ago. `changes`: the parts of the difference."""

    then: Judgement
    now: Judgement
    by: Fraction
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Movers:
    """Those who fell and those who rose most, and how many there are of each."""

    score: Score
    day: date
    before: date
    fell: tuple[Mover, ...]
    rose: tuple[Mover, ...]
    falling: int
    rising: int
    compared: int


def movers(desk: Desk, name: str | None, where: Sequence[str] = ()) -> Movers:
    """The largest differences first; of equal ones, the larger customer."""
    standing = desk.standing(name, None, where)
    now, before = standing.judgements.scored, add_months(standing.day, -1)
    then = desk.scored(standing.score, before)
    people = now.inputs.people
    index = np.sort(standing.judgements.index)
    at = people.among(then.inputs.people)[index]
    index, at = index[at >= 0], at[at >= 0]
    by = np.round(now.total[index] - then.total[at], DIGITS)
    known = ~np.isnan(by)
    index, at, by = index[known], at[known], by[known]
    mrr = now.inputs.mrr.floats()

    def told(some: Array) -> tuple[Mover, ...]:
        """The first of these places."""
        if len(some) > MOST:  # no other can be among the first
            least = np.partition(np.abs(by[some]), -MOST)[-MOST]
            some = some[np.abs(by[some]) >= least]
        first = sorted(some.tolist(), key=lambda i: (-abs(by[i]), -mrr[index[i]], people.ids[index[i]]))[:MOST]
        return tuple(_mover(standing.score, then.judgement(int(at[i])), now.judgement(int(index[i]))) for i in first)

    down, up = np.flatnonzero(by < 0), np.flatnonzero(by > 0)
    return Movers(standing.score, standing.day, before, told(down), told(up), len(down), len(up), len(by))


def _mover(score: Score, then: Judgement, now: Judgement) -> Mover:
    assert now.score is not None and then.score is not None
    return Mover(then, now, now.score - then.score, tuple(changes(score, then, now)))


def history(desk: Desk, name: str | None, months: int) -> dict[str, list[dict[str, Any]]]:
    """By customer: day, score, band and profile at the beginning of each of the last months, then now, if there is one.

    Where the profile is another one than before, the line says so.
    """
    score = desk.chosen(name)
    first = desk.today.replace(day=1)
    days = [add_months(first, -i) for i in range(months, -1, -1)]
    found: dict[str, list[dict[str, Any]]] = {}
    days = list(dict.fromkeys([*days, desk.today]))
    with desk.ahead(days):
        for day in progress.over(days, "months scored"):
            scored = desk.scored(score, day)
            ids, profile = scored.inputs.people.ids, scored.exactly.profile
            for i in np.flatnonzero(~np.isnan(scored.total)).tolist():
                line = {"day": day.isoformat(), "score": float(scored.total[i]), "band": scored.band_of(i)}
                lines = found.setdefault(ids[i], [])
                if score.profiles:
                    line["profile"] = score.profiles[profile[i]].name if profile[i] >= 0 else None
                    line["profile_changed"] = bool(lines) and lines[-1]["profile"] != line["profile"]
                lines.append(line)
            if day not in (desk.today, add_months(desk.today, -1)):
                desk.forget(day)
    return found
