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
from tenure.rollups.use_days import BITS, feature_events

if TYPE_CHECKING:
    from tenure.store import Writer

Sql = Callable[[World, str, Callable[[World], Any]], str]


def build(tx: Writer, world: World, rollup: Rollup, since: int, anew: bool, sql: Sql) -> None:
    """Store a rollup of days: all of it, or the days from the first touched one on."""
    name = rollup.name
    world = replace(world, storing=True)
    if name == "feature_use":
        _names(tx, world, sql, anew=anew)
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


def _names(tx: Writer, world: World, sql: Sql, *, anew: bool) -> None:
    """Give every feature its bit; who has one keeps it."""
    old = "SELECT feature, word, bit FROM feature_names"
    if anew or "feature_names" not in tx.rollups:
        old = "SELECT '' AS feature, 0::BIGINT AS word, 0::BIGINT AS bit WHERE FALSE"
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE old_names AS {old}")
    features = "SELECT ''::VARCHAR AS feature WHERE FALSE"
    if "events" in world.loaded:
        features = sql(world, "feature_names", lambda w: feature_events(w).select("feature").distinct())
    fresh = f"SELECT feature FROM ({features}) WHERE feature NOT IN (SELECT feature FROM old_names)"
    query = f"""
        WITH numbered AS (
          SELECT feature, (SELECT count(*) FROM old_names) + row_number() OVER (ORDER BY feature) - 1 AS n
          FROM ({fresh}))
        SELECT feature, word, bit FROM old_names
        UNION ALL SELECT feature, (n // {BITS})::BIGINT, 1::BIGINT << (n % {BITS})::INTEGER FROM numbered"""
    tx.put_rollup("feature_names", query)


_TYPES = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR"}


def told(tx: Writer, since: int, *, anew: bool) -> dict[str, object]:
    """Whether everyone was seen under one customer alone, and when the last event was."""
    new = f"FROM user_days WHERE since = DATE '{FIRST_DAY}'"
    low = None if anew or tx.meta.get("one_home") is None else tx.changed_from("events", since)
    if low is not None:
        # Who was seen under one customer so far can only have met another one on the days that are new.
        fresh = f"{new} AND day >= DATE '{low[:10]}' - 1"
        new += f' AND "user" IN (SELECT "user" {fresh})'
    found = tx.con.execute(f'SELECT count(*) = count(DISTINCT "user") {new}').fetchone()
    before = low is None or tx.meta["one_home"]
    highs = [part.high for part in tx.state("events").parts]
    last = max((high for high in highs if high), default=None)
    return {"one_home": bool(before and found and found[0]), "last_event": last}
