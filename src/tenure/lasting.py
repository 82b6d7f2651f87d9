"""How long things last, in the metric language: percentiles of rows, survival curves, lifetimes. Language floor.

hours = rank(resolved, Col("seconds"), per=3600)            # the median of the rows in the period
days = median(curve(starts, Col("days"), Col("reached")))   # who has not got there yet counts as "not yet"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from tenure.expr import Across, Const, Expr, Flow, Rows, Steps

HALF = Fraction(1, 2)
What = Literal[
    "rank", "median", "quartile", "third_quartile", "mean", "plain", "discounted", "renewing", "buying", "buying_pareto"
]
DISCOUNT = Fraction(1, 10)
"""A year, in "discounted": what comes in a year is worth 1 / 1.1 of it today."""


@dataclass(frozen=True)
class Ranked(Expr):
    """The values of the kept rows of a period, of which one quantile is asked; never a sum."""

    flow: Flow
    q: Fraction


@dataclass(frozen=True)
class Lasting(Expr):
    """One stretch a row: `lasted` (a whole number), and whether the end was `reached`; otherwise it is not over yet."""

    rows: Rows
    lasted: Expr
    reached: Expr
    keep: Expr | None = None


@dataclass(frozen=True)
class Stays(Expr):
    """Every customer so far at the period's end: days from first being one to the last exit, or until now if one."""

    steps: Steps


@dataclass(frozen=True)
class Fetched(Expr):
    """The rows of a period one by one, as whole numbers: for models that are fitted to customers."""

    rows: Rows
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Of(Expr):
    """One number of a distribution, divided by `per` (3600: seconds as hours).

    rank: the quantile of a ranked leaf. Of a curve: the first time by which at most half (a quarter, three quarters)
    are left; the mean up to `horizon` with the curve's last value carried there; plain: the mean of all lengths as they
    are, over or not; discounted: the sum over k = 1..horizon of the share left after k, worth less by DISCOUNT a year;
    renewing: the same by a fitted model of renewals (sBG). Of buyers one by one: what they will order within `horizon`
    months, discounted, on average; buying: BG/NBD, buying_pareto: Pareto/NBD, both with gamma-gamma.
    """

    curve: Across
    what: What
    per: Fraction = Fraction(1)
    horizon: int = 0


def rank(rows: Rows, x: Expr, q: Fraction = HALF, keep: Expr | None = None, per: int = 1) -> Of:
    """A quantile of `x` over the rows of the period, between two values in proportion; the median unless said."""
    return Of(Across("rank", Ranked(Flow(rows, x, keep), q)), "rank", Fraction(per))


def values_of(of: Of) -> Across | None:
    """How many values a quantile is taken of; of anything else nothing."""
    ranked = of.curve.x
    return Across("sum", replace(ranked.flow, x=Const(1))) if isinstance(ranked, Ranked) else None


def curve(rows: Rows, lasted: Expr, reached: Expr, keep: Expr | None = None) -> Across:
    """The survival curve (Kaplan-Meier) of the rows of the period."""
    return Across("curve", Lasting(rows, lasted, reached, keep))


def median(of: Across, per: int = 1) -> Of:
    """When half have got there; no value (`not_reached`) while fewer have."""
    return Of(of, "median", Fraction(per))


def restricted_mean(of: Across, horizon: int, per: Fraction = Fraction(1)) -> Of:
    """The mean time up to a horizon."""
    return Of(of, "mean", per, horizon)
