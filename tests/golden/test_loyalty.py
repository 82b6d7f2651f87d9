"""DEFINITIONS 0 and 25: loyalty as the mean of what there is, by weights that are printed."""

from __future__ import annotations

from typing import Any

from golden import monthly, near, run

SUBSCRIPTIONS = monthly("A 10 2024-01-01\nB 10 2024-01-01\nC 10 2024-01-01\nD 10 2024-01-01")
ORDERS = """
    order_id,customer_id,placed_at,amount,currency
    1,A,2024-03-02,10,USD
    2,A,2024-03-05,10,USD
    3,B,2024-03-09,10,USD
"""
ANSWERS = """
    response_id,survey,kind,customer_id,asked_at,answered_at,score
    1,s,nps,A,2024-03-01,2024-03-02,10
    2,s,nps,B,2024-03-01,2024-03-02,9
    3,s,nps,C,2024-03-01,2024-03-02,3
    4,s,nps,D,2024-03-01,2024-03-02,8
"""
REFERRALS = "referral_id,customer_id,at\n1,A,2024-03-09\n"


def test_the_mean_of_its_parts(company: Any) -> None:
    """1 of 2 buyers again: 50; NPS (2 - 1) / 4 = 25 points, so 62.5; 1 of 4 customers referred: 25. Mean 137.5 / 3."""
    firm = company(subscriptions=SUBSCRIPTIONS, orders=ORDERS, survey_responses=ANSWERS, referrals=REFERRALS)
    assert firm.value("loyalty", "2024-03") == near(137.5 / 3)
    assert "loyalty_nps 1" in run(firm.folder, "show", "loyalty", "--from", "2024-03", "--to", "2024-03").out


def test_weights_and_parts_that_are_not_there(company: Any) -> None:
    """Without orders and referrals NPS alone counts: 62.5. With referrals at twice the weight of NPS:
    (62.5 + 2 x 25) / 3 = 37.5."""
    assert company(subscriptions=SUBSCRIPTIONS, survey_responses=ANSWERS).value("loyalty", "2024-03") == 62.5
    firm = company(
        "[policy]\nloyalty_referrals = 2\n",
        subscriptions=SUBSCRIPTIONS,
        survey_responses=ANSWERS,
        referrals=REFERRALS,
    )
    assert firm.value("loyalty", "2024-03") == 37.5
