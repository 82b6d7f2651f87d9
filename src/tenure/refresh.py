"""Rebuilding what metrics read, only where inputs changed. Machinery floor.

The unit of recomputation is the customer: after a load, the steps of the customers it touched are built anew and laid
over the rest; of what is made from events, the days from the first touched one on (`refresh_days`). A change of
settings, or one that cannot be told apart cheaply, rebuilds everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

from tenure import model, refresh_days, texts
from tenure.refresh_made import make
from tenure.rollup import World, rollups
from tenure.rollups.customers import people
from tenure.rollups.mrr_steps import looks_at_months
from tenure.store.tables import quote
from tenure.worlds import clock_of, columns_of, world_of

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.policy import Policy
    from tenure.store import Writer

Progress = Callable[[str, int, int | None], None]
TOUCHED, PIECES, STEPS = "touched_customers", "customer_pieces", "mrr_steps"
DAYS = ("user_days", "customer_days", "feature_use")
"""The rollups that are kept, in the order in which they are made; those of days have a way of their own."""
FORMAT = 6
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
    if anew or "subscriptions" in changed or "foreign" not in tx.meta:
        tx.meta["foreign"] = _any_foreign(tx, config.currency, loaded)
    world = world_of(config, policy, columns_of(tx.con), loaded, tx.meta)
    # What is stored are levels, day by day; movements that are told apart otherwise are made when they are asked for.
    world = world.with_rules((("simultaneous", "day"),))
    done = _keys(tx, world, changed, since, anew)
    stale = {
        name: changed & _inputs(world, name)
        for name in (PIECES, STEPS)
        if anew or name not in tx.rollups or changed & _inputs(world, name)
    }
    few = {name for name, inputs in stale.items() if not (anew or name not in tx.rollups or inputs - _with_customers())}
    touched = _touched(tx, set().union(*(stale[name] for name in few)), since) if few else None
    if touched is not None:
        # One set for all: who is rebuilt has every row rebuilt, in either.
        found = f"SELECT cust, customer_id FROM customer_keys SEMI JOIN ({touched}) USING (customer_id)"
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {found}")
    for step, name in enumerate(stale):
        report(f"Rebuilding {name}", step, 2 + len(DAYS))
        _build(tx, world, name, overlay=name in few and touched is not None)
        done.append(name)
    for step, rollup in enumerate(rollups()[name] for name in DAYS):
        report(f"Rebuilding {rollup.name}", 2 + step, 2 + len(DAYS))
        if anew or changed & set(rollup.reads) or rollup.name not in tx.rollups:
            refresh_days.build(tx, world, rollup, since, anew, _sql)
            done.append(rollup.name)
    done += make(tx, config, changed, anew)
    tx.meta |= {**_shape(tx), "told": _told(tx), "settings": settings, "refreshed": tx.version}
    if "user_days" in done:
        tx.meta |= refresh_days.told(tx, since, anew=anew)
    report("Rebuilding", 2 + len(DAYS), 2 + len(DAYS))
    return done


def settings_digest(config: Config, policy: Policy) -> str:
    """Of everything in the settings that stored rollups depend on."""
    inside_a_day = config.as_of is not None and clock_of(config).local_as_of.time() != time.min
    partial = str(config.as_of_instant()) if inside_a_day else ""
    if looks_at_months(policy.rule):
        partial = str(clock_of(config).cut)
    told = [FORMAT, config.currency, config.timezone, partial, policy.all_rules(), str(policy.setting("past_due_days"))]
    told += [sorted(config.usage.active), repr(config.usage.features)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _shape(tx: Writer) -> dict[str, bool]:
    """dated: some customer's attributes changed once; whole: every customer has exactly one stretch of them."""
    found = tx.con.execute(
        "SELECT EXISTS (FROM customer_pieces WHERE NOT is_last), "
        "(SELECT count(*) FROM customer_pieces) = (SELECT count(*) FROM customer_keys)"
    ).fetchone()
    dated, as_many = found or (True, False)
    return {"dated": bool(dated), "whole": bool(as_many) and not dated}


def _told(tx: Writer) -> list[str]:
    """The attributes that any customer has a value of."""
    columns = tx.con.execute(
        "DESCRIBE SELECT * EXCLUDE (cust, from_day, to_day, is_last) FROM customer_pieces"
    ).fetchall()
    names = [str(column[0]) for column in columns]
    # Each looks no further than the first value; counting them all would read the whole table.
    tests = ", ".join(f"EXISTS (FROM customer_pieces WHERE {quote(name)} IS NOT NULL)" for name in names)
    found = tx.con.execute(f"SELECT {tests}").fetchone() if names else ()
    return [name for name, told in zip(names, found or (), strict=True) if told]


