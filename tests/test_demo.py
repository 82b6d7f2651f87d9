"""The example company: the same on every run, true to the model, consistent in itself, and its stories can be seen."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tenure import demo
from tenure.config import BUSINESSES
from tenure.demo import parcelwise
from tenure.demo.dice import AS_OF, Row, Tables, Value
from tenure.demo.folder import AREAS
from tenure.demo.stories import LAUNCH_GROWTH_MONTHS, LAUNCH_MONTH
from tenure.errors import UsageError
from tenure.model import TABLES

# Columns the example has beyond the model's, to segment and filter by.
EXTRA = {"customers": {"came_by"}, "invoices": {"billing_reason"}, "orders": {"product"}}
MIDNIGHT = datetime.min.time()
# What a value of each kind is; the others are text.
KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,), "decimal": (int, Decimal), "rate": (int, Decimal), "float": (int, float, Decimal),
    "flag": (bool,), "instant": (datetime,), "date": (date,),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Tables:
    return demo.make()


@pytest.fixture(scope="module")
def facts(tables: Tables) -> parcelwise.Facts:
    return parcelwise.facts(tables)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written example."""
    place = tmp_path_factory.mktemp("demo")
    demo.write(place)
    return place


def digest(folder: Path) -> str:
    """Of every file's name and bytes."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def time(value: Value) -> datetime:
    assert isinstance(value, datetime)
    return value


def on_clock(value: object) -> datetime | None:
    """A date as its midnight, so that dates and times compare."""
    if isinstance(value, datetime) or value is None:
        return value
    assert isinstance(value, date)
    return datetime.combine(value, MIDNIGHT)


def ids(tables: Tables, table: str, column: str) -> set[Value]:
    return {row[column] for row in tables[table]}


# -- the same bytes everywhere --------------------------------------------------------------------------------------


def test_two_runs_write_the_same_bytes_whatever_the_hash_seed(folder: Path, tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from tenure import demo; demo.write(Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, env=environment)
    assert digest(tmp_path) == digest(folder)


def test_nothing_that_differs_between_machines_is_used() -> None:
    """Only random.random() is promised to stay; log, exp and their like differ in the last digit."""
    folder = Path(demo.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^(import|from) (math|numpy|time|os|uuid|secrets)\b", text, re.M), path
        assert path.name == "dice.py" or "import random" not in text, path
        assert "now()" not in text and "today()" not in text, path


def test_another_seed_is_another_company(tables: Tables) -> None:
    other = demo.make(seed=7)
    assert other["customers"] != tables["customers"]
    assert set(other) == set(tables)


def test_size(folder: Path, facts: parcelwise.Facts) -> None:
    assert sum(path.stat().st_size for path in (folder / "data").iterdir()) < 15_000_000
    assert 80_000 < facts.rows["events"] < 120_000
    assert b"\r" not in (folder / "data" / "customers.csv").read_bytes()


# -- true to the model ----------------------------------------------------------------------------------------------


def test_every_table_has_rows_and_a_source(tables: Tables) -> None:
    assert set(tables) == set(TABLES)
    assert all(tables.values())
    assert sorted(" ".join(AREAS.values()).split()) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_columns_keys_and_values_are_the_models(tables: Tables, name: str) -> None:
    model, rows = TABLES[name], tables[name]
    header = list(rows[0])
    assert all(list(row) == header for row in rows)
    assert set(header) == set(model.columns) | EXTRA.get(name, set())
    for column in model.columns.values():
        values = {row[column.name] for row in rows}
        assert not column.required or values.isdisjoint({None, ""}), column.name
        assert not column.choices or values - {None} <= set(column.choices), column.name
        fits = KINDS.get(column.kind, (str,))
        assert all(isinstance(value, fits) for value in values - {None}), column.name
        if column.kind == "instant":
            assert all(time(value).microsecond == 0 for value in values - {None}), column.name
    keys = Counter(tuple(row[column] for column in model.key) for row in rows)
    assert keys.most_common(1)[0][1] == 1


@pytest.mark.parametrize("name", TABLES)
def test_times_are_in_order_and_before_as_of(tables: Tables, name: str) -> None:
    model = TABLES[name]
    for row in tables[name]:
        for earlier, later in model.order:
            first, second = on_clock(row[earlier]), on_clock(row[later])
            assert first is None or second is None or first <= second, row
        announced = name == "subscriptions" and row["cancel_requested_at"] is not None
        signed = name == "subscriptions" and time(row["signed_at"]) < AS_OF
        for column in model.times:
            at = on_clock(row[column])
            if at is None or model.columns[column].tense == "planned":
                continue
            allowed = (column == "ended_at" and announced) or (column == "started_at" and signed)
            assert at < AS_OF or allowed, (column, row)


def test_some_things_lie_ahead(tables: Tables) -> None:
    """Signed and not begun, or announced to end: what committed MRR reads."""
    rows = tables["subscriptions"]
    assert any(time(row["started_at"]) >= AS_OF for row in rows)
    assert any(row["ended_at"] is not None and time(row["ended_at"]) >= AS_OF for row in rows)


# -- consistent in itself -------------------------------------------------------------------------------------------

REFERENCES = (
    ("*", "customer_id", "customers", "customer_id"), ("*", "contact_id", "contacts", "contact_id"),
    ("customers", "parent_id", "customers", "customer_id"), ("contracts", "renews", "contracts", "contract_id"),
    ("invoices", "subscription_id", "subscriptions", "subscription_id"),
    ("payments", "invoice_id", "invoices", "invoice_id"),
    ("payments", "refund_of", "payments", "payment_id"), ("entitlements", "feature", "features", "feature"),
    ("tickets", "agent", "agents", "agent"), ("tickets", "merged_into", "tickets", "ticket_id"),
    ("ticket_messages", "ticket_id", "tickets", "ticket_id"), ("ticket_changes", "ticket_id", "tickets", "ticket_id"),
    ("agents", "schedule", "schedules", "schedule"), ("holidays", "schedule", "schedules", "schedule"),
    ("carts", "order_id", "orders", "order_id"), ("deliveries", "order_id", "orders", "order_id"),
)  # fmt: skip


@pytest.mark.parametrize(("table", "column", "target", "key"), REFERENCES)
def test_ids_refer_to_rows(tables: Tables, table: str, column: str, target: str, key: str) -> None:
    known = ids(tables, target, key)
    for name, rows in tables.items():
        if table in ("*", name) and column in rows[0]:
            assert {row[column] for row in rows} - {None} <= known, name


def test_contacts_belong_to_the_rows_customer(tables: Tables) -> None:
    home = {row["contact_id"]: row["customer_id"] for row in tables["contacts"]}
    for name in (
        "events",
        "sessions",
        "tickets",
        "survey_responses",
        "onboarding_steps",
        "resource_views",
        "interactions",
    ):
        assert all(row["contact_id"] is None or home[row["contact_id"]] == row["customer_id"] for row in tables[name])


def test_customers_are_named_once_and_have_histories_without_gaps(tables: Tables) -> None:
    stretches: dict[Value, list[Row]] = defaultdict(list)
    for row in tables["customers"]:
        stretches[row["customer_id"]].append(row)
    names = [rows[0]["name"] for rows in stretches.values()]
    assert len(set(names)) == len(names) == 424
    assert sum(len(rows) > 1 for rows in stretches.values()) > 40
    for rows in stretches.values():
        assert rows[0]["valid_from"] == rows[0]["created_at"]
        assert [row["valid_to"] for row in rows] == [*(row["valid_from"] for row in rows[1:]), None]


def test_stretches_of_one_item_follow_each_other(tables: Tables) -> None:
    items: dict[tuple[Value, Value], list[Row]] = defaultdict(list)
    for row in tables["subscriptions"]:
        items[row["subscription_id"], row["product"]].append(row)
    for rows in items.values():
        rows.sort(key=lambda row: time(row["started_at"]))
        assert len({row["customer_id"] for row in rows}) == len({row["currency"] for row in rows}) == 1
        for before, after in pairwise(rows):
            assert before["ended_at"] is not None and time(before["ended_at"]) <= time(after["started_at"])


def test_subscriptions_show_every_turn(tables: Tables) -> None:
    rows = tables["subscriptions"]
    reasons = {row["change_reason"] for row in rows}
    assert reasons >= {
        "new", "trial", "upgrade", "downgrade", "seats added", "seats removed", "add-on", "price increase", "paused",
        "resumed", "payment failed", "paid", "came back", "moved to the free plan", "cancellation withdrawn",
        "credit for slow support",
    }  # fmt: skip
    assert {row["status"] for row in rows} == {"active", "past_due", "paused", "unpaid", "incomplete"}
    assert {row["interval"] for row in rows} == {"week", "month", "quarter", "half_year", "year"}
    assert {row["discount_kind"] for row in rows} == {None, "once", "repeating", "forever"}
    assert {row["usage_type"] for row in rows} == {"licensed", "metered", "minimum"}
    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP"}
    assert all((row["discount_kind"] is None) == (row["list_amount"] is None) for row in rows)
    assert {row["outcome"] for row in tables["contracts"]} == {"open", "renewed", "churned"}


def test_bills_match_what_is_held(tables: Tables) -> None:
    """A bill of the cycle is the sum of what its customer's subscription charges at that moment, credits deducted."""
    held: dict[Value, list[Row]] = defaultdict(list)
    for row in tables["subscriptions"]:
        held[row["customer_id"]].append(row)
    for bill in tables["invoices"]:
        at, total = time(bill["issued_at"]), Decimal(0)
        mine = held[bill["customer_id"]]
        assert bill["currency"] == mine[0]["currency"]
        if bill["billing_reason"] != "cycle":
            continue
        for row in mine:
            ended, until = row["ended_at"], row["discount_ends_at"]
            now = time(row["started_at"]) <= at and (ended is None or at < time(ended))
            own = row["subscription_id"] == bill["subscription_id"] or row["product_family"] == "Credits"
            if now and own and row["status"] not in ("paused", "unpaid"):
                price = row["list_amount"] if until is not None and time(until) <= at else row["amount"]
                assert isinstance(price, Decimal)
                total += price
        assert bill["amount"] == total


