"""DEFINITIONS 4 to 7, INVENTORY M01, M03-M06, M08, M10, D01, D03, D11, D12, D22: who stayed, and how much of their
money."""

from __future__ import annotations

from typing import Any

from golden import monthly, near


def test_nrr_counts_the_cohort_only(company: Any) -> None:
    """Start 100 (A 60, B 40). End: A 90, B gone, C new 50. (90 + 0) / 100 = 90 %; C is in neither."""
    three = company(
        subscriptions=monthly(
            """
            A 60 2024-01-01 2024-02-10
            A 90 2024-02-10
            B 40 2024-01-01 2024-02-15
            C 50 2024-02-20
            """
        )
    )
    row = three.row("nrr", "2024-02")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.9, 90.0, 100.0, 2)
    assert three.value("nrr", "2024-02", "--variant", "movements") == 0.9
    assert three.value("net_revenue_churn_rate", "2024-02") == near(0.1)
    assert three.value("grr", "2024-02") == 0.6  # min(90, 60) / 100
    assert three.value("revenue_churn_rate", "2024-02") == 0.4


HUNDRED_THOUSAND = """
    Expanding   20000 2024-01-01 2024-02-10
    Expanding   35000 2024-02-10
    Contracting 10000 2024-01-01 2024-02-10
    Contracting  5000 2024-02-10
    Churning     8000 2024-01-01 2024-02-10
    Staying     62000 2024-01-01
"""


def test_nrr_and_grr_of_a_hundred_thousand(company: Any) -> None:
    """M06: 100,000 + 15,000 - 5,000 - 8,000 = 102,000: NRR 102 %; without the expansion 87,000: GRR 87 %."""
    big = company(subscriptions=monthly(HUNDRED_THOUSAND))
    assert big.value("mrr", "2024-01") == 100_000.0
    for variant in ("cohort", "movements"):
        assert big.value("nrr", "2024-02", "--variant", variant) == near(1.02), variant
        assert big.value("grr", "2024-02", "--variant", variant) == near(0.87), variant
    assert big.value("net_revenue_churn_rate", "2024-02") == near(-0.02)  # below 0: the cohort grew
    assert big.value("revenue_churn_rate", "2024-02") == near(0.13)


def test_grr_by_cohort_and_by_movements(company: Any) -> None:
    """100, then 60, then 100 again within the month: the cohort kept min(100, 100) = 100 %; its movements lost 40: 60
    %."""
    dip = company(
        subscriptions=monthly(
            """
            A 100 2024-01-01 2024-03-10
            A  60 2024-03-10 2024-03-20
            A 100 2024-03-20
            """
        )
    )
    assert dip.value("grr", "2024-03") == 1.0
    assert dip.value("grr", "2024-03", "--variant", "movements") == 0.6
    assert dip.value("nrr", "2024-03", "--variant", "movements") == 1.0


def test_a_return_from_before_the_period_never_counts(company: Any) -> None:
    """A left in January and returns in February: not in February's cohort (B 50): NRR 50 / 50. B out and back within
    February stays."""
    back = company(
        subscriptions=monthly(
            """
            A 100 2023-06-01 2024-01-10
            A 100 2024-02-10
            B  50 2024-01-01 2024-02-05
            B  50 2024-02-15
            """
        )
    )
    assert back.value("nrr", "2024-02") == 1.0
    assert back.value("nrr", "2024-02", "--variant", "movements") == 1.0  # (50 + 50 back - 50 churned) / 50
    assert back.value("customer_churn_rate", "2024-02") == 0.0
    assert back.value("customer_churn_rate", "2024-02", "--variant", "any_exit") == 1.0
    assert back.value("reactivation_mrr", "2024-02") == 150.0
    # with the one who was won back, as ChartMogul's net churn has it: (50 + 100) / 50
    assert back.value("nrr", "2024-02", "--variant", "include_winback") == 3.0


def test_twelve_months_are_one_cohort_not_a_product(company: Any) -> None:
    """The cohort stands on 31 January 2024: A 100, B 100. A year on A pays 150, B is gone (June), C (from May) does
    not count. NRR 150 / 200 = 75 %, GRR 100 / 200, customers kept 1 of 2."""
    year = company(
        "[workspace]\nas_of = 2025-02-01",
        subscriptions=monthly(
            """
            A 100 2024-01-01 2024-09-01
            A 150 2024-09-01
            B 100 2024-01-01 2024-06-15
            C 400 2024-05-01
            """
        ),
    )
    assert year.value("nrr", "2025-01", "--window", "12m") == 0.75
    assert year.value("grr", "2025-01", "--window", "12m") == 0.5
    assert year.value("customer_retention_rate", "2025-01", "--window", "12m") == 0.5
    assert year.value("nrr", "2025-01") == 1.0


