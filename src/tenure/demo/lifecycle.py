"""What becomes of each customer: grows, shrinks, pauses, pays late, renews, leaves, comes back. Floor: edges (demo).

The planted stories are acted out here: `_leaves` holds the wave, `_launch` the expansion, `_renews` the price of
slow support.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo.account import Account
from tenure.demo.book import Book
from tenure.demo.cast import PLANS
from tenure.demo.dice import AS_OF, Dice, Row, add_months, cents, days
from tenure.demo.framing import FOREVER, come_back, credit, months_between, offer, plan_history, plan_to_go
from tenure.demo.stories import RECENT_MONTHS, RENEWAL_DAYS, SLOW_HOURS, SLOW_MONTHS, WAVE_MONTHS, within

TRIAL_DAYS = 14


@dataclass
class _Course:
    """One customer under way."""

    dice: Dice
    account: Account
    book: Book
    starts: datetime
    quiet_until: datetime  # nothing else happens during a pause or a dunning
    contract: Row | None = None


def act(dice: Dice, account: Account) -> None:
    """Fill in the account's stretches, contracts, plans and lives."""
    book = Book(account, 1, account.interval)
    starts = account.starts
    trial_ends = account.signed_up + days(TRIAL_DAYS)
    if account.trial:
        book.begin(account.signed_up, account.signed_up, trial=True)
        ends = min(starts or trial_ends, trial_ends)
        if ends < AS_OF:
            book.close(ends)
        account.lives.append((account.signed_up, max(ends, trial_ends)))
    if starts is not None and starts < AS_OF:
        _paid_life(dice, account, book, starts)
    elif starts is not None and not account.trial:
        book.begin(starts, account.signed_up)  # signed, yet to begin
        account.lives.append((starts, FOREVER))
    account.stretches = book.done + account.stretches
    account.stretches.sort(key=lambda row: (row.started_at, row.subscription_id, row.product))
    account.plans = plan_history(account)


def _paid_life(dice: Dice, account: Account, book: Book, starts: datetime) -> None:
    offer(dice, book, starts)
    if dice.chance(0.015):
        book.status = "incomplete"  # the first card payment waits for its confirmation
        book.begin(starts, account.signed_up)
        book.status = "active"
        book.change(starts + days(0.3), "payment confirmed")
    else:
        book.begin(starts, account.signed_up if not account.trial else starts)
    if account.plan in ("Scale", "Enterprise") and dice.chance(0.25):
        book.item("Label overage", "Usage", Decimal(dice.between(30, 180)), starts, "metered")
    elif account.plan == "Enterprise" and dice.chance(0.4):
        book.item("Label minimum", "Usage", Decimal(dice.between(100, 300)), starts, "minimum")
    course = _Course(dice, account, book, starts, starts + days(1))
    if account.term:
        _sign(course, starts, None)
    ended = _months(course)
    account.lives.append((starts, ended or FOREVER))
    if ended is None:
        plan_to_go(dice, account, book, starts)
    elif account.term == 0 and ended > starts + days(80) and dice.chance(0.16):
        come_back(account, book, add_months(ended, dice.between(2, 6)))
    credit(dice, account, book)


def _months(course: _Course) -> datetime | None:
    """Month by month from the first paid day; the moment it left, if it did."""
    number, before = 0, course.starts
    while True:
        number += 1
        at = add_months(course.starts, number)
        _launch(course, before, min(at, AS_OF))
        if at >= AS_OF:
            return None
        if at >= course.quiet_until:
            due = course.account.term > 0 and number % course.account.term == 0
            ended = _renews(course, at) if due else _leaves(course, at)
            if ended is not None:
                return ended
            if not due and course.book.plan != "Free" and at >= course.quiet_until:
                _drift(course, at)
        before = at


