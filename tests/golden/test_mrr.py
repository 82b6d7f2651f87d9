"""DEFINITIONS 1 and 3, INVENTORY M11, M12, D09, D10: what a recurring amount is worth a month, and a year."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from golden import clean, monthly, near, table

HEADER = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at"
BILLED = ("year", "half", "quarter", "month", "week", "day", "four weeks", "two years")
MOVEMENTS = ("new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr", "fx_mrr")


def test_two_thousand_a_year(company: Any) -> None:
    """2,000 a year / 12 = 166.666..., shown as 166.67 but carried unrounded."""
    one = company(subscriptions=f"{HEADER}\ns1,A,2000,USD,year,2024-01-01,")
    assert one.value("mrr", "2024-01") == near(Fraction(2000, 12))
    assert round(one.value("mrr", "2024-01"), 2) == 166.67


def test_three_times_two_thousand_a_year_is_five_hundred_exactly(company: Any) -> None:
    """3 x 2,000 / 12 = 500.00: summed first, rounded last (3 x 166.67 would be 500.01)."""
    three = company(
        subscriptions=table(HEADER, ((f"s{i}", f"C{i}", 2000, "USD", "year", "2024-01-01", "") for i in range(3)))
    )
    assert three.value("mrr", "2024-01") == 500.0
    assert three.value("arr", "2024-01") == 6000.0


def test_every_billing_interval(company: Any) -> None:
    """1,200 / 12 = 100; 600 / 6 = 100; 300 / 3 = 100; 100 x 52/12 = 433.33; 10 x 365/12 = 304.17; 100 x 13/12 each 4
    weeks; 1,200 each 2 years = 50."""
    every = company(
        subscriptions="""
            subscription_id,customer_id,amount,currency,interval,interval_count,started_at
            s1,year,1200,USD,year,1,2024-01-01
            s2,half,600,USD,half_year,1,2024-01-01
            s3,quarter,300,USD,quarter,1,2024-01-01
            s4,month,100,USD,month,1,2024-01-01
            s5,week,100,USD,week,1,2024-01-01
            s6,day,10,USD,day,1,2024-01-01
            s7,four weeks,100,USD,week,4,2024-01-01
            s8,two years,1200,USD,year,2,2024-01-01
        """,
        customers="\n".join(
            [
                "customer_id,billed",
                *(f"{n},{n}" for n in ["year", "half", "quarter", "month", "week", "day", "four weeks", "two years"]),
            ]
        ),
    )
    assert every.by("billed", "mrr", "2024-01") == {
        "year": 100.0,
        "half": 100.0,
        "quarter": 100.0,
        "month": 100.0,
        "week": near(Fraction(100 * 52, 12)),
        "day": near(Fraction(10 * 365, 12)),
        "four weeks": near(Fraction(100 * 13, 12)),
        "two years": 50.0,
    }
    assert round(every.by("billed", "mrr", "2024-01")["week"], 2) == 433.33
    exact = every.by("billed", "mrr", "2024-01", "--variant", "week_exact")
    assert exact["week"] == near(Fraction(36525, 700) * 100 / 12)  # 365.25 / 7 weeks a year
    assert exact["month"] == 100.0


def test_the_amount_is_for_all_units(company: Any) -> None:
    """`amount` is what is charged for all 5 seats: 100, not 5 x 100."""
    seats = company(subscriptions=f"{HEADER},quantity\ns1,A,100,USD,month,2024-01-01,,5")
    assert seats.value("mrr", "2024-01") == 100.0


def test_monthly_to_yearly_at_the_same_price_is_no_movement(company: Any) -> None:
    """100 a month until 15 March, then 1,200 a year: 1,200 / 12 = 100, so nothing moved."""
    swap = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,USD,month,2024-01-01,2024-03-15
            s1,A,1200,USD,year,2024-03-15,
        """
    )
    assert swap.over("mrr", "2024-01", "2024-05") == [100.0] * 5
    moved = swap.many_over(MOVEMENTS, "2024-01", "2024-05")
    assert moved.pop("new_mrr") == [100.0, 0.0, 0.0, 0.0, 0.0]
    assert moved == dict.fromkeys(MOVEMENTS[1:], [0.0] * 5)
    assert swap.value("churned_customers", "2024-03") == 0


