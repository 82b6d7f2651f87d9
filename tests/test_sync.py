"""Sources into a real store: what is new is loaded, what is known is not read, what is wrong changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tenure import config, sync
from tenure.errors import InputError, UnknownName
from tenure.load import LoadReport
from tenure.store import Store

TOML = """
[workspace]
timezone = "Europe/Berlin"
[sources.billing.tables.subscriptions]
path = "data/subs-*.csv"
columns = { customer_id = "account", amount = "mrr" }
constants = { currency = "USD", interval = "month" }
[sources.crm.tables.customers]
path = "data/people.*"
"""
SUBS = "subscription_id,account,mrr,started_at\n"


class Shop:
    """A workspace with a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.toml(TOML)
        self.write("subs-1.csv", SUBS + "s1,A,100,2024-01-01\ns2,B,0.10,2024-01-01\n")
        self.write("people.csv", "customer_id,region\nA,north\n")
        self.notes: list[str] = []
        self.steps: list[tuple[str, int, int | None]] = []

    def toml(self, text: str) -> None:
        (self.folder / "tenure.toml").write_text(text)
        self.config = config.read(self.folder)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / "data" / name
        path.write_text(text)
        return path

    def pull(self, *names: str, full: bool = False) -> list[LoadReport]:
        return self._run(sync.pull, names, full)

    def load(self, *paths: Path, table: str | None = None, source: str | None = None) -> list[LoadReport]:
        return self._run(sync.load_files, paths, table, source)

    def _run(self, act: Any, *how: Any) -> list[LoadReport]:
        self.notes, self.steps = [], []
        with Store(self.folder).write() as tx:
            reports: list[LoadReport] = act(
                self.config, tx, *how, on_progress=lambda *s: self.steps.append(s), on_note=self.notes.append
            )
            tx.commit()
        return reports

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with Store(self.folder).snapshot() as snapshot:
            found: list[tuple[Any, ...]] = snapshot.con.execute(query).fetchall()
            return found

    def kept_notes(self) -> list[str]:
        with Store(self.folder).snapshot() as snapshot:
            return [note for notes in snapshot.meta.get("notes", {}).values() for note in notes]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def told(reports: list[LoadReport]) -> list[tuple[Any, ...]]:
    return [(r.source, r.table, r.file, r.read, r.stored, r.unchanged, r.rejected) for r in reports]


def test_every_source_in_order_and_nothing_twice(shop: Shop) -> None:
    assert told(shop.pull()) == [
        ("billing", "subscriptions", "data/subs-1.csv", 2, 2, 0, 0),
        ("crm", "customers", "data/people.csv", 1, 1, 0, 0),
    ]
    assert shop.rows(
        "SELECT customer_id, amount::VARCHAR, currency, started_day::VARCHAR FROM m_subscriptions ORDER BY 1"
    ) == [
        ("A", "100.0000", "USD", "2024-01-01"),
        ("B", "0.1000", "USD", "2024-01-01"),
    ]
    assert shop.steps[0][1:] == (0, 2) and shop.steps[-1] == ("done", 2, 2)
    shop.write("subs-2.csv", SUBS + "s3,C,7,2024-01-01\n")
    assert [r[4:] for r in told(shop.pull())] == [(0, 2, 0), (1, 0, 0), (0, 1, 0)]
    assert [r[4:] for r in told(shop.pull(full=True))] == [(0, 2, 0), (0, 1, 0), (0, 1, 0)]
    assert told(shop.pull("crm")) == [("crm", "customers", "data/people.csv", 1, 0, 1, 0)]
    with pytest.raises(UnknownName, match="'billing'"):
        shop.pull("biling")


def test_a_change_of_mapping_reads_the_file_again(shop: Shop) -> None:
    shop.pull()
    shop.toml(TOML.replace('"USD"', '"EUR"'))
    shop.pull()
    assert shop.rows("SELECT DISTINCT currency FROM m_subscriptions") == [("EUR",)]


def test_lines_that_are_no_rows_become_rejects(shop: Shop) -> None:
    shop.write("subs-2.csv", SUBS + "s3,C\ns4,D,x,2024-01-01\ns5,E,5,2024-01-01\n")
    assert [r.rejected for r in shop.pull()] == [0, 2, 0]
    assert shop.rows("SELECT source, file, line, reason FROM rejects ORDER BY line") == [
        ("billing", "data/subs-2.csv", 2, "it has 2 fields and the header has 4"),
        ("billing", "data/subs-2.csv", 3, "amount (mrr) 'x' is not a number."),
    ]


