"""Reading: one version, for as long as somebody holds it. Part of the store."""

from __future__ import annotations

import contextlib
import shutil
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb

import tenure.store.manifest as m
from tenure.model import TABLES
from tenure.store.files import Folder
from tenure.store.tables import columns_of, literal, views
from tenure.store.writer import Writer


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table that has ever been loaded: its live rows and its columns with their types, extra ones included."""

    name: str
    rows: int
    columns: dict[str, str]


class Store:
    """The warehouse in a workspace's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(Path(folder).resolve())

    @property
    def version(self) -> int:
        """The number of the newest version, cheaply; 0 where nothing was ever loaded."""
        return self._folder.number()

    def snapshot(self) -> Snapshot:
        """The newest version, as it stands now. Never waits for a writer."""
        return Snapshot(self._folder)

    @contextlib.contextmanager
    def write(self) -> Iterator[Writer]:
        """The next version in the making; a StoreError that is not permanent while another process writes."""
        with self._folder.lock():
            self._folder.sweep()
            base = self._folder.open_current()
            spill = self._folder.spill()
            con = connect(spill)
            writer: Writer | None = None
            try:
                run_views(con, self._folder, base[0])
                writer = Writer(self._folder, con, base[0])
                yield writer
            finally:
                con.close()
                _release(base[1], spill)
                if writer is not None and not writer.committed:
                    writer.discard()


class Snapshot:
    """One version to read. `con` has the views and nothing else: it can open no file but this version's own."""

    def __init__(self, folder: Folder) -> None:
        self.manifest, pin = folder.open_current()
        spill = folder.spill()
        try:
            self.con = connect(spill)
            run_views(self.con, folder, self.manifest)
            _lock_down(self.con, [folder.part(name) for name in sorted(self.manifest.files())])
        except BaseException:
            if pin is not None:
                pin.close()
            raise
        # Tied to the connection, so that it keeps its version alive without this object too.
        self._release = weakref.finalize(self.con, _release, pin, spill)

    @property
    def version(self) -> int:
        return self.manifest.version

    @property
    def meta(self) -> dict[str, Any]:
        """What the writer of this version noted (Writer.meta)."""
        return self.manifest.meta

    @property
    def tables(self) -> dict[str, TableInfo]:
        """Every model table that ever got a row, and rejects if there are any."""
        return {
            name: TableInfo(name, sum(part.live for part in state.parts), columns_of(name, state))
            for name, state in self.manifest.tables.items()
            if state.parts and (name in TABLES or name == "rejects")
        }

    @property
    def rollups(self) -> dict[str, int]:
        """Every stored rollup and the version that last changed it."""
        return {name: rollup.changed for name, rollup in self.manifest.rollups.items()}

    def beside(self) -> duckdb.DuckDBPyConnection:
        """Another connection to this version, with temporary tables of its own; good for as long as this one is."""
        return self.con.cursor()

    def close(self) -> None:
        """Let go of the version."""
        self.con.close()
        self._release()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory engine: UTC, quiet, no extensions from the network, spilling into a folder of its own."""
    con = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    # For the whole engine, so that further connections to it have them too.
    con.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL python_enable_replacements = FALSE")
    con.execute(f"SET temp_directory = {literal(spill)}")
    con.execute("SET enable_progress_bar = FALSE")  # else it draws bars of its own in notebooks and worker processes
    return con


def run_views(con: duckdb.DuckDBPyConnection, folder: Folder, manifest: m.Manifest) -> None:
    """Make every view of a version."""
    try:
        con.execute(views(folder.parts, manifest))
    except duckdb.IOException as error:
        raise m.damaged(folder.version_file(manifest.version)) from error
    except duckdb.InvalidInputException as error:  # a part that is no Parquet file any more
        raise m.damaged(folder.parts) from error


def _lock_down(con: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    allowed = ", ".join(literal(file) for file in files)
    con.execute(f"SET allowed_paths = [{allowed}]; SET enable_external_access = FALSE; SET lock_configuration = TRUE")


def _release(pin: IO[str] | None, spill: Path) -> None:
    if pin is not None:
        pin.close()
    shutil.rmtree(spill, ignore_errors=True)
