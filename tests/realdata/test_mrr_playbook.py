"""dbt Labs' MRR playbook: 121 stretches of 55 customers, against the playbook's own SQL and a pandas re-computation.

Its movements compare month with month, hence `--variant monthly`. Its months start with 2018-01; the customers who are
older than that (2, 3 and 4, all of 2017) have left by then and never come back, so "new" and "reactivation" mean the
same there and here, and all 36 months agree as they stand. We ask what is right, not what fits: history from 2017 on is
loaded, and 2017 itself is checked by hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden import ask, run

from realdata import data, table, workspace

TOML = """
[workspace]
name = "Playbook"
as_of = 2021-01-01

[sources.playbook]
type = "files"
[sources.playbook.tables.subscriptions]
path = "{path}"
columns = {{ amount = "monthly_amount", started_at = "start_date", ended_at = "end_date" }}
constants = {{ currency = "USD", interval = "month" }}
"""

MOVEMENTS = {
    "new_mrr": "new",
    "reactivation_mrr": "reactivation",
    "expansion_mrr": "upgrade",
    "contraction_mrr": "downgrade",
    "churned_mrr": "churn",
}


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: Any) -> Path:
    """The loaded workspace."""
    source = data("mrr_playbook") / "subscription_periods.csv"
    folder = workspace(tmp_path_factory.mktemp("playbook"), TOML.format(path=source))
    ran = run(folder, "sync", "--strict")
    assert ran.code == 0, ran.err
    return folder


def expected(column: str) -> dict[str, float]:
    """One column of expected.csv by month."""
    return {row["month"]: float(row[column]) for row in table(data("mrr_playbook") / "expected.csv")}


def got(folder: Path, metric: str, *options: str) -> dict[str, float]:
    """Our figures for the same 36 months."""
    (answer,) = ask(folder, metric, "--from", "2018-01", "--to", "2020-12", *options)["metrics"]
    return {row["period"]: row["value"] for row in answer["rows"]}


def test_all_is_there() -> None:
    """36 months, 2018-01 to 2020-12."""
    assert len(expected("mrr")) == 36


def test_levels(playbook: Path) -> None:
    """MRR and paying customers at each month's end."""
    assert got(playbook, "mrr") == expected("mrr")
    assert got(playbook, "customers") == expected("customers")


@pytest.mark.parametrize("metric", MOVEMENTS)
def test_movements(playbook: Path, metric: str) -> None:
    """Each movement of each month, netted by customer and month."""
    assert got(playbook, metric, "--variant", "monthly") == expected(MOVEMENTS[metric])


def test_movements_by_day_are_the_same_here(playbook: Path) -> None:
    """Every date is the first of a month, so a customer moves once a month and days net to the same."""
    for metric, column in MOVEMENTS.items():
        assert got(playbook, metric) == expected(column), metric


def test_counts(playbook: Path) -> None:
    """New and lost customers are the counts of the movements."""
    assert got(playbook, "new_customers") == expected("n_new")
    assert got(playbook, "churned_customers") == expected("n_churn")


def test_before_its_first_month(playbook: Path) -> None:
    """2017 by hand: September 25 + 50 = 75 (customers 2, 3), October 25 + 25 (2, 4) = 50, then nobody."""
    (answer,) = ask(playbook, "mrr", "--from", "2017-09", "--to", "2017-12")["metrics"]
    assert [row["value"] for row in answer["rows"]] == [75.0, 50.0, 0.0, 0.0]


def test_the_same_rows_by_import(tmp_path: Path) -> None:
    """The file's rows under the model's own names import without a mapping and give the same MRR."""
    rows = table(data("mrr_playbook") / "subscription_periods.csv")
    lines = ["subscription_id,customer_id,started_at,ended_at,amount,currency,interval"]
    lines += [f"{','.join(row.values())},USD,month" for row in rows]
    workspace(tmp_path, "[workspace]\nas_of = 2021-01-01\n")
    (tmp_path / "periods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = run(tmp_path, "import", str(tmp_path / "periods.csv"))
    assert ran.code == 0, ran.err
    assert "subscriptions" in ran.out + ran.err
    assert got(tmp_path, "mrr") == expected("mrr")
