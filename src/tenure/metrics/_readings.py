"""MRR under other rules than the workspace's, as readings of several metrics, and how a documentation names them."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

# Readings of MRR under another rule: the variant's name, the rule it fixes, and why it exists.
READINGS = (
    ("gross", "discounts", "gross", "before discounts, as Lago shows it"),
    ("forever_only", "discounts", "forever_only", "only discounts that last forever are taken off, as Stripe does"),
    ("recurring_only", "discounts", "recurring_only", "discounts given once are not taken off"),
    ("include_metered", "metered", "included", "with metered use, as the mean of three months"),
    ("include_minimum_commit", "minimum", "included", "with minimum commitments"),
    ("exclude_past_due", "past_due", "excluded", "without subscriptions that are past due"),
    ("auto_churn_after", "past_due", "auto_churn", "past due counts for `past_due_days` days only"),
    ("paused_counts", "paused", "counts", "paused subscriptions count as if they ran"),
    ("paused_is_churn", "paused", "churn", "a pause is churn (the same figure as the default)"),
    ("paid_trial_counts", "trial", "paid_counts", "trials that are paid for count"),
    ("full_refund_cancels", "refunds", "full_refund_cancels", "a full refund ends the subscription it paid for"),
    ("week_exact", "week", "exact", "a week is 12 x 7 / 365.25 months"),
    ("scheduled_at", "churn_at", "scheduled_at", "a cancellation counts when the customer asks for it"),
    ("cancelled_at", "churn_at", "cancelled_at", "a cancellation counts when the billing system ends it"),
    ("spot_daily", "fx", "in_movements", "exchange rate changes are movements, not a line of their own"),
    ("rate_at_signing", "fx", "at_signing", "each stretch keeps the exchange rate of the day it was signed"),
    ("no_conversion", "fx", "none", "amounts as they stand, whatever their currency"),
    ("committed", "counts_from", "signing", "signed future starts count, scheduled cancellations do not"),
)


def said(rows: Iterable[tuple[str, str, str, str]], *more: str) -> str:
    """The readings of a table above as they stand in a metric's documentation."""
    return "; ".join([*(f"{name}: {why}" for name, _, _, why in rows), *more]) + "."


def wrapped(text: str) -> str:
    """A documentation whose parts were put in, its lines made no longer than 120."""
    return "\n".join(fill(line, 120) for line in text.strip().splitlines())
