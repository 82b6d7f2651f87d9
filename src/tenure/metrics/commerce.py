"""Orders and carts: what a purchase is worth, how often customers buy, who comes back, what is left in the cart."""

from __future__ import annotations

from tenure.expr import Col, Const, Expr, Ratio, Rows, count, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._words import orders

year = Rows("orders_of_a_year", "k", of="orders", said="orders of the twelve months to the period's end")
firsts = Rows("first_orders", "k", of="orders", said="orders of those whose first one lies in the period")
carts = Rows("carts", "created_day", said="carts created in the period")

known = Col("cust").is_set()
number, sold = orders.count(), orders.sum(Col("sold"))
of_customers = orders.count(known)
buyers = count(of_customers > 0)
purchase_value = total(sold) / total(number)
frequency = total(of_customers) / buyers
in_store = Col("channel").is_("store")


def _of_cents(keep: Expr | None = None) -> Interval:
    squares = total(orders.sum(Col("cents") * Col("cents"), keep))
    return Interval("mean", (Ratio(squares, Const(10_000)),))


def _again(rows: Rows) -> Expr:
    """Of those with an order the share with two or more."""
    bought = rows.sum(Col("orders"), known)
    return count(bought >= 2) / count(bought > 0)


FAMILY = Family(
    "commerce",
    (
        Metric(
            "average_purchase_value",
            "Average purchase value",
            "money",
            "up",
            """What an order is worth on average.

*Formula.* The amount of the period's orders / their number.
*Counts:* every order placed in the period, in the reporting currency at the rate of its day.
*Leaves out:* cancelled and refunded orders.
*Empty:* no value without an order in the period.
*Differs:* shop systems show it as AOV, some with tax and shipping, which are left out here. "8 Proven KPIs" writes
total revenue / number of orders, which is the same where all revenue is orders.
*Example:* on the small world, 2024-01: 500 USD.""",
            {"default": Reading(purchase_value, n=total(number), interval=_of_cents())},
            aliases=("apv", "aov", "average_order_value"),
        ),
        Metric(
            "average_transaction_value",
            "Average transaction value",
            "money",
            "up",
            """What a transaction is worth on average.

*Formula.* The amount of the period's orders / their number; the same figure as average_purchase_value.
*Counts:* every order placed in the period, whatever its channel.
*Leaves out:* cancelled and refunded orders.
*Empty:* no value without an order in the period.
*Variants.* store: orders of the channel `store` alone.
*Differs:* a till counts returns as negative transactions; here a refunded order is left out whole.
*Example:* on the small world, 2024-01: 500 USD.""",
            {
                "default": Reading(purchase_value, n=total(number), interval=_of_cents()),
                "store": Reading(
                    total(orders.sum(Col("sold"), in_store)) / total(orders.count(in_store)),
                    "orders in stores alone",
                    total(orders.count(in_store)),
                    _of_cents(in_store),
                ),
            },
            aliases=("atv",),
        ),
        Metric(
            "purchase_frequency",
            "Purchase frequency",
            "ratio",
            "up",
            """How many orders a customer who orders places in the period.

*Formula.* Orders of the period / customers with an order in it.
*Counts:* every order of a known customer.
*Leaves out:* cancelled and refunded orders; orders of no customer; customers who ordered nothing.
*Empty:* no value where nobody ordered.
*Differs:* "8 Proven KPIs" divides purchases by customers of no stated moment; over all customers it says how many
buy as well, which repeat_purchase_rate and customers say apart.
*Example:* on the small world, 2024-01: 1.""",
            {"default": Reading(frequency, n=buyers)},
            aliases=("average_purchase_frequency", "order_frequency"),
        ),
        Metric(
            "customer_value",
            "Customer value",
            "money",
            "up",
            """What a customer who orders brings in the period.

*Formula.* average_purchase_value x purchase_frequency.
*Counts:* every order placed in the period.
*Leaves out:* cancelled and refunded orders; what customers gain themselves, which is outcome_rate.
*Empty:* no value where nobody ordered.
*Differs:* "The 12 customer success metrics" means by customer value what the customer gains; "8 Proven KPIs" this.
*Example:* on the small world, 2024-01: 500 USD.""",
            {"default": Reading(purchase_value * frequency, n=buyers)},
        ),
        Metric(
            "repeat_purchase_rate",
            "Repeat purchase rate",
            "share",
            "up",
            """Of those who ordered, the share who ordered at least twice.

*Formula.* Customers with two or more orders in the period / customers with one or more.
*Counts:* every order of a known customer.
*Leaves out:* cancelled and refunded orders; orders of no customer.
*Empty:* no value where nobody ordered.
*Variants.* 12m: over the twelve months to the period's end; cohort: of those whose first order lies in the period, the
share with a second one by now.
*Differs:* shop systems count orders of all time; a short period always shows fewer repeats than a long one.
*Example:* on the small world, 2024-01: 0 %.""",
            {
                "default": Reading(count(of_customers >= 2) / buyers, n=buyers, interval=WILSON),
                "12m": Reading(_again(year), "over twelve months", count(year.sum(Col("orders"), known) > 0), WILSON),
                "cohort": Reading(
                    _again(firsts),
                    "of first-time buyers, whenever the second order came",
                    count(firsts.sum(Col("orders"), known) > 0),
                    WILSON,
                ),
            },
            aliases=("rpr", "repeat_customer_rate"),
        ),
        Metric(
            "cart_abandonment_rate",
            "Cart abandonment rate",
            "share",
            "down",
            """Of the carts that were filled, the share that was not ordered.

*Formula.* Carts created in the period, a day old, without an order / all such carts.
*Counts:* carts with at least one item; an order that came later than the period counts too.
*Leaves out:* empty carts; carts younger than 24 hours at as_of, which may still be ordered.
*Empty:* no value without such a cart.
*Differs:* shop systems often count sessions with a cart, one shopper several times; here a cart is a cart.
*Example:* on the small world, 2024-02: 75 %.""",
            {
                "default": Reading(
                    total(carts.count(Col("left"))) / total(carts.count()),
                    n=total(carts.count()),
                    interval=WILSON,
                    settles=1,
                )
            },
            aliases=("shopping_cart_abandonment_rate", "abandonment_rate"),
        ),
    ),
)
