"""Rows into the model: read, checked, rejected with a reason, merged; twice changes nothing. Machinery floor.

`load` takes one file (or page) of one table. In the usual case that is one pass: the engine reads the values and writes
the part. Only where a row stops that pass are the rows looked at one by one, and each that cannot be used goes to
`rejects` with its line and reason. Helpers: `load_columns` which column fills which, `load_values` how a value is read,
`load_merge` what new rows do to stored ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tenure.errors import InputError, UnknownName
from tenure.load_columns import LINE, STOP, Plan, plan, typed
from tenure.load_merge import Staged
from tenure.model import TABLES
from tenure.money_codes import CURRENCIES
from tenure.source import Broken, Mapping
from tenure.store import Writer
from tenure.store.tables import literal, quote

SOURCE_VIEW = "_tenure_source"


@dataclass(frozen=True)
class Extract:
    """The rows of one file, as they stand in it, on their way into one table.

    `relation` is a query, a duckdb relation of the writer's connection or a pyarrow table; it can be read more than
    once. Its columns bear the file's names; `_line` is the row's line, asked for only where a row cannot be used.
    `broken` are lines that are not even rows.
    """

    source: str
    table: str
    file: str
    digest: str
    relation: Any
    text: bool = False
    mapping: Mapping = field(default_factory=Mapping)
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True)
class LoadReport:
    """What became of a file's rows: read = stored + unchanged + rejected."""

    source: str
    table: str
    file: str
    read: int
    stored: int
    unchanged: int
    rejected: int


def known(
    tx: Writer, source: str, table: str, file: str, digest: str, mapping: Mapping, *, timezone: str
) -> LoadReport | None:
    """The report of a file whose content is the last that was loaded from it (or from a copy); None where it is new.

    It costs nothing, so ask it before reading the file.
    """
    wanted = _digest(digest, mapping, timezone)
    name = _name(source, table, file)
    before = tx.loads.get(name, {})
    if before.get("digest") != wanted:
        same = (
            n for n, entry in tx.loads.items() if entry["digest"] == wanted and json.loads(n)[:2] == [source, table]
        )
        copy = next(same, None) if not before else None
        if copy is None:
            return None
        before = tx.loads[copy]
    read, rejected = before["read"], before["rejected"]
    return LoadReport(source, table, file, read, 0, read - rejected, rejected)


