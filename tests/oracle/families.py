"""Upsell and cross-sell: per day and product family, the close before against the close. Tests' floor."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache

from .levels import ZERO, Ledger, monthly
from .retention import Answer, Cohort, ratio
from .spans import DAY


@dataclass
class Holding:
    """What a customer holds of one family at the close of a day."""

    mrr: Fraction = ZERO
    items: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def holdings(ledger: Ledger, customer: str, day: date, rates_of: date) -> dict[str, Holding]:
    """The families a customer holds, for money or free; a credit alone holds nothing."""
    held: dict[str, Holding] = defaultdict(Holding)
    real = set()
    for item in ledger.counting(customer, day):
        family = held[item.family]
        if item.amount >= 0:
            real.add(item.family)
        family.mrr += monthly(item, day, ledger.rules) * ledger.books.rate(item.currency, rates_of)
        family.items[item.product, item.plan, item.quantity] += 1
    for family in held.values():
        family.mrr = max(family.mrr, ZERO)  # as a customer's, docs/decisions.md
    return {name: family for name, family in held.items() if name in real}


@lru_cache(maxsize=1000)
def sales(ledger: Ledger, customer: str, kind: str) -> list[tuple[date, Fraction]]:
    """Every upsell (or cross-sell) of a customer: the day and the MRR it brought."""
    found = []
    ever: set[str] = set()
    for day in ledger.changes[customer][0]:
        before, after = holdings(ledger, customer, day - DAY, day), holdings(ledger, customer, day, day)
        ever |= before.keys()
        for family, holding in after.items():
            if family in before:
                old = before[family]
                if kind == "upsell" and holding.mrr > old.mrr and holding.items != old.items:
                    found.append((day, holding.mrr - old.mrr))
            # What is first held for nothing is no sale, docs/decisions.md.
            elif kind == "cross_sell" and family not in ever and ledger.level(customer, day - DAY) > 0 < holding.mrr:
                found.append((day, holding.mrr))
        ever |= after.keys()
    return found


def rate(group: Cohort, kind: str, variant: str) -> Answer:
    """upsell_rate and cross_sell_rate: of the cohort's members, in the period."""
    sold = {
        c: [(day, mrr) for day, mrr in sales(group.ledger, c, kind) if group.start <= day < group.end]
        for c in group.members
    }
    n = len(group.members)
    if variant == "revenue":
        return ratio(sum((mrr for found in sold.values() for _, mrr in found), ZERO), group.start_mrr, n)
    return ratio(sum(1 for found in sold.values() if found), n, n)
