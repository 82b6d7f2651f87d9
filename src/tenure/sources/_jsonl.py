"""JSON lines into columns of text: one object a line, a column for each key. Helper of files.

Nested values stay JSON text. Numbers keep every digit that is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from tenure.errors import InputError
from tenure.source import Broken, Reading

from . import _bytes

TEXT_KEPT = 1000
# DuckDB reads JSON numbers as doubles: whole ones of 19 digits and fractions of more than 15 lose their last digits.
# Lines that look as if they had such a number are read by Python, which keeps numbers as they are written.
LONG_NUMBER = r"[0-9]{19}|[0-9]{7}\.[0-9]|\.[0-9]{10}"


def read_jsonl(path: Path, name: str) -> Reading:
    """The rows of a jsonl file, packed or not. A line that is no JSON object is broken; blank lines are nothing."""
    if _bytes.head(path, name).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raise InputError("This is one JSON array.", where=name, todo="Write one object on each line (jsonl).")
    lines, broken = _quick_lines(path, name), list[Broken]()
    if lines is None:
        lines, broken = _lines(path, name)
    con = duckdb.connect(config={"enable_external_access": "false"})
    try:
        con.register("lines", lines)
        good = "CASE WHEN json_valid(text) THEN json_type(text) = 'OBJECT' ELSE FALSE END"
        con.execute(
            f"CREATE TABLE source AS SELECT line, text, {good} AS good FROM lines WHERE trim(text, e' \\t\\r\\n') <> ''"
        )
        for line, text in con.execute("SELECT line, text FROM source WHERE NOT good").fetchall():
            broken.append(Broken(line, "it is not a JSON object", text[:TEXT_KEPT].rstrip()))
        keys = [key for (key,) in con.execute(_KEYS).fetchall()]
        columns, notes = _bytes.column_names(keys, name)
        table = _extract(con, keys, columns)
        exact = con.execute(f"SELECT line, text FROM source WHERE good AND regexp_matches(text, '{LONG_NUMBER}')")
        table = _with_exact(table, exact.fetchall(), keys, columns)
    finally:
        con.close()
    if not table.num_rows and not broken:
        notes.append(f"{name}: it has no rows.")
    return Reading(table, True, tuple(sorted(broken, key=lambda b: b.line)), tuple(notes))


_KEYS = """
SELECT key FROM (SELECT line, unnest(keys) AS key, generate_subscripts(keys, 1) AS place
                 FROM (SELECT line, json_keys(text) AS keys FROM source WHERE good))
GROUP BY key ORDER BY min(line * 10000 + place)
"""


def _quick_lines(path: Path, name: str) -> Any:
    """All lines with their numbers, by Arrow as a table of one column; None where it stumbles."""
    try:
        with _bytes.reading(path, name), _bytes.open_bytes(path, name) as file:
            table = arrow_csv.read_csv(
                pa.PythonFile(file, "r"),
                read_options=arrow_csv.ReadOptions(column_names=["text"], block_size=4 * 2**20),
                parse_options=arrow_csv.ParseOptions(delimiter="\x01", quote_char=False, ignore_empty_lines=False),
                convert_options=arrow_csv.ConvertOptions(column_types={"text": pa.string()}, strings_can_be_null=False),
            )
    except (pa.ArrowInvalid, OSError):
        return None
    return table.append_column("line", pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), table.num_rows)))


def _lines(path: Path, name: str) -> tuple[Any, list[Broken]]:
    """The lines that are text, with their numbers, and those that are none."""
    numbers: list[int] = []
    texts: list[str] = []
    broken: list[Broken] = []
    with _bytes.reading(path, name), _bytes.open_bytes(path, name) as file:
        for number, raw in enumerate(_bytes.lines(file, name), 1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            try:
                texts.append(line.decode("utf-8"))
                numbers.append(number)
            except UnicodeDecodeError as error:
                text = line[:TEXT_KEPT].decode("utf-8", "backslashreplace").rstrip()
                broken.append(Broken(number, f"byte {error.start + 1} is not UTF-8 text", text))
    return pa.table({"text": pa.array(texts, pa.string()), "line": pa.array(numbers, pa.int64())}), broken


def _extract(con: duckdb.DuckDBPyConnection, keys: list[str], columns: list[str]) -> Any:
    """One column for each key, in one pass over the text."""
    if not keys:
        return con.execute("SELECT line AS _line FROM source WHERE good ORDER BY line").to_arrow_table()
    pointers = ["/" + key.replace("~", "~0").replace("/", "~1") for key in keys]
    listed = ", ".join(_quoted(pointer, "'") for pointer in pointers)
    picked = ", ".join(f"nullif(found[{i}], '') AS {_quoted(column)}" for i, column in enumerate(columns, 1))
    query = f"""
        SELECT {picked}, line AS _line
        FROM (SELECT line, json_extract_string(text, [{listed}]) AS found FROM source WHERE good) ORDER BY line
    """
    return con.execute(query).to_arrow_table()


def _with_exact(table: Any, lines: list[tuple[int, str]], keys: list[str], columns: list[str]) -> Any:
    """The table, with the rows of some lines as Python reads them: every number as it is written."""
    if not lines:
        return table
    rows = [json.loads(text, parse_float=_Number, parse_int=_Number) for _, text in lines]
    arrays = [pa.array([_text(row.get(key)) for row in rows], pa.string()) for key in keys]
    numbers = pa.array([line for line, _ in lines], pa.int64())
    exact = pa.table([*arrays, numbers], names=[*columns, "_line"])
    others = table.filter(pc.invert(pc.is_in(table["_line"], value_set=numbers)))
    return pa.concat_tables([others, exact]).sort_by("_line")


class _Number(str):
    """A JSON number, as it is written."""

    __slots__ = ()


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value)


def _json(value: object) -> str:
    """JSON text in which numbers stand as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_json(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value)


def _quoted(text: str, quote: str = '"') -> str:
    return quote + text.replace(quote, quote * 2) + quote
