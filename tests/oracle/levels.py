"""What counts, and each customer's MRR at the close of every day. The oracle's heart; tests' floor."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .books import Books, Item
from .spans import DAY, days

Native = dict[str, Fraction]
ZERO = Fraction(0)
PER_MONTH = {
    "year": Fraction(1, 12),
    "half_year": Fraction(1, 6),
    "quarter": Fraction(1, 3),
    "month": Fraction(1),
    "week": Fraction(52, 12),
    "day": Fraction(365, 12),
}


@dataclass(frozen=True)
class Rules:
    """What counts. The defaults are the default reading."""

    statuses: frozenset[str] = frozenset({"active", "past_due"})
    usage: frozenset[str] = frozenset({"licensed"})
    trials: bool = False
    deducted: frozenset[str] = frozenset({"once", "repeating", "forever"})  # kinds of discount taken off the price
    churn_at: str = "service_end"
    committed: bool = False
    week: Fraction = PER_MONTH["week"]
    shortest: int = 0  # months of a term that counts


RULES: dict[str, Rules] = {
    "default": Rules(),
    "gross": Rules(deducted=frozenset()),
    "forever_only": Rules(deducted=frozenset({"forever"})),
    "recurring_only": Rules(deducted=frozenset({"forever", "repeating"})),
    "exclude_past_due": Rules(statuses=frozenset({"active"})),
    "paused_counts": Rules(statuses=frozenset({"active", "past_due", "paused"})),
    "paid_trial_counts": Rules(trials=True),
    "include_minimum_commit": Rules(usage=frozenset({"licensed", "minimum"})),
    "committed": Rules(committed=True),
    "week_exact": Rules(week=Fraction(36525, 700 * 12)),
    "annual_only": Rules(shortest=12),
    "scheduled_at": Rules(churn_at="scheduled_at"),
    "cancelled_at": Rules(churn_at="cancelled_at"),
}


def monthly(item: Item, day: date, rules: Rules) -> Fraction:
    """What an item is worth a month on a day it counts."""
    amount = item.amount
    if item.list_amount is not None:
        over = item.discount_ends is not None and item.start <= item.discount_ends <= day
        if over or item.discount_kind not in rules.deducted:
            amount = item.list_amount
    per = rules.week if item.interval == "week" else PER_MONTH[item.interval]
    return amount * per / item.count


def _weeks_of_a_year(item: Item) -> bool:
    return item.interval == "week" and item.count >= 52


def end_of(item: Item, rules: Rules) -> date:
    """The first day on which an item no longer counts."""
    end = item.end or date.max
    if rules.churn_at == "cancelled_at" and item.cancelled:
        return min(end, item.cancelled)
    if rules.churn_at == "scheduled_at" and item.requested:
        return min(end, item.requested)
    return end


def counts(item: Item, day: date, rules: Rules) -> bool:
    """Whether an item counts at the close of a day."""
    if item.status not in rules.statuses or item.usage not in rules.usage or (item.trial and not rules.trials):
        return False
    if rules.shortest and item.count / PER_MONTH[item.interval] < rules.shortest and not _weeks_of_a_year(item):
        return False
    if rules.committed:
        signed = item.start <= day or (item.signed is not None and item.signed <= day)
        given_up = item.requested is not None and item.requested <= day and item.end is not None
        return signed and day < (item.end or date.max) and not given_up
    return item.start <= day < end_of(item, rules)


class Ledger:
    """Each customer's MRR at the close of every day, under one set of rules."""

    def __init__(self, books: Books, rules: Rules, items: list[Item] | None = None) -> None:
        self.books, self.rules = books, rules
        self.items: dict[str, list[Item]] = defaultdict(list)
        self._known: dict[tuple[str, date, date], Fraction] = {}
        for item in [*books.items, *(books.planned if rules.committed else ())] if items is None else items:
            self.items[item.customer].append(item)
        self.customers = sorted(self.items)
        self.first, self.last = self._range()
        # (days on which something may have changed, the state from then on), customer by customer
        self.changes: dict[str, tuple[list[date], list[Native]]] = {c: self._steps(c) for c in self.customers}

    def _range(self) -> tuple[date, date]:
        """The first and last day on which anything can happen."""
        moments = [day for items in self.items.values() for item in items for day in self._moments(item)]
        moments += [on for rates in self.books.rates.values() for on, _ in rates if on < self.books.cut]
        moments += [day for customer in self.items for day in self.books.turns(customer) if date.min < day < date.max]
        past = [day for day in moments if day < self.books.cut]
        return min(past, default=self.books.cut), max(past, default=self.books.cut - DAY)

    def _moments(self, item: Item) -> list[date]:
        moments = (item.start, item.end, item.discount_ends, item.signed, item.requested, item.cancelled)
        return [moment for moment in moments if moment]

    def _steps(self, customer: str) -> tuple[list[date], list[Native]]:
        """Walk the days; look at the items again on each day on which one of them may change."""
        turning = {moment for item in self.items[customer] for moment in self._moments(item)}
        on: list[date] = []
        states: list[Native] = []
        for day in self.days():
            if day in turning:
                native: Native = defaultdict(Fraction)
                for item in self.items[customer]:
                    if counts(item, day, self.rules):
                        native[item.currency] += monthly(item, day, self.rules)
                on.append(day)
                states.append(native)
        return on, states

    def days(self) -> list[date]:
        """Every day on which something can happen, and those between."""
        return days(self.first, min(self.last + DAY, self.books.cut))

    def held(self, customer: str, day: date) -> Native:
        """What a customer holds at the close of a day, in its own currencies."""
        on, states = self.changes.get(customer, ([], []))
        at = bisect_right(on, day)
        return states[at - 1] if at else {}

    def level(self, customer: str, day: date, rates_of: date | None = None) -> Fraction:
        """A customer's MRR at the close of a day, at that day's rates or another's; never below 0."""
        key = (customer, day, rates_of or day)
        if key not in self._known:
            held = self.held(customer, day)
            self._known[key] = max(ZERO, sum((a * self.books.rate(c, key[2]) for c, a in held.items() if a), ZERO))
        return self._known[key]

    def close_before(self, boundary: date) -> date:
        """The last day before a boundary of which something is known."""
        return min(boundary, self.books.cut) - DAY

    def counting(self, customer: str, day: date) -> list[Item]:
        """The items that count at the close of a day."""
        return [item for item in self.items.get(customer, ()) if counts(item, day, self.rules)]
