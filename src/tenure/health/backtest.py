"""Was the score right? Scores of the past, from what was known then, against who left afterwards. Part of health.

A customer is seen at the beginning of each month, scored by a workspace that knows nothing of that day and later, and
has left where it churned within the horizon. One customer's months are not independent: intervals of the AUC and of
how much more often some leave than others are by customers, and what is needed is twenty customers that left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tenure.health.desk import Desk
from tenure.health.inputs import BY
from tenure.health.judgement import Judgement
from tenure.health.learning import learned
from tenure.health.seen import LEAST, Seen, customers, group_rate, left_of
from tenure.health.sentences import sentences
from tenure.health.verdict import Backtest, Ratio
from tenure.health_score import Score
from tenure.periods import Period, add_months
from tenure.stats import Area, auc, rate_ratio

FIFTHS = 5


def backtest(desk: Desk, name: str | None, months: int, horizon: int, where: Sequence[str] = ()) -> Backtest:
    """The scores at the beginning of the last `months` months whose horizon is over, and what came of them."""
    score = desk.chosen(name)
    last = (desk.today - timedelta(days=horizon)).replace(day=1)
    days = [add_months(last, -i) for i in range(months)][::-1]
    left = _left(desk, days, horizon)
    kept = {day: desk.standing_of(day, where) for day in days} if where else {}
    seen: dict[str, list[Seen]] = {one: [] for one in desk.scores}
    unscored, noted = 0, Counter[str]()
    for i, day in enumerate(days):
        for each in desk.scores.values():
            scored = desk.scored(each, day)
            judged = [one for one in scored.judgements.values() if not where or one.customer in kept[day]]
            seen[each.name] += [_seen(one, day, left[day]) for one in judged if one.score is not None]
            if each is score:
                unscored += sum(1 for one in judged if one.score is None)
                noted.update(scored.notes)
        if i:
            desk.forget(days[i - 1])  # the last one is still needed for bands with a memory
    mine = tuple(seen[score.name])
    notes = [note for note, times in noted.items() if times == len(days)]
    known = [day for day in days if any(one.day == day for one in mine)]
    start = Backtest(score, tuple(known), horizon, mine, unscored=unscored, notes=tuple(notes))
    gone = left_of(mine)
    stayed = sum(1 for one in mine if not one.left)
    if gone < LEAST or not stayed:
        refused = replace(start, refused=_refusal(gone, horizon, known))
        return replace(refused, sentences=tuple(sentences(refused)))
    found = replace(
        start,
        area=area_of(mine),
        bands=tuple(group_rate(band, [s for s in mine if s.band == band]) for band in score.bands.names),
        calibration=tuple(_calibration(mine)),
        lifts=tuple(_lifts(score, mine)),
        compared=tuple(_compared(seen, score, mine)),
        learned=learned(score, mine, horizon),
    )
    return replace(found, sentences=tuple(sentences(found)))


def _refusal(gone: int, horizon: int, days: Sequence[date]) -> str:
    if not days:
        return f"no month that ended {horizon} days ago has a score"
    who = "customer" if gone == 1 else "customers"
    need = f"at least {LEAST} must have, to tell a score from luck"
    return f"only {gone} {who} with a score left within {horizon} days; {need}"


def _left(desk: Desk, days: Sequence[date], horizon: int) -> dict[date, frozenset[str]]:
    """Who churned within the horizon of each day, as known today."""
    ask = desk.ask_at(desk.today)
    found = {}
    for day in days:
        (rows,) = ask.over(("churned_customers",), [Period("", day, day + timedelta(days=horizon))], BY)
        found[day] = frozenset(str(row.by["customer_id"]) for row in rows.rows if row.value)
    return found


def _seen(one: Judgement, day: date, left: frozenset[str]) -> Seen:
    assert one.score is not None
    return Seen(one.customer, day, one.score, one.band, one.customer in left, one.profile, one.readings, one.weights)


def area_of(seen: Sequence[Seen], scores: Sequence[Fraction] | None = None) -> Area:
    """The chance that of one who left and one who stayed the one who left had the lower score."""
    numbers = [-float(x) for x in (scores or [one.score for one in seen])]
    return auc(numbers, [one.left for one in seen], [one.customer for one in seen])


def _fifths(seen: Sequence[Seen]) -> list[list[Seen]]:
    """Some five groups by score, the lowest first; equal scores are in one group, so there may be fewer."""
    ordered = sorted(one.score for one in seen)
    edges = sorted({ordered[i * len(ordered) // FIFTHS] for i in range(1, FIFTHS)})
    groups: list[list[Seen]] = [[] for _ in range(len(edges) + 1)]
    for one in seen:
        groups[bisect_right(edges, one.score)].append(one)
    return [group for group in groups if group]


def _calibration(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Whether leaving falls as the score rises."""
    found = []
    for inside in _fifths(seen):
        low, high = min(one.score for one in inside), max(one.score for one in inside)
        mean = float(sum(one.score for one in inside)) / len(inside)
        ends = {"from": float(low), "to": float(high), "mean_score": mean}
        found.append(group_rate(_span(low, high), inside) | ends)
    return found


def _span(low: Fraction, high: Fraction) -> str:
    return f"{float(low):.1f}" if low == high else f"{float(low):.1f} to {float(high):.1f}"


def _lifts(score: Score, seen: Sequence[Seen]) -> list[Ratio]:
    """The lower bands against the highest, then the lowest scores against the highest."""
    names = score.bands.names
    inside = {band: [s for s in seen if s.band == band] for band in names}
    pairs = [((low, names[-1]), [inside[low], inside[names[-1]]]) for low in names[:-1]]
    groups = _fifths(seen)
    if len(groups) > 1:
        pairs.append((("the lowest scores", "the highest scores"), [groups[0], groups[-1]]))
    found = []
    for (first, second), sides in pairs:
        ratio = rate_ratio(*([(s.customer, s.left) for s in side] for side in sides))
        if ratio is not None:
            found.append(Ratio(first, second, *ratio))
    return found


def _compared(seen: Mapping[str, Sequence[Seen]], score: Score, mine: Sequence[Seen]) -> list[dict[str, Any]]:
    """The same for every other score, and for each profile of this one, where enough left."""
    groups: list[tuple[str, str, Sequence[Seen]]] = [("score", name, all_) for name, all_ in seen.items()]
    if score.profiles:
        named = dict.fromkeys(one.profile for one in mine)
        groups += [("profile", p or "none", [s for s in mine if s.profile == p]) for p in named]
    if len(groups) == 1:
        return []
    found = []
    for kind, name, inside in groups:
        gone = left_of(inside)
        line: dict[str, Any] = {"kind": kind, "name": name, "customers": customers(inside), "churned": gone}
        enough = gone >= LEAST and any(not one.left for one in inside)
        area = area_of(inside) if enough else None
        found.append(line | {"auc": area and area.value, "low": area and area.low, "high": area and area.high})
    return found
