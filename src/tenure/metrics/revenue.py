"""Recurring revenue: MRR and ARR, and what comes from each customer."""

from __future__ import annotations

from tenure.expr import END, Col, Expr, Length, Ratio, Steps, count, total
from tenure.metric import Family, Metric, Reading
from tenure.metrics._readings import READINGS, said, wrapped
from tenure.metrics._words import (
    active_users,
    customers_of_period,
    invoices,
    mrr,
    now,
    orders,
    payments,
    pays,
    revenue,
)

paying = count(pays)
annual = Steps("mrr", (("terms", "annual"),))
committed = Steps("mrr", (("counts_from", "signing"),))
fees = total(payments.sum(Col("fees")))


def _mrr(steps: Steps) -> Expr:
    return total(steps.at(END))


FAMILY = Family(
    "revenue",
    (
        Metric(
            "mrr",
            "Monthly recurring revenue",
            "money",
            "up",
            wrapped(f"""What customers pay per month at the end of the period, recurring, in the reporting currency.

*Formula.* The sum, over the items that run at the period's end, of amount / months of the billing interval.
*Counts:* active and past-due items, net of the discounts in force; credits net within a customer, who is never below 0.
*Leaves out:* trials, paused, unpaid and incomplete stretches, metered use, minimum commitments, one-off charges, tax.
*Empty:* 0 where nobody pays; no value without any subscription.
*Variants.* {said(READINGS, "net_of_fees: less the payment fees of the period, per month")}
*Differs:* vendors disagree on discounts, pauses, the moment of churn and exchange rates:
`tenure explain mrr --period P --versus chartmogul` splits the difference by rule and by customer. Dock's "22 goals &
KPIs" writes MRR = ARPU x users, with ARPU from all revenue, which would bring one-off money in.
*Example:* on the small world, 2024-03: 1,130 USD."""),
            {
                "default": Reading(_mrr(mrr), n=paying),
                **{
                    name: Reading(_mrr(s), why, count(s.at(END) > 0))
                    for name, rule, answer, why in READINGS
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

*Formula.* 12 x mrr.
*Counts:* what mrr counts.
*Leaves out:* what mrr leaves out.
*Empty:* 0 where nobody pays; no value without any subscription.
*Variants.* avg: 12 x the mean MRR of the period's days; annual_only: only terms of twelve months or more; carr: 12 x
committed MRR (signed future starts count, cancellations asked for do not).
*Differs:* Dock's "22 goals & KPIs" takes 12 x the average MRR (avg). The sum in "8 Proven KPIs", new + existing +
upgrades - downgrades - churn, is the way from the opening to the closing ARR; `tenure explain arr` prints it.
*Example:* on the small world, 2024-03: 13,560 USD.""",
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
            "arpa",
            "Average revenue per account",
            "money",
            "up",
            """MRR per paying customer at the end of the period.

*Formula.* mrr / customers with MRR above 0 at the same moment: a ratio of sums, never a mean of ratios.
*Counts:* what mrr counts.
*Leaves out:* customers who pay nothing; one-off money (see arpc).
*Empty:* no value when nobody pays.
*Variants.* asp: the MRR of new customers / their number, the average sale.
*Differs:* Dock's "22 goals & KPIs" divides all revenue by users or accounts: that is arpu and arpc here.
*Example:* on the small world, 2024-03: 113 USD.""",
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

*Formula.* Revenue of the period / distinct users with an active event in it.
*Counts:* succeeded payments less refunds; without payments orders, else invoices, else MRR day by day. Without events
the customers of the period are its users.
*Leaves out:* failed payments, cancelled orders, draft and void invoices; users who did nothing.
*Empty:* no value without an active user; no value in an empty workspace.
*Variants.* paying: per customer of the period instead of per user.
*Differs:* Dock's "22 goals & KPIs" divides by users or accounts and does not say which: 52,000 / 2,500 is 20.80.
*Example:* on the small world, 2024-01: 110 USD.""",
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

*Formula.* Revenue of the period / those who were a customer at one moment of it.
*Counts:* succeeded payments less refunds; without payments orders, else invoices, else MRR day by day.
*Leaves out:* failed payments, cancelled orders, draft and void invoices.
*Empty:* no value without a customer in the period.
*Differs:* per month it need not equal arpa: revenue is money received or billed, MRR is what runs.
*Example:* on the small world, 2024-01: 100 USD.""",
            {"default": Reading(revenue() / customers_of_period, n=customers_of_period)},
            aliases=("average_revenue_per_customer",),
        ),
        Metric(
            "non_recurring_revenue",
            "Non-recurring revenue",
            "money",
            "up",
            """One-off money from customers: orders, and invoices that are not recurring.

*Formula.* Orders + invoices with `recurring` false, of the period.
*Counts:* orders by the day they were placed, invoices by the day they were issued.
*Leaves out:* MRR; orders that were cancelled or refunded, invoices in draft or void.
*Empty:* 0 where nothing was sold; no value without orders and without invoices.
*Variants.* per_customer: per customer of the period.
*Differs:* "The 11 Most Important Customer Success KPIs" calls this expansion MRR, though it is not recurring, and
multiplies it by the number of customers.
*Example:* on the small world, 2024-01: 500 USD.""",
            {
                "default": Reading(
                    total(orders.sum(Col("sold"))) + total(invoices.sum(Col("one_off"))),
                    n=total(orders.count()) + total(invoices.count(~Col("one_off").is_(0))),
                ),
                "per_customer": Reading(
                    (total(orders.sum(Col("sold"))) + total(invoices.sum(Col("one_off")))) / customers_of_period,
                    "per customer of the period",
                    customers_of_period,
                ),
            },
        ),
    ),
)