def test_a_coupon_of_half_for_three_months(company: Any) -> None:
    """50 % off 100 for 3 months: 50, 50, 50, then 100: an expansion of 50 on the day the coupon ends, 1 April."""
    coupon = company(
        subscriptions="""
            subscription_id,customer_id,amount,list_amount,discount_kind,discount_ends_at,currency,interval,started_at
            s1,A,50,100,repeating,2024-04-01,USD,month,2024-01-01
        """
    )
    assert coupon.over("mrr", "2024-01", "2024-05") == [50.0, 50.0, 50.0, 100.0, 100.0]
    assert coupon.over("expansion_mrr", "2024-01", "2024-05") == [0.0, 0.0, 0.0, 50.0, 0.0]
    assert coupon.over("expansion_mrr", "2024-03-31", "2024-04-02") == [0.0, 50.0, 0.0]
    assert coupon.over("mrr", "2024-01", "2024-04", "--variant", "gross") == [100.0] * 4  # discounts not deducted


def test_which_discounts_are_deducted(company: Any) -> None:
    """Three customers pay 60 of 100: once, repeating, forever. All deducted 180; forever only 100 + 100 + 60 = 260;
    recurring (repeating and forever) 100 + 60 + 60 = 220; none 300."""
    three = company(
        subscriptions="""
            subscription_id,customer_id,amount,list_amount,discount_kind,currency,interval,started_at
            s1,A,60,100,once,USD,month,2024-01-01
            s2,B,60,100,repeating,USD,month,2024-01-01
            s3,C,60,100,forever,USD,month,2024-01-01
        """
    )
    assert three.value("mrr", "2024-01") == 180.0
    assert three.value("mrr", "2024-01", "--variant", "forever_only") == 260.0
    assert three.value("mrr", "2024-01", "--variant", "recurring_only") == 220.0
    assert three.value("mrr", "2024-01", "--variant", "gross") == 300.0


def test_an_upgrade_counts_from_its_instant(company: Any) -> None:
    """100 until 15 March 14:00, then 150: 14 March closes at 100, 15 March at 150. The proration invoice of 27.42 is
    never MRR."""
    upgrade = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,USD,month,2024-01-01,2024-03-15T14:00:00Z
            s1,A,150,USD,month,2024-03-15T14:00:00Z,
        """,
        invoices="""
            invoice_id,customer_id,subscription_id,issued_at,amount,currency,status
            i1,A,s1,2024-03-15,27.42,USD,paid
        """,
    )
    assert upgrade.over("mrr", "2024-03-14", "2024-03-16") == [100.0, 150.0, 150.0]
    assert upgrade.value("mrr", "2024-03") == 150.0
    assert upgrade.value("expansion_mrr", "2024-03") == 50.0


def test_two_subscriptions_one_cancelled(company: Any) -> None:
    """100 + 50, the 50 ends on 10 March: MRR falls from 150 to 100, the customer stays, nobody churned."""
    two = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,USD,month,2024-01-01,
            s2,A,50,USD,month,2024-01-01,2024-03-10
        """
    )
    assert two.over("mrr", "2024-02", "2024-03") == [150.0, 100.0]
    assert two.value("contraction_mrr", "2024-03") == -50.0
    assert two.value("churned_mrr", "2024-03") == 0.0
    assert two.over("customers", "2024-02", "2024-03") == [1, 1]
    assert two.value("churned_customers", "2024-03") == 0


FREE = f"""
    {HEADER}
    s1,A,100,USD,month,2024-01-01,2024-03-10
    s1,A,0,USD,month,2024-03-10,
    s2,B,40,USD,month,2024-01-01,
"""


