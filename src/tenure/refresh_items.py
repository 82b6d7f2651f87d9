"""Subscription items kept beside the rows they come from, so that a refresh need not read those again. Part of refresh.

A row is as it is for ever, and so are its items while the settings stay. A later refresh searches small whole numbers
for the few customers that were touched, where it would search texts and read many columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure import refresh_keys
from tenure.rollup import World
from tenure.rollups._items import ROW, follow_from_rows, of_rows

if TYPE_CHECKING:
    from tenure.store import Writer
    from tenure.store.manifest import Part

Sql = Callable[[World, str, Callable[[World], Any]], str]
TABLE, NAME = "subscriptions", "kept_items"


def fit(world: World) -> bool:
    """Whether steps can be made from items that are kept."""
    return TABLE in world.loaded and follow_from_rows(world)


def forget(tx: Writer) -> None:
    """Under other settings they mean something else."""
    for part in tx.state(TABLE).parts:
        if part.made:
            tx.put_made(TABLE, part, None)


def bring(tx: Writer, world: World, sql: Sql, *, few: bool) -> World:
    """The world with items as a table; those of parts that have none yet are made. `few`: of TOUCHED alone."""
    for part in tx.state(TABLE).parts:
        if part.made is None:
            _make(tx, world, part, sql, few=few)
    query = tx.made_sql(TABLE, owners=refresh_keys.TOUCHED if few else None)
    tx.con.execute(f"CREATE OR REPLACE TEMP VIEW {NAME} AS {query}")
    return replace(world, items=NAME)


def _make(tx: Writer, world: World, part: Part, sql: Sql, *, few: bool) -> None:
    columns = {TABLE: {**world.columns[TABLE], ROW: "int64"}}
    rows = tx.rows_sql(TABLE, parts=[part], positions=True)
    tx.con.execute(f"CREATE OR REPLACE TEMP VIEW m_{TABLE} AS {rows}")
    try:
        # What a load brought is of customers it touched; parts that were folded into one hold anybody's rows.
        known = few and not refresh_keys.one(
            tx, f"SELECT 1 FROM m_{TABLE} ANTI JOIN {refresh_keys.TOUCHED} USING (customer_id) LIMIT 1"
        )
        world = replace(world, columns=columns, loaded=frozenset({TABLE}), only=refresh_keys.TOUCHED if known else None)
        tx.put_made(TABLE, part, sql(world, NAME, of_rows))
    finally:
        tx.con.execute(f"DROP VIEW IF EXISTS temp.m_{TABLE}")