def _leaves(course: _Course, at: datetime) -> datetime | None:
    """Whether it goes this month, and if so how. The wave takes recent customers who did not finish onboarding."""
    dice, account, book = course.dice, course.account, course.book
    recent = add_months(account.signed_up, RECENT_MONTHS) > at
    if account.told and within(at, WAVE_MONTHS) and recent and not account.finishes and dice.chance(0.5):
        if course.contract is not None:
            course.contract |= {"terminated_on": at.date(), "decided_on": at.date(), "outcome": "churned"}
        return _go(course, at, dice.pick(("did not get started", "did not get started", "too hard to set up")))
    if account.term or book.plan == "Free":
        return None
    risk = 0.02 if account.finishes else 0.035
    risk *= 0.6 if account.adopts_at is not None and account.adopts_at < at else 1.0
    risk = risk if account.told else 0.025
    if not dice.chance(risk):
        return None
    if book.plan == "Starter" and dice.chance(0.1):
        book.plan, book.discount, book.discount_kind, book.discount_ends_at = "Free", Decimal(0), None, None
        book.change(at, "moved to the free plan")
        return None
    if dice.chance(0.15):
        return _stop_paying(course, at)
    return _go(course, at, _reason(dice, account, at))


def _reason(dice: Dice, account: Account, at: datetime) -> str:
    if _waited(account, at):
        return "support too slow"
    return dice.weighted(
        [("too expensive", 3.0), ("moved to a competitor", 2.5), ("business closed", 1.5), ("missing feature", 2.0)]
    )


def _go(course: _Course, at: datetime, reason: str) -> datetime:
    """The customer asks, the billing system marks it at once or at the end, the service runs to the end."""
    asked = max(at - days(course.dice.spread(2, 24)), course.book.open()[-1].started_at + timedelta(hours=2))
    cancelled = at if course.dice.chance(0.6) else min(asked + timedelta(hours=3), at)
    course.book.close(at, cancel_requested_at=asked, cancelled_at=cancelled, cancel_reason=reason)
    return at


def _stop_paying(course: _Course, at: datetime) -> datetime | None:
    """A failing card: past due, then unpaid, then the end."""
    book = course.book
    book.status = "past_due"
    book.change(at, "payment failed")
    course.quiet_until = FOREVER
    for status, after in (("unpaid", 21), ("ended", 45)):
        moment = at + days(after)
        if moment >= AS_OF:
            return None
        if status == "ended":
            book.close(moment, cancelled_at=moment, cancel_reason="non-payment")
            return moment
        book.status = status
        book.change(moment, "payment failed for good")
    return None


def _renews(course: _Course, at: datetime) -> datetime | None:
    """The contract's end. Who waited long for support two to four months before often does not renew."""
    dice, account, book, contract = course.dice, course.account, course.book, course.contract
    if contract is None:
        return None
    due = at.date() - timedelta(days=1)
    if due >= date(2025, 12, 10) and dice.chance(0.4):
        course.contract = None  # still talking
        return None
    keep = 0.45 if _waited(account, at) else 0.96 if account.adopts_at is not None else 0.93
    keep -= 0.0 if account.finishes else 0.12
    keep = keep if account.told else 0.9
    if not dice.chance(keep):
        contract |= {"outcome": "churned", "decided_on": due - timedelta(days=dice.between(10, 45))}
        return _go(course, at, _reason(dice, account, at))
    contract |= {
        "outcome": "renewed",
        "decided_on": due - timedelta(days=0 if contract["auto_renew"] else dice.between(3, 40)),
    }
    change = dice.weighted([("price increase", 3.0), ("seats added", 2.0), ("seats removed", 1.0), ("renewed", 4.0)])
    if change == "price increase":
        book.prices *= Decimal("1.04")
    elif change != "renewed":
        _resize(dice, book, change == "seats added")
    book.change(at, change)
    _sign(course, at, str(contract["contract_id"]))
    return None


