"""Churn risk on IBM's Telco customers: one snapshot, so judged by five folds. Published models reach an AUC of .84."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden import run

from realdata import data, workspace
from realdata.test_telco_churn import MORE, SUBSCRIPTIONS, TOML

CUSTOMERS = """
    SELECT "customerID" AS customer_id, * EXCLUDE ("customerID", "tenure", "MonthlyCharges", "TotalCharges", "Churn")
    FROM source
"""


def test_the_model_ranks_and_is_calibrated(tmp_path: Path) -> None:
    """1,869 of 7,043 left in January 2024: AUC at least .84, Brier at most .137."""
    pytest.importorskip("sklearn")
    path = data("telco_churn") / "Telco-Customer-Churn.csv"
    toml = TOML.format(path=path, subscriptions=SUBSCRIPTIONS) + MORE.format(path=path, customers=CUSTOMERS)
    folder = workspace(tmp_path / "telco", toml)
    assert run(folder, "sync", "--strict").code == 0
    ran = run(folder, "risk", "--horizon", "31", "--format", "json")
    assert ran.code == 0, ran.err
    judged = json.loads(ran.out)["judged"]
    assert (judged["customers"], judged["churned"]) == (7043, 1869)
    assert judged["auc"] >= 0.84
    assert judged["brier"] <= 0.137
