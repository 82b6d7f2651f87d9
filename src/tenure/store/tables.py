"""How a table or a rollup is put together from its parts: SQL text only. Part of the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from tenure.model import REJECTS, TABLES, Column
from tenure.store.manifest import Manifest, Part, Rollup, TableState

_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
)


def quote(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A plain value in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def base_columns(table: str) -> dict[str, str]:
    """The columns a table has whatever its parts hold."""
    return dict(REJECTS) if table == "rejects" else TABLES[table].stored()


def columns_of(table: str, state: TableState) -> dict[str, str]:
    """Every column of the table and its type: the model's, then the extra ones its parts carry."""
    out = base_columns(table)
    extra: dict[str, set[str]] = {}
    for part in state.parts:
        for name, kind in part.columns.items():
            if name not in out:
                extra.setdefault(name, set()).add(kind)
    lowered: dict[str, str] = {name.lower(): name for name in out}
    for name in sorted(extra):
        known = lowered.setdefault(name.lower(), name)
        out[known] = _common(extra[name] | ({out[known]} if known in out else set()))
    return out


def _common(kinds: set[str]) -> str:
    if len(kinds) == 1:
        return next(iter(kinds))
    if all(kind in _NUMBERS or kind.startswith("DECIMAL") for kind in kinds):
        return "DOUBLE"
    return "VARCHAR"


def absent(table: str, name: str, kind: str, have: Collection[str]) -> str:
    """What a part that lacks a model column reads as: its default, else empty. `have` is what the part has."""
    column: Column | None = None
    if table in TABLES:
        column = TABLES[table].columns.get(name)
    if name == "deleted" and table in TABLES:
        return "FALSE"
    if column is not None and column.default_if_set:
        return f"(p.{quote(column.default_if_set)} IS NOT NULL)" if column.default_if_set in have else "FALSE"
    return f"CAST({literal(column.default if column else None)} AS {kind})"


def rows_sql(
    folder: Path,
    table: str,
    state: TableState,
    *,
    parts: Iterable[Part] | None = None,
    positions: bool = False,
    tombstones: bool = False,
    only: Iterable[str] | None = None,
    owners: str | None = None,
) -> str:
    """A query for the table's rows, dead ones gone. `positions` adds _part (number in state.parts) and _row.

    `owners`: a table of the customer_ids whose rows are wanted; parts are searched for them before anything else.
    """
    columns = columns_of(table, state)
    if only is not None:
        wanted = set(only)
        columns = {name: kind for name, kind in columns.items() if name in wanted}
    chosen = list(state.parts if parts is None else parts)
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in chosen:
        apart = part.path if positions or part.dead else ""
        groups.setdefault((*part.columns.items(), part.tombstones > 0, apart), []).append(part)
    queries = []
    for group in groups.values():
        number = state.parts.index(group[0]) if positions else None
        queries.append(_group_sql(folder, table, columns, group, number, tombstones, owners))
    if not queries:
        empty = [f"CAST(NULL AS {kind}) AS {quote(name)}" for name, kind in columns.items()]
        empty += ["0 AS _part", "CAST(0 AS BIGINT) AS _row"] if positions else []
        return f"SELECT {', '.join(empty)} WHERE FALSE"
    return " UNION ALL ".join(queries)


def _group_sql(
    folder: Path,
    table: str,
    columns: dict[str, str],
    parts: list[Part],
    number: int | None,
    tombstones: bool,
    owners: str | None,
) -> str:
    """Parts of one shape: one read of all their files."""
    first = parts[0]
    have = {name.lower(): (name, kind) for name, kind in first.columns.items()}
    shown = []
    for name, kind in columns.items():
        if name.lower() not in have:
            shown.append(f"{absent(table, name, kind, have)} AS {quote(name)}")
            continue
        stored, stored_kind = have[name.lower()]
        value = f"p.{quote(stored)}"
        shown.append(f"{value if stored_kind == kind else f'CAST({value} AS {kind})'} AS {quote(name)}")
    if number is not None:
        shown += [f"{number} AS _part", "p.file_row_number AS _row"]
    files = ", ".join(literal(folder / part.path) for part in parts)
    numbered = ", file_row_number = TRUE" if number is not None or first.dead else ""
    source = f"read_parquet([{files}]{numbered})"
    if owners is not None and "customer_id" in first.columns:
        # No condition is moved before a limit: what else is asked is asked of these few rows, not of all that are read.
        source = f"(FROM {source} SEMI JOIN {owners} USING (customer_id) LIMIT {2**62})"
    sql = f"SELECT {', '.join(shown)} FROM {source} p"
    if first.dead:
        dead = literal(folder / first.dead)
        sql += f" ANTI JOIN read_parquet({dead}) d ON p.file_row_number = d.dead"
    if first.tombstones and not tombstones:
        sql += " WHERE NOT p.deleted"
    return sql


def made_sql(folder: Path, state: TableState, owners: str | None = None) -> str:
    """What was made of the parts' rows, dead ones gone. `owners`: a table of the customers' keys (cust) wanted."""
    queries = []
    for part in state.parts:
        assert part.made is not None  # refresh has seen to it
        source = f"read_parquet({literal(folder / part.made)})"
        source = f"(FROM {source} SEMI JOIN {owners} USING (cust))" if owners else source
        sql = f"SELECT m.* EXCLUDE (part_row) FROM {source} m"
        if part.dead:
            sql += f" ANTI JOIN read_parquet({literal(folder / part.dead)}) d ON m.part_row = d.dead"
        queries.append(sql)
    return " UNION ALL ".join(queries)


def rollup_sql(folder: Path, rollup: Rollup) -> str:
    """A rollup's rows: each layer less the keys that later layers answer for."""
    names = ", ".join(f"l.{quote(name)}" for name in rollup.layers[0].columns)
    queries = []
    for number, layer in enumerate(rollup.layers):
        sql = f"SELECT {names} FROM read_parquet({literal(folder / layer.path)}) l"
        later = [x.keys for x in rollup.layers[number + 1 :] if x.keys]
        if later and rollup.key:
            files = ", ".join(literal(folder / name) for name in later)
            sql += f" ANTI JOIN read_parquet([{files}]) k ON l.{quote(rollup.key)} IS NOT DISTINCT FROM k.touched"
        queries.append(sql)
    return " UNION ALL ".join(queries)


def view_of(folder: Path, manifest: Manifest, table: str) -> str:
    """CREATE VIEW for one model table (m_<name>) or for rejects."""
    name = table if table == "rejects" else f"m_{table}"
    return f"CREATE OR REPLACE VIEW {name} AS {rows_sql(folder, table, manifest.tables.get(table, TableState()))}"


def views(folder: Path, manifest: Manifest) -> str:
    """Every view of a version, as one script."""
    script = [view_of(folder, manifest, table) for table in (*TABLES, "rejects")]
    for name, rollup in manifest.rollups.items():
        script.append(f"CREATE OR REPLACE VIEW {quote(name)} AS {rollup_sql(folder, rollup)}")
    return ";\n".join(script)
