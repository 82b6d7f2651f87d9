"""A refresh rebuilds what changed, and an incremental one gives what a full one gives."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from oracle import world as random_world

import tenure
from tenure.errors import RequestError
from tenure.store import Store

STEPS = "SELECT k.customer_id, s.* EXCLUDE (cust) FROM mrr_steps s JOIN customer_keys k USING (cust) ORDER BY ALL"
PIECES = (
    "SELECT k.customer_id, p.* EXCLUDE (cust) FROM customer_pieces p JOIN customer_keys k USING (cust) ORDER BY ALL"
)
DAYS = [
    f"SELECT k.customer_id, d.* EXCLUDE (cust) FROM {name} d LEFT JOIN customer_keys k USING (cust) ORDER BY ALL"
    for name in ("user_days", "customer_days")
]
DAYS.append(
    "SELECT k.customer_id, d.day, n.feature FROM feature_use d LEFT JOIN customer_keys k USING (cust) "
    "JOIN feature_names n ON d.word = n.word AND d.mask & n.bit <> 0 ORDER BY ALL"
)
KEYS = "SELECT customer_id, name, first_day FROM customer_keys ORDER BY ALL"


def stored(folder: Path) -> list[list[tuple[Any, ...]]]:
    """Every stored rollup, by the customers' own ids."""
    with Store(folder).snapshot() as snapshot:
        return [snapshot.con.execute(query).fetchall() for query in (STEPS, PIECES, KEYS, *DAYS)]


def noted(folder: Path) -> dict[str, Any]:
    """What is noted of customers' attributes."""
    with Store(folder).snapshot() as snapshot:
        found = {name: snapshot.meta[name] for name in ("dated", "whole", "told", "foreign")}
    return {**found, "told": set(found["told"])}


