"""The folder of the warehouse: names, locks, the pointer, what may be removed. Part of the store; knows no SQL.

Safety rests on three things: a file is on disk before a version names it, a version is on disk before CURRENT names it,
and nothing is removed while a version that a reader holds (by a shared lock on its file) names it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import tenure.store.manifest as m
from tenure.errors import StoreError

KEPT_VERSIONS = 3


class Folder:
    """The paths and the safe acts on them."""

    def __init__(self, workspace: Path) -> None:
        self.root = workspace / ".tenure"
        self.parts = self.root / "parts"
        self.versions = self.root / "versions"
        self.current = self.root / "CURRENT"
        self.temporary = self.root / "tmp"

    def part(self, name: str) -> Path:
        return self.parts / name

    def new_name(self, table: str) -> str:
        """A name no file ever had."""
        (self.parts / table).mkdir(parents=True, exist_ok=True)
        return f"{table}/{uuid.uuid4().hex}.parquet"

    def version_file(self, version: int) -> Path:
        return self.versions / f"{version}.json"

    def spill(self) -> Path:
        """A folder for what does not fit in memory, told apart by process."""
        return self.temporary / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"

    # reading

    def number(self) -> int:
        """The version CURRENT points to; 0 where nothing was ever loaded."""
        try:
            text = self.current.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return 0
        except (UnicodeDecodeError, IsADirectoryError):
            raise m.damaged(self.current) from None
        if not text.isdigit():
            raise m.damaged(self.current)
        return int(text)

    def open_current(self) -> tuple[m.Manifest, IO[str] | None]:
        """CURRENT's version and the open file that pins it against removal."""
        for _ in range(100):
            number = self.number()
            if number == 0:
                return m.Manifest(), None
            file = self.pin(number)
            if file is not None:
                return self._read(file, number)
            if self.number() == number:  # not merely overtaken by newer versions while we looked
                raise m.damaged(self.version_file(number))
        raise StoreError("The data change faster than they can be opened.", where=str(self.root), permanent=False)

    def _read(self, file: IO[str], number: int) -> tuple[m.Manifest, IO[str]]:
        path = self.version_file(number)
        try:
            found = m.parse(file.read(), path)
            if found.version != number:
                raise m.damaged(path)
        except UnicodeDecodeError:
            file.close()
            raise m.damaged(path) from None
        except StoreError:
            file.close()
            raise
        return found, file

    def pin(self, number: int) -> IO[str] | None:
        """The version's file under a shared lock, or None when it is gone or going."""
        path = self.version_file(number)
        try:
            file = path.open(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        except (BlockingIOError, FileNotFoundError):
            pass
        file.close()
        return None

    # writing

    def lock(self) -> IO[str]:
        """The lock of the one writer; refused at once while another process (or thread) holds it."""
        self.versions.mkdir(parents=True, exist_ok=True)
        self.parts.mkdir(exist_ok=True)
        file = (self.root / "lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise StoreError(
                f"Another process (id {holder}) is writing.",
                where=str(self.root),
                todo="Wait until it is done and try again.",
                permanent=False,
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        return file

    def publish(self, new: m.Manifest, written: Iterable[str]) -> None:
        """Make a version real: its files, then itself, then the pointer, each on disk before the next."""
        folders = {self.parts}
        for name in written:
            path = self.part(name)
            _sync(path)
            folders.add(path.parent)
        path = self.version_file(new.version)
        _write(path, m.dump(new))
        for folder in (*folders, self.versions):
            _sync(folder)
        draft = self.root / "CURRENT.new"
        _write(draft, str(new.version))
        os.replace(draft, self.current)
        _sync(self.root)

    def sweep(self) -> None:
        """Remove what no version that can still be read needs. Only the writer may call this."""
        current = self.number()
        needed: set[str] = set()
        for path in list(self.versions.iterdir()):
            number = int(path.stem) if path.suffix == ".json" and path.stem.isdigit() else -1
            recent = current - KEPT_VERSIONS < number <= current
            if not recent and (number > current or self._unpinned(path)):
                path.unlink(missing_ok=True)
                continue
            try:
                needed |= m.parse(path.read_text(encoding="utf-8"), path).files()
            except (StoreError, UnicodeDecodeError):
                if number == current:
                    raise
                path.unlink(missing_ok=True)
        for path in list(self.parts.glob("*/*")):
            if f"{path.parent.name}/{path.name}" not in needed:
                path.unlink(missing_ok=True)
        self._sweep_spills()

    @staticmethod
    def _unpinned(path: Path) -> bool:
        """Whether nobody reads this version. The lock is held until it is unlinked by way of the open file's close."""
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            path.unlink(missing_ok=True)
            return True

    def _sweep_spills(self) -> None:
        if not self.temporary.exists():
            return
        for path in list(self.temporary.iterdir()):
            owner = path.name.split("-")[0]
            if not owner.isdigit() or not _alive(int(owner)):
                shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    with contextlib.suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
