"""Where health and money disagree: the healthy that shrink or are about to end, the ill that grow. Part of health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tenure.health.desk import Desk
from tenure.health.inputs import BY, DAY, Ask, values_of
from tenure.health_score import Score
from tenure.periods import Period
from tenure.result import plain

LOOK_BACK = timedelta(days=90)
"""How long a change of MRR is looked for."""
FALLEN = Fraction(1, 2)
"""Use below this part of the customer's own past has fallen."""


@dataclass(frozen=True)
class Apart:
    """A customer with both sides."""

    customer: str
    score: Fraction
    band: str
    mrr: Fraction
    signs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        told = {"customer": self.customer, "score": plain(self.score), "band": self.band}
        return told | {"mrr": plain(self.mrr), "signs": list(self.signs)}


@dataclass(frozen=True)
class Divergence:
    """Those whose health and money have disagreed for so many days, by MRR."""

    score: Score
    day: date
    days: int
    scored: int
    customers: tuple[Apart, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score.name,
            "as_of": self.day.isoformat(),
            "days": self.days,
            "scored": self.scored,
            "mrr": plain(sum((one.mrr for one in self.customers), Fraction(0))),
            "customers": [one.to_json() for one in self.customers],
        }


def divergence(desk: Desk, name: str | None, day: date | None, days: int, where: Sequence[str] = ()) -> Divergence:
    """Customers in the lowest band whose money grows, or in the highest whose money or use falls, then and now."""
    standing = desk.standing(name, day, where)
    score = standing.score
    known = [one for one in standing.judgements if one.score is not None]
    now = _signs(desk, score, standing.day)
    then = _signs(desk, score, standing.day - timedelta(days=days))
    apart = [
        Apart(one.customer, one.score, one.band, one.mrr, now[one.customer])
        for one in known
        if one.score is not None and one.customer in now and one.customer in then
    ]
    apart.sort(key=lambda one: (-one.mrr, one.customer))
    return Divergence(score, standing.day, days, len(known), tuple(apart))


def _signs(desk: Desk, score: Score, day: date) -> dict[str, tuple[str, ...]]:
    """What speaks against the band of each customer on a day; who agrees is not there."""
    ask = desk.ask_at(day)
    last = Period("", day - DAY, day)
    now, held = (values_of(found) for found in ask.over(("mrr", "mrr:committed"), [last], BY))
    moves = ask.over(("expansion_mrr", "contraction_mrr"), [Period("", day - LOOK_BACK, day)], BY)
    grew, fell = (values_of(found) for found in moves)
    use = _use(ask, day)
    found: dict[str, tuple[str, ...]] = {}
    for who, one in desk.scored(score, day).judgements.items():
        mrr = now.get(who, Fraction(0))
        moved = grew.get(who, Fraction(0)) + fell.get(who, Fraction(0))
        signs = []
        if one.band == score.bands.lowest and moved > 0:
            signs.append(f"MRR grew by {float(moved):,.0f} in {LOOK_BACK.days} days")
        if one.band == score.bands.highest:
            if moved < 0:
                signs.append(f"MRR fell by {float(-moved):,.0f} in {LOOK_BACK.days} days")
            if held.get(who, Fraction(0)) < mrr:
                signs.append("an end or a cut is scheduled")
            if who in use and use[who] < FALLEN:
                signs.append(f"use is {float(100 * use[who]):.0f} % of its own past")
        if signs and one.score is not None:
            found[who] = tuple(signs)
    return found


def _use(ask: Ask, day: date) -> dict[str, Fraction]:
    """Days of use in the last 30, by a third of those in the 90 before."""
    late = Period("", day - timedelta(days=30), day)
    early = Period("", day - timedelta(days=120), late.start)
    now, then = (values_of(ask.over(("dau:active_days",), [period], BY)[0]) for period in (late, early))
    return {who: now.get(who, Fraction(0)) / mean for who, mean in then.items() if mean > 0}
