"""clv by fitted models: each customer's value follows from the parameters that `explain` prints, by plain formulas.

Fitting itself is held to published results in tests/stats. One random world of buyers and of subscribers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from golden import Company, table
from oracle import predicted

import tenure

END = date(2025, 1, 1)
BUYING = {
    "predictive_orders": ("BG/NBD", predicted.bg_nbd),
    "predictive_pareto": ("Pareto/NBD", predicted.pareto_nbd),
}
MARGIN = 0.5
NORTH = ("region = 'north'",)


def _orders(rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """A hundred buyers with rates, stays and tastes of their own; some orders are given back, two fall on one day."""
    for number in range(100):
        day = END - timedelta(days=rng.randrange(200, 700))
        rate, leaves, spends = rng.gammavariate(1.5, 1 / 40), rng.betavariate(1.2, 4), rng.gammavariate(8, 500)
        while day < END:
            for _ in range(2 if rng.random() < 0.1 else 1):
                status = "refunded" if rng.random() < 0.05 else "fulfilled"
                yield f"b{number}", day, f"{spends * rng.uniform(0.5, 1.5) + 1:.2f}", status
            day += timedelta(days=1 + int(rng.expovariate(rate)))
            if rng.random() < leaves:
                break


def _subscriptions(rng: random.Random) -> Iterator[tuple[Any, ...]]:
    for number in range(150):
        start = END - timedelta(days=rng.randrange(30, 900))
        leaves = rng.betavariate(0.8, 4)
        months = next((k for k in range(1, 40) if rng.random() < leaves), 40)
        end = start + timedelta(days=30 * months)
        yield f"s{number}", 10 * rng.randrange(1, 9), start, end if end < END else ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = random.Random(20)
    orders = [(number, *row, "USD") for number, row in enumerate(_orders(rng))]
    subscriptions = [(f"sub-{row[0]}", *row, "USD", "month") for row in _subscriptions(rng)]
    people = [*(f"b{n}" for n in range(100)), *(f"s{n}" for n in range(150))]
    firm = Company(
        tmp_path_factory.mktemp("clv") / "firm",
        f"[workspace]\nas_of = {END}\n[policy]\ngross_margin = {MARGIN}\n",
        orders=table("order_id,customer_id,placed_at,amount,status,currency", orders),
        subscriptions=table("subscription_id,customer_id,amount,started_at,ended_at,currency,interval", subscriptions),
        customers=table("customer_id,region", ((who, region(who)) for who in people)),
    )
    return firm.folder


def region(customer: str) -> str:
    return ("north", "south")[int(customer[1:]) % 2]


@pytest.mark.parametrize("variant", BUYING)
def test_each_buyer_follows_from_the_parameters(folder: Path, variant: str) -> None:
    """Of one region, whose model is its own: by region it has the same value, and others have others."""
    workspace = tenure.open(folder)
    found = workspace.explain("clv", "2024-12", variant=variant, where=NORTH).to_json()
    name, expected = BUYING[variant]
    model, money = found["models"][name], found["models"]["gamma-gamma"]
    mine = {
        who: MARGIN * predicted.value(expected(model, one), predicted.worth(money, one))
        for who, one in predicted.buyers(folder, END).items()
        if region(who) == "north"
    }
    theirs = {c["id"]: c["contribution"] * len(mine) for c in found["customers"]}
    assert theirs == {who: pytest.approx(value, rel=1e-5) for who, value in mine.items()}
    mean = sum(mine.values()) / len(mine)
    assert found["value"] == pytest.approx(mean, rel=1e-5)
    above = sum(value > mean for value in mine.values())
    assert f"{above} of {len(mine)} customers are worth more than the average; they are listed first." in found["notes"]
    if variant == "predictive_orders":
        (by,) = workspace.show("clv", from_="2024-12", to="2024-12", variant=variant, by="region")
        there = {row.by["region"]: (float(row.value or 0), row.n) for row in by.rows}
        assert there["north"] == (found["value"], len(mine)) != there["south"]


def test_subscribers_follow_from_the_parameters(folder: Path) -> None:
    """What a subscriber pays a month, times the margin and the months that the model expects."""
    workspace = tenure.open(folder)
    found = workspace.explain("clv", "2024-12", variant="predictive_sbg", where=NORTH).to_json()
    (arpa,) = workspace.show("arpa", from_="2024-12", to="2024-12", where=NORTH)
    ahead = predicted.renewing(found["models"]["shifted beta geometric"])
    assert 0 < ahead < predicted.HORIZON
    assert found["value"] == pytest.approx(float(arpa.rows[0].value or 0) * MARGIN * ahead, rel=1e-9)
