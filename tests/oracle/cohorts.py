"""Retention by age: of those who became customers in a period, how many are there (or active) so many periods on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from .levels import ZERO, Ledger
from .money import DEAD_ORDERS
from .movements import Scope
from .retention import Answer, ratio
from .spans import Span


def first_day(ledger: Ledger, customer: str) -> date | None:
    """The first day at whose close someone is a customer."""
    return next((day for day in ledger.changes[customer][0] if ledger.level(customer, day) > 0), None)


def members(ledger: Ledger, span: Span, scope: Scope) -> list[str]:
    """Those whose first day as a customer lies in the period, in the group they were in on that day."""
    found = []
    for customer in ledger.customers:
        first = first_day(ledger, customer)
        if first and span.start <= first < span.end and scope(customer, first):
            found.append(customer)
    return found


def ages(ledger: Ledger, span: Span, grain: str) -> list[Span]:
    """The cohort's own period and those after it, as far as anything is known."""
    spans = [span]
    while spans[-1].end < ledger.books.cut:
        spans.append(ledger.books.calendar.containing(spans[-1].end, grain))
    return spans


def retention(ledger: Ledger, span: Span, grain: str, scope: Scope, variant: str = "default") -> list[Answer]:
    """cohort_retention at ages 0, 1, 2, ..."""
    cohort = members(ledger, span, scope)
    buckets = ages(ledger, span, grain)
    if variant == "default":
        closes = [ledger.close_before(bucket.end) for bucket in buckets]
        kept = [sum(1 for c in cohort if ledger.level(c, close) > 0) for close in closes]
    else:
        what, _, way = variant.partition("_")
        used = [_buckets_used(ledger, c, buckets, what) for c in cohort]
        kept = [sum(1 for one in used if _active(one, k, way or "bounded")) for k in range(len(buckets))]
    return [ratio(top, len(cohort), len(cohort)) for top in kept]


def revenue(ledger: Ledger, span: Span, grain: str, scope: Scope) -> list[Answer]:
    """revenue_retention: the same customers' MRR at each age over their MRR at age 0."""
    cohort = members(ledger, span, scope)
    closes = [ledger.close_before(bucket.end) for bucket in ages(ledger, span, grain)]
    sums = [sum((ledger.level(c, close) for c in cohort), ZERO) for close in closes]
    return [ratio(Fraction(top), sums[0], len(cohort)) for top in sums]


def _buckets_used(ledger: Ledger, customer: str, buckets: list[Span], what: str) -> list[bool]:
    books = ledger.books
    orders = [order for order in books.orders if order.status not in DEAD_ORDERS]
    used = [fact.day for fact in (orders if what == "ordered" else books.uses) if fact.customer == customer]
    return [any(bucket.start <= day < bucket.end for day in used) for bucket in buckets]


def _active(used: list[bool], age: int, way: str) -> bool:
    if way == "bounded" or (age == 0 and way != "unbounded"):
        return used[age]
    if way == "unbounded":
        return any(used[age:])
    if way == "continuous":
        return all(used[1 : age + 1])
    assert way == "return_by"
    return any(used[1 : age + 1])