def test_the_product_of_twelve_months_has_a_name_of_its_own(company: Any) -> None:
    """A 100, from March 150; B 100 from February to August. Month by month: March 250 / 200, August 150 / 250, the
    other ten 1: 1.25 x 0.6 = 75 %. The cohort of twelve months before, A alone, stands at 150 / 100."""
    year = company(
        subscriptions=monthly(
            """
            A 100 2023-06-01 2024-03-10
            A 150 2024-03-10
            B 100 2024-02-10 2024-08-10
            """
        )
    )
    assert year.value("nrr", "2024-12", "--variant", "annualised") == near(0.75)
    assert year.value("nrr", "2024-12", "--window", "12m") == near(1.5)


def test_daily_sum(company: Any) -> None:
    """Four customers, one leaves on the 10th (1/4), one on the 20th (1/3): 7/12 a month by days, 2/4 by the cohort."""
    four = company(
        subscriptions=monthly(
            "A 10 2024-01-01\nB 10 2024-01-01\nC 10 2024-01-01 2024-02-10\nD 10 2024-01-01 2024-02-20"
        )
    )
    assert four.value("customer_churn_rate", "2024-02", "--variant", "daily_sum") == near(7 / 12)
    assert four.value("customer_churn_rate", "2024-02") == 0.5


def five_hundred() -> str:
    """500 customers at the start, 31 leave, 43 join: 512 at the end."""
    stay = (f"S{i} 10 2024-01-01" for i in range(469))
    leave = (f"L{i} 10 2024-01-01 2024-02-{1 + i % 28:02d}" for i in range(31))
    join = (f"J{i} 10 2024-02-{1 + i % 28:02d}" for i in range(43))
    return monthly(rows=[*stay, *leave, *join])


def test_retention_of_five_hundred(company: Any) -> None:
    """M01: (512 - 43) / 500 = 469 / 500 = 93.8 %, by counting and by sets. D22: churn 31 / 500 = 6.2 %, together 1."""
    firm = company(subscriptions=five_hundred())
    assert firm.over("customers", "2024-01", "2024-02") == [500, 512]
    assert firm.value("new_customers", "2024-02") == 43
    assert firm.value("churned_customers", "2024-02") == 31
    row = firm.row("customer_retention_rate", "2024-02")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (near(0.938), 469, 500, 500)
    assert firm.value("customer_retention_rate", "2024-02", "--variant", "counts") == near(0.938)
    assert firm.value("customer_churn_rate", "2024-02") == near(0.062)


def test_joins_and_leaves_in_the_period_touch_neither_side(company: Any) -> None:
    """D22: two more join and leave within February. By sets still 469 / 500 and 31 / 500; churn + retention = 1."""
    brief = "\nE1,E1,10,2024-02-03,2024-02-09,USD,month\nE2,E2,10,2024-02-03,2024-02-19,USD,month"
    firm = company(subscriptions=five_hundred() + brief)
    assert firm.value("churned_customers", "2024-02") == 33
    assert firm.value("customer_retention_rate", "2024-02") == near(0.938)
    assert firm.value("customer_churn_rate", "2024-02") == near(0.062)


def test_thirty_two_of_four_hundred(company: Any) -> None:
    """M03: 32 lost / 400 at the start = 8 %, a rate above 0; the amount lost is 32 x -10 = -320 (D12: both,
    separately)."""
    firm = company(
        subscriptions=monthly(
            rows=[
                *(f"S{i} 10 2024-01-01" for i in range(368)),
                *(f"L{i} 10 2024-01-01 2024-02-11" for i in range(32)),
            ]
        )
    )
    assert firm.value("customer_churn_rate", "2024-02") == near(0.08)
    assert firm.value("churned_customers", "2024-02") == 32
    assert firm.value("churned_mrr", "2024-02") == -320.0


def test_a_hundred_to_seventy_five(company: Any) -> None:
    """D01: 100 -> 75, nobody joins: churn 25 / 100 = 25 %; article 002's (75 - 100) / 100 = -25 % is customer
    growth."""
    firm = company(
        subscriptions=monthly(
            rows=[
                *(f"S{i} 10 2024-01-01" for i in range(75)),
                *(f"L{i} 10 2024-01-01 2024-02-11" for i in range(25)),
            ]
        )
    )
    assert firm.value("customer_churn_rate", "2024-02") == 0.25
    assert firm.value("customer_growth", "2024-02") == -0.25


