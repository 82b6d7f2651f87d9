"""DEFINITIONS 12 and 13, INVENTORY M17 to M29: what customers are worth, what winning and keeping them costs."""

from __future__ import annotations

from typing import Any

from golden import monthly, near

ORDERS = "order_id,customer_id,placed_at,amount,currency,status\n"


def orders(year: int, customers: str) -> str:
    """Two orders of 100 in a year for each customer."""
    return ORDERS + "".join(f"{c}{n},{c},{year}-0{n + 3}-10,100,USD,fulfilled\n" for c in customers for n in (1, 2))


def test_a_hundred_twice_a_year_for_three_years(company: Any) -> None:
    """M17, clv_purchase: 100 x 2 x 3 = 600. Four customers stayed 1096, 1096, 1096 and 1095 days, all gone by the end
    of 2024: on average 1095.75 days, which is 36 months. Each ordered twice in 2024, 100 each time."""
    firm = company(
        subscriptions=monthly(
            "A 10 2021-11-15 2024-11-15\nB 10 2021-11-15 2024-11-15\nC 10 2021-11-15 2024-11-15\n"
            "D 10 2021-11-16 2024-11-15"
        ),
        orders=orders(2024, "ABCD"),
    )
    assert firm.value("customer_lifespan", "2024") == near(36)
    assert firm.value("average_purchase_value", "2024") == 100.0
    assert firm.value("purchase_frequency", "2024") == 2.0
    assert firm.value("customer_value", "2024") == 200.0
    assert firm.value("clv", "2024", "--variant", "purchase") == near(600)


def test_value_times_frequency_times_years(company: Any) -> None:
    """D07, clv_value: revenue / orders x orders / customers x years / customers. Four customers, two orders of 100 each
    in 2024; at its end they have been customers for 1096, 1096, 1096 and 1095 days, 3 years on average: 600."""
    firm = company(
        subscriptions=monthly("A 10 2022-01-01\nB 10 2022-01-01\nC 10 2022-01-01\nD 10 2022-01-02"),
        orders=orders(2024, "ABCD"),
    )
    assert firm.value("clv", "2024", "--variant", "value") == near(600)


def test_six_hundred_a_month_for_28_months(company: Any) -> None:
    """M17, clv_arpc: 600 x 28 = 16,800. Four customers stayed 852, 852, 852 and 853 days: 852.25 on average, which is
    28 months. All leave in April 2024, in which each paid 600."""
    firm = company(
        subscriptions=monthly(
            "A 10 2021-12-20 2024-04-20\nB 10 2021-12-20 2024-04-20\nC 10 2021-12-20 2024-04-20\n"
            "D 10 2021-12-19 2024-04-20"
        ),
        payments="payment_id,customer_id,at,amount,currency,status\n"
        + "".join(f"p{c},{c},2024-04-05,600,USD,succeeded\n" for c in "ABCD"),
    )
    assert firm.value("arpc", "2024-04") == 600.0
    assert firm.value("customer_lifespan", "2024-04") == near(28)
    assert firm.value("clv", "2024-04", "--variant", "arpc") == near(16_800)
    assert firm.value("clv", "2024-04", "--variant", "historic") == 600.0


def test_arpa_times_margin_over_churn(company: Any) -> None:
    """clv_churn: 100 x 0.8 / 0.04 = 2,000: of 25 customers at 100 one leaves in the month. A month without churn has
    no such value."""
    lines = [f"C{i} 100 2024-01-01" for i in range(24)] + ["D 100 2024-01-01 2024-02-10"]
    firm = company("[policy]\ngross_margin = 0.8\n", subscriptions=monthly("\n".join(lines)))
    assert firm.value("clv", "2024-02") == near(2_000)
    assert firm.value("clv", "2024-02", "--variant", "churn") == near(2_000)
    row = firm.row("clv", "2024-03")
    assert (row["value"], row["reason"]) == (None, "empty_denominator")


def test_a_quarters_churn_is_brought_to_a_month(company: Any) -> None:
    """Of 8 customers at 10 one is left after a quarter of three months: retention 1/8, a month's (1/8)^(1/3) = 1/2, so
    that churn is 1/2 and 10 / (1/2) = 20."""
    lines = [f"C{i} 10 2024-01-01 2024-05-10" for i in range(7)] + ["D 10 2024-01-01"]
    firm = company(subscriptions=monthly("\n".join(lines)))
    assert firm.value("clv", "2024-Q2") == near(20)


COSTS = """
    cost_id,category,line,share,at,amount,currency
    1,acquisition,advertising,,2024-02-05,900,USD
    2,acquisition,salaries,0.25,2024-02-29,1200,USD
    3,retention,salaries,0.75,2024-02-29,1200,USD
    4,retention,loyalty,,2024-02-10,300,USD
    5,support,tooling,,2024-02-10,5000,USD
"""


