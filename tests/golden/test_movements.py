"""DEFINITIONS 2, 7 and 8, INVENTORY M05, M07: the movements of MRR, their identity and the quick ratio."""

from __future__ import annotations

from typing import Any

import pytest

from golden import monthly, near

MOVEMENTS = (
    "new_mrr",
    "expansion_mrr",
    "reactivation_mrr",
    "contraction_mrr",
    "churned_mrr",
    "fx_mrr",
    "transfer_mrr",
)

FIVE = """
    New         30 2024-02-05
    Expanding   40 2024-01-01 2024-02-10
    Expanding   55 2024-02-10
    Contracting 70 2024-01-01 2024-02-10
    Contracting 60 2024-02-10
    Churning    20 2024-01-01 2024-02-10
    Returning   10 2023-06-01 2023-09-01
    Returning   25 2024-02-20
"""


def test_one_of_each(company: Any) -> None:
    """January closes at 40 + 70 + 20 = 130. February: new 30, expansion 55 - 40 = 15, contraction 60 - 70 = -10,
    churn -20, reactivation 25, so 130 + 30 + 15 - 10 - 20 + 25 = 170; net new 40."""
    five = company(subscriptions=monthly(FIVE))
    moved = five.many(MOVEMENTS, "2024-02")
    assert moved == {
        "new_mrr": 30.0,
        "expansion_mrr": 15.0,
        "reactivation_mrr": 25.0,
        "contraction_mrr": -10.0,
        "churned_mrr": -20.0,
        "fx_mrr": 0.0,
        "transfer_mrr": 0.0,
    }
    assert five.over("mrr", "2024-01", "2024-02") == [130.0, 170.0]
    assert five.value("net_new_mrr", "2024-02") == 40.0
    assert five.value("new_customers", "2024-02") == 1  # the return is no new customer
    assert five.value("churned_customers", "2024-02") == 1


@pytest.mark.parametrize(
    ("grain", "first", "last"),
    [
        ("day", "2024-01-20", "2024-02-25"),
        ("week", "2024-W03", "2024-W09"),
        ("month", "2023-06", "2024-03"),
        ("quarter", "2023-Q2", "2024-Q1"),
        ("year", "2023", "2024"),
        ("total", "2023-06-01", "2024-03-31"),
    ],
)
def test_the_identity_at_every_grain(company: Any, grain: str, first: str, last: str) -> None:
    """start + new + expansion + reactivation + contraction + churn + fx + transfer = end; the start is the end
    before."""
    five = company(subscriptions=monthly(FIVE + "Uneven 33.33 2024-01-31 2024-02-29\nUneven 0.01 2024-02-29\n"))
    got = five.many_over([*MOVEMENTS, "mrr", "net_new_mrr"], first, last, "--grain", grain)
    levels, net = got["mrr"], got["net_new_mrr"]
    flows = [got[name] for name in MOVEMENTS]
    for i, end in enumerate(levels):
        assert round(sum(flow[i] for flow in flows), 2) == round(net[i], 2)
        if i:
            assert round(levels[i - 1] + net[i], 2) == round(end, 2)
    assert levels[-1] > 0


def test_days_and_months_see_a_dip_differently(company: Any) -> None:
    """100, then 60 from the 10th, then 100 from the 20th: by days -40 and +40, by months nothing."""
    dip = company(
        subscriptions=monthly(
            """
            A 100 2024-01-01 2024-03-10
            A  60 2024-03-10 2024-03-20
            A 100 2024-03-20
            """
        )
    )
    assert dip.value("contraction_mrr", "2024-03") == -40.0
    assert dip.value("expansion_mrr", "2024-03") == 40.0
    assert dip.value("contraction_mrr", "2024-03", "--variant", "monthly") == 0.0
    assert dip.value("expansion_mrr", "2024-03", "--variant", "monthly") == 0.0


def test_joins_and_leaves_in_one_month(company: Any) -> None:
    """A joins on the 5th and leaves on the 20th: new +100 and churn -100; ProfitWell ignores both; monthly sees
    neither."""
    brief = monthly("A 100 2024-03-05 2024-03-20\nB 50 2024-01-01")
    both = company(subscriptions=brief)
    assert (both.value("new_mrr", "2024-03"), both.value("churned_mrr", "2024-03")) == (100.0, -100.0)
    assert (both.value("new_customers", "2024-03"), both.value("churned_customers", "2024-03")) == (1, 1)
    assert both.value("new_mrr", "2024-03", "--variant", "monthly") == 0.0
    ignored = company('[policy]\nsame_period = "ignore"', subscriptions=brief)
    assert (ignored.value("new_mrr", "2024-03"), ignored.value("churned_mrr", "2024-03")) == (0.0, 0.0)
    assert ignored.value("mrr", "2024-03") == 50.0


def test_an_end_on_the_boundary_belongs_to_the_next_period(company: Any) -> None:
    """A ends at 1 April 00:00: still in the end of March (100), churned in April."""
    edge = company(subscriptions=monthly("A 100 2024-01-01 2024-04-01"))
    assert edge.over("mrr", "2024-03", "2024-04") == [100.0, 0.0]
    assert edge.over("churned_mrr", "2024-03", "2024-04") == [0.0, -100.0]


