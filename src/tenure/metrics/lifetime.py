"""How long customers stay and what they are worth, what it costs to win and to keep them."""

from __future__ import annotations

from fractions import Fraction

from tenure.expr import Across, Col, Const, Expr, FirstWith, Length, Named, Power, Ratio, Rows, Setting, count, total
from tenure.lasting import Fetched, Of, Stays, restricted_mean
from tenure.metric import Family, Metric, Reading
from tenure.metrics._words import customer, customers_of_period, is_, mrr, now, orders, paid, pays, revenue, was

MONTH = Fraction("30.4375")
YEAR = 12 * MONTH
LONGEST = 60
HORIZON = 36

costs = Rows("costs", "day", said="costs of the period")
earlier = Rows("costs", "lagged_day", of="costs", said="costs of one sales cycle before")
headcount = Rows("headcount", "k", of="staff", said="headcount at the period's end")
year = Rows("orders_of_a_year", "k", of="orders", said="orders of the twelve months to the period's end")
received = {
    name: Rows(f"{name}_so_far", "k", of=name, said=f"{name} so far") for name in ("payments", "orders", "invoices")
}

margin, kept_share = Setting("gross_margin"), Setting("retention_share")
stays = Across("curve", Stays(customer))
stayed = restricted_mean(stays, LONGEST, MONTH)
lifespan = Named(stayed, "customer lifespan in months")
months = Length("months")

start, end = count(was), count(is_)
retained = count(was & is_)
joined = total(customer.times("new"))
arpa = Named(total(now) / count(pays), "ARPA")
left_a_month = Named(Const(1) - Power(retained / start, Ratio(Const(1), months)), "the churn rate of a month")
by_churn = Ratio(arpa * margin, left_a_month)


def _spent(*categories: str) -> Expr:
    return total(costs.sum(Col("spent", money=True), Col("category").is_(*categories)))


acquisition, retention = _spent("acquisition"), _spent("retention")
cac = acquisition / joined
spent_before = total(earlier.sum(Col("spent", money=True), Col("category").is_("acquisition")))
new_arpa = total(mrr.moved("new")) / joined
worth = total(now.where(paid)) * months * margin * kept_share

of_a_year, known = year.sum(Col("orders")), year.sum(Col("orders"), Col("cust").is_set())
# the average is over every order, as in average_purchase_value; the frequency is that of known customers
a_year = Named(
    (total(year.sum(Col("sold", money=True))) / total(of_a_year)) * (total(known) / count(known > 0)),
    "what a buyer orders in twelve months",
)
by_purchase = Ratio(a_year * lifespan * margin, Const(12))
sold, number = total(orders.sum(Col("sold"))), total(orders.count())
buyers = count(orders.count(Col("cust").is_set()) > 0)
by_value = (sold / number) * (number / buyers) * Of(stays, "plain", YEAR) * Ratio(Const(12), months)
habits = Rows("buyers", "k", of="orders", said="buyers so far")
bought = Across("rows", Fetched(habits, ("cust", "repeats", "last", "watched", "cents")))
will_stay = Named(Of(stays, "discounted", MONTH, HORIZON), "the discounted months expected of the next 36")
will_renew = Named(Of(stays, "renewing", MONTH, HORIZON), "the discounted months the sBG model expects of the next 36")
will_order = Named(
    Of(bought, "buying", horizon=HORIZON), "discounted orders that BG/NBD and gamma-gamma expect in 36 months"
)
clv = FirstWith((("subscriptions", by_churn),), by_purchase)
buyers_of_a_year, buyers_so_far = count(known > 0), total(habits.count())


def _so_far(name: str) -> Ratio:
    amount = received[name].sum(Col("so_far", money=True))
    return Ratio(total(amount) * margin, count(received[name].count() > 0))


