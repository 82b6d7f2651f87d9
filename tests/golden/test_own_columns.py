"""MODEL: columns that are the fact's own, whosever the fact is; reasons of two parts; values that say nothing."""

from __future__ import annotations

from typing import Any

from golden import monthly, table

ORDERS = """
    order_id,customer_id,placed_at,amount,currency,channel
    1,a,2024-01-05,10,USD,store
    2,a,2024-01-06,30,USD,store
    3,,2024-01-07,50,USD,store
    4,b,2024-01-08,70,USD,online
    5,b,2024-01-09,90,USD,
"""


def test_orders_by_channel(company: Any) -> None:
    """In stores 10 + 30 + 50 over three orders, one of them nobody's: 30. Online 70; the fifth names no channel. The
    customers have a region, whose groups are theirs: nobody's order is unattributed."""
    firm = company(orders=ORDERS, customers="customer_id,region\na,north\nb,south\n")
    shown = firm.by("channel", "average_transaction_value", "2024-01")
    assert shown == {"store": 30.0, "online": 70.0, "(none)": 90.0}
    assert firm.value("average_transaction_value", "2024-01", "--where", "channel = 'store'") == 30.0
    assert firm.by("region", "average_transaction_value", "2024-01") == {
        **{"north": 20.0, "south": 80.0, "unattributed": 50.0}
    }


def test_orders_by_what_customers_are_now(company: Any) -> None:
    """Everyone has one region or none: a's 10 + 30 are the north's, b's 70 + 90 are of no region, 50 are nobody's."""
    firm = company(orders=ORDERS, customers="customer_id,region\na,north\nb,\n")
    shown = {"north": 40.0, "(none)": 160.0, "unattributed": 50.0}
    assert firm.by("region", "non_recurring_revenue", "2024-01") == shown
    assert firm.by("current.region", "non_recurring_revenue", "2024-01") == shown
    assert firm.value("non_recurring_revenue", "2024-01", "--where", "region = 'north'") == 40.0


def test_what_belongs_to_nobody_by_its_own_column(company: Any) -> None:
    """Inspections have no customer: 1 of 10 lamps and 3 of 20 chairs are defective."""
    firm = company(
        inspections="inspection_id,at,product,units,defects\n1,2024-01-05,lamp,10,1\n2,2024-01-06,chair,20,3\n",
        subscriptions=monthly("A 10 2024-01-01"),
    )
    assert firm.by("product", "defect_rate", "2024-01") == {"lamp": 0.1, "chair": 0.15}


def test_nothing_loaded_says_more_than_an_empty_period(company: Any) -> None:
    """Nobody joins in February, so there is no cac; the payback needs subscriptions, and there are none at all."""
    firm = company(
        orders=ORDERS,
        costs="cost_id,category,at,amount,currency\n1,acquisition,2024-02-03,100,USD\n",
    )
    assert firm.row("cac", "2024-02")["reason"] == "empty_denominator"
    assert firm.row("cac_payback", "2024-02")["reason"] == "no_data"


def test_historic_value_counts_those_who_paid(company: Any) -> None:
    """100 and 50 came in from a and b; c's payment failed, and nobody's 30 is not a customer's: 150 / 2 = 75."""
    firm = company(
        payments="payment_id,customer_id,at,amount,currency,status\n1,a,2024-01-05,100,USD,succeeded\n"
        "2,b,2024-01-06,50,USD,succeeded\n3,c,2024-01-07,80,USD,failed\n4,,2024-01-08,30,USD,succeeded\n",
        subscriptions=monthly("a 10 2024-01-01"),
    )
    assert firm.value("clv", "2024-01", "--variant", "historic") == 75.0


def test_an_amount_without_a_currency_is_in_the_reporting_one(company: Any) -> None:
    """100 is 100, also where there are rates: a rate of the euro says nothing of it."""
    costs = "cost_id,category,at,amount,currency\n1,acquisition,2024-02-03,100,\n2,acquisition,2024-02-04,50,EUR\n"
    firm = company(
        orders=ORDERS.replace("2024-01", "2024-02"), costs=costs, fx_rates="currency,on,rate\nEUR,2024-01-01,1.2\n"
    )
    assert firm.row("cac", "2024-02")["numerator"] == 160.0


def test_the_latest_headcount_that_is_one(company: Any) -> None:
    """Two customers for ten people: the row of the 5th says no number."""
    firm = company(
        staff="on,department,headcount\n2024-01-02,support,10\n2024-01-05,support,\n",
        subscriptions=monthly("a 10 2024-01-01\nb 10 2024-01-01"),
    )
    assert firm.value("customers_per_employee", "2024-01") == 0.2


def test_a_figure_for_each_customer_paying_or_not(company: Any) -> None:
    """Calls: two with a, who pays; three with b, who left; one with c, who never paid; one with nobody. In all 7."""
    firm = company(
        subscriptions=monthly("a 10 2024-01-01\nb 10 2024-01-01 2024-02-01"),
        interactions=table(
            "customer_id,kind,at", ((who, "call", f"2024-03-{k + 1:02d}") for k, who in enumerate(["", *"aabbbc"]))
        ),
    )
    calls = firm.by("customer_id", "interactions", "2024-03")
    assert calls == {"a": 2, "b": 3, "c": 1, "unattributed": 1}
