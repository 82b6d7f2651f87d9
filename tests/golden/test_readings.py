"""DEFINITIONS 1, 2, 9: readings of MRR, movements and renewals that the random worlds do not reach, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from golden import monthly, near, table

MOVED = ("new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr")
STRETCH = "subscription_id,customer_id,amount,started_at,ended_at,currency,interval"


def march(firm: Any, *options: str) -> dict[str, float]:
    """The five movements of March 2024."""
    found: dict[str, float] = firm.many(MOVED, "2024-03", *options)
    return found


def test_changes_less_than_an_hour_apart_are_one(company: Any) -> None:
    """A pays 100; 150 from 10 March 23:40, 120 from 00:20: day by day +50 and -30, in 40 minutes one +20. 200 from the
    20th 23:30, 180 from 00:30, a whole hour later: +80 and -20 either way. B pays 40 for the 20 minutes around a
    midnight: +40 and -40, or nothing. C left in February; back at 60 on the 15th 23:50, at 70 from 00:10: a
    reactivation of 60 and 10 more, or one of 70."""
    stretches = (
        "a,A,100,2024-01-01,2024-03-10T23:40:00Z a,A,150,2024-03-10T23:40:00Z,2024-03-11T00:20:00Z "
        "a,A,120,2024-03-11T00:20:00Z,2024-03-20T23:30:00Z a,A,200,2024-03-20T23:30:00Z,2024-03-21T00:30:00Z "
        "a,A,180,2024-03-21T00:30:00Z, b,B,40,2024-03-15T23:50:00Z,2024-03-16T00:10:00Z c,C,50,2024-01-01,2024-02-10 "
        "c2,C,60,2024-03-15T23:50:00Z,2024-03-16T00:10:00Z c2,C,70,2024-03-16T00:10:00Z,"
    )
    firm = company(subscriptions=table(STRETCH, ((*one.split(","), "USD", "month") for one in stretches.split())))
    assert march(firm) == dict(zip(MOVED, (40.0, 140.0, -50.0, -40.0, 60.0), strict=True))
    assert march(firm, "--variant", "window_60min") == dict(zip(MOVED, (0.0, 100.0, -20.0, 0.0, 70.0), strict=True))


def test_stays_that_begin_and_end_in_one_month_are_left_out(company: Any) -> None:
    """A joins at 100 on the 5th, pays 130 from the 10th and 90 from the 15th, leaves on the 20th: new 100, +30, -40,
    churn -90. B comes back at 50 for the 8th to the 18th. C joins on the 28th and stays until April: only C is left."""
    firm = company(
        subscriptions=monthly(
            "A 100 2024-03-05 2024-03-10\nA 130 2024-03-10 2024-03-15\nA 90 2024-03-15 2024-03-20\n"
            "B 20 2024-01-01 2024-02-10\nB 50 2024-03-08 2024-03-18\nC 70 2024-03-28 2024-04-02"
        )
    )
    assert march(firm) == dict(zip(MOVED, (170.0, 30.0, -40.0, -140.0, 50.0), strict=True))
    found = march(firm, "--variant", "ignore_same_period")
    assert found == dict(zip(MOVED, (70.0, 0.0, 0.0, 0.0, 0.0), strict=True))


def test_a_renewal_in_the_month_it_is_signed(company: Any) -> None:
    """A's term ends in May, its next is signed on 10 March; B's ends in March without one. By the end of terms 0 of 1
    in March and 1 of 1 in May; by signing 1 of 2 in March and none in May. 1,200 after 1,000 is 120 % of the whole
    value (tcv), though a term of half a year makes it 240 % a year."""
    firm = company(
        contracts="""
            contract_id,customer_id,signed_on,starts_on,ends_on,value,currency,renews,outcome
            a1,A,2023-05-20,2023-06-01,2024-05-31,1000,USD,,
            a2,A,2024-03-10,2024-05-31,2024-11-30,1200,USD,a1,
            b1,B,2023-03-20,2023-04-01,2024-03-31,500,USD,,churned
        """,
    )
    by_signing = ("--variant", "by_signing")
    assert [firm.value("renewal_rate", month) for month in ("2024-03", "2024-05")] == [0.0, 1.0]
    assert [firm.value("renewal_rate", month, *by_signing) for month in ("2024-03", "2024-05")] == [0.5, None]
    assert firm.row("renewal_rate", "2024-03", *by_signing)["n"] == 2
    assert firm.value("renewal_rate", "2024-05", "--variant", "tcv") == near(1.2)


def test_metered_use_is_the_mean_of_three_months(company: Any) -> None:
    """100 a month and 90 of metered use in January alone: 30 of it in January, in February and in March."""
    firm = company(
        subscriptions="""
            subscription_id,customer_id,amount,started_at,ended_at,currency,interval,usage_type
            a,A,100,2024-01-01,,USD,month,licensed
            m,A,90,2024-01-01,2024-02-01,USD,month,metered
        """
    )
    assert firm.over("mrr", "2024-01", "2024-04") == [100.0] * 4
    assert firm.over("mrr", "2024-01", "2024-04", "--variant", "include_metered") == [130.0, 130.0, 130.0, 100.0]


def test_past_due_counts_for_its_days(company: Any) -> None:
    """Past due from 10 February; the policy's 30 days are over on 11 March (2024 has a 29 February)."""
    firm = company(
        "[policy]\npast_due_days = 30\n",
        subscriptions="""
            subscription_id,customer_id,amount,started_at,ended_at,currency,interval,status
            a,A,100,2024-01-01,2024-02-10,USD,month,active
            a,A,100,2024-02-10,,USD,month,past_due
        """,
    )
    assert firm.over("mrr", "2024-03-09", "2024-03-12") == [100.0] * 4
    found = firm.over("mrr", "2024-03-09", "2024-03-12", "--variant", "auto_churn_after")
    assert found == [100.0, 100.0, 0.0, 0.0]


