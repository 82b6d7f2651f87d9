"""What came in: sources with their last loads, rows, rejects by reason, facts of nobody, and what is missing for what.

Floor: what is asked about. The page about data reads it; `check` says which of it is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.listing import missing
from tenure.model import TABLES, day_of

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.store import Snapshot

SAMPLES = 3
MOST_REASONS = 200
_KEPT_OUT = {"updated_at", "deleted"}


@dataclass(frozen=True)
class Intake:
    """Sources, tables, refused rows and what is missing, as `to_json` prints them."""

    version: int
    sources: tuple[Mapping[str, Any], ...]
    tables: tuple[Mapping[str, Any], ...]
    rejects: Mapping[str, Any]
    missing: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the HTTP API."""
        return {
            "version": self.version,
            "sources": [dict(source) for source in self.sources],
            "tables": [dict(table) for table in self.tables],
            "rejects": dict(self.rejects),
            "missing": [dict(one) for one in self.missing],
        }


def intake(config: Config, snapshot: Snapshot) -> Intake:
    """What a version of the data is made of."""
    loaded = frozenset(name for name, info in snapshot.tables.items() if info.rows and name in TABLES)
    return Intake(
        snapshot.version,
        tuple(_sources(config, snapshot)),
        tuple(_tables(snapshot, loaded)),
        _rejects(snapshot),
        tuple(missing(loaded)),
    )


def _sources(config: Config, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Every source of tenure.toml and every other that rows came from, with its files by table."""
    loads = [(*json.loads(name), entry) for name, entry in snapshot.manifest.loads.items()]
    notes = {tuple(json.loads(name)): said for name, said in snapshot.meta.get("notes", {}).items()}
    for source in dict.fromkeys([*config.sources, *sorted(str(load[0]) for load in loads)]):
        mine = [load for load in loads if load[0] == source]
        tables = []
        for table in dict.fromkeys(str(load[1]) for load in mine):
            files = [(str(file), entry) for _, name, file, entry in mine if name == table]
            tables.append(
                {"table": table, **_sums([entry for _, entry in files]), "files": sorted(f for f, _ in files)}
            )
        yield {
            "source": source,
            "type": config.sources[source].type if source in config.sources else None,
            "configured": source in config.sources,
            **_sums([load[3] for load in mine]),
            "tables": tables,
            "notes": [note for key, said in notes.items() if key[0] == source for note in said],
        }


def _sums(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "last_load": max((entry["loaded_at"] for entry in entries if entry.get("loaded_at")), default=None),
        "read": sum(entry["read"] for entry in entries),
        "rejected": sum(entry["rejected"] for entry in entries),
    }


def _tables(snapshot: Snapshot, loaded: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Every table with rows: how many, from when to when, of nobody, and which columns nobody ever filled in a file."""
    for name in (name for name in TABLES if name in loaded):
        spec, info = TABLES[name], snapshot.tables[name]
        day = spec.main_time and (
            day_of(spec.main_time) if spec.columns[spec.main_time].kind == "instant" else spec.main_time
        )
        first, last = (f'min("{day}")', f'max("{day}")') if day else ("NULL", "NULL")
        owned = spec.customer and name != "customers"
        nobody = "count(*) FILTER (customer_id IS NULL)" if owned else "NULL"
        strange = (
            "count(DISTINCT customer_id) FILTER (customer_id NOT IN (SELECT customer_id FROM m_customers))"
            if owned and "customers" in loaded
            else "NULL"
        )
        row = snapshot.con.execute(f"SELECT {first}, {last}, {nobody}, {strange} FROM m_{name}").fetchone()
        begin, end, rows_of_nobody, unknown = row or (None, None, None, None)
        held = {column for part in snapshot.manifest.tables[name].parts for column in part.columns}
        yield {
            "table": name,
            "rows": info.rows,
            "first": begin and begin.isoformat(),
            "last": end and end.isoformat(),
            "unattributed": rows_of_nobody,
            "unknown_customers": unknown,
            "columns_absent": [column for column in spec.columns if column not in held],
            "columns_extra": [
                column for column in info.columns if column not in spec.stored() and column not in _KEPT_OUT
            ],
        }


def _rejects(snapshot: Snapshot) -> dict[str, Any]:
    if "rejects" not in snapshot.tables:
        return {"rows": 0, "reasons": []}
    rows = snapshot.con.execute(
        "SELECT source, table_name, reason, count(*), count(DISTINCT file), max(loaded_at) FROM rejects "
        f"GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3 LIMIT {MOST_REASONS}"
    ).fetchall()
    reasons = [
        {
            "source": source,
            "table": table,
            "reason": reason,
            "rows": count,
            "files": files,
            "last_load": f"{at.isoformat()}Z" if at else None,
            "samples": rejects(snapshot, source=source, table=table, reason=reason, limit=SAMPLES),
        }
        for source, table, reason, count, files, at in rows
    ]
    return {"rows": snapshot.tables["rejects"].rows, "reasons": reasons}


def rejects(
    snapshot: Snapshot,
    *,
    source: str | None = None,
    table: str | None = None,
    reason: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Refused rows: source, table, file, line, reason, row; those of a source, table or reason where it is said."""
    if "rejects" not in snapshot.tables:
        return []
    wanted = {"source": source, "table_name": table, "reason": reason}
    said = {column: value for column, value in wanted.items() if value is not None}
    where = " AND ".join(f"{column} = ?" for column in said) or "TRUE"
    answer = snapshot.con.execute(
        "SELECT source, table_name, file, line, reason, row FROM rejects "
        f"WHERE {where} ORDER BY source, table_name, file, line, reason LIMIT ? OFFSET ?",
        [*said.values(), limit, offset],
    )
    names = ("source", "table", "file", "line", "reason", "row")
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
