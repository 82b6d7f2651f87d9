"""A sheet of a spreadsheet into columns of text, each row with its number in the sheet. Helper of files.

Numbers come as a person reads them in the sheet: fifteen digits, as spreadsheets count, so 0.1 + 0.2 is 0.3. Dates
are ISO. A spreadsheet is a zip: what it unpacks to is counted before anything is parsed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from tenure.errors import InputError, suggest
from tenure.source import Reading

from . import _bytes

BATCH = 50_000
MOST_COLUMNS = 2000
BIGGEST = 512 * 2**20
"""Bytes, unpacked."""


def read_xlsx(path: Path, name: str, sheet: str = "") -> Reading:
    """The rows of the named sheet, or of the first one. The first row that is not blank is the header."""
    with _bytes.reading(path, name), _whole(path, name):
        _check_zip(path, name)
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            return _sheet(_find(book, sheet, name), name)
        finally:
            book.close()


@contextmanager
def _whole(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except (OSError, zlib.error, EOFError) as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
            raise
        raise _broken(path, name, str(error)) from None
    except Exception as error:  # openpyxl raises whatever its XML and zip readers do
        raise _broken(path, name, f"{type(error).__name__}: {error}") from None


def _broken(path: Path, name: str, reason: str) -> InputError:
    if not path.stat().st_size:
        return InputError("This file is empty.", where=name, todo="Export it again; a table starts with a header.")
    said = (reason.splitlines() or ["?"])[0].rstrip(".")[:200]
    todo = "Open and save it again as .xlsx, or export it as csv."
    return InputError(f"This is not a whole spreadsheet: {said}.", where=name, todo=todo)


def _check_zip(path: Path, name: str) -> None:
    """Refuse what would not fit in memory, going by what is declared and then by what is really there."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        _check_size(path, sum(part.file_size for part in parts), name)
        unpacked = 0
        for part in parts:
            with packed.open(part) as stream:
                while block := stream.read(2**20):
                    unpacked += len(block)
                    _check_size(path, unpacked, name)


def _check_size(path: Path, unpacked: int, name: str) -> None:
    packed = path.stat().st_size
    strange = unpacked > _bytes.STRANGE_SIZE and unpacked > packed * _bytes.STRANGE_RATIO
    if unpacked > BIGGEST or strange:
        raise InputError(
            f"Its {packed:,} bytes unpack to {unpacked:,} or more: too large for a spreadsheet.",
            where=name,
            todo="Export the sheet as csv.",
        )


def _find(book: Any, sheet: str, name: str) -> Any:
    names = [s.title for s in book.worksheets]
    if not names:
        raise InputError("This spreadsheet has no sheet with cells.", where=name, todo="Export it as csv.")
    if not sheet:
        return book.worksheets[0]
    if sheet not in names:
        near = suggest(sheet, names)
        todo = f"Did you mean {near!r}?" if near else f"It has: {', '.join(names)}."
        raise InputError(f"There is no sheet {sheet!r}.", where=name, todo=todo)
    return book.worksheets[names.index(sheet)]


def _sheet(sheet: Any, name: str) -> Reading:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1)
    header: list[str] = []
    for _, cells in rows:
        header = [_text(cell) or "" for cell in cells]
        while header and not header[-1].strip():
            header.pop()
        if header:
            break
    if not header:
        raise InputError("This sheet is empty.", where=name, todo="A table starts with a header; name another `sheet`?")
    names, notes = _bytes.column_names(header, name)
    batches = []
    values: list[list[str | None]] = []
    lines: list[int] = []
    for line, cells in rows:
        row = [_text(cell) for cell in cells[: len(names)]]
        if any(row):
            values.append(row + [None] * (len(names) - len(row)))
            lines.append(line)
        if len(values) == BATCH:
            batches.append(_batch(values, lines, names))
            values, lines = [], []
    if not values and not batches:
        notes.append(f"{name}: it has a header and no rows.")
    batches.append(_batch(values, lines, names))
    return Reading(pa.Table.from_batches(batches), True, (), tuple(notes))


def _batch(values: list[list[str | None]], lines: list[int], names: list[str]) -> Any:
    columns = [list(column) for column in zip(*values, strict=True)] or [[] for _ in names]
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays([*arrays, pa.array(lines, pa.int64())], names=[*names, "_line"])


def _text(cell: Any) -> str | None:
    """A cell's value as text, None where there is none."""
    value = cell.value
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value, str(cell.number_format or ""))
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)


def _number(value: float) -> str:
    digits = Decimal(format(value, ".15g"))
    text = format(digits, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: datetime, shown_as: str) -> str:
    """A date where the cell shows only one, else date and time, to the second as spreadsheets keep it."""
    from openpyxl.styles.numbers import is_datetime

    if value.time() == time() and is_datetime(shown_as) == "date":
        return value.date().isoformat()
    rounded = value + timedelta(microseconds=500)
    rounded = rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
    return rounded.isoformat(sep=" ")
