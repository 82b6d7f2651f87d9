"""Was the score right? Scores of the past, from what was known then, against who left afterwards. Part of health.

A customer is seen at the beginning of each month, scored by a workspace that knows nothing of that day and later, and
has left where it churned within the horizon. One customer's months are not independent: intervals of the AUC and of
how much more often some leave than others are by customers, and what is needed is twenty customers that left.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from tenure import progress
from tenure.health.desk import Desk
from tenure.health.learning import learned
from tenure.health.scoring import Scored
from tenure.health.seen import LEAST, Seen, customers, group_rate, left_of, together
from tenure.health.sentences import sentences
from tenure.health.verdict import Backtest, Ratio
from tenure.health_score import Score
from tenure.periods import Period, add_months
from tenure.stats import Area, auc, rate_ratio_of
from tenure.stats.rationals import Array

FIFTHS = 5
DIGITS = 9
"""Scores that differ by less are the same: so much a sum of floats is sure of."""
MOST = 200_000
"""Of more customers than this, weights are learned from a part."""


def backtest(desk: Desk, name: str | None, months: int, horizon: int, where: Sequence[str] = ()) -> Backtest:
    """The scores at the beginning of the last `months` months whose horizon is over, and what came of them."""
    score = desk.chosen(name)
    last = (desk.today - timedelta(days=horizon)).replace(day=1)
    days = [add_months(last, -i) for i in range(months)][::-1]
    seen: dict[str, list[Seen]] = {one: [] for one in desk.scores}
    deep: list[Seen] = []
    unscored, noted = 0, Counter[str]()
    for i, day, left in _months(desk, days, horizon):
        kept = desk.standing_of(day, where) if where else None
        for each in desk.scores.values():
            scored = desk.scored(each, day)
            inside = np.ones(len(scored.total), dtype=bool)
            if kept is not None:
                inside = kept[scored.inputs.people.keys]
            known = inside & ~np.isnan(scored.total)
            here = _seen(scored, i, known, left)
            seen[each.name].append(here)
            if each is score:
                deep.append(_deep(scored, here, known))
                unscored += int((inside & ~known).sum())
                noted.update(scored.notes)
    all_seen = {one: together(parts) for one, parts in seen.items()}
    mine = all_seen[score.name]
    notes = [note for note, times in noted.items() if times == len(days)]
    told = [days[i] for i in np.unique(mine.day).tolist()]
    start = Backtest(score, tuple(told), horizon, mine, unscored=unscored, notes=tuple(notes))
    gone = left_of(mine)
    if gone < LEAST or mine.left.all():
        refused = replace(start, refused=_refusal(gone, horizon, told))
        return replace(refused, sentences=tuple(sentences(refused)))
    area = area_of(mine)
    found = replace(
        start,
        area=area,
        bands=tuple(group_rate(band, mine.where(mine.band == i)) for i, band in enumerate(score.bands.names)),
        calibration=tuple(_calibration(mine)),
        lifts=tuple(_lifts(score, mine)),
        compared=tuple(_compared(all_seen, score, area)),
        learned=learned(score, together(deep), days, horizon),
    )
    return replace(found, sentences=tuple(sentences(found)))


def _months(desk: Desk, days: Sequence[date], horizon: int) -> Iterator[tuple[int, date, Array]]:
    """The number of each day, the day, and who left after it. What is known of a day is forgotten when it is over."""
    lefts = _left(desk, days, horizon)
    with desk.ahead(days):
        for i, (day, left) in enumerate(progress.over(list(zip(days, lefts, strict=True)), "months scored")):
            yield i, day, left
            if i:
                desk.forget(days[i - 1])  # the last one is still needed for bands with a memory


def _refusal(gone: int, horizon: int, days: Sequence[date]) -> str:
    if not days:
        return f"no month that ended {horizon} days ago has a score"
    who = "customer" if gone == 1 else "customers"
    need = f"at least {LEAST} must have, to tell a score from luck"
    return f"only {gone} {who} with a score left within {horizon} days; {need}"


def _left(desk: Desk, days: Sequence[date], horizon: int) -> list[Array]:
    """Who churned within the horizon of each day, as known today, by key."""
    asked = [Period("", day, day + timedelta(days=horizon)) for day in days]
    found = desk.ask_at(desk.today).each(("churned_customers",), asked)["churned_customers"]
    return [one.there & (one.num != 0) for one in found]


def _seen(scored: Scored, number: int, known: Array, left: Array) -> Seen:
    """Who has a score on a day."""
    index = np.flatnonzero(known)
    who = scored.inputs.people.keys[index]
    day = np.full(len(index), number, dtype=np.int16)
    score = np.round(scored.total[index], DIGITS)
    return Seen(who, day, score, scored.band[index], left[who], scored.exactly.profile[index])


def _deep(scored: Scored, seen: Seen, known: Array) -> Seen:
    """The same with what each measure says, of at most MOST customers: every second, third, .. of them by key."""
    index = np.flatnonzero(known)
    taken = seen.who % max(1, -(-len(scored.total) // MOST)) == 0
    rolled = [i for i in scored.exactly.children if scored.judgement(i).readings is None]
    taken &= ~np.isin(index, rolled)  # whose score is that of its children has no measures of its own
    index, measures = index[taken], scored.exactly.measures
    points = {name: one.points[index] for name, one in measures.items()}
    fresh = {name: one.left[index] / one.whole for name, one in measures.items() if one.left is not None}
    return replace(seen.where(taken), points=points, fresh=fresh)


def area_of(seen: Seen) -> Area:
    """The chance that of one who left and one who stayed the one who left had the lower score."""
    return auc(-seen.score, seen.left, seen.who)


def _fifths(seen: Seen) -> list[Seen]:
    """Some five groups by score, the lowest first; equal scores are in one group, so there may be fewer."""
    places = [i * len(seen) // FIFTHS for i in range(1, FIFTHS)]
    edges = np.unique(np.partition(seen.score, places)[places])
    group = np.searchsorted(edges, seen.score, side="right")
    return [seen.where(group == i) for i in range(len(edges) + 1) if (group == i).any()]


def _calibration(seen: Seen) -> list[dict[str, Any]]:
    """Whether leaving falls as the score rises."""
    found = []
    for inside in _fifths(seen):
        low, high = float(inside.score.min()), float(inside.score.max())
        ends = {"from": low, "to": high, "mean_score": math.fsum(inside.score) / len(inside)}
        found.append(group_rate(_span(low, high), inside) | ends)
    return found


def _span(low: float, high: float) -> str:
    return f"{low:.1f}" if low == high else f"{low:.1f} to {high:.1f}"


def _lifts(score: Score, seen: Seen) -> list[Ratio]:
    """The lower bands against the highest, then the lowest scores against the highest."""
    names = score.bands.names
    inside = [seen.where(seen.band == i) for i in range(len(names))]
    pairs = [((low, names[-1]), (inside[i], inside[-1])) for i, low in enumerate(names[:-1])]
    groups = _fifths(seen)
    if len(groups) > 1:
        pairs.append((("the lowest scores", "the highest scores"), (groups[0], groups[-1])))
    found = []
    for (first, second), (one, other) in pairs:
        ratio = rate_ratio_of(one.who, one.left, other.who, other.left)
        if ratio is not None:
            found.append(Ratio(first, second, *ratio))
    return found


def _compared(seen: Mapping[str, Seen], score: Score, known: Area) -> list[dict[str, Any]]:
    """The same for every other score, and for each profile of this one, where enough left."""
    mine = seen[score.name]
    groups: list[tuple[str, str, Seen]] = [("score", name, all_) for name, all_ in seen.items()]
    if score.profiles:
        _, firsts = np.unique(mine.profile, return_index=True)
        for number in mine.profile[np.sort(firsts)].tolist():
            name = score.profiles[number].name if number >= 0 else "none"
            groups.append(("profile", name, mine.where(mine.profile == number)))
    if len(groups) == 1:
        return []
    found = []
    for kind, name, inside in groups:
        gone = left_of(inside)
        line: dict[str, Any] = {"kind": kind, "name": name, "customers": customers(inside), "churned": gone}
        enough = gone >= LEAST and not inside.left.all()
        area = (known if inside is mine else area_of(inside)) if enough else None
        found.append(line | {"auc": area and area.value, "low": area and area.low, "high": area and area.high})
    return found
