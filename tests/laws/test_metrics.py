"""Laws that hold for every metric there is, whoever adds it: they run over the catalogue, on worlds known by heart.

The small world is tests/world.py; two random worlds of tests/oracle have exchange rates, history and time zones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import world

import tenure
from tenure.expr import Aged
from tenure.metric import WILSON, Metric, catalogue, find
from tenure.periods import GRAINS
from tenure.result import Result, Row
from tenure.workspace import Workspace

from .places import RANDOM, Place, place

METRICS = catalogue()
every_metric = pytest.mark.parametrize("one", METRICS.values(), ids=METRICS.keys())

# What INTERFACE promises, and the variants that DEFINITIONS names, sections 0 to 11, 14 and 18 to 22.
IDS = """
mrr arr new_mrr expansion_mrr contraction_mrr churned_mrr reactivation_mrr fx_mrr transfer_mrr net_new_mrr
expansion_rate nrr grr quick_ratio arpa arpu arpc non_recurring_revenue customers new_customers churned_customers
customer_growth customer_retention_rate customer_churn_rate revenue_churn_rate net_revenue_churn_rate renewal_rate
upsell_rate cross_sell_rate cohort_retention revenue_retention
nps csat ces service_satisfaction acsi employee_engagement response_rate rating referral_rate sentiment advocacy
tickets open_tickets first_contact_resolution resolution_time first_response_time reopen_rate
average_purchase_value purchase_frequency repeat_purchase_rate customer_lifespan clv customer_value cac cac_payback
clv_to_cac crc retention_roi customers_per_employee trial_conversion_rate onboarding_completion_rate
onboarding_step_rate onboarding_time onboarding_features onboarding_progress onboarded_retention resource_views
activation_rate time_to_value feature_adoption_rate feature_breadth dau wau mau stickiness time_on_platform
interactions engagement loyalty outcome_rate health health_share mrr_at_risk conversion_rate cart_abandonment_rate
average_transaction_value foot_traffic inventory_turnover project_success_rate job_completion_rate
on_time_delivery_rate defect_rate
"""
MOVEMENTS = ("new_mrr", "expansion_mrr", "reactivation_mrr", "contraction_mrr", "churned_mrr")
OF_MOVEMENTS = "monthly window_60min reactivation_as_new reactivation_as_expansion ignore_same_period"
WAYS = ("bounded", "unbounded", "continuous", "return_by")
VARIANTS = {
    "mrr": "gross forever_only recurring_only net_of_fees include_metered include_minimum_commit exclude_past_due "
    "auto_churn_after paused_counts paused_is_churn paid_trial_counts full_refund_cancels spot_daily rate_at_signing "
    "no_conversion committed week_exact scheduled_at cancelled_at",
    **dict.fromkeys(MOVEMENTS, f"{OF_MOVEMENTS} scheduled_at cancelled_at"),
    "arr": "avg annual_only carr",
    "nrr": "cohort movements include_winback annualised",
    "grr": "cohort movements",
    "customer_retention_rate": "counts",
    "customer_churn_rate": "any_exit incl_new avg_base daily_sum annualised",
    "revenue_churn_rate": "movements churned_only",
    "net_revenue_churn_rate": "include_winback",
    "quick_ratio": "no_reactivation",
    "renewal_rate": "gross_value net_value tcv by_signing",
    "expansion_rate": "net",
    "upsell_rate": "customers revenue",
    "cross_sell_rate": "customers revenue",
    "arpu": "paying",
    "arpa": "asp",
    "non_recurring_revenue": "per_customer",
    "nps": "finite latest_per_person per_customer mean_per_person mrr_weighted",
    "csat": "mean mean_100 top3 latest_per_person per_customer",
    "ces": "ease v1 ease_5 v2 v2_pct net 0_10 latest_per_person per_customer",
    "acsi": "weighted",
    "employee_engagement": "enps",
    "rating": "count",
    "sentiment": "reviews comments",
    "first_contact_resolution": "mature one_touch_zendesk one_touch_exact resolved_only_denominator survey_fcr "
    "repeat_contact",
    "resolution_time": "median p90 km_median first effort without_pending business business_last_schedule "
    "business_all_schedules",
    "first_response_time": "median p90 km_median business",
    "cohort_retention": " ".join(["active", *(f"{word}_{way}" for word in ("active", "ordered") for way in WAYS)]),
}
ALIASES = {
    "logo_churn": "customer_churn_rate",
    "crr": "customer_retention_rate",
    "gross_revenue_retention": "grr",
    "net_growth": "customer_growth",
    "mrr_churn": "churned_mrr",
    "net_promoter_score": "nps",
    "fcr": "first_contact_resolution",
}
OF_NOTHING_COUNTED = ("loyalty", "inventory_turnover")
"""Metrics without an n: an index made of other metrics, amounts over amounts."""
WINDOWED = ("nrr", "grr", "customer_retention_rate", "customer_churn_rate", "revenue_churn_rate")
ADDITIVE = ("mrr", "arr", *MOVEMENTS, "fx_mrr", "transfer_mrr", "net_new_mrr", "non_recurring_revenue")
COUNTS = ("customers", "new_customers", "churned_customers")
REASONS = {"empty_denominator", "no_data", "not_reached", "no_losses", "insufficient_data"}


@pytest.fixture(scope="module", params=["small", *RANDOM])
def anywhere(request: pytest.FixtureRequest, folder: Path) -> Place:
    """Each of the worlds: the small one, one with a time zone, one with everything."""
    return place(request.param, folder)


def values(rows: Sequence[Row]) -> dict[tuple[Any, ...], Any]:
    """Rows as figures, by period, group and age."""
    return {(row.period, *row.by.values()): row.value for row in rows}


# -- what a metric says of itself ------------------------------------------------------------------------------------

PARTS = ("Formula", "Counts", "Leaves out", "Empty", "Variants", "Differs", "Benchmark", "Example")


def parts(one: Metric) -> dict[str, str]:
    """The parts of a documentation, in the order in which they stand."""
    found = re.split(r"\*([A-Z][a-z ]+)[.:]\*", one.doc)
    return {name: " ".join(text.split()) for name, text in zip(found[1::2], found[2::2], strict=True)}


@every_metric
def test_it_is_documented_in_all_parts_in_order(one: Metric) -> None:
    wanted = [p for p in PARTS if (p != "Variants" or len(one.variants) > 1) and (p != "Benchmark" or one.benchmark)]
    assert list(parts(one)) == wanted
    assert all(text.endswith(".") for text in parts(one).values()), parts(one)
    assert re.fullmatch(r"[A-Z][^*]+\.\n\n", one.doc[: one.doc.index("*")]), "begins with one plain sentence"
    assert len(one.sentence) <= 120 and one.sentence.endswith(".")
    assert max(map(len, one.doc.splitlines())) <= 120


@every_metric
def test_every_variant_is_named_and_explained(one: Metric) -> None:
    said = parts(one).get("Variants", "")
    for name in set(one.variants) - {"default"}:
        assert re.search(rf"\b{name}(: [\w(]| is the same)", said), f"{name}: {said}"
    for name in set(one.variants) - {one.default, "default"}:
        assert one.readings[name].why or name in said


@every_metric
def test_a_benchmark_says_of_whom_and_from_where(one: Metric) -> None:
    if one.benchmark:
        assert re.fullmatch(r".+ \([^;]+; .+\)", one.benchmark), one.benchmark


EXAMPLE = re.compile(
    r"on the small world, (?P<period>[\dQ-]+)(?:, age (?P<age>\d+))?(?:, (?P<variant>[a-z_0-9]+))?: "
    r"(?P<number>-?[\d,]+(?:\.(?P<digits>\d+))?)(?P<unit> %| USD|)\."
)


@every_metric
def test_its_example_is_true_on_the_small_world(one: Metric, small: Place) -> None:
    found = EXAMPLE.fullmatch(parts(one)["Example"])
    assert found, parts(one)["Example"]
    period = found["period"]
    rows = small.show(one.id, from_=period, to=period, variant=found["variant"])[0].rows
    row = next(row for row in rows if found["age"] is None or row.by["age"] == int(found["age"]))
    value = row.value
    assert value is not None
    assert row.n is not None or one.id in OF_NOTHING_COUNTED
    assert found["unit"] == {"share": " %", "money": " USD"}.get(one.unit, "")
    shown = Fraction(value) * (100 if one.unit == "share" else 1)
    said = Fraction(found["number"].replace(",", ""))
    if found["digits"]:
        assert abs(shown - said) <= Fraction(1, 2 * 10 ** len(found["digits"]))
    else:
        assert shown == said


def test_ids_and_aliases_are_unique() -> None:
    names = [name for one in METRICS.values() for name in (one.id, *one.aliases)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert all(find(alias) is METRICS[metric] for alias, metric in ALIASES.items())


def test_all_that_was_promised_is_there() -> None:
    assert set(IDS.split()) <= set(METRICS)
    assert all(METRICS[name].windowed for name in WINDOWED)
    missing = {(m, v) for m, names in VARIANTS.items() for v in names.split() if v not in METRICS[m].readings}
    assert not missing


# -- what it answers -------------------------------------------------------------------------------------------------


def problems(result: Result) -> Iterator[str]:
    """What is wrong with a result, whatever the metric."""
    for row in result.rows:
        where = f"{result.metric} {result.variant} {row.period} {dict(row.by)}"
        if (row.value is None) != (row.reason in REASONS):
            yield f"{where}: {row.value}, {row.reason}"
        if row.value is None or row.denominator is None:
            continue
        if row.numerator is None or Fraction(row.numerator) / Fraction(row.denominator) != row.value:
            yield f"{where}: {row.numerator} / {row.denominator} is not {row.value}"
        if METRICS[result.metric].readings[result.variant].interval == WILSON:
            if not 0 <= row.value <= 1:
                yield f"{where}: a share of {row.value}"
            if row.low is None or row.high is None or not row.low - 1e-12 <= row.value <= row.high + 1e-12:
                yield f"{where}: {row.value} outside {row.low} to {row.high}"
            if row.n != row.denominator:
                yield f"{where}: n {row.n} of {row.denominator}"


CASES = [*(("small", grain) for grain in GRAINS), ("random3", "day"), ("random3", "week"), ("random4", "month")]


@pytest.mark.parametrize(("name", "grain"), CASES)
def test_every_variant_answers_at_every_grain(name: str, grain: str, folder: Path) -> None:
    asked = place(name, folder)
    number = CASES.index((name, grain))
    turn = (0, 1) if (name, grain) == ("small", "month") else (number % 2, 2) if name == "small" else (number % 3, 3)
    for result in asked.everything(asked.frame(grain), *turn):
        periods = {row.period for row in result.rows}
        assert len(periods) == len({(row.start, row.end) for row in result.rows}) >= 1
        assert not list(problems(result))
        assert (result.currency is not None) == (result.unit == "money")


def test_every_metric_has_a_value_on_the_small_world(small: Place) -> None:
    asked = small.show(*METRICS, from_="2024-01", to="2024-03")
    empty = [r.metric for r in asked if all(row.value is None for row in r.rows)]
    assert not empty


@pytest.mark.parametrize("window", [None, "3m", "12m"])
def test_gross_retention_is_at_most_one_and_at_most_net(anywhere: Place, window: str | None) -> None:
    for by in ((), anywhere.plain, anywhere.dated):
        net, gross = anywhere.show("nrr", "grr", by=by, window=window)
        upper = values(net.rows)
        for row in gross.rows:
            if row.value is not None:
                assert 0 <= row.value <= min(1, upper[row.period, *row.by.values()]), row


@pytest.mark.parametrize(
    ("which", "grain"), [("plain", "month"), ("dated", "week"), ("dated", "quarter"), ("subscription", "total")]
)
def test_sums_add_up_over_segments(anywhere: Place, which: str, grain: str) -> None:
    """Exactly, `(none)` and `unattributed` included."""
    by = {"plain": anywhere.plain, "dated": anywhere.dated, "subscription": "plan"}[which]
    whole = anywhere.show(*ADDITIVE, *COUNTS, grain=grain)
    split = anywhere.show(*ADDITIVE, *COUNTS, grain=grain, by=by)
    for everyone, groups in zip(whole, split, strict=True):
        for row in everyone.rows:
            found = [r.value for r in groups.rows if r.period == row.period]
            said = f"{everyone.metric} {row.period}: {row.value} is not {found}"
            if row.value is None:
                assert all(value is None for value in found), said
            else:
                assert sum(Fraction(v) for v in found if v is not None) == row.value, said


def test_parts_of_retention_add_up_over_segments(anywhere: Place) -> None:
    metrics = [*WINDOWED, "net_revenue_churn_rate", "upsell_rate", "cross_sell_rate", "renewal_rate"]
    for by in (anywhere.plain, anywhere.dated):
        whole, split = anywhere.show(*metrics), anywhere.show(*metrics, by=by)
        for everyone, groups in zip(whole, split, strict=True):
            for row in everyone.rows:
                rows = [r for r in groups.rows if r.period == row.period and r.denominator is not None]
                if row.denominator is not None and row.numerator is not None:
                    assert sum(r.denominator for r in rows) == row.denominator, (by, everyone.metric, row)
                    assert sum(r.numerator for r in rows) == row.numerator, (by, everyone.metric, row)


# -- without data ----------------------------------------------------------------------------------------------------

EMPTY_WORLDS = {
    "headers alone": {"subscriptions": "subscription_id,customer_id,amount,currency,interval,started_at,ended_at\n"},
    "rates alone": {"fx_rates": "currency,on,rate\nEUR,2024-01-01,1.1\n"},
    "stock alone": {"stock": "product,on,value\nsocks,2024-01-05,10\n"},
}


@pytest.mark.parametrize("name", EMPTY_WORLDS)
def test_without_data_there_is_no_value(name: str, tmp_path: Path) -> None:
    """Null with a reason at every metric and variant, and never 0."""
    toml = world.TOML + '\n[sources.books]\ntype = "files"\n'
    for table, text in EMPTY_WORLDS[name].items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
        toml += f'[sources.books.tables.{table}]\npath = "{table}.csv"\n'
    (tmp_path / "tenure.toml").write_text(toml, encoding="utf-8")
    workspace = tenure.open(tmp_path)
    workspace.sync()
    empty = Place(workspace, "2024-01", "2024-02")
    results = empty.everything(empty.frame("month"))
    assert len(results) == sum(len(one.variants) for one in METRICS.values())
    wrong = [(r.metric, r.variant, row.value) for r in results for row in r.rows if row.value is not None]
    assert not wrong
    assert {row.reason for r in results for row in r.rows} == {"no_data"}
    assert all(not row["available"] for row in workspace.metrics())


# -- whatever the order ----------------------------------------------------------------------------------------------


def answers(workspace: Workspace) -> list[Any]:
    """What a workspace says of the small world: every metric, by a history too, and the customers behind NRR."""
    plain = [name for name, one in METRICS.items() if not isinstance(one.readings[one.default].expr, Aged)]
    shown = workspace.show(*METRICS, from_="2023-12", to="2024-03").to_json()
    split = workspace.show(*plain[::3], from_="2023-12", to="2024-03", by=("owner", "plan")).to_json()
    return [shown, split, workspace.explain("nrr", "2024-02").to_json()]


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    workspace = tenure.open(world.write(tmp_path))
    workspace.sync()
    first = answers(workspace)
    assert not any(load.stored for load in workspace.sync().loads)
    workspace.sync(full=True)
    workspace.load_files([tmp_path / "subscriptions.csv"], table="subscriptions", source="books")
    assert answers(workspace) == first


def test_the_order_of_files_and_rows_changes_nothing(tmp_path: Path, small: Place) -> None:
    world.write(tmp_path)
    tables = [path.stem for path in sorted(tmp_path.glob("*.csv"), reverse=True)]
    for table in tables:
        path = tmp_path / f"{table}.csv"
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *reversed(lines)]) + "\n", encoding="utf-8")
    (tmp_path / "tenure.toml").write_text(world.settings(), encoding="utf-8")
    workspace = tenure.open(tmp_path)
    for table in tables:
        workspace.load_files([tmp_path / f"{table}.csv"], table=table)
    assert answers(workspace) == answers(small.workspace)