def test_a_full_discount_is_churn(company: Any) -> None:
    """A pays 100, then nothing (100 % off) from 10 March; B pays 40: MRR 140, then 40; A has churned."""
    free = company(subscriptions=FREE)
    assert free.over("mrr", "2024-02", "2024-03") == [140.0, 40.0]
    assert free.value("churned_mrr", "2024-03") == -100.0
    assert free.over("customers", "2024-02", "2024-03") == [2, 1]
    assert free.value("churned_customers", "2024-03") == 1


def test_a_full_discount_is_no_churn_where_free_is_active(company: Any) -> None:
    """The same with `free_is = "active_free"`: MRR 40 all the same, but A stays a customer, and the 100 is a
    contraction."""
    free = company('[policy]\nfree_is = "active_free"', subscriptions=FREE)
    assert free.over("mrr", "2024-02", "2024-03") == [140.0, 40.0]
    assert free.value("churned_customers", "2024-03") == 0
    assert free.over("customers", "2024-02", "2024-03") == [2, 2]
    assert free.value("churned_mrr", "2024-03") == 0.0
    assert free.value("contraction_mrr", "2024-03") == -100.0
    assert free.value("net_new_mrr", "2024-03") == -100.0


def test_which_items_count(company: Any) -> None:
    """active 100 + past due 20 = 120. Unpaid 1, incomplete 2, trial 4, metered 8, minimum 16 and paused 32 do not
    count."""
    items = company(
        subscriptions="""
            subscription_id,customer_id,amount,currency,interval,started_at,status,is_trial,usage_type
            s1,A,100,USD,month,2024-01-01,active,,licensed
            s2,B,20,USD,month,2024-01-01,past_due,,
            s3,C,1,USD,month,2024-01-01,unpaid,,
            s4,D,2,USD,month,2024-01-01,incomplete,,
            s5,E,4,USD,month,2024-01-01,active,true,
            s6,F,8,USD,month,2024-01-01,active,,metered
            s7,G,16,USD,month,2024-01-01,active,,minimum
            s8,H,32,USD,month,2024-01-01,paused,,
        """
    )
    assert items.value("mrr", "2024-04") == 120.0
    assert items.value("customers", "2024-04") == 2
    assert items.value("mrr", "2024-04", "--variant", "exclude_past_due") == 100.0
    assert items.value("mrr", "2024-04", "--variant", "paused_counts") == 152.0
    assert items.value("mrr", "2024-04", "--variant", "paid_trial_counts") == 124.0
    assert items.value("mrr", "2024-04", "--variant", "include_minimum_commit") == 136.0


