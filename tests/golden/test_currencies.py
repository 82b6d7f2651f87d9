"""DEFINITIONS 0 and 2 (FX): several currencies, dated rates, and the line of their own that rate changes get."""

from __future__ import annotations

from typing import Any

from golden import near

HEADER = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at"
RATES = "currency,on,rate\nEUR,2024-01-01,1.10\nEUR,2024-02-10,1.20\n"
MOVEMENTS = ("new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr", "fx_mrr")


def test_a_rate_change_is_fx_and_nothing_else(company: Any) -> None:
    """100 EUR x 1.10 = 110 in January; the rate of 10 February makes it 120: fx + 10, no other movement. 50 USD stays
    50."""
    firm = company(
        subscriptions=f"{HEADER}\ns1,A,100,EUR,month,2024-01-05,\ns2,B,50,USD,month,2024-01-05,", fx_rates=RATES
    )
    assert firm.over("mrr", "2024-01", "2024-03") == [160.0, 170.0, 170.0]
    assert firm.over("fx_mrr", "2024-01", "2024-03") == [0.0, 10.0, 0.0]
    still = MOVEMENTS[1:-1]
    assert firm.many_over(still, "2024-01", "2024-03") == {name: [0.0, 0.0, 0.0] for name in still}
    assert firm.value("new_mrr", "2024-01") == 160.0
    assert firm.value("net_new_mrr", "2024-02") == 10.0


def test_movements_at_the_days_rate_and_the_identity(company: Any) -> None:
    """100 EUR at 1.10 = 110; 1.20 from 10 February: fx + 10; on 15 February 150 EUR: expansion 50 x 1.20 = 60; B's 30
    EUR of 20 February is new at 36. 110 + 10 + 60 + 36 = 216 = 180 EUR x 1.20."""
    firm = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,EUR,month,2024-01-05,2024-02-15
            s1,A,150,EUR,month,2024-02-15,
            s2,B,30,EUR,month,2024-02-20,
        """,
        fx_rates=RATES,
    )
    moved = firm.many(MOVEMENTS, "2024-02")
    assert moved == {
        "new_mrr": 36.0,
        "expansion_mrr": 60.0,
        "contraction_mrr": 0.0,
        "churned_mrr": 0.0,
        "reactivation_mrr": 0.0,
        "fx_mrr": 10.0,
    }
    start, end = firm.over("mrr", "2024-01", "2024-02")
    assert (start, end) == (110.0, 216.0)
    assert start + sum(moved.values()) == end


def test_retention_is_at_constant_currency(company: Any) -> None:
    """A 100 EUR -> 150 EUR, B 110 USD gone. Both ends at the cohort's rate 1.10: start 110 + 110 = 220, end 165: NRR
    75 %, GRR 110 / 220 = 50 %. At February's rate NRR would be 180 / 220."""
    firm = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,EUR,month,2024-01-05,2024-02-15
            s1,A,150,EUR,month,2024-02-15,
            s2,B,110,USD,month,2024-01-05,2024-02-20
        """,
        fx_rates=RATES,
    )
    assert firm.value("nrr", "2024-02") == near(0.75)
    assert firm.value("grr", "2024-02") == near(0.5)


def test_reporting_in_another_currency(company: Any) -> None:
    """Reporting in EUR: 100 EUR + 100 USD x 0.9 = 190."""
    firm = company(
        '[workspace]\nas_of = 2025-01-01\ncurrency = "EUR"',
        subscriptions=f"{HEADER}\ns1,A,100,EUR,month,2024-01-05,\ns2,B,100,USD,month,2024-01-05,",
        fx_rates="currency,on,rate\nUSD,2024-01-01,0.9\n",
    )
    assert firm.value("mrr", "2024-01") == 190.0
