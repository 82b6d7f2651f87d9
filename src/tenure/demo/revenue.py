"""The rows of subscriptions, contracts, trials and exchange rates. Floor: edges (demo)."""

from __future__ import annotations

from decimal import Decimal

from tenure.demo.account import Account, Stretch
from tenure.demo.dice import FIRST_DAY, MONTHS, Dice, Row, add_months, days, past
from tenure.demo.lifecycle import TRIAL_DAYS


def subscription_rows(accounts: list[Account]) -> list[Row]:
    """One row per stretch; an end that is planned and announced stays even where it lies ahead."""
    return [_subscription_row(account, row) for account in accounts for row in account.stretches]


def _subscription_row(account: Account, row: Stretch) -> Row:
    listed = row.discount_kind is not None
    return {
        "subscription_id": row.subscription_id, "customer_id": account.id, "product": row.product,
        "product_family": row.family, "plan": row.plan, "quantity": row.quantity, "amount": row.amount,
        "list_amount": row.list_amount if listed else None, "discount_kind": row.discount_kind,
        "discount_ends_at": row.discount_ends_at, "currency": account.currency, "interval": row.interval,
        "interval_count": 1, "usage_type": row.usage_type, "status": row.status, "is_trial": row.is_trial,
        "signed_at": row.signed_at, "started_at": row.started_at, "ended_at": row.ended_at,
        "cancel_requested_at": row.cancel_requested_at, "cancelled_at": row.cancelled_at,
        "cancel_reason": row.cancel_reason, "change_reason": row.change_reason,
    }  # fmt: skip


def contract_rows(accounts: list[Account]) -> list[Row]:
    """Every contract, the present one open."""
    return [row for account in accounts for row in account.contracts]


def trial_rows(accounts: list[Account]) -> list[Row]:
    """Fourteen days each, converted or not."""
    return [
        {
            "trial_id": f"T-{account.id[2:]}", "customer_id": account.id, "started_at": account.signed_up,
            "ends_at": account.signed_up + days(TRIAL_DAYS), "converted_at": past(account.starts),
        }
        for account in accounts
        if account.trial
    ]  # fmt: skip


def rate_rows(dice: Dice) -> list[Row]:
    """The first of each month, from the month before the first."""
    rows: list[Row] = []
    rates = {"EUR": Decimal("1.0950"), "GBP": Decimal("1.2650")}
    for month in range(-1, MONTHS):
        for currency, rate in rates.items():
            rates[currency] = rate + Decimal(dice.between(-140, 150)) / 10000
            rows.append({"currency": currency, "on": add_months(FIRST_DAY, month), "rate": rates[currency]})
    return rows
