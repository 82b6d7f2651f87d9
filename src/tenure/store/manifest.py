"""What one version of the warehouse is made of, and its JSON form with a checksum. Part of the store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tenure.errors import StoreError

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable Parquet file of a table.

    `dead` is a file of row numbers that later parts replaced; `tombstones` counts its live rows marked deleted;
    `low`, `high` bound the table's main time (ISO text, None when unknown). `made` is a file of what refresh made of
    each row by itself, with the row's number.
    """

    path: str
    rows: int
    columns: dict[str, str]
    added: int
    dead: str | None = None
    dead_rows: int = 0
    tombstones: int = 0
    low: str | None = None
    high: str | None = None
    made: str | None = None

    @property
    def live(self) -> int:
        return self.rows - self.dead_rows - self.tombstones


@dataclass(frozen=True, slots=True)
class Change:
    """Whose rows a version touched: files of customer ids, None when it is better to start anew.

    `low`: the earliest main time among the rows it added or replaced (ISO text), None where that is not known.
    """

    version: int
    paths: tuple[str, ...] | None
    low: str | None = None


@dataclass(frozen=True, slots=True)
class TableState:
    """The parts of a table, and its recent changes. Changes up to version `floor` are forgotten."""

    parts: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    floor: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One part of a rollup. `keys` is the file of keys whose rows come from this layer or a later one only."""

    path: str
    rows: int
    columns: dict[str, str]
    keys: str | None = None
    key_rows: int = 0


@dataclass(frozen=True, slots=True)
class Rollup:
    """A base and the overlays over it."""

    layers: tuple[Layer, ...]
    key: str | None
    changed: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole version."""

    version: int = 0
    tables: dict[str, TableState] = field(default_factory=dict)
    rollups: dict[str, Rollup] = field(default_factory=dict)
    loads: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)

    def files(self) -> set[str]:
        """Every file this version needs, relative to the folder of parts."""
        found: set[str | None] = set()
        for table in self.tables.values():
            found |= (
                {p.path for p in table.parts}
                | {p.dead for p in table.parts}
                | {p.made for p in table.parts}
                | {name for change in table.changes for name in change.paths or ()}
            )
        for rollup in self.rollups.values():
            found |= {layer.path for layer in rollup.layers} | {layer.keys for layer in rollup.layers}
        return {name for name in found if name}


def dump(manifest: Manifest) -> str:
    """The text of a version file."""
    body = json.dumps(asdict(manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps({"format": FORMAT, "sum": _sum(body), "body": body}, ensure_ascii=False)


def parse(text: str, file: Path) -> Manifest:
    """A version from its text; a StoreError when it is damaged or made by a newer tenure."""
    try:
        outer = json.loads(text)
        made_by = int(outer["format"])
    except (ValueError, KeyError, TypeError):
        raise damaged(file) from None
    if made_by > FORMAT:
        raise StoreError(
            f"This data was written by a newer tenure (format {made_by}, this one reads up to {FORMAT}).",
            where=str(file),
            todo="Upgrade tenure.",
        )
    try:
        body = str(outer["body"])
        if outer["sum"] != _sum(body):
            raise damaged(file)
        return _manifest(json.loads(body))
    except (ValueError, KeyError, TypeError):
        raise damaged(file) from None


def damaged(file: Path) -> StoreError:
    """The error for a stored file that is not what was written."""
    return StoreError(
        "This stored file is damaged.",
        where=str(file),
        todo="Write the number of an earlier file of .tenure/versions into .tenure/CURRENT, or remove the folder "
        ".tenure and run `tenure sync` to load everything again.",
    )


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _change(raw: dict[str, Any]) -> Change:
    return Change(raw["version"], None if raw["paths"] is None else tuple(raw["paths"]), raw.get("low"))


def _manifest(raw: dict[str, Any]) -> Manifest:
    tables = {
        name: TableState(
            tuple(Part(**p) for p in t["parts"]), tuple(map(_change, t["changes"])), t["floor"], t["changed"]
        )
        for name, t in raw["tables"].items()
    }
    rollups = {
        name: Rollup(tuple(Layer(**layer) for layer in r["layers"]), r["key"], r["changed"])
        for name, r in raw["rollups"].items()
    }
    return Manifest(raw["version"], tables, rollups, raw["loads"], raw["meta"])
