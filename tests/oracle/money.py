"""Revenue of a period, and what it is per customer and per active user; one-off revenue. Tests' floor."""

from __future__ import annotations

from fractions import Fraction

from .books import Fact
from .levels import ZERO, Ledger
from .movements import Scope
from .retention import Answer, ratio
from .spans import Span, days, days_in_month

DEAD_ORDERS = ("cancelled", "refunded")
DEAD_INVOICES = ("draft", "void")


def revenue(ledger: Ledger, span: Span, scope: Scope) -> Fraction:
    """Payments less refunds; failing those orders; failing those invoices; failing those MRR, day by day."""
    books = ledger.books

    def amount(facts: list[Fact]) -> Fraction:
        mine = [f for f in facts if span.start <= f.day < span.end and scope(f.customer, f.day)]
        return sum((books.convert(fact) for fact in mine), ZERO)

    if books.payments:
        paid = [fact for fact in books.payments if fact.status == "succeeded"]
        return amount(paid) - amount([fact for fact in books.payments if fact.status == "refunded"])
    if books.orders:
        return amount([fact for fact in books.orders if fact.status not in DEAD_ORDERS])
    if books.invoices:
        return amount([fact for fact in books.invoices if fact.status not in DEAD_INVOICES])
    total = ZERO
    for day in days(span.start, min(span.end, books.cut)):
        total += sum(
            (ledger.level(c, day) for c in ledger.customers if ledger.level(c, day) and scope(c, day)), ZERO
        ) / days_in_month(day)
    return total


def customers_of(ledger: Ledger, span: Span, scope: Scope) -> int:
    """Those who were customers at some moment of the period, each once: in the group they are in at its end."""
    known, last = days(span.start, min(span.end, ledger.books.cut)), ledger.close_before(span.end)
    return sum(1 for c in ledger.customers if scope(c, last) and any(ledger.level(c, day) > 0 for day in known))


def users_of(ledger: Ledger, span: Span, scope: Scope) -> int:
    """Distinct active users of the period: contacts, or customers where events carry none."""
    mine = [u for u in ledger.books.uses if span.start <= u.day < span.end and scope(u.customer, u.day)]
    return len({("contact", u.contact) if u.contact else ("customer", u.customer) for u in mine})


def arpc(ledger: Ledger, span: Span, scope: Scope) -> Answer:
    return ratio(revenue(ledger, span, scope), customers_of(ledger, span, scope))


def arpu(ledger: Ledger, span: Span, scope: Scope) -> Answer:
    users = users_of(ledger, span, scope) if ledger.books.uses else customers_of(ledger, span, scope)
    return ratio(revenue(ledger, span, scope), users)


def non_recurring(ledger: Ledger, span: Span, scope: Scope) -> Answer:
    """Orders, and invoices that are not recurring."""
    books = ledger.books
    if not books.orders and not books.invoices:
        return Answer(None, reason="no_data")
    facts = [fact for fact in books.orders if fact.status not in DEAD_ORDERS]
    facts += [fact for fact in books.invoices if not fact.recurring and fact.status not in DEAD_INVOICES]
    mine = [fact for fact in facts if span.start <= fact.day < span.end and scope(fact.customer, fact.day)]
    return Answer(sum((books.convert(fact) for fact in mine), Fraction(0)))
