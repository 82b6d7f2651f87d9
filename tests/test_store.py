"""The warehouse keeps its promises: versions, one writer, readers that never see half, damage that is said."""

from __future__ import annotations

import gc
from pathlib import Path

import duckdb
import pytest

from tenure.errors import StoreError
from tenure.store import Store

ORDERS = "SELECT 'o1' AS order_id, 'ada' AS customer_id, CAST(5 AS DECIMAL(18,4)) AS amount"
MORE = "SELECT 'o2' AS order_id, 'bob' AS customer_id, CAST(7 AS DECIMAL(18,4)) AS amount"


def put(store: Store, sql: str = ORDERS) -> int:
    with store.write() as tx:
        tx.add_part("orders", sql)
        return tx.commit()


def ids(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in con.execute("SELECT order_id FROM m_orders ORDER BY 1").fetchall()]


def parts(folder: Path) -> set[Path]:
    return set((folder / ".tenure" / "parts").glob("*/*"))


def test_nothing_loaded_is_a_store_of_empty_tables(tmp_path: Path) -> None:
    snap = Store(tmp_path).snapshot()
    assert (snap.version, snap.tables) == (0, {})
    assert snap.con.execute("SELECT count(*) FROM m_subscriptions").fetchone() == (0,)
    assert snap.con.execute("SELECT count(line) FROM rejects").fetchone() == (0,)
    assert not (tmp_path / ".tenure").exists()


def test_a_snapshot_stays_what_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    before = store.snapshot()
    put(store, MORE)
    after = store.snapshot()
    assert (ids(before.con), ids(after.con)) == (["o1"], ["o1", "o2"])
    assert (before.version, after.version, store.version) == (1, 2, 2)
    assert after.tables["orders"].rows == 2
    assert after.tables["orders"].columns["amount"] == "DECIMAL(18,4)"


def test_leaving_without_commit_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    kept = parts(tmp_path)
    with store.write() as tx:
        tx.add_part("orders", MORE)
        assert ids(tx.con) == ["o1", "o2"]
    with pytest.raises(ZeroDivisionError), store.write() as tx:
        tx.add_part("orders", MORE)
        raise ZeroDivisionError
    assert ids(store.snapshot().con) == ["o1"]
    assert parts(tmp_path) == kept


def test_only_one_writes_and_readers_do_not_wait(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    with store.write():
        with pytest.raises(StoreError, match="is writing") as caught, Store(tmp_path).write():
            pass
        assert not caught.value.permanent
        assert ids(Store(tmp_path).snapshot().con) == ["o1"]
    put(store, MORE)


def test_old_versions_go_when_nobody_reads_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(3):
        with store.write() as tx:
            tx.replace_table("orders", f"SELECT 'o{number}' AS order_id")
            tx.commit()
    old = store.snapshot()
    for number in range(3, 10):
        with store.write() as tx:
            tx.replace_table("orders", f"SELECT 'o{number}' AS order_id")
            tx.commit()
    assert ids(old.con) == ["o2"]
    assert len(parts(tmp_path)) == 4  # three versions and the one that is read
    old.close()
    put(store, "SELECT 'o99' AS order_id")
    assert ids(store.snapshot().con) == ["o9", "o99"]
    assert len(parts(tmp_path)) == 4


def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    root = tmp_path / ".tenure"
    (root / "parts" / "orders" / "half.parquet").write_bytes(b"PAR1 half")
    (root / "versions" / "2.json").write_text("{half")
    (root / "CURRENT.new").write_text("")
    put(store, MORE)
    assert ids(store.snapshot().con) == ["o1", "o2"]
    assert not (root / "parts" / "orders" / "half.parquet").exists()


def test_a_reader_can_open_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    con = store.snapshot().con
    for sql in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/x.duckdb'",
        "SET enable_external_access = TRUE",
        f"SET allowed_paths = ['{tmp_path}/secret.csv']",
    ):
        with pytest.raises(duckdb.Error):
            con.execute(sql)
    con.execute("CREATE TEMP TABLE mine AS SELECT * FROM m_orders")
    con.execute("CREATE TEMP VIEW also AS SELECT order_id FROM mine")
    assert con.execute("SELECT * FROM also").fetchall() == [("o1",)]