def _any_foreign(tx: Writer, currency: str, loaded: frozenset[str]) -> bool:
    if "subscriptions" not in loaded:
        return False
    found = tx.con.execute("SELECT EXISTS (FROM m_subscriptions WHERE currency <> ?)", [currency]).fetchone()
    return bool(found and found[0])


def _inputs(world: World, name: str) -> set[str]:
    """The model tables a rollup is made from: refunds count only under the rule that looks at them."""
    refunds = {"payments", "invoices"} if name == STEPS and world.rule("refunds") == "full_refund_cancels" else set()
    return set(rollups()[name].reads) | refunds


def _sql(world: World, name: str, build: Callable[[World], Any]) -> str:
    """A rollup's SQL; it depends on when the data stand only where rules look at whole months."""
    seen = world
    if name in (PIECES, STEPS):  # whatever other tables there are, the text is the same
        inputs = _inputs(world, name)
        columns = {table: found for table, found in world.columns.items() if table in inputs}
        seen = replace(world, columns=columns, loaded=world.loaded & inputs)
    key = (name, seen.signature(moment=looks_at_months(world.rule)))
    return texts.kept(key, lambda: texts.sql(build(world), "duckdb"))


def _keys(tx: Writer, world: World, changed: set[str], since: int, anew: bool) -> list[str]:
    """Number the customers; who has a number keeps it."""
    if not world.loaded & _with_customers():
        empty = "SELECT 0::BIGINT AS cust, '' AS customer_id, '' AS name, NULL::DATE AS first_day, "
        empty += "NULL::TIMESTAMP AS first_at WHERE FALSE"
        tx.put_rollup("customer_keys", empty, key="cust")
        return ["customer_keys"]
    known = "customer_keys" in tx.rollups
    touched = None if anew else _touched(tx, changed & _with_customers(), since, fresh_only=True)
    if known and not anew and touched is None and not changed & _with_customers():
        return []
    if known and touched is not None:
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {touched}")
        dated = f"FROM m_customers SEMI JOIN {TOUCHED} USING (customer_id) WHERE created_day IS NOT NULL"
        left = f"FROM {TOUCHED} ANTI JOIN (SELECT customer_id {dated}) USING (customer_id)"
        counts = f"SELECT (SELECT count(*) FROM {TOUCHED}), (SELECT count(*) {left})"
        everyone, undated = tx.con.execute(counts).fetchone() or (0, 0)
        if not everyone:
            return []
        if not undated:
            # Who says when they were created is known by that alone; other tables would only say they are there.
            world = replace(world, loaded=frozenset({"customers"}))
        world = replace(world, only=TOUCHED)
    none = "SELECT 0::BIGINT AS cust, '' AS customer_id WHERE FALSE"
    old = "SELECT cust, customer_id FROM customer_keys" if known else none
    wanted = f" SEMI JOIN {TOUCHED} USING (customer_id)" if world.only else ""
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE old_keys AS {old}{wanted}")
    query = f"""
        WITH people AS ({_sql(world, "customer_keys", people)}),
             top AS (SELECT coalesce(max(cust), -1) AS top FROM ({old}))
        SELECT coalesce(o.cust, top + row_number() OVER (PARTITION BY o.cust IS NULL ORDER BY p.customer_id)) AS cust,
               p.customer_id, p.name, p.first_day, p.first_at
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
    found: dict[bool, list[str]] = {True: [], False: []}
    for table in sorted(tables):
        query = tx.changed_customers(table, since)
        if query is None:
            return None
        found[fresh_only and table != "customers"].append(
            f"SELECT customer_id FROM ({query}) WHERE customer_id IS NOT NULL"
        )
    parts = found[False]
    if found[True]:
        # Few are touched: they are looked up, rather than everybody who is settled gathered.
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE told_of AS {' UNION '.join(found[True])}")
        keyed = "SELECT customer_id FROM customer_keys SEMI JOIN told_of USING (customer_id)"
        dated = (
            "SELECT customer_id FROM m_customers SEMI JOIN told_of USING (customer_id) WHERE created_day IS NOT NULL"
        )
        parts.append(f"SELECT customer_id FROM told_of EXCEPT ({keyed} INTERSECT {dated})")
    return " UNION ".join(f"({part})" for part in parts) if parts else "SELECT NULL::VARCHAR AS customer_id WHERE FALSE"


def _build(tx: Writer, world: World, name: str, *, overlay: bool) -> None:
    """Make a rollup: all of it, or only what the touched customers have there."""
    build = rollups()[name].build
    if overlay:
        query = _sql(replace(world, only=TOUCHED), name, build)
        tx.put_rollup(name, query, key="cust", overlay=True, keys_sql=f"SELECT cust FROM {TOUCHED}")
    else:
        tx.put_rollup(name, _sql(world, name, build), key="cust")