def load(
    tx: Writer,
    extract: Extract,
    *,
    timezone: str = "UTC",
    force: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> LoadReport:
    """Load one file into its table. `timezone` is the workspace's; `force` loads what is known already once more.

    An InputError where the file as a whole cannot be used; then nothing has changed.
    """
    if extract.table not in TABLES:
        raise UnknownName("table", extract.table, TABLES, where=extract.file)
    say = on_progress or (lambda _: None)
    if not force:
        seen = known(
            tx, extract.source, extract.table, extract.file, extract.digest, extract.mapping, timezone=timezone
        )
        if seen is not None:
            return seen
    _show(tx.con, extract.relation)
    try:
        return _load(tx, extract, timezone, say)
    finally:
        tx.con.execute(f"DROP VIEW IF EXISTS {SOURCE_VIEW}")
        tx.con.execute("DROP TABLE IF EXISTS _faults")


def _load(tx: Writer, extract: Extract, timezone: str, say: Callable[[str], None]) -> LoadReport:
    con = tx.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE _faults ({LINE} BIGINT, reason VARCHAR, _text VARCHAR)")
    if extract.broken:
        con.executemany(
            "INSERT INTO _faults VALUES (?, ?, ?)", [[b.line, b.reason, b.text[:2000]] for b in extract.broken]
        )
    say("reading")
    try:
        made = plan(con, SOURCE_VIEW, extract.table, extract.file, extract.mapping, timezone)
        path, usable = _stage(tx, made)
        bad = _count(con, "_faults")
        stored = clashed = 0
        if usable:
            say("checking")
            staged = Staged(tx, extract.table, path)
            if staged.drop_repeats():
                clashed = _reject_clashes(tx, made)
            say("merging")
            staged.meet()
            stored = staged.publish()
        else:
            path.unlink(missing_ok=True)
    except (duckdb.DataError, duckdb.OperationalError, duckdb.InvalidInputException) as error:
        raise InputError(
            _first_line(error), where=extract.file, todo="Look at the file; nothing of it was loaded."
        ) from error
    read, rejected = usable + bad, bad + clashed
    _keep_rejects(tx, extract, rejected)
    tx.loads[_name(extract.source, extract.table, extract.file)] = {
        "digest": _digest(extract.digest, extract.mapping, timezone), "read": read, "rejected": rejected,
        "loaded_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    return LoadReport(extract.source, extract.table, extract.file, read, stored, read - stored - rejected, rejected)


def _stage(tx: Writer, made: Plan) -> tuple[Path, int]:
    """The usable rows in a new file, and how many; the others in _faults."""
    written = _try(tx, made, made.quick())
    if written is not None:
        return written
    judged, columns = _judge(tx, made), ", ".join(quote(name) for name in made.names)
    tx.con.execute(f"INSERT INTO _faults SELECT {LINE}, _tenure_reason, _tenure_text FROM ({judged}) WHERE _tenure_bad")
    return tx.write_file(made.table.name, f"SELECT {columns} FROM ({judged}) WHERE NOT _tenure_bad")


def _judge(tx: Writer, made: Plan) -> str:
    """A query of the judged rows. They are written down first, so that each value is read only once."""
    if made.guesses:
        made = typed(tx.con, made, None)
    path, _ = tx.write_file(made.table.name, made.judged())
    return f"SELECT * FROM read_parquet({literal(path)})"


def _try(tx: Writer, made: Plan, sql: str) -> tuple[Path, int] | None:
    """The rows of a query in a new file; None where a row stopped it."""
    try:
        path, rows = tx.write_file(made.table.name, sql)
    except duckdb.InvalidInputException as error:
        if STOP in str(error):
            return None
        raise
    # The quick reading leaves currency codes to be looked up here: they are few and rows are many.
    codes = [f.target for f in made.fields if f.column and f.column.kind == "currency"]
    for name in codes if rows else ():
        found = tx.con.execute(f"SELECT DISTINCT {quote(name)} FROM read_parquet({literal(path)})").fetchall()
        if any(code is not None and code not in CURRENCIES for (code,) in found):
            path.unlink()
            return None
    return path, rows


def _reject_clashes(tx: Writer, made: Plan) -> int:
    """Rows that share a key and differ, with their lines, into _faults; how many."""
    con = tx.con
    keys = [name for name in made.table.key if name in made.names]
    on = " AND ".join(f"r.{quote(k)} IS NOT DISTINCT FROM c.{quote(k)}" for k in keys)
    quoted = "coalesce(chr(39) || r.{} || chr(39), '(empty)')"
    told = " || ', ' || ".join(f"{literal(f'{k} ')} || {quoted.replace('{}', quote(k))}" for k in keys)
    before = _count(con, "_faults")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _lines AS SELECT r.{LINE}, {told} || ' stands on several rows that differ.' "
        f"AS reason FROM ({_judge(tx, made)}) r SEMI JOIN _clash c ON {on} WHERE NOT r._tenure_bad"
    )
    con.execute(
        f"INSERT INTO _faults SELECT {LINE}, reason, {made.text()} FROM {SOURCE_VIEW} JOIN _lines USING ({LINE})"
    )
    con.execute("DROP TABLE _lines")
    return _count(con, "_faults") - before


def _keep_rejects(tx: Writer, extract: Extract, rejected: int) -> None:
    """Put this load's rejects in the place of those of the same file's content before."""
    name = _name(extract.source, extract.table, extract.file)
    here = " AND ".join(
        f"{column} = {literal(value)}"
        for column, value in (("source", extract.source), ("table_name", extract.table), ("file", extract.file))
    )
    new = (
        f"SELECT {literal(extract.source)} AS source, {literal(extract.table)} AS table_name, "
        f"{literal(extract.file)} AS file, {LINE} AS line, reason, _text AS row, "
        f"CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP) AS loaded_at FROM _faults ORDER BY {LINE}"
    )
    if tx.loads.get(name, {}).get("rejected"):
        tx.replace_table("rejects", f"SELECT * FROM rejects WHERE NOT ({here}) UNION ALL ({new})")
    elif rejected:
        tx.add_part("rejects", new)


def _show(con: duckdb.DuckDBPyConnection, relation: Any) -> None:
    """The extract's rows as a view."""
    if isinstance(relation, str):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE_VIEW} AS {relation}")
    elif isinstance(relation, duckdb.DuckDBPyRelation):
        relation.create_view(SOURCE_VIEW, replace=True)
    else:
        con.register(SOURCE_VIEW, relation)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _name(source: str, table: str, file: str) -> str:
    return json.dumps([source, table, file], ensure_ascii=False)


def _digest(digest: str, mapping: Mapping, timezone: str) -> str:
    return hashlib.sha256("\0".join((digest, mapping.digest(), timezone)).encode()).hexdigest()


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].split("Error: ", 1)[-1].rstrip(".") + "."
