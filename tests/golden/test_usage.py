"""DEFINITIONS 0, 14 to 16 and 25, INVENTORY M40 to M44, M65: users, time, features, engagement, outcomes, visitors."""

from __future__ import annotations

import json
from typing import Any

from golden import ask, monthly, near, run, table

DAYS = [f"2024-06-{day:02d}" for day in range(1, 31)]
EVENTS = "customer_id,contact_id,name,at"
YEAR = "[workspace]\nas_of = 2025-01-01\n"


def test_ten_users_each_active_on_six_days(company: Any) -> None:
    """Section 15: 60 days of use in 30 days are 2 users a day; 2 / 10 = 20 %. User i is active on the days 3k + i."""
    rows = [("A", f"u{i}", "opened", f"{DAYS[(5 * k + i) % 30]}T10:00:00Z") for i in range(10) for k in range(6)]
    again = [("A", "u0", "opened", f"{DAYS[0]}T11:00:00Z")]
    firm = company(events=table(EVENTS, rows + again))
    assert firm.many(("dau", "mau", "stickiness"), "2024-06") == {"dau": 2.0, "mau": 10, "stickiness": near(0.2)}
    rows = [firm.row(*one) for one in (("dau", "2024-06"), ("mau", "2024-Q2"), ("dau", DAYS[0]))]
    assert [row["n"] for row in rows] == [10, 10, 2], "the different users behind the figure"
    row = firm.row("stickiness", "2024-06")
    assert (row["numerator"], row["denominator"], row["n"]) == (2.0, 10, 10)


def test_three_users_come_back_on_day_one_on_day_five_and_never(company: Any) -> None:
    """Section 14: bounded 100, 33, 0, 0, 0, 33, 0 per cent; unbounded 100, 67, 33, 33, 33, 33, 0."""
    firm = company(
        YEAR.replace("2025-01-01", "2024-03-08"),
        events="""
            customer_id,name,at
            A,opened,2024-03-01T08:00:00Z
            A,opened,2024-03-02T09:00:00Z
            B,opened,2024-03-01T08:00:00Z
            B,opened,2024-03-06T09:00:00Z
            C,opened,2024-03-01T08:00:00Z
        """,
    )
    thirds = {"active_bounded": [3, 1, 0, 0, 0, 1, 0], "active_unbounded": [3, 2, 1, 1, 1, 1, 0]}
    for variant, kept in thirds.items():
        found = firm.ages("cohort_retention", "2024-03-01", "--variant", variant)
        assert found == [near(k / 3) for k in kept], variant


def test_windows_reach_back_from_the_end_of_the_period(company: Any) -> None:
    """u1 on 10 March, u2 on 4 and 30 March, u3 on 1 April. The 30 days that end with 9 April begin on 11 March."""
    firm = company(
        events="""
            customer_id,contact_id,name,at
            A,u1,opened,2024-03-10T10:00:00Z
            A,u2,opened,2024-03-04T10:00:00Z
            B,u2b,opened,2024-03-30T23:59:59Z
            B,u3,opened,2024-04-01T00:00:00Z
        """,
    )
    assert firm.over("mau", "2024-04-08", "2024-04-10") == [3, 2, 2]
    assert firm.over("mau", "2024-04-06", "2024-04-08", "--variant", "trailing_28") == [3, 2, 2]
    assert firm.over("wau", "2024-04-05", "2024-04-08") == [2, 1, 1, 0]
    assert firm.value("mau", "2024-03") == 3
    assert firm.value("mau", "2024-Q1") == 3
    assert firm.value("mau", "2024-04", "--variant", "trailing") == 1
    assert firm.value("mau", "2024-05", "--variant", "trailing") == 0
    assert firm.value("mau", "2024-04-10", "--variant", "calendar") == 3
    assert firm.value("mau", "2024-03", "--variant", "customers") == 2
    assert firm.value("wau", "2024-W14") == 1


