"""Recurring revenue: MRR, ARR, the movements between two moments, and revenue per customer."""

from __future__ import annotations

from tenure.expr import END, Col, Expr, Length, Ratio, Steps, count, total
from tenure.metric import Family, Metric, Reading
from tenure.metrics._words import (
    active_users,
    customers_of_period,
    invoices,
    mrr,
    now,
    orders,
    paid,
    payments,
    pays,
    revenue,
    then,
)

paying = count(pays)

# Readings of MRR under another rule: the variant's name, the rule it fixes, and why it exists.
_READINGS = (
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

# Readings of a movement: what is one movement, and what a return is.
_MOVED = (
    ("monthly", "simultaneous", "month", "net per customer and calendar month, which hides what goes both ways in one"),
    ("window_60min", "simultaneous", "60min", "changes under 60 minutes apart are one movement, as in ChartMogul"),
    ("reactivation_as_new", "reactivation", "new", "who returns is new"),
    ("reactivation_as_expansion", "reactivation", "expansion", "who returns expands, as in Lago"),
    ("ignore_same_period", "same_period", "ignore", "who joins and leaves in one month is left out, as in ProfitWell"),
)


def _mrr(steps: Steps) -> Expr:
    return total(steps.at(END))


def _moved(kind: str) -> dict[str, Reading]:
    readings = {"default": Reading(total(mrr.moved(kind)), n=total(mrr.times(kind)))}
    for name, rule, answer, why in (*_MOVED, *(r for r in _READINGS if r[0] in _OF_MOVEMENTS)):
        steps = Steps("mrr", ((rule, answer),))
        readings[name] = Reading(total(steps.moved(kind)), why, total(steps.times(kind)))
    return readings


_OF_MOVEMENTS = ("gross", "paused_counts", "exclude_past_due", "scheduled_at", "cancelled_at", "spot_daily")
annual = Steps("mrr", (("terms", "annual"),))
committed = Steps("mrr", (("counts_from", "signing"),))
lost = -total(mrr.moved("contraction", "churn"))
fees = total(payments.sum(Col("fees")))

_MOVEMENT_DOC = """
*Formula.* The sum over customers and days of what changed from one day's close to the next, for those who {who}.
*Counts:* every customer whose MRR changed, net of all their items, once a day, in the workspace's time zone.
*Leaves out:* what exchange rates did (fx_mrr) and moves between segments (transfer_mrr).
*Empty:* 0 where nothing happened; no value without any subscription.
*Differs:* ChartMogul joins changes within 60 minutes (variant window_60min), most dashboards net whole months (monthly).
"""

FAMILY = Family(
    "revenue",
    (
        Metric(
            "mrr",
            "Monthly recurring revenue",
            "money",
            "up",
            """What customers pay per month at the end of the period, recurring, in the reporting currency.

*Formula.* The sum over items that run at the period's end of amount / months of its interval.
*Counts:* active and past-due items, net of discounts in force, credits netted per customer, never below 0 for one.
*Leaves out:* trials, paused, unpaid and incomplete stretches, metered use, one-off charges, tax.
*Empty:* 0 where nobody pays; no value without any subscription.
*Differs:* vendors disagree on discounts, pauses, the moment of churn and exchange rates; `tenure explain mrr --versus`
splits the difference by rule and by customer. Article 003 writes MRR = ARPU x users, with ARPU from all revenue,
which would bring one-off money in.""",
            {
                "default": Reading(_mrr(mrr), n=paying),
                **{
                    name: Reading(_mrr(s), why, count(s.at(END) > 0))
                    for name, rule, answer, why in _READINGS
                    for s in (Steps("mrr", ((rule, answer),)),)
                },
                "net_of_fees": Reading(
                    total(now) - Ratio(fees, Length("months")), "less the payment fees of the period, per month", paying
                ),
            },
            aliases=("monthly_recurring_revenue", "recurring_revenue"),
        ),
        Metric(
            "arr",
            "Annual recurring revenue",
            "money",
            "up",
            """Twelve times the MRR at the end of the period.

*Formula.* 12 x mrr. *Counts* and *leaves out* what mrr does. *Empty:* as mrr.
*Differs:* article 003 takes 12 x the average MRR (variant avg); article 004's sum of new, existing and upgrades is
the bridge from the opening ARR, which `tenure explain arr` prints.""",
            {
                "default": Reading(12 * total(now), n=paying),
                "avg": Reading(
                    Ratio(12 * total(mrr.over_days()), Length("days")), "12 x the mean MRR of the period", paying
                ),
                "annual_only": Reading(
                    12 * total(annual.at(END)), "only terms of twelve months or more", count(annual.at(END) > 0)
                ),
                "carr": Reading(12 * total(committed.at(END)), "12 x committed MRR", count(committed.at(END) > 0)),
            },
            aliases=("annual_recurring_revenue",),
        ),
        Metric(
            "new_mrr",
            "New MRR",
            "money",
            "up",
            "MRR of customers who pay for the first time." + _MOVEMENT_DOC.format(who="never paid before"),
            _moved("new"),
        ),
        Metric(
            "expansion_mrr",
            "Expansion MRR",
            "money",
            "up",
            "MRR that existing customers added." + _MOVEMENT_DOC.format(who="paid before and pay more"),
            _moved("expansion"),
        ),
        Metric(
            "contraction_mrr",
            "Contraction MRR",
            "money",
            "up",
            "MRR that customers who stay took away, 0 or below." + _MOVEMENT_DOC.format(who="pay less but still pay"),
            _moved("contraction"),
        ),
        Metric(
            "churned_mrr",
            "Churned MRR",
            "money",
            "up",
            "MRR of customers who stopped paying, 0 or below." + _MOVEMENT_DOC.format(who="pay nothing any more"),
            _moved("churn"),
            aliases=("mrr_churn", "churn_mrr"),
        ),
        Metric(
            "reactivation_mrr",
            "Reactivation MRR",
            "money",
            "up",
            "MRR of customers who had stopped paying and pay again." + _MOVEMENT_DOC.format(who="return after a stop"),
            _moved("reactivation"),
        ),
        Metric(
            "fx_mrr",
            "Exchange rate effect on MRR",
            "money",
            "neither",
            """What changes of exchange rates did to the MRR that was held.

*Formula.* The sum over days of MRR held at the close before x (the day's rate - the rate before).
*Counts:* amounts in other currencies than the reporting one. *Empty:* 0 where no rate changed.""",
            {"default": Reading(total(mrr.moved("fx")), n=total(mrr.times("fx")))},
        ),
        Metric(
            "transfer_mrr",
            "MRR moved between segments",
            "money",
            "neither",
            """MRR of customers who moved into the segment less that of those who moved out of it.

*Formula.* The sum over days of MRR held at the close before by customers whose attribute changed that day.
*Counts:* only with --by or --where on an attribute with history. *Empty:* 0 over all segments, and without them.""",
            {"default": Reading(total(mrr.moved("transfer")))},
        ),
        Metric(
            "net_new_mrr",
            "Net new MRR",
            "money",
            "up",
            """By how much MRR grew in the period: all movements and exchange rates together.

*Formula.* mrr at the end - mrr at the start. *Counts* what mrr counts. *Empty:* as mrr.""",
            {"default": Reading(total(now) - total(then), n=paying)},
        ),
        Metric(
            "quick_ratio",
            "Quick ratio",
            "ratio",
            "up",
            """How much MRR came for each unit that was lost.

*Formula.* (new + expansion + reactivation) / (|contraction| + |churn|). *Counts:* all movements of the period.
*Empty:* no value (no_losses) when nothing was lost. *Variants.* no_reactivation: as Baremetrics publishes it.""",
            {
                "default": Reading(
                    Ratio(total(mrr.moved("new", "expansion", "reactivation")), lost, "no_losses"),
                    n=total(mrr.times("new", "expansion", "reactivation", "contraction", "churn")),
                ),
                "no_reactivation": Reading(
                    Ratio(total(mrr.moved("new", "expansion")), lost, "no_losses"),
                    "returning customers are left out",
                    total(mrr.times("new", "expansion", "contraction", "churn")),
                ),
            },
        ),
        Metric(
            "expansion_rate",
            "Expansion rate",
            "share",
            "up",
            """Expansion of those who were customers at the start, as a share of their MRR then.

*Formula.* expansion movements of the cohort / MRR at the start. *Leaves out:* customers who joined since.
*Empty:* no value when nobody paid at the start. *Variants.* net: nrr - 1, article 003's box (25k to 30k is 20 %).
*Differs:* article 003's prose subtracts the end from the start; its box and its example win.""",
            {
                "default": Reading(total(mrr.moved("expansion").where(paid)) / total(then), n=count(paid)),
                "net": Reading(
                    total(mrr.at(END, rates="start").where(paid) - then) / total(then),
                    "what the same customers pay now against then, losses included",
                    count(paid),
                ),
            },
            windowed=True,
            aliases=("expansion_revenue", "gross_expansion_rate"),
        ),
        Metric(
            "arpa",
            "Average revenue per account",
            "money",
            "up",
            """MRR per paying customer at the end of the period.

*Formula.* mrr / customers with MRR at the same moment. *Empty:* no value when nobody pays.
*Variants.* asp: the MRR of new customers / their number. A ratio of sums, never a mean of ratios.""",
            {
                "default": Reading(total(now) / paying, n=paying),
                "asp": Reading(
                    total(mrr.moved("new")) / total(mrr.times("new")),
                    "the mean MRR of new customers",
                    total(mrr.times("new")),
                ),
            },
            aliases=("average_revenue_per_account",),
        ),
        Metric(
            "arpu",
            "Average revenue per user",
            "money",
            "up",
            """Revenue of the period per user who was active in it.

*Formula.* revenue / distinct active users (without events: customers of the period).
*Counts:* succeeded payments less refunds; without payments orders, else invoices, else MRR day by day.
*Empty:* no value without a user. *Variants.* paying: per customer of the period.""",
            {
                "default": Reading(revenue() / active_users(), n=None),
                "paying": Reading(revenue() / customers_of_period, "per customer of the period", customers_of_period),
            },
            aliases=("average_revenue_per_user",),
        ),
        Metric(
            "arpc",
            "Average revenue per customer",
            "money",
            "up",
            """Revenue of the period per customer of the period.

*Formula.* revenue / those who were a customer at one moment of the period. *Counts* the revenue that arpu counts.
*Empty:* no value without a customer.""",
            {"default": Reading(revenue() / customers_of_period, n=customers_of_period)},
            aliases=("average_revenue_per_customer",),
        ),
        Metric(
            "non_recurring_revenue",
            "Non-recurring revenue",
            "money",
            "up",
            """One-off money from customers: orders, and invoices that are not recurring.

*Formula.* orders (not cancelled or refunded) + invoices with `recurring` false (not draft or void).
*Leaves out:* MRR. *Empty:* 0 where nothing was sold; no value without orders and invoices.
*Variants.* per_customer. *Differs:* article 002 calls this expansion MRR and multiplies it by the customers.""",
            {
                "default": Reading(total(orders.sum(Col("sold"))) + total(invoices.sum(Col("one_off")))),
                "per_customer": Reading(
                    (total(orders.sum(Col("sold"))) + total(invoices.sum(Col("one_off")))) / customers_of_period,
                    "per customer of the period",
                    customers_of_period,
                ),
            },
        ),
    ),
)
