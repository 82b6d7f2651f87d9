"""Parquet into typed columns, each row with its place in the file. Helper of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenure.errors import InputError
from tenure.source import Reading

from . import _bytes


def read_parquet(path: Path, name: str) -> Reading:
    """The rows of a parquet file, with the types it has; lists and structs as JSON text."""
    with _bytes.reading(path, name):
        size = path.stat().st_size
        if not size:
            raise InputError("This file is empty.", where=name, todo="Export it again.")
        try:
            with path.open("rb") as file:
                table = pq.ParquetFile(file).read()
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
