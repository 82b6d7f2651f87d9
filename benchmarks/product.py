"""Product use, support and voice of a company of any size: events, tickets, answers of three years, and a day more.

Everything is drawn from a hash of the row's number. Of 100M events there are 4.2M users and some 12M days of use.
Workspaces: `USE` to ask about use, `DESK` about tickets and answers.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks import workspaces
from benchmarks.generate import _MACROS, FIRST, TODAY, Company
from tenure.workspace import Workspace

FORMAT = 2
PER_SESSION, PER_USER = 8, 24
FEATURES = 40
DAYS = 1096
"""From FIRST to TODAY."""

USE = ("customers", "subscriptions", "events")
DESK = ("customers", "tickets", "survey_responses")


def files(company: Company, tables: tuple[str, ...]) -> dict[str, Path]:
    """The file of each table, made where it is not there yet."""
    return {table: _file(company, table) for table in tables}


def new_day(company: Company) -> Path:
    """One more day of events."""
    return _file(company, "events", new=True)


def loaded(company: Company, tables: tuple[str, ...]) -> Path:
    """A folder with these tables loaded and nothing refreshed; kept between runs."""
    sizes = "-".join(str(company.rows[table]) for table in tables if table in company.rows)
    folder = company.folder / f"loaded-{'-'.join(tables)}-{sizes}-{FORMAT}"
    if not (folder / "done").exists():
        found = files(company, tables)
        workspaces.load(workspaces.empty(folder), [(file, table) for table, file in found.items()])
        (folder / "done").touch()
    return folder


def ready(company: Company, tables: tuple[str, ...]) -> Workspace:
    """The same refreshed, anew: what is measured is what the code does today."""
    workspace = workspaces.copy(loaded(company, tables), company.folder / f"ready-{'-'.join(tables)}")
    workspace.refresh()
    return workspace


def _file(company: Company, table: str, *, new: bool = False) -> Path:
    if table not in company.rows:
        return company.file(table)
    count = company.rows[table]
    file = company.folder / f"{table}-{count}-{FORMAT}{'-day' if new else ''}.parquet"
    if not file.exists():
        part = file.with_suffix(".part")
        with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(company.folder / "spill")}) as con:
            con.execute("SET enable_progress_bar = FALSE")
            con.execute(_MACROS)
            con.execute(_FINE)
            numbers = _numbers(company, count, new=new)
            if table == "events":
                con.execute(_SESSIONS.format(**numbers))
            con.execute(f"COPY ({_QUERIES[table].format(**numbers)}) TO '{part}' (FORMAT parquet)")
        part.rename(file)
    return file


def _numbers(company: Company, count: int, *, new: bool) -> dict[str, object]:
    """What the queries are filled with."""
    sessions = count // PER_SESSION
    return {
        "count": count,
        "customers": company.customers,
        "first": TODAY if new else FIRST,
        "today": TODAY,
        "sessions": max(sessions // DAYS, 10) if new else sessions,
        "base": sessions if new else 0,
        "seconds": (1 if new else DAYS) * 86400 - 7200,
        "users": max(count // PER_USER, 10),
        "each": PER_SESSION,
        "features": FEATURES,
    }


_FINE = "CREATE MACRO fine(n, salt) AS (hash(n, salt) % 1000000007)::DOUBLE / 1000000007"
"""Like u, of so many values that millions can be told apart."""

# Sessions in the order of time, as logs are. What is the same for a whole session is drawn once.
_SESSIONS = """
CREATE TEMP TABLE sessions AS
SELECT {base} + n AS s, code('cus', who % {customers}) AS customer_id, code('con', who) AS contact_id,
  TIMESTAMP '{first}' + to_seconds(({seconds} * n) // {sessions}) AS start,
  20 + (200 * u({base} + n, 'pace'))::INTEGER AS pace
FROM (SELECT n, (fine({base} + n, 'who') ** 2 * {users})::BIGINT AS who FROM range({sessions}) r(n))"""

_EVENTS = """
SELECT code('evt', s * {each} + e) AS event_id, customer_id, contact_id,
  'feature_' || (({features} * u(s * {each} + e, 'name') ** 2)::INTEGER) AS name, start + to_seconds(e * pace) AS at
FROM sessions, range({each}) r(e)"""

# One in ten is not resolved yet or never; a few came back, were merged, are spam, or were opened by agents.
_TICKETS = """
WITH drawn AS (
  SELECT n, (fine(n, 'who') ** 2 * {customers})::BIGINT % {customers} AS who,
    TIMESTAMP '{first}' + to_seconds((1096 * 86400 * fine(n, 'at'))::BIGINT) AS created,
    to_seconds((60 * exp(9 * u(n, 'answer')))::BIGINT) AS answer,
    to_seconds((300 * exp(10 * u(n, 'solve')))::BIGINT) AS solve,
    u(n, 'back') < 0.06 AS back, u(n, 'left') < 0.1 AS unsolved
  FROM range({count}) r(n)),
timed AS (
  SELECT *, created + answer AS answered, created + answer + solve AS solved FROM drawn),
known AS (
  SELECT *, NOT unsolved AND solved < TIMESTAMP '{today}' AS done, answered < TIMESTAMP '{today}' AS told FROM timed)
SELECT code('tic', n) AS ticket_id, code('cus', who) AS customer_id, code('con', who) AS contact_id,
  ['email', 'chat', 'phone', 'form'][1 + n % 4] AS channel,
  ['billing', 'how to', 'bug', 'access', 'other'][1 + (5 * u(n, 'topic'))::INTEGER % 5] AS category,
  CASE WHEN done THEN 'solved' ELSE 'open' END AS status, created AS created_at,
  CASE WHEN told THEN answered END AS first_response_at, CASE WHEN done THEN solved END AS resolved_at,
  CASE WHEN done AND back THEN 1 ELSE 0 END AS reopened_count,
  CASE WHEN told THEN 1 + (4 * u(n, 'replies') ** 3)::INTEGER ELSE 0 END AS agent_replies,
  u(n, 'whose') < 0.05 AS agent_initiated, CASE WHEN u(n, 'twin') < 0.02 THEN code('tic', n + 1) END AS merged_into,
  u(n, 'spam') < 0.03 AS is_spam
FROM known"""

_ANSWERS = """
WITH drawn AS (
  SELECT n, ['nps', 'csat', 'ces'][1 + n % 3] AS kind, (fine(n, 'who') ** 2 * {customers})::BIGINT % {customers} AS who,
    TIMESTAMP '{first}' + to_seconds((1096 * 86400 * fine(n, 'at'))::BIGINT) AS asked,
    to_seconds((3600 * exp(5 * u(n, 'wait')))::BIGINT) AS wait, u(n, 'does') < 0.4 AS does, u(n, 'score') AS part
  FROM range({count}) r(n)),
timed AS (SELECT *, does AND asked + wait < TIMESTAMP '{today}' AS told FROM drawn)
SELECT code('res', n) AS response_id, kind || ' survey' AS survey, kind, code('cus', who) AS customer_id,
  code('con', who) AS contact_id, ['email', 'in app'][1 + n % 2] AS channel, asked AS asked_at,
  CASE WHEN told THEN asked + wait END AS answered_at,
  CASE WHEN told AND kind = 'nps' THEN (10 * sqrt(part))::INTEGER
       WHEN told AND kind = 'csat' THEN 1 + (4 * sqrt(part))::INTEGER
       WHEN told THEN 1 + (6 * sqrt(part))::INTEGER END AS score,
  CASE WHEN u(n, 'after') < 0.3 THEN 'ticket' ELSE 'none' END AS touchpoint
FROM timed"""

_QUERIES = {"events": _EVENTS, "tickets": _TICKETS, "survey_responses": _ANSWERS}
