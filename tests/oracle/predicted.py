"""What customers will still bring, by plain formulas from a model's parameters, one after the other. Tests' floor.

Fits nothing: the parameters are given. BG/NBD as Fader, Hardie and Lee (2005) have it, its series summed term by term;
Pareto/NBD from its two stories (alive, or gone at some moment since), the second summed over fine slices of time;
gamma-gamma as Fader and Hardie (2013); sBG as Fader and Hardie (2007).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MONTH, HORIZON = 30.4375, 36
DISCOUNT = 1.1 ** (1 / 12)
SLICES = 200
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Buyer:
    """Days of purchase after the first; days from the first to the last, and watched; the mean of a later day."""

    repeats: int
    last: float
    watched: float
    mean: float


def buyers(folder: Path, end: date) -> dict[str, Buyer]:
    """Everybody who ordered before a day, watched until the day before; what was cancelled or refunded is no order."""
    spent: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    with (folder / "orders.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["placed_at"])
            if day < end and row["status"] not in ("cancelled", "refunded"):
                spent[row["customer_id"]][day] += float(row["amount"])
    found = {}
    for customer, days in spent.items():
        first, *later = sorted(days)
        mean = sum(days[day] for day in later) / len(later) if later else 0.0
        last = (later[-1] - first).days if later else 0
        found[customer] = Buyer(len(later), last, (end - first).days - 1, mean)
    return found


def bg_nbd(p: Numbers, one: Buyer) -> Callable[[float], float]:
    """Purchases expected of a buyer in the time t that follows."""
    r, alpha, a, b = p["r"], p["alpha"], p["a"], p["b"]
    x, watched = one.repeats, one.watched
    gone = a / (b + x - 1) * ((alpha + watched) / (alpha + one.last)) ** (r + x) if x else 0.0

    def coming(t: float) -> float:
        z = t / (alpha + watched + t)
        series = term = 1.0
        for k in range(100_000):
            term *= (r + x + k) * (b + x + k) / ((a + b + x - 1 + k) * (k + 1)) * z
            series += term
            if abs(term) < 1e-15 * abs(series):
                break
        left = 1 - float(((alpha + watched) / (alpha + watched + t)) ** (r + x)) * series
        return (a + b + x - 1) / (a - 1) * left / (1 + gone)

    return coming


def pareto_nbd(p: Numbers, one: Buyer) -> Callable[[float], float]:
    """The same. `alive` and the slices of `gone` leave out what both have in common."""
    r, alpha, s, beta = p["r"], p["alpha"], p["s"], p["beta"]
    x, watched, last = one.repeats, one.watched, one.last

    def buying(u: float) -> float:
        return float((alpha + u) ** -(r + x))

    alive = buying(watched) * (beta + watched) ** -s
    wide = (watched - last) / SLICES
    gone = 0.0
    for slice_ in range(SLICES):  # Simpson's rule on each
        left, right = last + slice_ * wide, last + (slice_ + 1) * wide
        ends = [s * buying(u) * (beta + u) ** -(s + 1) for u in (left, (left + right) / 2, right)]
        gone += wide * (ends[0] + 4 * ends[1] + ends[2]) / 6
    rate = (r + x) / (alpha + watched) * alive / (alive + gone)

    def coming(t: float) -> float:
        left = 1 - float(((beta + watched) / (beta + watched + t)) ** (s - 1))
        return float(rate * (beta + watched) / (s - 1) * left)

    return coming


def worth(p: Numbers, one: Buyer) -> float:
    """The mean of a buyer's purchases to come, gamma in cents."""
    return (p["p"] * (p["gamma"] / 100 + one.repeats * one.mean)) / (p["p"] * one.repeats + p["q"] - 1)


def value(expected: Callable[[float], float], each: float) -> float:
    """The purchases of every month ahead, each as what it is worth today."""
    upto = [0.0, *(expected(k * MONTH) for k in range(1, HORIZON + 1))]
    return each * sum((upto[k] - upto[k - 1]) / DISCOUNT**k for k in range(1, HORIZON + 1))


def renewing(p: Numbers) -> float:
    """The months a new customer stays, each as what it is worth today."""
    stays, months = 1.0, 0.0
    for k in range(1, HORIZON + 1):
        stays *= (p["beta"] + k - 1) / (p["alpha"] + p["beta"] + k - 1)
        months += stays / DISCOUNT**k
    return months