@pytest.mark.parametrize("text", ["", "{", '{"format": 1, "sum": "x", "body": "{}"}', '{"format": 1}', "[]"])
def test_a_damaged_version_says_what_to_do(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    put(store)
    (tmp_path / ".tenure" / "versions" / "1.json").write_text(text)
    with pytest.raises(StoreError, match=r"damaged.*tenure sync") as caught:
        store.snapshot()
    assert caught.value.permanent
    with pytest.raises(StoreError, match="damaged"), store.write():
        pass


def test_other_damage(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    root = tmp_path / ".tenure"
    version = root / "versions" / "1.json"
    text = version.read_text()
    version.write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(StoreError, match=r"newer tenure.*Upgrade"):
        store.snapshot()
    version.write_text(text)
    (root / "CURRENT").write_text("one")
    with pytest.raises(StoreError, match="damaged"):
        store.snapshot()
    (root / "CURRENT").write_text("7")
    with pytest.raises(StoreError, match="damaged"):
        store.snapshot()
    (root / "CURRENT").write_text("1")
    (part,) = parts(tmp_path)
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="damaged"):
        store.snapshot()
    part.unlink()
    with pytest.raises(StoreError, match="damaged"):
        store.snapshot()


def test_parts_of_different_columns_read_as_one_table(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.write() as tx:
        tx.add_part("subscriptions", "SELECT 's1' AS subscription_id, 7::BIGINT AS seats, 'x' AS shade")
        tx.add_part("subscriptions", "SELECT 's2' AS subscription_id, 'paused' AS status, 7.5::DOUBLE AS seats")
        tx.add_part("invoices", "SELECT 'i1' AS invoice_id, 's1' AS subscription_id")
        tx.add_part("invoices", "SELECT 'i2' AS invoice_id")
        tx.commit()
    snap = store.snapshot()
    assert snap.con.execute(
        "SELECT subscription_id, status, quantity::INT, seats, shade, is_trial, deleted FROM m_subscriptions ORDER BY 1"
    ).fetchall() == [("s1", "active", 1, 7.0, "x", False, False), ("s2", "paused", 1, 7.5, None, False, False)]
    assert snap.con.execute("SELECT recurring FROM m_invoices ORDER BY invoice_id").fetchall() == [(True,), (False,)]
    assert snap.tables["subscriptions"].columns["seats"] == "DOUBLE"


def test_dead_rows_and_tombstones_are_gone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.write() as tx:
        tx.add_part("orders", "SELECT 'o' || range AS order_id, 'c' || range AS customer_id FROM range(4)")
        tx.commit()
    with store.write() as tx:
        tx.add_part("orders", "SELECT 'o1' AS order_id, 'c9' AS customer_id", dead={0: "SELECT 1"})
        tx.add_part("orders", "SELECT 'o2' AS order_id, TRUE AS deleted", dead={0: "SELECT 2"})
        tx.commit()
        assert sorted(tx.con.execute(tx.changed_customers("orders", 1) or "").fetchall(), key=str) == [
            ("c1",), ("c2",), ("c9",), (None,),
        ]  # fmt: skip
        assert tx.changed_customers("orders", 0) is None
        assert tx.con.execute(tx.changed_customers("orders", 2) or "").fetchall() == []
        assert (tx.changed_at("orders"), tx.changed_at("events")) == (2, 0)
    snap = store.snapshot()
    assert snap.con.execute("SELECT order_id, customer_id FROM m_orders ORDER BY 1").fetchall() == [
        ("o0", "c0"), ("o1", "c9"), ("o3", "c3"),
    ]  # fmt: skip
    assert snap.tables["orders"].rows == 3


def test_many_parts_are_folded_and_nothing_is_lost(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day in range(60):
        put(store, f"SELECT 'd{day}-' || range AS order_id, 'c{day}' AS customer_id FROM range(10)")
    snap = store.snapshot()
    assert snap.con.execute("SELECT count(*), count(DISTINCT order_id) FROM m_orders").fetchone() == (600, 600)
    assert len(snap.manifest.tables["orders"].parts) <= 17
    with store.write() as tx:
        assert len(tx.con.execute(tx.changed_customers("orders", 57) or "").fetchall()) == 3


def test_rollups_and_their_overlays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.write() as tx:
        tx.put_rollup("steps", "SELECT range AS cust, sum(range) AS total FROM range(100) GROUP BY 1", key="cust")
        tx.meta["note"] = {"zone": "UTC"}
        tx.commit()
    with store.write() as tx:
        tx.put_rollup(
            "steps", "SELECT 5::BIGINT AS cust, 500::DECIMAL(38,0) AS total", key="cust", overlay=True,
            keys_sql="SELECT unnest([5, 6])",
        )  # fmt: skip
        tx.commit()
    snap = store.snapshot()
    assert snap.con.execute("SELECT cust, total::INT FROM steps WHERE cust BETWEEN 4 AND 7 ORDER BY 1").fetchall() == [
        (4, 4), (5, 500), (7, 7),
    ]  # fmt: skip
    assert (snap.meta, snap.rollups) == ({"note": {"zone": "UTC"}}, {"steps": 2})
    for turn in range(8):
        with store.write() as tx:
            tx.put_rollup(
                "steps", f"SELECT 5::BIGINT AS cust, {turn}::DECIMAL(38,0) AS total", key="cust", overlay=True
            )
            tx.commit()
    snap = store.snapshot()
    assert snap.con.execute("SELECT count(*), max(total) FILTER (cust = 5) FROM steps").fetchone() == (99, 7)
    assert len(snap.manifest.rollups["steps"].layers) <= 5
    with store.write() as tx, pytest.raises(StoreError, match="no base"):
        tx.put_rollup("steps", "SELECT 'x' AS cust", key="cust", overlay=True)


def test_a_large_rollup_is_not_rewritten_for_a_few_keys(tmp_path: Path) -> None:
    """Of 1000 keys, 4 in all change in 12 turns: the base stays as it is, and the last word on each key counts."""
    store = Store(tmp_path)
    with store.write() as tx:
        tx.put_rollup("steps", "SELECT range AS cust, range AS total FROM range(1000)", key="cust")
        tx.commit()
    base = store.snapshot().manifest.rollups["steps"].layers[0]
    for turn in range(12):
        with store.write() as tx:
            rows = f"SELECT {turn % 3}::BIGINT AS cust, {turn}::BIGINT AS total WHERE {turn} <> 10"
            tx.put_rollup("steps", rows, key="cust", overlay=True, keys_sql=f"SELECT unnest([{turn % 3}, 999])")
            tx.commit()
    snap = store.snapshot()
    layers = snap.manifest.rollups["steps"].layers
    assert layers[0] == base and len(layers) <= 5
    # Key 0 was last set in turn 9, key 2 in turn 11; turn 10 took key 1 away, and every turn took 999.
    assert snap.con.execute("SELECT cust, total FROM steps WHERE cust IN (0, 1, 2, 3, 999) ORDER BY 1").fetchall() == [
        (0, 9), (2, 11), (3, 3),
    ]  # fmt: skip
    assert snap.con.execute("SELECT count(*) FROM steps").fetchone() == (998,)


def test_a_snapshot_let_go_frees_its_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store)
    snap = store.snapshot()
    del snap
    gc.collect()
    for _ in range(4):
        put(store, "SELECT 'x' AS order_id")
    assert sorted(p.name for p in (tmp_path / ".tenure" / "versions").iterdir()) == ["3.json", "4.json", "5.json"]
