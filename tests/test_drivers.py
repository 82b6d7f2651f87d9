"""Drivers, risk and before/after on the example company: the planted stories are found, parts sum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from golden import Company, run

import tenure
from tenure import demo


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drivers")
    demo.write(folder)
    tenure.open(folder).sync()
    return folder


def answer(company: Path, *argv: str) -> Any:
    ran = run(company, *argv, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def findings(found: Any) -> dict[str, Any]:
    return {one["factor"]: one for one in found["goes_with"]["factors"] if one["finding"]}


def test_the_wave(company: Path) -> None:
    """Recent sign-ups who had not finished onboarding left in months 15 to 17, most of them won by the campaign."""
    found = answer(company, "drivers", "customer_churn_rate", "--period", "2025-Q2")
    assert findings(found)["onboarding finished"]["group"] == "not finished"
    assert findings(found)["onboarding finished"]["low"] > 0
    change = found["change"]
    assert (change["segment"]["column"], change["segment"]["group"]) == ("came_by", "promo")
    for column in change["columns"]:
        assert sum(group["part"] for group in column["groups"]) == pytest.approx(change["change"])
    assert sum(c["part"] for c in change["segment"]["customers"]) == pytest.approx(change["segment"]["part"])


def test_the_launch(company: Path) -> None:
    """Those who took the new feature up grew in months 11 to 13."""
    found = findings(answer(company, "drivers", "expansion_rate", "--period", "2024-Q4"))
    assert found["feature used: route_planner"]["low"] > 0


def test_the_slowdown(company: Path) -> None:
    """Who waited for support in months 18 to 20 renewed less often, and was less satisfied at once."""
    found = findings(answer(company, "drivers", "renewal_rate", "--from", "2025-07", "--to", "2025-12"))
    assert found["first response"]["high"] < 0
    compared = answer(company, "compare", "--event", "slow", "--on", "2025-06-01", "--metric", "csat", "--after", "3")
    assert compared["high"] < 0
    assert compared["verdict"].endswith("A difference, not a cause.")


def test_nrr_by_what_customers_did(company: Path) -> None:
    """Left, paid less and paid more sum to the change."""
    change = answer(company, "drivers", "nrr", "--period", "2025-Q2")["change"]
    assert sum(one["part"] for one in change["ways"]) == pytest.approx(change["change"])


def test_reasons_of_a_risk_sum(company: Path) -> None:
    found = answer(company, "risk", "--horizon", "30")
    for one in found["customers"]:
        total = found["base_log_odds"] + sum(reason["contribution"] for reason in one["reasons"])
        assert total == pytest.approx(one["log_odds"])


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["drivers", "churny", "--period", "2025-Q2"], "There is no metric 'churny'"),
        (["drivers", "nrr", "--period", "2025-Q2", "--by", "regoin"], "Did you mean 'region'"),
        (["drivers", "nrr", "--period", "2031-Q2"], "2031-Q2 has not begun"),
        (["drivers", "nrr", "--period", "2025-Q2", "--compare", "decade"], "is no comparison"),
        (["drivers", "feature_adoption_rate", "--period", "2025-Q2"], "a number for each feature"),
        (["compare", "--event", "e", "--on", "2031-01-01", "--metric", "csat"], "No month after 2031-01-01 is over"),
        (["compare", "--event", "e", "--on", "2020-01-01", "--metric", "csat"], "has no value in the 6 months before"),
        (["compare", "--event", "e", "--on", "June", "--metric", "csat"], "is not a day"),
        (["compare", "--event", "e", "--on", "9999-12-31", "--metric", "csat"], "Nothing is known of the year 9999"),
        (["compare", "--event", "e", "--on", "0001-01-01", "--metric", "csat"], "Nothing is known of the year 1"),
        (
            ["compare", "--event", "e", "--on", "2025-03-01", "--metric", "customer_churn_rate",
             "--treated", "plan = 'Scale'", "--control", "size > 0"],
            "customers are in both groups",
        ),
        (
            ["compare", "--event", "e", "--on", "2025-03-01", "--metric", "customer_churn_rate",
             "--treated", "plan = 'Scale'", "--control", "plan = 'None such'"],
            "has 0 customers before",
        ),
        (["risk", "--horizon", "1"], "A horizon of 1 days is none"),
    ],
)  # fmt: skip
def test_no_is_said_clearly(company: Path, argv: list[str], said: str) -> None:
    ran = run(company, *argv)
    assert ran.code in (1, 2)
    assert said in ran.err, ran.err


def test_what_has_no_value_is_not_called_a_sum(tmp_path: Path) -> None:
    """Orders alone say nothing of NRR: there is no value, and that is what is said."""
    orders = "order_id,customer_id,placed_at,amount,currency\n1,A,2024-03-02,10,USD\n"
    ran = run(Company(tmp_path, orders=orders).folder, "drivers", "nrr", "--period", "2024-Q2")
    assert ran.code == 0, ran.err
    assert "nrr has no value in 2024-Q2" in ran.out and "is a sum" not in ran.out
