"""Scorecards: portfolios by hand, a clear difference that is judged, noise that is not, and Holm's adjustment."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from golden import Company, monthly, near, run, table

import tenure
from tenure.errors import RequestError, UnknownName
from tenure.scorecards import holm


def firm(folder: Path, left: dict[str, int], size: int, **tables: str) -> Company:
    """`size` customers of 10 each for every owner, of whom so many left in the middle of December 2024."""
    people = [(f"{owner}{k}", owner, k < gone) for owner, gone in left.items() for k in range(size)]
    paid = monthly(rows=(f"{who} 10 2024-01-01{' 2024-12-10' if gone else ''}" for who, _, gone in people))
    return Company(
        folder,
        customers=table("customer_id,owner", ((who, owner) for who, owner, _ in people)),
        subscriptions=paid,
        **tables,
    )


def marks(folder: Path, owner: str) -> dict[str, dict[str, Any]]:
    cards = tenure.open(folder).scorecards(period="2024-12").to_json()["owners"]
    return {mark["metric"]: mark for mark in next(c for c in cards if c["owner"] == owner)["marks"]}


def test_a_clear_difference_is_judged(tmp_path: Path) -> None:
    """None of Ann's 40 left, 20 of Bob's 40: churn 0 and 50 %. Wilson's intervals are 0 to 8.8 % and 35.2 to 64.8 %,
    far apart. GRR of Bob is 200 / 400."""
    firm(tmp_path, {"ann": 0, "bob": 20}, 40)
    churn, bob = marks(tmp_path, "ann")["customer_churn_rate"], marks(tmp_path, "bob")
    assert (churn["value"], churn["others"], churn["n"], churn["verdict"]) == (0.0, 0.5, 40, "better")
    assert churn["p"] < 0.001 and churn["difference_high"] < 0
    assert (bob["customer_churn_rate"]["verdict"], bob["grr"]["value"], bob["grr"]["verdict"]) == (
        "worse",
        0.5,
        "worse",
    )


def test_noise_is_not_judged(tmp_path: Path) -> None:
    """One of ten against two of ten; and of one customer each nothing can be said at all."""
    firm(tmp_path / "ten", {"ann": 1, "bob": 2}, 10)
    found = marks(tmp_path / "ten", "bob")["customer_churn_rate"]
    assert (found["value"], found["others"], found["verdict"]) == (0.2, 0.1, "no different")
    assert found["difference_low"] < 0 < found["difference_high"]
    firm(tmp_path / "one", {"ann": 0, "bob": 0}, 1)
    assert marks(tmp_path / "one", "ann")["nrr"]["verdict"] == "too little"


def test_nobody_to_compare_with(tmp_path: Path) -> None:
    firm(tmp_path, {"ann": 1}, 10)
    assert {mark["verdict"] for mark in marks(tmp_path, "ann").values()} == {"too little"}


def test_what_they_look_after(tmp_path: Path) -> None:
    """Ann: 2 of 3 are left, 20 of MRR, one contract of theirs ends in 60 days, one in 200; one ticket; two calls."""
    made = firm(
        tmp_path,
        {"ann": 1, "o'hara": 0},
        3,
        contracts="contract_id,customer_id,starts_on,ends_on\n1,ann1,2024-03-02,2025-03-02\n2,ann2,2024-07-20,2025-07-20\n",
        tickets="ticket_id,customer_id,created_at\n1,ann1,2024-12-30\n",
        interactions="interaction_id,customer_id,kind,at\n1,ann1,call,2024-12-03\n2,ann2,call,2024-12-04\n",
    )
    first, second = tenure.open(tmp_path).scorecards(period="2024-12").to_json()["owners"]
    assert {key: first[key] for key in first if key not in ("marks", "bands")} == {
        "owner": "ann", "customers": 2, "mrr": 20.0, "share_of_mrr": near(0.4), "renewals": 1, "renewals_mrr": 10.0,
        "open_tickets": 1, "interactions": 2,
    }  # fmt: skip
    assert (second["owner"], second["customers"], second["renewals"]) == ("o'hara", 3, 0)
    answer = json.loads(run(made.folder, "scorecard", "o'hara", "--period", "2024-12", "--format", "json").out)
    assert [card["owner"] for card in answer["owners"]] == ["o'hara"]
    assert answer["owners"][0]["marks"] == second["marks"]
    text = run(made.folder, "scorecard", "--period", "2024-12").out
    assert "beside the others" in text
    assert "…" not in text
    assert re.search(r"(too little to say|no different)$", text, re.MULTILINE)
    gone = run(made.folder, "scorecard", "ohara")
    assert gone.code == 1 and "o'hara" in gone.err


def test_bad_requests(tmp_path: Path) -> None:
    Company(tmp_path / "bare", subscriptions=monthly("a 10 2024-01-01"))
    with pytest.raises(RequestError, match="no owner"):
        tenure.open(tmp_path / "bare").scorecards()
    firm(tmp_path / "two", {"ann": 0, "bob": 0}, 2)
    with pytest.raises(UnknownName, match="anne"):
        tenure.open(tmp_path / "two").scorecards("anne")


def test_holm() -> None:
    """Of .01, .04 and .03: 3 x .01 = .03, 2 x .03 = .06, and .04 no less than that."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a": near(0.03), "c": near(0.06), "b": near(0.06)}
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}