def test_one_user_of_two_customers_is_one(company: Any) -> None:
    """Once overall and once in each segment, in the calendar month and in windows: 2, of north 2 and of south 1."""
    firm = company(
        events="""
            customer_id,contact_id,name,at
            A,u1,opened,2024-03-10T10:00:00Z
            B,u1,opened,2024-03-10T12:00:00Z
            A,u2,opened,2024-03-11T10:00:00Z
        """,
        customers="customer_id,region\nA,north\nB,south\n",
    )
    for options in ((), ("--variant", "trailing"), ("--variant", "trailing_28")):
        assert firm.value("mau", "2024-03", *options) == 2
        assert firm.by("region", "mau", "2024-03", *options) == {"north": 2, "south": 1}
    assert firm.over("dau", "2024-03-10", "2024-03-11") == [1, 1]
    assert firm.value("dau", "2024-03") == near(2 / 31)


def test_only_active_events_count_and_the_events_own_columns_split(company: Any) -> None:
    """`active` names what counts; `--by platform` is a column of the events: u1 is in both groups, u3 on the web."""
    firm = company(
        YEAR + '[usage]\nactive = ["opened"]\n',
        events="""
            customer_id,contact_id,name,at,platform
            A,u1,opened,2024-03-10T10:00:00Z,web
            A,u1,opened,2024-03-11T10:00:00Z,app
            A,u2,mail_read,2024-03-11T10:00:00Z,web
            ,u3,opened,2024-03-11T10:00:00Z,web
        """,
    )
    assert firm.value("mau", "2024-03") == 2
    assert firm.by("platform", "mau", "2024-03") == {"app": 1, "web": 2}
    assert firm.value("mau", "2024-03", "--where", "platform = 'app'") == 1
    assert firm.value("mau", "2024-03", "--variant", "customers") == 1


