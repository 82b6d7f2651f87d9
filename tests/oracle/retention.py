"""Cohorts and what became of them: retention and churn of customers and of revenue. Tests' floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .levels import ZERO, Ledger
from .movements import Move, Scope, number
from .spans import DAY, Span, add_months, days


@dataclass(frozen=True)
class Answer:
    """A figure with its parts. Parts that have no definition are None and are not compared."""

    value: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    n: int | None = None
    reason: str | None = None


def ratio(
    top: Fraction | int, bottom: Fraction | int, n: int | None = None, empty: str = "empty_denominator"
) -> Answer:
    """The one division: nothing to divide by is no value."""
    if bottom == 0:
        return Answer(None, Fraction(top), Fraction(0), n, empty)
    return Answer(Fraction(top) / bottom, Fraction(top), Fraction(bottom), n)


@dataclass(frozen=True)
class Cohort:
    """Customers at a moment, and where they stand at the period's end."""

    ledger: Ledger
    start: date  # the first day after the cohort's moment
    end: date  # the first day after the period
    members: list[str]

    @property
    def moment(self) -> date:
        return self.start - DAY

    @property
    def last(self) -> date:
        return self.ledger.close_before(self.end)

    def then(self, customer: str) -> Fraction:
        return self.ledger.level(customer, self.moment)

    def now(self, customer: str) -> Fraction:
        """MRR at the end, at the rates of the cohort's moment."""
        return self.ledger.level(customer, self.last, rates_of=self.moment)

    @property
    def start_mrr(self) -> Fraction:
        return sum((self.then(c) for c in self.members), ZERO)

    @property
    def end_mrr(self) -> Fraction:
        return sum((self.now(c) for c in self.members), ZERO)

    @property
    def kept_mrr(self) -> Fraction:
        return sum((min(self.then(c), self.now(c)) for c in self.members), ZERO)

    @property
    def gone(self) -> list[str]:
        return [c for c in self.members if self.ledger.level(c, self.last) == 0]

    def moved(self, moves: list[Move], kind: str) -> Fraction:
        """Movements of the members, as valued on their days."""
        mine = set(self.members)
        return sum(
            (m.amount for m in moves if m.kind == kind and m.customer in mine and self.start <= m.day < self.end), ZERO
        )


def cohort(ledger: Ledger, span: Span, scope: Scope, window: int | None = None) -> Cohort:
    """The customers just before the period's start, or so many months before its end, in scope at that moment."""
    start = add_months(span.end, -window) if window else span.start
    moment = start - DAY
    members = [c for c in ledger.customers if ledger.level(c, moment) > 0 and scope(c, moment)]
    return Cohort(ledger, start, span.end, members)


def revenue(group: Cohort, moves: list[Move], metric: str, variant: str) -> Answer:
    """nrr, grr, revenue_churn_rate, net_revenue_churn_rate, expansion_rate."""
    start, n = group.start_mrr, len(group.members)
    lost = -group.moved(moves, "contraction") - group.moved(moves, "churn")
    won = group.moved(moves, "expansion") + group.moved(moves, "reactivation")
    top = {
        ("nrr", "cohort"): lambda: group.end_mrr,
        ("nrr", "movements"): lambda: start + won - lost,
        ("grr", "cohort"): lambda: group.kept_mrr,
        ("grr", "movements"): lambda: start - lost,
        ("revenue_churn_rate", "default"): lambda: start - group.kept_mrr,
        ("revenue_churn_rate", "movements"): lambda: lost,
        ("revenue_churn_rate", "churned_only"): lambda: sum((group.then(c) for c in group.gone), ZERO),
        ("net_revenue_churn_rate", "default"): lambda: start - group.end_mrr,
        ("expansion_rate", "default"): lambda: group.moved(moves, "expansion"),
        ("expansion_rate", "net"): lambda: group.end_mrr - start,
    }[metric, variant]()
    return ratio(top, start, n)


def customers(group: Cohort, moves: list[Move], variant: str, scope: Scope) -> Answer:
    """customer_churn_rate and its variants (customer_retention_rate is 1 less the default)."""
    base, ledger, start, end = len(group.members), group.ledger, group.start, group.end
    if variant == "default":
        return ratio(len(group.gone), base, base)
    if variant == "annualised":
        monthly = ratio(len(group.gone), base, base).value
        if monthly is None:
            return Answer(None, n=base, reason="empty_denominator")
        return Answer(1 - (1 - monthly) ** 12, n=base)
    if variant == "any_exit":
        left = {m.customer for m in moves if m.kind == "churn" and start <= m.day < end}
        return ratio(len(left & set(group.members)), base, base)
    exits = number(moves, "churn", start, end, scope)
    if variant == "incl_new":
        # whoever returned joined too, else someone's exit would count who is not in the base
        joined = sum(number(moves, kind, start, end, scope) for kind in ("new", "reactivation"))
        return ratio(exits, base + joined)
    if variant == "avg_base":
        staying = sum(1 for c in ledger.customers if ledger.level(c, group.last) > 0 and scope(c, group.last))
        return ratio(exits, Fraction(base + staying, 2))
    assert variant == "daily_sum"
    rate, asked = ZERO, False
    for day in days(start, min(end, ledger.books.cut)):
        there = sum(1 for c in ledger.customers if ledger.level(c, day - DAY) > 0 and scope(c, day - DAY))
        if there:
            rate += Fraction(number(moves, "churn", day, day + DAY, scope), there)
            asked = True
    return Answer(rate) if asked else Answer(None, reason="empty_denominator")
