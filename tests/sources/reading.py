"""Files for the tests of reading files: written in a line, read in a line. No tests."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import openpyxl

from tenure.source import Mapping, Reading
from tenure.sources import files
from tenure.sources.files import FileTable

Rows = list[dict[str, Any]]


def read(path: Path, **how: Any) -> Reading:
    """A file as a table of the model that does not matter here."""
    return files.read(path, path.name, FileTable("customers", (str(path),), Mapping(), **how))


def rows(reading: Reading) -> Rows:
    found: Rows = reading.data.to_pylist()
    return found


def write(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


AB = [{"a": "1", "b": "x", "_line": 2}, {"a": "2", "b": None, "_line": 3}]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path