def test_payments_match_their_bills(tables: Tables) -> None:
    bills = {row["invoice_id"]: row for row in tables["invoices"]}
    paid = {row["invoice_id"]: row for row in tables["payments"] if row["status"] == "succeeded"}
    assert set(paid) == {number for number, bill in bills.items() if bill["status"] == "paid"}
    firsts = {row["payment_id"]: row for row in tables["payments"]}
    for row in tables["payments"]:
        bill = bills[row["invoice_id"]]
        assert time(row["at"]) >= time(bill["issued_at"]) and row["currency"] == bill["currency"]
        if row["status"] == "succeeded":
            assert (row["at"], row["amount"]) == (bill["paid_at"], bill["amount"])
        if row["status"] == "refunded":
            first = firsts[row["refund_of"]]
            assert first["status"] == "succeeded" and time(first["at"]) < time(row["at"])
            assert isinstance(row["amount"], Decimal) and 0 < row["amount"] <= first["amount"]  # type: ignore[operator]
    assert {row["status"] for row in tables["payments"]} == {"succeeded", "failed", "refunded"}


def test_tickets_match_their_messages(tables: Tables) -> None:
    talk: dict[Value, list[Row]] = defaultdict(list)
    for row in tables["ticket_messages"]:
        talk[row["ticket_id"]].append(row)
    turns = Counter(row["ticket_id"] for row in tables["ticket_changes"] if row["field"] == "agent")
    for ticket in tables["tickets"]:
        public = [row for row in talk[ticket["ticket_id"]] if row["public"]]
        agents = [row["at"] for row in public if row["author"] == "agent"]
        asked = [row for row in public if row["author"] == "customer"]
        opened = 0 if ticket["agent_initiated"] else 1
        assert len(agents) == ticket["agent_replies"]
        assert len(asked) - opened == ticket["customer_replies"]
        assert min(time(row["at"]) for row in public) == ticket["created_at"]
        if not ticket["agent_initiated"]:
            assert min(map(time, agents), default=None) == ticket["first_response_at"]
        if not ticket["is_spam"]:
            assert turns[ticket["ticket_id"]] == 1 + int(str(ticket["reassignments"]))
        if ticket["status"] in ("solved", "closed") and not ticket["is_spam"]:
            assert ticket["resolved_at"] is not None


