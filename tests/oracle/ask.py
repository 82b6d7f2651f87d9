"""One question, one answer: a metric's figure for a period, a group and a window. Tests' floor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from . import cohorts, families, lifetime, money, renewals, retention, trade
from .books import Books, read
from .levels import RULES, ZERO, Ledger, Rules, monthly
from .movements import Move, Scope, by_month, daily, everyone, number, total, transfers
from .presence import Presence
from .retention import Answer, Cohort, cohort, ratio
from .spans import DAY, Span, add_months, days

MOVEMENTS = {
    "new_mrr": "new",
    "expansion_mrr": "expansion",
    "contraction_mrr": "contraction",
    "churned_mrr": "churn",
    "reactivation_mrr": "reactivation",
    "fx_mrr": "fx",
}
ENDS = ("scheduled_at", "cancelled_at")
"""Rules of their own for when a subscription ends."""
READINGS = {"reactivation_as_new": "new", "reactivation_as_expansion": "expansion"}
COHORTED = ("nrr", "grr", "revenue_churn_rate", "net_revenue_churn_rate", "expansion_rate")
DEFAULTS = {"nrr": "cohort", "grr": "cohort"}
WINDOWED = ("nrr", "grr", "customer_retention_rate", "customer_churn_rate", "revenue_churn_rate")
WINDOWED += ("net_revenue_churn_rate",)
BY_AGE = ("cohort_retention", "revenue_retention")
OF_SUBSCRIPTIONS: tuple[str, ...] = (
    *MOVEMENTS,
    *COHORTED,
    "mrr",
    "arr",
    "transfer_mrr",
    "net_new_mrr",
    "quick_ratio",
    "arpa",
)
OF_SUBSCRIPTIONS += ("upsell_rate", "cross_sell_rate")
FIGURES = lifetime.FIGURES | trade.FIGURES


@dataclass(frozen=True)
class Question:
    """What is asked: of which days, of whom, with the cohort how many months before the end."""

    span: Span
    scope: Scope = everyone
    window: int | None = None


class Oracle:
    """A workspace folder's figures."""

    def __init__(self, folder: Path) -> None:
        self.books: Books = read(folder)
        self.rules: Rules = replace(RULES["default"], churn_at=self.books.policy.get("churn_at", "service_end"))
        self.ledger = cache(self._ledger)
        self.moves = cache(self._moves)

    def _ledger(self, variant: str = "default") -> Ledger:
        rules = RULES[variant]
        rules = rules if variant in ENDS else replace(rules, churn_at=self.rules.churn_at)
        return Ledger(self.books, rules) if self.books.subscribed else Presence(self.books)

    def _moves(self, variant: str = "default") -> list[Move]:
        if variant == "monthly":
            return by_month(self.ledger())
        if variant == "spot_daily":
            return daily(self.ledger(), with_rates=True)
        if variant in RULES:
            return daily(self.ledger(variant))
        moves = daily(self.ledger())
        read_as = READINGS.get(variant)
        return [replace(m, kind=read_as) if read_as and m.kind == "reactivation" else m for m in moves]

    def ask(self, metric: str, variant: str | None, question: Question) -> Answer:
        """The figure of a metric that has one figure a period."""
        if question.span.start >= self.books.cut:
            return Answer(None, reason="not_reached")
        window = question.window if metric in WINDOWED else None
        if window and add_months(question.span.end, -window) >= self.books.cut:
            return Answer(None, reason="not_reached")  # nobody knows yet who the cohort will be
        if metric in OF_SUBSCRIPTIONS and not self.books.subscribed:
            return Answer(None, reason="no_data")
        reading = variant or DEFAULTS.get(metric, "default")
        if metric in FIGURES:
            return FIGURES[metric](self, reading, question)
        if metric in MOVEMENTS:
            return Answer(self._moved(MOVEMENTS[metric], reading, question))
        if metric in COHORTED:
            if reading == "include_winback":
                return self._with_returned(metric, question)
            if reading == "annualised":
                return self._twelve_months(metric, question)
            return retention.revenue(self._cohort(question), self.moves(), metric, reading)
        answer: Answer = getattr(self, f"_{metric}")(reading, question)
        return answer

    def ask_ages(self, metric: str, variant: str | None, question: Question, grain: str) -> list[Answer]:
        """The figures of cohort_retention and revenue_retention, by age."""
        if question.span.start >= self.books.cut:
            return []
        if metric == "revenue_retention" and not self.books.subscribed:
            return []
        if metric == "revenue_retention":
            return cohorts.revenue(self.ledger(), question.span, grain, question.scope)
        return cohorts.retention(self.ledger(), question.span, grain, question.scope, variant or "default")

    def group(self, customer: str | None, name: str, day: date) -> str:
        """Which group of an attribute a customer is in at the close of a day."""
        return (
            lifetime.state(self, customer, day)
            if customer and name == "state"
            else self.books.attribute(customer, name, day)
        )

    # levels

    def _level(self, variant: str, question: Question, boundary: str = "end") -> tuple[Fraction, int]:
        """MRR and customers just before a boundary of the period."""
        ledger = self.ledger(variant)
        close = ledger.close_before(question.span.end) if boundary == "end" else question.span.start - DAY
        held = [ledger.level(c, close) for c in ledger.customers if ledger.level(c, close) and question.scope(c, close)]
        return sum(held, ZERO), sum(1 for mrr in held if mrr > 0)

    def _mrr(self, variant: str, question: Question) -> Answer:
        if variant in ("no_conversion", "rate_at_signing"):
            return Answer(self._valued(question, at_signing=variant == "rate_at_signing"))
        same = ("paused_is_churn", "spot_daily")  # at a moment they are the default
        return Answer(self._level("default" if variant in same else variant, question)[0])

    def _valued(self, question: Question, *, at_signing: bool) -> Fraction:
        """MRR at the end, each item at the rate of the day it was signed, or as if all were one currency."""
        ledger, found = self.ledger(), ZERO
        close = ledger.close_before(question.span.end)
        for customer in ledger.customers:
            if question.scope(customer, close):
                items = ledger.counting(customer, close)
                rates = [self.books.rate(i.currency, i.signed or i.start) if at_signing else 1 for i in items]
                held = (monthly(i, close, ledger.rules) * rate for i, rate in zip(items, rates, strict=True))
                found += max(ZERO, sum(held, ZERO))
        return found

    def _arr(self, variant: str, question: Question) -> Answer:
        levels = {"default": "default", "carr": "committed", "annual_only": "annual_only"}
        if variant in levels:
            return Answer(12 * self._level(levels[variant], question)[0])
        assert variant == "avg"
        ledger, span = self.ledger(), question.span
        known = days(span.start, min(span.end, self.books.cut))
        closes = [ledger.level(c, day) for day in known for c in ledger.customers if question.scope(c, day)]
        return Answer(12 * sum(closes, ZERO) / len(known))

    def _arpa(self, variant: str, question: Question) -> Answer:
        if variant == "asp":
            new = number(self.moves(), "new", question.span.start, question.span.end, question.scope)
            return ratio(self._moved("new", "default", question), new, new)
        return ratio(*self._level("default", question))

    def _customers(self, variant: str, question: Question) -> Answer:
        if variant == "all":
            return lifetime.customers_all(self, question)
        return Answer(Fraction(self._level("default", question)[1]))

    def _customer_growth(self, variant: str, question: Question) -> Answer:
        start = self._level("default", question, "start")[1]
        return ratio(self._level("default", question)[1] - start, start)

    # movements

    def _moved(self, kind: str, variant: str, question: Question) -> Fraction:
        return total(self.moves(variant), kind, question.span.start, question.span.end, question.scope)

    def _transfer_mrr(self, variant: str, question: Question) -> Answer:
        return Answer(transfers(self.ledger(), question.span.start, question.span.end, question.scope))

    def _net_new_mrr(self, variant: str, question: Question) -> Answer:
        return Answer(self._level("default", question)[0] - self._level("default", question, "start")[0])

    def _quick_ratio(self, variant: str, question: Question) -> Answer:
        kinds = ("new", "expansion") if variant == "no_reactivation" else ("new", "expansion", "reactivation")
        won = sum((self._moved(kind, "default", question) for kind in kinds), ZERO)
        lost = -self._moved("contraction", "default", question) - self._moved("churn", "default", question)
        return ratio(won, lost, empty="no_losses")

    def _new_customers(self, variant: str, question: Question) -> Answer:
        return self._number("new", question)

    def _churned_customers(self, variant: str, question: Question) -> Answer:
        return self._number("churn", question)

    def _number(self, kind: str, question: Question) -> Answer:
        span = question.span
        return Answer(Fraction(number(self.moves(), kind, span.start, span.end, question.scope)))

    # cohorts

    def _cohort(self, question: Question) -> Cohort:
        return cohort(self.ledger(), question.span, question.scope, question.window)

    def _customer_churn_rate(self, variant: str, question: Question) -> Answer:
        return retention.customers(self._cohort(question), self.moves(), variant, question.scope)

    def _customer_retention_rate(self, variant: str, question: Question) -> Answer:
        if variant == "counts":
            start = self._level("default", question, "start")[1]
            new = number(self.moves(), "new", question.span.start, question.span.end, question.scope)
            return ratio(self._level("default", question)[1] - new, start)
        group = self._cohort(question)
        return ratio(len(group.members) - len(group.gone), len(group.members), len(group.members))

    def _upsell_rate(self, variant: str, question: Question) -> Answer:
        return families.rate(self._cohort(question), "upsell", variant)

    def _cross_sell_rate(self, variant: str, question: Question) -> Answer:
        return families.rate(self._cohort(question), "cross_sell", variant)

    def _with_returned(self, metric: str, question: Question) -> Answer:
        """nrr with those who paid nothing at the cohort's moment and came back since, where they stand at the end."""
        group = self._cohort(question)
        back = {m.customer for m in self.moves() if m.kind == "reactivation" and group.start <= m.day < group.end}
        returned = ZERO
        for customer in back:
            if group.then(customer) == 0 and question.scope(customer, group.moment):
                returned += group.now(customer)
        kept = ratio(group.end_mrr + returned, group.start_mrr, len(group.members))
        if metric == "nrr" or kept.value is None:
            return kept
        return ratio(group.start_mrr - group.end_mrr - returned, group.start_mrr, len(group.members))

    def _twelve_months(self, metric: str, question: Question) -> Answer:
        """The product of the monthly values of the twelve calendar months up to the period's end."""
        value, end = Fraction(1), question.span.end
        for months in range(12):
            start = add_months(end, -months - 1)
            month = replace(question, span=Span("", start, add_months(end, -months)), window=None)
            found = self.ask(metric, None, month)
            if found.value is None:
                return Answer(None, reason=found.reason)
            value *= found.value
        return Answer(value)

    # facts

    def _renewal_rate(self, variant: str, question: Question) -> Answer:
        return renewals.rate(self.books, question.span, question.scope, variant)

    def _arpc(self, variant: str, question: Question) -> Answer:
        return money.arpc(self.ledger(), question.span, question.scope)

    def _arpu(self, variant: str, question: Question) -> Answer:
        if variant == "paying":
            return money.arpc(self.ledger(), question.span, question.scope)
        return money.arpu(self.ledger(), question.span, question.scope)

    def _non_recurring_revenue(self, variant: str, question: Question) -> Answer:
        found = money.non_recurring(self.ledger(), question.span, question.scope)
        if variant == "default" or found.value is None:
            return found
        return ratio(found.value, money.customers_of(self.ledger(), question.span, question.scope))
