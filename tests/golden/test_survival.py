"""Survival curves of customers, worked by hand, and bad questions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from golden import monthly, run


def firm_of(company: Any) -> Any:
    """Forty customers from 2024-01-01: of twenty in the north five leave after 74 days, of twenty in the south none."""
    ends = {f"N{i}": " 2024-03-15" for i in range(5)}
    names = [f"N{i}" for i in range(20)] + [f"S{i}" for i in range(20)]
    people = "".join(f"{name},{'north' if name[0] == 'N' else 'south'}\n" for name in names)
    return company(
        "[workspace]\nas_of = 2024-08-01",
        subscriptions=monthly(rows=(f"{name} 10 2024-01-01{ends.get(name, '')}" for name in names)),
        customers="customer_id,region\n" + people + "lone,west\n",
    )


def test_who_is_left_after_so_many_months(company: Any) -> None:
    """74 days are 2.43 months: all are left after two, 35 of 40 after three; nobody was watched for 213 days / 30.4375
    = 6.998 months and more. North: 15 of 20 are left, south: all."""
    firm = firm_of(company)
    ran = run(firm.folder, "survival", "--at", "2,3,7", "--format", "json")
    found = json.loads(ran.out)
    (whole,) = found["groups"]
    assert (whole["n"], whole["left"], whole["median_months"], found["p"]) == (40, 5, None, None)
    assert [point["share"] for point in whole["points"]] == [1.0, 0.875, None]
    assert [point["at_risk"] for point in whole["points"]] == [40, 35, 0]
    ran = run(firm.folder, "survival", "--at", "3", "--by", "region", "--format", "json")
    found = json.loads(ran.out)
    shares = {group["by"]["region"]: group["points"][0]["share"] for group in found["groups"]}
    assert shares == {"north": 0.75, "south": 1.0}
    # One time of leaving: n 40, d 5, of them 20 in the north. Expected 2.5; variance 5 * .5 * .5 * 35 / 39 = 1.1218;
    # chi-square (5 - 2.5)^2 / 1.1218 = 5.571 on one degree of freedom: p .01826.
    assert found["p"] == pytest.approx(0.01826, abs=5e-6)


def test_few_customers_make_no_curve(company: Any) -> None:
    firm = company(subscriptions=monthly("A 10 2024-01-01\nB 10 2024-01-01 2024-02-01"))
    (group,) = json.loads(run(firm.folder, "survival", "--format", "json").out)["groups"]
    assert (group["n"], group["points"], group["reason"]) == (2, [], "insufficient_data")
    assert "insufficient" not in run(firm.folder, "survival").out


def test_what_cannot_be_asked(company: Any) -> None:
    firm = firm_of(company)
    for at in ("x", "0,3", ""):
        ran = run(firm.folder, "survival", "--at", at)
        assert (ran.code, ran.out) == (2, ""), ran
        assert "6,12,24" in ran.err
    ran = run(firm.folder, "survival", "--where", "region = 'nowhere'")
    assert ran.code == 1
    assert "Nobody was ever a customer here" in ran.err