def _waited(account: Account, at: datetime) -> bool:
    """Whether a slow ticket lies two to four months back."""
    due = at.date() - timedelta(days=1)
    return any(
        ticket.kind == "plain" and ticket.response > SLOW_HOURS and within(ticket.created_at, SLOW_MONTHS)
        and RENEWAL_DAYS[0] <= (due - ticket.created_at.date()).days <= RENEWAL_DAYS[1]
        for ticket in account.tickets
    )  # fmt: skip


def _sign(course: _Course, at: datetime, renews: str | None) -> None:
    account, term = course.account, course.account.term
    signed = account.signed_up.date() if renews is None else at.date() - timedelta(days=course.dice.between(1, 20))
    course.contract = {
        "contract_id": f"K-{account.id[2:]}-{len(account.contracts) + 1}", "customer_id": account.id,
        "signed_on": signed,
        "starts_on": at.date(), "ends_on": add_months(course.starts, months_between(course.starts, at) + term).date()
        - timedelta(days=1),
        "value": cents(course.book.worth(at) * term), "currency": account.currency,
        "auto_renew": course.dice.chance(0.6), "renews": renews, "terminated_on": None, "outcome": "open",
        "decided_on": None,
    }  # fmt: skip
    account.contracts.append(course.contract)


def _launch(course: _Course, after: datetime, until: datetime) -> None:
    """The new feature makes its adopters add the product, or take the next plan."""
    account, book = course.account, course.book
    moment = account.expands_at
    if not account.told or moment is None or not max(after, course.quiet_until) < moment < until or book.plan == "Free":
        return
    if book.plan != "Enterprise" and course.dice.chance(0.4):
        book.plan = PLANS[PLANS.index(book.plan) + 1]
        book.change(moment, "upgrade")
    else:
        book.add_on("Route Planner", moment)


def _drift(course: _Course, at: datetime) -> None:
    """The ordinary ups and downs."""
    dice, book = course.dice, course.book
    what = dice.weighted(
        [
            ("nothing", 931.0), ("seats added", 19.0), ("seats removed", 12.0), ("upgrade", 4.0), ("downgrade", 5.0),
            ("add-on", 8.0), ("pause", 4.0), ("past due", 12.0), ("cancellation withdrawn", 3.0), ("price change", 2.0),
        ]
    )  # fmt: skip
    place = PLANS.index(book.plan)
    if what in ("seats added", "seats removed"):
        _resize(dice, book, what == "seats added")
        book.change(at, what)
    elif (what == "upgrade" and place < 2) or (what == "downgrade" and place > 0):
        book.plan = PLANS[place + (1 if what == "upgrade" else -1)]
        book.change(at, what)
    elif what == "add-on":
        left = [name for name in ("Returns Portal", "Carbon Reports") if name not in book.extras]
        if left:
            book.add_on(dice.pick(left), at)
    elif what == "pause" and not course.account.term:
        _interrupt(course, at, "paused", add_months(at, dice.between(1, 3)))
    elif what == "past due":
        _interrupt(course, at, "past_due", at + days(dice.spread(6, 24)))
    elif what == "cancellation withdrawn":
        book.change(at, what, cancel_requested_at=max(at - days(9), book.open()[-1].started_at + timedelta(hours=1)))
    elif what == "price change":
        book.prices *= Decimal("1.05")
        book.change(at, what)


def _resize(dice: Dice, book: Book, more: bool) -> None:
    share = dice.spread(0.1, 0.3) if book.seats < 40 else dice.spread(0.03, 0.08)
    step = max(1, int(book.seats * share))
    book.seats = book.seats + step if more else max(1, book.seats - step)


def _interrupt(course: _Course, at: datetime, status: str, until: datetime) -> None:
    course.book.status = status
    course.book.change(at, "paused" if status == "paused" else "payment failed")
    course.quiet_until = until + timedelta(hours=1)
    if until < AS_OF:
        course.book.status = "active"
        course.book.change(until, "resumed" if status == "paused" else "paid")
