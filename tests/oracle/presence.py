"""Who is a customer where there are no subscriptions: who ordered lately, else everyone known so far. Tests' floor."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from .books import Books, Fact, Item, Use
from .levels import RULES, Ledger
from .money import DEAD_ORDERS


class Presence(Ledger):
    """A ledger in which everyone who is a customer is worth exactly one."""

    def __init__(self, books: Books) -> None:
        since: dict[str, list[tuple[date, date | None]]] = {}
        if books.orders:
            for order in books.orders:
                if order.customer and order.status not in DEAD_ORDERS:
                    until = order.day + timedelta(days=int(books.policy.get("order_customer_days", 365)))
                    since.setdefault(order.customer, []).append((order.day, until))
        else:
            facts: list[Fact | Use] = [*books.payments, *books.invoices, *books.uses]
            others = [fact for found in books.records.values() for fact in found]
            for customer in {*books.stretches, *(fact.customer for fact in [*facts, *others] if fact.customer)}:
                days = [fact.day for fact in facts if fact.customer == customer]
                days += [day for fact in others if fact.customer == customer and (day := fact.day())]
                first = books.created.get(customer) or min(days, default=None)
                if first:
                    since[customer] = [(first, None)]
        stays = [_stay(books, customer, *stay) for customer, found in since.items() for stay in found]
        super().__init__(books, RULES["default"], stays)

    def level(self, customer: str, day: date, rates_of: date | None = None) -> Fraction:
        return min(Fraction(1), super().level(customer, day, rates_of))


def _stay(books: Books, customer: str, start: date, end: date | None) -> Item:
    return Item(
        subscription=customer,
        customer=customer,
        product="",
        family="",
        plan="",
        quantity="1",
        amount=Fraction(1),
        list_amount=None,
        discount_kind="",
        currency=books.currency,
        interval="month",
        count=1,
        usage="licensed",
        status="active",
        trial=False,
        start=start,
        end=end,
        discount_ends=None,
        signed=None,
        requested=None,
        cancelled=None,
    )
