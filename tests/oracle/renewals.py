"""Contracts due in a period, and whether they were renewed. Tests' floor."""

from __future__ import annotations

from fractions import Fraction

from .books import Books, Contract
from .movements import Scope
from .retention import Answer, ratio
from .spans import Span


def annual(contract: Contract) -> Fraction:
    """A contract's value a year."""
    assert contract.end
    return contract.value * 365 / (contract.end - contract.start).days


def whole(contract: Contract) -> Fraction:
    """A contract's value over its term."""
    return contract.value


def fate(books: Books, contract: Contract) -> str:
    """renewed, churned or open."""
    assert contract.end and contract.decided
    early = contract.terminated is not None and contract.terminated < contract.end < books.cut
    if contract.outcome:
        return "churned" if early and contract.outcome == "open" else contract.outcome
    if any(other.renews == contract.contract for other in books.contracts):
        return "renewed"
    return "churned" if contract.terminated else "open"


def rate(books: Books, span: Span, scope: Scope, variant: str) -> Answer:
    """renewal_rate: by number, or by yearly value, a new one capped (gross_value) or not (net_value); tcv: by whole."""
    if not books.contracts:
        return Answer(None, reason="no_data")
    due = [c for c in books.contracts if c.end and span.start <= c.end < span.end and scope(c.customer, c.end)]
    fates = [(contract, fate(books, contract)) for contract in due]
    decided = [(contract, what) for contract, what in fates if what != "open"]
    if variant == "default":
        return ratio(sum(1 for _, what in decided if what == "renewed"), len(decided), len(decided))
    new = Fraction(0)
    value = whole if variant == "tcv" else annual
    for contract, what in decided:
        if what == "renewed":
            followers = [value(other) for other in books.contracts if other.renews == contract.contract]
            worth = sum(followers) if followers else value(contract)
            new += min(worth, value(contract)) if variant == "gross_value" else worth
    return ratio(new, sum((value(contract) for contract, _ in decided), Fraction(0)))
