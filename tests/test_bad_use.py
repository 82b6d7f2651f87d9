"""Use as it must not be: sessions that never end, events that lie ahead, a customer with very many, unknown ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from golden import Company, table

import tenure
from tenure.workspace import Workspace

EVENTS = "customer_id,contact_id,name,at"


def company(folder: Path, toml: str = "", **tables: str) -> Company:
    return Company(folder / "company", toml, **tables)


def test_sessions_that_never_end_are_left_out(tmp_path: Path) -> None:
    """One hour of u1; u2's session has no end, u3's ends after as_of: neither has hours, nor is it a user of hours."""
    firm = company(
        tmp_path,
        "[workspace]\nas_of = 2024-03-20\n",
        sessions="""
            session_id,customer_id,contact_id,started_at,ended_at
            1,A,u1,2024-03-10T10:00:00Z,2024-03-10T11:00:00Z
            2,A,u2,2024-03-10T10:00:00Z,
            3,A,u3,2024-03-19T23:00:00Z,2024-03-20T01:00:00Z
        """,
    )
    row = firm.row("time_on_platform", "2024-03")
    assert (row["value"], row["n"]) == (1.0, 1)


def test_events_ahead_of_as_of_do_not_exist(tmp_path: Path) -> None:
    """as_of at noon of 15 March: u1's event at 11:59 is there, u2's at 12:00 and u3's next month are not."""
    firm = company(
        tmp_path,
        "[workspace]\nas_of = 2024-03-15T12:00:00Z\n",
        events="""
            customer_id,contact_id,name,at
            A,u1,opened,2024-03-15T11:59:59Z
            A,u2,opened,2024-03-15T12:00:00Z
            A,u3,opened,2024-04-15T10:00:00Z
        """,
    )
    assert firm.many(("mau", "wau"), "2024-03") == {"mau": 1, "wau": 1}
    assert firm.value("mau", "2024-03", "--variant", "customers") == 1
    rows = firm.rows("feature_adoption_rate", "--from", "2024-03", "--to", "2024-03")
    assert [(row["by"], row["numerator"], row["denominator"]) for row in rows] == [({"feature": "opened"}, 1, 1)]
    assert firm.row("mau", "2024-04")["reason"] == "not_reached"


def test_an_event_later_today_waits_until_it_happens(tmp_path: Path) -> None:
    """Without a fixed as_of: an event a minute ago counts, one a day ahead does not, whatever is stored."""
    now = datetime.now(UTC)
    times = (now - timedelta(minutes=1), now + timedelta(hours=2), now + timedelta(days=2))
    firm = company(
        tmp_path,
        "[workspace]\n",
        events=table(EVENTS, (("A", f"u{i}", "opened", f"{at:%Y-%m-%dT%H:%M:%SZ}") for i, at in enumerate(times))),
    )
    day = f"{times[0]:%Y-%m-%d}"
    assert firm.value("mau", day, "--variant", "trailing") == 1
    assert firm.value("dau", day) == 1


def test_one_customer_with_a_million_events(tmp_path: Path) -> None:
    """On 25 days A's one user 40,000 times, every 2 seconds from midnight on, with three features by turns; once B's.

    2 users; 25 + 1 user-days in 31; A's day is one session of 39,999 x 2 s, 79,998, B's none at all: 25 x 79,998 / 3600
    hours of 2 users. Each feature is used by A, the first by B too; A with each on all 25 of its days."""
    every = "TIMESTAMP '2024-03-01' + to_days((i // 40000)::INTEGER) + to_seconds(2 * (i % 40000))"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'A' AS customer_id, 'u1' AS contact_id, 'f' || i % 3 AS name, {every} AS at "
            "FROM range(1000000) t(i) UNION ALL SELECT 'B', 'u2', 'f0', TIMESTAMP '2024-03-30') "
            f"TO '{tmp_path / 'events.parquet'}'"
        )
    (tmp_path / "tenure.toml").write_text("[workspace]\nas_of = 2024-05-01\n", encoding="utf-8")
    workspace = tenure.open(tmp_path)
    (loaded,) = workspace.load_files([tmp_path / "events.parquet"], table="events")
    assert (loaded.stored, loaded.rejected) == (1_000_001, 0)
    march: dict[str, str] = {"from_": "2024-03", "to": "2024-03"}
    asked = workspace.show("mau", "dau", "time_on_platform", "feature_adoption_rate", **march)
    mau, dau, hours, adopted = (result.rows for result in asked)
    assert (mau[0].value, dau[0].value, dau[0].n) == (2, Fraction(26, 31), 2)
    assert hours[0].value == Fraction(25 * 79_998, 3600 * 2)
    assert {row.by["feature"]: row.numerator for row in adopted} == {"f0": 2, "f1": 1, "f2": 1}
    (often,) = workspace.show("feature_adoption_rate", variant="frequency", **march)
    assert {row.by["feature"]: (row.numerator, row.denominator) for row in often.rows} == {
        "f0": (26, 26), "f1": (25, 25), "f2": (25, 25),
    }  # fmt: skip


