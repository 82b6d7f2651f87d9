"""Segments: how customers buy (fifths, tiers), behaviours, who entered and left; by plain loops and by hand."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from golden import Company, monthly, run, table

import tenure
from tenure.errors import ConfigError, RequestError, UnknownName, UsageError

AS_OF = date(2025, 1, 1)


def fifths(values: Mapping[str, int]) -> dict[str, int]:
    """1 + floor(5 (worse + equal / 2) / all) for each, counted one by one."""
    found = {}
    for who, value in values.items():
        worse = sum(other < value for other in values.values())
        equal = sum(other == value for other in values.values())
        found[who] = int(1 + 5 * (worse + equal / 2) // len(values))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_fifths_are_those_of_plain_loops(tmp_path: Path, seed: int) -> None:
    """Random orders with many ties; those a year old and older, cancelled ones and those of nobody count nowhere."""
    dice = random.Random(seed)
    orders = [
        (
            f"o{k}",
            dice.choice(["", *(f"c{i}" for i in range(17))]),
            AS_OF - timedelta(days=dice.choice([1, 2, 2, 30, 30, 90, 364, 365, 366, 400])),
            dice.choice([10, 10, 20, 50]),
            dice.choice(["placed", "fulfilled", "cancelled"]),
        )
        for k in range(60)
    ]
    last: dict[str, int] = {}
    times: dict[str, int] = {}
    spent: dict[str, int] = {}
    for _, who, day, worth, status in orders:
        if who and status != "cancelled" and AS_OF - timedelta(days=365) <= day:
            last[who] = max(last.get(who, 0), day.toordinal())
            times[who] = times.get(who, 0) + 1
            spent[who] = spent.get(who, 0) + worth
    text = table("order_id,customer_id,placed_at,amount,currency,status", ((*o[:4], "USD", o[4]) for o in orders))
    ws = tenure.open(Company(tmp_path, orders=text).folder)
    for name, values in (("r", last), ("f", times), ("m", spent)):
        score = fifths(values)
        for fifth in range(1, 6):
            found = {row["customer_id"] for row in ws.customers(where=f"{name} = {fifth}").rows}
            assert found == {who for who, own in score.items() if own == fifth}, (name, fifth)
    both = [fifths(values) for values in (last, times, spent)]
    who = min(last)
    word = "".join(str(score[who]) for score in both)
    assert who in {row["customer_id"] for row in ws.customers(where=f"rfm = '{word}'").rows}


def test_five_buyers_one_in_each_fifth(tmp_path: Path) -> None:
    """Worth 10, 20, 30, 40, 50: fifths 1 to 5. All five bought once: equals, 1 + floor(5 x 2.5 / 5) = 3."""
    rows = ((f"o{k}", f"c{k}", f"2024-12-{k:02d}", 10 * k, "USD") for k in range(1, 6))
    firm = Company(tmp_path, orders=table("order_id,customer_id,placed_at,amount,currency", rows))
    assert firm.by("m", "customers", "2024-12") == dict.fromkeys("12345", 1)
    assert firm.by("f", "customers", "2024-12") == {"3": 5}
    assert firm.value("customers", "2024-12", "--where", "r >= 4") == 2


def test_tiers_of_value(tmp_path: Path) -> None:
    """Of 100: A pays 40, B and C 20 each, D 15, E 5. Before A stands 0, before B and C 40: less than half, high. Before
    D 80, no less than four fifths: low, as E."""
    firm = Company(
        tmp_path,
        subscriptions=monthly(rows=(f"{w} {n} 2024-01-01" for w, n in zip("ABCDE", (40, 20, 20, 15, 5), strict=True))),
    )
    ws = tenure.open(firm.folder)
    tiers = {
        tier: [r["customer_id"] for r in ws.customers(where=f"value_tier = '{tier}'", sort="name").rows]
        for tier in ("high", "middle", "low")
    }
    assert tiers == {"high": ["A", "B", "C"], "middle": [], "low": ["D", "E"]}


def test_no_purchases_no_fifths(tmp_path: Path) -> None:
    firm = Company(tmp_path, customers="customer_id,created_at\na,2024-01-01\n")
    with pytest.raises(RequestError, match="orders or payments"):
        tenure.open(firm.folder).show("customers", by="rfm")


EVENTS = [
    ("a", "2024-11-20"), ("a", "2024-11-21"), ("a", "2024-11-22"),
    ("b", "2024-12-20"), ("b", "2024-12-21"), ("b", "2024-12-28"),
    ("c", "2024-11-25"), ("c", "2024-11-26"), ("c", "2024-12-26"), ("c", "2024-12-27"),
]  # fmt: skip
TOML = """
    [segments]
    big = "mrr_band = 'big'"
    paying = "state = 'paying'"
    [segments.busy]
    metric = "interactions"
    at_least = 2
    window = "30d"
