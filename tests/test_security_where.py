"""What a person may write in --where (and the web will pass on): a condition over columns, and nothing else.

Each refusal is a clear error (exit 1 or 2, nothing on standard output, never a crash) and leaves every file as it was.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from golden import Company, Ran, monthly, run

CANARY = "kept-secret-4711"


@pytest.fixture(scope="module")
def firm(tmp_path_factory: Any) -> Company:
    """Four customers: A 10 north 5, B 20 north 50, C 30 south 500 and D 40, of whom nothing is known but the name."""
    folder = tmp_path_factory.mktemp("firm")
    (folder / "secret.txt").write_text(CANARY, encoding="utf-8")
    return Company(
        folder,
        """
        [workspace]
        as_of = 2024-06-01
        [segments]
        large = "size >= 50"
        sly = "(SELECT count(*) FROM m_customers) > 0"
        """,
        subscriptions=monthly("A 10 2024-01-01\nB 20 2024-01-01\nC 30 2024-01-01\nD 40 2024-01-01"),
        customers="""
            customer_id,name,region,size,industry
            A,Ann's,north,5,food
            B,Bob 100%,north,50,steel
            C,Cy,south,500,Food
            D,Di,,,
        """,
    )


def files(folder: Path) -> dict[str, str]:
    """What every file of the workspace holds."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def refused(firm: Company, *argv: str) -> Ran:
    """The command says no, clearly, and nothing has changed."""
    before = files(firm.folder)
    ran = run(firm.folder, *argv)
    assert ran.code in (1, 2), (argv, ran)
    assert ran.out == "", ran
    assert ran.err.startswith(("Error: ", "Usage: ")), ran.err
    assert "itself failed" not in ran.err, ran.err
    assert "Traceback" not in ran.err, ran.err
    assert CANARY not in ran.err + ran.out
    assert files(firm.folder) == before
    assert firm.value("mrr", "2024-01") == 100.0
    return ran


@pytest.mark.parametrize("condition", ["FALSE", "1 = 2", "'a' = 'b'"])
def test_a_condition_that_holds_for_nobody_is_refused(firm: Company, condition: str) -> None:
    """It names no column: to leave it out would show everybody to who asked for nobody."""
    ran = refused(firm, "show", "mrr", "--from", "2024-01", "--where", condition)
    assert "holds for nobody" in ran.err


WRITES = (
    "1 = 1; DROP TABLE customers",
    "1 = 1; DELETE FROM m_customers",
    "1 = 1; COPY (SELECT 1) TO '{folder}/out.csv'",
    "1 = 1; CREATE TABLE t AS SELECT 1",
    "1 = 1; EXPORT DATABASE '{folder}/out'",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "INSERT INTO customers VALUES (1)",
    "UPDATE customers SET region = 'x'",
    "DELETE FROM customers",
    "CREATE TABLE t (a INTEGER)",
    "ATTACH '{folder}/other.db' AS other",
    "1 = 1; ATTACH '{folder}/other.db' AS other",
    "DETACH main",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "PRAGMA enable_external_access",
    "SET memory_limit = '1GB'",
    "1 = 1; SET enable_external_access = true",
    "CALL pragma_version()",
    "CHECKPOINT",
    "VACUUM",
)

READS = (
    "region = (SELECT content FROM read_text('{folder}/secret.txt'))",
    "(SELECT content FROM '{folder}/secret.txt') = 'x'",
    "read_text('{folder}/secret.txt') IS NOT NULL",
    "region IN (SELECT column0 FROM read_csv('{folder}/secret.txt', header = false))",
    "customer_id IN (SELECT customer_id FROM m_subscriptions)",
    "customer_id = ANY (SELECT customer_id FROM m_customers)",
    "size > ALL (SELECT 1)",
    "EXISTS (SELECT 1)",
    "NOT EXISTS (SELECT 1 FROM rejects)",
    "(SELECT count(*) FROM m_customers) > 0",
    "(FROM m_customers SELECT count(*)) > 0",
    "(VALUES (1)) = 1",
    "(WITH t AS (SELECT 1 AS a) SELECT a FROM t) = 1",
    "1 = 1) UNION ALL SELECT * FROM m_customers WHERE (1 = 1",
    "region = 'north' UNION SELECT 1",
    "region = 'north' ORDER BY 1",
    "region = 'north' LIMIT 1",
    "region = 'north' GROUP BY region",
    "SELECT 1",
    "m_customers.region = 'north'",
    "main.m_customers.region = 'north'",
    "information_schema.tables.table_name = 'x'",
    "duckdb_settings.name = 'x'",
    "rejects.row = 'x'",
    "sqlite_master.name = 'x'",
    "COLUMNS('.*') IS NOT NULL",
    "* = 1",
)

