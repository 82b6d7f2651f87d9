"""The world a version of the store makes: its columns, the tables with rows as of now, the rules. Machinery floor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure import model
from tenure.periods import WEEKDAYS, Clock
from tenure.rollup import World

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.policy import Policy


# DuckDB's names of types as Ibis has them; a decimal is written alike.
_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "HUGEINT": "decimal(38,0)",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIME": "time",
}


def clock_of(config: Config) -> Clock:
    """The workspace's calendar, and the instant its data stand at."""
    return Clock(config.timezone, WEEKDAYS.index(config.week_start), config.fiscal_year_start, config.as_of_instant())


def world_of(
    config: Config,
    policy: Policy,
    columns: Mapping[str, Mapping[str, str]],
    loaded: frozenset[str],
    meta: Mapping[str, Any],
) -> World:
    """What rollups read, for a version of the store. `meta` is what its last refresh noted."""
    clock = clock_of(config)
    as_of = clock.as_of.astimezone(UTC).replace(tzinfo=None)
    frozen = config.as_of is not None and clock.local_as_of.time() != datetime.min.time()
    # An event that lies later on the day of as_of is in what is stored, though it has not happened yet.
    last = meta.get("last_event")
    ahead = last is not None and datetime.fromisoformat(last) >= as_of
    hold = "one_home" in meta and (frozen or clock.local_as_of.time() == datetime.min.time() or not ahead)
    return World(
        columns=columns,
        loaded=loaded,
        policy=policy,
        currency=config.currency,
        as_of=as_of,
        cut=clock.cut,
        frozen=frozen,
        foreign=bool(meta.get("foreign")),
        usage=config.usage,
        days_hold=hold,
        one_home=bool(meta.get("one_home")),
        days_owned=bool(meta.get("days_owned")),
        asked_once=bool(meta.get("asked_once")),
    )


def columns_of(con: Any) -> dict[str, dict[str, str]]:
    """The columns of every model table with their Ibis types, extra ones included."""
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE table_name LIKE 'm\\_%' ESCAPE '\\' "
        "ORDER BY table_name, column_index"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table[2:], {})[column] = _TYPES.get(kind) or kind.lower()
    return found


def known_tables(con: Any, tables: set[str], world: World) -> frozenset[str]:
    """Those of the tables that have a row as as_of sees them."""
    tests = []
    for name in sorted(tables & model.TABLES.keys()):
        time = model.TABLES[name].main_time
        limit = f"'{world.cut}'" if time and model.TABLES[name].columns[time].kind == "date" else f"'{world.as_of}'"
        test = f'WHERE "{time}" < {limit} OR "{time}" IS NULL' if time else ""
        tests.append(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM m_{name} {test})")
    return frozenset(row[0] for row in con.execute(" UNION ALL ".join(tests)).fetchall()) if tests else frozenset()
