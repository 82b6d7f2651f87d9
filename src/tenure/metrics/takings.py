"""Whether payments go through and orders stay: what health scores look at besides use."""

from __future__ import annotations

from tenure.expr import Col, Rows, total
from tenure.metric import WILSON, Family, Metric, Reading
from tenure.metrics._words import payments

placed = Rows("placed_orders", "placed_day", of="orders", said="orders placed in the period")
tried = total(payments.count(Col("fate").is_("succeeded", "failed")))
number = total(placed.count())

FAMILY = Family(
    "takings",
    (
        Metric(
            "payment_success",
            "Payment success",
            "share",
            "up",
            """The share of attempts to collect a payment that succeed.

*Formula.* succeeded payments / (succeeded + failed payments), by the day of the attempt.
*Counts:* each attempt once; one that is tried again counts again.
*Leaves out:* refunds.
*Empty:* no value when no payment was tried.
*Differs:* billing systems count an invoice that was paid at the third attempt as paid; here two of its three attempts
failed.
*Example:* on the small world, 2024-01: 66.7 %.""",
            {"default": Reading(total(payments.count(Col("fate").is_("succeeded"))) / tried, n=tried, interval=WILSON)},
            aliases=("payment_success_rate",),
        ),
        Metric(
            "return_rate",
            "Return rate",
            "share",
            "down",
            """The share of orders that are cancelled or refunded.

*Formula.* orders placed in the period that were cancelled or refunded / orders placed in the period.
*Counts:* every order by the day on which it was placed, whole.
*Leaves out:* when it was undone, which the data do not say: a figure of the past can still rise.
*Empty:* no value without an order in the period.
*Differs:* shops often divide returned items by items sold.
*Example:* on the small world, 2024-01: 50 %.""",
            {"default": Reading(total(placed.sum(Col("undone"))) / number, n=number, interval=WILSON)},
            aliases=("refund_rate",),
        ),
    ),
)
