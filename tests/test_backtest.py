"""The proof of a health score: what it finds where it must, where there is nothing to find, and when it says no."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from golden import Company, run

PEOPLE = 60
FIRST = date(2023, 1, 1)
SCORE = '[[health.main.measures]]\nattribute = "mood"\nweight = 1\n[[health.main.measures]]\nattribute = "noise"\n'


def firm(folder: Path, seed: int, odds: Callable[[int], float]) -> Company:
    """Customers with a mood of 0 to 100 and a noise, who leave in any month with the odds of their mood."""
    dice = random.Random(seed)
    people, books = (
        ["customer_id,mood,noise"],
        ["subscription_id,customer_id,amount,started_at,ended_at,currency,interval"],
    )
    for i in range(PEOPLE):
        mood = dice.randrange(0, 101)
        months = next((m for m in range(1, 24) if dice.random() < odds(mood)), None)
        ended = "" if months is None else str(FIRST + timedelta(days=30 * months + 5))
        people.append(f"C{i},{mood},{dice.randrange(0, 101)}")
        books.append(f"s{i},C{i},100,{FIRST},{ended},USD,month")
    return Company(folder, SCORE, customers="\n".join(people), subscriptions="\n".join(books))


def proof(company: Company, *argv: str) -> dict[str, Any]:
    ran = run(company.folder, "health", "--backtest", *argv, "--format", "json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Those in a bad mood leave four times as often."""
    return firm(tmp_path_factory.mktemp("telling"), 3, lambda mood: 0.16 if mood < 50 else 0.02)


def test_a_score_that_tells_is_said_to(telling: Company) -> None:
    found = proof(telling, "--months", "18")
    assert found["verdict"] == "better"
    assert found["auc"]["low"] > 0.5
    assert "more often than chance" in found["sentences"][0]
    assert found["churned"] >= 20
    assert sum(band["customer_months"] for band in found["bands"]) == found["customer_months"]
    assert sum(band["left"] for band in found["bands"]) == sum(line["left"] for line in found["calibration"])
    for line in found["bands"]:
        if line["rate"] is not None:
            assert (
                line["low"] <= line["rate"] <= line["high"] and line["rate"] == line["left"] / line["customer_months"]
            )


def test_who_left_is_counted_as_it_was(telling: Company) -> None:
    """By hand from the books: seen at a month's start if there then, left if it ended in the 90 days from there on."""
    found = proof(telling, "--months", "18")
    lines = (telling.folder / "subscriptions.csv").read_text(encoding="utf-8").splitlines()[1:]
    ends = [date.fromisoformat(end) if end else None for end in (line.split(",")[4] for line in lines)]
    days = [date(2023 + (4 + i) // 12, (4 + i) % 12 + 1, 1) for i in range(18)]
    assert (found["from"], found["to"]) == (str(days[0]), str(days[-1])) == ("2023-05-01", "2024-10-01")
    seen = [(end, day) for end in ends for day in days if end is None or end >= day]
    assert found["customer_months"] == len(seen)
    left = sum(1 for end, day in seen if end is not None and end < day + timedelta(days=90))
    assert sum(band["left"] for band in found["bands"]) == left


def test_months_before_the_first_customer_add_nothing(telling: Company) -> None:
    """The first subscriptions begin on 2023-01-01: the first month with a customer begins on 1 February, 21 ago."""
    long, short = (proof(telling, "--months", months) for months in ("30", "21"))
    assert long["from"] == "2023-02-01"
    assert long == short


def test_a_score_that_says_nothing_is_said_to(tmp_path: Path) -> None:
    """Everyone leaves with the same odds, whatever the mood."""
    found = proof(firm(tmp_path, 5, lambda _: 0.07), "--months", "18")
    assert found["verdict"] == "chance"
    assert "no better than chance" in found["sentences"][0]
    assert not found["learned"]["better"]


def test_too_few_who_left_say_nothing(tmp_path: Path) -> None:
    found = proof(firm(tmp_path, 1, lambda _: 0.005), "--months", "12")
    assert found["verdict"] == "refused" and found["auc"] is None
    assert "at least 20" in found["sentences"][0] and found["bands"] == []


def test_learned_weights_favour_what_tells(telling: Company) -> None:
    """Mood tells and noise does not; what was learned is judged only on later months."""
    found = proof(telling, "--months", "20")["learned"]
    assert found["refused"] or found["weights"]["mood"] > found["weights"]["noise"]


def test_divergence_lists_both_sides(tmp_path: Path) -> None:
    """A is at risk and grew in October and again in December; B is healthy and shrank; C is healthy and steady."""
    company = Company(
        tmp_path,
        '[[health.main.measures]]\nattribute = "mood"\n',
        customers="customer_id,mood\nA,10\nB,90\nC,90\n",
        subscriptions="""
            subscription_id,customer_id,amount,started_at,ended_at,currency,interval
            a,A,100,2024-01-01,,USD,month
            a2,A,50,2024-10-20,,USD,month
            b,B,100,2024-01-01,2024-11-15,USD,month
            b,B,60,2024-11-15,,USD,month
            c,C,80,2024-01-01,,USD,month
        """,
    )
    ran = run(company.folder, "health", "--divergence", "--format", "json")
    found = json.loads(ran.out)
    assert [one["customer"] for one in found["customers"]] == ["A", "B"]
    assert found["customers"][0]["signs"] == ["MRR grew by 50 in 90 days"]
    assert found["customers"][1]["signs"] == ["MRR fell by 40 in 90 days"]
    assert found["mrr"] == 210
    later = json.loads(run(company.folder, "health", "--divergence", "--days", "60", "--format", "json").out)
    assert [one["customer"] for one in later["customers"]] == ["A"]  # B had not shrunk yet on 2 November