def test_facts_without_a_customer_exist_and_are_few(tables: Tables) -> None:
    for name in ("events", "orders", "tickets", "interactions", "reviews", "mentions", "carts", "jobs"):
        nobody = sum(row["customer_id"] is None for row in tables[name])
        assert 0 < nobody < len(tables[name]) * 0.6, name


def test_answers_have_themes_and_stand_on_their_scales(tables: Tables) -> None:
    rows = tables["survey_responses"]
    assert {row["kind"] for row in rows} == {"nps", "csat", "ces", "service", "acsi", "employee", "other"}
    for row in rows:
        score, low, high = row["score"], row["scale_min"], row["scale_max"]
        if score is not None:
            assert isinstance(score, int) and isinstance(low, int) and isinstance(high, int)
            assert low <= score <= high and row["answered_at"] is not None
    said = [str(row["comment"]) for row in rows if row["comment"]]
    assert len(said) > 500
    for theme in ("support", "route plan", "label", "carrier", "import", "price|expensive", "easy|confusing", "return"):
        assert sum(re.search(theme, one, re.I) is not None for one in said) > 25, theme


# -- the stories ----------------------------------------------------------------------------------------------------


def test_a_few_hundred_pay_at_the_end(facts: parcelwise.Facts) -> None:
    assert facts.signed_up == 424
    assert 250 <= facts.customers <= 350
    assert 200_000 < facts.mrr < 400_000


