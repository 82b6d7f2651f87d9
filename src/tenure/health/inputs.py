"""Each customer's figures for the measures of a score, as they stood when a day began. Part of health."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from tenure.health_score import Measure, Score
from tenure.periods import Period, before
from tenure.result import Result, Row

NOBODY = ("(none)", "unattributed")
DAY = timedelta(days=1)


class Ask(Protocol):
    """What a workspace answers for scores: metrics over any periods, with `id:variant` for a variant."""

    def over(
        self, metrics: Sequence[str], periods: Sequence[Period], by: tuple[str, ...] = (), where: Iterable[str] = ()
    ) -> Sequence[Result]:
        """The metrics over the periods, by columns, where the conditions hold."""

    def last_facts(self, metric: str, periods: Sequence[Period]) -> Mapping[str, Period]:
        """The last of the periods in which each customer has a fact of the metric."""


@dataclass
class Inputs:
    """What is known of everyone when `day` begins: figures by measure and customer; days since the last fact."""

    day: date
    mrr: dict[str, Fraction]
    figures: dict[str, dict[str, Fraction | str]] = field(default_factory=dict)
    ages: dict[str, dict[str, int]] = field(default_factory=dict)
    within: dict[str, dict[str, str]] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()


def gather(ask: Ask, scores: Sequence[Score], day: date, where: Sequence[str] = (), *, parents: bool = True) -> Inputs:
    """All that the scores look at: one request for each window. `ask` must know nothing of `day` and later."""
    last = Period("", day - DAY, day)
    people, money = ask.over(("customers", "mrr"), [last], ("customer_id",), where)
    there = {who: Fraction(0) for who, row in _by_customer(people) if row.value}
    mrr = {who: Fraction(row.value) for who, row in _by_customer(money) if who in there and row.value is not None}
    found = Inputs(day, there | mrr)
    if not there:
        return found
    for conditions in dict.fromkeys(c for one in scores for c in _conditions(one)):
        (people,) = ask.over(("customers",), [last], ("customer_id",), [conditions])
        found.members[conditions] = frozenset(who for who, row in _by_customer(people) if row.value and who in there)
    columns = {m.of for s in scores for m in s.measures if m.source == "attribute"}
    columns |= {m.within for s in scores for m in s.measures if m.within}
    wanted = {column: _attribute(ask, last, column, there) for column in sorted(columns)}
    for score in scores:
        for measure in score.measures:
            if measure.within:
                found.within[measure.within] = wanted[measure.within]
            if measure.source == "attribute":
                found.figures[f"{score.name}/{measure.name}"] = dict(wanted[measure.of])
    if parents and any(score.parents != "own" for score in scores):
        found.parent = _attribute(ask, last, "parent_id", there)
    _metrics(ask, scores, day, found)
    empty = [name for name, figures in found.figures.items() if not figures]
    found.empty = tuple(empty)
    return found


def _conditions(score: Score) -> list[str]:
    return [p.where for p in score.profiles] + [rule.where for rule in score.rules if rule.where]


def _attribute(ask: Ask, last: Period, column: str, there: Mapping[str, object]) -> dict[str, str]:
    """What a column says of each customer at that moment."""
    (found,) = ask.over(("customers",), [last], ("customer_id", column))
    rows = [(str(row.by["customer_id"]), str(row.by[column])) for row in found.rows if row.value]
    return {who: value for who, value in rows if who in there and value not in NOBODY}


def _metrics(ask: Ask, scores: Sequence[Score], day: date, found: Inputs) -> None:
    asked: dict[tuple[tuple[int, int], int], list[tuple[str, Measure]]] = {}
    for score in scores:
        for measure in score.measures:
            if measure.source == "metric":
                key = f"{score.name}/{measure.name}"
                if measure.since or measure.fresh_for is not None:
                    found.ages[key] = _ages(ask, measure, day, found)
                if measure.since:
                    found.figures[key] = {who: Fraction(age) for who, age in found.ages[key].items()}
                else:
                    asked.setdefault((measure.window, measure.past), []).append((key, measure))
    for (window, past), group in asked.items():
        names = tuple(dict.fromkeys(measure.of for _, measure in group))
        answers = ask.over(("customers", *names), _spans(day, window, past), BY)[1:]
        results = dict(zip(names, answers, strict=True))
        for key, measure in group:
            rows = [(who, row) for who, row in _by_customer(results[measure.of]) if who in found.mrr]
            found.figures[key] = dict(_against_past(rows, day) if past else _values(rows))


BY = ("customer_id",)


def _spans(day: date, window: tuple[int, int], past: int) -> list[Period]:
    """The window up to the day, with those before it, oldest first."""
    edges = [day]
    for _ in range(past + 1):
        edges.append(before(edges[-1], window))
    edges.reverse()
    return [Period("", start, end) for start, end in itertools.pairwise(edges)]


def _by_customer(result: Result) -> list[tuple[str, Row]]:
    rows = ((str(row.by["customer_id"]), row) for row in result.rows)
    return [(who, row) for who, row in rows if who not in NOBODY]


def values_of(result: Result) -> dict[str, Fraction]:
    """Each customer's own figure of a result over one period."""
    return {who: Fraction(row.value) for who, row in _by_customer(result) if row.value is not None}


def _values(rows: Iterable[tuple[str, Row]]) -> dict[str, Fraction | str]:
    return {who: Fraction(row.value) for who, row in rows if row.value is not None}


def _against_past(rows: Iterable[tuple[str, Row]], day: date) -> dict[str, Fraction | str]:
    """The figure now by the mean of the windows before; from nothing to something is the most there can be."""
    now: dict[str, Fraction] = {}
    then: dict[str, list[Fraction]] = {}
    for who, row in rows:
        if row.value is not None:
            if row.end == day:
                now[who] = Fraction(row.value)
            else:
                then.setdefault(who, []).append(Fraction(row.value))
    found: dict[str, Fraction | str] = {}
    for who, value in now.items():
        past = then.get(who, [])
        mean = sum(past, Fraction(0)) / len(past) if past else Fraction(0)
        if mean > 0:
            found[who] = value / mean
        elif past and value > 0:
            found[who] = FROM_NOTHING
    return found


FROM_NOTHING = Fraction(10**9)
"""Something where the past has nothing: above every point of a map."""


def _ages(ask: Ask, measure: Measure, day: date, found: Inputs) -> dict[str, int]:
    """Days since the last day of the window with a fact, for who has one."""
    first = before(day, measure.window)
    days = [Period("", first + i * DAY, first + (i + 1) * DAY) for i in range((day - first).days)]
    last = ask.last_facts(measure.of, days)
    return {who: (day - period.end).days for who, period in last.items() if who in found.mrr}
