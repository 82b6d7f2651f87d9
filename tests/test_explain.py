"""Where a number comes from, by hand on the small world: formula, parts, customers, the way to a vendor's figure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import world

import tenure
from tenure.errors import RequestError, UnknownName, UsageError
from tenure.explain import Explanation
from tenure.workspace import Workspace


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = tenure.open(world.write(tmp_path_factory.mktemp("small")))
    workspace.sync()
    return workspace


def behind(found: Explanation) -> dict[str, Any]:
    return {c.id: c.amount for c in found.customers}


def steps(found: Explanation) -> list[tuple[str, Any, dict[str, Any]]]:
    return [(d.rule, d.amount, {c.id: c.amount for c in d.customers}) for d in found.differences]


def test_retention_taken_apart(small: Workspace) -> None:
    found = small.explain("nrr", "2024-02")
    assert (found.numerator, found.denominator, found.value) == (950, 1000, Fraction(95, 100))
    assert found.formula == (
        "MRR at the end (at the rates of the start) of those who paid at the start, divided by MRR at the start"
    )
    assert behind(found) == {
        **{"birch": 300, "hazel": 160, "grove": 150, "fern": 110, "cedar": 100},
        **{"lotus": 50, "acorn": 40, "juniper": 40},
    }
    amounts = [c.amount for c in found.customers]
    assert amounts == sorted(amounts, reverse=True)
    assert found.customers[0].name == "Birch"
    assert dict(found.parts) == {
        "MRR at the end (at the rates of the start) of those who paid at the start": 950,
        "MRR at the start": 1000,
    }


def test_mrr_as_an_account_from_start_to_end(small: Workspace) -> None:
    parts = dict(small.explain("mrr", "2024-02").parts)
    kinds = {"new": 70, "expansion": 150, "reactivation": 50, "contraction": 0, "churn": -270, "fx": 0, "transfer": 0}
    assert {**kinds, "MRR at the start": 1000, "MRR at the end": 1000}.items() <= parts.items()
    march = dict(small.explain("net_new_mrr", "2024-03").parts)
    assert (march["expansion"], march["reactivation"], march["contraction"], march["fx"]) == (50, 90, -20, 10)


def test_who_churned(small: Workspace) -> None:
    found = small.explain("churned_mrr", "2024-02")
    assert behind(found) == {"daisy": -200, "iris": -70}
    assert behind(small.explain("customer_churn_rate", "2024-02")) == {"daisy": 1}
    assert behind(small.explain("customer_churn_rate", "2024-02", variant="incl_new")) == {"daisy": 1, "iris": 1}


def test_only_those_asked_for(small: Workspace) -> None:
    found = small.explain("mrr", "2024-02", where="region = 'north'")
    assert behind(found) == {"acorn": 40, "cedar": 100, "kelp": 50}
    ben = small.explain("mrr", "2024-02", where=["owner = 'Ben'", "region = 'south'"])
    assert behind(ben) == {"birch": 300, "grove": 150, "juniper": 40}
    assert dict(ben.parts)["transfer"] == 300  # Birch came from Ann


def test_variants_side_by_side(small: Workspace) -> None:
    found = small.explain("grr", "2024-Q1")
    values = [(v["variant"], v["value"]) for v in found.variants]
    assert values == [("cohort", Fraction(75, 100)), ("movements", Fraction(64, 100))]
    assert all(v["why"] for v in found.variants)


@pytest.mark.parametrize(
    ("period", "preset", "other", "differences"),
    [
        ("2024-03", "tenure", 1130, []),
        ("2024-03", "chartmogul", 1090, [("churn_at: service_end -> cancelled_at", -40, {"juniper": -40})]),
        (
            "2024-02",
            "stripe",
            1010,
            [
                ("discounts: deducted -> forever_only", 50, {"lotus": 50}),
                ("churn_at: service_end -> scheduled_at", -40, {"juniper": -40}),
            ],
        ),
        (
            "2024-01",
            "lago",
            1040,
            [
                ("discounts: deducted -> gross", 50, {"lotus": 50}),
                ("fx: own_line -> none", -10, {"fern": -10}),
            ],
        ),
        ("2024-03", "profitwell", 1120, [("fx: own_line -> at_signing", -10, {"fern": -10})]),
        ("2024-03", "baremetrics", 1090, [("churn_at: service_end -> cancelled_at", -40, {"juniper": -40})]),
    ],
)
def test_the_way_to_a_vendors_mrr(small: Workspace, period: str, preset: str, other: int, differences: Any) -> None:
    found = small.explain("mrr", period, versus=preset)
    assert found.other is not None and (found.other["name"], found.other["value"]) == (preset, other)
    assert steps(found) == differences


def test_the_way_to_a_variant_of_a_rate(small: Workspace) -> None:
    """grr in the quarter: 75 % by cohort, 64 % by movements: Elm and Kelp left and came back."""
    found = small.explain("grr", "2024-Q1", versus="movements")
    assert steps(found) == [
        ("variant movements", Fraction(-11, 100), {"elm": Fraction(-6, 100), "kelp": Fraction(-5, 100)})
    ]


def test_the_way_where_the_base_changes_too(small: Workspace) -> None:
    """Both ends of NRR: Lago's list prices raise the cohort's MRR from 1,000 by Lotus's 50 less Fern's 10."""
    found = small.explain("nrr", "2024-02", versus="lago")
    assert found.other is not None and found.other["value"] == Fraction(990, 1040)
    assert sum(amount for _, amount, _ in steps(found)) == Fraction(990, 1040) - Fraction(950, 1000)
    for _, amount, customers in steps(found):
        assert sum(customers.values()) == amount


def test_as_json(small: Workspace) -> None:
    found = small.explain("nrr", "2024-02", versus="include_winback").to_json()
    assert (found["metric"], found["variant"], found["period"], found["unit"]) == ("nrr", "cohort", "2024-02", "share")
    assert (found["value"], found["other"]["value"]) == (0.95, 1.0)
    assert found["differences"] == [
        {
            "rule": "variant include_winback",
            "amount": 0.05,
            "customers": [{"id": "kelp", "name": "Kelp", "amount": 0.05}],
        }
    ]
    assert sum(c["contribution"] for c in found["customers"]) == found["numerator"]
    assert found["currency"] is None and small.explain("mrr", "2024-02").to_json()["currency"] == "USD"
    assert "other" not in small.explain("nrr", "2024-02").to_json()


def test_a_reading_that_is_no_sum_lists_nobody_and_says_so(small: Workspace) -> None:
    found = small.explain("arpu", "2024-02")
    assert found.value == 100 and behind(found) == {"hazel": 900}
    yearly = small.explain("nrr", "2024-02", variant="annualised")
    assert not yearly.customers and "no sum over customers" in yearly.notes[0]


def test_no_value_is_explained_too(small: Workspace) -> None:
    found = small.explain("nrr", "2022-05")
    assert (found.value, found.reason) == (None, "empty_denominator")
    found = small.explain("quick_ratio", "2024-03", where="region = 'south'")
    assert (found.value, found.reason) == (None, "no_losses")


def test_what_cannot_be_explained_says_why(small: Workspace) -> None:
    with pytest.raises(RequestError, match="each age"):
        small.explain("cohort_retention", "2024-02")
    with pytest.raises(UnknownName, match="preset or variant") as caught:
        small.explain("mrr", "2024-02", versus="chartmogle")
    assert caught.value.nearest == "chartmogul"
    with pytest.raises(UnknownName) as caught:
        small.explain("nrrr", "2024-02")
    assert caught.value.nearest == "nrr"
    with pytest.raises(UnknownName):
        small.explain("nrr", "2024-02", variant="cohorts")
    with pytest.raises(UsageError):
        small.explain("nrr", "February")


def test_what_a_score_pools(small: Workspace) -> None:
    """Eight answers to one survey on 0 to 10; satisfaction pools one survey of four."""
    assert "Made of: relationship 0-10 8." in small.explain("nps", "2024-01").notes
    assert "Made of: after 1-5 4." in small.explain("csat", "2024-01", variant="mean").notes
    assert "Made of: after call 1-5 1" not in small.explain("csat", "2024-01").notes


def test_a_variant_says_its_unit_where_it_has_one_of_its_own(small: Workspace) -> None:
    """Of nps all readings are points, but the mean of the latest scores is a score."""
    units = {one["variant"]: one["unit"] for one in small.explain("nps", "2024-01").variants}
    assert units.pop("latest_score") == "score" and set(units.values()) == {"points"}


def test_the_censored_time_stands_beside_the_mean(small: Workspace) -> None:
    """Of January's eight tickets (2, 4, 6, 10, 14, 24 h, 21 days, open since the 25th) half are resolved by 10 h."""
    variants = {v["variant"]: v["value"] for v in small.explain("resolution_time", "2024-01").variants}
    assert variants["km_median"] == 10
