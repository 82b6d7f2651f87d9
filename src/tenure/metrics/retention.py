"""Who stays and what they pay: customers, retention, churn, NRR and GRR, and cohorts by age."""

from __future__ import annotations

from tenure.expr import END, Aged, Over, Power, Ratio, Steps, count, least, total
from tenure.metric import WILSON, Family, Metric, Reading
from tenure.metrics._words import customer, events, is_, mrr, now, now_at_old_rates, orders, paid, then, was

start, end = count(was), count(is_)
known = count(Steps("known").at(END) > 0)
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

*Formula.* The number of customers with MRR above 0 at the period's end.
*Counts:* without subscriptions, those with an order in the last 365 days (`order_customer_days`); without either,
those who were created before.
*Leaves out:* who is on trial, paused, or pays nothing.
*Empty:* 0 where there is none; no value in an empty workspace.
*Variants.* all: everyone any table knows by then; `--by state` splits them into prospects, on trial, free, paying,
paused, past due, churned and reactivated.
*Differs:* in ChartMogul customers who have come to pay 0 stay active by default (policy free_is = "active_free").
*Example:* on the small world, 2024-03: 10.""",
            {"default": Reading(end, n=end), "all": Reading(known, "everyone who is known", known)},
            aliases=("active_customers", "total_customers"),
        ),
        Metric(
            "new_customers",
            "New customers",
            "count",
            "up",
            """How many became a customer for the first time in the period.

*Formula.* The number of `new` movements of the period's days.
*Counts:* everyone who was never a customer at the close of an earlier day, also those who leave again in the period.
*Leaves out:* customers who had left and returned (reactivation); trials until they pay.
*Empty:* 0 where nobody joined; no value in an empty workspace.
*Differs:* ProfitWell leaves out who joins and leaves within a month; PostHog counts who paid nothing in the period
before as new, returning customers too.
*Example:* on the small world, 2024-Q1: 2.""",
            {"default": Reading(joined, n=joined)},
        ),
        Metric(
            "churned_customers",
            "Churned customers",
            "count",
            "down",
            """How many customers left in the period.

*Formula.* The number of `churn` movements of the period's days; who leaves twice counts twice.
*Counts:* everyone whose MRR fell to 0, a pause included, also those who joined in the same period.
*Leaves out:* customers who ended one of several subscriptions and go on paying.
*Empty:* 0 where nobody left; no value in an empty workspace.
*Differs:* Baremetrics counts churned subscriptions beside churned customers; ProfitWell leaves out who joins and leaves
within a month.
*Example:* on the small world, 2024-02: 2.""",
            {"default": Reading(left, n=left)},
            aliases=("lost_customers", "logo_churn_count"),
        ),
        Metric(
            "customer_growth",
            "Customer growth",
            "share",
            "up",
            """By which share the number of customers grew.

*Formula.* (customers at the end - customers at the start) / customers at the start.
*Counts:* all customers at both moments, those who joined in between too.
*Leaves out:* nobody, which is why it says nothing about who stayed.
*Empty:* no value without customers at the start.
*Differs:* "The 11 Most Important Customer Success KPIs" calls this churn. It is not, since joiners hide who left: 100
customers that become 75, 10 of them new, are -25 % growth and 35 % churn.
*Example:* on the small world, 2024-03: 11.1 %.""",
            {"default": Reading((end - start) / start, n=start)},
            aliases=("net_growth", "net_customer_growth"),
        ),
        Metric(
            "customer_retention_rate",
            "Customer retention rate",
            "share",
            "up",
            """Of those who were customers at the start, the share who are at the end.

