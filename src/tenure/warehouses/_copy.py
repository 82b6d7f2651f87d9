"""What an engine gets of one version: tables, told apart by content, read as Arrow. Part of warehouses."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.errors import StoreError

if TYPE_CHECKING:
    from tenure.store import Snapshot

BATCH = 100_000
_PLAIN = ("BOOLEAN", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DATE", "TIMESTAMP")
_WIDER = {
    "HUGEINT": "DECIMAL(38,0)",
    "UBIGINT": "DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
}


@dataclass(frozen=True)
class Shape:
    """A table to copy: its columns with their types (DuckDB's names), and a digest of the files it is made of."""

    name: str
    columns: tuple[tuple[str, str], ...]
    digest: str


@dataclass(frozen=True)
class Copy:
    """One version of one workspace, to be copied. `workspace` is a name no other workspace has."""

    con: Any
    workspace: str
    version: int
    folder: Path
    tables: tuple[Shape, ...]

    @property
    def digest(self) -> str:
        """Tells this version's content from any other's."""
        return hashlib.sha256("".join(shape.digest for shape in self.tables).encode()).hexdigest()[:12]

    def read(self, table: Shape) -> Any:
        """The rows as a reader of Arrow record batches, in the types that `columns` says."""
        shown = ", ".join(_shown(name, kind) for name, kind in table.columns)
        return self.con.execute(f'SELECT {shown} FROM "{table.name}"').to_arrow_reader(BATCH)


def of_snapshot(snapshot: Snapshot, workspace: Path) -> Copy:
    """The model's tables and the stored rollups of a version of the workspace in a folder."""
    folder = workspace / ".tenure"
    views = snapshot.con.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall()
    wanted = sorted((name, sql) for name, sql in views if name.startswith("m_") or name in snapshot.rollups)
    columns: dict[str, list[tuple[str, str]]] = {name: [] for name, _ in wanted}
    for table, column, kind in snapshot.con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY table_name, column_index"
    ).fetchall():
        if table in columns:
            columns[table].append((column, _portable(kind)))
    # Files never change and no two have one name, so a view's text says what is in it.
    digests = {name: hashlib.sha256(sql.encode()).hexdigest()[:16] for name, sql in wanted}
    tables = tuple(Shape(name, tuple(columns[name]), digests[name]) for name, _ in wanted)
    return Copy(snapshot.con, _workspace(folder), snapshot.version, folder, tables)


def _portable(kind: str) -> str:
    """The type a column has in every engine; what they do not share goes as text."""
    if kind in _PLAIN or kind.startswith("DECIMAL"):
        return kind
    return _WIDER.get(kind, "VARCHAR")


def _shown(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    # No other engine's text can hold a zero byte.
    value = f"replace(CAST({column} AS VARCHAR), chr(0), '')" if kind == "VARCHAR" else f"CAST({column} AS {kind})"
    return f"{value} AS {column}"


def _workspace(folder: Path) -> str:
    """A name for the workspace, made when it is first copied, so that two may share one engine."""
    file = folder / "copied-as"
    try:
        if not file.exists():
            fresh = folder / f"copied-as-{uuid.uuid4().hex[:12]}"
            fresh.write_text(fresh.name[-12:], encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was quicker
                os.link(fresh, file)
            fresh.unlink()
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(f"The workspace's name cannot be kept: {error.strerror}.", where=str(file)) from None
