"""Rebuilding the stored days of use: only those from the first day on that a load touched. Part of refresh.

A day's rows depend on events of that day and on when the same user was seen before. So the days from the first touched
one on are made anew, with what is stored of the days before, and laid over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tenure import texts
from tenure.periods import FIRST_DAY
from tenure.rollup import Rollup, World

if TYPE_CHECKING:
    from tenure.store import Writer

Sql = Callable[[World, str, Callable[[World], Any]], str]


def build(tx: Writer, world: World, rollup: Rollup, since: int, anew: bool, sql: Sql) -> None:
    """Store a rollup of days: all of it, or the days from the first touched one on."""
    name = rollup.name
    world = replace(world, storing=True)
    if "events" not in world.loaded:
        columns = ", ".join(f"CAST(NULL AS {_TYPES[kind]}) AS {column}" for column, kind in rollup.schema)
        tx.put_rollup(name, f"SELECT {columns} WHERE FALSE", key="day")
        return
    low = None if anew or name not in tx.rollups else tx.changed_from("events", since)
    if low is None:
        tx.put_rollup(name, sql(world, name, rollup.build), key="day")
        return
    # No zone is more than a day away from UTC.
    tail = date.fromisoformat(low[:10]) - timedelta(days=1)
    query = rollup.build(replace(world, tail=tail))
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE tail_days AS {texts.sql(query, 'duckdb')}")
    keys = f"SELECT DISTINCT day FROM {name} WHERE day >= DATE '{tail}' UNION SELECT DISTINCT day FROM tail_days"
    tx.put_rollup(name, "SELECT * FROM tail_days", key="day", overlay=True, keys_sql=keys)


_TYPES = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR"}


def told(tx: Writer) -> dict[str, object]:
    """Whether everyone was seen under one customer alone, and when the last event was."""
    new = f"FROM user_days WHERE since = DATE '{FIRST_DAY}'"
    found = tx.con.execute(f'SELECT count(*) = count(DISTINCT "user") {new}').fetchone()
    last = tx.con.execute('SELECT max("at")::VARCHAR FROM m_events').fetchone()
    return {"one_home": bool(found and found[0]), "last_event": last[0] if last else None}
