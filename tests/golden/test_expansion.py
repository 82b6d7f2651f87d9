"""DEFINITIONS 10, INVENTORY M07, M13-M16, D02-D04: more from the customers one has."""

from __future__ import annotations

from typing import Any

from golden import monthly, near


def test_twenty_five_to_thirty_thousand(company: Any) -> None:
    """M13, D02: 25,000 -> 30,000 for the same customers: (30,000 - 25,000) / 25,000 = + 20 %, as the box has it, not
    -20 %."""
    firm = company(
        subscriptions=monthly(
            """
            A 10000 2024-01-01 2024-02-10
            A 16000 2024-02-10
            B 15000 2024-01-01 2024-02-10
            B 14000 2024-02-10
            """
        )
    )
    assert firm.over("mrr", "2024-01", "2024-02") == [25_000.0, 30_000.0]
    assert firm.value("expansion_rate", "2024-02", "--variant", "net") == near(0.2)


def test_three_different_numbers(company: Any) -> None:
    """D03: the same firm with C new at 5,000. Gross expansion 6,000 / 25,000 = 24 %; net, over the fixed set,
    (30,000 - 25,000) / 25,000 = 20 %, which is NRR - 1; MRR as a whole grew from 25,000 to 35,000."""
    firm = company(
        subscriptions=monthly(
            """
            A 10000 2024-01-01 2024-02-10
            A 16000 2024-02-10
            B 15000 2024-01-01 2024-02-10
            B 14000 2024-02-10
            C  5000 2024-02-15
            """
        )
    )
    assert firm.value("expansion_mrr", "2024-02") == 6000.0
    assert firm.value("expansion_rate", "2024-02") == near(0.24)
    assert firm.value("expansion_rate", "2024-02", "--variant", "net") == near(0.2)
    assert firm.value("nrr", "2024-02") == near(1.2)
    assert firm.over("mrr", "2024-01", "2024-02") == [25_000.0, 35_000.0]


def test_negative_net_expansion_is_contraction(company: Any) -> None:
    """M13: 100 -> 80 is (80 - 100) / 100 = -20 %."""
    firm = company(subscriptions=monthly("A 100 2024-01-01 2024-02-10\nA 80 2024-02-10"))
    assert firm.value("expansion_rate", "2024-02", "--variant", "net") == near(-0.2)
    assert firm.value("expansion_rate", "2024-02") == 0.0


def test_expansion_of_a_portfolio(company: Any) -> None:
    """M13: over a chosen set, here one CSM's portfolio: Kim 100 -> 150 = 50 %, Lee 100 -> 100 = 0 %."""
    firm = company(
        subscriptions=monthly("A 100 2024-01-01 2024-02-10\nA 150 2024-02-10\nB 100 2024-01-01"),
        customers="customer_id,owner\nA,Kim\nB,Lee\n",
    )
    assert firm.by("owner", "expansion_rate", "2024-02", "--variant", "net") == {"Kim": 0.5, "Lee": 0.0}
    assert firm.value("expansion_rate", "2024-02", "--variant", "net", "--where", "owner = 'Kim'") == 0.5


SOLD = """
    subscription_id,customer_id,product,product_family,plan,quantity,amount,currency,interval,started_at,ended_at
    a,A,core,core,basic,1,100,USD,month,2024-01-01,2024-02-10
    a,A,core,core,pro,1,150,USD,month,2024-02-10,
    b,B,core,core,basic,5,100,USD,month,2024-01-01,2024-02-10
    b,B,core,core,basic,7,140,USD,month,2024-02-10,
    c,C,core,core,basic,1,100,USD,month,2024-01-01,
    c2,C,chat,chat,basic,1,30,USD,month,2024-02-20,
    d,D,core,core,basic,1,100,USD,month,2024-01-01,2024-02-10
    d,D,core,core,basic,1,110,USD,month,2024-02-10,
    n,New,chat,chat,basic,1,70,USD,month,2024-02-12,
"""


def test_upsell_and_cross_sell(company: Any) -> None:
    """M15, M16. At the start A, B, C, D with 100 each. A takes a higher plan (+50) and B more seats (+40): upsells
    2/4 and 90/400. C adds a first chat product (+30): cross-sell 1/4 and 30/400. D's price rises alone (+10):
    neither. New is no cross-sell."""
    firm = company(subscriptions=SOLD)
    assert firm.value("upsell_rate", "2024-02") == 0.5
    assert firm.value("upsell_rate", "2024-02", "--variant", "revenue") == near(90 / 400)
    assert firm.value("cross_sell_rate", "2024-02") == 0.25
    assert firm.value("cross_sell_rate", "2024-02", "--variant", "revenue") == near(30 / 400)
    assert firm.value("expansion_mrr", "2024-02") == 130.0  # 50 + 40 + 30 + 10
    assert firm.over("upsell_rate", "2024-03", "2024-04") == [0.0, 0.0]


def test_one_order_with_both(company: Any) -> None:
    """One customer moves to pro (+50) and adds chat (+30) on one day: an upsell and a cross-sell, split by line."""
    firm = company(
        subscriptions="""
            subscription_id,customer_id,product,product_family,plan,amount,currency,interval,started_at,ended_at
            a,A,core,core,basic,100,USD,month,2024-01-01,2024-02-10
            a,A,core,core,pro,150,USD,month,2024-02-10,
            b,A,chat,chat,basic,30,USD,month,2024-02-10,
        """
    )
    assert firm.value("upsell_rate", "2024-02", "--variant", "revenue") == 0.5
    assert firm.value("cross_sell_rate", "2024-02", "--variant", "revenue") == near(0.3)
    assert (firm.value("upsell_rate", "2024-02"), firm.value("cross_sell_rate", "2024-02")) == (1.0, 1.0)
