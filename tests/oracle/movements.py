"""What changed on each day, and why: every customer's movements, fx, and transfers between groups. Tests' floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .levels import ZERO, Ledger
from .spans import DAY, add_months

Scope = Callable[[str | None, date], bool]
"""Whether a customer (None: nobody's) is in the group asked about, at the close of a day."""

KINDS = ("new", "expansion", "contraction", "churn", "reactivation", "fx", "transfer")


@dataclass(frozen=True)
class Move:
    customer: str
    day: date
    kind: str
    amount: Fraction


def everyone(customer: str | None, day: date) -> bool:
    """The scope of no filter."""
    return True


def kind_of(before: Fraction, after: Fraction, ever: bool) -> str | None:
    """The movement from one level to another, of someone who was (or never was) a customer earlier."""
    if before == after:
        return None
    if before == 0:
        return "reactivation" if ever else "new"
    if after == 0:
        return "churn"
    return "expansion" if after > before else "contraction"


def daily(ledger: Ledger, *, with_rates: bool = False) -> list[Move]:
    """Every customer's movements, the close of each day against the close of the day before.

    `with_rates`: what exchange rates do is part of the movements, not a kind of its own.
    """
    moves = []
    every_day = ledger.days()
    currencies = {item.currency for items in ledger.items.values() for item in items}
    turning = {on for currency in currencies for on, _ in ledger.books.rates[currency]}
    for customer in ledger.customers:
        changing = {*ledger.changes[customer][0], *turning}
        ever = False
        for day in every_day:
            if day not in changing:
                continue
            yesterday = ledger.level(customer, day - DAY)
            held = ledger.level(customer, day - DAY, rates_of=None if with_rates else day) if yesterday else ZERO
            if held != yesterday:
                moves.append(Move(customer, day, "fx", held - yesterday))
            today = ledger.level(customer, day)
            kind = kind_of(held, today, ever)
            if kind:
                moves.append(Move(customer, day, kind, today - held))
            ever = ever or today > 0
    return moves


def by_month(ledger: Ledger) -> list[Move]:
    """The same per customer and calendar month, the month's end against its start; in one currency only."""
    moves = []
    for customer in ledger.customers:
        month = ledger.first.replace(day=1)
        while month < ledger.books.cut and month <= ledger.last:
            before = ledger.level(customer, ledger.close_before(month))
            last = ledger.close_before(add_months(month, 1))
            after = ledger.level(customer, last)
            ever = any(ledger.level(customer, day) > 0 for day in ledger.changes[customer][0] if day < month)
            kind = kind_of(before, after, ever)
            if kind:
                moves.append(Move(customer, last, kind, after - before))
            month = add_months(month, 1)
    return moves


def transfers(ledger: Ledger, start: date, end: date, scope: Scope) -> Fraction:
    """What came into the group, less what left it, because customers changed groups in [start, end)."""
    total = ZERO
    for customer in ledger.customers:
        for day in sorted(ledger.books.turns(customer)):
            if not start <= day < min(end, ledger.books.cut):
                continue
            was, now = scope(customer, day - DAY), scope(customer, day)
            if was != now:
                total += ledger.level(customer, day - DAY) * (1 if now else -1)
    return total


def total(moves: list[Move], kind: str, start: date, end: date, scope: Scope) -> Fraction:
    """The sum of one kind of movement in [start, end), each where its customer is at that day's close."""
    return sum((m.amount for m in moves if m.kind == kind and start <= m.day < end and scope(m.customer, m.day)), ZERO)


def number(moves: list[Move], kind: str, start: date, end: date, scope: Scope) -> int:
    """How many movements of one kind there were in [start, end)."""
    return sum(1 for m in moves if m.kind == kind and start <= m.day < end and scope(m.customer, m.day))
