"""DEFINITIONS 0, 16 and 17, INVENTORY M31 to M39: onboarding, activation, time to value, trials."""

from __future__ import annotations

from typing import Any

from golden import monthly, near

AS_OF = "[workspace]\nas_of = {}\n"
VALUE = """
[usage]
activation = {{ event = "invited", count = 2, within_days = 14 }}
value = {{ event = "shared" }}
"""


def test_activation_and_time_to_value(company: Any) -> None:
    """Five sign up on 1 March. The second invitation: A on the 15th at 0:00 (14 days, in time), B an hour later (not),
    C after one only, D before signing up (at once), E never: 2/5. Value: A after 2 days, B 4, D before (0), C and E
    not yet: of 5 at 0 1/5, at 2 2/5, at 4 3/5: median 4 days; mean of the three 2."""
    firm = company(
        AS_OF.format("2024-03-20") + VALUE.format(),
        customers="customer_id,created_at\n" + "".join(f"{who},2024-03-01T00:00:00Z\n" for who in "ABCDE"),
        events="""
            customer_id,contact_id,name,at
            A,u1,invited,2024-03-02T00:00:00Z
            A,u1,invited,2024-03-15T00:00:00Z
            B,u2,invited,2024-03-02T00:00:00Z
            B,u2,invited,2024-03-15T01:00:00Z
            C,u3,invited,2024-03-02T00:00:00Z
            D,u4,invited,2024-02-02T00:00:00Z
            D,u4,invited,2024-02-03T00:00:00Z
            A,u1,shared,2024-03-03T00:00:00Z
            B,u2,shared,2024-03-05T00:00:00Z
            D,u4,shared,2024-02-20T00:00:00Z
            C,u3,shared,2024-03-20T00:00:00Z
        """,
    )
    row = firm.row("activation_rate", "2024-03")
    assert (row["value"], row["n"], row["complete"]) == (near(2 / 5), 5, False)
    assert firm.value("activation_rate", "2024-03", "--variant", "in_period") == near(2 / 5)
    row = firm.row("time_to_value", "2024-03")
    assert (row["value"], row["n"]) == (4.0, 5)
    assert firm.value("time_to_value", "2024-03", "--variant", "achieved_mean") == 2.0
    assert firm.value("time_to_value", "2024-03", "--variant", "quartile") == 2.0
    assert firm.row("time_to_value", "2024-03", "--variant", "third_quartile")["reason"] == "not_reached"
    assert firm.row("time_to_value", "2024-02")["reason"] == "empty_denominator"


def test_who_left_stops_waiting(company: Any) -> None:
    """A has value after 10 days, B left after 5, C is still waiting: at 10 days one of two, S = 1/2. The naive mean of
    all who got there is 10 too, but with B still waiting it would be one of three, and not reached."""
    text = "A 10 2024-03-01\nB 10 2024-03-01 {}\nC 10 2024-03-01"
    event = "customer_id,name,at\nA,shared,2024-03-11T00:00:00Z\n"
    toml = AS_OF.format("2024-04-01") + VALUE.format()
    assert company(toml, subscriptions=monthly(text.format("2024-03-06")), events=event).value(
        "time_to_value", "2024-03"
    ) == near(10)
    row = company(toml, subscriptions=monthly(text.format("")), events=event).row("time_to_value", "2024-03")
    assert (row["value"], row["reason"], row["n"]) == (None, "not_reached", 3)


STEPS = """
    customer_id,contact_id,step,position,required,weight,assigned_at,started_at,completed_at
    A,a,connect,1,true,2,2024-03-01,2024-03-01,2024-03-03
    A,a,invite,2,true,1,2024-03-01,2024-03-03,2024-03-11
    A,a,call,3,false,1,2024-03-01,,
    B,b,connect,1,true,2,2024-03-01,2024-03-05,2024-03-06
    B,b,invite,2,true,1,2024-03-01,2024-03-06,
    B,b,call,3,false,1,2024-03-01,,2024-03-20
    C,c,connect,1,true,2,2024-03-01,2024-03-30,
    D,d,connect,1,true,2,2024-03-01,,
"""


