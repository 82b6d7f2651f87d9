"""Files as bytes and lines, for the formats that are text: opening, packing, encodings, names of columns. Helper of
files."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tenure.errors import InputError

LONGEST_LINE = 16 * 2**20
"""Bytes. A longer line is no row of a table, whatever the file is called."""
STRANGE_SIZE, STRANGE_RATIO = 128 * 2**20, 200
"""Packed data that unpack to more than this, and to more than this many times their size, are refused."""
HEAD = 64 * 1024


def digest(path: Path, *settings: str) -> str:
    """sha256 of the file's bytes and of the settings it is read with."""
    total = hashlib.sha256("\0".join(settings).encode())
    with reading(path, path.name), path.open("rb") as file:
        while block := file.read(2**20):
            total.update(block)
    return total.hexdigest()


@contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """What goes wrong with the file itself becomes an InputError that says what to do."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("There is no such file.", where=name, todo="Check the path.") from None
    except IsADirectoryError:
        raise InputError("This is a folder, not a file.", where=name, todo=f'Write "{name}/*.csv", say.') from None
    except PermissionError:
        raise InputError("This file may not be read.", where=name, todo="Change its permissions.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"This gzip file is broken: {str(error).rstrip('.')}.", where=name, todo="Make or copy it again."
        ) from None


class Unpacked(io.RawIOBase):
    """A gzip file, unpacked as it is read, that stops at what no honest file unpacks to."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self._file = gzip.GzipFile(path, "rb")
        self._name = name
        self._packed = path.stat().st_size
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # the type of buffers has a name from Python 3.12 on
        got = self._file.readinto(buffer)
        self._read += got
        check_unpacked(self._packed, self._read, self._name)
        return got

    def close(self) -> None:
        self._file.close()
        super().close()


def check_unpacked(packed: int, unpacked: int, name: str) -> None:
    """Refuse packed data that unpack to far more than they should."""
    if unpacked > STRANGE_SIZE and unpacked > packed * STRANGE_RATIO:
        raise InputError(
            f"Its {packed:,} bytes unpack to {unpacked:,} and more, which no honest table does.",
            where=name,
            todo="Unpack it yourself and look at what is inside.",
        )


def open_bytes(path: Path, name: str) -> IO[bytes]:
    """The file's bytes, unpacked if its name ends in .gz."""
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(Unpacked(path, name), 2**20)
    return path.open("rb")


def head(path: Path, name: str, size: int = HEAD) -> bytes:
    """The first bytes; refuses a file that is empty or not text. UTF-16 (with its mark) passes."""
    with reading(path, name), open_bytes(path, name) as file:
        start = file.read(size)
    if not start.removeprefix(b"\xef\xbb\xbf").strip():
        raise InputError("This file is empty.", where=name, todo="Export it again; a table starts with a header.")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start
    odd = sum(start.count(byte) for byte in (*range(9), *range(14, 32), 127))
    if 0 in start or odd > len(start) // 20:
        raise InputError(f"This is not text{_guess(start)}.", where=name, todo="Give the file its true ending.")
    return start


def _guess(start: bytes) -> str:
    for magic, what in (
        (b"PK\x03\x04", "a zip or xlsx file"),
        (b"\x1f\x8b", "a gzip file"),
        (b"PAR1", "a parquet file"),
    ):
        if start.startswith(magic):
            return f", but {what}"
    return ""


def lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    """The lines with their ends; refuses one that is longer than LONGEST_LINE."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise InputError(
                f"This line is longer than {LONGEST_LINE // 2**20} MB.",
                where=f"{name}, line {number}",
                todo="Look whether this is the file you meant, and whether its lines end in line breaks.",
            )
        yield line


def column_names(header: list[str], name: str) -> tuple[list[str], list[str]]:
    """Names that differ even without regard to case, and notes about those that had to change."""
    seen: set[str] = {"_line"}
    names: list[str] = []
    notes: list[str] = []
    for position, said in enumerate(header, 1):
        wanted = said.strip() or f"column_{position}"
        given, again = wanted, 2
        while given.lower() in seen:
            given, again = f"{wanted}_{again}", again + 1
        if given != wanted:
            notes.append(f"{name}: column {position} is called {wanted!r} like another; it is read as {given!r}.")
        seen.add(given.lower())
        names.append(given)
    return names, notes
