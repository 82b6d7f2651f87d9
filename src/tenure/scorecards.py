"""What each owner's portfolio shows, against the customers of everybody else. Floor: what is asked about.

A portfolio is judged only where the difference from the others is more than chance would make of portfolios this size:
95 % intervals of both sides, their difference (Zou and Donner), of several owners Holm's adjustment within a metric.
NRR and GRR have Fieller's interval of a ratio of sums, with the customers as the sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure import stats
from tenure.errors import RequestError, UnknownName
from tenure.intervals import difference
from tenure.metric import find

if TYPE_CHECKING:
    from tenure.directory import Customers
    from tenure.periods import Period
    from tenure.result import Row

JUDGED = ("nrr", "grr", "customer_churn_rate", "nps", "csat", "ces")
"""What owners are held against each other by. Churn is of customers, the rest of money and of what people say."""
RATIOS = ("nrr", "grr")
SOON = 90
"""Renewals due within so many days."""
LEVEL = 0.05
NO_OWNER = "(none)"

Rows = Callable[..., Mapping[str, Sequence["Row"]]]
"""rows(metrics, by=..., where=...) over the period: each metric's rows; of one that cannot be asked there are none."""


@dataclass(frozen=True)
class Mark:
    """One metric of one owner, against everybody else's customers.

    `verdict`: better, worse, no different, or too little (to say anything). `p` is Holm's: how often chance alone would
    show some owner this far off, at most.
    """

    metric: str
    title: str
    unit: str
    better: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    others: float | None
    others_low: float | None
    others_high: float | None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p: float | None = None
    verdict: str = "too little"


@dataclass(frozen=True)
class Card:
    """One owner: what they look after now, how they stand, how much there is to do."""

    owner: str
    customers: int
    mrr: float | None
    share_of_mrr: float | None
    renewals: int | None
    renewals_mrr: float | None
    open_tickets: int | None
    interactions: int | None
    marks: tuple[Mark, ...]
    bands: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of the command line's --format json."""
        found = {**vars(self), "marks": [dict(vars(mark)) for mark in self.marks]}
        return found | {"bands": dict(self.bands) if self.bands else None}


@dataclass(frozen=True)
class Scorecards:
    """Every owner's card; marks are of `period`, what they look after is as of now."""

    period: Period
    as_of: date
    currency: str
    cards: tuple[Card, ...]
    unowned: int

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        return {
            "period": self.period.label,
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "renewals_within_days": SOON,
            "customers_without_owner": self.unowned,
            "owners": [card.to_json() for card in self.cards],
        }


def scorecards(listed: Customers, rows: Rows, period: Period, owner: str | None = None) -> Scorecards:
    """The cards of all owners, or of one; the verdicts are the same either way."""
    if "owner" not in listed.attributes:
        raise RequestError(
            "Nobody's customers are known: customers have no owner.", todo="Load customers with a column owner."
        )
    now: dict[str, list[Mapping[str, Any]]] = {}
    for row in listed.rows:
        if row["state"] in ("paying", "past_due", "reactivated"):
            now.setdefault(row["attributes"]["owner"] or NO_OWNER, []).append(row)
    unowned = len(now.pop(NO_OWNER, []))
    if owner is not None and owner not in now:
        raise UnknownName("owner with customers", owner, now)
    marks = _marks(rows, list(now))
    contacts = {
        str(row.by["owner"]): row.value for row in rows(["interactions"], by=("owner",)).get("interactions", ())
    }
    bands = _bands(rows)
    cards = [
        _card(name, people, listed, marks[name], contacts.get(name), bands.get(name))
        for name, people in sorted(now.items())
        if owner in (None, name)
    ]
    return Scorecards(period, listed.as_of, listed.currency, tuple(cards), unowned)


def _card(
    owner: str,
    people: Sequence[Mapping[str, Any]],
    listed: Customers,
    marks: tuple[Mark, ...],
    contacts: Any,
    bands: Mapping[str, float] | None,
) -> Card:
    end = (listed.as_of + timedelta(days=SOON)).isoformat()
    due = [row for row in people if row["next_renewal"] is not None and row["next_renewal"] < end]
    paid = listed.totals["mrr"] is not None
    mrr = math.fsum(row["mrr"] for row in people) if paid else None
    tickets = sum(row["open_tickets"] for row in people) if listed.totals["open_tickets"] is not None else None
    contracts = any(row["next_renewal"] is not None for row in listed.rows)
    return Card(
        owner,
        len(people),
        mrr,
        mrr / listed.totals["mrr"] if mrr is not None and listed.totals["mrr"] else None,
        len(due) if contracts else None,
        math.fsum(row["mrr"] for row in due) if contracts and paid else None,
        tickets,
        None if contacts is None else int(contacts),
        marks,
        bands,
    )


def _bands(rows: Rows) -> dict[str, dict[str, float]]:
    """By owner the share of customers in each band of health, where health can be scored."""
    found: dict[str, dict[str, float]] = {}
    for row in rows(["health_share"], by=("owner",)).get("health_share", ()):
        if row.value is not None and "band" in row.by:
            found.setdefault(str(row.by["owner"]), {})[str(row.by["band"])] = float(row.value)
    return found


