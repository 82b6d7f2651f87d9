"""Sums that must come out to the last digit, at every grain, over all and by segment, on every world there is.

Figures are exact inside (fractions), so nothing here is approximate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tenure import explain
from tenure.compile.rows import BY_VALUE
from tenure.engine import Engine
from tenure.expr import Across, Aged, Expr, Over, Power, Ratio, Steps
from tenure.lasting import Of
from tenure.metric import catalogue
from tenure.policy import PRESETS
from tenure.question import Frame, Question
from tenure.result import Result, Row
from tenure.tree import walk

from .places import FULL, RANDOM, Place, place, questions, share, total

MOVEMENTS = ("new_mrr", "expansion_mrr", "reactivation_mrr", "contraction_mrr", "churned_mrr", "fx_mrr", "transfer_mrr")
SUMMED = [
    name
    for name, one in catalogue().items()
    if not isinstance(one.readings[one.default].expr, Aged) and not (one.by or any(r.by for r in one.readings.values()))
]
GRAINS = ("day", "week", "month", "quarter", "year", "total")


@pytest.fixture(scope="module", params=["small", "demo", *RANDOM])
def anywhere(request: pytest.FixtureRequest, folder: Path) -> Place:
    return place(request.param, folder)


@pytest.fixture(scope="module", params=["small", *RANDOM])
def outside_demo(request: pytest.FixtureRequest, folder: Path) -> Place:
    return place(request.param, folder)


def cells(result: Result) -> dict[tuple[str, ...], Row]:
    """Rows by group and period."""
    return {(*map(str, row.by.values()), row.period): row for row in result.rows}


# -- the account of MRR ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["", "plain", "dated"])
@pytest.mark.parametrize("grain", GRAINS)
def test_start_and_movements_are_the_end(anywhere: Place, grain: str, by: str) -> None:
    """start + new + expansion + reactivation + contraction + churn + fx + transfer = end, to the cent.

    The start is both the end of the period before and what NRR's cohort paid.
    """
    group = {"": (), "plain": anywhere.plain, "dated": anywhere.dated}[by]
    asked = {"grain": grain, "by": group}
    if grain == "day":
        asked |= {"from_": f"{anywhere.last[:4]}-02-12", "to": f"{anywhere.last[:4]}-03-08"}
    mrr, growth, nrr, *moved = anywhere.show("mrr", "net_new_mrr", "nrr", *MOVEMENTS, **asked)
    columns = [cells(result) for result in moved]
    grown, opening = cells(growth), cells(nrr)
    before: dict[tuple[str, ...], Any] = {}
    for row in mrr.rows:
        key = (*map(str, row.by.values()), row.period)
        if row.value is None:
            continue
        movements = total(column[key].value for column in columns if key in column)
        named = {name: column[key].value for name, column in zip(MOVEMENTS, columns, strict=True) if key in column}
        said = f"{key}: end {row.value}, {named}"
        assert movements == grown[key].value, said
        if key[:-1] in before:
            assert before[key[:-1]] + movements == row.value, f"{said}, start {before[key[:-1]]}"
        before[key[:-1]] = row.value
        if key in opening and opening[key].denominator is not None:
            assert opening[key].denominator + movements == row.value, said


def test_losses_are_never_above_zero(anywhere: Place) -> None:
    for result in anywhere.show("contraction_mrr", "churned_mrr", by=anywhere.dated):
        assert all(row.value is None or row.value <= 0 for row in result.rows)
    for result in anywhere.show("new_mrr", "expansion_mrr", "reactivation_mrr", by=anywhere.dated):
        assert all(row.value is None or row.value >= 0 for row in result.rows)


def test_transfers_are_nothing_over_all_groups(anywhere: Place) -> None:
    (split,) = anywhere.show("transfer_mrr", by=anywhere.dated)
    for period in {row.period for row in split.rows}:
        assert total(row.value for row in split.rows if row.period == period) == 0


def test_a_transfer_is_what_changed_hands(small: Place) -> None:
    """Birch pays 300 when Ben takes over from Ann on 2024-02-20."""
    (split,) = small.show("transfer_mrr", from_="2024-02", to="2024-02", by="owner")
    assert {row.by["owner"]: row.value for row in split.rows} == {"Ann": -300, "Ben": 300}


# -- retention -------------------------------------------------------------------------------------------------------

OPPOSITES = (
    ("customer_retention_rate", "customer_churn_rate"),
    ("grr", "revenue_churn_rate"),
    ("nrr", "net_revenue_churn_rate"),
)


@pytest.mark.parametrize("window", [None, "12m"])
@pytest.mark.parametrize(("kept", "lost"), OPPOSITES)
def test_kept_and_lost_are_one(anywhere: Place, kept: str, lost: str, window: str | None) -> None:
    for by in ((), anywhere.dated):
        one, two = map(cells, anywhere.show(kept, lost, by=by, window=window))
        assert one.keys() == two.keys()
        for key, row in one.items():
            assert (row.value is None) == (two[key].value is None), key
            if row.value is not None:
                assert row.value + two[key].value == 1, key
                assert row.numerator + two[key].numerator == row.denominator == two[key].denominator, key


@pytest.mark.parametrize("rows", ["active", "ordered"])
def test_continuous_bounded_unbounded(outside_demo: Place, rows: str) -> None:
    """continuous <= bounded <= unbounded and bounded <= return_by, each moving only one way from age to age."""
    ways = {}
    for way in ("continuous", "bounded", "unbounded", "return_by"):
        (result,) = outside_demo.show("cohort_retention", variant=f"{rows}_{way}")
        ways[way] = {(r.period, r.by.get("age")): r.value for r in result.rows}
    for (period, age), bounded in ways["bounded"].items():
        if bounded is None or not age:
            continue
        here = {way: found[period, age] for way, found in ways.items()}
        assert here["continuous"] <= bounded <= here["unbounded"], (period, age, here)
        assert bounded <= here["return_by"], (period, age, here)
        if age > 1:
            assert here["continuous"] <= ways["continuous"][period, age - 1], (period, age)
            assert here["unbounded"] <= ways["unbounded"][period, age - 1], (period, age)
            assert here["return_by"] >= ways["return_by"][period, age - 1], (period, age)


# -- what is behind a number -----------------------------------------------------------------------------------------


def sides(place: Place, period: str, where: tuple[str, ...], every: bool) -> Iterator[explain.Side]:
    """Every metric (in every variant) of one period, taken apart."""
    grain, found = place.measure.clock.parse(period)
    frame = Frame(grain, [found], place.frame("month", (), where).segments)
    for question in questions() if every else share(TURNS.index((period, where)), 3 * len(TURNS)):
        # What comes by a column of its rows has a number for each; `explain` wants to know which.
        if not isinstance(question.reading.expr, Aged) and not (question.reading.by or question.metric.by):
            yield explain.Side(place.measure.engine, place.measure, question, frame)


LISTED_NOT = {
    ("nrr", "annualised"),
    ("customer_churn_rate", "annualised"),
    ("customer_churn_rate", "daily_sum"),
}
"""Readings that are no sum over customers at the top, so that none may be listed behind them."""


TURNS: list[tuple[str, tuple[str, ...]]] = [("2024-Q1", ()), ("2024-02", ()), ("2024-02", ("owner = 'Ben'",))]


@pytest.mark.parametrize(("period", "where"), TURNS)
def test_customers_behind_a_number_sum_to_it(small: Place, period: str, where: tuple[str, ...]) -> None:
    for side in sides(small, period, where, every=FULL):
        key = side.question.key
        if side.shares is None:
            assert key in LISTED_NOT or no_sum(side.expr), f"{key} lists nobody"
            continue
        (row,) = small.measure.results([side.question], side.frame)[0].rows
        behind = total(c.amount for c in explain.people(side.engine, side.shares))
        said = row.numerator if row.numerator is not None else row.value
        assert behind == (said or 0), (key, period, where)


def no_sum(expr: Expr) -> bool:
    """Whether the top is no sum over customers: a product or quotient of sums, a number of a distribution, distinct."""
    top = expr.top if isinstance(expr, Ratio) else expr
    found = list(walk(top))
    parts = [
        node for node in found if isinstance(node, Ratio) and any(isinstance(x, Across) for x in walk(node.bottom))
    ]
    one_by_one = [node for node in found if isinstance(node, Across) and node.how not in ("sum", "count")]
    return bool(parts or one_by_one or any(isinstance(node, Of | Over | Power) for node in found))


@pytest.mark.parametrize("metric", SUMMED)
def test_explain_says_the_figure_of_show(small: Place, metric: str) -> None:
    (row,) = small.show(metric, from_="2024-02", to="2024-02")[0].rows
    found = small.workspace.explain(metric, "2024-02")
    assert (found.value, found.numerator, found.denominator) == (row.value, row.numerator, row.denominator)
    if not found.notes:
        assert total(c.amount for c in found.customers) == found.numerator
    side_by_side = {v["variant"]: v["value"] for v in found.variants}
    assert side_by_side[found.question.variant] == row.value
    assert list(side_by_side) == list(catalogue()[metric].variants)


# -- the way from one reading to another -----------------------------------------------------------------------------


def versus(place: Place, question: Question, period: str, name: str) -> explain.Explanation:
    grain, found = place.measure.clock.parse(period)
    frame = Frame(grain, [found], place.frame("month").segments)
    return explain.explain(place.measure, question, frame, name)


def check_differences(found: explain.Explanation) -> None:
    """All differences together are other - value; the customers of each are its amount."""
    assert found.other is not None
    said = f"{found.question.key} {found.period} {found.other}, {found.value}, {found.differences}"
    if found.value is None or found.other["value"] is None:
        return
    assert total(d.amount for d in found.differences) == found.other["value"] - found.value, said
    for difference in found.differences:
        if not found.notes and difference.customers:
            assert total(c.amount for c in difference.customers) == difference.amount, (said, difference.rule)
        elif not found.notes:
            assert difference.amount == 0, (said, difference.rule)


@pytest.fixture
def no_variants(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the variants side by side, which are not what is asked here and take their time."""
    monkeypatch.setattr(explain, "_variants", lambda *_: [])


