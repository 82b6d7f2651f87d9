"""Part two of drivers: what goes with an outcome. Machinery floor.

Landmarks keep time in order: each customer of a month is described by what was known when the month began (for
renewals 60 days before the term ends, for trials a week after they began), and the outcome is the metric's own, from
then on. Nobody counts as one who stayed for having stayed long enough to do something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tenure.compile.segments import TENURE
from tenure.driver_bands import month_band
from tenure.driver_facts import Known, Measures
from tenure.driver_traits import Trait, attribute_traits, in_bands, traits
from tenure.result import Row
from tenure.stats.matched import Matched, matched

ERROR_RATE = 0.05
LEAST_GROUP, LEAST_OUTCOMES = 10, 10
TRIAL_DAYS, NOTICE = 7, 60
STRATUM = 10
"""Observations that a stratum should hold on average; with fewer it is drawn wider: see `_strata`."""


@dataclass(frozen=True)
class Goes:
    """One trait and what goes with it. `customers`: with it and without; `listed`: who has it now, by MRR."""

    trait: Trait
    customers: tuple[int, int]
    found: Matched
    listed: tuple[str, ...]

    @property
    def finding(self) -> bool:
        """Beyond chance: by p, of all traits together, and by the interval of its own difference. Of a dozen customers
        the two may disagree, and who reads both would be told two things."""
        return self.found.adjusted <= ERROR_RATE and not self.found.low <= 0 <= self.found.high

    def to_json(self, scale: float) -> dict[str, Any]:
        one = self.found
        low, high = sorted((one.low * scale, one.high * scale))
        return {
            "factor": self.trait.name, "group": self.trait.with_, "others": self.trait.without,
            "customers": self.customers[0], "other_customers": self.customers[1],
            "value": one.with_rate * scale, "other_value": one.without_rate * scale,
            "difference": one.difference * scale, "low": low, "high": high, "ratio": one.ratio,
            "p": one.p, "adjusted_p": one.adjusted, "finding": self.finding, "listed": list(self.listed),
        }  # fmt: skip


@dataclass(frozen=True)
class GoesWith:
    """All traits that could be compared, findings first; `reason` where nothing can be said."""

    landmarks: tuple[date, ...]
    customers: int
    observations: int
    outcomes: int
    confounders: tuple[str, ...]
    how: str
    factors: tuple[Goes, ...] = ()
    too_few: tuple[str, ...] = ()
    reason: str | None = None
    notes: tuple[str, ...] = field(default=())

    def to_json(self, scale: float) -> dict[str, Any]:
        return {
            "landmarks": [day.isoformat() for day in self.landmarks], "customers": self.customers,
            "observations": self.observations, "outcomes": self.outcomes, "confounders": list(self.confounders),
            "error_rate": ERROR_RATE, "correction": "step-down maxT", "method": self.how, "reason": self.reason,
            "factors": [one.to_json(scale) for one in self.factors], "too_few": list(self.too_few),
            "notes": list(self.notes),
        }  # fmt: skip


@dataclass(frozen=True)
class Landmark:
    """A customer's outcome and the day up to which it is described."""

    who: str
    day: date
    row: Row


def landmarks(metric: str, rows: Sequence[Row], known: Known) -> list[Landmark]:
    """Where each customer's outcome is looked at from. Trials: a week in, if they are still undecided then."""
    found = []
    for row in rows:
        who = str(row.by["customer_id"])
        if not row.denominator or who not in known.people:
            continue
        one, day = known.people[who], row.start
        if metric == "renewal_rate":
            day = next((due for due in one.dues if row.start <= due < row.end), row.start) - timedelta(NOTICE)
        elif metric == "trial_conversion_rate":
            if one.trial is None:
                continue
            day = one.trial[0] + timedelta(TRIAL_DAYS)
            if one.trial[1] is not None and one.trial[1] < day:
                continue
        found.append(Landmark(who, day, row))
    return found


def how(metric: str) -> str:
    """The design in words."""
    if metric == "trial_conversion_rate":
        return f"each trial by what was known {TRIAL_DAYS} days in; those decided by then are left out"
    if metric == "renewal_rate":
        return f"each contract by what was known {NOTICE} days before its term ended"
    return "each customer by what was known at each month's start, the outcome in that month"


