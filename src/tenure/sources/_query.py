"""The one query a person may write over a file, which it sees as the table `source`. Helper of files.

DuckDB itself parses the query, and the parsed form is what is judged: one SELECT, over `source` and its own WITH
names, with no function that reads files, settings or the network. Then it runs where nothing but `source` is in
reach: its own engine, in memory, with access to the outside shut off and its settings locked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import duckdb
import pyarrow as pa

from tenure.errors import InputError
from tenure.source import Reading

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
FORBIDDEN = frozenset(
    {
        *("getenv", "getvariable", "current_setting", "set_config", "query", "query_table", "write_log"),
        *("current_database", "current_schema", "current_schemas", "current_catalog", "current_query", "version"),
        *("current_user", "session_user", "user", "txid_current", "currval", "nextval", "pg_sleep", "sleep_ms"),
    }
)
TODO = "Read only from the table `source`, which is the file."


def check(query: str, where: str) -> None:
    """Refuse a query that is not one SELECT over `source`."""
    con = duckdb.connect(config={"enable_external_access": "false"})
    try:
        _judge(_parsed(con, query, where), where)
    finally:
        con.close()


def run(query: str, reading: Reading, where: str) -> Reading:
    """The rows that the query makes of a file. `_line` stays known where each of them is made of one row."""
    con = duckdb.connect(config={"enable_external_access": "false"})
    try:
        tree = _parsed(con, query, where)
        _judge(tree, where)
        con.register("source", reading.data)
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET lock_configuration = true")
        data = _run(con, _with_line(con, tree), query, where)
    finally:
        con.close()
    if "_line" not in data.column_names:
        data = data.append_column("_line", pa.nulls(data.num_rows, pa.int64()))
    text = all(pa.types.is_string(f.type) or pa.types.is_large_string(f.type) for f in data.schema if f.name != "_line")
    return Reading(data, text, reading.broken, reading.notes)


def _parsed(con: duckdb.DuckDBPyConnection, query: str, where: str) -> Any:
    row = con.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchone()
    tree: Any = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        if tree.get("error_type") == "not implemented":
            _refuse("The query is not a SELECT", where)
        _refuse(f"The query cannot be understood: {str(tree.get('error_message')).rstrip('.')}", where, "Mend it.")
    if len(tree["statements"]) != 1:
        _refuse("There is more than one statement", where, "Write one SELECT.")
    return tree


def _judge(tree: Any, where: str) -> None:
    known = {"source"} | {str(entry["key"]).lower() for node in _nodes(tree) for entry in _ctes(node)}
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "BASE_TABLE":
            named = ".".join(part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part)
            if named.lower() not in known:
                _refuse(f"The query reads from {named!r}", where)
        elif kind == "TABLE_FUNCTION":
            function = str(node["function"]["function_name"]).lower()
            if function not in TABLE_FUNCTIONS:
                _refuse(f"The query reads from {function}()", where)
        elif kind == "FUNCTION" and str(node.get("function_name")).lower() in FORBIDDEN:
            _refuse(f"The query uses {node['function_name']}(), which looks beyond the file", where)
        elif kind == "SHOW_REF":
            _refuse("The query describes tables", where)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack += value.values()
        elif isinstance(value, list):
            stack += value


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("cte_map")
    return list(found.get("map", [])) if isinstance(found, dict) else []


def _with_line(con: duckdb.DuckDBPyConnection, tree: Any) -> str:
    """The query with `_line` added to what it selects, where that cannot change its rows; else "".

    If `_line` is not to be had there (rows are groups, say), the query fails to bind and runs as it was written.
    """
    node = tree["statements"][0]["node"]
    plain = (
        node.get("type") == "SELECT_NODE"
        and not node.get("group_expressions")
        and node.get("aggregate_handling") == "STANDARD_HANDLING"
        and not any(m.get("type") == "DISTINCT_MODIFIER" for m in node.get("modifiers", []))
        and not any(item.get("class") == "STAR" for item in node["select_list"])
    )
    if not plain:
        return ""
    column = {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": 0, "column_names": ["_line"]}
    node["select_list"].append(column)
    row = con.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(tree)]).fetchone()
    return str(row[0]) if row else ""


def _run(con: duckdb.DuckDBPyConnection, lined: str, query: str, where: str) -> Any:
    if lined:
        try:
            bound = con.sql(lined)
            if bound.columns.count("_line") == 1:
                return bound.to_arrow_table()
        except duckdb.BinderException:
            pass
        except duckdb.Error as error:
            _failed(error, where)
    try:
        return con.sql(query).to_arrow_table()
    except duckdb.Error as error:
        _failed(error, where)


def _failed(error: duckdb.Error, where: str) -> NoReturn:
    said = str(error).split("\n\nLINE")[0].strip().replace("\n", " ").rstrip(".")
    raise InputError(f"The query fails on this file: {said}.", where=where, todo="Mend `select`.") from None


def _refuse(what: str, where: str, todo: str = TODO) -> NoReturn:
    raise InputError(f"{what}.", where=where, todo=todo)