ALWAYS = ("mrr", "churned_mrr", "customer_churn_rate")


# Metrics that revenue rules can change: those of MRR and of being a customer.
OF_RULES = [name for name in SUMMED if any(isinstance(x, Steps) for x in walk(catalogue()[name].reading(None).expr))]


@pytest.mark.parametrize("preset", PRESETS)
def test_differences_to_a_preset_sum_exactly(small: Place, preset: str, no_variants: None) -> None:
    turn = list(PRESETS).index(preset)
    for metric in SUMMED if FULL else {*ALWAYS, *OF_RULES[turn :: len(PRESETS)]}:
        one = catalogue()[metric]
        for period in ("2024-02", "2024-Q1") if FULL else ("2024-Q1",):
            question = Question(one, one.default, one.readings[one.default])
            check_differences(versus(small, question, period, preset))


@pytest.mark.parametrize("preset", PRESETS)
def test_differences_to_a_preset_sum_exactly_on_a_random_world(folder: Path, preset: str, no_variants: None) -> None:
    random = place("random4", folder)
    year, month = map(int, random.first.split("-"))
    for metric in ALWAYS:
        one = catalogue()[metric]
        question = Question(one, one.default, one.readings[one.default])
        later = month + 5
        check_differences(versus(random, question, f"{year + later // 12}-{later % 12 + 1:02}", preset))