PAYMENTS = """
    payment_id,customer_id,invoice_id,at,amount,fee,currency,status,refund_of
    1,A,i1,2024-01-05,100,3,USD,succeeded,
    2,A,,2024-02-05,100,2,USD,succeeded,
    3,A,,2024-03-05,100,9,USD,failed,
    4,A,,2024-03-06,100,4,USD,succeeded,
    5,A,,2024-03-20,100,,USD,refunded,1
"""


def test_payments_fees_and_what_was_collected(company: Any) -> None:
    """March: 100 less the fee of 4, the failed one's 9 is none; the quarter's 3 + 2 + 4 are 3 a month. 1 of March's 2
    attempts succeeded; the refund is no attempt."""
    firm = company(subscriptions=monthly("A 100 2024-01-01"), payments=PAYMENTS)
    assert firm.value("mrr", "2024-03", "--variant", "net_of_fees") == near(96)
    assert firm.value("mrr", "2024-Q1", "--variant", "net_of_fees") == near(97)
    row = firm.row("payment_success", "2024-03")
    assert (row["value"], row["numerator"], row["n"]) == (0.5, 1, 2)


def test_a_full_refund_ends_what_it_paid_for(company: Any) -> None:
    """The payment of A's invoice was given back on 20 March, so its subscription ends; B's, half of it, goes on."""
    firm = company(
        subscriptions=monthly("A 100 2024-01-01\nB 60 2024-01-01"),
        invoices="""
            invoice_id,customer_id,subscription_id,issued_at,amount,currency,status
            i1,A,sub-A,2024-01-01,100,USD,paid
            i2,B,sub-B,2024-01-01,60,USD,paid
        """,
        payments=PAYMENTS + "6,B,i2,2024-01-05,60,,USD,succeeded,\n    7,B,i2,2024-03-20,30,,USD,refunded,6\n",
    )
    assert firm.over("mrr", "2024-03-19", "2024-03-20") == [160.0, 160.0]
    assert firm.over("mrr", "2024-03-19", "2024-03-20", "--variant", "full_refund_cancels") == [160.0, 60.0]


def test_orders_that_came_back(company: Any) -> None:
    """One of March's four orders was cancelled and one refunded: half."""
    firm = company(
        orders="order_id,customer_id,placed_at,amount,currency,status\n"
        "1,A,2024-03-01,5,USD,fulfilled\n2,A,2024-03-02,5,USD,cancelled\n3,B,2024-03-03,5,USD,refunded\n"
        "4,C,2024-03-04,5,USD,placed\n5,C,2024-04-04,5,USD,refunded\n"
    )
    assert firm.value("return_rate", "2024-03") == 0.5


@pytest.mark.parametrize("variant", ["active", "active_bounded"])
def test_active_is_the_bounded_way(company: Any, variant: str) -> None:
    """A and B join in January; A is active in January and March, B in January alone: 100, 0, 50 %."""
    events = [("A", "2024-01-10"), ("A", "2024-03-10"), ("B", "2024-01-11")]
    firm = company(
        subscriptions=monthly("A 10 2024-01-01\nB 10 2024-01-05"),
        events=table("customer_id,name,at", ((who, "opened", f"{day}T10:00:00Z") for who, day in events)),
    )
    assert firm.ages("cohort_retention", "2024-01", "--variant", variant)[:3] == [1.0, 0.0, 0.5]
