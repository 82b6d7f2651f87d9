"""What frames a customer's course: the first offer, credits, coming back, going soon. Floor: edges (demo)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo.account import Account, Stretch
from tenure.demo.book import Book
from tenure.demo.cast import PLATFORM
from tenure.demo.dice import AS_OF, Dice, add_months, cents, days
from tenure.demo.stories import SLOW_HOURS

FOREVER = datetime(9999, 1, 1)


def offer(dice: Dice, book: Book, starts: datetime) -> None:
    """Some begin with a discount: on the first bill, for some months, or for good."""
    kind = dice.weighted([(None, 86.0), ("once", 4.0), ("repeating", 6.0), ("forever", 4.0)])
    if kind is None or (book.plan == "Enterprise" and kind != "forever"):
        return
    book.discount_kind = kind
    if kind == "forever":
        book.discount = Decimal("0.10")
    elif kind == "once":
        book.discount = Decimal("0.50") if book.interval in ("month", "week") else Decimal("0.10")
        book.discount_ends_at = add_months(starts, interval_months(book.interval))
    else:
        book.discount = Decimal("0.20")
        book.discount_ends_at = add_months(starts, max(dice.pick((3, 6)), interval_months(book.interval)))


def interval_months(interval: str) -> int:
    """How many months are paid at once."""
    return {"week": 1, "month": 1, "quarter": 3, "half_year": 6, "year": 12}[interval]


def months_between(start: datetime, at: datetime) -> int:
    """Calendar months from one moment to the other, the days not looked at."""
    return (at.year - start.year) * 12 + at.month - start.month


def come_back(account: Account, old: Book, at: datetime) -> None:
    """Back after some months, by the month and without a contract."""
    if at >= AS_OF:
        return
    book = Book(account, 2, "month")
    book.plan, book.seats = old.plan, max(1, old.seats - 1)
    book.begin(at, at)
    account.stretches += [replace(row, change_reason="came back") for row in book.done]
    account.lives.append((at, FOREVER))


def plan_to_go(dice: Dice, account: Account, book: Book, starts: datetime) -> None:
    """Some of those still here have already said when they go."""
    next_bill = add_months(starts, months_between(starts, AS_OF))
    if next_bill < AS_OF:
        next_bill = add_months(starts, months_between(starts, AS_OF) + 1)
    soon = account.term == 0 and book.interval == "month" and book.plan != "Free" and book.status == "active"
    if soon and dice.chance(0.05):
        asked = max(AS_OF - days(dice.spread(0.5, 18)), book.open()[-1].started_at + timedelta(hours=1))
        if asked < AS_OF:
            book.close(next_bill, cancel_requested_at=asked, cancel_reason="too expensive")


def credit(dice: Dice, account: Account, book: Book) -> None:
    """Some of those who waited longest are credited a tenth of the next month."""
    slow = [one for one in account.tickets if one.response > 3 * SLOW_HOURS and dice.chance(0.25)]
    for ticket in slow[:1]:
        at = ticket.created_at + days(12)
        alive = [row for row in book.done if row.alive(at) and row.product == PLATFORM and row.status == "active"]
        ends = add_months(at, 1)
        if alive and ends < AS_OF and account.lives[-1][0] <= at and ends < account.lives[-1][1]:
            amount = cents(-alive[0].list_amount / interval_months(alive[0].interval) / 10)
            account.stretches.append(
                Stretch(
                    f"{book.id}-C", "Service credit",
                    "Credits", alive[0].plan, 1, amount, Decimal(0), None, None, "month",
                    "licensed", "active", False, at, at, ends, change_reason="credit for slow support",
                )
            )  # fmt: skip


def plan_history(account: Account) -> list[tuple[datetime, str]]:
    """When the plan changed, as the customer list knows it."""
    changes: list[tuple[datetime, str]] = []
    plan = account.plan
    for row in account.stretches:
        if row.product == PLATFORM and row.started_at < AS_OF and row.plan != plan:
            plan = row.plan
            changes.append((row.started_at, plan))
    return changes
