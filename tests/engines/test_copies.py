"""How a version gets to another engine: whole, once, what changed only, and clear words where it cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

import tenure
from tenure.errors import ConfigError, StoreError
from tenure.warehouses import _copy, spark
from tenure.workspace import Workspace

TOML = """
[workspace]
warehouse = "URL"
as_of = 2024-04-01
[sources.books.tables.customers]
path = "customers.csv"
[sources.books.tables.subscriptions]
path = "subscriptions.csv"
"""
CUSTOMERS = """customer_id,name,region
a,Ada,North
b,"Bob ""the second"", of
Bath",south
c,,"a ""b"", c"
d,Dörte — 雪,
"""
SUBSCRIPTIONS = """subscription_id,customer_id,amount,currency,interval,started_at
s1,a,0.01,USD,month,2024-01-01
s2,b,7036874417.66,USD,year,2024-01-01
s3,c,30,USD,quarter,2024-01-15
s4,d,40,USD,month,2024-02-01
"""

Company = Callable[[str], Workspace]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A workspace on the engine of a URL, with text and amounts that are easily bent."""

    def make(url: str) -> Workspace:
        (tmp_path / "tenure.toml").write_text(TOML.replace("URL", url), encoding="utf-8")
        (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
        (tmp_path / "subscriptions.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
        workspace = tenure.open(tmp_path)
        workspace.sync()
        return workspace

    return make


def figures(workspace: Workspace, **options: str) -> dict[str, Fraction]:
    found = workspace.show("mrr", from_="2024-03", by="region", **options)[0].rows
    return {row.by["region"]: Fraction(row.value or 0) for row in found}


def schemas(url: str) -> list[str]:
    import psycopg

    with psycopg.connect(url) as con:
        rows = con.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenure%' ORDER BY oid").fetchall()
    return [str(name) for (name,) in rows]


def test_text_and_amounts_arrive_on_postgres_as_they_are(company: Company, postgres_url: str) -> None:
    assert figures(company(postgres_url)) == {
        "North": Fraction(1, 100),
        "south": Fraction("7036874417.66") / 12,
        'a "b", c': 10,
        "(none)": 40,
    }


def test_postgres_compares_text_by_its_bytes(company: Company, postgres_url: str) -> None:
    """Whatever the language of the database: a capital N stands before a."""
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as con:
        con.execute("CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    english = postgres_url.removesuffix("/postgres") + "/english"
    with psycopg.connect(english) as con:
        assert con.execute("SELECT 'North' > 'a'").fetchone() == (True,)
    assert set(figures(company(english), where="region >= 'a'")) == {"south", 'a "b", c'}


def test_postgres_gets_each_version_once_and_keeps_two(company: Company, postgres_url: str, tmp_path: Path) -> None:
    before = schemas(postgres_url)
    workspace = company(postgres_url)
    figures(workspace)
    figures(tenure.open(workspace.folder))
    made = [s for s in schemas(postgres_url) if s not in before]
    assert len(made) == 1
    for amount in ("50", "60"):
        more = tmp_path / f"more{amount}.csv"
        more.write_text(
            f"subscription_id,customer_id,amount,currency,interval,started_at\nx{amount},a,{amount},USD,month,2024-01-01\n"
        )
        workspace.load_files([more], table="subscriptions")
        figures(workspace)
    now = [s for s in schemas(postgres_url) if s not in before]
    assert len(now) == 2 and made[0] not in now
    assert figures(workspace)["North"] == Fraction(1, 100) + 110


def test_spark_files_that_did_not_change_are_shared(company: Company, tmp_path: Path) -> None:
    workspace, root = company("duckdb"), tmp_path / "exported"

    def exported() -> Path:
        with workspace.snapshot() as snapshot:
            return spark._exported(_copy.of_snapshot(snapshot, workspace.folder), root)

    first = exported()
    assert exported() == first
    more = tmp_path / "more.csv"
    more.write_text("subscription_id,customer_id,amount,currency,interval,started_at\nx,a,50,USD,month,2024-01-01\n")
    workspace.load_files([more], table="subscriptions")
    second = exported()
    assert second != first
    for name, same in (("m_customers", True), ("m_subscriptions", False), ("mrr_steps", False)):
        one, two = (folder / f"{name}.parquet" for folder in (first, second))
        assert one.samefile(two) is same, name
    workspace.load_files([more.with_name("customers.csv")], table="customers")
    more.write_text("subscription_id,customer_id,amount,currency,interval,started_at\ny,a,50,USD,month,2024-01-01\n")
    workspace.load_files([more], table="subscriptions")
    third = exported()
    assert sorted(path for path in root.iterdir()) == sorted([second, third])


def test_a_password_is_never_said(company: Company) -> None:
    pytest.importorskip("psycopg", reason="pip install 'tenure[postgres]'")
    for url, kind in (
        ("postgresql://me:hush%2Fhush@127.0.0.1:1/none", StoreError),
        ("postgresql://me:hu%sh@127.0.0.1/none", ConfigError),
    ):
        with pytest.raises(kind) as caught:
            figures(company(url))
        assert "hu" not in str(caught.value)
        assert caught.value.__cause__ is None and caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "driver", "extra"),
    [("postgresql://127.0.0.1/none", "psycopg", "postgres"), ("spark://local[2]", "pyspark.sql", "spark")],
    ids=["server", "cluster"],
)
def test_a_missing_driver_says_how_to_get_it(
    company: Company, monkeypatch: pytest.MonkeyPatch, url: str, driver: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(ConfigError, match=rf"pip install 'tenure\[{extra}\]'"):
        figures(company(url))


def test_an_engine_that_is_only_compiled_for_says_so(company: Company) -> None:
    with pytest.raises(ConfigError, match="bigquery"):
        figures(company("bigquery://project/data"))


def test_an_unknown_option_of_spark_is_refused(company: Company) -> None:
    pytest.importorskip("pyspark", reason="pip install 'tenure[spark]'")
    with pytest.raises(ConfigError, match="'file'"):
        figures(company("spark://local[2]?file=/tmp"))
