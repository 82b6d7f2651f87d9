"""IBM's Telco customers: one snapshot of 7,043 customers, 1,869 of whom left (counted in plain Python below).

The snapshot has no dates, only whole months of tenure: everybody is taken to have started tenure + 1 months before
1 January 2024, and those with Churn = Yes to have left on 15 January.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from golden import ask, near, run

from realdata import data, table, workspace

SUBSCRIPTIONS = """
    SELECT "customerID" AS subscription_id, "customerID" AS customer_id, 'USD' AS currency, 'month' AS interval,
           CAST("MonthlyCharges" AS DECIMAL(18, 2)) AS amount,
           CAST(DATE '2024-01-01' - to_months(CAST("tenure" AS INTEGER) + 1) AS DATE) AS started_at,
           CASE WHEN CAST("Churn" AS VARCHAR) IN ('Yes', 'true') THEN DATE '2024-01-15' END AS ended_at,
           "Contract" AS contract
    FROM source
"""
CUSTOMERS = """
    SELECT "customerID" AS customer_id, "Contract" AS contract FROM source
"""

TOML = """
[workspace]
name = "Telco"
as_of = 2024-02-01

[sources.telco]
type = "files"
[sources.telco.tables.subscriptions]
path = "{path}"
select = '''{subscriptions}'''
"""
MORE = """
[sources.telco.tables.customers]
path = "{path}"
select = '''{customers}'''
"""


SURVIVAL = {12: 0.8432, 24: 0.7887, 36: 0.7485, 48: 0.7088, 60: 0.6644, 72: 0.5928}
"""Kaplan and Meier over whole months of tenure."""


@pytest.fixture(scope="module", params=["contract of the subscription", "contract of the customer"])
def telco(request: Any, tmp_path_factory: Any) -> Path:
    """The snapshot loaded: `contract` as an extra column of the fact alone, or of the customers too."""
    path = data("telco_churn") / "Telco-Customer-Churn.csv"
    toml = TOML.format(path=path, subscriptions=SUBSCRIPTIONS)
    if "customer" in request.param:
        toml += MORE.format(path=path, customers=CUSTOMERS)
    folder = workspace(tmp_path_factory.mktemp("telco"), toml)
    ran = run(folder, "sync", "--strict")
    assert ran.code == 0, ran.err
    return folder


def counted() -> tuple[Counter[str], Counter[str]]:
    """Customers and leavers by contract, counted from the file."""
    rows = table(data("telco_churn") / "Telco-Customer-Churn.csv")
    return Counter(row["Contract"] for row in rows), Counter(row["Contract"] for row in rows if row["Churn"] == "Yes")


def test_churn(telco: Path) -> None:
    """1,869 / 7,043 = 26.54 %, and its complement is retention."""
    (answer,) = ask(telco, "customer_churn_rate", "--from", "2024-01", "--to", "2024-01")["metrics"]
    (row,) = answer["rows"]
    assert (row["numerator"], row["denominator"], row["n"]) == (1869, 7043, 7043)
    assert round(row["value"], 4) == 0.2654
    (kept,) = ask(telco, "customer_retention_rate", "--from", "2024-01", "--to", "2024-01")["metrics"][0]["rows"]
    assert kept["value"] == near(1 - 1869 / 7043)


def test_churn_by_contract(telco: Path) -> None:
    """1,655 / 3,875 = 42.71 %, 166 / 1,473 = 11.27 %, 48 / 1,695 = 2.83 %."""
    base, left = counted()
    options = ("--from", "2024-01", "--to", "2024-01", "--by", "contract")
    (answer,) = ask(telco, "customer_churn_rate", *options)["metrics"]
    got = {row["by"]["contract"]: row for row in answer["rows"]}
    assert {name: round(row["value"], 4) for name, row in got.items()} == {
        "Month-to-month": 0.4271,
        "One year": 0.1127,
        "Two year": 0.0283,
    }
    assert {name: (row["numerator"], row["denominator"]) for name, row in got.items()} == {
        name: (left[name], base[name]) for name in base
    }


def test_churn_where_contract(telco: Path) -> None:
    """The same number by a filter."""
    options = ("--from", "2024-01", "--to", "2024-01", "--where", "contract = 'Two year'")
    (answer,) = ask(telco, "customer_churn_rate", *options)["metrics"]
    assert [row["value"] for row in answer["rows"]] == [near(48 / 1695)]


def test_mrr(telco: Path) -> None:
    """The sum of MonthlyCharges, to the cent: of all before January, of those who stayed after."""
    rows = table(data("telco_churn") / "Telco-Customer-Churn.csv")
    cents = {
        yes: sum(round(100 * float(r["MonthlyCharges"])) for r in rows if r["Churn"] == yes) for yes in ("Yes", "No")
    }
    (answer,) = ask(telco, "mrr", "--from", "2023-12", "--to", "2024-01")["metrics"]
    assert [row["value"] for row in answer["rows"]] == [(cents["Yes"] + cents["No"]) / 100, cents["No"] / 100]


def test_survival_by_tenure(telco: Path) -> None:
    """Who left with t months of tenure stayed t + 1 months and 14 days, who had not left had come 17 days further: so
    what is left of tenure t is what is left after t + 2 months."""
    ran = run(telco, "survival", "--at", ",".join(str(t + 2) for t in SURVIVAL), "--format", "json")
    (whole,) = json.loads(ran.out)["groups"]
    assert (whole["n"], whole["left"]) == (7043, 1869)
    assert [round(point["share"], 4) for point in whole["points"]] == list(SURVIVAL.values())
