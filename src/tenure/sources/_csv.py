"""CSV and its kin into columns of text, each row with its physical line. Helper of files.

Regular files take the fast way: Arrow's parallel reader. Whatever it stumbles over (fields that do not fit the
header, bytes that are not text, quotes that never close) goes line by line through `_csv_lines`, which rejects the
line and keeps the rest. A line break inside quotes counts: a row's `_line` is where the row starts in the file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import IO

from tenure.errors import InputError
from tenure.source import Reading

from . import _bytes, _csv_arrow, _csv_lines

DELIMITERS = ",;\t|"
ANSI = "cp1252"
NO_LETTERS = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFF])
"""Bytes that mean nothing in Windows-1252, or a letter so rare that they rather mean binary data."""


def read_csv(path: Path, name: str) -> Reading:
    """The rows of a csv, tsv or packed file."""
    start = _bytes.head(path, name)
    prefer = "\t" if ".tsv" in path.name.lower() else ","
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _read(path, name, _recode(path, name, "utf-16"), prefer)
    if b"\r" in start and b"\n" not in start:  # lines end as they did on old Macs
        with _bytes.reading(path, name), _bytes.open_bytes(path, name) as file:
            return _read(path, name, file.read().replace(b"\r", b"\n"), prefer)
    reading = _read(path, name, None, prefer) if _is_utf8(start[: start.rfind(b"\n") + 1]) else None
    if (reading is None or _undecodable(reading)) and _is_ansi(path, name):
        reading = _read(path, name, _recode(path, name, ANSI), prefer)
        note = f"{name}: it is not UTF-8; it was read as Windows-1252 (Western European). Look at its accents."
        return replace(reading, notes=(note, *reading.notes))
    return reading or _read(path, name, None, prefer)


def _read(path: Path, name: str, text: bytes | None, prefer: str) -> Reading:
    """The rows of the file, or of its `text` where that had to be decoded first."""
    start = _bytes.head(path, name) if text is None else text[: _bytes.HEAD]
    delimiter = sniff(start, prefer)
    with _bytes.reading(path, name):
        header, first = _header(_open(path, name, text), name, delimiter)
        names, notes = _bytes.column_names(header, name)
        # A header of several lines, or one below blank lines, is for the careful way.
        table = _csv_arrow.whole(_open(path, name, text), names, delimiter) if first == 2 else None
        if table is not None:
            reading = Reading(table, True)
        else:
            reading = _csv_lines.read(_open(path, name, text), name, names, delimiter, first)
    if not reading.data.num_rows and not reading.broken:
        notes.append(f"{name}: it has a header and no rows.")
    return replace(reading, notes=tuple(notes))


def sniff(start: bytes, prefer: str = ",") -> str:
    """The delimiter: the one that cuts the first lines into the most fields of the same number."""
    sample = start.decode("utf-8-sig", "replace").splitlines()[:50]
    if len(start) >= _bytes.HEAD and len(sample) > 1:
        sample.pop()
    best, most = prefer, 0.0
    for delimiter in sorted(DELIMITERS, key=lambda d: d != prefer):
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = widths[0] * (widths.count(widths[0]) / len(widths)) ** 2
            if score > most:
                best, most = delimiter, score
    return best


def _open(path: Path, name: str, text: bytes | None) -> IO[bytes]:
    return _bytes.open_bytes(path, name) if text is None else io.BytesIO(text)


def _header(file: IO[bytes], name: str, delimiter: str) -> tuple[list[str], int]:
    """The fields of the header, and the line on which the rows start."""
    with file:
        for record in _csv_lines.records(_csv_lines.Lines(file, name), delimiter):
            if record.reason:
                raise InputError(
                    f"The header cannot be read: {record.reason}.", where=f"{name}, line {record.line}", todo="Mend it."
                )
            if any(field.strip() for field in record.fields):
                return record.fields, record.line + record.height
    raise InputError("This file is empty.", where=name, todo="Export it again; a table starts with a header.")


def _undecodable(reading: Reading) -> bool:
    return any(broken.reason.endswith("not UTF-8 text") for broken in reading.broken)


def _is_ansi(path: Path, name: str) -> bool:
    """Whether bytes beyond ASCII are in the file, no line that has them is UTF-8, and all could be letters."""
    found = False
    with _bytes.reading(path, name), _bytes.open_bytes(path, name) as file:
        for line in _bytes.lines(file, name):
            if not line.isascii():
                found = True
                if _is_utf8(line) or any(byte in line for byte in NO_LETTERS):
                    return False
    return found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _recode(path: Path, name: str, encoding: str) -> bytes:
    with _bytes.reading(path, name), _bytes.open_bytes(path, name) as file:
        raw = file.read()
    try:
        return raw.decode(encoding).encode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"This file starts like {encoding.upper()} but is not: {error.reason}.",
            where=name,
            todo="Save it as UTF-8.",
        ) from None
