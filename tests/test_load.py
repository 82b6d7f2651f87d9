"""Rows into the model: what is read how, what is rejected and why, and that order and repetition do not matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.errors import InputError, UnknownName
from tenure.load import Extract, LoadReport, load
from tenure.source import Broken, Mapping
from tenure.store import Store

SUBS = ("subscription_id", "customer_id", "amount", "currency", "interval", "started_at", "ended_at")
GOOD = ("s1", "ada", "10.00", "USD", "month", "2024-01-01", "")


def rows_of(header: Sequence[str], *rows: Sequence[str | None]) -> pa.Table:
    """Text columns as a csv reader gives them; the header is line 1."""
    data: dict[str, Any] = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(header)}
    return pa.table({**data, "_line": pa.array(range(2, len(rows) + 2), pa.int64())})


class World:
    """A workspace that loads small tables, one version for each load."""

    def __init__(self, folder: Path, zone: str = "UTC") -> None:
        self.store = Store(folder)
        self.zone = zone
        self.loads = 0

    def load(
        self,
        table: str,
        data: pa.Table | str,
        *,
        file: str = "",
        mapping: Mapping | None = None,
        digest: str = "",
        **more: Any,
    ) -> LoadReport:
        self.loads += 1
        with self.store.write() as tx:
            extract = Extract(
                "files",
                table,
                file or f"{self.loads}.csv",
                digest or f"d{self.loads}",
                data,
                True,
                mapping or Mapping(),
                **more,
            )
            report = load(tx, extract, timezone=self.zone)
            tx.commit()
        assert report.read == report.stored + report.unchanged + report.rejected
        return report

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.snapshot() as snap:
            return snap.con.execute(sql).fetchall()

    def rejects(self) -> list[tuple[int, str]]:
        return self.ask("SELECT line, reason FROM rejects ORDER BY line")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return report.read, report.stored, report.unchanged, report.rejected


# reading


def test_values_as_people_write_them(world: World) -> None:
    data = rows_of(
        (*SUBS, "is_trial", "interval_count", "Region"),
        ("s1", "ada", "1234.5678", "USD", "month", "2024-01-05T10:00:00+02:00", "2024-02-01", "yes", "3", "north"),
        (" s2", "bob", " 7 ", "eur", "Half Year", " 2024-01-05 ", "", "F", "", "south"),
    )
    assert counts(world.load("subscriptions", data)) == (2, 2, 0, 0)
    assert world.ask(
        'SELECT subscription_id, amount, currency, "interval", started_at, started_day, ended_at, is_trial,'
        " interval_count, quantity, status, Region FROM m_subscriptions ORDER BY customer_id"
    ) == [
        ("s1", Decimal("1234.5678"), "USD", "month", dt.datetime(2024, 1, 5, 8), dt.date(2024, 1, 5),
         dt.datetime(2024, 2, 1), True, 3, Decimal("1.0000"), "active", "north"),
        (" s2", Decimal("7.0000"), "EUR", "half_year", dt.datetime(2024, 1, 5), dt.date(2024, 1, 5), None, False, 1,
         Decimal("1.0000"), "active", "south"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "instant", "day"),
    [
        ("2024-07-01", "2024-06-30 22:00:00", "2024-07-01"),
        ("2024-07-01 00:30", "2024-07-01 00:30:00", "2024-07-01"),
        ("2024-06-30T23:00:00Z", "2024-06-30 23:00:00", "2024-07-01"),
        ("2024-06-30T23:00:00.250-05:00", "2024-07-01 04:00:00.25", "2024-07-01"),
        ("2024-06-30T19:00Z", "2024-06-30 19:00:00", "2024-06-30"),
        ("2024-06-30 19:00+00", "2024-06-30 19:00:00", "2024-06-30"),
    ],
)
def test_instants_and_their_days_in_berlin(tmp_path: Path, text: str, instant: str, day: str) -> None:
    world = World(tmp_path, "Europe/Berlin")
    world.load("events", rows_of(("name", "at"), ("x", text)))
    assert world.ask('SELECT CAST("at" AS VARCHAR), CAST("day" AS VARCHAR) FROM m_events') == [(instant, day)]


def test_the_sources_own_zone_is_for_times_without_offset(world: World) -> None:
    data = rows_of(
        ("name", "at"), ("a", "2024-07-01 09:00:00"), ("b", "2024-07-01T09:00:00Z"), ("c", "2024-07-01"), ("d", "")
    )
    report = world.load("events", data, mapping=Mapping(timezone="America/New_York"))
    assert counts(report) == (4, 3, 0, 1)
    assert world.ask('SELECT name, CAST("at" AS VARCHAR) FROM m_events ORDER BY name') == [
        ("a", "2024-07-01 13:00:00"), ("b", "2024-07-01 09:00:00"), ("c", "2024-07-01 00:00:00"),
    ]  # fmt: skip


def test_date_formats_and_inclusive_ends(world: World) -> None:
    data = rows_of(SUBS, ("s1", "ada", "1", "USD", "month", "05-01-2024", "31-01-2024"))
    world.load("subscriptions", data, mapping=Mapping(date_format="%d-%m-%Y", inclusive_ends=True))
    iso = rows_of(SUBS, ("s2", "ada", "1", "USD", "month", "2024-01-05", "2024-01-31 12:00:00"))
    world.load("subscriptions", iso, mapping=Mapping(inclusive_ends=True))
    assert world.ask("SELECT started_day, ended_at FROM m_subscriptions ORDER BY subscription_id") == [
        (dt.date(2024, 1, 5), dt.datetime(2024, 2, 1)), (dt.date(2024, 1, 5), dt.datetime(2024, 1, 31, 12)),
    ]  # fmt: skip


def test_natural_types(world: World) -> None:
    data = pa.table(
        {
            "invoice_id": pa.array([17.0, 18.0]),
            "amount": pa.array([19.99, 0.1]),
            "issued_at": pa.array([dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)] * 2),
            "due_at": pa.array([dt.date(2024, 1, 31), None]),
            "paid_at": pa.array([dt.datetime(2024, 1, 2, 3), None], pa.timestamp("ns")),
            "recurring": pa.array([None, True]),
            "score": pa.array([1, 2]),
            "_line": pa.array([1, 2], pa.int64()),
        }
    )
    assert counts(world.load("invoices", data)) == (2, 2, 0, 0)
    assert world.ask("SELECT invoice_id, amount, issued_at, due_day, paid_at, recurring, score FROM m_invoices") == [
        ("17", Decimal("19.9900"), dt.datetime(2024, 1, 1, 12), dt.date(2024, 1, 31), dt.datetime(2024, 1, 2, 3),
         False, 1),
        ("18", Decimal("0.1000"), dt.datetime(2024, 1, 1, 12), None, None, True, 2),
    ]  # fmt: skip


def test_mapping_constants_attributes_and_extra_columns(world: World) -> None:
    data = rows_of(
        ("account", "mrr", "begin", "tier_code", "seats", "zip", "day", "nothing"),
        ("ada", "10", "2024-01-01", "gold", "5", "01234", "mon", ""),
        ("bob", "20", "2024-01-01", "", "12", "99999", "tue", ""),
    )
    mapping = Mapping(
        columns={
            "subscription_id": "account", "customer_id": "account", "amount": "mrr", "started_at": "begin",
            "contract": "tier_code",
        },
        constants={"currency": "USD", "interval": "month", "interval_count": 1},
        attributes=("contract",),
    )  # fmt: skip
    assert counts(world.load("subscriptions", data, mapping=mapping)) == (2, 2, 0, 0)
    assert world.ask(
        'SELECT customer_id, contract, seats, zip, "day", nothing, currency FROM m_subscriptions ORDER BY 1'
    ) == [("ada", "gold", 5, "01234", "mon", None, "USD"), ("bob", None, 12, "99999", "tue", None, "USD")]


def test_numbers_of_an_extra_column_beyond_the_sample(world: World) -> None:
    rows = [(f"c{i}", "7" if i < 20_500 else "x") for i in range(20_501)]
    world.load("customers", rows_of(("customer_id", "code"), *rows))
    assert world.ask("SELECT code, count(*) FROM m_customers GROUP BY 1 ORDER BY 1") == [("7", 20_500), ("x", 1)]


def test_rows_may_come_as_a_query(world: World) -> None:
    query = "SELECT 'a' AS name, DATE '2024-01-01' + range::INT AS \"at\", range + 1 AS _line FROM range(3)"
    assert counts(world.load("events", query)) == (3, 3, 0, 0)


def test_facts_without_a_customer_are_kept(world: World) -> None:
    world.load("events", rows_of(("name", "at", "customer_id"), ("login", "2024-01-01", "")))
    assert world.ask("SELECT name, customer_id FROM m_events") == [("login", None)]


# rejecting


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("amount", "1,234.50", "amount '1,234.50' is not a number."),
        ("amount", "", "amount is missing."),
        ("amount", "NaN", "amount 'NaN' is not a number."),
        ("currency", "XYZ", "currency 'XYZ' is not an ISO 4217 currency code."),
        ("interval", "fortnight", "interval 'fortnight' is not one of day, week, month, quarter, half_year, year."),
        ("started_at", "2024-02-30", "started_at '2024-02-30' is not a date or time."),
        ("started_at", "infinity", "started_at 'infinity' is not a date or time."),
        ("started_at", "45292", "started_at '45292' is not a date or time."),
        ("started_at", "05/06/24", "started_at '05/06/24' is not a date or time."),
        ("started_at", "5-6-24 10:00", "started_at '5-6-24 10:00' is not a date or time."),
        ("started_at", "05/06/24 10:00:00+02:00", "started_at '05/06/24 10:00:00+02:00' is not a date or time."),
        ("started_at", " ", "started_at is missing."),
        ("subscription_id", "", "subscription_id is missing."),
        ("ended_at", "2023-12-31", "ended_at 2023-12-31 00:00:00 is before started_at 2024-01-01 00:00:00."),
    ],
)
def test_a_row_that_cannot_be_used(world: World, column: str, value: str, reason: str) -> None:
    bad = [value if name == column else good for name, good in zip(SUBS, GOOD, strict=True)]
    if column != "subscription_id":
        bad[0] = "s2"
    assert counts(world.load("subscriptions", rows_of(SUBS, GOOD, bad), file="subs.csv")) == (2, 1, 0, 1)
    assert world.ask("SELECT source, table_name, file, line, reason FROM rejects") == [
        ("files", "subscriptions", "subs.csv", 3, reason)
    ]
    ((row,),) = world.ask("SELECT row FROM rejects")
    assert '"customer_id":"ada"' in row
    assert world.ask("SELECT count(*) FROM m_subscriptions") == [(1,)]


@pytest.mark.parametrize(
    ("table", "header", "row"),
    [
        ("contracts", ("contract_id", "customer_id", "starts_on", "ends_on"), ("c", "a", "2024-02-01", "2024-01-01")),
        ("trials", ("trial_id", "started_at", "ends_at"), ("t", "2024-02-01", "2024-01-01")),
        ("tickets", ("ticket_id", "created_at", "resolved_at"), ("t", "2024-02-01", "2024-01-01")),
        ("tickets", ("ticket_id", "created_at", "first_response_at"), ("t", "2024-02-01", "2024-01-01")),
        ("survey_responses", ("response_id", "asked_at", "answered_at"), ("r", "2024-02-01", "2024-01-01")),
        ("entitlements", ("customer_id", "feature", "started_at", "ended_at"), ("a", "s", "2024-02-01", "2024-01-01")),
        ("onboarding_steps", ("step", "customer_id", "started_at", "completed_at"), ("a", "s", "2024-02-01", "2024-01-01")),  # noqa: E501
        ("sessions", ("customer_id", "started_at", "ended_at"), ("a", "2024-02-01", "2024-01-01")),
    ],
)  # fmt: skip
def test_ends_before_beginnings(world: World, table: str, header: tuple[str, ...], row: tuple[str, ...]) -> None:
    same = tuple("2024-02-01" if value == "2024-01-01" else value for value in ("z", *row[1:]))
    assert counts(world.load(table, rows_of(header, row, same))) == (2, 1, 0, 1)
    ((line, reason),) = world.rejects()
    assert (line, header[-1] in reason, " is before " in reason) == (2, True, True)


def test_no_other_check_rejects(world: World) -> None:
    jobs = rows_of(("job_id", "accepted_at", "completed_at"), ("j", "2024-02-01", "2024-01-01"))
    assert counts(world.load("jobs", jobs)) == (1, 1, 0, 0)


def test_several_faults_are_told_together_and_the_files_name_for_the_column(world: World) -> None:
    mapping = Mapping(columns={"amount": "mrr"})
    header = tuple("mrr" if name == "amount" else name for name in SUBS)
    world.load("subscriptions", rows_of(header, ("s", "", "x", "USD", "month", "2024-01-01", "")), mapping=mapping)
    assert world.rejects() == [(2, "customer_id is missing. amount (mrr) 'x' is not a number.")]


def test_lines_that_are_no_rows_are_rejects(world: World) -> None:
    report = world.load("subscriptions", rows_of(SUBS, GOOD), broken=(Broken(3, "It has 2 fields, not 7.", "a,b"),))
    assert counts(report) == (2, 1, 0, 1)
    assert world.rejects() == [(3, "It has 2 fields, not 7.")]


def test_a_line_of_ten_megabytes(world: World) -> None:
    long = "x" * 10_000_000
    events = rows_of(("name", "at", "note"), ("a", "2024-01-01", long), ("b", long, "n"))
    assert counts(world.load("events", events)) == (2, 1, 0, 1)
    assert world.ask("SELECT length(note) FROM m_events") == [(10_000_000,)]
    assert world.ask("SELECT length(row) <= 2000, length(reason) < 200 FROM rejects") == [(True, True)]


def test_a_file_without_a_required_column(world: World) -> None:
    header = tuple("ammount" if name == "amount" else name for name in SUBS)
    with pytest.raises(InputError, match=r"subs.csv: There is no column for amount.*nearest is 'ammount'"):
        world.load("subscriptions", rows_of(header, GOOD), file="subs.csv")
    with pytest.raises(InputError, match=r"no column 'mrr'.*fill amount"):
        world.load("subscriptions", rows_of(SUBS, GOOD), mapping=Mapping(columns={"amount": "mrr"}))
    with pytest.raises(UnknownName, match="subscriptions"):
        world.load("subscription", rows_of(SUBS, GOOD))
    assert world.store.version == 0


def test_a_file_without_rows(world: World) -> None:
    assert counts(world.load("subscriptions", rows_of(SUBS))) == (0, 0, 0, 0)
    assert world.ask("SELECT count(*) FROM m_subscriptions") == [(0,)]


def test_mended_rows_leave_the_rejects(world: World) -> None:
    bad = ("s2", "bob", "?", "USD", "month", "2024-01-01", "")
    world.load("subscriptions", rows_of(SUBS, GOOD, bad), file="a.csv")
    world.load("subscriptions", rows_of(SUBS, bad), file="b.csv")
    mended = ("s2", "bob", "5", "USD", "month", "2024-01-01", "")
    assert counts(world.load("subscriptions", rows_of(SUBS, GOOD, mended), file="a.csv")) == (2, 1, 1, 0)
    assert world.ask("SELECT file FROM rejects") == [("b.csv",)]


# keys


def test_one_key_twice_in_a_load(world: World) -> None:
    other = ("s1", "ada", "99", "USD", "month", "2024-01-01", "")
    third = ("s3", "cyd", "5", "USD", "month", "2024-01-01", "")
    report = world.load("subscriptions", rows_of(SUBS, GOOD, third, other, third, GOOD))
    assert counts(report) == (5, 1, 1, 3)
    told = "subscription_id 's1', started_at '2024-01-01 00:00:00' stands on several rows that differ."
    assert world.rejects() == [(2, told), (4, told), (6, told)]
    assert world.ask("SELECT subscription_id FROM m_subscriptions") == [("s3",)]


def test_the_same_content_twice_changes_nothing(world: World) -> None:
    bad = ("s2", "bob", "?", "USD", "month", "2024-01-01", "")
    data = rows_of(SUBS, GOOD, bad)
    world.load("subscriptions", data, file="a.csv", digest="same")
    assert counts(world.load("subscriptions", data, file="a.csv", digest="same")) == (2, 0, 1, 1)
    assert counts(world.load("subscriptions", data, file="copy.csv", digest="same")) == (2, 0, 1, 1)
    assert counts(world.load("subscriptions", data, file="a.csv", digest="other")) == (2, 0, 1, 1)
    assert len(world.rejects()) == 1
    with world.store.snapshot() as snap:
        assert snap.manifest.tables["subscriptions"].changed == 1


def test_a_file_that_goes_back_to_what_it_was_is_loaded_again(world: World) -> None:
    world.load("contacts", rows_of(("contact_id", "name"), ("1", "Ada")), file="a.csv", digest="one")
    world.load("contacts", rows_of(("contact_id", "name"), ("1", "Eve")), file="a.csv", digest="two")
    world.load("contacts", rows_of(("contact_id", "name"), ("1", "Ada")), file="a.csv", digest="one")
    assert world.ask("SELECT name FROM m_contacts") == [("Ada",)]


def test_the_newer_row_wins_whatever_the_order(world: World) -> None:
    header = ("contact_id", "name", "updated_at")
    world.load("contacts", rows_of(header, ("1", "new", "2024-02-01"), ("2", "x", "")))
    assert counts(world.load("contacts", rows_of(header, ("1", "old", "2024-01-01"), ("2", "y", "")))) == (2, 1, 1, 0)
    assert world.ask("SELECT contact_id, name FROM m_contacts ORDER BY 1") == [("1", "new"), ("2", "y")]


def test_tombstones(world: World) -> None:
    world.load("subscriptions", rows_of(SUBS, GOOD, ("s2", *GOOD[1:])))
    gone = rows_of((*SUBS, "deleted"), ("s1", "ada", "", "", "", "2024-01-01", "", "true"))
    assert counts(world.load("subscriptions", gone)) == (1, 1, 0, 0)
    assert world.ask("SELECT subscription_id FROM m_subscriptions") == [("s2",)]
    with world.store.write() as tx:
        assert tx.con.execute(tx.changed_customers("subscriptions", 1) or "").fetchall() == [("ada",)]


def test_rows_without_an_id_are_counted(world: World) -> None:
    header = ("event_id", "name", "at")
    a, b, c = ("", "a", "2024-01-01"), ("", "b", "2024-01-02"), ("e1", "c", "2024-01-03")
    assert counts(world.load("events", rows_of(header, a, a, b, c))) == (4, 4, 0, 0)
    assert counts(world.load("events", rows_of(header, a, b, b, c))) == (4, 1, 3, 0)
    assert counts(world.load("events", rows_of(header[1:], a[1:], a[1:], a[1:]))) == (3, 1, 2, 0)
    assert world.ask("SELECT name, count(*) FROM m_events GROUP BY 1 ORDER BY 1") == [("a", 3), ("b", 2), ("c", 1)]
    gone = rows_of(("name", "at", "deleted"), ("a", "2024-01-01", "yes"))
    world.load("events", gone)
    assert world.ask("SELECT name, count(*) FROM m_events GROUP BY 1 ORDER BY 1") == [("b", 2), ("c", 1)]


def test_equal_extra_columns_told_in_other_types_are_equal(world: World) -> None:
    header = ("name", "at", "x")
    world.load("events", rows_of(header, ("a", "2024-01-01", "1.50")))
    assert counts(world.load("events", rows_of(header, ("a", "2024-01-01", "1.50"), ("b", "2024-01-01", "q")))) == (
        2, 1, 1, 0,
    )  # fmt: skip


KEYED = st.lists(st.integers(0, 5), max_size=5).map(lambda ids: [(f"k{i}", f"name {i}", f"{i}") for i in ids])
FREE = st.lists(
    st.tuples(st.just(""), st.sampled_from("ab"), st.sampled_from(["2024-01-01", "2024-01-02"])), max_size=5
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KEYED, FREE), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, batches: list[tuple[list[Any], list[Any]]], random: Any
) -> None:
    def outcome(order: list[int]) -> list[list[tuple[Any, ...]]]:
        world = World(tmp_path_factory.mktemp("world"))
        for number in order:
            keyed, free = batches[number]
            for table, header, rows in (
                ("contacts", ("contact_id", "name", "extra"), keyed), ("events", ("event_id", "name", "at"), free),
            ):  # fmt: skip
                world.load(table, rows_of(header, *rows), file=f"{number}-{len(order)}-{random.random()}")
        shown = ["SELECT contact_id, name, extra::INT FROM m_contacts" if any(k for k, _ in batches) else "SELECT 1"]
        return [sorted(world.ask(sql)) for sql in (*shown, 'SELECT name, "at" FROM m_events')]

    order = list(range(len(batches)))
    first = outcome(order)
    random.shuffle(order)
    assert outcome(order) == first
    assert outcome(order + order) == first
