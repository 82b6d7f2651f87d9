"""DEFINITIONS 25, INVENTORY M45: every known customer is in one state, and the states sum to all."""

from __future__ import annotations

from typing import Any

SUBSCRIPTIONS = """
    subscription_id,customer_id,amount,currency,interval,status,is_trial,started_at,ended_at
    1,payer,10,USD,month,active,false,2024-01-01,
    2,late,10,USD,month,active,false,2024-01-01,2024-03-01
    2,late,10,USD,month,past_due,false,2024-03-01,
    3,gone,10,USD,month,active,false,2024-01-01,2024-02-01
    4,back,10,USD,month,active,false,2024-01-01,2024-02-01
    5,back,10,USD,month,active,false,2024-03-01,
    6,resting,10,USD,month,active,false,2024-01-01,2024-03-01
    6,resting,10,USD,month,paused,false,2024-03-01,
    7,trying,10,USD,month,active,true,2024-03-20,
    8,freebie,0,USD,month,active,false,2024-03-01,
"""


def test_each_customer_is_in_one_state(company: Any) -> None:
    """End of March: one of each; the lead is known since the 10th of March and has bought nothing. In February `late`
    pays still, `back` has churned and `resting` pays; the trial, the free plan and the lead are not there yet."""
    firm = company(subscriptions=SUBSCRIPTIONS, customers="customer_id,created_at\nlead,2024-03-10\n")
    march = firm.by("state", "customers", "2024-03", "--variant", "all")
    assert march == {
        **dict.fromkeys(("paying", "past_due", "churned", "reactivated", "paused", "trial", "free", "prospect"), 1)
    }
    assert firm.value("customers", "2024-03", "--variant", "all") == 8
    february = firm.by("state", "customers", "2024-02", "--variant", "all")
    assert {state: n for state, n in february.items() if n} == {"paying": 3, "churned": 2}
    # Those who pay are the customers: 3 at the end of March, whatever their state is called.
    assert firm.value("customers", "2024-03") == 3
    assert firm.value("customers", "2024-03", "--where", "state = 'past_due'") == 1