def goes_with(
    metric: str,
    rows: Sequence[Row],
    known: Known,
    confounders: Sequence[str],
    attributes: Sequence[str],
    today: date,
) -> GoesWith:
    """Every trait against the metric's own outcome, within strata of landmark and confounders."""
    points = landmarks(metric, rows, known)
    names = [name for name in dict.fromkeys((*attributes, *confounders)) if name != TENURE]
    now = sorted((who for who, one in known.people.items() if one.level(today) > 0), key=_by_level(known, today))
    seen = [
        known.described(who, day, names) for who, day in [*((p.who, p.day) for p in points), *((w, today) for w in now)]
    ]
    in_bands(names, seen)
    seen, theirs = seen[: len(points)], seen[len(points) :]
    strata, within = _strata(points, seen, confounders)
    usual = _outcomes(points)
    base = GoesWith(
        tuple(sorted({point.row.start for point in points})),
        len({point.who for point in points}),
        len(points),
        usual,
        within,
        how(metric),
    )
    if usual < LEAST_OUTCOMES:
        told = f"only {usual} of {base.customers} customers had another outcome than the rest"
        return replace(base, reason=f"Too little to say: {told}; at least {LEAST_OUTCOMES} are needed.")
    possible = [*traits(known, seen), *attribute_traits(attributes, seen, LEAST_GROUP)]
    values = [[trait.has(one) for one in seen] for trait in possible]
    sizes = [_sizes(points, held) for held in values]
    enough = [k for k, pair in enumerate(sizes) if min(pair) >= LEAST_GROUP]
    results = dict(zip(enough, _matched(points, strata, [values[k] for k in enough]), strict=True))
    compared = [(k, found) for k, found in results.items() if found is not None]
    too_few = tuple(trait.name for k, trait in enumerate(possible) if results.get(k) is None)
    if not compared:
        return replace(
            base, too_few=too_few, reason=f"Too little to say: no trait has {LEAST_GROUP} customers on both sides."
        )
    factors = [
        Goes(possible[k], sizes[k], found, tuple(w for w, one in zip(now, theirs, strict=True) if possible[k].has(one)))
        for k, found in compared
    ]
    factors.sort(key=lambda one: (not one.finding, one.found.adjusted, one.found.p, -abs(one.found.difference)))
    return replace(base, factors=tuple(factors), too_few=too_few)


def _by_level(known: Known, today: date) -> Callable[[str], tuple[float, str]]:
    return lambda who: (-known.people[who].level(today), who)


def _matched(
    points: Sequence[Landmark], strata: Sequence[int], held: Sequence[Sequence[bool | None]]
) -> list[Matched | None]:
    numbers = {who: k for k, who in enumerate(sorted({point.who for point in points}))}
    tops = [float(point.row.numerator or 0) for point in points]
    bottoms = [float(point.row.denominator or 0) for point in points]
    return matched(tops, bottoms, strata, [numbers[point.who] for point in points], held)


def _strata(
    points: Sequence[Landmark], seen: Sequence[Measures], confounders: Sequence[str]
) -> tuple[list[int], tuple[str, ...]]:
    """Strata and what they are made of: month and confounders; where they would be too small, quarter, then no time,
    then without the last confounder, and so on."""
    time = {
        "month": [point.row.start.isoformat() for point in points],
        "quarter": [f"{point.row.start.year} {(point.row.start.month - 1) // 3}" for point in points],
    }
    tries = [("month", *confounders), ("quarter", *confounders)]
    tries += [tuple(confounders[:count]) for count in range(len(confounders), -1, -1)]
    for names in tries:
        columns = [time[name] if name in time else [_level(one, name) for one in seen] for name in names]
        keys = list(zip(*columns, strict=True)) if columns else [()] * len(points)
        places = {key: k for k, key in enumerate(dict.fromkeys(keys))}
        if len(points) >= STRATUM * len(places):
            break
    return [places[key] for key in keys], names


def _level(one: Measures, name: str) -> str:
    value = one.get(name)
    if name == TENURE:
        return month_band(int(value)) if isinstance(value, int) else "new"
    return str(value)


def _outcomes(points: Sequence[Landmark]) -> int:
    """Customers whose outcome is not the usual one."""
    shares = [Fraction(p.row.numerator or 0) / Fraction(p.row.denominator or 1) for p in points]
    if not shares:
        return 0
    counts: dict[Fraction, int] = {}
    for share in shares:
        counts[share] = counts.get(share, 0) + 1
    usual = max(counts, key=lambda share: counts[share])
    return len({p.who for p, share in zip(points, shares, strict=True) if share != usual})


def _sizes(points: Sequence[Landmark], held: Sequence[bool | None]) -> tuple[int, int]:
    """Customers with the trait, and without, at any landmark."""
    groups: tuple[set[str], set[str]] = (set(), set())
    for point, has in zip(points, held, strict=True):
        if has is not None:
            groups[not has].add(point.who)
    return len(groups[0]), len(groups[1])
