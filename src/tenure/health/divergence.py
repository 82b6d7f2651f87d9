"""Where health and money disagree: the healthy that shrink or are about to end, the ill that grow. Part of health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from tenure.health.desk import Desk
from tenure.health.inputs import DAY, Ask
from tenure.health_score import Score
from tenure.periods import Period
from tenure.result import plain
from tenure.stats.rationals import Rationals, constant

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
    scored, index = standing.judgements.scored, standing.judgements.index
    known = index[~np.isnan(scored.total[index])]
    now = _signs(desk, score, standing.day)
    then = _signs(desk, score, standing.day - timedelta(days=days))
    apart = []
    for i in known[np.isin(scored.inputs.people.keys[known], [key for key in now if key in then])].tolist():
        one = scored.judgement(i)
        assert one.score is not None
        signs = now[int(scored.inputs.people.keys[i])]
        apart.append(Apart(one.customer, one.score, one.band, one.mrr, signs))
    apart.sort(key=lambda one: (-one.mrr, one.customer))
    return Divergence(score, standing.day, days, len(known), tuple(apart))


def _signs(desk: Desk, score: Score, day: date) -> dict[int, tuple[str, ...]]:
    """What speaks against the band of each customer on a day, by key; who agrees is not there."""
    ask, scored = desk.ask_at(day), desk.scored(score, day)
    keys = scored.inputs.people.keys
    last = ask.each(("mrr", "mrr:committed"), [Period("", day - DAY, day)])
    moves = ask.each(("expansion_mrr", "contraction_mrr"), [Period("", day - LOOK_BACK, day)])
    now, held, grew, fell = (one[0].take(keys).filled() for one in (*last.values(), *moves.values()))
    moved, ends = grew.plus(fell), held.plus(now, -1).compared(Fraction(0)) < 0
    use = _use(ask, day).take(keys)
    rises, falls = moved.compared(Fraction(0)) > 0, moved.compared(Fraction(0)) < 0
    quiet = use.there & (use.compared(FALLEN) < 0)
    lowest, highest = scored.band == 0, scored.band == len(score.bands.names) - 1
    found: dict[int, tuple[str, ...]] = {}
    for i in np.flatnonzero((lowest & rises) | (highest & (falls | ends | quiet))).tolist():
        amount = float(moved.at(i) or 0)
        signs = []
        if lowest[i] and rises[i]:
            signs.append(f"MRR grew by {amount:,.0f} in {LOOK_BACK.days} days")
        if highest[i] and falls[i]:
            signs.append(f"MRR fell by {-amount:,.0f} in {LOOK_BACK.days} days")
        if highest[i] and ends[i]:
            signs.append("an end or a cut is scheduled")
        if highest[i] and quiet[i]:
            signs.append(f"use is {float(100 * (use.at(i) or 0)):.0f} % of its own past")
        found[int(keys[i])] = tuple(signs)
    return found


def _use(ask: Ask, day: date) -> Rationals:
    """Days of use in the last 30, by a third of those in the 90 before; nothing where there were none."""
    late = Period("", day - timedelta(days=30), day)
    early = Period("", day - timedelta(days=120), late.start)
    now, then = (ask.each(("dau:active_days",), [period])["dau:active_days"][0] for period in (late, early))
    return now.filled().times(constant(3, len(now))).over(then).only(then.there)
