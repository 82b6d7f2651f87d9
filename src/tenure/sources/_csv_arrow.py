"""Regular CSV by Arrow's parallel reader, with the line on which each row starts. Helper of files."""

from __future__ import annotations

from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

BLOCK = 4 * 2**20


def whole(file: IO[bytes], names: list[str], delimiter: str) -> Any:
    """The rows below a header of one line; None where Arrow cannot, or would not be true to the file."""
    counted = _Counted(file)
    with file:
        table = _parse(pa.PythonFile(counted, "r"), names, delimiter, 1)
    if table is None or _swallowed_the_end(table):
        return None
    return _without_blanks(_with_lines(table, 2, counted.lines == table.num_rows + 1))


def part(lines: list[bytes], line: int, names: list[str], delimiter: str) -> Any:
    """The rows in some lines, the first of which is number `line`; None where not every line finds its row."""
    table = _parse(pa.BufferReader(b"".join(lines)), names, delimiter, 0)
    if table is None or _swallowed_the_end(table) or table.num_rows != len(lines):
        return None
    return _without_blanks(_with_lines(table, line, True))


def _parse(file: Any, names: list[str], delimiter: str, skip: int) -> Any:
    inner = [str(i) for i in range(len(names))]
    try:
        table = arrow_csv.read_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=inner, skip_rows_after_names=skip, block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={i: pa.string() for i in inner},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, OSError):
        return None
    return table.rename_columns(names)


class _Counted:
    """A file for Arrow that counts the lines that pass by."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._breaks = 0
        self._open_end = False

    @property
    def lines(self) -> int:
        return self._breaks + self._open_end

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        if block:
            self._breaks += block.count(b"\n")
            self._open_end = not block.endswith(b"\n")
        return block

    def close(self) -> None:
        self.closed = True


def _swallowed_the_end(table: Any) -> bool:
    """A quote that never closes makes everything after it one value, the last one: then the lines must be looked at."""
    if not table.num_rows:
        return False
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    return any("\n" in value for value in last.values() if value)


def _with_lines(table: Any, first: int, flat: bool) -> Any:
    """The table with `_line`, from `first` on. Unless `flat` (a row a line), line breaks within values are counted."""
    ones = pa.repeat(pa.scalar(1, pa.int64()), table.num_rows)
    line = pc.cumulative_sum(ones, start=first - 1)
    if not flat:
        inside = pc.subtract(ones, ones)
        for column in table.columns:
            inside = pc.add(inside, pc.fill_null(pc.cast(pc.count_substring(column, "\n"), pa.int64()), 0))
        line = pc.add(line, pc.subtract(pc.cumulative_sum(inside), inside))
    return table.append_column("_line", line)


def _without_blanks(table: Any) -> Any:
    """The table without rows in which nothing is written."""
    columns = [table[name] for name in table.column_names if name != "_line"]
    if not all(column.null_count for column in columns):
        return table
    blank = pc.is_null(columns[0])
    for column in columns[1:]:
        blank = pc.and_(blank, pc.is_null(column))
    return table.filter(pc.invert(blank))