def test_story_of_the_wave(facts: parcelwise.Facts) -> None:
    lost, kept = facts.stories.wave_churn_unfinished, facts.stories.wave_churn_finished
    assert lost.part >= 15 and lost.value > 0.3
    assert kept.whole >= 50 and lost.value > 5 * kept.value


def test_story_of_the_launch(facts: parcelwise.Facts) -> None:
    by_month = facts.stories.expansion_by_month
    first, last = LAUNCH_GROWTH_MONTHS
    launch, before, after = by_month[first - 1 : last], by_month[:LAUNCH_MONTH], by_month[last:]
    assert min(launch) > 2 * max(before) and min(launch) > max(after)
    assert facts.stories.adopters_expanding.value > 0.6
    assert facts.stories.others_expanding.value < 0.2


def test_story_of_the_slowdown(facts: parcelwise.Facts) -> None:
    story = facts.stories
    for slow, other in (story.first_response_hours, story.resolution_hours):
        assert 3 < slow / other < 5
    assert story.csat_slow.whole > 100 and 0.5 < story.csat_slow.value < 0.66
    assert 0.82 < story.csat_other.value < 0.9
    assert story.renewed_after_slow.whole >= 20 and story.renewed_after_slow.value < 0.55
    assert story.renewed_otherwise.whole >= 30 and story.renewed_otherwise.value > 0.85


# -- the folder -----------------------------------------------------------------------------------------------------


def test_the_businesses_are_the_seven_of_the_interface() -> None:
    assert tuple(demo.BUSINESSES) == BUSINESSES


def test_an_unknown_business_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'retail'"):
        demo.write(tmp_path, business="retial")
    assert not list(tmp_path.iterdir())


def test_an_example_may_be_made_again_but_never_over_other_work(folder: Path, tmp_path: Path) -> None:
    before = digest(folder)
    demo.write(folder)
    assert digest(folder) == before
    own = tmp_path / "own"
    own.mkdir()
    (own / "tenure.toml").write_text('[workspace]\nname = "Mine"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="already a workspace, and not an example"):
        demo.write(own)
    assert (own / "tenure.toml").read_text(encoding="utf-8").endswith('"Mine"\n')
    (tmp_path / "files" / "data").mkdir(parents=True)
    with pytest.raises(UsageError, match="would write into"):
        demo.write(tmp_path / "files")


def test_nobody_real_can_be_written_to(tables: Tables) -> None:
    assert all(str(row["email"]).endswith(".example") for row in tables["contacts"])
    assert all(time(row["created_at"]) < AS_OF for row in tables["contacts"])
