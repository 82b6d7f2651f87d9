"""Numbers of a distribution: a quantile of values, and what a survival curve says. Machinery floor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from tenure import stats
from tenure.compile.spread import FEW, Spread
from tenure.evaluate import Missing, Value
from tenure.lasting import Of, Ranked

EMPTY = Missing("empty_denominator")
NOT_REACHED = Missing("not_reached")
Number = int | Fraction | float
_SHARES = {"quartile": Fraction(1, 4), "median": Fraction(1, 2), "third_quartile": Fraction(3, 4)}


@dataclass(frozen=True)
class Figure:
    """A value with its interval and how many it was made from."""

    value: Value
    low: float | None = None
    high: float | None = None
    n: int | None = 0


def figure(of: Of, spread: Spread) -> Figure:
    """What `of` asks of a distribution."""
    if of.what == "rank":
        assert isinstance(of.curve.x, Ranked)
        return _ranked(of, of.curve.x.q, spread)
    n = sum(ended + open_ for _, ended, open_ in spread)
    if n == 0:
        return Figure(EMPTY)
    found = stats.kaplan_meier({t: (ended, open_) for t, ended, open_ in spread})
    value, low, high = _of_curve(of, found)
    if value is None:
        return Figure(NOT_REACHED, n=n)
    return Figure(Fraction(value) / of.per, _scaled(low, of), _scaled(high, of), n)


def _of_curve(of: Of, curve: stats.Curve) -> tuple[Number | None, Number | None, Number | None]:
    """The number asked for and its interval, in the units of the lengths."""
    if of.what == "mean":
        horizon = of.horizon * of.per
        return curve.restricted_mean(horizon), *(curve.restricted_mean_interval(horizon) or (None, None))
    return curve.reached(_SHARES[of.what]), *curve.reached_interval(_SHARES[of.what])


def _scaled(bound: Number | None, of: Of) -> float | None:
    return None if bound is None else float(bound) / float(of.per)


def _ranked(of: Of, q: Fraction, spread: Spread) -> Figure:
    """Between the two values next to the rank (n - 1) q in proportion; the interval by the binomial's ranks."""
    if not spread:
        return Figure(EMPTY)
    n = max(below + has for _, below, has in spread)
    place = (n - 1) * q
    lower = _at(spread, math.floor(place))
    value = lower + (_at(spread, math.ceil(place)) - lower) * (place - math.floor(place))
    if n <= FEW:
        bounds = stats.percentile_interval([(Fraction(a), has) for a, _, has in spread], q)
    else:
        half = 1.959963984540054 * math.sqrt((n - 1) * q * (1 - q))
        ends = (math.floor(float(place) - half) - 1, math.ceil(float(place) + half) + 1)
        low, high = (_at(spread, min(max(end, 0), n - 1)) for end in ends)
        bounds = (float(low), float(high))
    if bounds is None:
        return Figure(Fraction(value) / of.per, n=n)
    return Figure(Fraction(value) / of.per, bounds[0] / float(of.per), bounds[1] / float(of.per), n)


def _at(spread: Spread, rank: int) -> int:
    """The value of a rank (from 0); between the values that were handed back, the next larger one."""
    return next(value for value, below, has in spread if rank < below + has)