def test_a_pause_is_churn_and_the_return_a_reactivation(company: Any) -> None:
    """100, paused from 10 February to 10 March, 100 again: -100 in February, +100 in March; with `paused_counts` 100
    throughout."""
    pause = company(
        subscriptions="""
            subscription_id,customer_id,amount,currency,interval,started_at,ended_at,status
            s1,A,100,USD,month,2024-01-01,2024-02-10,active
            s1,A,100,USD,month,2024-02-10,2024-03-10,paused
            s1,A,100,USD,month,2024-03-10,,active
        """
    )
    assert pause.over("mrr", "2024-01", "2024-03") == [100.0, 0.0, 100.0]
    assert pause.over("churned_mrr", "2024-01", "2024-03") == [0.0, -100.0, 0.0]
    assert pause.over("reactivation_mrr", "2024-01", "2024-03") == [0.0, 0.0, 100.0]
    assert pause.over("mrr", "2024-01", "2024-03", "--variant", "paused_counts") == [100.0, 100.0, 100.0]


CLICKED = """
    subscription_id,customer_id,amount,currency,interval,started_at,ended_at,cancel_requested_at,cancelled_at
    s1,A,1200,USD,year,2024-01-01,2025-01-01,2024-03-10,2024-06-15
"""


@pytest.mark.parametrize(
    ("churn_at", "month"), [("service_end", "2025-01"), ("cancelled_at", "2024-06"), ("scheduled_at", "2024-03")]
)
def test_when_churn_is_recognised(company: Any, churn_at: str, month: str) -> None:
    """A year from 1 January 2024, cancel clicked on 10 March, cancelled by billing on 15 June, service to the year's
    end: 1,200 / 12 = 100 churns in March (`scheduled_at`), June (`cancelled_at`) or on 1 January 2025
    (`service_end`)."""
    toml = f'[workspace]\nas_of = 2025-02-01\n[policy]\nchurn_at = "{churn_at}"'
    year = company(toml, subscriptions=CLICKED)
    rows = year.rows("churned_mrr", "--from", "2024-01", "--to", "2025-01")
    assert {row["period"]: row["value"] for row in rows if row["value"]} == {month: -100.0}
    assert year.value("mrr", "2024-02") == 100.0


def test_service_end_is_the_default(company: Any) -> None:
    """Without a policy the click changes nothing before the service ends."""
    year = company("[workspace]\nas_of = 2025-02-01", subscriptions=CLICKED)
    assert year.over("mrr", "2024-03", "2024-12") == [100.0] * 10
    assert year.over("churned_mrr", "2024-12", "2025-01") == [0.0, -100.0]


def test_the_click_as_a_variant(company: Any) -> None:
    """The same without a policy, asked for by name: -100 in March, -100 in June."""
    year = company("[workspace]\nas_of = 2025-02-01", subscriptions=CLICKED)
    assert year.value("churned_mrr", "2024-03", "--variant", "scheduled_at") == -100.0
    assert year.value("churned_mrr", "2024-06", "--variant", "cancelled_at") == -100.0
    assert year.value("mrr", "2024-03", "--variant", "scheduled_at") == 0.0


def test_the_names_a_return_may_have(company: Any) -> None:
    """FIVE: new 30 and a return of 25: new 55 where a return is new, expansion 15 + 25 = 40 where it is an expansion
    (Lago)."""
    five = company(subscriptions=monthly(FIVE))
    assert five.value("new_mrr", "2024-02", "--variant", "reactivation_as_new") == 55.0
    assert five.value("expansion_mrr", "2024-02", "--variant", "reactivation_as_expansion") == 40.0
    assert five.value("reactivation_mrr", "2024-02", "--variant", "reactivation_as_new") == 0.0


def test_quick_ratio(company: Any) -> None:
    """(new 20 + expansion 10 + reactivation 0) / (contraction 5 + churn 5) = 3.0."""
    quick = company(
        subscriptions=monthly(
            """
            New         20 2024-02-03
            Expanding   50 2024-01-01 2024-02-10
            Expanding   60 2024-02-10
            Contracting 45 2024-01-01 2024-02-10
            Contracting 40 2024-02-10
            Churning     5 2024-01-01 2024-02-10
            """
        )
    )
    assert quick.value("quick_ratio", "2024-02") == 3.0


def test_quick_ratio_with_and_without_the_returned(company: Any) -> None:
    """FIVE: (30 + 15 + 25) / (10 + 20) = 7/3; as Baremetrics published it, (30 + 15) / 30 = 1.5."""
    five = company(subscriptions=monthly(FIVE))
    assert five.value("quick_ratio", "2024-02") == near(7 / 3)
    assert five.value("quick_ratio", "2024-02", "--variant", "no_reactivation") == 1.5


def test_quick_ratio_where_nothing_was_lost(company: Any) -> None:
    """20 gained over 0 lost is no number: null, `no_losses`."""
    row = company(subscriptions=monthly("A 20 2024-02-03")).row("quick_ratio", "2024-02")
    assert (row["value"], row["reason"]) == (None, "no_losses")
