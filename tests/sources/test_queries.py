"""A query over a file (`select` in tenure.toml): what it may do, and that it sees the file and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tenure.errors import InputError
from tenure.source import Reading

from .reading import read, rows, write

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
