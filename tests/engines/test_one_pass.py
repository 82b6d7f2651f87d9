"""A law: the one pass that translates expressions says what Ibis' own compiler says, but for the numbers of aliases."""

from __future__ import annotations

import re
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.sql import compilers

from tenure import lean, texts
from tenure.engine import Engine
from tenure.measure import Measure
from tenure.periods import select
from tenure.texts_quick import translated

from .asking import ALL, READINGS, Place
from .test_compiles import Paper

ROWS = ibis.table({"a": "int64", "b": "string", "c": "date", "d": "int64", "e": "int64", "f": "int64"}, name="rows_")
OTHER = ibis.table({"x": "int64", "y": "string"}, name="other")
ALIAS = re.compile(r'["`](t\d+)["`]')
LEFT_OUT = re.compile(r"(EXCLUDE|EXCEPT) \(([^)]*)\)")


def said(tree: Any, dialect: Any) -> str:
    """The text with what is shared written out where it is read, and aliases numbered as they are met."""
    shared = {cte.alias: cte.this for cte in tree.ctes}
    known: dict[str, str] = {}

    def plain(query: Any) -> str:
        numbers: dict[str, str] = {}

        def name(found: re.Match[str]) -> str:
            if found[1] not in shared:
                return numbers.setdefault(found[1], f"[{len(numbers)}]")
            if found[1] not in known:
                known[found[1]] = plain(shared[found[1]])
            return f"<{known[found[1]]}>"

        text = ALIAS.sub(name, query.sql(dialect=dialect))
        return LEFT_OUT.sub(lambda found: f"{found[1]} ({', '.join(sorted(found[2].split(', ')))})", text)

    bare = tree.copy()
    for name in [name for name in bare.args if name.startswith("with")]:
        bare.args.pop(name)
    return plain(bare)


def alike(query: ir.Table, dialect: str) -> bool:
    """Whether the one pass knows the query; fails where it says anything else than Ibis."""
    text = texts.sql(query, dialect)  # sets the options that all compiling needs, too
    compiler = getattr(compilers, dialect).compiler
    ours = translated(compiler, query.op())
    if ours is not None:
        assert said(ours, compiler.dialect) == said(compiler.to_sqlglot(query), compiler.dialect)
        whole = ours.sql(dialect=compiler.dialect).replace("ANY_BITS(", f"{texts._ANY_BITS.get(dialect, 'BIT_OR')}(")
        assert text == whole, "what is shared was reworked"
    return ours is not None


def queries() -> dict[str, ir.Table]:
    """Each shape that is translated in a way of its own."""
    some = ROWS.filter(ROWS.a > 1).mutate(g=ROWS.b.upper().name("loud") + "x")
    few = some.drop("f")
    beside = OTHER.join(few, few.a == OTHER.x).select("x", "b")
    ranked = ROWS.mutate(r=ibis.row_number().over(ibis.window(group_by=ROWS.b, order_by=ROWS.c.desc())))
    first = ROWS.filter(ibis.row_number().over(ibis.window(group_by=ROWS.b, order_by=[ROWS.c, ROWS.a])) == 0)
    spread = ROWS.group_by("b").agg(n=ROWS.count(), s=ROWS.a.sum(where=ROWS.d > 0), m=ROWS.c.max())
    lean_rows, lean_other = lean.table(ROWS.schema(), "rows_"), lean.table(OTHER.schema(), "other")
    those = lean_rows.semi_join(lean_other, lean_rows.a == lean_other.x)
    return {
        "table": ROWS,
        "star": ROWS.select(*ROWS.columns),
        "other order": ROWS.select(*reversed(ROWS.columns)),
        "few dropped, read twice": ibis.union(few.filter(few.d == 1), few.filter(few.d == 2)),
        "few dropped, joined twice": ibis.union(beside, few.join(OTHER, few.a == OTHER.x).select("x", "b")),
        "many dropped": ROWS.drop("a", "b", "c", "d"),
        "shared": spread.join(ranked, spread.b == ranked.b, how="left").join(some, some.a == spread.n).select("n", "s"),
        "shared by one": ibis.union(spread, spread),
        "those of others": ROWS.semi_join(OTHER, ROWS.a == OTHER.x),
        "those of others, twice": ibis.union(those.select("a", "b"), those.filter(those.d > 1).select("a", "b")),
        "windows": ranked.filter(ranked.r < 2),
        "windowed condition": first.filter(first.a.isin([1, 2]) & first.b.isin([])),
        "distinct, sorted, few": spread.select("n", "m").distinct().order_by(ibis.desc("n"), "m").limit(5),
        "one number": ROWS.filter(ROWS.a == spread.n.max().as_scalar()).agg(n=lambda t: t.count()),
        "days": ROWS.select(z=(ROWS.c.cast("timestamp") - ibis.interval(days=1)).cast("timestamp").date()),
        "first": ROWS.mutate(z=ROWS.a.first().over(group_by=ROWS.b, order_by=ROWS.c), w=ROWS.b.find("x")),
    }


@pytest.mark.parametrize("dialect", texts.QUICK)
def test_shapes(dialect: str) -> None:
    for name, query in queries().items():
        assert alike(query, dialect), name


def test_what_is_not_known_is_left_to_ibis() -> None:
    """A sample of rows, and rows after the first few, have no rule here."""
    assert not alike(ROWS.sample(0.5), "duckdb")
    assert not alike(ROWS.limit(5, offset=5), "duckdb")
    assert "OFFSET 5" in texts.sql(ROWS.limit(5, offset=5), "duckdb")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"], ids=["embedded", "server", "cluster"])
def test_readings(places: dict[str, Place], dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of each engine's in `make test`, all with TENURE_ALL=1."""
    workspace = places["small"].on("duckdb")
    ready = workspace._ready()
    measure = Measure(Engine(Paper(dialect), ready.engine.world, ready.engine.stored), ready.clock)
    grain, periods = select(ready.clock, from_="2024-01", to="2024-03", grain="month")
    frame = workspace._frame(measure, grain, periods, ("region",), ("owner = 'Ann'",), None)
    sql, known = texts.sql, []

    def both(query: ir.Table, dialect: str) -> str:
        monkeypatch.setattr(texts, "sql", sql)
        known.append(alike(query, dialect))
        monkeypatch.setattr(texts, "sql", both)
        return sql(query, dialect)

    monkeypatch.setattr(texts, "sql", both)
    monkeypatch.setattr(texts, "kept", lambda key, make, shelf=None: make())
    turn = ("duckdb", "postgres", "pyspark").index(dialect)
    measure.results(list(READINGS if ALL else READINGS[30 * turn :: 90]), frame)
    assert known and all(known)