CALLS = (
    "getenv('HOME') = 'x'",
    "current_setting('memory_limit') = 'x'",
    "current_user = 'x'",
    "current_database() = 'x'",
    "version() = 'x'",
    "random() > 0.5",
    "now() > '2020-01-01'",
    "query('SELECT 1') = 1",
    "query_table('m_customers') = 1",
    "glob('*') = 'x'",
    "nextval('s') = 1",
    "set_config('a', 'b', true) = 'b'",
    "repeat('x', 1000000000) = 'x'",
    "range(1000000000) IS NULL",
    "count(*) > 0",
    "sum(size) > 0",
    "row_number() OVER () = 1",
    "list_transform([1, 2], x -> x + 1) IS NOT NULL",
    "[x FOR x IN [1, 2]] IS NOT NULL",
    "error('boom') IS NULL",
    "region.upper() = 'NORTH'",
)

HIDDEN = (
    "region = 'north' -- and nothing else",
    "region = 'north' /* and */",
    "region = 'north' /* ; DROP TABLE customers */ OR 1 = 1",
    "-- region",
    "region = 'north'; region = 'south'",
    "region = ?",
    "region = $1",
    "region = :name",
    "region = 'north",
    "region = north'",
    '"region = 1',
    "(region = 'north'",
    "region = 'north')",
    "region = = 'north'",
    "region 'north'",
    "",
    "   ",
    ";",
    "()",
    "region := 'north'",
    "{{ region }} = 1",
    "\\",
)


@pytest.mark.parametrize("condition", [*WRITES, *READS, *CALLS, *HIDDEN])
def test_refused(firm: Company, condition: str) -> None:
    """Not a condition over columns: refused, and nothing has changed."""
    refused(firm, "show", "mrr", "--where", condition.replace("{folder}", str(firm.folder)))
    assert not (firm.folder / "out.csv").exists()
    assert not (firm.folder / "other.db").exists()


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 20_000 + "1 = 1" + ")" * 20_000,
        "(" * 4_000 + "1 = 1" + ")" * 4_000,
        "NOT " * 20_000 + "1 = 1",
        "NOT " * 2_000 + "1 = 1",
        "size = " + "- " * 4_001 + "1",
        "region" + "[region" * 1_000 + "]" * 1_000 + " = 1",
    ],
    ids=["parentheses", "fewer parentheses", "not", "fewer not", "minus", "brackets"],
)
def test_monsters_are_refused(firm: Company, condition: str) -> None:
    """Too deep to be a person's condition: refused before anything tries to run it."""
    ran = refused(firm, "show", "mrr", "--where", condition)
    assert len(ran.err) < 2_000  # and not thrown back whole


@pytest.mark.parametrize(
    "condition",
    [
        "size = " + "+".join(["1"] * 50_000),
        " OR ".join(["size = 1"] * 50_000),
        "size IN (" + ",".join(["1"] * 200_000) + ")",
        "size IN (" + ",".join(["1"] * 4_000) + ")",
        "region = '" + "x" * 5_000_000 + "'",
    ],
    ids=["plus", "or", "in", "fewer in", "text"],
)
def test_the_long_is_refused_or_answered(firm: Company, condition: str) -> None:
    """Long but flat: a clear refusal or the right answer (nobody is that size or in that region), never a crash."""
    asked = ("show", "mrr", "--from", "2024-01", "--to", "2024-01", "--where", condition, "--format", "json")
    ran = run(firm.folder, *asked)
    if ran.code == 0:
        assert '"value": 0.0' in ran.out
    else:
        refused(firm, *asked)
        assert len(ran.err) < 2_000


def test_a_condition_must_be_one(firm: Company) -> None:
    """A number or a text is no condition."""
    for condition in ("size + 1", "'north'", "lower(region)"):
        refused(firm, "show", "mrr", "--where", condition)