"""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Meetings: a three in November, b three in December, c two in each. Customer a left on the 15th of December."""
    rows = ((f"i{k}", who, "call", day) for k, (who, day) in enumerate(EVENTS))
    return Company(
        tmp_path_factory.mktemp("segments") / "firm",
        TOML,
        subscriptions=monthly("a 10 2024-01-01 2024-12-15\nb 20 2024-01-01\nc 30 2024-12-02"),
        interactions=table("interaction_id,customer_id,kind,at", rows),
        customers="customer_id,mrr_band\na,small\nb,big\nc,big\n",
    )


def test_a_behaviour_is_a_segment_everywhere(firm: Company) -> None:
    """In the 30 days before 2025-01-01, from 2 December on, b had 3 and c 2."""
    ws = tenure.open(firm.folder)
    assert {row["customer_id"] for row in ws.customers(where="@busy").rows} == {"b", "c"}
    assert firm.value("mrr", "2024-12", "--where", "@busy") == 50.0
    assert firm.value("mrr", "2024-12", "--where", "@busy", "--where", "@big") == 50.0
    listed = {one.name: one.to_json() for one in ws.segments()}
    assert listed["busy"] == {
        "name": "busy", "rule": "interactions of at least 2 in 30d", "found": 2, "customers": 2, "mrr": 50.0,
    }  # fmt: skip
    assert (listed["big"]["found"], listed["paying"]["mrr"]) == (2, 50.0)


def test_who_entered_and_who_left(firm: Company) -> None:
    """At the close of 30 November a (3) and c (2) were busy, at that of 31 December b (3) and c (2)."""
    moved = tenure.open(firm.folder).segment("busy", "2024-11-30").to_json()
    assert ([row["customer_id"] for row in moved["entered"]], moved["stayed"]) == (["b"], 1)
    assert moved["left"] == [{"customer_id": "a", "name": "a", "state": "churned", "mrr": 0.0, "mrr_before": 10.0}]
    answer = json.loads(run(firm.folder, "segments", "paying", "--from", "2024-12-10", "--format", "json").out)
    assert ([r["customer_id"] for r in answer["left"]], answer["entered"], answer["to"]) == (["a"], [], "2024-12-31")


def test_at_the_command_line(firm: Company) -> None:
    out = run(firm.folder, "segments").out
    assert "@busy" in out and "interactions of at least 2 in 30d" in out
    out = run(firm.folder, "segments", "busy", "--from", "2024-11-30").out
    assert "1 entered" in out and "1 left" in out and out.rstrip().endswith("1 stayed.")
    assert run(firm.folder, "segments", "busy").code == 2
    assert run(firm.folder, "segments", "--from", "2024-11-30").code == 2


def test_bad_requests(firm: Company) -> None:
    ws = tenure.open(firm.folder)
    with pytest.raises(UnknownName, match="bussy"):
        ws.segment("bussy", "2024-11-30")
    with pytest.raises(UsageError, match="does not lie after"):
        ws.segment("busy", "2024-12-31", "2024-11-30")
    with pytest.raises(UnknownName, match="segment"):
        ws.show("mrr", where="@bussy")


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('metric = "mau"', "how much"),
        ("at_least = 2", "which metric"),
        ('metric = "mau"\nat_least = 5\nat_most = 2', "nobody could be in it"),
        ('metric = "mau"\nat_least = "5"', "not a number"),
        ('metric = "mau"\nat_least = 5\nwindow = "soon"', "not a window"),
        ('metric = "mau"\nat_lest = 5\nat_least = 5', "at_least"),
    ],
)
def test_a_behaviour_that_cannot_be(toml: str, says: str) -> None:
    from tenure.config import parse

    with pytest.raises(ConfigError, match=r"segments\.x") as caught:
        parse(f"[segments.x]\n{toml}\n", Path("tenure.toml"))
    assert says in str(caught.value)
