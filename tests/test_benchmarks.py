"""The benchmark compares like with like: hand-written SQL and tenure give the same numbers. No test asserts a time."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import compare, hand_rollups, hand_usage, peers, product, run_peers, run_product, themes, workspaces
from benchmarks.generate import TOMORROW, Company, company
from benchmarks.hand_sql import queries
from benchmarks.run import MONTHS, OF_ORDERS, requests
from tenure.metric import catalogue
from tenure.workspace import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return company(2_000, tmp_path_factory.mktemp("company"), events=5_000)


@pytest.fixture(scope="module")
def grown(made: Company) -> Company:
    return replace(made, rows={"events": 200_000, "tickets": 20_000, "survey_responses": 20_000})


@pytest.fixture(scope="module")
def used(grown: Company) -> Iterator[Workspace]:
    yield product.ready(grown, product.USE)


@pytest.fixture(scope="module")
def desk(grown: Company) -> Iterator[Workspace]:
    yield product.ready(grown, product.DESK)


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


@pytest.mark.parametrize("asked", list(run_product.use_requests()), ids=lambda asked: asked[0])
def test_of_use(used: Workspace, asked: run_product.Asked) -> None:
    name, metric, variant, ask, sql, _ = asked
    mine = compare.ours(used, metric, ask, variant)
    assert sum(value is not None and value > 0 for value in mine.values()) >= 24 * 4
    run_product.same(name, mine, compare.theirs(compare.connection(used), sql))


@pytest.mark.parametrize("asked", list(run_product.desk_requests()), ids=lambda asked: asked[0])
def test_of_tickets_and_answers(desk: Workspace, asked: run_product.Asked) -> None:
    name, metric, variant, ask, sql, _ = asked
    mine = compare.ours(desk, metric, ask, variant)
    assert len(mine) == 24 * 4
    run_product.same(name, mine, compare.theirs(compare.connection(desk), sql))


@pytest.mark.parametrize("metrics", list(hand_usage.raw()), ids=lambda metrics: "+".join(metrics))
def test_of_raw_events(used: Workspace, metrics: tuple[str, ...]) -> None:
    sql = hand_usage.raw()[metrics](run_product.MONTHS)
    found = run_product.raw_values(compare.connection(used), sql, metrics)
    for metric in metrics:
        assert compare.ours(used, metric, run_product.MONTHS) == found[metric]


@pytest.mark.parametrize(("peer", "what"), [(peer, what) for peer, asks in peers.PEERS.items() for what in asks])
def test_of_peers(grown: Company, used: Workspace, peer: str, what: str) -> None:
    pytest.importorskip(peer)
    file = product.files(grown, ("events",))["events"]
    mine = run_peers.ours(used, what)
    assert len(mine) == {"mau": 24, "rolling": 731}[what]
    assert peers.PEERS[peer][what](file, run_product.MONTHS) == mine


@pytest.mark.parametrize("name", hand_rollups.MADE)
def test_rollups_by_hand_are_those_that_are_stored(grown: Company, used: Workspace, name: str) -> None:
    hand_rollups.make(used, grown.folder / "hand")
    con = compare.connection(used)
    columns = ", ".join(f'"{row[0]}"' for row in con.execute(f"DESCRIBE {name}").fetchall())
    with duckdb.connect() as theirs:
        found = theirs.execute(f"SELECT {columns} FROM '{grown.folder}/hand/{name}.parquet' ORDER BY ALL").fetchall()
    assert con.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall() == found


def test_a_day_of_events_refreshes_to_the_same(grown: Company, used: Workspace) -> None:
    new = [(product.new_day(grown), "events")]
    after = workspaces.copy(used.folder, grown.folder / "a_day", TOMORROW)
    workspaces.load(after, new)
    after.refresh()
    anew = workspaces.empty(grown.folder / "day_anew", TOMORROW)
    workspaces.load(anew, [(file, table) for table, file in product.files(grown, product.USE).items()] + new)
    anew.refresh()
    asked = {"last": 3, "grain": "day", "by": ("region",)}
    metrics = ("dau", "wau", "mau", "stickiness", "feature_adoption_rate")
    assert after.show(*metrics, **asked) == anew.show(*metrics, **asked)
    assert after.show("dau", **asked) != used.show("dau", **asked)


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


def test_labels_are_counted() -> None:
    """Price is right and reporting not labelled; reliability is right, mobile not found: 2 right of 3, 2 of 3 found.
    Felt .5, .05 and .2 are all called positive, of ratings 1, -1 and .4 the first is: 1 of 3 right, 1 of 1 found."""
    labelled = [
        ("The price is fair and the reports are good", {"price"}),
        ("The app crashes", {"reliability", "mobile"}),
    ]
    counts = themes.themed([*labelled, ("hello", set())])
    assert counts.tolist() == [[1, 2, 1], [1, 1, 2], [0, 0, 0]]
    assert themes.shares(counts) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    rated = [themes.Rated("", rating) for rating in (1, -1, 0.4)]
    felt = np.array([0.5, 0.05, 0.2])
    assert themes.shares(themes.toned(rated, felt, 1)) == pytest.approx((1 / 3, 1, 1 / 2))
    assert themes.shares(themes.toned(rated, felt, -1)) == (0, 0, 0)


def test_ratings_are_read_and_left_out_where_there_are_none(
    made: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tweets_GroundTruth.txt").write_text("1\t2.5\tLove it\n2\t-1\tMeh\tno\nbroken\n", encoding="utf-8")
    inner, outer = tmp_path / "hutto_ICWSM_2014.tar.gz", tmp_path / "v.tar.gz"
    for archive, file, name in ((inner, tmp_path / "tweets_GroundTruth.txt", "h/"), (outer, inner, "v/")):
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(file, f"{name}{'additional_resources/' if file == inner else ''}{file.name}")
    assert themes.ratings(outer, "tweets") == [themes.Rated("Love it", 2.5), themes.Rated("Meh\tno", -1)]
    monkeypatch.delenv("LABELS", raising=False)
    assert themes.part_themes(made, 1) == []
    assert "left out" in capsys.readouterr().out
