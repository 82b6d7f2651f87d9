"""False findings: on companies without a story, how often anything is found. `make test-all` tries 200 of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import tenure
from tenure import demo
from tenure.demo import folder as files
from tenure.driver_outcomes import ERROR_RATE
from tenure.stats import wilson

WORLDS = 200 if int(os.environ.get("TENURE_WORLDS", "20")) > 20 else 3
TABLES = [
    "customers",
    "subscriptions",
    "contracts",
    "onboarding_steps",
    "events",
    "features",
    "tickets",
    "survey_responses",
    "fx_rates",
]
ASKED = (
    ("customer_churn_rate", {"period": "2025-Q2"}),
    ("expansion_rate", {"period": "2024-Q4"}),
    ("renewal_rate", {"from_": "2025-07", "to": "2025-12"}),
)


@pytest.mark.timeout(7200)
def test_no_story_no_finding(tmp_path: Path) -> None:
    """The 95 % interval of the observed rate of lists with a finding reaches down to the stated error rate."""
    wrong = dict.fromkeys((metric for metric, _ in ASKED), 0)
    for seed in range(WORLDS):
        folder = tmp_path / str(seed)
        made = demo.make(seed=5000 + seed, stories=False)
        rows = {name: made[name] for name in TABLES}
        files.settle(folder, demo.BUSINESSES["saas"])
        files.write_config(folder, demo.BUSINESSES["saas"], "saas", rows)
        files.write_tables(folder, rows)
        company = tenure.open(folder)
        company.load_files(sorted((folder / "data").glob("*.csv")))
        for metric, options in ASKED:
            found = company.drivers(metric, by="region", **options).goes  # region is no part of any story either
            wrong[metric] += any(one.finding for one in found.factors)
    for metric, count in wrong.items():
        assert wilson(count, WORLDS)[0] <= ERROR_RATE, f"{metric}: {count} of {WORLDS}"
