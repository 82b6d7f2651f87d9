"""Seven example companies: each loads without a reject, shows the core of its own business, and tells its own story.

What a story says stands in the docstring of its company's module; here the product's own metrics have to find it. As
the same company without its story must not show it, chance alone does not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tenure
from tenure import demo
from tenure.business import core_set
from tenure.cli import app
from tenure.demo.dice import AS_OF, Row, Tables
from tenure.listing import available
from tenure.metric import catalogue
from tenure.model import TABLES
from tenure.workspace import Workspace

OTHERS = tuple(name for name in demo.BUSINESSES if name != "saas")
"""Parcelwise has tests of its own (test_demo.py), and the tour."""

FULL = int(os.environ.get("TENURE_WORLDS", "20")) > 20
"""`make test-all` computes and explains every metric on every company and runs every command that the demo prints;
`make test` a share of them on each."""

SHARES = 8
# Asked of a kind of customer, or by a way of working, that the company does not have.
EMPTY = {
    "ecommerce": {"acsi", "service_satisfaction"}, "retail": {"acsi"},
    "services": {"acsi", "ces", "trial_conversion_rate"}, "marketplace": {"acsi", "ces", "service_satisfaction"},
    "manufacturing": {"acsi", "ces"}, "b2b": set(),
}  # fmt: skip
OWN = {  # rows M70 to M76 of the inventory
    "b2b": ("nps", "customer_retention_rate", "cac"),
    "ecommerce": ("conversion_rate", "cart_abandonment_rate", "rating"),
    "services": ("csat", "project_success_rate"),
    "retail": ("foot_traffic", "average_transaction_value", "inventory_turnover"),
    "marketplace": ("rating", "job_completion_rate"), "manufacturing": ("on_time_delivery_rate", "defect_rate"),
}  # fmt: skip
NEVER = {  # what a company of that kind does not have
    "ecommerce": ("subscriptions", "contracts", "trials", "onboarding_steps", "entitlements", "events", "features"),
    "retail": ("subscriptions", "contracts", "trials", "onboarding_steps", "entitlements", "events", "features"),
    "marketplace": ("subscriptions", "contracts", "trials", "stock"),
    "manufacturing": ("subscriptions", "trials", "carts"),
    "services": ("trials", "carts", "stock", "entitlements"), "b2b": ("visits", "carts", "stock", "inspections"),
}  # fmt: skip

every = pytest.mark.parametrize("business", OTHERS)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Makes a company once, loaded; answers its workspace and its rows."""

    @lru_cache
    def made(business: str) -> tuple[Workspace, Tables]:
        folder = tmp_path_factory.mktemp("business") / business
        folder.mkdir()
        tables = demo.write(folder, business=business)
        workspace = tenure.open(folder)
        reports = workspace.sync().loads
        assert not [report for report in reports if report.rejected], reports
        return workspace, tables

    yield made


def values(workspace: Workspace, metric: str, last: int, *, variant: str | None = None) -> list[float]:
    """A metric's quarters, the last of them 2025-Q4."""
    found = workspace.show(metric, variant=variant, last=last, grain="quarter")[0]
    assert all(row.value is not None for row in found.rows), found
    return [float(row.value) for row in found.rows if row.value is not None]


# -- a company of its kind ------------------------------------------------------------------------------------------


@every
def test_the_core_metrics_have_values(company, business: str) -> None:  # type: ignore[no-untyped-def]
    workspace, tables = company(business)
    shown = workspace.show(last=6)
    names = [result.metric for result in shown]
    core = core_set(business, subscriptions="subscriptions" in tables)
    assert names == core and set(OWN[business]) <= set(names)
    assert ("mrr" in names) == (business in ("b2b", "services"))
    assert [(r.metric, row.period) for r in shown for row in r.rows if row.value is None] == []


@every
def test_available_metrics_are_computed_and_explained(company, business: str) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company(business)
    here = [row["metric"] for row in workspace.metrics() if row["available"]]
    asked = here if FULL else here[OTHERS.index(business) :: SHARES]
    shown = workspace.show(*asked, from_="2025", to="2025", grain="year")
    empty = {r.metric for r in shown if all(row.value is None for row in r.rows)}
    assert empty == EMPTY[business] & set(asked)
    for metric in asked if FULL else asked[:1]:
        found = workspace.explain(metric, "2025")
        assert (found.value is None) == (metric in empty), metric


