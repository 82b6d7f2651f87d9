"""Files that are broken, empty, lies or bombs: each is refused in words that help, before it costs anything."""

from __future__ import annotations

import gzip
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.errors import InputError

from .reading import book, read, write


def zip_bomb(path: Path) -> Path:
    """A sheet of 600 MB in some 3 MB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(60):
            part.write(b" " * 10_000_000)
    return path


def lying_bomb(path: Path) -> Path:
    """The same, but its directory says that the sheet is small."""
    data = zip_bomb(path).read_bytes()
    at = data.rindex(b"PK\x01\x02")
    size = struct.pack("<I", 1000)
    # The size unpacked is at 24 of the entry; what was moved to the extra field goes unread without its mark.
    path.write_bytes(data[: at + 24] + size + data[at + 28 :])
    return path


def trickled(path: Path) -> Path:
    """Some 200 MB of line breaks in a few hundred KB."""
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"a,b\n")
        for _ in range(20):
            file.write(b"\n" * 10_000_000)
    return path


def half(path: Path) -> Path:
    rows_ = "".join(f"{random.random()},{i}\n" for i in range(20_000))
    data = gzip.compress(("a,b\n" + rows_).encode())
    path.write_bytes(data[: len(data) // 2])
    return path


def half_parquet(path: Path) -> Path:
    pq.write_table(pa.table({"a": list(range(10_000))}), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def half_book(path: Path) -> Path:
    data = book(path, One=[["a"], *[[i] for i in range(1000)]]).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def noise(path: Path) -> Path:
    return write(path, random.Random(1).randbytes(5000))


BAD: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "no file": ("f.csv", lambda p: p, "There is no such file"),
    "a folder": ("f.csv", folder, "folder"),
    "nothing": ("f.csv", lambda p: write(p, b""), "is empty"),
    "blanks": ("f.csv", lambda p: write(p, b" \n\n"), "is empty"),
    "a mark alone": ("f.csv", lambda p: write(p, b"\xef\xbb\xbf"), "is empty"),
    "delimiters alone": ("f.csv", lambda p: write(p, b",,\n,,\n"), "is empty"),
    "noise": ("f.csv", noise, "not text"),
    "a picture": ("f.tsv", lambda p: write(p, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9), "not text"),
    "a zip": ("f.csv", lambda p: half_book(p), "zip or xlsx"),
    "noise in gzip": ("f.csv.gz", noise, "not text"),
    "no gzip": ("f.csv.gz", lambda p: [write(p, b""), p.write_bytes(b"a,b\n1,2\n")] and p, "gzip"),
    "half a gzip": ("f.csv.gz", half, "gzip file is broken"),
    "a gzip bomb": ("f.csv.gz", trickled, "no honest table"),
    "empty jsonl": ("f.jsonl", lambda p: write(p, b""), "is empty"),
    "noise for jsonl": ("f.jsonl", noise, "not text"),
    "empty parquet": ("f.parquet", lambda p: write(p, b""), "is empty"),
    "noise for parquet": ("f.parquet", noise, "not a whole parquet"),
    "half a parquet": ("f.parquet", half_parquet, "not a whole parquet"),
    "empty xlsx": ("f.xlsx", lambda p: write(p, b""), "is empty"),
    "noise for xlsx": ("f.xlsx", noise, "not a whole spreadsheet"),
    "half an xlsx": ("f.xlsx", half_book, "not a whole spreadsheet"),
    "a zip that is no book": ("f.xlsx", lambda p: [zipfile.ZipFile(p, "w").close()] and p, "not a whole spreadsheet"),
    "an empty sheet": ("f.xlsx", lambda p: book(p, One=[]), "sheet is empty"),
    "a bomb": ("f.xlsx", zip_bomb, "too large"),
    "a bomb that lies": ("f.xlsx", lying_bomb, "spreadsheet"),
    "an unknown ending": ("f.pdf", lambda p: write(p, b"x"), ".pdf"),
    "no ending": ("f", lambda p: write(p, b"x"), "Known: .csv"),
    "packed parquet": ("f.parquet.gz", lambda p: write(p, b"x"), ".parquet.gz"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_says_what_is_wrong_and_what_to_do(tmp_path: Path, kind: str) -> None:
    name, make, words = BAD[kind]
    path = make(tmp_path / name)
    with pytest.raises(InputError) as caught:
        read(path)
    assert words in str(caught.value)
    assert caught.value.where and name in caught.value.where
    assert caught.value.todo


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz", "f.xlsx", "f.jsonl"])
def test_a_table_without_rows_is_none_the_worse(tmp_path: Path, name: str) -> None:
    if name == "f.xlsx":
        path = book(tmp_path / name, One=[["a", "b"]])
    else:
        path = write(tmp_path / name, "{}\n" if name == "f.jsonl" else "a,b")
    got = read(path)
    assert got.broken == ()
    if name != "f.jsonl":
        assert got.data.num_rows == 0 and got.data.column_names == ["a", "b", "_line"]
        assert "no rows" in got.notes[0] and name in got.notes[0]
