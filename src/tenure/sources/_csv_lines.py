"""Irregular CSV, line by line: what is no row becomes a broken line with its reason, and the rest is kept. Helper of
files.

Some lines at a time are given to Arrow; only those it stumbles over are read one by one. Where a quote opens and the
record it starts makes no sense, only the line of that quote is given up: reading starts again on the next one.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa

from tenure.source import Broken, Reading

from . import _bytes, _csv_arrow

MOST_LINES = 10_000
"""Lines of one record; a quote that stays open longer never closes."""
TEXT_KEPT = 1000


@dataclass(slots=True)
class Record:
    """What starts at `line` and is `height` lines long: fields, or the reason why it is none."""

    line: int
    height: int
    fields: list[str]
    reason: str = ""
    text: str = ""


def read(file: IO[bytes], name: str, names: list[str], delimiter: str, first: int) -> Reading:
    """The rows from line `first` on, as text columns, and the lines that are none."""
    tables = [_table([], names)]
    broken: list[Broken] = []
    with file:
        lines = Lines(file, name)
        for _ in range(first - 1):
            lines.take(1)
        while ahead := lines.ahead(_csv_arrow.BLOCK // 4):
            table = _csv_arrow.part(ahead, lines.next, names, delimiter)
            if table is not None:
                lines.take(len(ahead))
                tables.append(table)
                continue
            end = lines.next + len(ahead)
            found = [r for r in records(lines, delimiter, len(names), end) if r.reason or any(r.fields)]
            broken += [Broken(r.line, r.reason, r.text) for r in found if r.reason]
            tables.append(_table([r for r in found if not r.reason], names))
    return Reading(pa.concat_tables(tables), True, tuple(broken))


class Lines:
    """The lines of a file, of which some may be looked at before they are taken. `next` is the next one's number."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._lines = _bytes.lines(file, name)
        self._waiting: deque[bytes] = deque()
        self.next = 1

    def peek(self, ahead: int = 0) -> bytes | None:
        """A line ahead of the next one, None beyond the end."""
        while len(self._waiting) <= ahead:
            line = next(self._lines, None)
            if line is None:
                return None
            self._waiting.append(line)
        return self._waiting[ahead]

    def ahead(self, size: int) -> list[bytes]:
        """The next lines, some `size` bytes of them; none at the end."""
        total = sum(map(len, self._waiting))
        while total < size:
            line = next(self._lines, None)
            if line is None:
                break
            self._waiting.append(line)
            total += len(line)
        return list(self._waiting)

    def take(self, count: int) -> None:
        """Go past lines that were looked at."""
        for _ in range(count):
            self.peek()
            self._waiting.popleft()
            self.next += 1


def records(lines: Lines, delimiter: str, width: int = 0, end: int | None = None) -> Iterator[Record]:
    """The records that start before line `end`; with `width`, those of another number of fields are broken."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * _bytes.LONGEST_LINE))
    while end is None or lines.next < end:
        raw = lines.peek()
        if raw is None:
            return
        if lines.next == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        record = _one(raw, lines, delimiter, width)
        if record.reason:
            record.text = raw[:TEXT_KEPT].decode("utf-8", "backslashreplace").rstrip("\r\n")
        lines.take(record.height)
        yield record


def _one(raw: bytes, lines: Lines, delimiter: str, width: int) -> Record:
    """The record whose first line is `raw`, the next of `lines`; none is taken yet."""
    line = lines.next
    try:
        text = raw.decode("utf-8")
        if '"' not in text:
            record = Record(line, 1, text.rstrip("\r\n").split(delimiter))
        else:
            reader = csv.reader(_more(text, lines), delimiter=delimiter)
            record = Record(line, 1, next(reader, []))
            record.height = reader.line_num
    except UnicodeDecodeError as error:
        return Record(line, 1, [], f"byte {error.start + 1} is not UTF-8 text")
    except _Open:
        return Record(line, 1, [], "a quote opens here and never closes")
    except csv.Error as error:
        return Record(line, 1, [], f"it is not CSV: {error}")
    fields = record.fields
    if width and len(fields) > width and not any(fields[width:]):
        del fields[width:]
    if width and len(fields) != width and any(fields):
        return Record(line, 1, [], f"it has {len(fields)} fields and the header has {width}")
    return record


class _Open(Exception):
    """The file, or what is reasonable of it, ended within quotes."""


def _more(text: str, lines: Lines) -> Iterator[str]:
    """The first line, and then those that the reader asks for because a quote is still open."""
    yield text
    size = len(text)
    for number in range(1, MOST_LINES):
        following = lines.peek(number)
        size += len(following or b"")
        if following is None or size > _bytes.LONGEST_LINE:
            break
        yield following.decode("utf-8")
    raise _Open


def _table(found: list[Record], names: list[str]) -> Any:
    """Records as columns of text; an empty field is no value."""
    columns = [list(column) for column in zip(*(r.fields for r in found), strict=True)] or [[] for _ in names]
    arrays = [pa.array([value or None for value in column], pa.string()) for column in columns]
    return pa.table([*arrays, pa.array([r.line for r in found], pa.int64())], names=[*names, "_line"])