Bounded = tuple[float | None, float | None, float | None, int | None]
"""A value with its interval and n."""


def _marks(rows: Rows, owners: Sequence[str]) -> dict[str, tuple[Mark, ...]]:
    sides = _sides(rows, owners)
    found: dict[str, list[Mark]] = {owner: [] for owner in owners}
    for name in JUDGED:
        metric = find(name)
        compared = {owner: _compared(*sides[name][owner]) for owner in owners if name in sides}
        adjusted = holm({owner: p for owner, (_, _, p) in compared.items() if p is not None})
        for owner in compared:
            (value, low, high, n), (other, other_low, other_high, _) = sides[name][owner]
            if value is None and other is None:
                continue
            gap, bounds, _ = compared[owner]
            p = adjusted.get(owner)
            found[owner].append(
                Mark(
                    name, metric.title, metric.unit, metric.better, value, low, high, n, other, other_low, other_high,
                    gap, bounds and bounds[0], bounds and bounds[1], p, _verdict(gap, p, metric.better),
                )
            )  # fmt: skip
    return {owner: tuple(marks) for owner, marks in found.items()}


def _verdict(gap: float | None, p: float | None, better: str) -> str:
    if gap is None or p is None:
        return "too little"
    if p >= LEVEL:
        return "no different"
    return "better" if (gap > 0) == (better == "up") else "worse"


def _compared(mine: Bounded, theirs: Bounded) -> tuple[float | None, tuple[float, float] | None, float | None]:
    """Mine less theirs, its 95 % interval, and how often chance shows as much, by the side of it towards 0."""
    if None in mine[:3] or None in theirs[:3]:
        return None, None, None
    here, there = (
        (mine[0] or 0.0, mine[1] or 0.0, mine[2] or 0.0),
        (theirs[0] or 0.0, theirs[1] or 0.0, theirs[2] or 0.0),
    )
    low, high = difference(here, there)
    gap = here[0] - there[0]
    side = gap - low if gap > 0 else high - gap
    p = math.erfc(abs(gap) / (side / stats.Z95) / math.sqrt(2)) if side > 0 else None
    return gap, (low, high), p


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Adjusted for how many were looked at (Holm 1979): the smallest times m, the next times m - 1, never falling."""
    found: dict[str, float] = {}
    least = 0.0
    for k, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        least = max(least, min(1.0, (len(ps) - k) * p))
        found[name] = least
    return found


def _sides(rows: Rows, owners: Sequence[str]) -> dict[str, dict[str, tuple[Bounded, Bounded]]]:
    """Each metric of each owner's customers, and of all others."""
    found: dict[str, dict[str, tuple[Bounded, Bounded]]] = {}
    for name, pairs in _pairs(rows).items():
        for owner in owners:
            theirs = [pair for other, some in pairs.items() if other != owner for pair in some]
            most = 1.0 if name == "grr" else math.inf
            found.setdefault(name, {})[owner] = _ratio(pairs.get(owner, []), most), _ratio(theirs, most)
    names = [name for name in JUDGED if name not in RATIOS]
    here = rows(names, by=("owner",))
    for owner in owners:
        text = owner.replace("'", "''")
        there = rows(list(here), where=f"owner <> '{text}' or owner is null")
        for name in here:
            own = next((row for row in here[name] if row.by["owner"] == owner), None)
            other = next(iter(there.get(name, ())), None)
            found.setdefault(name, {})[owner] = _bounded(own), _bounded(other)
    return found


def _bounded(row: Row | None) -> Bounded:
    if row is None or row.value is None:
        return None, None, None, None
    return float(row.value), row.low, row.high, row.n


def _pairs(rows: Rows) -> dict[str, dict[str, list[tuple[Fraction, Fraction]]]]:
    """For NRR and GRR, by owner: what each customer of the cohort pays at the end and paid at the start."""
    found: dict[str, dict[str, list[tuple[Fraction, Fraction]]]] = {}
    for name, each in rows(list(RATIOS), by=("owner", "customer_id")).items():
        mine = found.setdefault(name, {})
        for row in each:
            if row.denominator:
                pair = Fraction(row.numerator or 0), Fraction(row.denominator)
                mine.setdefault(str(row.by["owner"]), []).append(pair)
    return found


def _ratio(pairs: Sequence[tuple[Fraction, Fraction]], most: float) -> Bounded:
    """The ratio of the sums, with Fieller's interval as far as it lies from 0 to `most`."""
    n = len(pairs)
    over, under = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    if not under:
        return None, None, None, n
    squares = sum(a * a for a, _ in pairs), sum(b * b for _, b in pairs)
    moments = stats.PairMoments(n, over, under, *squares, sum(a * b for a, b in pairs))
    value, bounds = float(Fraction(over) / Fraction(under)), stats.ratio_interval(moments)
    return (value, max(0.0, bounds[0]), min(most, bounds[1]), n) if bounds else (value, None, None, n)
