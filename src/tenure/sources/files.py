"""Files in folders: csv, tsv, jsonl, parquet, xlsx, packed or not. Collections floor: one source, and the formats it
knows.

`path` is a pattern from the workspace's folder on; each file that fits is a piece. A file's columns keep their own
names as far as here: `Mapping` says which column of the model each fills, `select` is a query over the file for what
renaming cannot say.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tenure import model
from tenure.errors import InputError
from tenure.source import Mapping, Piece, Place, Reading, Source
from tenure.source_options import Options, hint

SUFFIXES = {
    "csv": "csv",
    "txt": "csv",
    "tsv": "csv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
}
PACKED = ("csv", "txt", "tsv", "jsonl", "ndjson")
CARRIED = ("updated_at", "deleted")
"""Columns that every table of the model may carry."""


@dataclass(frozen=True)
class FileTable:
    """`[sources.NAME.tables.TABLE]`: where the files of a table are and how they map to it."""

    table: str
    paths: tuple[str, ...]
    mapping: Mapping
    select: str = ""
    sheet: str = ""
    where: str = ""
    """its place in tenure.toml, for messages"""


@dataclass(frozen=True)
class FilesSettings:
    """`[sources.NAME]` of type files."""

    tables: tuple[FileTable, ...] = ()


def settings(options: Options) -> FilesSettings:
    """The settings of a files source; a ConfigError names what cannot be."""
    tables = options.table("tables")
    found = []
    for name in tables.values if tables else ():
        assert tables is not None
        tables.one_of(name, name, model.TABLES, "a table of the model")
        table = tables.table(name)
        assert table is not None
        found.append(_table(name, table))
    return FilesSettings(tuple(found))


def pieces(settings: FilesSettings, place: Place) -> Iterator[Piece]:
    """Every file of every table, table by table and in the order of names."""
    for table in settings.tables:
        for path in matches(table, place):
            yield piece(path, table, place)


def piece(path: Path, table: FileTable, place: Place) -> Piece:
    """One file as a piece; reads its bytes once for the digest."""
    from tenure.sources import _bytes

    name = _shown(path, place.folder)
    if path.is_dir():
        raise InputError("This is a folder, not a file.", where=name, todo=f'Write "{name}/*.csv", say.')
    with _bytes.reading(path, name):
        digest = _bytes.digest(
            path, table.table, table.mapping.digest(), table.select, table.sheet, _format(path, name)
        )
    return Piece(place.name, table.table, name, digest, table.mapping, partial(read, path, name, table))


def matches(table: FileTable, place: Place) -> list[Path]:
    """The files that the table's patterns name, in order; an InputError where a pattern names none."""
    found: dict[Path, None] = {}
    for pattern in table.paths:
        plain = place.folder / Path(pattern).expanduser()
        if plain.exists():
            here = [plain]
        else:
            named = glob.glob(os.path.expanduser(pattern), root_dir=place.folder, recursive=True)
            here = sorted(path for path in (place.folder / n for n in named) if path.is_file())
        if not here:
            what = f"There is no file {pattern!r}" if not glob.has_magic(pattern) else f"No file matches {pattern!r}"
            raise InputError(
                f"{what} in {place.folder}.", where=table.where or place.name, todo="Put it there, or mend `path`."
            )
        found.update(dict.fromkeys(here))
    return list(found)


def read(path: Path, name: str, table: FileTable) -> Reading:
    """The rows of a file, or what the table's query makes of them."""
    kind = _format(path, name)
    if table.sheet and kind != "xlsx":
        raise InputError("This file has no sheets.", where=name, todo="Take `sheet` out of its settings.")
    if kind == "xlsx":
        from tenure.sources._xlsx import read_xlsx

        reading = read_xlsx(path, name, table.sheet)
    else:
        reading = _reader(kind, whole=bool(table.select))(path, name)
    if table.select:
        from tenure.sources import _query

        reading = _query.run(table.select, reading, f"{table.where}.select, on {name}" if table.where else name)
    return reading


def _reader(kind: str, *, whole: bool) -> Callable[[Path, str], Reading]:
    """A format's reader, with its library, only when a file asks for it; `whole`: the rows, not a query of them."""
    if kind == "csv":
        from tenure.sources._csv import read_csv

        return read_csv
    if kind == "jsonl":
        from tenure.sources._jsonl import read_jsonl

        return read_jsonl
    from tenure.sources._parquet import read_parquet

    return partial(read_parquet, lazily=not whole)


def _format(path: Path, name: str) -> str:
    """The format that the file's ending names."""
    endings = path.name.lower().split(".")[1:]
    packed = endings[-1:] == ["gz"]
    ending = (endings[:-1] if packed else endings)[-1:]
    if ending and ending[0] in SUFFIXES and (not packed or ending[0] in PACKED):
        return SUFFIXES[ending[0]]
    said = "." + ".".join(endings[-2:] if packed else ending) if endings else "nothing"
    raise InputError(
        f"Files that end in {said} are not known.",
        where=name,
        todo="Known: .csv, .tsv, .jsonl (each also .gz), .parquet, .xlsx.",
    )


def _shown(path: Path, folder: Path) -> str:
    """A file as people know it: from the workspace's folder on, else as it is."""
    try:
        return path.absolute().relative_to(folder.absolute()).as_posix()
    except ValueError:
        return str(path)


def _table(name: str, options: Options) -> FileTable:
    paths = options.names("path")
    if not paths:
        options.fail("path", "It is not said where the files are.", 'Write path = "data/*.csv", say.')
    columns = options.pairs("columns")
    constants = options.scalars("constants")
    attributes = options.names("attributes")
    for key, said in (("columns", columns), ("constants", constants)):
        _check_targets(options, key, said, name, attributes)
    both = sorted(set(columns) & set(constants))
    if both:
        options.fail(f"constants.{both[0]}", f"{both[0]!r} is in `columns` too.", "Say it in one of them.")
    pattern = options.text("date_format")
    if pattern and "%" not in pattern:
        options.fail("date_format", f"{pattern!r} has no part of a date in it.", 'Write "%d-%m-%Y", say.')
    mapping = Mapping(
        columns=columns,
        constants=constants,
        attributes=attributes,
        inclusive_ends=options.flag("inclusive_ends"),
        timezone=options.zone("timezone"),
        date_format=pattern,
    )
    table = FileTable(name, paths, mapping, options.text("select"), options.text("sheet"), options.where())
    options.done("key of a table of files")
    return table


def _check_targets(
    options: Options, key: str, said: dict[str, object] | dict[str, str], table: str, extra: tuple[str, ...]
) -> None:
    known = (*model.TABLES[table].columns, *CARRIED, *extra)
    for target in said:
        if target not in known:
            todo = hint(target, known)
            if not todo.startswith("Did"):
                todo = f"If you mean an attribute of your own, write attributes = [{target!r}]. {todo}".replace(
                    "'", '"'
                )
            options.fail(f"{key}.{target}", f"There is no column {target!r} in {table}.", todo)


SOURCE = Source("files", settings, pieces)