def test_every_metric_is_available_on_some_company() -> None:
    """Parcelwise fills every table (test_demo.py), and so it has every metric; availability is read off the tables."""
    assert {name for name, metric in catalogue().items() if available(metric, frozenset(TABLES))} == set(catalogue())


@every
def test_where_to_go_next_is_somewhere(company, business: str) -> None:  # type: ignore[no-untyped-def]
    """Each command that the demo prints asks for what the company has; it runs and says something."""
    workspace, _ = company(business)
    tries = demo.BUSINESSES[business].tries
    here = {row["metric"] for row in workspace.metrics() if row["available"]}
    for line in tries:
        asked = {word for word in shlex.split(line)[1:] if word in catalogue()}
        assert asked <= here and (asked or line.split()[0] in ("feedback", "health")), line
    for line in tries if FULL else tries[OTHERS.index(business) % 3 :: 3]:
        done = CliRunner().invoke(app, ["-C", str(workspace.config.folder), *shlex.split(line)])
        assert done.exit_code == 0, (line, done.output)
        assert len(done.output.splitlines()) > 3 and "no data" not in done.output, (line, done.output)


@every
def test_rows_are_the_models(company, business: str) -> None:  # type: ignore[no-untyped-def]
    """Choices, keys and references hold, and nothing has happened at or after as_of."""
    _, tables = company(business)
    assert not set(NEVER[business]) & set(tables)
    known = {row["customer_id"] for row in tables["customers"]}
    orders = {row["order_id"] for row in tables.get("orders", [])}
    for name, rows in tables.items():
        model = TABLES[name]
        assert rows and all(list(row) == list(rows[0]) for row in rows), name
        for column in model.columns.values():
            if column.choices:
                assert {row.get(column.name) for row in rows} - {None} <= set(column.choices), (name, column.name)
        if all(key in rows[0] for key in model.key):
            keys = Counter(tuple(row[key] for key in model.key) for row in rows)
            assert keys.most_common(1)[0][1] == 1, name
        assert {row.get("customer_id") for row in rows} - {None} <= known, name
        if name in ("carts", "deliveries"):
            assert {row["order_id"] for row in rows} - {None} <= orders
        _nothing_later(name, rows)


def _nothing_later(name: str, rows: list[Row]) -> None:
    for column in TABLES[name].columns.values():
        if name == "subscriptions" or column.kind not in ("instant", "date") or column.tense == "planned":
            continue
        for row in rows:
            at = row.get(column.name)
            if isinstance(at, date):
                assert (at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)) < AS_OF, (name, row)


