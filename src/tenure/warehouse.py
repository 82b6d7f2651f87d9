"""What an engine must do for tenure: answer a query, hold a small table, keep a made one. Machinery floor.

Ibis is only the compiler: queries reach an engine as its own SQL. `Embedded` is DuckDB over a snapshot; other engines
live in `warehouses/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Columns = Mapping[str, list[object]]


class Warehouse(Protocol):
    """An engine that holds the model's tables (m_*) and rollups under their names."""

    dialect: str

    def run(self, sql: str) -> Columns:
        """The answer of a query as lists of Python values, by column."""

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        """A small table of our own, replacing one of that name."""

    def make(self, name: str, sql: str) -> None:
        """Keep the answer of a query under a name for as long as this connection lives."""


class Embedded:
    """DuckDB, through a snapshot's own connection."""

    dialect = "duckdb"

    def __init__(self, connection: Any) -> None:
        self._con = connection

    def run(self, sql: str) -> Columns:
        answer = self._con.execute(sql)
        names = [column[0] for column in answer.description]
        rows = answer.fetchall()
        columns: list[list[object]] = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in names]
        return dict(zip(names, columns, strict=True))

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        import pyarrow as pa

        makers = {"int64": pa.int64(), "date": pa.date32(), "string": pa.string()}
        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        table = pa.table(
            {n: pa.array(values, makers[t]) for (n, t), values in zip(types.items(), columns, strict=True)}
        )
        self._con.register(f"_{name}", table)
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM "_{name}"')
        self._con.unregister(f"_{name}")

    def make(self, name: str, sql: str) -> None:
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
