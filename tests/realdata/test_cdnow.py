"""The 2,357 buyers of CDNOW as orders, through the command line: their papers' parameters behind our lifetime values.

The summary says of each buyer how often they came back (x), when last (t_x) and what a repeat purchase brought on
average (zbar). A first order, x repeat orders on days of their own, the last of them t_x after the first, each of zbar,
are summed up to the same. Papers count weeks, the store days: alpha and beta are 7 times theirs.
"""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from golden import ask, run

from realdata import data, table, workspace

LAST = date(1997, 9, 30)
"""The last day of the 39 weeks, on which 13 buyers came back."""
TOML = """
[workspace]
name = "CDNOW"
as_of = 1997-10-01
business = "ecommerce"
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: Any) -> Path:
    """Every buyer's orders, loaded."""
    buyers = table(data("cdnow_summary") / "cdnow_customers_summary_with_transactions.csv")
    folder = workspace(tmp_path_factory.mktemp("cdnow"), TOML)
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["order_id", "customer_id", "placed_at", "amount", "currency", "status"])
        for buyer in buyers:
            first = LAST - timedelta(days=round(7 * float(buyer["T"])))
            repeats, last = int(buyer["x"]), round(7 * float(buyer["t_x"]))
            days = [0, *range(1, repeats), last] if repeats else [0]
            for number, day in enumerate(days):
                amount = buyer["zbar"] if number else "10.00"
                out.writerow(
                    [f"{buyer['ID']}-{number}", buyer["ID"], first + timedelta(days=day), amount, "USD", "fulfilled"]
                )
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "name"])
        out.writerows((buyer["ID"], f"Buyer {buyer['ID']}") for buyer in buyers)
    for name in ("customers", "orders"):
        ran = run(folder, "import", f"{name}.csv")
        assert ran.code == 0 and "rejected. tenure check" not in ran.err, ran.err
    return folder


@pytest.mark.parametrize(
    ("variant", "name", "published"),
    [
        ("predictive", "BG/NBD", (0.243, 7 * 4.414, 0.793, 2.426)),
        ("predictive_pareto", "Pareto/NBD", (0.553, 7 * 10.578, 0.606, 7 * 11.669)),
    ],
)
def test_published_parameters(shop: Path, variant: str, name: str, published: tuple[float, ...]) -> None:
    """BG/NBD .243, 4.414, .793, 2.426 and Pareto/NBD .553, 10.578, .606, 11.669, in weeks; gamma-gamma 6.25, 3.74,
    15.44 dollars of the 946 who came back."""
    ran = run(shop, "explain", "clv", "--variant", variant, "--period", "1997-Q3", "--format", "json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    buying, paying = (tuple(told["models"][model].values()) for model in (name, "gamma-gamma"))
    assert buying == pytest.approx(published, rel=0.002)
    assert (*paying[:2], paying[2] / 100) == pytest.approx((6.25, 3.74, 15.44), abs=0.008)
    assert len(told["customers"]) == 2357
    shown = ask(shop, "clv", "--variant", variant, "--from", "1997-Q3", "--to", "1997-Q3", "--grain", "quarter")
    assert shown["metrics"][0]["rows"][0]["value"] == pytest.approx(told["value"])
