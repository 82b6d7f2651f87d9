"""Who stays and what they pay: customers, retention, churn, NRR and GRR, and cohorts by age."""

from __future__ import annotations

from tenure.expr import Aged, Over, Power, Ratio, count, least, total
from tenure.metric import Family, Metric, Reading
from tenure.metrics._words import customer, events, is_, mrr, now, now_at_old_rates, orders, paid, then, was

start, end = count(was), count(is_)
cohort = count(paid)
joined, left = total(customer.times("new")), total(customer.times("churn"))
came = total(customer.times("new", "reactivation"))

kept_mrr = now_at_old_rates.where(paid)
nrr = total(kept_mrr) / total(then)
grr = total(least(then, now_at_old_rates)) / total(then)
member_gains = total(mrr.moved("expansion", "reactivation").where(paid))
member_losses = total(mrr.moved("contraction", "churn").where(paid))  # negative
returned = total(now_at_old_rates.where(then.is_(0) & (mrr.times("reactivation") > 0)))
lost_share = Ratio(total(then - least(then, now_at_old_rates)), total(then))
churn_rate = count(was & ~is_) / start

FAMILY = Family(
    "retention",
    (
        Metric(
            "customers",
            "Customers",
            "count",
            "up",
            """How many customers there are at the end of the period.

*Formula.* The number of customers with MRR above 0; without subscriptions, with an order in the last 365 days; without
either, created before. *Empty:* 0 where there is none; no value in an empty workspace.
*Differs:* ChartMogul keeps free customers (policy free_is = "active_free").""",
            {"default": Reading(end, n=end)},
            aliases=("active_customers", "total_customers"),
        ),
        Metric(
            "new_customers",
            "New customers",
            "count",
            "up",
            """How many became a customer for the first time in the period.

*Formula.* The number of `new` movements. *Leaves out:* who was one before and returned (reactivation).
*Empty:* 0 where nobody joined.""",
            {"default": Reading(joined, n=joined)},
        ),
        Metric(
            "churned_customers",
            "Churned customers",
            "count",
            "down",
            """How many customers left in the period.

*Formula.* The number of `churn` movements; who leaves twice counts twice. *Empty:* 0 where nobody left.
*Differs:* Baremetrics counts churned subscriptions beside churned customers.""",
            {"default": Reading(left, n=left)},
            aliases=("lost_customers", "logo_churn_count"),
        ),
        Metric(
            "customer_growth",
            "Customer growth",
            "share",
            "up",
            """By which share the number of customers grew.

*Formula.* (customers at the end - at the start) / at the start. *Empty:* no value without customers at the start.
*Differs:* article 002 calls this churn; it is not: joiners hide who left (100 to 75 with 10 joiners is -25 % growth
and 35 % churn).""",
            {"default": Reading((end - start) / start, n=start)},
            aliases=("net_growth", "net_customer_growth"),
        ),
        Metric(
            "customer_retention_rate",
            "Customer retention rate",
            "share",
            "up",
            """Of those who were customers at the start, the share who are at the end.

*Formula.* customers at both moments / customers at the start. *Counts:* the same people at both ends.
*Leaves out:* everyone who joined since. *Empty:* no value without customers at the start.
*Variants.* counts: article 003's (end - new) / start, the same as long as no joiner leaves and nobody returns.""",
            {
                "default": Reading(count(was & is_) / start, n=start, wilson=True),
                "counts": Reading((end - joined) / start, "from counts alone: (end - new) / start", start),
            },
            windowed=True,
            aliases=("crr", "logo_retention", "retention_rate"),
        ),
        Metric(
            "customer_churn_rate",
            "Customer churn rate",
            "share",
            "down",
            """Of those who were customers at the start, the share who are not at the end.

*Formula.* customers at the start but not at the end / customers at the start = 1 - customer_retention_rate.
*Leaves out:* who joined since, also when they left again. *Empty:* no value without customers at the start.
*Differs:* Stripe's older page divides by start + joined (incl_new); article 004 by a "total number" it does not name.""",
            {
                "default": Reading(churn_rate, n=start, wilson=True),
                "any_exit": Reading(
                    count(was & (customer.times("churn") > 0)) / start,
                    "members who left, even if they are back",
                    start,
                    True,
                ),
                "incl_new": Reading(
                    left / (start + came), "all exits / (at start + joined), Stripe's older one", start
                ),
                "avg_base": Reading(Ratio(2 * left, start + end), "all exits / mean of start and end", start),
                "daily_sum": Reading(
                    Over(left / start, "day", "sum"), "each day's exits / customers that morning", start
                ),
                "annualised": Reading(1 - Power(1 - churn_rate, 12), "1 - (1 - rate)^12, never rate x 12", start),
            },
            windowed=True,
            aliases=("churn_rate", "logo_churn", "ccr", "attrition", "customer_churn"),
        ),
        Metric(
            "nrr",
            "Net revenue retention",
            "share",
            "up",
            """Of the MRR at the start, how much the same customers pay at the end.

*Formula.* MRR at the end of those who paid at the start / their MRR at the start, both at the exchange rates then.
*Leaves out:* everyone who did not pay at the start, returning customers too. *Empty:* no value if nobody paid.
*Variants.* movements: (start + expansion + reactivation - contraction - churn) / start, of the same customers;
include_winback: with those who returned (ChartMogul's net churn); annualised: the product of twelve months.
*Differs:* Baremetrics publishes it without reactivation.""",
            {
                "cohort": Reading(nrr, n=cohort),
                "movements": Reading(
                    Ratio(total(then) + member_gains + member_losses, total(then)),
                    "from the movements of members",
                    cohort,
                ),
                "include_winback": Reading(
                    Ratio(total(kept_mrr) + returned, total(then)), "with customers who had left and returned", cohort
                ),
                "annualised": Reading(
                    Over(nrr, "month", "product", 12), "the product of twelve monthly values", cohort
                ),
            },
            default="cohort",
            windowed=True,
            aliases=("net_revenue_retention", "net_dollar_retention", "ndr"),
        ),
        Metric(
            "grr",
            "Gross revenue retention",
            "share",
            "up",
            """Of the MRR at the start, how much is kept, growth left out.

*Formula.* the sum of the smaller of MRR then and now / MRR at the start, at the exchange rates then. Between 0 and 1,
never above nrr. *Empty:* no value if nobody paid at the start.
*Variants.* movements: (start - contraction - churn) / start; 100 to 60 and back is 60 % there and 100 % here.""",
            {
                "cohort": Reading(grr, n=cohort),
                "movements": Reading(
                    Ratio(total(then) + member_losses, total(then)), "from the losses of members", cohort
                ),
            },
            default="cohort",
            windowed=True,
            aliases=("gross_revenue_retention", "gross_dollar_retention", "gdr"),
        ),
        Metric(
            "revenue_churn_rate",
            "Revenue churn rate",
            "share",
            "down",
            """Of the MRR at the start, how much was lost, growth left out.

*Formula.* 1 - grr. *Empty:* no value if nobody paid at the start.
*Variants.* movements: (contraction + churn) / start, as ChartMogul's gross MRR churn; churned_only: the MRR at the
start of those gone at the end / start, article 004's.""",
            {
                "default": Reading(lost_share, n=cohort),
                "movements": Reading(
                    Ratio(-member_losses, total(then)), "contraction and churn movements / start", cohort
                ),
                "churned_only": Reading(
                    total(then.where(now.is_(0))) / total(then), "only of those gone at the end", cohort
                ),
            },
            windowed=True,
            aliases=("gross_mrr_churn_rate", "mrr_churn_rate", "gross_revenue_churn"),
        ),
        Metric(
            "net_revenue_churn_rate",
            "Net revenue churn rate",
            "share",
            "down",
            """Of the MRR at the start, how much was lost after the growth of the same customers; below 0 when they grew.

*Formula.* 1 - nrr. *Empty:* no value if nobody paid at the start.
*Variants.* include_winback: returning customers are credited, as ChartMogul does.""",
            {
                "default": Reading(total(then - kept_mrr) / total(then), n=cohort),
                "include_winback": Reading(
                    Ratio(total(then - kept_mrr) - returned, total(then)), "less MRR of those who returned", cohort
                ),
            },
            windowed=True,
            aliases=("net_mrr_churn_rate", "net_revenue_churn"),
        ),
        Metric(
            "cohort_retention",
            "Cohort retention",
            "share",
            "up",
            """Of the customers who joined in a period, the share who are customers k periods later.

*Formula.* customers at the end of the k-th period after / all who joined in the period; age 0 is its own end.
*Counts:* whoever became a customer for the first time in it, those gone before age 0 too.
*Empty:* no row for an age that lies after as_of. *Variants.* From use: active_bounded (in the k-th period),
active_unbounded (in it or later), active_continuous (in each up to it), active_return_by (in one of 1 to k);
ordered_... likewise from orders. *Differs:* "rolling" means unbounded to some vendors and continuous to others.""",
            {
                "default": Reading(Aged(is_), wilson=True),
                **{
                    f"{word}_{mode}": Reading(Aged(rows.count() > 0, mode), why, wilson=True)
                    for word, rows in (("active", events), ("ordered", orders))
                    for mode, why in (
                        ("bounded", f"{word} in the k-th period"),
                        ("unbounded", f"{word} in the k-th period or later"),
                        ("continuous", f"{word} in every period up to the k-th"),
                        ("return_by", f"{word} in one of the periods 1 to k"),
                    )
                },
                "active": Reading(Aged(events.count() > 0, "bounded"), "the same as active_bounded", wilson=True),
            },
            by=("age",),
        ),
        Metric(
            "revenue_retention",
            "Revenue retention by cohort",
            "share",
            "up",
            """Of what a cohort pays at age 0, how much the same customers pay k periods later.

*Formula.* MRR of the cohort at the end of the k-th period after / at the end of its own.
*Empty:* no value if the cohort paid nothing at age 0.""",
            {"default": Reading(Aged(now))},
            by=("age",),
        ),
    ),
)