def test_what_winning_and_keeping_cost(company: Any) -> None:
    """Acquisition 900 + a quarter of 1,200 = 1,200; retention three quarters of 1,200 + 300 = 1,200. Two of the 5
    customers of the start leave, two join at 100 and 140 (120 on average).
    cac 1,200 / 2 = 600; payback 600 / (120 x 0.5) = 10 months, 5 without the margin; crc 1,200 / 3 = 400; over all
    2,400 / 5 = 480; ROI: three keep paying 80, so (240 x 0.5 x 0.5 - 1,200) / 1,200 = -0.95."""
    firm = company(
        "[policy]\ngross_margin = 0.5\nretention_share = 0.5\n",
        subscriptions=monthly(
            "A 80 2024-01-01\nB 80 2024-01-01\nC 80 2024-01-01\nD 80 2024-01-01 2024-02-09\n"
            "E 80 2024-01-01 2024-02-09\nF 100 2024-02-03\nG 140 2024-02-20"
        ),
        costs=COSTS,
    )
    assert firm.value("cac", "2024-02") == 600.0
    assert firm.value("cac_payback", "2024-02") == near(10)
    assert firm.value("cac_payback", "2024-02", "--variant", "revenue") == near(5)
    assert firm.value("crc", "2024-02") == 400.0
    assert firm.value("crc", "2024-02", "--variant", "all") == 480.0
    assert firm.value("retention_roi", "2024-02") == near(-0.95)
    # Two of five gone: churn 0.4 a month; ARPA (3 x 80 + 240) / 5 = 96, so clv = 96 x 0.5 / 0.4 = 120.
    assert firm.value("clv_to_cac", "2024-02") == near(0.2)


def test_costs_of_one_sales_cycle_before(company: Any) -> None:
    """Costs of February (1,200) won March's one new customer: 1,200; with a cycle of two months they won April's two:
    600. In March itself nothing was spent on winning. A cost of the 29th counts in the month after, not beyond it."""
    rows = {"subscriptions": monthly("A 80 2024-03-03\nB 80 2024-04-03\nC 80 2024-04-04"), "costs": COSTS}
    firm = company(**rows)
    assert firm.value("cac", "2024-03") == 0
    assert firm.value("cac", "2024-03", "--variant", "lagged") == 1200
    assert company("[policy]\ncac_lag_months = 2\n", **rows).value("cac", "2024-04", "--variant", "lagged") == 600


def test_without_new_customers_there_is_no_cost_of_one(company: Any) -> None:
    row = company(subscriptions=monthly("A 80 2024-01-01"), costs=COSTS).row("cac", "2024-02")
    assert (row["value"], row["numerator"], row["reason"]) == (None, 1200.0, "empty_denominator")


def test_repeats_by_period_by_year_and_by_first_order(company: Any) -> None:
    """March: A orders twice, B once: 1/2. Over twelve months B's order of last August counts: 2/2; last February's of C
    is too old. Of those whose first order was in August (B) all came back."""
    firm = company(
        orders=ORDERS
        + "1,A,2024-03-02,10,USD,fulfilled\n2,A,2024-03-09,10,USD,placed\n3,B,2024-03-09,10,USD,fulfilled\n"
        + "4,B,2023-08-09,10,USD,fulfilled\n5,C,2023-02-09,10,USD,fulfilled\n6,C,2024-03-30,10,USD,refunded\n"
        + "7,,2024-03-30,10,USD,fulfilled\n"
    )
    assert firm.value("repeat_purchase_rate", "2024-03") == 0.5
    assert firm.value("repeat_purchase_rate", "2024-03", "--variant", "12m") == 1.0
    assert firm.value("repeat_purchase_rate", "2023-08", "--variant", "cohort") == 1.0
    assert firm.value("purchase_frequency", "2024-03") == 1.5


def test_a_young_cart_may_still_be_ordered(company: Any) -> None:
    """As of 2024-03-10 12:00 UTC carts of 2024-03-09 12:00 count, later ones do not: 1 of 2 left."""
    firm = company(
        "[workspace]\nas_of = 2024-03-10T12:00:00Z\n",
        carts="""
            cart_id,customer_id,created_at,items,ordered_at,order_id
            1,A,2024-03-09T12:00:00Z,1,,
            2,A,2024-03-08T12:00:00Z,1,2024-03-10T11:00:00Z,o1
            3,A,2024-03-09T12:00:01Z,1,,
        """,
    )
    row = firm.row("cart_abandonment_rate", "2024-03")
    assert (row["numerator"], row["denominator"], row["complete"]) == (1, 2, False)