def test_a_hundred_to_seventy_five_with_ten_joiners(company: Any) -> None:
    """D01, D11: 35 of 100 leave, 10 join, 75 at the end: churn 35 %, growth still -25 %. Over all who were ever in it
    35 / 110; over the mean of start and end 35 / 87.5 = 40 %."""
    firm = company(
        subscriptions=monthly(
            rows=[
                *(f"S{i} 10 2024-01-01" for i in range(65)),
                *(f"L{i} 10 2024-01-01 2024-02-11" for i in range(35)),
                *(f"J{i} 10 2024-02-20" for i in range(10)),
            ]
        )
    )
    assert firm.value("customer_churn_rate", "2024-02") == near(0.35)
    assert firm.value("customer_growth", "2024-02") == -0.25
    assert firm.value("customer_churn_rate", "2024-02", "--variant", "incl_new") == near(35 / 110)
    assert firm.value("customer_churn_rate", "2024-02", "--variant", "avg_base") == near(0.4)


def test_five_percent_a_month_annualised(company: Any) -> None:
    """M10: 1 of 20 leaves in the month, 5 %: 1 - 0.95^12 = 45.96 %, never 12 x 5 % = 60 %."""
    firm = company(
        subscriptions=monthly(rows=[*(f"S{i} 10 2024-01-01" for i in range(19)), "L 10 2024-01-01 2024-02-11"])
    )
    assert firm.value("customer_churn_rate", "2024-02") == near(0.05)
    yearly = firm.value("customer_churn_rate", "2024-02", "--variant", "annualised")
    assert yearly == near(1 - 0.95**12)
    assert round(yearly, 4) == 0.4596


def test_revenue_churn_gross_and_net(company: Any) -> None:
    """M04, M05 (ChartMogul's example): start 100, churn 10, contraction 10, expansion 10: gross 20 %, net 10 %; the
    churned customers alone 10 %; as an amount -10."""
    firm = company(
        subscriptions=monthly(
            """
            Churning    10 2024-01-01 2024-02-10
            Contracting 50 2024-01-01 2024-02-10
            Contracting 40 2024-02-10
            Expanding   40 2024-01-01 2024-02-10
            Expanding   50 2024-02-10
            """
        )
    )
    assert firm.value("revenue_churn_rate", "2024-02") == near(0.2)
    assert firm.value("revenue_churn_rate", "2024-02", "--variant", "movements") == near(0.2)
    assert firm.value("revenue_churn_rate", "2024-02", "--variant", "churned_only") == near(0.1)
    assert firm.value("net_revenue_churn_rate", "2024-02") == near(0.1)
    assert firm.value("churned_mrr", "2024-02") == -10.0
    assert firm.value("contraction_mrr", "2024-02") == -10.0


def test_churn_by_tenure(company: Any) -> None:
    """M08: at the cohort's moment (31 January) two have been customers for 0 whole months, one of them leaves in
    February: 50 %; two for 12 whole months, both stay: 0 %."""
    firm = company(
        subscriptions=monthly(
            """
            Old1 10 2023-01-20
            Old2 10 2023-01-20
            New1 10 2024-01-10
            New2 10 2024-01-10 2024-02-10
            """
        )
    )
    rates = firm.by("tenure_months", "customer_churn_rate", "2024-02")
    assert {int(months): rate for months, rate in rates.items() if rate is not None} == {0: 0.5, 12: 0.0}


def test_nobody_at_the_start_is_no_rate(company: Any) -> None:
    """0 / 0: null with `empty_denominator`, never 0 and never 100 %."""
    firm = company(subscriptions=monthly("A 10 2024-02-10"))
    for metric in ("nrr", "grr", "customer_retention_rate", "customer_churn_rate", "customer_growth"):
        row = firm.row(metric, "2024-02")
        assert (row["value"], row["reason"]) == (None, "empty_denominator"), metric


def test_a_cohort_that_is_not_known_yet_has_no_rate(company: Any) -> None:
    """On 15 February 2024 the year has begun, but who will be a customer three months before its end is unknown: no
    value, not 100 %. Twelve months before its end they are known: A stays, B has left, 50 %."""
    firm = company(
        "[workspace]\nas_of = 2024-02-15", subscriptions=monthly("A 10 2023-06-01\nB 10 2023-06-01 2024-01-20")
    )
    for metric in ("nrr", "customer_retention_rate"):
        row = firm.row(metric, "2024", "--window", "3m")
        assert (row["value"], row["reason"]) == (None, "not_reached"), metric
        assert firm.value(metric, "2024", "--window", "12m") == 0.5, metric