def test_differences_to_a_variant_sum_exactly(small: Place, no_variants: None) -> None:
    for metric in SUMMED:
        one = catalogue()[metric]
        question = Question(one, one.default, one.readings[one.default])
        for name in one.variants[1:] if FULL else one.variants[1:2]:
            found = versus(small, question, "2024-02", name)
            if (metric, name) in LISTED_NOT or no_sum(one.readings[name].expr) or no_sum(question.reading.expr):
                listed = [difference for difference in found.differences if difference.customers]
                assert all(total(c.amount for c in d.customers) == d.amount for d in listed), (metric, name)
            else:
                check_differences(found)


# -- whatever the strategy -------------------------------------------------------------------------------------------


def figures(results: list[Result]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {
        (result.metric, result.variant, row.period, *row.by.values()): (
            row.value,
            row.numerator,
            row.denominator,
            row.n,
        )
        for result in results
        for row in result.rows
        if row.value not in (None, 0, Fraction(0)) or row.denominator
    }


CASES = [
    ("small", "day", ""),
    ("small", "week", "plain"),
    ("small", "total", "plain"),
    ("random3", "week", "plain"),
    ("random3", "quarter", ""),
    ("random4", "quarter", "plain"),
]


@pytest.mark.parametrize(("name", "grain", "by"), CASES)
def test_strategies_agree(folder: Path, name: str, grain: str, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow strategy that is right for everything gives what the quick ones give."""
    asked = place(name, folder)
    frame = asked.frame(grain, (asked.plain,) if by else ())
    turn = CASES.index((name, grain, by)), len(CASES)
    quick = figures(asked.everything(frame, *turn))
    chosen = Engine._strategy

    def slowest(self: Engine, leaf: Across, *rest: Any) -> tuple[str, object]:
        return chosen(self, leaf, *rest) if leaf.how in BY_VALUE else ("slices", None)

    monkeypatch.setattr(Engine, "_strategy", slowest)
    slow = figures(asked.everything(frame, *turn))
    different = {key: (quick.get(key), slow.get(key)) for key in quick.keys() | slow.keys()}
    different = {key: pair for key, pair in different.items() if pair[0] != pair[1]}
    assert not different, f"{len(different)} differ, first {sorted(different.items(), key=str)[:5]}"


@pytest.mark.parametrize("window", [(0, 45), (12, 0)])
def test_strategies_agree_on_windows(
    outside_demo: Place, window: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = replace(outside_demo.frame("month"), window=window)
    asked = [q for q in questions() if q.metric.windowed]
    quick = figures(outside_demo.measure.results(asked, frame))
    monkeypatch.setattr(Engine, "_strategy", lambda *_: ("slices", None))
    assert figures(outside_demo.measure.results(asked, frame)) == quick