def test_an_unknown_column_names_the_nearest(firm: Company) -> None:
    """`regoin`: did you mean 'region'?"""
    ran = refused(firm, "show", "mrr", "--where", "regoin = 'north'")
    assert "'regoin'" in ran.err
    assert "'region'" in ran.err


def test_a_segment_passes_the_same_gate(firm: Company) -> None:
    """A segment of tenure.toml is a condition like any other; an unknown one names the nearest."""
    refused(firm, "show", "mrr", "--where", "@sly")
    ran = refused(firm, "show", "mrr", "--where", "@larg")
    assert "large" in ran.err
    assert firm.value("mrr", "2024-01", "--where", "@large") == 50.0


@pytest.mark.parametrize(
    "column",
    [
        "(SELECT 1)",
        "region; DROP TABLE customers",
        "region) FROM m_customers",
        "getenv('HOME')",
        "regoin",
        "1",
        "*",
        '"',
    ],
)
def test_by_takes_columns_only(firm: Company, column: str) -> None:
    """--by names columns; anything else is an unknown column."""
    ran = refused(firm, "show", "mrr", "--by", column)
    assert column != "regoin" or "'region'" in ran.err


@pytest.mark.parametrize("condition", ["1 = 1; DROP TABLE customers", "(SELECT 1) = 1", "getenv('HOME') = 'x'"])
def test_explain_has_the_same_gate(firm: Company, condition: str) -> None:
    """`explain --where` refuses what `show --where` refuses."""
    refused(firm, "explain", "mrr", "--period", "2024-01", "--where", condition)


def test_other_options_are_no_way_in(firm: Company) -> None:
    """Metric, period, variant and window are names, not SQL."""
    refused(firm, "show", "mrr; DROP TABLE customers")
    refused(firm, "show", "mrr", "--from", "2024-01'; DROP TABLE customers; --")
    refused(firm, "show", "mrr", "--variant", "gross'; DROP TABLE customers; --")
    refused(firm, "show", "nrr", "--window", "12m; DROP TABLE customers")


@pytest.mark.parametrize(
    ("condition", "mrr"),
    [
        ("region = 'north'", 30.0),
        ("region <> 'north'", 30.0),
        ("region != 'north'", 30.0),
        ("region = 'north' AND size >= 50", 20.0),
        ("region = 'south' or size < 10", 40.0),
        ("NOT region = 'north'", 30.0),
        ("not (region = 'north' and size > 10)", 40.0),
        ("region IN ('north', 'south')", 60.0),
        ("region NOT IN ('north')", 30.0),
        ("size BETWEEN 5 AND 50", 30.0),
        ("size NOT BETWEEN 5 AND 50", 30.0),
        ("name LIKE 'B%'", 20.0),
        ("name NOT LIKE 'B%'", 80.0),
        ("NOT name LIKE 'B%'", 80.0),
        ("name ILIKE 'b%'", 20.0),
        ("name NOT ILIKE 'b%'", 80.0),
        ("NOT region IN ('north')", 30.0),
        ("NOT size BETWEEN 5 AND 50", 30.0),
        ("NOT region IS NULL", 60.0),
        ("region IS NULL", 40.0),
        ("region IS NOT NULL", 60.0),
        ("size * 2 + 1 > 100", 50.0),
        ("size - 5 = 0", 10.0),
        ("size > -1", 60.0),
        ("lower(industry) = 'food'", 40.0),
        ("upper(region) = 'NORTH'", 30.0),
        ("coalesce(region, 'nowhere') = 'nowhere'", 40.0),
        ("name = 'Ann''s'", 10.0),
        ("name LIKE '%;%' OR name = 'DROP TABLE customers; --'", 0.0),
        ("\"region\" = 'north'", 30.0),
        ("customers.region = 'north'", 30.0),
        ("1 = 1", 100.0),
        ("true", 100.0),
    ],
)
def test_allowed(firm: Company, condition: str, mrr: float) -> None:
    """Comparisons, and, or, not, in, between, like, is null, arithmetic and a few plain functions over columns. A 10
    (north, 5, food), B 20 (north, 50, steel), C 30 (south, 500, Food), D 40 (nothing known: no comparison holds)."""
    assert firm.value("mrr", "2024-01", "--where", condition) == mrr


def test_several_conditions_narrow(firm: Company) -> None:
    """--where twice: both must hold."""
    assert firm.value("mrr", "2024-01", "--where", "region = 'north'", "--where", "size > 10") == 20.0
