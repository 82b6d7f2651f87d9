"""Retainers: what clients pay every month under contracts of a year; as subscriptions, contracts, bills and deals.
Floor: edges (demo)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo.clients import Client
from tenure.demo.dice import AS_OF, Dice, Row, add_months, cents, days, number_rows, past

HOSTING = Decimal(180)
TERM = 12


@dataclass
class Retainer:
    """What one client holds."""

    client: Client
    starts: datetime
    amount: Decimal  # a month, at first
    changes: list[tuple[datetime, Decimal]] = field(default_factory=list)
    hosting: datetime | None = None  # since when the second thing is looked after too
    ends: datetime | None = None
    why: str | None = None

    def worth(self, at: datetime) -> Decimal:
        """What it comes to in the month that begins then."""
        amount = self.amount
        for since, changed in self.changes:
            amount = changed if since <= at else amount
        return amount + (HOSTING if self.hosting is not None and self.hosting <= at else 0)


def subscription_rows(held: list[Retainer], currency: str) -> list[Row]:
    """One row per stretch of one price."""
    rows: list[Row] = []
    for one in held:
        levels = [(one.starts, one.amount, "new"), *((at, amount, "") for at, amount in one.changes)]
        before = Decimal(0)
        for place, (at, amount, why) in enumerate(levels):
            until = levels[place + 1][0] if place + 1 < len(levels) else one.ends
            reason = why or ("more hours" if amount > before else "fewer hours")
            rows.append(_stretch(one, "Retainer", amount, currency, at, until, reason))
            before = amount
        if one.hosting is not None:
            rows.append(_stretch(one, "Hosting", HOSTING, currency, one.hosting, one.ends, "add-on"))
    return rows


def _stretch(
    one: Retainer, product: str, amount: Decimal, currency: str, at: datetime, until: datetime | None, reason: str
) -> Row:
    last = until is not None and until == one.ends
    return {
        "subscription_id": f"S-{one.client.id[2:]}", "customer_id": one.client.id, "product": product,
        "product_family": product, "plan": "large" if one.client.large else "small", "quantity": 1, "amount": amount,
        "currency": currency, "interval": "month", "status": "active", "signed_at": at, "started_at": at,
        "ended_at": until, "cancel_requested_at": until - timedelta(days=21) if last and until is not None and
        until - timedelta(days=21) > at else None, "cancelled_at": until if last else None,
        "cancel_reason": one.why if last else None, "change_reason": reason,
    }  # fmt: skip


def contract_rows(dice: Dice, held: list[Retainer], currency: str) -> list[Row]:
    """A contract for each year; ended early where the client left within it."""
    rows: list[Row] = []
    for one in held:
        at, renews = one.starts, None
        while at < AS_OF and (one.ends is None or at < one.ends):
            end = add_months(at, TERM)
            early = one.ends is not None and one.ends < end
            over = end <= AS_OF
            outcome = "churned" if one.ends is not None and one.ends <= end else "renewed" if over else "open"
            decided = one.ends if outcome == "churned" else end if over else None
            number = f"K-{one.client.id[2:]}-{len(rows)}"
            rows.append(
                {
                    "contract_id": number, "customer_id": one.client.id,
                    "signed_on": (at - timedelta(days=dice.between(2, 20))).date(), "starts_on": at.date(),
                    "ends_on": end.date() - timedelta(days=1), "value": cents(one.worth(at) * TERM),
                    "currency": currency, "auto_renew": True, "renews": renews,
                    "terminated_on": one.ends.date() if early and one.ends is not None else None,
                    "outcome": outcome, "decided_on": (decided - timedelta(days=1)).date() if decided else None,
                }
            )  # fmt: skip
            at, renews = end, number
    return rows


def bill_rows(dice: Dice, held: list[Retainer], currency: str) -> tuple[list[Row], list[Row]]:
    """Invoices of each month, and their payments by direct debit: some fail at first."""
    invoices: list[Row] = []
    payments: list[Row] = []
    for one in held:
        month = 0
        while (at := add_months(one.starts, month)) < AS_OF and (one.ends is None or at < one.ends):
            paid = past(at + days(dice.spread(2, 12)))
            number, amount = f"INV-{len(invoices) + 1:05d}", one.worth(at)
            invoices.append(
                {
                    "invoice_id": number, "customer_id": one.client.id, "subscription_id": f"S-{one.client.id[2:]}",
                    "recurring": True, "issued_at": at, "due_at": at + timedelta(days=14), "paid_at": paid,
                    "amount": amount, "currency": currency, "status": "paid" if paid else "open",
                }
            )  # fmt: skip
            if paid is not None:
                fates = ["failed", "succeeded"] if dice.chance(0.05) else ["succeeded"]
                for fate in fates:
                    when = paid - timedelta(days=1) if fate == "failed" else paid
                    payments.append(
                        {
                            "payment_id": "", "customer_id": one.client.id, "invoice_id": number, "at": when,
                            "amount": amount, "fee": cents(amount / 200) if fate == "succeeded" else Decimal(0),
                            "currency": currency, "status": fate, "refund_of": None,
                        }
                    )  # fmt: skip
            month += 1
    return invoices, number_rows(payments, "payment_id", "PAY-", "at")


def deal_rows(dice: Dice, held: list[Retainer], currency: str) -> list[Row]:
    """What was offered: retainers that were won, larger ones, and some that nobody wanted."""
    rows: list[Row] = []
    for one in held:
        offers = [("new", one.starts, one.amount, True)]
        before = one.amount
        for at, amount in one.changes:
            if amount > before:
                offers.append(("upsell", at, amount - before, True))
            before = amount
        if one.hosting is not None:
            offers.append(("cross_sell", one.hosting, HOSTING, True))
        if dice.chance(0.4):
            at = one.starts + days(dice.spread(60, 300))
            offers.append((dice.pick(("upsell", "cross_sell")), at, HOSTING * 2, False))
        for kind, closed, amount, won in offers:
            opened = closed - days(dice.spread(5, 28))
            if opened < AS_OF:
                over = closed < AS_OF
                rows.append(
                    {
                        "deal_id": "", "customer_id": one.client.id, "kind": kind,
                        "stage": ("won" if won else "lost") if over else "proposal", "amount": amount * 12,
                        "currency": currency, "opened_at": opened, "closed_at": past(closed),
                        "won": won if over else None,
                    }
                )  # fmt: skip
    return number_rows(rows, "deal_id", "D-", "opened_at")
