"""Rebuilding what metrics read, only where inputs changed. Machinery floor.

The unit of recomputation is the customer: after a load, the steps of the customers it touched are built anew and laid
over the rest. A change of settings, or one that cannot be told apart cheaply, rebuilds everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure import model, texts
from tenure.refresh_made import make
from tenure.rollup import World, rollups
from tenure.rollups.customers import people
from tenure.rollups.mrr_steps import looks_at_months
from tenure.worlds import clock_of, columns_of, world_of

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.policy import Policy
    from tenure.store import Writer

Progress = Callable[[str, int, int | None], None]
TOUCHED = "touched_customers"
FORMAT = 4
"""Counts up whenever a rollup's rows come to mean something else; older ones are rebuilt."""


def refresh(tx: Writer, config: Config, policy: Policy, on_progress: Progress | None = None) -> list[str]:
    """Bring the stored rollups up to date; the names of those that changed. The caller commits."""
    report = on_progress or (lambda label, done, total: None)
    since = int(tx.meta.get("refreshed", 0))
    settings = settings_digest(config, policy)
    anew = tx.meta.get("settings") != settings or "customer_keys" not in tx.rollups
    changed = {name for name in model.TABLES if tx.changed_at(name) > since}
    if not anew and not changed:
        return []
    loaded = frozenset(name for name in model.TABLES if tx.state(name).parts)
    tx.meta["foreign"] = _any_foreign(tx, config.currency, loaded)
    world = world_of(config, policy, columns_of(tx.con), loaded, tx.meta)
    done = _keys(tx, world, changed, since, anew)
    for step, rollup in enumerate((rollups()["customer_pieces"], rollups()["mrr_steps"])):
        report(f"Rebuilding {rollup.name}", step, 2)
        inputs = changed & set(rollup.reads)
        if anew or inputs or rollup.name not in tx.rollups:
            _build(tx, world, rollup.name, inputs, since, anew)
            done.append(rollup.name)
    done += make(tx, config, changed, anew)
    dated = tx.con.execute("SELECT count(*) > count(DISTINCT cust) FROM customer_pieces").fetchone()
    tx.meta |= {"dated": bool(dated and dated[0]), "told": _told(tx), "settings": settings, "refreshed": tx.version}
    report("Rebuilding", 2, 2)
    return done


def settings_digest(config: Config, policy: Policy) -> str:
    """Of everything in the settings that stored rollups depend on."""
    frozen = str(config.as_of_instant()) if config.as_of is not None else ""
    partial = frozen if not frozen.endswith("00:00:00+00:00") else ""
    if looks_at_months(policy.rule):
        partial = str(clock_of(config).cut)
    told = [FORMAT, config.currency, config.timezone, partial, policy.all_rules(), str(policy.setting("past_due_days"))]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _told(tx: Writer) -> list[str]:
    """The attributes that any customer has a value of."""
    answer = tx.con.execute("SELECT count(COLUMNS(* EXCLUDE (cust, from_day, to_day, is_last))) FROM customer_pieces")
    names = [column[0] for column in answer.description]
    counts = answer.fetchone() or ()
    return [name for name, count in zip(names, counts, strict=True) if count]


def _any_foreign(tx: Writer, currency: str, loaded: frozenset[str]) -> bool:
    if "subscriptions" not in loaded:
        return False
    found = tx.con.execute("SELECT bool_or(currency <> ?) FROM m_subscriptions", [currency]).fetchone()
    return bool(found and found[0])


def _sql(world: World, name: str, build: Callable[[World], Any]) -> str:
    """A rollup's SQL; it depends on when the data stand only where rules look at whole months."""
    key = (name, world.signature(moment=looks_at_months(world.rule)))
    return texts.kept(key, lambda: texts.sql(build(world), "duckdb"))


def _keys(tx: Writer, world: World, changed: set[str], since: int, anew: bool) -> list[str]:
    """Number the customers; who has a number keeps it."""
    if not world.loaded & _with_customers():
        empty = "SELECT 0::BIGINT AS cust, '' AS customer_id, '' AS name, NULL::DATE AS first_day WHERE FALSE"
        tx.put_rollup("customer_keys", empty, key="cust")
        return ["customer_keys"]
    known = "customer_keys" in tx.rollups
    touched = None if anew and not known else _touched(tx, changed & _with_customers(), since, fresh_only=True)
    if known and touched is None and not changed & _with_customers():
        return []
    if known and touched is not None:
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {touched}")
        count = tx.con.execute(f"SELECT count(*) FROM {TOUCHED}").fetchone()
        if count is None or count[0] == 0:
            return []
        world = replace(world, only=TOUCHED)
    none = "SELECT 0::BIGINT AS cust, '' AS customer_id WHERE FALSE"
    old = "SELECT cust, customer_id FROM customer_keys" if known else none
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE old_keys AS {old}")
    query = f"""
        WITH people AS ({_sql(world, "customer_keys", people)}),
             top AS (SELECT coalesce(max(cust), -1) AS top FROM old_keys)
        SELECT coalesce(o.cust, top + row_number() OVER (PARTITION BY o.cust IS NULL ORDER BY p.customer_id)) AS cust,
               p.customer_id, p.name, p.first_day
        FROM people p CROSS JOIN top LEFT JOIN old_keys o USING (customer_id)"""
    tx.put_rollup("customer_keys", query, key="cust", overlay=world.only is not None)
    return ["customer_keys"]


def _with_customers() -> set[str]:
    return {name for name, table in model.TABLES.items() if table.customer}


def _touched(tx: Writer, tables: set[str], since: int, *, fresh_only: bool = False) -> str | None:
    """A query of the customers that the tables' changes touched; None: all of them.

    With `fresh_only`, facts of customers are passed over who have a key and say themselves when they were created: only
    the customers table changes what is known of them.
    """
    dated = "SELECT customer_id FROM m_customers WHERE created_day IS NOT NULL"
    settled = f"SELECT customer_id FROM customer_keys SEMI JOIN ({dated}) USING (customer_id)" if fresh_only else ""
    parts = []
    for table in sorted(tables):
        query = tx.changed_customers(table, since)
        if query is None:
            return None
        new = f" AND customer_id NOT IN ({settled})" if fresh_only and table != "customers" else ""
        parts.append(f"SELECT customer_id FROM ({query}) WHERE customer_id IS NOT NULL{new}")
    return " UNION ".join(parts) if parts else "SELECT NULL::VARCHAR AS customer_id WHERE FALSE"


def _build(tx: Writer, world: World, name: str, inputs: set[str], since: int, anew: bool) -> None:
    rollup = rollups()[name]
    touched = None if anew or name not in tx.rollups or inputs - _with_customers() else _touched(tx, inputs, since)
    if touched is None:
        tx.put_rollup(name, _sql(world, name, rollup.build), key="cust")
        return
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {touched}")
    keys = f"SELECT cust FROM customer_keys SEMI JOIN {TOUCHED} USING (customer_id)"
    query = _sql(replace(world, only=TOUCHED), name, rollup.build)
    tx.put_rollup(name, query, key="cust", overlay=True, keys_sql=keys)