def test_the_same_seed_makes_the_same_rows_anywhere() -> None:
    """In another process with another hash seed and clock; another seed makes other rows."""
    script = "import test_businesses as t; print(t.digests())"
    place = Path(__file__).parent
    environment = {
        **os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C",
        "PYTHONPATH": os.pathsep.join([str(place), *sys.path]),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digests()
    assert digests(7).split()[0] != digests().split()[0]


@lru_cache
def digests(seed: int = 2024) -> str:
    """Of the smaller companies, which share every room but the shop's floor; of all of them in `make test-all`."""
    small = ("services", "manufacturing", "marketplace")
    made = (demo.make(business=name, seed=seed) for name in (OTHERS if FULL else small if seed == 2024 else small[:1]))
    return " ".join(hashlib.sha256(repr(tables).encode()).hexdigest()[:16] for tables in made)


def test_companies_are_made_up_and_told_apart() -> None:
    names = [company.name for company in demo.BUSINESSES.values()]
    assert len(set(names)) == len(names) == 7
    for company in demo.BUSINESSES.values():
        assert re.fullmatch(r"It .{20,110}\.", company.does), company.does


def test_one_example_is_not_written_over_another(tmp_path: Path) -> None:
    demo.write(tmp_path, business="services")
    with pytest.raises(tenure.errors.UsageError, match="another example"):
        demo.write(tmp_path, business="manufacturing")


def test_figures_lie_where_the_field_knows_them(company) -> None:  # type: ignore[no-untyped-def]
    """What is won is paid back in one to two years, and a customer is worth three to ten times what winning it cost;
    some are at risk, by far not all; what comes in is all that is sold, not the part that is paid by card."""
    firm, _ = company("b2b")
    assert all(6 < one < 24 for one in values(firm, "cac_payback", 4))
    assert all(2 < one < 12 for one in values(firm, "clv_to_cac", 3))
    risk, mrr = values(firm, "mrr_at_risk", 4), values(firm, "mrr", 4)
    assert all(0 < one < 0.15 * all_of_it for one, all_of_it in zip(risk, mrr, strict=True))
    for business in ("retail", "services"):
        workspace, _ = company(business)
        came_in, sold = workspace.show("arpc", "non_recurring_revenue", from_="2025", to="2025")
        assert came_in.rows[0].numerator >= 0.9 * float(sold.rows[0].value), business


# -- the stories ----------------------------------------------------------------------------------------------------


def test_ecommerce_late_parcels_cost_ratings_and_second_orders(company) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company("ecommerce")
    before, late, after = values(workspace, "on_time_delivery_rate", 4)[:3]
    assert late < 0.65 and min(before, after) > 0.9
    before, slow, _ = values(workspace, "rating", 4)[:3]
    assert slow < before - 0.2
    # Those who came later have had less time to come back, and yet more of them have.
    _, slow, after = values(workspace, "repeat_purchase_rate", 4, variant="cohort")[:3]
    assert slow < after - 0.05


def test_retail_the_street_before_one_shop_is_dug_up(company) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company("retail")
    found = workspace.show("foot_traffic", by="place", from_="2025-07", to="2025-10", grain="total", compare="year")[0]
    change = {row.by["place"]: row.compare.value / row.value for row in found.rows if row.compare and row.value}
    struck = change.pop("Canal Quay")
    assert struck > 2 and all(0.85 < one < 1.15 for one in change.values())
    year = values(workspace, "inventory_turnover", 8)
    assert year[6] < 0.9 * year[2]


def test_marketplace_unchecked_providers_cancel(company) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company("marketplace")
    found = workspace.show("job_completion_rate", by="intake", from_="2025-Q3", to="2025-Q3")[0]
    rate = {row.by["intake"]: float(row.value) for row in found.rows if row.value is not None}
    assert rate["open"] < 0.78 and rate["checked"] > 0.9
    before, summer = values(workspace, "repeat_purchase_rate", 3, variant="cohort")[:2]
    assert summer < before - 0.08


def test_services_projects_fail_and_retainers_end(company) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company("services")
    success, kept, csat = (values(workspace, name, 6) for name in ("project_success_rate", "grr", "csat"))
    assert success[3] < 0.5 and min(success[:2]) > 0.8  # 2025-Q2, and the half year before 2025
    assert min(kept[3:5]) < 0.9 * min(kept[:2])
    assert csat[3] < min(csat[:2]) - 0.15


def test_manufacturing_the_new_foundry(company) -> None:  # type: ignore[no-untyped-def]
    workspace, _ = company("manufacturing")
    options = {"from_": "2025-02", "to": "2025-04", "grain": "total", "compare": "year"}
    found = workspace.show("defect_rate", by="product", **options)[0]
    times = {row.by["product"]: row.value / row.compare.value for row in found.rows if row.compare and row.value}
    assert times.pop("Valve bodies") > 2.2 and max(times.values()) < 1.6
    on_time, renewed = values(workspace, "on_time_delivery_rate", 6), values(workspace, "renewal_rate", 6)
    assert on_time[2] < 0.8 and min(*on_time[:2], *on_time[4:]) > 0.9
    assert max(renewed[3:5]) < 0.7 < min(renewed[:2])


def test_b2b_waits_for_support_and_does_not_recommend(company) -> None:  # type: ignore[no-untyped-def]
    """In June, July and August 2025 support takes four times as long; who waited is asked in the months after."""
    workspace, _ = company("b2b")
    wait, nps = values(workspace, "first_response_time", 4), values(workspace, "nps", 8)
    assert wait[2] > 2 * wait[0]
    assert nps[6] < min(nps[1:5]) - 20
