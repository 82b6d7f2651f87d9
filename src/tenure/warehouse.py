"""What an engine must do for tenure: answer a query, hold a small table, keep a made one. Machinery floor.

Ibis is only the compiler: queries reach an engine as its own SQL. `Embedded` is DuckDB over a snapshot; other engines
live in `warehouses/`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, Protocol

from tenure.stand_ins import filled

Columns = Mapping[str, list[object]]


class Warehouse(Protocol):
    """An engine that holds the model's tables (m_*) and rollups under their names."""

    @property
    def dialect(self) -> str:
        """What sqlglot calls its SQL."""

    def run(self, sql: str) -> Columns:
        """The answer of a query as lists of Python values, by column."""

    def arrays(self, sql: str) -> Mapping[str, Any]:
        """The same as columns of numpy where the engine has them, else as lists."""

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        """The same with the texts of some columns as places among their words, from 0 on; and the words."""

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

    def arrays(self, sql: str) -> Mapping[str, Any]:
        found: dict[str, Any] = self._con.execute(sql).fetchnumpy()
        return found

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        some = (f'(SELECT list(w) FROM (SELECT DISTINCT "{name}" AS w FROM told LIMIT {_FEW + 1}))' for name in names)
        (words,) = self._con.execute(f"WITH told AS ({sql}) SELECT {', '.join(some)}").fetchall() if names else ((),)
        few = dict(zip(names, ([] if found is None else found for found in words), strict=True))
        if not names or any(len(found) > _FEW for found in few.values()):
            return coded(self.arrays(sql), names)
        # The engine looks a word up among few sooner than it hands over a text.
        places = ", ".join(
            f'CAST(list_position($words{i}, "{name}") - 1 AS INTEGER) AS "{name}"' for i, name in enumerate(names)
        )
        given = {f"words{i}": few[name] for i, name in enumerate(names)}
        return self._con.execute(f"WITH told AS ({sql}) SELECT * REPLACE ({places}) FROM told", given).fetchnumpy(), few

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        kinds = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR"}
        columns = ", ".join(f'"{column}" {kinds[kind]}' for column, kind in types.items())
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({columns})')
        # As text: to hand over Python's values through pyarrow would import pandas wherever it is installed.
        for begin in range(0, len(rows), _AT_ONCE):
            some = rows[begin : begin + _AT_ONCE]
            self._con.execute(f'INSERT INTO "{name}" {_columns(some, [kinds[kind] for kind in types.values()])}')

    def make(self, name: str, sql: str) -> None:
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')


@dataclass(frozen=True)
class Remembering:
    """A warehouse that is not given again what it was given last: questions in a row have the same calendar."""

    of: Warehouse
    given: dict[str, Sequence[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        return self.of.dialect

    def run(self, sql: str) -> Columns:
        return self.of.run(sql)

    def arrays(self, sql: str) -> Mapping[str, Any]:
        return self.of.arrays(sql)

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        return self.of.coded(sql, names)

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        if self.given.pop(name, None) != rows:
            self.of.put(name, types, rows)
        if len(rows) <= _AT_ONCE:
            self.given[name] = list(rows)

    def make(self, name: str, sql: str) -> None:
        self.given.pop(name, None)
        self.of.make(name, sql)


@dataclass(frozen=True)
class Dated:
    """A warehouse as of a moment: puts the real days into texts that were compiled with stand-ins (`stand_ins`)."""

    of: Warehouse
    real: Mapping[date, date]

    @property
    def dialect(self) -> str:
        return self.of.dialect

    def run(self, sql: str) -> Columns:
        return self.of.run(filled(sql, self.real))

    def arrays(self, sql: str) -> Mapping[str, Any]:
        return self.of.arrays(filled(sql, self.real))

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        return self.of.coded(filled(sql, self.real), names)

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        self.of.put(name, types, rows)

    def make(self, name: str, sql: str) -> None:
        self.of.make(name, filled(sql, self.real))


_AT_ONCE, _FEW = 5000, 50


def coded(columns: Mapping[str, Any], names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
    """Columns with the texts of some as places among their words, for engines that have no quicker way."""
    found, words = dict(columns), {}
    for name in names:
        places: defaultdict[str, int] = defaultdict(count().__next__)
        found[name] = [places[text] for text in columns[name]]
        words[name] = list(places)
    return found, words


def _columns(rows: Sequence[tuple[object, ...]], kinds: Sequence[str]) -> str:
    """Rows as SQL. Days and numbers go as one text a column: the engine splits it quicker than it parses literals."""
    if "VARCHAR" in kinds or any(value is None for row in rows for value in row):
        return "VALUES " + ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    texts = (" ".join(map(str, column)) for column in zip(*rows, strict=True))
    return "SELECT " + ", ".join(
        f"unnest(string_split('{text}', ' ')::{kind}[])" for text, kind in zip(texts, kinds, strict=True)
    )


def _literal(value: object) -> str:
    """A whole number, a day, a text or nothing, as SQL."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
