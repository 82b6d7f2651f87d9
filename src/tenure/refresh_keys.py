"""Whose rows a load touched, the numbers customers go by, and views of no more than those rows. Part of refresh.

Everybody's key is looked up once. Who has none had no row before, so that theirs are in new parts alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure import model
from tenure.rollup import World
from tenure.rollups.customers import people

if TYPE_CHECKING:
    from tenure.store import Writer

Sql = Callable[[World, str, Callable[[World], Any]], str]
TOUCHED = "touched_customers"
NO_KEYS = "SELECT 0::BIGINT AS cust, ''::VARCHAR AS customer_id, FALSE AS dated WHERE FALSE"


def owned() -> frozenset[str]:
    """The tables whose rows belong to customers."""
    return frozenset(name for name, table in model.TABLES.items() if table.customer)


def note(tx: Writer, changed: Collection[str], since: int) -> frozenset[str]:
    """Put down whose rows changed in which table, and the keys they have; the tables of which it cannot be told.

    Of those, nearly everybody's rows changed.
    """
    told, unknown = ["SELECT '' AS source, NULL::VARCHAR AS customer_id WHERE FALSE"], set()
    for table in sorted(owned() & set(changed)):
        query = tx.changed_customers(table, since)
        if query is None:
            unknown.add(table)
        else:
            told.append(f"SELECT '{table}', customer_id FROM ({query}) WHERE customer_id IS NOT NULL")
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE changed_of AS {' UNION ALL '.join(told)}")
    known = "SELECT cust, customer_id, dated FROM customer_keys SEMI JOIN changed_of USING (customer_id)"
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE known_keys AS {known}")
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE made_keys AS {NO_KEYS}")
    return frozenset(unknown)


def number_all(tx: Writer, world: World, sql: Sql, *, noted: bool) -> None:
    """Number all customers; who has a number keeps it. `noted`: it is put down whose rows changed."""
    if world.loaded & owned():
        known = "SELECT cust, customer_id FROM customer_keys" if "customer_keys" in tx.rollups else NO_KEYS
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE old_keys AS {known}")
        tx.put_rollup("customer_keys", _numbered(world, "old_keys", -1, sql), key="cust")
    else:
        empty = "SELECT 0::BIGINT AS cust, '' AS customer_id, '' AS name, NULL::DATE AS first_day, "
        tx.put_rollup("customer_keys", f"{empty}NULL::TIMESTAMP AS first_at, FALSE AS dated WHERE FALSE", key="cust")
    tx.meta["last_key"] = one(tx, "SELECT coalesce(max(cust), -1) FROM customer_keys")
    if noted:
        new = "SELECT cust, customer_id, dated FROM customer_keys SEMI JOIN changed_of USING (customer_id)"
        new += " ANTI JOIN known_keys USING (customer_id)"
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE made_keys AS {new}")


def number_some(tx: Writer, world: World, since: int, sql: Sql) -> bool:
    """Number those of whom something new was put down; whether there was any need."""
    # Facts change nothing of who has a key and says themselves when they were created.
    tx.con.execute(
        f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS SELECT DISTINCT c.customer_id FROM changed_of c "
        "LEFT JOIN known_keys k USING (customer_id) WHERE k.cust IS NULL OR c.source = 'customers' OR NOT k.dated"
    )
    if not one(tx, f"SELECT count(*) FROM {TOUCHED}"):
        return False
    with narrowed(tx, world.loaded, since):
        if "customers" in world.loaded:
            dated = f"SELECT customer_id FROM m_customers SEMI JOIN {TOUCHED} USING (customer_id)"
            left = f"FROM {TOUCHED} ANTI JOIN ({dated} WHERE created_day IS NOT NULL) USING (customer_id)"
            if not one(tx, f"SELECT count(*) {left}"):
                # Other tables would only say that they are there.
                world = replace(world, loaded=frozenset({"customers"}))
        query = _numbered(replace(world, only=TOUCHED), "known_keys", int(tx.meta["last_key"]), sql)
        tx.con.execute(f"CREATE OR REPLACE TEMP TABLE made_keys AS {query}")
    tx.put_rollup("customer_keys", "SELECT * FROM made_keys", key="cust", overlay=True)
    tx.meta["last_key"] = one(tx, f"SELECT greatest(max(cust), {tx.meta['last_key']}) FROM made_keys")
    return True


def _numbered(world: World, known: str, last: int, sql: Sql) -> str:
    """Everyone in the world with their number; new ones follow the last one given, or the greatest known."""
    first = f"SELECT greatest(max(cust), {last}) AS top FROM {known}"
    return f"""
        WITH people AS ({sql(world, "customer_keys", people)}), top AS ({first})
        SELECT coalesce(o.cust, top + row_number() OVER (PARTITION BY o.cust IS NULL ORDER BY p.customer_id)) AS cust,
               p.customer_id, p.name, p.first_day, p.first_at, p.dated
        FROM people p CROSS JOIN top LEFT JOIN {known} o USING (customer_id)"""


def choose(tx: Writer, tables: Collection[str]) -> None:
    """Let TOUCHED be those whose rows changed in any of the tables, with their keys."""
    sources = ", ".join(f"'{table}'" for table in sorted(tables)) or "''"
    tx.con.execute(
        f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS "
        "SELECT cust, customer_id FROM (SELECT cust, customer_id FROM known_keys UNION "
        "SELECT cust, customer_id FROM made_keys) "
        f"SEMI JOIN (SELECT customer_id FROM changed_of WHERE source IN ({sources})) USING (customer_id)"
    )


@contextlib.contextmanager
def narrowed(tx: Writer, tables: Collection[str], since: int) -> Iterator[None]:
    """For a while, views of these tables hold the rows of TOUCHED alone."""
    chosen = sorted(owned() & set(tables))
    # Who had no key at the last refresh had no row then.
    old = one(tx, f"SELECT count(*) FROM {TOUCHED} SEMI JOIN known_keys USING (customer_id)")
    try:
        for table in chosen:
            parts = [part for part in tx.state(table).parts if old or part.added > since]
            rows = tx.rows_sql(table, parts=parts, owners=TOUCHED)
            tx.con.execute(f"CREATE OR REPLACE TEMP VIEW m_{table} AS {rows}")
        yield
    finally:
        for table in chosen:
            tx.con.execute(f"DROP VIEW IF EXISTS temp.m_{table}")


def one(tx: Writer, sql: str) -> int:
    """The whole number that a query answers; 0 where it answers nothing."""
    found = tx.con.execute(sql).fetchone()
    return int(found[0]) if found and found[0] is not None else 0