def test_more_features_than_a_word_has_bits(tmp_path: Path) -> None:
    """130 features, each used by A; B uses the last one alone."""
    rows = [("A", "a", f"f{i:03}", "2024-03-05T10:00:00Z") for i in range(130)]
    firm = company(tmp_path, events=table(EVENTS, [*rows, ("B", "b", "f129", "2024-03-06T10:00:00Z")]))
    found = firm.rows("feature_adoption_rate", "--from", "2024-03", "--to", "2024-03")
    assert {row["by"]["feature"]: row["numerator"] for row in found} == {
        **{f"f{i:03}": 1 for i in range(129)},
        "f129": 2,
    }
    assert firm.value("feature_breadth", "2024-03") == pytest.approx((1 + 1 / 130) / 2)


def test_names_in_every_script_and_nobodys_events(tmp_path: Path) -> None:
    """A user without a customer is a user of nobody's; an event without either is nobody's use."""
    firm = company(
        tmp_path,
        events="""
            customer_id,contact_id,name,at
            שלום,דנה,דוח,2024-03-05T10:00:00Z
            Œuvre,é,=1+1,2024-03-05T10:00:00Z
            ,free,opened,2024-03-05T10:00:00Z
            ,,opened,2024-03-05T10:00:00Z
        """,
    )
    assert firm.value("mau", "2024-03") == 3
    assert firm.value("mau", "2024-03", "--variant", "customers") == 2
    rows = firm.rows("feature_adoption_rate", "--from", "2024-03", "--to", "2024-03")
    assert [row["by"]["feature"] for row in rows] == ["=1+1", "דוח"]


def test_without_the_settings_there_is_no_data(tmp_path: Path) -> None:
    """Nobody has said what activation, value or the funnel are."""
    firm = company(tmp_path, events=table(EVENTS, [("A", "a", "opened", "2024-03-05")]))
    for metric, options in (("activation_rate", ()), ("time_to_value", ()), ("conversion_rate", ("funnel",))):
        variant = ("--variant", *options) if options else ()
        assert firm.row(metric, "2024-03", *variant)["reason"] == "no_data"


def add(folder: Path, name: str, text: str) -> Workspace:
    """Load more events into a workspace."""
    (folder / name).write_text(text + "\n", encoding="utf-8")
    workspace = tenure.open(folder)
    workspace.load_files([folder / name], table="events")
    return workspace


def values(workspace: Workspace, metric: str, variant: str | None = None) -> list[Any]:
    return [int(r.value or 0) for r in workspace.show(metric, variant=variant, from_="2024-01", to="2024-04")[0].rows]


def test_late_events_change_the_days_after_them(tmp_path: Path) -> None:
    """u1 in January and March; then an event of February arrives, then one under another customer."""
    firm = company(tmp_path, events=table(EVENTS, [("A", "u1", "x", "2024-01-10"), ("A", "u1", "x", "2024-03-10")]))
    workspace = tenure.open(firm.folder)
    assert values(workspace, "mau") == [1, 0, 1, 0]
    workspace = add(
        firm.folder, "late.csv", table(EVENTS, [("A", "u1", "y", "2024-02-20"), ("A", "u2", "x", "2024-03-31")])
    )
    assert values(workspace, "mau") == [1, 1, 2, 0]
    assert values(workspace, "mau", "trailing") == [1, 1, 2, 0]
    workspace = add(firm.folder, "later.csv", table(EVENTS, [("B", "u1", "x", "2024-03-11")]))
    assert values(workspace, "mau") == [1, 1, 2, 0]
    assert values(workspace, "mau", "customers") == [1, 1, 2, 0]


def test_a_deleted_event_is_gone(tmp_path: Path) -> None:
    """An event that its source deletes leaves no day behind."""
    head = "event_id,customer_id,contact_id,name,at,deleted"
    firm = company(
        tmp_path,
        events=table(head, [("1", "A", "u1", "x", "2024-02-10", ""), ("2", "A", "u2", "x", "2024-03-10", "")]),
    )
    gone = table(head, [("1", "A", "u1", "x", "2024-02-10", "true")])
    assert values(add(firm.folder, "gone.csv", gone), "mau") == [0, 0, 1, 0]


def test_the_day_the_clock_changes(tmp_path: Path) -> None:
    """Local days: 23:30 in New York is the next day in UTC; on 10 March 2024 the day has 23 hours."""
    firm = company(
        tmp_path,
        '[workspace]\ntimezone = "America/New_York"\nas_of = 2024-04-01\n',
        events=table(
            EVENTS,
            [
                ("A", "u1", "x", "2024-03-10T04:30:00Z"),
                ("A", "u2", "x", "2024-03-10T05:00:00Z"),
                ("A", "u3", "x", "2024-03-11T03:59:59Z"),
                ("A", "u4", "x", "2024-03-11T04:00:00Z"),
            ],
        ),
    )
    assert firm.over("dau", "2024-03-09", "2024-03-11") == [1, 2, 1]
    assert date(2024, 3, 10).isoformat() in firm.row("dau", "2024-03-10")["start"]
