"""Files of every kind into columns: what is written is what is read, each row with its line, and bad files say so."""

from __future__ import annotations

import gzip
import random
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.errors import InputError
from tenure.source import Broken, Mapping, Place, Reading
from tenure.source_options import Options
from tenure.sources import _bytes, _csv, _csv_lines, files
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


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path


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


def test_long_lines(tmp_path: Path) -> None:
    """Ten megabytes are read; more than sixteen are no row, and the line is named."""
    ten = "x" * 10_000_000
    got = read(write(tmp_path / "f.csv", f'a,b\n1,{ten}\n2,y\n3,"{ten}"\n'))
    assert [(len(r["b"]), r["_line"]) for r in rows(got)] == [(10_000_000, 2), (1, 3), (10_000_000, 4)]
    for name, content in (("f.csv", f"a,b\n1,{ten}{ten}\n"), ("f.jsonl", '{"a": 1}\n"' + ten + ten + '"\n')):
        with pytest.raises(InputError) as caught:
            read(write(tmp_path / name, content))
        assert f"{name}, line 2" in str(caught.value) and "16 MB" in str(caught.value)


SALES = "id,amount,day\na,1.50,2024-01-02\nb,2.25,2024-02-03\nb,0.10,2024-02-09\n"


def query(tmp_path: Path, select: str) -> Reading:
    return read(write(tmp_path / "f.csv", SALES), select=select, where="tenure.toml: x")


def test_a_query_over_the_file(tmp_path: Path) -> None:
    got = query(
        tmp_path, "SELECT id AS customer_id, date_trunc('month', day::DATE)::DATE AS m FROM source WHERE id = 'b'"
    )
    assert [(r["customer_id"], str(r["m"]), r["_line"]) for r in rows(got)] == [
        ("b", "2024-02-01", 3),
        ("b", "2024-02-01", 4),
    ]
    assert not got.text
    assert query(tmp_path, "SELECT id AS customer_id, amount FROM source").text
    assert rows(query(tmp_path, "SELECT * FROM source"))[0] == {
        "id": "a",
        "amount": "1.50",
        "day": "2024-01-02",
        "_line": 2,
    }


@pytest.mark.parametrize(
    "select",
    [
        "SELECT id, sum(amount::DECIMAL(9,2)) AS s FROM source GROUP BY id ORDER BY id",
        "SELECT id, sum(amount::DECIMAL(9,2)) AS s FROM source GROUP BY ALL ORDER BY id;",
        "WITH x AS (SELECT id, amount::DECIMAL(9,2) AS a FROM Source) SELECT id, sum(a) s FROM x GROUP BY 1 ORDER BY 1",
        "SELECT DISTINCT id, sum(amount::DECIMAL(9,2)) OVER (PARTITION BY id) AS s FROM source ORDER BY id",
    ],
)
def test_a_query_that_groups_has_no_lines(tmp_path: Path, select: str) -> None:
    assert rows(query(tmp_path, select)) == [
        {"id": "a", "s": Decimal("1.50"), "_line": None},
        {"id": "b", "s": Decimal("2.35"), "_line": None},
    ]


def test_a_query_may_make_rows_and_join_itself(tmp_path: Path) -> None:
    got = query(tmp_path, "SELECT s.id, r.range AS n FROM source s, range(2) r UNION ALL SELECT id, 9 FROM source")
    assert got.data.num_rows == 9


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("SELECT * FROM 'f.csv'", "reads from 'f.csv'"),
        ("SELECT * FROM read_csv('f.csv')", "read_csv"),
        ("SELECT * FROM read_text('/etc/passwd')", "read_text"),
        ("SELECT * FROM glob('*')", "glob"),
        ("SELECT * FROM source, customers", "customers"),
        ("SELECT * FROM (SELECT * FROM (FROM duckdb_settings()))", "duckdb_settings"),
        ("SELECT (SELECT count(*) FROM sqlite_master) FROM source", "sqlite_master"),
        ("SELECT * FROM information_schema.tables", "information_schema"),
        ("SELECT * FROM query('SELECT 1')", "query"),
        ("SELECT * FROM query_table('source')", "query_table"),
        ("SELECT getenv('HOME') AS id FROM source", "getenv"),
        ("SELECT current_setting('memory_limit') AS id FROM source", "current_setting"),
        ("SELECT * FROM (DESCRIBE source)", "describes"),
        ("SELECT 1; SELECT 2", "more than one"),
        ("INSERT INTO source VALUES (1)", "not a SELECT"),
        ("DROP TABLE source", "not a SELECT"),
        ("COPY source TO 'x.csv'", "not a SELECT"),
        ("ATTACH 'x.db'", "not a SELECT"),
        ("SET threads = 1", "not a SELECT"),
        ("", "SELECT"),
        ("SELEC id FROM source", "cannot be understood"),
        ("SELECT nothing FROM source", "nothing"),
        ("SELECT id::INT AS n FROM source", "Could not convert"),
    ],
)
def test_a_query_sees_the_file_and_nothing_else(tmp_path: Path, select: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        _query_run(tmp_path, select)
    assert words in str(caught.value)
    assert "tenure.toml: x" in str(caught.value)


def _query_run(tmp_path: Path, select: str) -> Reading:
    from tenure.sources import _query

    plain = read(write(tmp_path / "f.csv", SALES))
    return _query.run(select, plain, "tenure.toml: x")


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