FAMILY = Family(
    "lifetime",
    (
        Metric(
            "customer_lifespan",
            "Customer lifespan",
            "months",
            "up",
            """How long customers stay, in months of the next five years.

*Formula.* The area under the survival curve (Kaplan-Meier) of all customers so far, up to 60 months.
*Counts:* everyone who was ever a customer by the period's end: from first becoming one to the last exit, gaps bridged;
who still is one counts as staying on, as long as others like them did.
*Leaves out:* what lies beyond 60 months; the curve's last value is carried there.
*Empty:* no value before the first customer.
*Differs:* "8 Proven KPIs" averages the years of those who left and of those who stay alike, which is too short as long
as anybody stays; 1 / churn assumes that everyone leaves at the same rate for ever.
*Example:* on the small world, 2024-03: 47.7.""",
            {"default": Reading(stayed)},
            aliases=("average_customer_lifespan", "customer_lifetime", "acl"),
        ),
        Metric(
            "clv",
            "Customer lifetime value",
            "money",
            "up",
            """What a customer is worth over the whole relationship.

*Formula.* With subscriptions ARPA x margin / monthly churn; else what a customer orders in a year x the years they stay
x margin.
*Counts:* the gross margin of [policy]; without one it is revenue, not margin.
*Leaves out:* the cost of winning and serving the customer; the value of money over time, but for predictive.
*Empty:* no value where nobody left (churn), nobody ordered (purchase), or nobody was a customer.
*Variants.* churn: ARPA x margin / (1 - (1 - customer_churn_rate)^(1 / months of the period)); purchase: over the twelve
months to the period's end, average_purchase_value x purchase_frequency x customer_lifespan / 12 x margin; arpc: revenue
per customer and month x customer_lifespan; value: average purchase value x yearly purchase frequency x mean years of
all customers so far; historic: what came in so far per customer who ever paid x margin; predictive: the next 36 months,
10 % a year discounted: with subscriptions ARPA x margin x the months expected by the survival curve, else
predictive_orders; predictive_sbg: the same months by the shifted-beta-geometric model of renewals; predictive_orders:
what buyers will order by the models BG/NBD and gamma-gamma; predictive_pareto: by Pareto/NBD and gamma-gamma.
*Differs:* three of the articles multiply a mean spend by a mean lifespan (purchase, value, arpc); billing screens
divide ARPA by churn (churn), which one quiet month makes very large.
*Example:* on the small world, 2024-02: 1,000 USD.""",
            {
                "default": Reading(clv, n=FirstWith((("subscriptions", start),), buyers_of_a_year)),
                "churn": Reading(by_churn, "ARPA x margin / monthly churn", start),
                "purchase": Reading(by_purchase, "orders of a year x years x margin", buyers_of_a_year),
                "arpc": Reading(
                    Ratio(revenue(), customers_of_period) * Ratio(lifespan, months),
                    "revenue per month x months they stay",
                    customers_of_period,
                ),
                "value": Reading(by_value, "purchase value x frequency x years, as the articles have it", buyers),
                "historic": Reading(
                    FirstWith((("payments", _so_far("payments")), ("orders", _so_far("orders"))), _so_far("invoices")),
                    "what came in so far",
                ),
                "predictive": Reading(
                    FirstWith((("subscriptions", arpa * margin * will_stay),), will_order * margin),
                    "36 months ahead, discounted: by the survival curve, or by BG/NBD and gamma-gamma",
                    FirstWith((("subscriptions", count(pays)),), buyers_so_far),
                ),
                "predictive_sbg": Reading(
                    arpa * margin * will_renew, "36 months by the sBG model of renewals, discounted", count(pays)
                ),
                "predictive_orders": Reading(
                    will_order * margin, "36 months of orders by BG/NBD and gamma-gamma", buyers_so_far
                ),
                "predictive_pareto": Reading(
                    Of(bought, "buying_pareto", horizon=HORIZON) * margin,
                    "the same by Pareto/NBD and gamma-gamma",
                    buyers_so_far,
                ),
            },
            aliases=("ltv", "lcv", "customer_lifetime_value", "lifetime_value"),
        ),
        Metric(
            "cac",
            "Customer acquisition cost",
            "money",
            "down",
            """What it costs to win a customer.

*Formula.* Costs of acquisition in the period / new customers in the period.
*Counts:* costs of the category `acquisition` (advertising, salaries, commissions, tooling), times their share.
*Leaves out:* customers who returned; costs of keeping customers (crc).
*Empty:* no value where nobody joined.
*Variants.* lagged: the costs of one sales cycle (`cac_lag_months` of the policy) before / new customers in the period.
*Differs:* with a long sales cycle the cost falls before the customer; ask the lagged variant, or a quarter or year.
*Benchmark:* 5 to 7 times the cost of keeping one (all businesses; Dock's "22 goals & KPIs"); 5 to 25 times in another.
*Example:* on the small world, 2024-01: 300 USD.""",
            {
                "default": Reading(cac, n=joined),
                "lagged": Reading(spent_before / joined, "by the costs of one sales cycle before", n=joined),
            },
            aliases=("customer_acquisition_cost",),
            benchmark="5 to 7 times the cost of keeping a customer (all businesses; Dock, Customer Success Metrics: 22 "
            "goals & KPIs)",
        ),
        Metric(
            "cac_payback",
            "CAC payback",
            "months",
            "down",
            """How many months it takes until a new customer has paid back what winning them cost.

*Formula.* cac / (MRR of new customers at their first day's close / their number x margin).
*Counts:* the gross margin of [policy]; without one it is revenue, not margin.
*Leaves out:* expansion and churn in the months until then.
*Empty:* no value where nobody joined, or joiners pay nothing.
*Variants.* revenue: without the margin.
*Differs:* many screens leave the margin out, which makes payback look quicker (revenue).
*Example:* on the small world, 2024-01: 1.9.""",
            {
                "default": Reading(Ratio(cac, new_arpa * margin), n=joined),
                "revenue": Reading(Ratio(cac, new_arpa), "without the margin", joined),
            },
            aliases=("cac_payback_months", "payback_period"),
        ),
        Metric(
            "clv_to_cac",
            "CLV to CAC",
            "ratio",
            "up",
            """How many times over a customer brings back what winning them cost.

*Formula.* clv / cac.
*Counts:* what clv and cac count.
*Leaves out:* what clv and cac leave out.
*Empty:* no value where either has none, or winning customers cost nothing.
*Differs:* it inherits every choice of its two parts; compare it with itself over time, not with others'.
*Example:* on the small world, 2024-02: 3.3.""",
            {
                "default": Reading(
                    Ratio(Named(clv, "customer lifetime value"), Named(cac, "customer acquisition cost")), n=joined
                )
            },
            aliases=("ltv_to_cac", "ltv_cac", "ltv_cac_ratio"),
        ),
        Metric(
            "crc",
            "Customer retention cost",
            "money",
            "down",
            """What it costs to keep a customer.

*Formula.* Costs of retention in the period / customers of the start who are customers at the end.
*Counts:* costs of the category `retention` (success team, tooling, loyalty, communications), times their share.
*Leaves out:* the cost of winning customers; customers who joined since.
*Empty:* no value where nobody stayed.
*Variants.* all: costs of retention and acquisition / customers at the end, as "The 11 Most Important Customer Success
KPIs" has it.
*Differs:* that article sets it beside MRR, which is of all customers; compare it with ARPA x months.
*Example:* on the small world, 2024-01: 50 USD.""",
            {
                "default": Reading(retention / retained, n=retained),
                "all": Reading(
                    _spent("retention", "acquisition") / end, "winning and keeping, over all customers", end
                ),
            },
            aliases=("customer_retention_cost",),
        ),
        Metric(
            "retention_roi",
            "Return on retention",
            "share",
            "up",
            """What keeping customers brings in, over what it costs.

*Formula.* (MRR at the end of those who paid at the start x months x margin x share - cost) / cost of retention.
*Counts:* `gross_margin` and `retention_share` of [policy], the part of retained revenue that retention work takes
credit for.
*Leaves out:* customers who joined since; costs of other kinds.
*Empty:* no value where keeping customers cost nothing.
*Differs:* nobody knows which customers would have stayed anyway; with the share at 1 it takes credit for all of them.
*Example:* on the small world, 2024-01: 110 %.""",
            {"default": Reading(Ratio(worth - retention, retention), n=retained)},
        ),
        Metric(
            "customers_per_employee",
            "Customers per employee",
            "ratio",
            "up",
            """How many customers there are for each person who works here.

*Formula.* Customers at the end of the period / the latest headcount, departments summed.
*Counts:* each department's latest row before the period's end.
*Leaves out:* departments nobody has reported yet.
*Empty:* no value without headcount.
*Differs:* sales per employee is another figure; here it is customers.
*Example:* on the small world, 2024-03: 2.""",
            {"default": Reading(Ratio(end, Ratio(total(headcount.sum(Col("heads"))), Const(10_000))), n=end)},
        ),
    ),
)