def test_a_file_that_cannot_be_read_changes_nothing(shop: Shop) -> None:
    shop.pull()
    shop.write("subs-2.csv", SUBS + "s3,C,7,2024-01-01\n")
    (shop.folder / "data" / "people.parquet").write_text("no parquet")
    with pytest.raises(InputError, match=r"people\.parquet"):
        shop.pull()
    assert shop.rows("SELECT count(*) FROM m_subscriptions") == [(2,)]
    (shop.folder / "data" / "people.parquet").unlink()
    shop.pull()
    assert shop.rows("SELECT count(*) FROM m_subscriptions") == [(3,)]


def test_notes_are_told_and_kept_until_the_file_is_read_again(shop: Shop) -> None:
    (shop.folder / "data" / "people.csv").write_bytes("customer_id,region\nA,Köln\n".encode("cp1252"))
    shop.pull()
    assert len(shop.notes) == 1 and "Windows-1252" in shop.notes[0]
    assert shop.rows("SELECT region FROM m_customers") == [("Köln",)]
    assert shop.kept_notes() == shop.notes
    shop.pull()
    assert shop.notes == [] and len(shop.kept_notes()) == 1
    shop.write("people.csv", "customer_id,region\nA,Köln\nB,Bonn\n")
    shop.pull()
    assert shop.notes == [] and shop.kept_notes() == []


def test_a_query_and_a_spreadsheet(shop: Shop) -> None:
    book = openpyxl.Workbook()
    for line in [["account", "from", "price"], ["A", "2024-01-01", 0.1 + 0.2], ["B", "2024-02-01", 19.99]]:
        book.active.append(line)
    book.save(shop.folder / "data" / "prices.xlsx")
    shop.toml(
        """
        [sources.s.tables.subscriptions]
        path = "data/prices.xlsx"
        select = '''SELECT account || '-1' AS subscription_id, account AS customer_id, price AS amount,
                    'EUR' AS currency, 'month' AS interval, "from" AS started_at FROM source'''
        """
    )
    assert [(r.read, r.stored) for r in shop.pull()] == [(2, 2)]
    assert shop.rows("SELECT subscription_id, amount::VARCHAR FROM m_subscriptions ORDER BY 1") == [
        ("A-1", "0.3000"),
        ("B-1", "19.9900"),
    ]
    # The same rows from a file of another form change nothing.
    shop.write(
        "subs-1.csv",
        "subscription_id,customer_id,amount,currency,interval,started_at\nA-1,A,0.3,EUR,month,2024-01-01\n",
    )
    shop.toml('[sources.s.tables.subscriptions]\npath = "data/subs-1.csv"\n')
    assert [(r.read, r.stored, r.unchanged) for r in shop.pull()] == [(1, 0, 1)]


def test_importing_tells_the_table_from_the_columns(shop: Shop) -> None:
    events = shop.write("clicks.csv", "customer_id,event,timestamp\nA,login,2024-01-01 09:00\n")
    assert told(shop.load(events)) == [("import", "events", "data/clicks.csv", 1, 1, 0, 0)]
    assert "is read as events" in shop.notes[0] and "'event' is taken for name" in shop.notes[0]
    assert told(shop.load(events)) == [("import", "events", "data/clicks.csv", 1, 0, 1, 0)]
    people = shop.write("who.csv", "account_id,touch\nB,high\n")
    assert told(shop.load(people, table="customers", source="crm2")) == [
        ("crm2", "customers", "data/who.csv", 1, 1, 0, 0)
    ]
    assert "'account_id' is taken for customer_id" in shop.notes[0]
    with pytest.raises(InputError, match="--as TABLE"):
        shop.load(shop.write("strange.csv", "colour,taste\nred,sweet\n"))
    with pytest.raises(UnknownName, match="'customers'"):
        shop.load(people, table="customer")


def test_importing_a_file_of_a_source_reads_it_as_the_source_says(shop: Shop, tmp_path: Path) -> None:
    subs = shop.folder / "data" / "subs-1.csv"
    assert told(shop.load(subs)) == [("billing", "subscriptions", "data/subs-1.csv", 2, 2, 0, 0)]
    assert shop.notes == []
    assert [r.unchanged for r in shop.pull("billing")] == [2]
    elsewhere = tmp_path / "late.csv"
    elsewhere.write_text(SUBS + "s9,Z,9,2024-01-01\n")
    assert told(shop.load(elsewhere, source="billing")) == [("billing", "subscriptions", "late.csv", 1, 1, 0, 0)]
