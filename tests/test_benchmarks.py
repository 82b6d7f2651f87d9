"""The benchmark compares like with like: hand-written SQL and tenure give the same numbers. No test asserts a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import compare, workspaces
from benchmarks.generate import TOMORROW, Company, company
from benchmarks.hand_sql import queries
from benchmarks.run import MONTHS, OF_ORDERS, requests
from tenure.metric import catalogue
from tenure.workspace import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return company(2_000, tmp_path_factory.mktemp("company"), events=5_000)


@pytest.fixture(scope="module")
def billing(made: Company) -> Iterator[Workspace]:
    yield workspaces.ready(made, workspaces.BILLING)


def test_every_revenue_and_retention_metric_is_measured() -> None:
    # Without attributes that have a history nobody moves between segments: there is no transfer to measure.
    assert {*queries(), "transfer_mrr"} >= {m for m in catalogue() if _of_money_or_staying(m)}


def _of_money_or_staying(metric: str) -> bool:
    from tenure.metrics import renewals, retention, revenue

    return any(metric == m.id for family in (renewals, retention, revenue) for m in family.FAMILY.metrics)


@pytest.mark.parametrize("asked", list(requests()), ids=lambda asked: asked[0])
def test_hand_written_sql_and_tenure_agree(billing: Workspace, asked: tuple[str, str, compare.Ask, str]) -> None:
    _, metric, ask, sql = asked
    mine = compare.ours(billing, metric, ask)
    assert len(mine) >= 24 * 4
    assert compare.differences(mine, compare.theirs(compare.connection(billing), sql)) == []


@pytest.mark.parametrize("metric", OF_ORDERS)
def test_of_orders_too(made: Company, metric: str) -> None:
    shop = workspaces.ready(made, workspaces.SHOP)
    theirs = compare.theirs(compare.connection(shop), queries()[metric](MONTHS))
    assert compare.differences(compare.ours(shop, metric, MONTHS), theirs) == []


def test_a_difference_is_told(billing: Workspace) -> None:
    mine = compare.ours(billing, "mrr", MONTHS)
    key = next(iter(mine))
    assert compare.differences(mine, {**mine, key: 1.0}) == [f"{key}: ours {mine[key]}, theirs 1.0"]


def test_the_day_after_changes_some_customers_and_refreshes_to_the_same(made: Company, billing: Workspace) -> None:
    new = [(made.new(table), table) for table in ("customers", "subscriptions")]
    after = workspaces.copy(billing.folder, made.folder / "after", TOMORROW)
    workspaces.load(after, new)
    after.refresh()
    anew = workspaces.empty(made.folder / "anew", TOMORROW)
    workspaces.load(anew, [(made.file(table), table) for table in workspaces.BILLING] + new)
    anew.refresh()
    asked = {"last": 3, "grain": "day", "by": ("region",)}
    assert after.show("mrr", "nrr", "customers", **asked) == anew.show("mrr", "nrr", "customers", **asked)
    assert after.show("new_customers", **asked) != billing.show("new_customers", **asked)


def test_the_company_is_what_it_says(made: Company) -> None:
    with duckdb.connect() as con:
        told = con.execute(
            "SELECT count(DISTINCT interval), count(*) FILTER (is_trial) > 0, count(*) FILTER (ended_at IS NULL) > 0, "
            f"count(*) / count(DISTINCT customer_id) BETWEEN 2.5 AND 3.5 FROM '{made.file('subscriptions')}'"
        ).fetchone()
    assert told == (5, True, True, True)