def split(folder: Path, seed: int) -> dict[Path, list[str]]:
    """Take a part of the rows out of the subscriptions, customers and events files, to load later."""
    late: dict[Path, list[str]] = {}
    dice = random.Random(seed)
    for name in ("subscriptions.csv", "customers.csv", "events.csv"):
        for path in folder.rglob(name):
            head, *lines = path.read_text(encoding="utf-8").splitlines()
            owners = sorted({line.split(",")[1 if name == "subscriptions.csv" else 0] for line in lines})
            chosen = set(dice.sample(owners, max(1, len(owners) // 4)))
            position = 1 if name == "subscriptions.csv" else 0
            later = [line for line in lines if line.split(",")[position] in chosen and dice.random() < 0.6]
            rest = [line for line in lines if line not in set(later)]
            path.write_text("\n".join([head, *rest]) + "\n", encoding="utf-8")
            late[path] = [head, *later]
    return late


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_incremental_is_full(tmp_path: Path, seed: int) -> None:
    """Half the facts of a quarter of the customers come later: the rollups are those of a load in one go."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    random_world.write(seed, whole)
    shutil.copytree(whole, parts)
    late = split(parts, seed)
    tenure.open(whole).sync()
    later = tenure.open(parts)
    later.sync()
    for path, lines in late.items():
        if len(lines) > 1:
            extra = path.with_name(f"late-{path.name}")
            extra.write_text("\n".join(lines) + "\n", encoding="utf-8")
            later.load_files([extra], table=path.stem)
    assert stored(parts) == stored(whole)
    assert noted(parts) == noted(whole)


def test_a_column_that_comes_later_rebuilds_the_attributes(small: Path) -> None:
    """Yesterday's pieces have no column for a colour: they are made anew, and who is new stands among the others."""
    before = noted(small)
    more = small / "more.csv"
    more.write_text("customer_id,name,colour\naaa,First of all,green\n", encoding="utf-8")
    tenure.open(small).load_files([more], table="customers")
    assert noted(small)["told"] == before["told"] | {"colour"}
    with Store(small).snapshot() as snapshot:
        colours = "SELECT k.customer_id, p.colour FROM customer_pieces p JOIN customer_keys k USING (cust)"
        found = dict(snapshot.con.execute(colours).fetchall())
    assert found["aaa"] == "green"
    assert len(found) > 1 and set(found.values()) == {"green", None}


def test_what_is_noted_of_attributes_follows_a_small_change(small: Path) -> None:
    """A customer whom only a subscription names has no attributes, so not everybody has them any more."""
    before = noted(small)
    more = small / "more.csv"
    more.write_text(
        "subscription_id,customer_id,amount,interval,started_at,currency\nnew-1,aaa,10,month,2024-01-01,EUR\n",
        encoding="utf-8",
    )
    tenure.open(small).load_files([more], table="subscriptions")
    after = noted(small)
    assert not after["whole"]
    assert {**after, "whole": None} == {**before, "whole": None}


def test_nothing_changed_rebuilds_nothing(small: Path) -> None:
    workspace = tenure.open(small)
    version = Store(small).version
    assert workspace.refresh() == []
    assert workspace.sync().refreshed == []
    assert Store(small).version == version


def test_another_rule_rebuilds_the_steps(small: Path) -> None:
    """`churn_at = "scheduled_at"`: Juniper (40) leaves when she asks, in February."""
    toml = small / "tenure.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '\n[policy]\nchurn_at = "scheduled_at"\n', encoding="utf-8")
    workspace = tenure.open(small)
    assert "mrr_steps" in workspace.refresh()
    assert workspace.show("mrr", from_="2024-02", to="2024-02")[0].rows[0].value == 960


def test_a_key_once_given_is_kept(small: Path) -> None:
    """A customer who comes later gets a number of their own; the others keep theirs."""
    query = "SELECT customer_id, cust FROM customer_keys"
    with Store(small).snapshot() as snapshot:
        before = dict(snapshot.con.execute(query).fetchall())
    more = small / "more.csv"
    more.write_text("customer_id,name\naaa,First of all\n", encoding="utf-8")
    tenure.open(small).load_files([more], table="customers")
    with Store(small).snapshot() as snapshot:
        after = dict(snapshot.con.execute(query).fetchall())
    assert len(set(after.values())) == len(after)
    assert {name: after[name] for name in before} == before
    assert after["aaa"] not in before.values()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small world, loaded."""
    from world import write

    write(tmp_path)
    tenure.open(tmp_path).sync()
    return tmp_path


def test_a_changed_rule_counts_at_once(small: Path) -> None:
    """Nobody needs to remember to refresh: what is shown always follows tenure.toml."""
    toml = small / "tenure.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + '\n[policy]\nchurn_at = "scheduled_at"\n', encoding="utf-8")
    assert tenure.open(small).show("mrr", from_="2024-02", to="2024-02")[0].rows[0].value == 960
    toml.write_text(text, encoding="utf-8")
    assert tenure.open(small).show("mrr", from_="2024-02", to="2024-02")[0].rows[0].value == 1000


def test_another_time_zone_loads_everything_anew(small: Path) -> None:
    """Local days are fixed at load: a refresh refuses, a sync loads all files again, once."""
    toml = small / "tenure.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"UTC"', '"Asia/Kolkata"'), encoding="utf-8")
    with pytest.raises(RequestError, match="time zone"):
        tenure.open(small).refresh()
    report = tenure.open(small).sync()
    assert all(load.stored == load.read for load in report.loads)
    assert tenure.open(small).show("mrr", from_="2024-02", to="2024-02")[0].rows[0].value == 1000


def test_another_format_rebuilds_all_and_keeps_the_keys(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer tenure may store other columns: everything is made anew, and who has a number keeps it."""
    numbers = "SELECT customer_id, cust FROM customer_keys ORDER BY ALL"
    with Store(small).snapshot() as snapshot:
        before = snapshot.con.execute(numbers).fetchall()
    monkeypatch.setattr("tenure.refresh.FORMAT", 10_000)
    rebuilt = tenure.open(small).refresh()
    assert {"customer_keys", "customer_pieces", "mrr_steps", "user_days"} <= set(rebuilt)
    with Store(small).snapshot() as snapshot:
        assert snapshot.con.execute(numbers).fetchall() == before


def test_a_refund_that_comes_later_rebuilds_the_steps_of_its_customer(tmp_path: Path) -> None:
    """Under `full_refund_cancels` the refund of 3 March ends the subscription, although only payments were loaded."""
    tables = {
        "subscriptions": "subscription_id,customer_id,amount,currency,interval,started_at\n"
        "s,a,10,USD,month,2024-01-01\n",
        "invoices": "invoice_id,customer_id,subscription_id,issued_at,amount,currency\ni,a,s,2024-01-01,10,USD\n",
        "payments": "payment_id,customer_id,invoice_id,at,amount,currency,status,refund_of\n"
        "p,a,i,2024-01-02,10,USD,succeeded,\n",
    }
    toml = (
        '[workspace]\nas_of = 2024-05-01\n[policy]\nrefunds = "full_refund_cancels"\n[sources.books]\ntype = "files"\n'
    )
    for table, text in tables.items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
        toml += f'[sources.books.tables.{table}]\npath = "{table}.csv"\n'
    (tmp_path / "tenure.toml").write_text(toml, encoding="utf-8")
    workspace = tenure.open(tmp_path)
    workspace.sync()
    assert workspace.show("mrr", from_="2024-03", to="2024-03")[0].rows[0].value == 10
    more = tmp_path / "more.csv"
    more.write_text(tables["payments"].splitlines()[0] + "\nr,a,,2024-03-03,10,USD,refunded,p\n", encoding="utf-8")
    workspace.load_files([more], table="payments")
    assert workspace.show("mrr", from_="2024-03", to="2024-03")[0].rows[0].value == 0


HEAD = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at,status,deleted,updated_at"


def test_items_kept_beside_their_rows_follow_every_change(tmp_path: Path) -> None:
    """MRR of March 2024, each time after a refresh of the touched customers alone.

    a 10 and b 20: 30. a goes on at 15, n comes with 7: 15 + 20 + 7 = 42. b's row is deleted: 22. Twenty more with 1
    each, one file each, so that small parts are folded: 42. c7 pays 5 instead: 46. Somebody pays 10 EUR at a rate of 2:
    66. The first of the twenty, c0, is past due, which a new rule leaves out: 65. The row in EUR is deleted: 45. Then
    c0 buys something else for 3: 48.
    """
    toml = '[workspace]\ncurrency = "USD"\nas_of = 2024-04-01\n'
    (tmp_path / "tenure.toml").write_text(toml, encoding="utf-8")
    workspace = tenure.open(tmp_path)

    def file(*lines: str, head: str = HEAD) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return path

    def load(*lines: str) -> None:
        workspace.load_files([file(*lines)], table="subscriptions")

    def mrr() -> Any:
        last = "SELECT sum(after) / 432432000 FROM mrr_steps WHERE day < '2024-04-01' AND until >= '2024-04-01'"
        with Store(tmp_path).snapshot() as snapshot:
            return snapshot.con.execute(last).fetchall()[0][0]

    load("s1,a,10,USD,month,2024-01-01,,active,,", "s2,b,20,USD,month,2024-01-01,,active,,")
    assert mrr() == 30
    load(
        "s1,a,10,USD,month,2024-01-01,2024-03-01,active,,",
        "s3,a,15,USD,month,2024-03-01,,active,,",
        "s4,n,7,USD,month,2024-03-05,,active,,",
    )
    assert mrr() == 42
    with Store(tmp_path).snapshot() as snapshot:
        told = "SELECT customer_id, day::VARCHAR, kind FROM mrr_steps JOIN customer_keys USING (cust) ORDER BY ALL"
        steps = snapshot.con.execute(told).fetchall()
        assert all(part.made for part in snapshot.manifest.tables["subscriptions"].parts)
    assert steps == [
        ("a", "2024-01-01", "new"),
        ("a", "2024-03-01", "expansion"),
        ("b", "2024-01-01", "new"),
        ("n", "2024-03-05", "new"),
    ]
    load("s2,b,20,USD,month,2024-01-01,,active,true,2024-03-20")
    assert mrr() == 22
    states = ["past_due", *["active"] * 19]
    twenty = [file(f"c{n},c{n},1,USD,month,2024-03-10,,{state},,") for n, state in enumerate(states)]
    workspace.load_files(twenty, table="subscriptions")
    with Store(tmp_path).snapshot() as snapshot:
        assert len(snapshot.manifest.tables["subscriptions"].parts) < 20
    assert mrr() == 42
    load("c7,c7,5,USD,month,2024-03-10,,active,,")
    assert mrr() == 46
    workspace.load_files([file("EUR,2024-01-01,2", head="currency,on,rate")], table="fx_rates")
    load("e,e,10,EUR,month,2024-03-10,,active,,")
    assert mrr() == 66
    (tmp_path / "tenure.toml").write_text(toml + '[policy]\npast_due = "excluded"\n', encoding="utf-8")
    workspace = tenure.open(tmp_path)
    workspace.refresh()
    assert mrr() == 65
    load("e,e,10,EUR,month,2024-03-10,,active,true,2024-03-20")
    assert mrr() == 45
    load("x,c0,3,USD,month,2024-03-20,,active,,")
    assert mrr() == 48
