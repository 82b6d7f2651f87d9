"""An IT desk's incident log: 890 incidents, 5,998 rows of state changes, reduced here to the last state of each.

First part of UCI's "Incident management process enriched event log" (CC BY 4.0). Answers are taken as one more than
reassignments, the counters as their largest. The expected figures are counted from the file in plain Python below, and
were published with the data: first contact 55.84 %, median resolution 54.47 hours.
"""

from __future__ import annotations

import statistics
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from golden import ask, near, run

from realdata import data, table, workspace

TICKETS = """
    SELECT number AS ticket_id, max(caller_id) AS customer_id, max(category) AS category,
           arg_max(assignment_group, n) AS team,
           strptime(max(opened_at), '%d-%m-%Y %H:%M') AS created_at,
           try_strptime(nullif(max(resolved_at), '?'), '%d-%m-%Y %H:%M') AS resolved_at,
           try_strptime(nullif(max(closed_at), '?'), '%d-%m-%Y %H:%M') AS closed_at,
           max(CAST(reopen_count AS INTEGER)) AS reopened_count,
           1 + max(CAST(reassignment_count AS INTEGER)) AS agent_replies
    FROM (SELECT *, row_number() OVER () AS n FROM source)
    GROUP BY number
"""
TOML = """
[workspace]
name = "Incidents"
as_of = 2017-06-01

[sources.log]
type = "files"
[sources.log.tables.tickets]
path = "{path}"
select = '''{tickets}'''
"""
"""Everything in the file happened between 2016 and spring 2017."""


def log() -> Path:
    return data("servicenow_incidents") / "incident_event_log.csv"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: Any) -> Path:
    """The last state of every incident, loaded."""
    folder = workspace(tmp_path_factory.mktemp("desk"), TOML.format(path=log(), tickets=TICKETS))
    ran = run(folder, "sync", "--strict")
    assert ran.code == 0, ran.err
    return folder


def last_states() -> list[dict[str, str]]:
    """One row for each incident, its counters at their largest."""
    found: dict[str, dict[str, str]] = {}
    for row in table(log()):
        old = found.get(row["number"], row)
        most = {name: str(max(int(old[name]), int(row[name]))) for name in ("reassignment_count", "reopen_count")}
        found[row["number"]] = row | most
    return list(found.values())


def asked(folder: Path, metric: str, *options: str) -> dict[str, Any]:
    answer = ask(folder, metric, "--from", "2016-01-01", "--to", "2017-05-31", "--grain", "total", *options)
    (row,) = answer["metrics"][0]["rows"]
    found: dict[str, Any] = row
    return found


def test_first_contact(desk: Path) -> None:
    """55.84 % of 890: one answer (no reassignment), never reopened, resolved or closed."""
    states = last_states()
    once = [s for s in states if s["reassignment_count"] == "0" and s["reopen_count"] == "0"]
    assert len(states) == 890 and round(100 * len(once) / 890, 2) == 55.84
    row = asked(desk, "first_contact_resolution")
    assert (row["value"], row["numerator"], row["n"]) == (near(len(once) / 890), len(once), 890)


def test_resolution_hours(desk: Path) -> None:
    """The median of those resolved is 54.47 h; closed_at, days later, has no part in it."""
    hours = []
    for state in last_states():
        if state["resolved_at"] != "?":
            opened, resolved = (
                datetime.strptime(state[name], "%d-%m-%Y %H:%M") for name in ("opened_at", "resolved_at")
            )
            hours.append((resolved - opened).total_seconds() / 3600)
    assert round(statistics.median(hours), 2) == 54.47
    row = asked(desk, "resolution_time", "--variant", "median")
    assert (row["value"], row["n"]) == (near(statistics.median(hours)), len(hours))
    assert row["low"] < row["value"] < row["high"]
    assert asked(desk, "resolution_time")["value"] == near(statistics.fmean(hours))


def test_reopened(desk: Path) -> None:
    resolved = [s for s in last_states() if s["resolved_at"] != "?"]
    again = [s for s in resolved if s["reopen_count"] != "0"]
    row = asked(desk, "reopen_rate")
    assert (row["numerator"], row["denominator"]) == (len(again), len(resolved))