*Formula.* Customers at both moments / customers at the start; always 1 - customer_churn_rate.
*Counts:* the same customers at both ends, also those who left and came back in between.
*Leaves out:* everyone who joined since.
*Empty:* no value without customers at the start.
*Variants.* counts: (customers at the end - new customers) / customers at the start, as Dock's "22 goals & KPIs" has
it: the same as long as no joiner leaves and nobody returns (500, 43 new, 512 at the end: 93.8 %).
*Differs:* from counts alone one cannot see who stayed; this looks at the customers themselves.
*Example:* on the small world, 2024-01: 80 %.""",
            {
                "default": Reading(count(was & is_) / start, n=start, interval=WILSON),
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

*Formula.* Customers at the start who are gone at the end / customers at the start; always 1 - customer_retention_rate.
*Counts:* customers of the start only; a pause is a departure as long as it lasts.
*Leaves out:* who joined since, also when they left again; who left and is back at the end.
*Empty:* no value without customers at the start.
*Variants.* any_exit: customers of the start who left at least once, even if they are back; incl_new: all exits /
(customers at the start + those who joined or returned), Stripe's older definition; avg_base: all exits / the mean of
the customers at the start and at the end; daily_sum: the sum of each day's exits / the customers of that morning;
annualised: 1 - (1 - rate)^12, what a month's rate makes in a year.
*Differs:* Stripe's older page divides by start + joined (incl_new), "8 Proven KPIs" by a total it does not name. A
year's churn is never 12 times a month's: 5 % a month is 45.96 % a year.
*Benchmark:* 5 % a month is average (SaaS; Dock's "22 goals & KPIs", which names no source).
*Example:* on the small world, 2024-01: 20 %.""",
            {
                "default": Reading(churn_rate, n=start, interval=WILSON),
                "any_exit": Reading(
                    count(was & (customer.times("churn") > 0)) / start,
                    "members who left, even if they are back",
                    start,
                    WILSON,
                ),
                "incl_new": Reading(
                    left / (start + came), "all exits / (at start + joined), Stripe's older one", start
                ),
                "avg_base": Reading(left / ((start + end) / 2), "all exits / mean of start and end", start),
                "daily_sum": Reading(
                    Over(left / start, "day", "sum"), "each day's exits / customers that morning", start
                ),
                "annualised": Reading(1 - Power(1 - churn_rate, 12), "1 - (1 - rate)^12, never rate x 12", start),
            },
            windowed=True,
            aliases=("churn_rate", "logo_churn", "ccr", "attrition", "customer_churn"),
            benchmark="5 % a month is average (SaaS; Dock, Customer Success Metrics: 22 goals & KPIs)",
        ),
        Metric(
            "nrr",
            "Net revenue retention",
            "share",
            "up",
            """Of the MRR at the start, how much the same customers pay at the end.

*Formula.* MRR at the end of those who paid at the start / MRR at the start, both at the exchange rates of the start.
*Counts:* expansion, contraction and churn of the customers who paid at the start; their segment is that of the start.
*Leaves out:* everyone who did not pay at the start: new customers, and those who had left and returned.
*Empty:* no value when nobody paid at the start; no value without subscriptions.
*Variants.* cohort: by the customers of the start, the default; movements: (start + expansion + reactivation -
contraction - churn) / start, of the same customers; include_winback: with the customers who had left and returned;
annualised: the product of the last twelve months' values.
*Differs:* ChartMogul's net churn credits returning customers (include_winback); Baremetrics names only expansion and
churn. With `--window 12m` the cohort stands a year before the end, which is not the product of twelve months.
*Example:* on the small world, 2024-02: 95 %.""",
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

*Formula.* The sum, over the customers of the start, of the smaller of MRR then and MRR now / MRR at the start, at the
exchange rates of the start. Between 0 and 1, and never above nrr.
*Counts:* contraction and churn of the customers who paid at the start, as far as it lasts to the end.
*Leaves out:* expansion, new and returning customers.
*Empty:* no value when nobody paid at the start; no value without subscriptions.
*Variants.* cohort: by what each customer pays at both ends, the default; movements: (start - contraction - churn) /
start, of the same customers: 100 that falls to 60 and is back at 100 is 60 % there and 100 % by cohort.
*Differs:* 1 - ChartMogul's gross MRR churn rate is the variant movements.
*Example:* on the small world, 2024-02: 80 %.""",
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

*Formula.* 1 - grr: what each customer of the start pays less at the end / MRR at the start.
*Counts:* contraction and churn of the customers who paid at the start, as far as it lasts to the end.
*Leaves out:* expansion, new and returning customers.
*Empty:* no value when nobody paid at the start; no value without subscriptions.
*Variants.* movements: (contraction + churn) / MRR at the start, of the same customers; churned_only: the MRR at the
start of those who are gone at the end / MRR at the start.
*Differs:* ChartMogul's gross MRR churn rate is the variant movements; "8 Proven KPIs" means churned_only.
*Example:* on the small world, 2024-01: 16 %.""",
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
            """Of the MRR at the start, how much was lost after the same customers' growth; below 0 when they grew.

*Formula.* 1 - nrr: (MRR at the start - MRR at the end of those who paid then) / MRR at the start.
*Counts:* expansion, contraction and churn of the customers who paid at the start.
*Leaves out:* everyone who did not pay at the start.
*Empty:* no value when nobody paid at the start; no value without subscriptions.
*Variants.* include_winback: less the MRR of customers who had left and returned.
*Differs:* ChartMogul credits returning customers, who were not in the opening MRR (include_winback).
*Example:* on the small world, 2024-03: -3 %.""",
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

*Formula.* Those of them who are customers at the end of the k-th period after / all who joined in the period; age 0 is
the end of the period itself.
*Counts:* whoever became a customer for the first time in the period, also those gone before its end.
*Leaves out:* returning customers, who stay in their first cohort; ages that lie after as_of.
*Empty:* no value where nobody joined in the period.
*Variants.* From use: active_bounded: active in the k-th period after (active is the same); active_unbounded: in the
k-th or any later one; active_continuous: in every one up to the k-th; active_return_by: in at least one of the first k.
From orders, likewise: ordered_bounded: ordered in the k-th period after; ordered_unbounded: in the k-th or later;
ordered_continuous: in every one up to the k-th; ordered_return_by: in at least one of the first k.
*Differs:* "rolling" retention is unbounded to many and continuous to PostHog, so neither is called that here. Stripe's
cohorts follow months in UTC; these follow the workspace's calendar.
*Example:* on the small world, 2023-12, age 1: 50 %.""",
            {
                "default": Reading(Aged(is_), interval=WILSON),
                **{
                    f"{word}_{mode}": Reading(Aged(rows.count() > 0, mode), why, interval=WILSON)
                    for word, rows in (("active", events), ("ordered", orders))
                    for mode, why in (
                        ("bounded", f"{word} in the k-th period"),
                        ("unbounded", f"{word} in the k-th period or later"),
                        ("continuous", f"{word} in every period up to the k-th"),
                        ("return_by", f"{word} in one of the periods 1 to k"),
                    )
                },
                "active": Reading(Aged(events.count() > 0, "bounded"), "the same as active_bounded", interval=WILSON),
            },
            by=("age",),
        ),
        Metric(
            "revenue_retention",
            "Revenue retention by cohort",
            "share",
            "up",
            """Of what a cohort pays at the end of its first period, how much the same customers pay k periods later.

*Formula.* MRR of the cohort at the end of the k-th period after / at the end of its own; above 1 when it grew.
*Counts:* everyone who became a customer for the first time in the period.
*Leaves out:* what the cohort paid before its period's end; ages that lie after as_of.
*Empty:* no value if the cohort paid nothing at age 0.
*Differs:* Stripe's cohorts follow months in UTC; these follow the workspace's calendar.
*Example:* on the small world, 2023-12, age 1: 45 %.""",
            {"default": Reading(Aged(now))},
            by=("age",),
        ),
    ),
)
