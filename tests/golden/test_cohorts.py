"""DEFINITIONS 14 and 0: cohorts by their first day as a customer, by use and by money."""

from __future__ import annotations

from typing import Any

import pytest

from golden import Company, monthly, near

THREE = {
    "customers": """
        customer_id,created_at
        A,2024-03-01
        B,2024-03-01
        C,2024-03-01
    """,
    "events": """
        customer_id,name,at
        A,opened,2024-03-01T09:00:00Z
        B,opened,2024-03-01T10:00:00Z
        C,opened,2024-03-01T11:00:00Z
        A,opened,2024-03-02T09:00:00Z
        B,opened,2024-03-06T09:00:00Z
    """,
}
WEEK = "[workspace]\nas_of = 2024-03-08"
THIRD = 1 / 3


@pytest.fixture(scope="module")
def three(tmp_path_factory: Any) -> Company:
    """Three users of one week."""
    return Company(tmp_path_factory.mktemp("three"), WEEK, **THREE)


def use(three: Company, variant: str) -> list[Any]:
    """The daily cohort of 1 March, read on 8 March: ages 0 to 6."""
    return three.ages("cohort_retention", "2024-03-01", "--grain", "day", "--variant", variant)


def test_three_users_bounded(three: Company) -> None:
    """A returns on day 1, B on day 5, C never: active *on* the day 3/3, then 1/3, 0, 0, 0, 1/3, 0."""
    assert use(three, "active_bounded") == [1.0, near(THIRD), 0.0, 0.0, 0.0, near(THIRD), 0.0]


def test_three_users_bounded_under_its_short_name(three: Company) -> None:
    """`active` is `active_bounded`."""
    assert use(three, "active") == [1.0, near(THIRD), 0.0, 0.0, 0.0, near(THIRD), 0.0]


def test_three_users_unbounded(three: Company) -> None:
    """Active on the day *or later*: 3/3, A and B 2/3, then only B 1/3 up to day 5, and 0."""
    assert use(three, "active_unbounded") == [1.0, near(2 / 3), *[near(THIRD)] * 4, 0.0]


def test_three_users_continuous(three: Company) -> None:
    """Active on every day so far: only A on day 1: 3/3, 1/3, then nobody."""
    assert use(three, "active_continuous") == [1.0, near(THIRD), 0.0, 0.0, 0.0, 0.0, 0.0]


def test_three_users_return_by(three: Company) -> None:
    """Back by the day: A from day 1, B from day 5: 1/3 four times, then 2/3 twice (age 0 is the day of the start
    itself)."""
    assert use(three, "active_return_by")[1:] == [near(THIRD)] * 4 + [near(2 / 3)] * 2


COHORT = monthly(
    """
    A 100 2024-01-05
    B 100 2024-01-20 2024-02-10
    C 100 2024-01-25
    C2 40 2024-02-03
    D 100 2024-01-02 2024-01-30
    E 200 2024-01-15 2024-03-10
    E 250 2024-03-10
    """
)


def test_customers_of_january(company: Any) -> None:
    """Five join in January, D is gone before its end: 4/5. B leaves in February: 3/5, and nobody after. C2 is
    February's."""
    firm = company("[workspace]\nas_of = 2024-05-01", subscriptions=COHORT)
    assert firm.ages("cohort_retention", "2024-01") == [0.8, 0.6, 0.6, 0.6]
    assert firm.ages("cohort_retention", "2024-02") == [1.0, 1.0, 1.0]
    row = firm.rows("cohort_retention", "--from", "2024-01", "--to", "2024-01")[1]
    assert (row["period"], row["by"], row["numerator"], row["denominator"], row["n"]) == (
        "2024-01",
        {"age": 1},
        3,
        5,
        5,
    )


def test_the_money_of_january(company: Any) -> None:
    """At the end of January A, B, C 100 each and E 200: 500. February 400 / 500, March 450 / 500 (E pays 250), April
    the same."""
    firm = company("[workspace]\nas_of = 2024-05-01", subscriptions=COHORT)
    assert firm.ages("revenue_retention", "2024-01") == [1.0, near(0.8), near(0.9), near(0.9)]


def test_a_return_stays_in_its_first_cohort(company: Any) -> None:
    """A joins in January, leaves in February, returns in March: January's cohort reads 1, 0, 1; March has no cohort."""
    firm = company(
        "[workspace]\nas_of = 2024-04-01", subscriptions=monthly("A 10 2024-01-05 2024-02-05\nA 10 2024-03-05")
    )
    assert firm.ages("cohort_retention", "2024-01") == [1.0, 0.0, 1.0]
    assert [row["value"] for row in firm.rows("cohort_retention", "--from", "2024-03", "--to", "2024-03")] in (
        [],
        [None],
    )


def test_orders_by_cohort(company: Any) -> None:
    """A and B first order in January; B again in February, A in March: 2/2, 1/2, 1/2 on; 2/2, 2/2, 1/2 on or after."""
    firm = company(
        "[workspace]\nas_of = 2024-04-01",
        orders="""
            order_id,customer_id,placed_at,amount,currency,status
            o1,A,2024-01-05,10,USD,fulfilled
            o2,B,2024-01-06,10,USD,fulfilled
            o3,B,2024-02-07,10,USD,fulfilled
            o4,A,2024-03-08,10,USD,fulfilled
            o5,A,2024-02-08,10,USD,cancelled
        """,
    )
    assert firm.ages("cohort_retention", "2024-01", "--variant", "ordered_bounded") == [1.0, 0.5, 0.5]
    assert firm.ages("cohort_retention", "2024-01", "--variant", "ordered_unbounded") == [1.0, 1.0, 0.5]
