"""Whose score moved since the month before and why; everyone's score month by month. Part of health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tenure.health.change import Change, changes
from tenure.health.desk import Desk
from tenure.health.judgement import Judgement
from tenure.health_score import Score
from tenure.periods import add_months
from tenure.result import plain

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
    before = add_months(standing.day, -1)
    earlier = desk.scored(standing.score, before).judgements
    pairs = [(earlier[one.customer], one) for one in standing.judgements if one.customer in earlier]
    known = [
        (then, now, now.score - then.score) for then, now in pairs if now.score is not None and then.score is not None
    ]
    known.sort(key=lambda line: (-abs(line[2]), -line[1].mrr, line[1].customer))
    down, up = ([line for line in known if line[2] < 0], [line for line in known if line[2] > 0])

    def told(lines: Sequence[tuple[Judgement, Judgement, Fraction]]) -> tuple[Mover, ...]:
        score = standing.score
        return tuple(Mover(then, now, by, tuple(changes(score, then, now))) for then, now, by in lines[:MOST])

    return Movers(standing.score, standing.day, before, told(down), told(up), len(down), len(up), len(known))


def history(desk: Desk, name: str | None, months: int) -> dict[str, list[dict[str, Any]]]:
    """By customer: day, score and band at the beginning of each of the last months, then now, where there is one."""
    score = desk.chosen(name)
    first = desk.today.replace(day=1)
    days = [add_months(first, -i) for i in range(months, -1, -1)]
    found: dict[str, list[dict[str, Any]]] = {}
    for day in dict.fromkeys([*days, desk.today]):
        for one in desk.scored(score, day).judgements.values():
            if one.score is not None:
                line = {"day": day.isoformat(), "score": plain(one.score), "band": one.band}
                found.setdefault(one.customer, []).append(line)
        if day not in (desk.today, add_months(desk.today, -1)):
            desk.forget(day)
    return found