def test_credits_net_and_never_below_zero(company: Any) -> None:
    """A: 100 - 30 = 70. B: 20 - 50 = -30, which is 0 and no customer. Together 70, not 40."""
    credit = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,USD,month,2024-01-01,
            c1,A,-30,USD,month,2024-01-01,
            s2,B,20,USD,month,2024-01-01,
            c2,B,-50,USD,month,2024-01-01,
        """
    )
    assert credit.value("mrr", "2024-01") == 70.0
    assert credit.value("customers", "2024-01") == 1


def test_committed_counts_what_is_signed_and_not_what_is_cancelled(company: Any) -> None:
    """As of 1 June: A 100 runs; B 60 signed in May starts on 1 July; C 30 was cancelled in May and ends on 1 August.
    MRR = 100 + 30 = 130; committed = 100 + 60 = 160."""
    signed = company(
        "[workspace]\nas_of = 2024-06-01",
        subscriptions="""
            subscription_id,customer_id,amount,currency,interval,signed_at,started_at,ended_at,cancel_requested_at
            s1,A,100,USD,month,2024-01-01,2024-01-01,,
            s2,B,60,USD,month,2024-05-20,2024-07-01,,
            s3,C,30,USD,month,2024-01-01,2024-01-01,2024-08-01,2024-05-10
        """,
    )
    assert signed.value("mrr", "2024-05") == 130.0
    assert signed.value("mrr", "2024-05", "--variant", "committed") == 160.0


def test_a_thousand_accounts_at_twenty_five(company: Any) -> None:
    """M11, M12: 25 x 1,000 = 25,000 a month; x 12 = 300,000 a year."""
    many = company(subscriptions=monthly(rows=(f"C{i} 25 2024-01-01" for i in range(1000))))
    assert many.value("mrr", "2024-01") == 25_000.0
    assert many.value("arr", "2024-01") == 300_000.0
    assert many.value("arpa", "2024-01") == 25.0


def test_arr_of_the_average_month(company: Any) -> None:
    """D09: 100, 200, 300 in January, February, March (31, 29, 31 days): ARR at the end 12 x 300 = 3,600;
    12 x the mean of the quarter, 200 = 2,400. Only the yearly contract counts in `annual_only`."""
    growing = company(
        subscriptions=f"""
            {HEADER}
            s1,A,100,USD,month,2024-01-01,
            s2,B,1200,USD,year,2024-02-01,
            s3,C,100,USD,month,2024-03-01,
        """
    )
    assert growing.value("arr", "2024-Q1") == 3600.0
    assert growing.value("arr", "2024-Q1", "--variant", "avg") == near(2400)
    assert growing.value("arr", "2024-Q1", "--variant", "annual_only") == 1200.0


def test_the_bridge_of_arr(company: Any) -> None:
    """M12 as article 004 means it: opening + new + upgrades + reactivation - downgrades - churn = closing.
    12 x (60 + 40 + 50) = 1,800; + 12 x (25 + 30 - 10 - 40) = + 60: 1,860."""
    bridge = company(
        subscriptions=monthly(
            """
            A 60 2024-01-01 2024-02-10
            A 90 2024-02-10
            B 40 2024-01-01 2024-02-10
            C 50 2024-01-01 2024-02-10
            C 40 2024-02-10
            D 25 2024-02-20
            """
        )
    )
    moved = bridge.many(MOVEMENTS, "2024-02")
    assert moved == {
        "new_mrr": 25.0,
        "expansion_mrr": 30.0,
        "contraction_mrr": -10.0,
        "churned_mrr": -40.0,
        "reactivation_mrr": 0.0,
        "fx_mrr": 0.0,
    }
    opening, closing = bridge.over("arr", "2024-01", "2024-02")
    assert (opening, closing) == (1800.0, 1860.0)
    assert opening + 12 * sum(moved.values()) == closing


def test_one_off_revenue_is_never_mrr(company: Any) -> None:
    """D04, D10: 100 a month and a 900 set-up fee: MRR 100; non-recurring revenue 900 + an order of 50 = 950."""
    fee = company(
        subscriptions=monthly("A 100 2024-01-01"),
        invoices=clean(
            """
            invoice_id,customer_id,subscription_id,recurring,issued_at,amount,currency,status
            i1,A,,false,2024-01-05,900,USD,paid
            i2,A,sub-A,true,2024-01-05,100,USD,paid
            i3,A,,false,2024-01-06,70,USD,void
            """
        ),
        orders="order_id,customer_id,placed_at,amount,currency,status\no1,A,2024-01-20,50,USD,fulfilled\n",
    )
    assert fee.value("mrr", "2024-01") == 100.0
    assert fee.value("non_recurring_revenue", "2024-01") == 950.0
    assert fee.value("non_recurring_revenue", "2024-02") == 0.0


def test_levels_are_days_whatever_makes_one_movement(company: Any) -> None:
    """A plan ends at 23:50 on the 31st and the next begins at 00:20: one movement for ChartMogul, but at the end of
    January nothing is paid."""
    firm = company(
        '[policy]\nrevenue = "chartmogul"\n',
        subscriptions="""
            subscription_id,customer_id,amount,currency,interval,started_at,ended_at
            1,A,10,USD,month,2024-01-01T00:00:00Z,2024-01-31T23:50:00Z
            2,A,15,USD,month,2024-02-01T00:20:00Z,
            3,B,10,USD,month,2024-01-01T00:00:00Z,
        """,
    )
    assert firm.value("mrr", "2024-01") == 10.0
    assert firm.value("mrr", "2024-02") == 25.0
    assert firm.value("expansion_mrr", "2024-02") == 5.0
