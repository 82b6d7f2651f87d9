"""What happens when a term ends or a customer buys more: renewals, upsell, cross-sell."""

from __future__ import annotations

from tenure.expr import Col, Flow, Ratio, Rows, count, least, total
from tenure.metric import WILSON, Family, Metric, Reading
from tenure.metrics._words import paid, then

terms = Rows("terms", "due_day", planned=True)
signings = Rows("terms", "signing_day", planned=True)
sales = Rows("sales", "day")

outcome = Col("outcome")
decided = outcome.is_("renewed", "churned")
due = total(terms.sum(Col("due_value"), decided))
new_value = Col("new_value")


def _sold(kind: str) -> Flow:
    return sales.sum(Col("amount"), Col("kind").is_(kind))


def _sale_readings(kind: str) -> dict[str, Reading]:
    bought = sales.count(Col("kind").is_(kind)) > 0
    return {
        "customers": Reading(count(paid & bought) / count(paid), n=count(paid), interval=WILSON),
        "revenue": Reading(total(_sold(kind).where(paid)) / total(then), "its MRR / MRR at the start", count(paid)),
    }


FAMILY = Family(
    "renewals",
    (
        Metric(
            "renewal_rate",
            "Renewal rate",
            "share",
            "up",
            """Of the contracts that ended in the period and are decided, the share that was renewed.

*Formula.* renewed / (renewed + churned), by the day on which the contract ends.
*Counts:* an early renewal in the period in which its term ends; a contract ended early as churned, at the end of its
term; without an outcome: renewed if another contract renews it, churned if it was terminated.
*Leaves out:* open contracts, which are pending until they are decided.
*Empty:* no value when none that was due is decided; no value without contracts.
*Variants.* gross_value: the smaller of the new and the old value per year, so that growth is left out; net_value: the
new value per year, growth included; tcv: whole contract values instead of yearly ones; by_signing: in the period in
which the renewal was signed, a loss at the end of its term.
*Differs:* renewal is not retention: of 10 customers 2 due and 1 lost is 50 % renewal and 90 % retention. Gainsight
forecasts with open renewals too, at most at their target amount.
*Benchmark:* above 80 % is healthy, 90 % and more is highly successful (SaaS; Dock's "22 goals & KPIs", which names no
source).
*Example:* on the small world, 2024-Q1: 75 %.""",
            {
                "default": Reading(
                    Ratio(total(terms.count(outcome.is_("renewed"))), total(terms.count(decided))),
                    n=total(terms.count(decided)),
                    interval=WILSON,
                ),
                "gross_value": Reading(
                    Ratio(total(terms.sum(least(new_value, Col("due_value")), outcome.is_("renewed"))), due),
                    "by yearly value, growth left out",
                    total(terms.count(decided)),
                ),
                "net_value": Reading(
                    Ratio(total(terms.sum(new_value, outcome.is_("renewed"))), due),
                    "by yearly value, growth included",
                    total(terms.count(decided)),
                ),
                "tcv": Reading(
                    Ratio(
                        total(terms.sum(Col("new_total"), outcome.is_("renewed"))),
                        total(terms.sum(Col("total"), decided)),
                    ),
                    "by whole contract value",
                    total(terms.count(decided)),
                ),
                "by_signing": Reading(
                    Ratio(total(signings.count(outcome.is_("renewed"))), total(signings.count(decided))),
                    "by the day the renewal was signed; a loss by the end of its term",
                    total(signings.count(decided)),
                    interval=WILSON,
                ),
            },
            aliases=("logo_renewal_rate", "customer_renewal_rate"),
            benchmark="above 80 % is healthy, 90 % and more is highly successful "
            "(SaaS; Dock, Customer Success Metrics: 22 goals & KPIs)",
        ),
        Metric(
            "upsell_rate",
            "Upsell rate",
            "share",
            "up",
            """Of the customers at the start, the share who bought more of what they have.

*Formula.* Customers at the start with an upsell in the period / customers at the start.
*Counts:* a product family held before whose MRR rose from one day's close to the next while its plans, quantities or
products changed.
*Leaves out:* a change of price or discount alone; families new to the customer (cross-sell); who joined since.
*Empty:* no value without customers at the start.
*Variants.* customers: by customers, the default; revenue: MRR from upsells / MRR at the start.
*Differs:* "8 Proven KPIs" counts only a higher-end product as an upsell and divides by all customers, of no stated
moment; here more seats count too, and the customers are those at the start.
*Example:* on the small world, 2024-02: 11.1 %.""",
            _sale_readings("upsell"),
            default="customers",
        ),
        Metric(
            "cross_sell_rate",
            "Cross-sell rate",
            "share",
            "up",
            """Of the customers at the start, the share who bought a product family they never had.

*Formula.* Customers at the start with a cross-sell in the period / customers at the start.
*Counts:* the first day on which a family has MRR, for those who were customers the day before.
*Leaves out:* what customers buy on the day they join or return; a family that was dropped and is bought again.
*Empty:* no value without customers at the start.
*Variants.* customers: by customers, the default; revenue: MRR from cross-sells / MRR at the start.
*Differs:* "8 Proven KPIs" divides by all customers, of no stated moment; here they are those at the start. A product
without a family is a family of its own.
*Example:* on the small world, 2024-02: 11.1 %.""",
            _sale_readings("cross_sell"),
            default="customers",
        ),
    ),
)
