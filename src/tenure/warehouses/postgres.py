"""PostgreSQL as the engine: a schema for each version, filled by COPY, asked through psycopg. Part of warehouses.

The URL's user needs to be allowed to create schemas. A version stands in `tenure_<workspace>_<version>_<digest>`, made
in one transaction, so that it is there whole or not at all; tables that did not change since the version before are
copied from it inside the server. The newest version and the one before it are kept.
"""

from __future__ import annotations

import io
import json
import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tenure.errors import ConfigError, StoreError, TenureError
from tenure.warehouse import Columns, coded
from tenure.warehouses import Engine, missing
from tenure.warehouses._copy import Copy, Shape

# Text sorts and compares by its bytes, as everywhere else, whatever the database's language is.
_TEXT = 'text COLLATE "C"'
_TYPES = {
    "VARCHAR": _TEXT,
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
_SMALL = {"int64": "bigint", "date": "date", "string": _TEXT}
_SETTINGS = "SET TIME ZONE 'UTC'; SET jit = off; SET client_min_messages = warning; SET work_mem = '64MB'"


class Postgres:
    """One connection whose search path is one version of the data; what it makes is temporary."""

    dialect = "postgres"

    def __init__(self, connection: Any, schema: str, failing: Any) -> None:
        self._con = connection
        self._failing = failing
        # Tied to this object: a connection that nobody closes is one the server keeps.
        weakref.finalize(self, connection.close)
        with self._failing():
            connection.execute(f"{_SETTINGS}; SET search_path = pg_temp, {schema}, pg_catalog")

    def run(self, sql: str) -> Columns:
        with self._failing():
            cursor = self._con.execute(sql)
            names = [column.name for column in cursor.description]
            rows = cursor.fetchall()
        columns: list[list[object]] = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in names]
        return dict(zip(names, columns, strict=True))

    def arrays(self, sql: str) -> Columns:
        return self.run(sql)

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        return coded(self.arrays(sql), names)

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        columns = ", ".join(f"{_quoted(n)} {_SMALL[t]}" for n, t in types.items())
        table = _quoted(name)
        with self._failing():
            self._con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({columns}); TRUNCATE {table}")
            with self._con.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            self._con.execute(f"ANALYZE {table}")

    def make(self, name: str, sql: str) -> None:
        table = _quoted(name)
        with self._failing():
            self._con.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            self._con.execute(f"CREATE TEMP TABLE {table} AS {sql}")
            self._con.execute(f"ANALYZE {table}")


def open_url(url: str, data: Copy) -> Postgres:
    """Connect, and copy the version there where it is not there yet."""
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise missing("postgresql", "postgres") from None
    try:
        place = conninfo_to_dict(url)
    except psycopg.Error:
        # What is wrong with the URL may be its password, so neither is repeated.
        raise ConfigError(
            "The URL of the warehouse cannot be read.",
            where="workspace.warehouse",
            todo="Write postgresql://user:password@host:5432/database, with special characters as %XX.",
        ) from None
    errors = _Errors(psycopg, str(place.get("host", "")), str(place.get("password") or ""))
    with errors.told():
        connection = psycopg.connect(url, autocommit=True, application_name="tenure", connect_timeout=20)
    schema = f"tenure_{data.workspace}_{data.version}_{data.digest}"
    with errors.told():
        connection.execute(_SETTINGS)
        _Upload(connection, data, schema, psycopg.errors.LockNotAvailable).ensure()
    return Postgres(connection, schema, errors.told)


@dataclass(frozen=True)
class _Errors:
    """Turns the driver's errors into ours; a password never shows."""

    driver: Any
    host: str
    password: str

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except self.driver.Error as error:
            raise self._ours(error) from None

    def _ours(self, error: Exception) -> TenureError:
        said = str(error).strip().splitlines() or [type(error).__name__]
        first = said[0].replace(self.password, "***") if self.password else said[0]
        away = isinstance(error, self.driver.OperationalError)
        what = f"PostgreSQL at {self.host or 'the local socket'} {'is not reachable' if away else 'refused'}: {first}"
        return StoreError(what.rstrip(".") + ".", where="workspace.warehouse", permanent=not away)


@dataclass(frozen=True)
class _Upload:
    """Makes a version's schema. The digests of its tables are kept as the schema's comment."""

    con: Any
    data: Copy
    schema: str
    busy: type[Exception]

    def ensure(self) -> None:
        if self.schema in self._versions():
            return
        with self.con.transaction():
            # One uploader at a time; who waited finds it done.
            self.con.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.data.workspace])
            versions = self._versions()
            if self.schema in versions:
                return
            self.con.execute(f"CREATE SCHEMA {self.schema}")
            there = {digest: f"{old}.{_quoted(t)}" for old, tables in versions.items() for t, digest in tables.items()}
            for table in self.data.tables:
                self._fill(table, there.get(table.digest))
            digests = json.dumps({table.name: table.digest for table in self.data.tables})
            self.con.execute(f"COMMENT ON SCHEMA {self.schema} IS '{digests}'")
        for table in self.data.tables:
            self.con.execute(f"ANALYZE {self.schema}.{_quoted(table.name)}")
        self._drop_old(versions)

    def _versions(self) -> dict[str, dict[str, str]]:
        """This workspace's versions that are here: the digest of every table."""
        rows = self.con.execute(
            "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE starts_with(nspname, %s)",
            [f"tenure_{self.data.workspace}_"],
        ).fetchall()
        return {name: json.loads(said) for name, said in rows if said}

    def _fill(self, table: Shape, same: str | None) -> None:
        name = f"{self.schema}.{_quoted(table.name)}"
        if same is not None:
            self.con.execute(f"CREATE TABLE {name} AS TABLE {same}")
            return
        columns = ", ".join(f"{_quoted(column)} {_type(kind)}" for column, kind in table.columns)
        self.con.execute(f"CREATE TABLE {name} ({columns})")
        with self.con.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
            for text in _as_csv(self.data.read(table)):
                copy.write(text)

    def _drop_old(self, versions: Mapping[str, object]) -> None:
        """Keep the version before, which somebody may be reading still; a busy one is left for the next time."""
        old = sorted((s for s in versions if s != self.schema), key=_number)
        for schema in old[:-1]:
            try:
                with self.con.transaction():
                    self.con.execute(f"SET LOCAL lock_timeout = '1s'; DROP SCHEMA {schema} CASCADE")
            except self.busy:
                return


def _number(schema: str) -> int:
    """The version in a schema's name."""
    found = re.fullmatch(r"tenure_\w+_(\d+)_\w+", schema)
    return int(found[1]) if found else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _type(kind: str) -> str:
    return _TYPES.get(kind) or kind.replace("DECIMAL", "numeric")


def _as_csv(batches: Any) -> Iterator[bytes]:
    """Record batches as CSV: an empty field is NULL, text is always quoted, decimals keep every digit."""
    from pyarrow import csv

    for batch in batches:
        text = io.BytesIO()
        csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
        yield text.getvalue()


postgres = Engine("postgresql", open_url)
