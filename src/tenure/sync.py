"""Runs sources into load: `pull` what tenure.toml names, `load_files` what a person points at. Machinery floor.

Both work inside a writer that the caller commits: an InputError halfway leaves everything as it was. What a person
should know about a file (an encoding that was guessed, no rows) is told to `on_note` at once and kept in the writer's
`meta["notes"]` until the file is read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import duckdb

from tenure import catalog, load, model
from tenure import source as sources
from tenure.errors import InputError, RequestError, UnknownName
from tenure.recognise import recognise
from tenure.source import Piece, Place, Source
from tenure.sources import files
from tenure.sources.files import FilesSettings, FileTable
from tenure.store import Writer

Progress = Callable[[str, int, "int | None"], None]
Note = Callable[[str], None]
BY_HAND = "import"
"""The source of files that no source in tenure.toml names."""


class Configured(Protocol):
    """One source of tenure.toml."""

    @property
    def type(self) -> str: ...
    @property
    def settings(self) -> Any: ...


class Settings(Protocol):
    """What is needed of a workspace's settings."""

    @property
    def folder(self) -> Path: ...
    @property
    def timezone(self) -> str: ...
    @property
    def sources(self) -> Mapping[str, Any]: ...


def pull(
    config: Settings,
    tx: Writer,
    names: Sequence[str] = (),
    full: bool = False,
    on_progress: Progress | None = None,
    on_note: Note | None = None,
) -> list[load.LoadReport]:
    """Load what is new in every source, or in those named, in the order of tenure.toml; with `full`, all of it."""
    for name in names:
        if name not in config.sources:
            raise UnknownName("source", name, config.sources)
    pieces: list[Piece] = []
    for name, configured in config.sources.items():
        if not names or name in names:
            source = catalog.member("tenure.sources", Source, configured.type)
            pieces += source.pieces(configured.settings, Place(name, config.folder))
    return _load_all(config, tx, pieces, full, on_progress, on_note)


def start_anew(config: Settings, tx: Writer) -> None:
    """Forget every row, to load all sources again; a RequestError where rows came from no source of tenure.toml."""
    strangers = {json.loads(name)[0] for name in tx.loads} - set(config.sources)
    if strangers:
        raise RequestError(
            f"Everything must be loaded anew, but some files were imported by hand ({', '.join(sorted(strangers))}).",
            todo="Remove the folder .tenure, sync, and import them again.",
        )
    for table in {json.loads(name)[1] for name in tx.loads}:
        tx.replace_table(table, f"SELECT * FROM m_{table} WHERE FALSE")
    tx.loads.clear()


def load_files(
    config: Settings,
    tx: Writer,
    paths: Sequence[Path],
    table: str | None = None,
    source: str | None = None,
    on_progress: Progress | None = None,
    on_note: Note | None = None,
) -> list[load.LoadReport]:
    """Load files now.

    A file that a source of tenure.toml names is read as it says there; of any other, its columns tell the table, unless
    `table` does.
    """
    if table is not None and table not in model.TABLES:
        raise UnknownName("table", table, model.TABLES)
    pieces: list[Piece] = []
    for path in paths:
        known = _configured(config, path, table, source)
        if known:
            pieces += [files.piece(path, how, Place(name, config.folder)) for name, how in known]
        else:
            pieces.append(_told_by_columns(config, path, table, source or BY_HAND, on_note))
    return _load_all(config, tx, pieces, False, on_progress, on_note)


def _configured(config: Settings, path: Path, table: str | None, source: str | None) -> list[tuple[str, FileTable]]:
    """The tables of files in tenure.toml that the file belongs to: by its place, else by the names given."""
    candidates = [
        (name, how)
        for name, configured in config.sources.items()
        if isinstance(configured.settings, FilesSettings) and source in (None, name)
        for how in configured.settings.tables
        if table in (None, how.table)
    ]
    here = [(name, how) for name, how in candidates if path.resolve() in _places(how, Place(name, config.folder))]
    if here or source is None:
        return here
    return candidates if len(candidates) == 1 else []


def _places(table: FileTable, place: Place) -> set[Path]:
    try:
        return {path.resolve() for path in files.matches(table, place)}
    except InputError:
        return set()


def _told_by_columns(config: Settings, path: Path, table: str | None, source: str, on_note: Note | None) -> Piece:
    """A file whose own columns say what it is. It is read for that, once."""
    how = FileTable(table or "", (str(path),), sources.Mapping())
    piece = files.piece(path, how, Place(source, config.folder))
    reading = piece.read()
    columns = [name for name in reading.data.column_names if name != "_line"]
    found = recognise(columns, piece.name, table)
    if on_note and (table is None or found.columns):
        on_note(found.why)
    mapping = sources.Mapping(columns=found.columns)
    return replace(piece, table=found.table, mapping=mapping, read=lambda: reading)


def _load_all(
    config: Settings,
    tx: Writer,
    pieces: Iterable[Piece],
    full: bool,
    on_progress: Progress | None,
    on_note: Note | None,
) -> list[load.LoadReport]:
    listed = list(pieces)
    reports = []
    for done, piece in enumerate(listed):
        stage = partial(_stage, on_progress, piece, done, len(listed))
        stage("looking")
        seen = None
        if not full:
            seen = load.known(
                tx, piece.source, piece.table, piece.name, piece.digest, piece.mapping, timezone=config.timezone
            )
        reports.append(seen or _load(config, tx, piece, full, stage, on_note))
    if on_progress and listed:
        on_progress("done", len(listed), len(listed))
    return reports


def _load(
    config: Settings, tx: Writer, piece: Piece, full: bool, stage: Callable[[str], None], on_note: Note | None
) -> load.LoadReport:
    reading = piece.read()
    extract = load.Extract(
        piece.source, piece.table, piece.name, piece.digest, reading.data, reading.text, piece.mapping, reading.broken
    )
    try:
        report = load.load(tx, extract, timezone=config.timezone, force=full, on_progress=stage)
    except duckdb.Error as error:
        if not isinstance(reading.data, sources.FileQuery):
            raise
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(
            f"This file cannot be read whole: {reason}.", where=piece.name, todo="Make it again."
        ) from None
    for note in reading.notes:
        if on_note:
            on_note(note)
    _keep_notes(tx, piece, reading.notes)
    return report


def _keep_notes(tx: Writer, piece: Piece, notes: tuple[str, ...]) -> None:
    """Put a file's notes in the place of those of its earlier content."""
    kept: dict[str, list[str]] = dict(tx.meta.get("notes", {}))
    name = json.dumps([piece.source, piece.table, piece.name], ensure_ascii=False)
    kept.pop(name, None)
    if notes:
        kept[name] = list(notes)
    if kept or "notes" in tx.meta:
        tx.meta["notes"] = kept


def _stage(on_progress: Progress | None, piece: Piece, done: int, total: int, what: str) -> None:
    if on_progress:
        on_progress(f"{piece.name}: {what}", done, total)
