"""Files of every kind into columns: what is written is what is read, each row with its line, and bad files say so."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.errors import InputError
from tenure.source import Broken, Place
from tenure.source_options import Options
from tenure.sources import _bytes, _csv, _csv_lines, files

from .reading import AB, book, read, rows, write


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.csv", "a,b\n1,x\n2,\n"),
        ("f.csv", "a,b\r\n1,x\r\n2,\r\n"),
        ("f.csv", "a,b\r1,x\r2,\r"),
        ("f.csv", "a,b\n1,x\n2,"),
        ("f.csv", '"a","b"\n"1","x"\n"2",""\n'),
        ("f.csv", "a;b\n1;x\n2;\n"),
        ("f.csv", "a\tb\n1\tx\n2\t\n"),
        ("f.csv", "a|b\n1|x\n2|\n"),
        ("f.csv", " a ,b\n1,x\n2,\n"),
        ("f.csv", "\ufeffa,b\n1,x\n2,\n"),
        ("f.csv", "a,b\n1,x\n2,\n\n\n"),
        ("f.csv", "a,b\n1,x\n2,\n,\n"),
        ("f.csv", "a,b\n1,x\n2,".encode("utf-16")),
        ("f.csv", "\ufeffa,b\n1,x\n2,".encode("utf-16-be")),
        ("f.txt", "a;b\n1;x\n2;\n"),
        ("f.tsv", "a\tb\n1\tx\n2\t\n"),
        ("f.csv.gz", "a,b\n1,x\n2,\n"),
        ("f.CSV.gz", "a,b\n1,x\n2,\n"),
        ("f.tsv.gz", "a\tb\n1\tx\n2\t\n"),
        ("f.v2.csv", "a,b\n1,x\n2,\n"),
    ],
)
def test_a_table_as_text(tmp_path: Path, name: str, content: str | bytes) -> None:
    got = read(write(tmp_path / name, content))
    assert rows(got) == AB
    assert got.text and got.broken == () and got.notes == ()
    assert got.data.schema.field("_line").type == pa.int64()


def test_quotes_breaks_and_blank_lines_keep_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", 'a,b\n1,"x\ny"\n\n2,"say ""hi"", then\r\n\r\ngo"\n3,5" pipe\n')
    assert rows(read(path)) == [
        {"a": "1", "b": "x\ny", "_line": 2},
        {"a": "2", "b": 'say "hi", then\r\n\r\ngo', "_line": 5},
        {"a": "3", "b": '5" pipe', "_line": 8},
    ]


def test_numbers_dates_and_words_stay_as_written(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", "a,b\n007,0.10\nNULL,NA\n1e3,nan\n 2 ,2024-02-30\n")
    assert [(r["a"], r["b"]) for r in rows(read(path))] == [
        ("007", "0.10"),
        ("NULL", "NA"),
        ("1e3", "nan"),
        (" 2 ", "2024-02-30"),
    ]


def test_a_header_below_blank_lines_and_one_of_two_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", '\n,\n"a\n(id)",b\n1,x\n2,y\n')
    assert rows(read(path)) == [{"a\n(id)": "1", "b": "x", "_line": 5}, {"a\n(id)": "2", "b": "y", "_line": 6}]


def test_names_of_columns_that_clash(tmp_path: Path) -> None:
    got = read(write(tmp_path / "f.csv", "id,ID,,_line,\n1,2,3,4,5\n"))
    assert rows(got) == [{"id": "1", "ID_2": "2", "column_3": "3", "_line_2": "4", "column_5": "5", "_line": 2}]
    assert any("'ID_2'" in note for note in got.notes)


def test_lines_that_are_no_rows_are_broken_and_the_rest_stays(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", b'a,b\n1,x\n2\n3,y,z\n4,\xc3\xa9\n5,\xe9\n6,"open\n7,z\n8,w,,\n')
    got = read(path)
    assert rows(got) == [
        {"a": "1", "b": "x", "_line": 2},
        {"a": "4", "b": "é", "_line": 5},
        {"a": "7", "b": "z", "_line": 8},
        {"a": "8", "b": "w", "_line": 9},
    ]
    assert got.broken == (
        Broken(3, "it has 1 fields and the header has 2", "2"),
        Broken(4, "it has 3 fields and the header has 2", "3,y,z"),
        Broken(6, "byte 3 is not UTF-8 text", "5,\\xe9"),
        Broken(7, "a quote opens here and never closes", '6,"open'),
    )


def test_one_bad_line_among_many(tmp_path: Path) -> None:
    """Lines are true on both sides of a broken one, in blocks that Arrow reads and in those it does not."""
    lines = [f'{i},"word {i}"' for i in range(200_000)]
    lines[150_000] = "alone"
    lines[199_990] = '199990,"two\nlines"'
    got = read(write(tmp_path / "f.csv", "a,b\n" + "\n".join(lines) + "\n"))
    assert [b.line for b in got.broken] == [150_002]
    assert got.data.num_rows == 199_999
    at = {r["a"]: r["_line"] for r in rows(got)}
    assert (at["0"], at["149999"], at["150001"], at["199990"], at["199991"]) == (2, 150_001, 150_003, 199_992, 199_994)


def test_a_quote_that_never_closes_at_the_end_of_a_regular_file(tmp_path: Path) -> None:
    got = read(write(tmp_path / "f.csv", 'a,b\n1,x\n2,"y\n3,z\n4,w'))
    assert [r["a"] for r in rows(got)] == ["1", "3", "4"]
    assert [(b.line, b.text) for b in got.broken] == [(3, '2,"y')]


def test_text_of_old_windows_programs(tmp_path: Path) -> None:
    got = read(write(tmp_path / "f.csv", "name,city\nJosé,Köln €\n".encode("cp1252")))
    assert rows(got) == [{"name": "José", "city": "Köln €", "_line": 2}]
    assert len(got.notes) == 1 and "Windows-1252" in got.notes[0] and "f.csv" in got.notes[0]


def test_the_fast_and_the_careful_way_agree(tmp_path: Path) -> None:
    """Random small files: where Arrow reads a file, reading it line by line gives the same rows and lines."""
    rng = random.Random(20)
    for number in range(300):
        cells = ["", "x", " y ", '"q"', '"a,b"', '"l\n2"', '"d""d"', 'm"id', "é", '"\r\n"']
        body = "".join(
            f"{rng.choice(cells)},{rng.choice(cells)}{rng.choice([chr(10), chr(13) + chr(10)])}" for _ in range(6)
        )
        path = write(tmp_path / f"{number}.csv", "a,b\n" + body)
        fast = _csv.read_csv(path, "f")
        with path.open("rb") as file:
            lines = _csv_lines.Lines(file, "f")
            careful = list(_csv_lines.records(lines, ",", 2))[1:]
        said = [(r["_line"], r["a"] or "", r["b"] or "") for r in rows(fast)]
        assert said == [(r.line, *r.fields) for r in careful if any(r.fields) and not r.reason], body


def test_json_lines(tmp_path: Path) -> None:
    text = (
        '{"a": 1.10, "b": "x", "c": null}\n\n{"b": "", "A": true, "n": {"k": [1.50, "ü"]}}\nnot json\n[1]\n'
        '{"a": 12345678901234567.89, "n": [0.1000000000000000055], "w/o~": "\\u00e9"}\n{"a": 123456789012345678901}\n'
    )
    got = read(write(tmp_path / "f.jsonl.gz", text))
    assert [(b.line, b.reason, b.text) for b in got.broken] == [
        (4, "it is not a JSON object", "not json"),
        (5, "it is not a JSON object", "[1]"),
    ]
    assert got.data.column_names == ["a", "b", "c", "A_2", "n", "w/o~", "_line"]
    one, two, three, four = rows(got)
    assert (Decimal(one["a"]), one["b"], one["c"], one["_line"]) == (Decimal("1.1"), "x", None, 1)
    assert (two["a"], two["b"], two["A_2"], two["_line"]) == (None, None, "true", 3)
    assert (three["a"], three["n"], three["w/o~"]) == ("12345678901234567.89", "[0.1000000000000000055]", "é")
    assert (four["a"], four["_line"]) == ("123456789012345678901", 7)
    assert got.text


def test_json_lines_of_which_one_is_no_text(tmp_path: Path) -> None:
    """The rest keeps its lines; a mark at the start and old line ends do no harm."""
    path = write(tmp_path / "f.jsonl", b'\xef\xbb\xbf{"a": "1"}\r\n  \r\n{"a": "\xe9"}\r\n{"a": "\xc3\xa9"}')
    got = read(path)
    assert rows(got) == [{"a": "1", "_line": 1}, {"a": "é", "_line": 4}]
    assert got.broken == (Broken(3, "byte 8 is not UTF-8 text", '{"a": "\\xe9"}'),)


def test_json_that_is_not_lines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="JSON array"):
        read(write(tmp_path / "f.jsonl", '[{"a": 1}]'))


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "d": pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)),
            "t": pa.array([datetime(2024, 1, 1), None], pa.timestamp("us", tz="UTC")),
            "e": pa.array(["x", "y"]).dictionary_encode(),
            "n": pa.array([{"k": [1]}, None]),
            "z": pa.nulls(2),
            "bytes": pa.array([b"abc", b"d"]),
        }
    )
    path = tmp_path / "f.parquet"
    pq.write_table(table, path)
    got = read(path)
    assert not got.text
    assert rows(got)[0] | {"t": None} == {
        "d": Decimal("1.10"), "t": None, "e": "x", "n": '{"k":[1]}', "z": None, "bytes": "abc", "_line": 1,
    }  # fmt: skip
    assert got.data["_line"].to_pylist() == [1, 2]


def test_a_spreadsheet(tmp_path: Path) -> None:
    lines = [
        ["id", "amount", "on", "at", "yes"],
        ["a", 0.1 + 0.2, datetime(2024, 3, 1), datetime(2024, 3, 1, 9, 30), True],
        [None, None, None, None, None],
        [7, 1234567.891, None, "soon", False],
        [10**15, 1e-7, None, None, None],
    ]
    path = book(tmp_path / "f.xlsx", One=lines, Two=[["x"], [19.99]])
    sheet = openpyxl.load_workbook(path)
    sheet["One"]["C2"].number_format = "yyyy-mm-dd"
    sheet.save(path)
    assert rows(read(path)) == [
        {"id": "a", "amount": "0.3", "on": "2024-03-01", "at": "2024-03-01 09:30:00", "yes": "true", "_line": 2},
        {"id": "7", "amount": "1234567.891", "on": None, "at": "soon", "yes": "false", "_line": 4},
        {"id": "1000000000000000", "amount": "0.0000001", "on": None, "at": None, "yes": None, "_line": 5},
    ]
    assert rows(read(path, sheet="Two")) == [{"x": "19.99", "_line": 2}]
    with pytest.raises(InputError, match="Did you mean 'Two'"):
        read(path, sheet="Twoo")
    with pytest.raises(InputError, match="no sheets"):
        read(write(tmp_path / "f.csv", "a\n1\n"), sheet="One")


def test_midnight_in_a_cell_with_a_time_is_no_date(tmp_path: Path) -> None:
    path = book(tmp_path / "f.xlsx", One=[["at"], [datetime(2024, 3, 1)]])
    assert rows(read(path))[0]["at"] == "2024-03-01 00:00:00"


def test_long_lines(tmp_path: Path) -> None:
    """Ten megabytes are read; more than sixteen are no row, and the line is named."""
    ten = "x" * 10_000_000
    got = read(write(tmp_path / "f.csv", f'a,b\n1,{ten}\n2,y\n3,"{ten}"\n'))
    assert [(len(r["b"]), r["_line"]) for r in rows(got)] == [(10_000_000, 2), (1, 3), (10_000_000, 4)]
    for name, content in (("f.csv", f"a,b\n1,{ten}{ten}\n"), ("f.jsonl", '{"a": 1}\n"' + ten + ten + '"\n')):
        with pytest.raises(InputError) as caught:
            read(write(tmp_path / name, content))
        assert f"{name}, line 2" in str(caught.value) and "16 MB" in str(caught.value)


def pieces(tmp_path: Path, **table: Any) -> list[Any]:
    said = Options({"tables": {"customers": table}}, "tenure.toml", "sources.s")
    return list(files.pieces(files.settings(said), Place("s", tmp_path)))


def test_patterns_start_from_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("data/b.csv", "data/a.csv", "data/deep/c.csv", "data/[odd].csv"):
        write(tmp_path / name, "customer_id\n1\n")
    assert [p.name for p in pieces(tmp_path, path="data/?.csv")] == ["data/a.csv", "data/b.csv"]
    assert [p.name for p in pieces(tmp_path, path="data/**/*.csv")][-1] == "data/deep/c.csv"
    assert [p.name for p in pieces(tmp_path, path="data/[odd].csv")] == ["data/[odd].csv"]
    assert [p.name for p in pieces(tmp_path, path=["data/b.csv", "data/a.csv"])] == ["data/b.csv", "data/a.csv"]
    assert [p.name for p in pieces(tmp_path, path=str(tmp_path / "data" / "a.csv"))] == ["data/a.csv"]
    assert [(p.source, p.table) for p in pieces(tmp_path, path="data/a.csv")] == [("s", "customers")]
    for path, words in (
        ("data/none-*.csv", "No file matches 'data/none-*.csv'"),
        ("none.csv", "There is no file 'none.csv'"),
        ("data", "folder"),
    ):
        with pytest.raises(InputError) as caught:
            pieces(tmp_path, path=path)
        assert words in str(caught.value)


def test_the_digest_follows_content_and_mapping(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "customer_id,n\n1,x\n")
    write(tmp_path / "b.csv", "customer_id,n\n1,x\n")
    (one,) = pieces(tmp_path, path="a.csv")
    (again,) = pieces(tmp_path, path="b.csv")
    (mapped,) = pieces(tmp_path, path="a.csv", columns={"name": "n"})
    (queried,) = pieces(tmp_path, path="a.csv", select="SELECT * FROM source")
    write(tmp_path / "a.csv", "customer_id,n\n1,y\n")
    (changed,) = pieces(tmp_path, path="a.csv")
    assert one.digest == again.digest
    assert len({one.digest, mapped.digest, queried.digest, changed.digest}) == 4


def test_unpacking_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to much more than it should is refused; what is merely well packed is not."""
    path = write(tmp_path / "f.csv.gz", "a,b\n" + "1,2\n" * 100_000)
    assert read(path).data.num_rows == 100_000
    monkeypatch.setattr(_bytes, "STRANGE_SIZE", 100_000)
    with pytest.raises(InputError, match="no honest table"):
        read(path)
