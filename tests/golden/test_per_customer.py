"""DEFINITIONS 11, INVENTORY M24, M25, D10: money per user, account and customer."""

from __future__ import annotations

from typing import Any

from golden import monthly, near, table


def test_fifty_two_thousand_over_twenty_five_hundred_users(company: Any) -> None:
    """M24: 52,000 received / 2,500 active users = 20.80. Two customers, so ARPC = 52,000 / 2 = 26,000."""
    firm = company(
        subscriptions=monthly("A 100 2024-01-01\nB 100 2024-01-01"),
        payments="""
            payment_id,customer_id,at,amount,currency,status,refund_of
            p1,A,2024-03-02,30000,USD,succeeded,
            p2,B,2024-03-03,24000,USD,succeeded,
            p3,B,2024-03-09,2000,USD,refunded,p2
            p4,B,2024-03-10,500,USD,failed,
            p5,B,2024-04-01,700,USD,succeeded,
        """,
        events=table(
            "customer_id,contact_id,name,at",
            ((("A", "B")[i % 2], f"u{i}", "opened", f"2024-03-{1 + i % 31:02d}T10:00:00Z") for i in range(2500)),
        ),
    )
    row = firm.row("arpu", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"]) == (near(20.8), 52_000.0, 2500)
    assert firm.value("arpc", "2024-03") == 26_000.0


def test_arpa_is_mrr_over_paying_accounts(company: Any) -> None:
    """52,000 of MRR / 2,500 accounts at the same moment = 20.80; revenue without payments, orders or invoices is MRR
    day by day, so ARPU and ARPC of a steady month are the same 20.80."""
    firm = company(subscriptions=monthly(rows=(f"C{i} 20.80 2024-01-01" for i in range(2500))))
    assert firm.value("mrr", "2024-03") == 52_000.0
    for metric in ("arpa", "arpu", "arpc"):
        assert firm.value(metric, "2024-03") == near(20.8), metric


def test_a_ratio_of_sums_not_a_mean_of_ratios(company: Any) -> None:
    """North 3 customers at 10, south 1 at 90: (30 + 90) / 4 = 30; the mean of the two segments' ARPAs would be 50."""
    firm = company(
        subscriptions=monthly("A 10 2024-01-01\nB 10 2024-01-01\nC 10 2024-01-01\nD 90 2024-01-01"),
        customers="customer_id,region\nA,north\nB,north\nC,north\nD,south\n",
    )
    assert firm.value("arpa", "2024-01") == 30.0
    assert firm.by("region", "arpa", "2024-01") == {"north": 10.0, "south": 90.0}


def test_arpc_over_the_customers_of_the_period(company: Any) -> None:
    """Invoices of March 100 + 200 (a void one of 999 not); A, B and C, who left on the 10th, were customers in March:
    300 / 3."""
    firm = company(
        subscriptions=monthly("A 10 2024-01-01\nB 10 2024-03-20\nC 10 2024-01-01 2024-03-10"),
        invoices="""
            invoice_id,customer_id,issued_at,amount,currency,status
            i1,A,2024-03-02,100,USD,paid
            i2,B,2024-03-20,200,USD,open
            i3,A,2024-03-20,999,USD,void
        """,
    )
    assert firm.value("arpc", "2024-03") == 100.0
    assert firm.value("arpa", "2024-03") == 10.0


def test_revenue_of_a_month_from_mrr(company: Any) -> None:
    """No payments, orders or invoices: MRR at each day's close over the days of its month. April: 100 for 15 closes,
    160 for 15: (15 x 100 + 15 x 160) / 30 = 130, one customer."""
    firm = company(subscriptions=monthly("A 100 2024-01-01 2024-04-16\nA 160 2024-04-16"))
    assert firm.value("arpc", "2024-04") == near(130)
    assert firm.value("arpc", "2024-Q2") == near(130 + 160 + 160)


def test_arpa_of_nobody(company: Any) -> None:
    """MRR 0 / 0 accounts is no value."""
    row = company(subscriptions=monthly("A 10 2024-03-10")).row("arpa", "2024-02")
    assert (row["value"], row["reason"]) == (None, "empty_denominator")
