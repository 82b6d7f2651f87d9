"""The words that several metrics use: MRR and being a customer, at the start and at the end of a period."""

from __future__ import annotations

from tenure.expr import END, START, Col, Expr, FirstWith, Rows, Steps, count, distinct, total

mrr = Steps("mrr")
customer = Steps("customer")

then, now = mrr.at(START), mrr.at(END)
now_at_old_rates = mrr.at(END, rates=START)
then_at_old_rates = mrr.at(START, rates=START)
was, is_ = customer.at(START) > 0, customer.at(END) > 0
paid, pays = then > 0, now > 0

payments = Rows("payments", "day")
orders = Rows("orders", "placed_day")
invoices = Rows("invoices", "issued_day")
events = Rows("events", "day")

customers_of_period = count(is_ | (customer.left_inside() > 0))
"""Those who were a customer at the close of one day of the period."""


def revenue() -> Expr:
    """Revenue of a period: payments less refunds; without payments orders, else invoices, else MRR day by day."""
    return FirstWith(
        (
            ("payments", total(payments.sum(Col("received")))),
            ("orders", total(orders.sum(Col("sold")))),
            ("invoices", total(invoices.sum(Col("billed")))),
        ),
        total(mrr.over_days("month")),
    )


def active_users() -> Expr:
    """Distinct users with an active event in the period; without events the customers of the period."""
    return FirstWith((("events", distinct(events, "user")),), customers_of_period)
