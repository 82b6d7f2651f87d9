"""DEFINITIONS 9, INVENTORY M02, M09, D20: of the contracts that came up, how many went on, and for how much."""

from __future__ import annotations

from typing import Any

from golden import monthly, near, table

HEADER = "contract_id,customer_id,starts_on,ends_on,value,currency,outcome,renews,terminated_on"


def test_nine_hundred_and_fifty_of_a_thousand(company: Any) -> None:
    """M02: 950 renewed / 1,000 due = 95 %."""
    due = (
        (f"k{i}", f"C{i}", "2023-03-01", "2024-03-15", 100, "USD", "renewed" if i < 950 else "churned", "", "")
        for i in range(1000)
    )
    row = company(contracts=table(HEADER, due)).row("renewal_rate", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (near(0.95), 950, 1000, 1000)


def test_renewal_is_not_retention(company: Any) -> None:
    """D20: 10 customers, 2 contracts due in March, 1 lost: renewal 1/2 = 50 %, customer retention 9/10 = 90 %."""
    ten = company(
        subscriptions=monthly(rows=[*(f"C{i} 10 2023-01-01" for i in range(9)), "C9 10 2023-01-01 2024-03-15"]),
        contracts=f"""
            {HEADER}
            k8,C8,2023-03-15,2024-03-15,120,USD,renewed,,
            k9,C9,2023-03-15,2024-03-15,120,USD,churned,,
            k1,C1,2023-06-15,2024-06-15,120,USD,,,
        """,
    )
    assert ten.value("renewal_rate", "2024-03") == 0.5
    assert ten.value("customer_retention_rate", "2024-03") == near(0.9)


def test_what_is_due_after_now_but_decided(company: Any) -> None:
    """On 1 July k1 (due in March) is renewed and k2 (due on 4 September) has already said no: of the year's decided
    contracts 1 of 2; k3, due in December, is open. The third quarter has begun, on its first day: 0 of 1; the second
    had none due. September has not begun."""
    firm = company(
        "[workspace]\nas_of = 2024-07-02",
        contracts=f"""
            {HEADER},decided_on
            k1,A,2023-03-15,2024-03-15,120,USD,renewed,,,2024-03-15
            k2,B,2023-09-04,2024-09-04,120,USD,churned,,,2024-06-16
            k3,C,2023-12-04,2024-12-04,120,USD,,,,
        """,
    )
    assert firm.value("renewal_rate", "2024") == 0.5
    assert firm.value("renewal_rate", "2024-Q3") == 0
    assert firm.row("renewal_rate", "2024-Q2")["reason"] == "empty_denominator"
    assert firm.row("renewal_rate", "2024-09")["reason"] == "not_reached"


VALUES = f"""
    {HEADER}
    a1,A,2023-01-01,2024-01-01,12000,USD,renewed,,
    a2,A,2024-01-01,2024-12-31,10000,USD,,a1,
    b1,B,2023-01-01,2024-01-01,6000,USD,renewed,,
    b2,B,2024-01-01,2024-12-31,9000,USD,,b1,
    c1,C,2023-01-01,2024-01-01,6000,USD,churned,,
"""


def test_gross_and_net_renewal_value(company: Any) -> None:
    """Due 12,000 + 6,000 + 6,000 = 24,000, all for 365 days. Renewed: A for 10,000 (fewer seats), B for 9,000, C not.
    Gross (10,000 + 6,000) / 24,000 = 2/3; net (10,000 + 9,000) / 24,000 = 19/24; by contracts 2/3."""
    firm = company(contracts=VALUES)
    assert firm.value("renewal_rate", "2024-01") == near(2 / 3)
    assert firm.value("renewal_rate", "2024-01", "--variant", "gross_value") == near(2 / 3)
    assert firm.value("renewal_rate", "2024-01", "--variant", "net_value") == near(19 / 24)


def test_values_are_annualised(company: Any) -> None:
    """12,000 for 365 days renewed with 24,000 for 730 days: 24,000 x 365 / 730 = 12,000 a year, so 100 %, not 200 %."""
    firm = company(
        contracts=f"""
            {HEADER}
            a1,A,2022-01-01,2023-01-01,12000,USD,renewed,,
            a2,A,2023-01-01,2024-12-31,24000,USD,,a1,
        """
    )
    assert firm.value("renewal_rate", "2023-01", "--variant", "net_value") == 1.0
    assert firm.value("renewal_rate", "2023-01", "--variant", "gross_value") == 1.0


def test_what_is_open_is_pending(company: Any) -> None:
    """Due in March: one renewed (early, another contract renews it), one churned, one open. 1 / 2; the open one is in
    neither. A contract terminated early counts as churned at its ends_on (May: 0 / 1). Nothing due in April: null."""
    firm = company(
        contracts=f"""
            {HEADER}
            a1,A,2023-03-10,2024-03-10,100,USD,,,
            a2,A,2024-02-01,2025-02-01,100,USD,,a1,
            b1,B,2023-03-20,2024-03-20,100,USD,churned,,
            c1,C,2023-03-25,2024-03-25,100,USD,open,,
            d1,D,2023-05-20,2024-05-20,100,USD,,,2024-03-02
        """
    )
    row = firm.row("renewal_rate", "2024-03")
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)
    assert firm.value("renewal_rate", "2024-05") == 0.0
    assert firm.row("renewal_rate", "2024-04")["reason"] == "empty_denominator"
    assert firm.value("renewal_rate", "2024-04") is None


def test_renewal_by_segment(company: Any) -> None:
    """M09: north 2 of 2, south 1 of 2: the fall is in the south."""
    firm = company(
        contracts=f"""
            {HEADER}
            a,A,2023-03-10,2024-03-10,100,USD,renewed,,
            b,B,2023-03-10,2024-03-10,100,USD,renewed,,
            c,C,2023-03-10,2024-03-10,100,USD,renewed,,
            d,D,2023-03-10,2024-03-10,100,USD,churned,,
        """,
        customers="customer_id,region\nA,north\nB,north\nC,south\nD,south\n",
    )
    assert firm.by("region", "renewal_rate", "2024-03") == {"north": 1.0, "south": 0.5}
    assert firm.value("renewal_rate", "2024-03", "--where", "region = 'south'") == 0.5
