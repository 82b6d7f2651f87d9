"""Parquet into typed columns, each row with its place in the file. Helper of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenure.errors import InputError
from tenure.source import FileQuery, Reading

from . import _bytes


def read_parquet(path: Path, name: str, *, lazily: bool = False) -> Reading:
    """The rows of a parquet file, with the types it has; lists and structs as JSON text.

    `lazily`: as a query, where every column is of a plain type; then the file is read once, by whoever stores it.
    """
    with _bytes.reading(path, name):
        size = path.stat().st_size
        if not size:
            raise InputError("This file is empty.", where=name, todo="Export it again.")
        try:
            with path.open("rb") as file:
                whole = pq.ParquetFile(file)
                if lazily and _is_plain(whole.schema_arrow):
                    return _query(path, name, whole)
                table = whole.read()
        except (pa.ArrowInvalid, pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise InputError(
                f"This is not a whole parquet file: {reason}.", where=name, todo="Make or copy it again."
            ) from None
    names, notes = _bytes.column_names(table.column_names, name)
    table = _plain(table.rename_columns(names))
    line = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), table.num_rows))
    if not table.num_rows:
        notes.append(f"{name}: it has no rows.")
    text = all(pa.types.is_string(field.type) or pa.types.is_large_string(field.type) for field in table.schema)
    return Reading(table.append_column("_line", line), text, (), tuple(notes))


def _is_plain(schema: Any) -> bool:
    """Whether every column is of a type that the engine reads as we would, under a name of its own."""
    names = [field.name.strip().lower() for field in schema]
    if len(set(names)) < len(names) or {"", "_line", "file_row_number"} & set(names):
        return False
    is_text, is_number = (pa.types.is_string, pa.types.is_large_string), (pa.types.is_integer, pa.types.is_decimal128)
    others = (pa.types.is_float32, pa.types.is_float64, pa.types.is_boolean, pa.types.is_date32, pa.types.is_timestamp)
    kinds = [*is_text, *is_number, *others]
    return all(any(is_kind(field.type) for is_kind in kinds) for field in schema)


def _query(path: Path, name: str, whole: Any) -> Reading:
    columns = [field.name for field in whole.schema_arrow]
    rows = whole.metadata.num_rows
    where = "'" + str(path.resolve()).replace("'", "''") + "'"
    sql = (
        "SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS _line "
        f"FROM read_parquet({where}, file_row_number = true)"
    )
    text = all(pa.types.is_string(f.type) or pa.types.is_large_string(f.type) for f in whole.schema_arrow)
    notes = () if rows else (f"{name}: it has no rows.",)
    return Reading(FileQuery.of(sql, [*columns, "_line"]), text, (), notes)


def _plain(table: Any) -> Any:
    """Columns of single values that the engine knows: dictionaries unpacked, bytes as text, nested values as JSON."""
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        table = _as_json(table, nested)
    for place, field in enumerate(table.schema):
        wanted = None
        if pa.types.is_dictionary(field.type):
            wanted = field.type.value_type
        elif pa.types.is_null(field.type) or pa.types.is_duration(field.type):
            wanted = pa.string()
        elif pa.types.is_float16(field.type):
            wanted = pa.float32()
        elif pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            wanted = pa.string()
        if wanted is not None:
            try:
                column = pc.cast(table.column(place), wanted)
            except pa.ArrowInvalid:  # bytes that are no text mean nothing here
                column = pa.nulls(table.num_rows, pa.string())
            table = table.set_column(place, field.name, column)
    return table


def _as_json(table: Any, nested: list[str]) -> Any:
    con = duckdb.connect(config={"enable_external_access": "false"})
    try:
        con.register("source", table)
        changed = ", ".join(f'to_json("{n}")::VARCHAR AS "{n}"' for n in (n.replace('"', '""') for n in nested))
        return con.execute(f"SELECT * REPLACE ({changed}) FROM source").to_arrow_table()
    finally:
        con.close()
