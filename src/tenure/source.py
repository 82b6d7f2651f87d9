"""What a source is: something that data are pulled from, piece by piece. Language floor.

A source type (`files`, a vendor, a warehouse) is one `Source` value in its own module of `sources/`. It reads its
part of tenure.toml into settings of its own, and lists the pieces that are there now: a file, a page of an API. A
piece says what it is (`digest`) before it is read, so that what is already known costs nothing. Reading gives columns
as they stand in the piece, and how they map to a table of the model; turning values into the model's types is load's
work alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tenure.source_options import Options


@dataclass(frozen=True)
class Mapping:
    """How the columns of a piece become those of a model table."""

    columns: dict[str, str] = field(default_factory=dict)
    """model column -> column of the piece; what is not named here keeps its own name"""
    constants: dict[str, object] = field(default_factory=dict)
    """model column -> the value that every row has"""
    attributes: tuple[str, ...] = ()
    """extra names that `columns` and `constants` may fill"""
    inclusive_ends: bool = False
    """a date-only ended_at is the last day inside"""
    timezone: str = ""
    """of times without an offset; empty: UTC"""
    date_format: str = ""
    """strptime pattern of dates and times that are not ISO; empty: ISO"""

    def digest(self) -> str:
        """The same for the same mapping, whatever the order it was written in."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Broken:
    """A line that is not even a row: it cannot be decoded, or its fields do not fit the header."""

    line: int
    reason: str
    text: str


class FileQuery(str):
    """A query of the engine's own that gives a file's rows, and the columns it gives."""

    column_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, sql: str, columns: Iterable[str]) -> FileQuery:
        """A query with its columns."""
        query = cls(sql)
        query.column_names = tuple(columns)
        return query


@dataclass(frozen=True)
class Reading:
    """The rows of a piece: columns under their own names and `_line`, their 1-based place in it."""

    data: Any
    """a pyarrow.Table, or a FileQuery where the engine reads the file better itself"""
    text: bool
    """every column but _line is text, as written"""
    broken: tuple[Broken, ...] = ()
    notes: tuple[str, ...] = ()
    """what a person should know: an encoding that was guessed, a header without rows"""


@dataclass(frozen=True)
class Piece:
    """One thing to load into one table: a file, a page."""

    source: str
    table: str
    name: str
    """the file, as messages and rejects name it"""
    digest: str
    """changes when content, mapping or query change; the same digest is loaded once"""
    mapping: Mapping
    read: Callable[[], Reading]


@dataclass(frozen=True)
class Place:
    """Where a source is used: its name in tenure.toml and the workspace's folder, which paths start from."""

    name: str
    folder: Path


@dataclass(frozen=True)
class Source:
    """A source type.

    `settings` reads `[sources.NAME]` into a frozen value and raises ConfigError for what cannot be. `pieces` lists what
    is there now, in a fixed order; it may raise InputError (nothing there) and reads no more than it must.
    """

    type: str
    settings: Callable[[Options], object]
    pieces: Callable[[Any, Place], Iterable[Piece]]
