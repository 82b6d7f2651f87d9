"""`--where` as an expression: what is understood, and that everything else is refused."""

from __future__ import annotations

import pytest

from tenure.errors import TenureError, UsageError
from tenure.expr import Col, Const, Expr, Op
from tenure.filter import DEEPEST, LONGEST, columns, parse

region, size = Col("region"), Col("size")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("region = 'EU'", Op("==", (region, Const("EU")))),
        ("region <> 'EU'", Op("!=", (region, Const("EU")))),
        ("region != 'EU'", Op("!=", (region, Const("EU")))),
        ("size >= 100", Op(">=", (size, Const(100)))),
        ("size > -1.5", Op(">", (size, Const(-1.5)))),
        ("100 < size", Op("<", (Const(100), size))),
        ("paid", Col("paid")),
        ("paid IS TRUE", Op("==", (Col("paid"), Const(True)))),
        ("TRUE", Const(True)),
        ("NOT paid", Op("not", (Col("paid"),))),
        ("region IS NULL", Op("not", (Op("set", (region,)),))),
        ("region IS NOT NULL", Op("not", (Op("not", (Op("set", (region,)),)),))),
        ("region LIKE 'E%'", Op("like", (region, Const("E%")))),
        ("region ILIKE 'E%'", Op("like", (Op("lower", (region,)), Const("e%")))),
        ("lower(region) = 'eu'", Op("==", (Op("lower", (region,)), Const("eu")))),
        ("size + 1 > 2", Op(">", (Op("+", (size, Const(1))), Const(2)))),
        ("coalesce(size, 0) > 2", Op(">", (Op("else", (size, Const(0))), Const(2)))),
        ("subscriptions.plan = 'Pro'", Op("==", (Col("subscriptions.plan"), Const("Pro")))),
        ("\"came by\" = 'web'", Op("==", (Col("came by"), Const("web")))),
        ("region = 'O''Neil; DROP TABLE x --'", Op("==", (region, Const("O'Neil; DROP TABLE x --")))),
    ],
)
def test_what_is_understood(text: str, meant: Expr) -> None:
    assert parse(text) == meant


def test_lists_and_ranges() -> None:
    either = Op("in", (region, Const("EU"), Const("US")))
    assert parse("region IN ('EU', 'US')") == either
    assert parse("region IN ('EU')") in (Op("in", (region, Const("EU"))), Op("==", (region, Const("EU"))))
    assert parse("region NOT IN ('EU', 'US')") == Op("not", (either,))
    between = Op("and", (Op(">=", (size, Const(1))), Op("<=", (size, Const(9)))))
    assert parse("size BETWEEN 1 AND 9") == between


def test_and_binds_closer_than_or() -> None:
    a, b, c = (Op("==", (Col(name), Const(1))) for name in "abc")
    assert parse("a = 1 OR b = 1 AND c = 1") == Op("or", (a, Op("and", (b, c))))
    assert parse("(a = 1 OR b = 1) AND c = 1") == Op("and", (Op("or", (a, b)), c))


def test_columns_in_order_each_once() -> None:
    assert columns(parse("b = 1 AND (a = 2 OR b = 3) AND lower(c) LIKE 'x%'")) == ["b", "a", "c"]
    assert columns(parse("TRUE")) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "region =",
        "region = 'EU",
        "region = 'EU'; region = 'US'",
        "SELECT 1",
        "DROP TABLE customers",
        "region = (SELECT 1)",
        "EXISTS (SELECT 1)",
        "region IN (SELECT region FROM customers)",
        "region IN ()",
        "read_text('/etc/passwd') = 'x'",
        "getenv('HOME') = 'x'",
        "size / 0 > 1",
        "size % 2 = 0",
        "CAST(size AS VARCHAR) = '1'",
        "size::VARCHAR = '1'",
        "CASE WHEN paid THEN 1 ELSE 0 END = 1",
        "region SIMILAR TO 'E.*'",
        "regexp_matches(region, 'E')",
        "region = $1",
        "region = ?",
        "region = @x",
        "a.b.c.d = 1",
        "main.customers.region = 'EU'",
        "* = 1",
        "size > ALL (SELECT 1)",
        "region LIKE other",
        "date '2024-01-01' = since",
        "now() > since",
        "1",
        "'EU'",
        "size + 1",
        "-size > 1",
        "x -> 'a' = 1",
        "list[1] = 1",
        "row_number() OVER () = 1",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.where == "--where"
    assert caught.value.exit_code == 2


def test_too_long_and_too_deep() -> None:
    with pytest.raises(UsageError, match="characters"):
        parse("region = '" + "x" * LONGEST + "'")
    deep = "(" * (DEEPEST + 50) + "paid" + ")" * (DEEPEST + 50)
    with pytest.raises(UsageError):
        parse(deep)
    with pytest.raises(TenureError):
        parse("NOT " * 2000 + "paid")
    parse(" OR ".join(f"size = {n}" for n in range(60)))