def test_time_from_sessions_and_from_events(company: Any) -> None:
    """Sessions: 90 + 30 minutes of two users is 1 h each. Events: 0, 20 and 40 minutes are one session of 40; the next
    begins after exactly 30 minutes without one (70), and lasts 10: 50 minutes of one user."""
    firm = company(
        sessions="""
            session_id,customer_id,contact_id,started_at,ended_at
            1,A,u1,2024-03-10T10:00:00Z,2024-03-10T11:30:00Z
            2,A,u2,2024-03-31T23:50:00Z,2024-04-01T00:20:00Z
            3,A,u3,2024-03-12T10:00:00Z,
        """,
    )
    row = firm.row("time_on_platform", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (1.0, 2.0, 2, 2)
    minutes = ("10:00", "10:20", "10:40", "11:10", "11:20")
    told = company(events=table(EVENTS, (("A", "u1", "opened", f"2024-03-10T{at}:00Z") for at in minutes)))
    assert told.value("time_on_platform", "2024-03") == near(50 / 60)
    assert told.value("time_on_platform", "2024-03", "--variant", "per_session") == near(25 / 60)


FOUR = monthly("A 10 2024-01-01\nB 10 2024-01-01\nC 10 2024-01-01\nD 10 2024-01-01")
USE = """
    customer_id,contact_id,name,at
    A,u1,report_viewed,2024-03-01T10:00:00Z
    A,u1,report_made,2024-03-02T10:00:00Z
    A,u2,exported,2024-03-02T10:00:00Z
    B,u3,report_viewed,2024-03-05T10:00:00Z
    C,u4,opened,2024-03-05T10:00:00Z
    E,u5,exported,2024-03-05T10:00:00Z
"""
FEATURES = YEAR + '[usage]\nfeatures = { reports = ["report_viewed", "report_made"], exports = ["exported"] }\n'


def rates(firm: Any, *options: str) -> dict[str, Any]:
    """Values of feature_adoption_rate in March, by feature."""
    rows = firm.rows("feature_adoption_rate", "--from", "2024-03", "--to", "2024-03", *options)
    return {row["by"]["feature"]: row["value"] for row in rows}


def test_feature_adoption(company: Any) -> None:
    """Four customers (E is none): reports A and B 2/4, exports A 1/4. Two or more days of reports: A alone. Of the
    three with an event: 2/3, 1/3. Users of reports: u1 of A's two and u3 of B's one, 2/3; days: A 2 of 2, B 1 of 1."""
    firm = company(FEATURES, subscriptions=FOUR, events=USE)
    assert rates(firm) == {"reports": 0.5, "exports": 0.25}
    assert rates(firm, "--variant", "adopted") == {"reports": 0.25, "exports": 0.0}
    assert rates(firm, "--variant", "active_only") == {"reports": near(2 / 3), "exports": near(1 / 3)}
    assert rates(firm, "--variant", "depth") == {"reports": near(2 / 3), "exports": 0.5}
    assert rates(firm, "--variant", "frequency") == {"reports": 1.0, "exports": 0.5}
    assert rates(firm, "--where", "feature = 'reports'") == {"reports": 0.5}
    (row,) = firm.rows("feature_adoption_rate", "--from", "2024-04", "--to", "2024-04", "--variant", "ever")[:1]
    assert (row["by"], row["value"], row["n"]) == ({"feature": "exports"}, 0.25, 4)
    assert firm.value("feature_breadth", "2024-03") == near((2 / 2 + 1 / 2 + 0 + 0) / 4)


def test_features_of_those_entitled(company: Any) -> None:
    """Entitled to reports A, C and (until 1 March, the day before the period ends it) nobody else: A uses it: 1/2.
    Breadth: A 1 of 1, C 0 of 2."""
    firm = company(
        FEATURES,
        subscriptions=FOUR,
        events=USE,
        entitlements="""
            customer_id,feature,started_at,ended_at
            A,reports,2024-01-01,
            C,reports,2024-02-01,2024-03-20
            C,exports,2024-02-01,
            B,reports,2024-01-01,2024-03-01
            B,exports,2024-04-01,
        """,
    )
    assert rates(firm, "--variant", "entitled") == {"exports": 0.0, "reports": 0.5}
    assert firm.value("feature_breadth", "2024-03") == 0.5


def test_engagement_is_the_mean_of_its_parts(company: Any) -> None:
    """April, A and B. Days: A 15 of 30, B 0. Breadth (one feature): 1 and 0. Hours 2 and 0 of 2 customers: A (1 + 1/2)
    / 2, B 1/4. A (50 + 100 + 75) / 3 = 75, B (0 + 0 + 25) / 3 = 25/3; the mean 41.67."""
    firm = company(
        subscriptions=monthly("A 10 2024-01-01\nB 10 2024-01-01"),
        events=table(EVENTS, (("A", "u1", "opened", f"2024-04-{2 * day:02d}") for day in range(1, 16))),
        sessions="session_id,customer_id,contact_id,started_at,ended_at\n1,A,u1,2024-04-02T10:00:00Z,2024-04-02T12:00:00Z",
    )
    assert firm.value("engagement", "2024-04") == near((75 + 25 / 3) / 2)


def test_outcomes_in_time(company: Any) -> None:
    """Due in March: on the day itself in time, a day later late, one never, one after as_of unknown: 1/4."""
    firm = company(
        YEAR.replace("2025-01-01", "2024-04-10"),
        outcomes="""
            outcome_id,customer_id,goal,agreed_at,due_on,achieved_at
            1,A,g,2024-01-01,2024-03-31,2024-03-31T18:00:00Z
            2,A,g,2024-01-01,2024-03-30,2024-03-31T00:00:00Z
            3,B,g,2024-01-01,2024-03-31,
            4,B,g,2024-01-01,2024-03-31,2024-04-20
            5,B,g,2024-01-01,,2024-03-01
        """,
    )
    assert firm.value("outcome_rate", "2024-03") == 0.25
    assert firm.value("outcome_rate", "2024-03", "--variant", "by_now") == 0.5


def test_contacts_by_kind(company: Any) -> None:
    """Three interactions, two of them calls; views of resources likewise."""
    kinds = ("call", "call", "meeting")
    views = ("view", "download", "view", "interaction")
    firm = company(
        interactions=table("customer_id,kind,at", (("A", kind, "2024-03-10") for kind in kinds)),
        resource_views=table("view_id,customer_id,kind,at", ((i, "A", k, "2024-03-10") for i, k in enumerate(views))),
    )
    assert firm.value("interactions", "2024-03") == 3
    assert firm.by("kind", "interactions", "2024-03") == {"call": 2, "meeting": 1}
    assert firm.by("kind", "resource_views", "2024-03") == {"view": 2, "download": 1, "interaction": 1}


def test_visitors_who_buy(company: Any) -> None:
    """v1 buys after the visit, v2 bought before it, v3's order was cancelled, customer D comes without a visitor's name
    twice and buys, four who are nobody: 2 / 8."""
    firm = company(
        visits="""
            visit_id,visitor,customer_id,at,count
            1,v1,A,2024-03-10T10:00:00Z,
            2,v2,B,2024-03-10T10:00:00Z,
            3,v3,C,2024-03-10T10:00:00Z,
            4,,D,2024-03-10T10:00:00Z,
            5,,D,2024-03-11T10:00:00Z,
            6,,,2024-03-12T10:00:00Z,4
        """,
        orders="""
            order_id,customer_id,placed_at,amount,currency,status
            1,A,2024-03-10T10:00:00Z,5,USD,placed
            2,B,2024-03-09T10:00:00Z,5,USD,placed
            3,C,2024-03-11T10:00:00Z,5,USD,cancelled
            4,D,2024-03-10T12:00:00Z,5,USD,fulfilled
            5,A,2024-04-10T12:00:00Z,5,USD,fulfilled
        """,
    )
    row = firm.row("conversion_rate", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.25, 2, 8, 8)


def test_a_funnel_goes_strictly_forward(company: Any) -> None:
    """u1 goes through; u2 pays before the cart; u3's cart and payment are one instant; u4 pays a month later."""
    firm = company(
        YEAR + '[usage]\nfunnel = ["visit", "cart", "paid"]\n',
        events="""
            customer_id,contact_id,name,at
            A,u1,visit,2024-03-10T10:00:00Z
            A,u1,cart,2024-03-10T10:01:00Z
            A,u1,visit,2024-03-10T10:02:00Z
            A,u1,paid,2024-03-11T10:01:00Z
            A,u2,visit,2024-03-10T10:00:00Z
            A,u2,paid,2024-03-10T10:00:30Z
            A,u2,cart,2024-03-10T10:01:00Z
            B,u3,visit,2024-03-10T10:00:00Z
            B,u3,cart,2024-03-10T10:01:00Z
            B,u3,paid,2024-03-10T10:01:00Z
            B,u4,visit,2024-03-31T10:00:00Z
            B,u4,cart,2024-03-31T11:00:00Z
            B,u4,paid,2024-04-01T10:00:00Z
            B,u5,cart,2024-03-01T10:00:00Z
        """,
    )
    rows = firm.rows("conversion_rate", "--from", "2024-03", "--to", "2024-03", "--variant", "funnel")
    assert [(row["by"]["step"], row["numerator"], row["denominator"]) for row in rows] == [
        ("visit", 4, 4),
        ("cart", 4, 4),
        ("paid", 1, 4),
    ]
    total = ("--from", "2024-03", "--to", "2024-04", "--grain", "total")
    (answer,) = ask(firm.folder, "conversion_rate", "--variant", "funnel", *total)["metrics"]
    assert [row["numerator"] for row in answer["rows"]] == [4, 4, 2]


def test_a_number_for_each_feature_is_explained_one_by_one(company: Any) -> None:
    """Reports were used by A and B, 2 of 4; without saying which feature, `explain` asks."""
    firm = company(FEATURES, subscriptions=FOUR, events=USE)
    asked = run(firm.folder, "explain", "feature_adoption_rate", "--period", "2024-03")
    assert asked.code == 1 and "feature = 'exports'" in asked.err
    found = run(
        firm.folder,
        *("explain", "feature_adoption_rate", "--period", "2024-03", "--where", "feature = 'reports'"),
        *("--format", "json"),
    )
    said = json.loads(found.out)
    assert (said["value"], said["numerator"], said["denominator"]) == (0.5, 2, 4)
    assert {c["id"]: c["contribution"] for c in said["customers"]} == {"A": 1, "B": 1}
