"""A shop's clickstream (Retentioneering's demo, synthetic): 31,106 events of 600 visitors, January to June 2024.

30 rows are exact duplicates; as events they count twice, as users, days and steps they change nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from golden import ask, near, run

from realdata import data, table, workspace

STEPS = ("product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase")
TOML = """
[workspace]
name = "Shop"
as_of = 2024-07-01

[usage]
funnel = [{funnel}]

[sources.shop]
type = "files"
[sources.shop.tables.events]
path = "{path}"
columns = {{ customer_id = "user_id", name = "event", at = "timestamp" }}
attributes = ["session_id", "platform"]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: Any) -> Path:
    path = data("ecom_events") / "ecom.csv"
    funnel = ", ".join(f'"{name}"' for name in STEPS)
    folder = workspace(tmp_path_factory.mktemp("shop"), TOML.format(path=path, funnel=funnel))
    ran = run(folder, "sync", "--strict")
    assert ran.code == 0, ran.err
    return folder


def rows() -> list[dict[str, str]]:
    return table(data("ecom_events") / "ecom.csv")


def test_mau(shop: Path) -> None:
    """January to June; and counted from the file."""
    options = ("--from", "2024-01", "--to", "2024-06")
    (answer,) = ask(shop, "mau", *options)["metrics"]
    assert [row["value"] for row in answer["rows"]] == [63, 169, 309, 453, 468, 462]
    months = [f"2024-{month:02d}" for month in range(1, 7)]
    assert [len({r["user_id"] for r in rows() if r["timestamp"][:7] == m}) for m in months] == [
        63, 169, 309, 453, 468, 462,
    ]  # fmt: skip


def test_funnel(shop: Path) -> None:
    """598 view a product, 114 buy in the end, each step later than the one before."""
    options = ("--from", "2024-01", "--to", "2024-06", "--grain", "total", "--variant", "funnel")
    (answer,) = ask(shop, "conversion_rate", *options)["metrics"]
    found = [(row["by"]["step"], row["numerator"]) for row in answer["rows"]]
    assert found == list(zip(STEPS, [598, 517, 429, 329, 222, 114], strict=True))
    assert answer["rows"][-1]["value"] == near(114 / 598)


def test_users_of_days_and_windows(shop: Path) -> None:
    """dau of each day of March, and the 7 and 30 days up to it, counted from the file."""
    seen = [(r["timestamp"][:10], r["user_id"]) for r in rows()]
    options = ("--from", "2024-03-01", "--to", "2024-03-31", "--grain", "day")
    answers = ask(shop, "dau", "wau", "mau", *options)["metrics"]
    for answer, back in zip(answers, (1, 7, 30), strict=True):
        for row in answer["rows"]:
            first = _days_before(row["end"], back)
            assert row["value"] == len({who for day, who in seen if first <= day < row["end"]}), (back, row)


def test_by_platform(shop: Path) -> None:
    """A column of the events: a visitor with two devices is in two groups."""
    (answer,) = ask(shop, "mau", "--from", "2024-03", "--to", "2024-03", "--by", "platform")["metrics"]
    march = [r for r in rows() if r["timestamp"][:7] == "2024-03"]
    wanted = {p: len({r["user_id"] for r in march if r["platform"] == p}) for p in {r["platform"] for r in march}}
    assert {row["by"]["platform"]: row["value"] for row in answer["rows"]} == wanted


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