def test_onboarding(company: Any) -> None:
    """A, B and C began in March, D never: done 1/3. Steps: connect A and B of three, invite A of two, call B of two;
    strictly: of the three all may connect, 2/3; of A and B who connected A invites, 1/2; of A who invited none calls.
    Progress (3/4 + 3/4 + 0) / 3. A takes 10 days, the others wait longer: 1/3 done, not reached; the mean is 10."""
    firm = company(AS_OF.format("2024-05-01"), onboarding_steps=STEPS)
    row = firm.row("onboarding_completion_rate", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"]) == (near(1 / 3), 1, 3)
    options = ("--from", "2024-03", "--to", "2024-03")
    rows = firm.rows("onboarding_step_rate", *options)
    assert {r["by"]["step"]: (r["numerator"], r["denominator"]) for r in rows} == {
        "connect": (2, 3),
        "invite": (1, 2),
        "call": (1, 2),
    }
    rows = firm.rows("onboarding_step_rate", *options, "--variant", "funnel")
    assert {r["by"]["step"]: (r["numerator"], r["denominator"]) for r in rows} == {
        "connect": (2, 3),
        "invite": (1, 2),
        "call": (0, 1),
    }
    assert firm.value("onboarding_progress", "2024-03") == near(0.5)
    assert firm.row("onboarding_time", "2024-03")["reason"] == "not_reached"
    assert firm.value("onboarding_time", "2024-03", "--variant", "achieved_mean") == 10.0


def test_onboarding_as_of_an_earlier_day(company: Any) -> None:
    """On 10 March A's second step is not done yet: 0 of A and B (C has not begun)."""
    firm = company(AS_OF.format("2024-03-10"), onboarding_steps=STEPS)
    row = firm.row("onboarding_completion_rate", "2024-03")
    assert (row["numerator"], row["denominator"]) == (0, 2)


def test_what_those_who_finish_use_and_whether_they_stay(company: Any) -> None:
    """A, from 1 to 11 March: reports twice and exports once, one more on the 12th is too late: 2 features. A's days 31
    to 60 are 11 April to 10 May, with an event. B, who never finished, began on the 5th: 5 April to 4 May; the
    one on 5 May is too late. C's 60 days after 30 March end on 29 May, before as_of."""
    firm = company(
        AS_OF.format("2024-06-01"),
        onboarding_steps=STEPS,
        events="""
            customer_id,contact_id,name,at
            A,a,reports,2024-03-02T10:00:00Z
            A,a,reports,2024-03-03T10:00:00Z
            A,a,exports,2024-03-04T10:00:00Z
            A,a,alerts,2024-03-12T10:00:00Z
            A,a,reports,2024-05-10T23:00:00Z
            B,b,reports,2024-04-03T10:00:00Z
            B,b,reports,2024-05-05T10:00:00Z
        """,
    )
    assert firm.value("onboarding_features", "2024-03") == 2.0
    assert firm.value("onboarded_retention", "2024-03") == 1.0
    row = firm.row("onboarded_retention", "2024-03", "--variant", "not_onboarded")
    assert (row["numerator"], row["denominator"]) == (0, 2)


def test_sixty_days_must_be_over(company: Any) -> None:
    """A is done on 11 March; the 60th day is 10 May, over when 11 May begins."""
    event = "customer_id,name,at\nA,reports,2024-04-20\n"
    for day, value in (("2024-05-10", None), ("2024-05-11", 1.0)):
        firm = company(AS_OF.format(day), onboarding_steps=STEPS, events=event)
        assert firm.value("onboarded_retention", "2024-03") == value


TRIALS = """
    trial_id,customer_id,started_at,ends_at,converted_at
    1,A,2024-03-01,2024-03-15,2024-03-22T00:00:00Z
    2,B,2024-03-01,2024-03-15,2024-03-22T00:00:01Z
    3,C,2024-03-01,2024-03-15,
    4,D,2024-02-20,2024-03-05,2024-03-01
    5,D,2024-03-10,2024-03-24,
    6,E,2024-03-20,2024-04-20,2024-03-25
"""


def test_trials_by_their_end(company: Any) -> None:
    """A on the last second of the seven days, B a second late, C not, D converted early (the second trial counts
    nowhere): 2/4. Started in March: A, B, E of A, B, C, E 3/4. Conversions in March: A, B, D, E / 4 started."""
    firm = company(AS_OF.format("2024-06-01"), trials=TRIALS)
    row = firm.row("trial_conversion_rate", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"], row["complete"]) == (0.5, 2, 4, True)
    for variant, value in (("by_trial_start", 0.75), ("in_period", 1.0), ("rolling_30", 0.5)):
        assert firm.value("trial_conversion_rate", "2024-03", "--variant", variant) == value
    assert firm.over("trial_conversion_rate", "2024-04-03", "2024-04-05", "--variant", "rolling_30") == [
        0.5, near(1 / 3), near(1 / 3),
    ]  # fmt: skip


def test_a_trial_whose_days_of_grace_run(company: Any) -> None:
    """On 20 March A, B and C's trials are over for 5 days: counted as not converted, the period is not complete."""
    row = company(AS_OF.format("2024-03-20"), trials=TRIALS).row("trial_conversion_rate", "2024-03")
    assert (row["numerator"], row["denominator"], row["complete"]) == (1, 4, False)


def test_trials_that_are_subscriptions(company: Any) -> None:
    """A pays when the trial ends, B after 8 days, C's trial was extended by a month and paid for then, D's costs
    nothing after it, E never had one. In March A and B and D ended: 1/3; C in April: 1/1."""
    firm = company(
        AS_OF.format("2024-08-01"),
        subscriptions="""
            subscription_id,customer_id,product,amount,currency,interval,is_trial,started_at,ended_at
            a,A,core,0,USD,month,true,2024-03-01,2024-03-15
            a,A,core,10,USD,month,false,2024-03-15,
            b,B,core,0,USD,month,true,2024-03-01,2024-03-15
            b,B,core,10,USD,month,false,2024-03-23,
            c,C,core,0,USD,month,true,2024-03-01,2024-03-15
            c,C,plus,0,USD,month,true,2024-03-15,2024-04-15
            c,C,core,10,USD,month,false,2024-04-20,
            d,D,core,0,USD,month,true,2024-03-01,2024-03-15
            d,D,core,0,USD,month,false,2024-03-15,
            e,E,core,10,USD,month,false,2024-03-15,
        """,
    )
    rows = firm.rows("trial_conversion_rate", "--from", "2024-03", "--to", "2024-04")
    assert [(row["numerator"], row["denominator"]) for row in rows] == [(1, 3), (1, 1)]
