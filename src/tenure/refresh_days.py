"""Rebuilding the stored days of use: only those from the first day on that a load touched. Part of refresh.

A day's rows depend on events of that day and on when the same user was seen before. So the days from the first touched
one on are made anew, with what is stored of the days before, and laid over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tenure.periods import FIRST_DAY
from tenure.rollup import Rollup, World
from tenure.rollups.use_days import BITS, feature_events, last_seen, seen_of, tail_of, there_of
from tenure.stand_ins import BEGIN, filled

if TYPE_CHECKING:
    from tenure.store import Writer

Sql = Callable[[World, str, Callable[[World], Any]], str]


def build(tx: Writer, world: World, rollup: Rollup, since: int, anew: bool, sql: Sql) -> None:
    """Store a rollup of days: all of it, or the days from the first touched one on."""
    name = rollup.name
    world = replace(world, storing=True)
    low = None if anew or name not in tx.rollups or "events" not in world.loaded else tx.changed_from("events", since)
    if name == "feature_use":
        _names(tx, world, low, sql)
    if "events" not in world.loaded:
        columns = ", ".join(f"CAST(NULL AS {_TYPES[kind]}) AS {column}" for column, kind in rollup.schema)
        tx.put_rollup(name, f"SELECT {columns} WHERE FALSE", key="day")
        return
    if low is None:
        tx.put_rollup(name, sql(world, name, rollup.build), key="day")
        return
    if rollup.there is not None:
        there = _tail(world, low, sql, there_of(name), rollup.there)
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {there_of(name)} AS {there}")
        seen = _tail(world, low, sql, seen_of(name), lambda w: last_seen(w, name))
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {seen_of(name)} AS {seen}")
    tail = _tail(world, low, sql, tail_of(name), rollup.build)
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {tail_of(name)} AS {tail}")
    days = f"SELECT DISTINCT day FROM {tail_of(name)}"
    keys = f"SELECT DISTINCT day FROM {name} WHERE day >= DATE '{_first(low)}' UNION {days}"
    tx.put_rollup(name, f"SELECT * FROM {tail_of(name)}", key="day", overlay=True, keys_sql=keys)


def _first(low: str) -> date:
    """The first day that an event at `low` can fall on: no zone is more than a day away from UTC."""
    return date.fromisoformat(low[:10]) - timedelta(days=1)


def _tail(world: World, low: str, sql: Sql, name: str, make: Callable[[World], Any]) -> str:
    """SQL over the events from the first touched day on. The text is compiled for a day that stands for it."""
    return filled(sql(replace(world, tail=BEGIN), name, make), {BEGIN: _first(low)})


def _names(tx: Writer, world: World, low: str | None, sql: Sql) -> None:
    """Give every feature its bit; who has one keeps it."""
    known = low is not None and "feature_names" in tx.rollups
    old = "SELECT feature, word, bit FROM feature_names"
    if not known:
        old = "SELECT '' AS feature, 0::BIGINT AS word, 0::BIGINT AS bit WHERE FALSE"
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE old_names AS {old}")
    features = "SELECT ''::VARCHAR AS feature WHERE FALSE"
    if known and low is not None:
        features = _tail(world, low, sql, tail_of("feature_names"), _features)
    elif "events" in world.loaded:
        features = sql(world, "feature_names", _features)
    fresh = f"SELECT DISTINCT feature FROM ({features}) WHERE feature NOT IN (SELECT feature FROM old_names)"
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE new_names AS {fresh}")
    if known and not (tx.con.execute("SELECT count(*) FROM new_names").fetchone() or (0,))[0]:
        return
    query = f"""
        WITH numbered AS (
          SELECT feature, (SELECT count(*) FROM old_names) + row_number() OVER (ORDER BY feature) - 1 AS n
          FROM new_names)
        SELECT feature, word, bit FROM old_names
        UNION ALL SELECT feature, (n // {BITS})::BIGINT, 1::BIGINT << (n % {BITS})::INTEGER FROM numbered"""
    tx.put_rollup("feature_names", query)


def _features(world: World) -> Any:
    return feature_events(world).select("feature").distinct()


_TYPES = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR"}


def told(tx: Writer, since: int, *, anew: bool) -> dict[str, object]:
    """Whether everyone was seen under one customer alone, and every day under one; and when the last event was."""
    low = None if anew or tx.meta.get("one_home") is None else tx.changed_from("events", since)
    days, before = "user_days", {"one_home": True, "days_owned": True}
    pairs = f"SELECT \"user\", cust FROM user_days WHERE since = DATE '{FIRST_DAY}'"
    if low is not None:
        # Who was seen under one customer so far can only have met another one on the days that are new.
        days, before = tail_of("user_days"), dict(tx.meta)
        pairs = f'SELECT "user", cust FROM {days} UNION SELECT "user", cust FROM {seen_of("user_days")}'
    found = tx.con.execute(
        f'SELECT (SELECT count(*) = count(DISTINCT "user") FROM ({pairs})), NOT EXISTS (FROM {days} WHERE cust IS NULL)'
    ).fetchone()
    one, owned = found or (False, False)
    highs = [part.high for part in tx.state("events").parts]
    last = max((high for high in highs if high), default=None)
    return {
        "one_home": bool(before["one_home"] and one),
        "days_owned": bool(before.get("days_owned") and owned),
        "last_event": last,
    }
