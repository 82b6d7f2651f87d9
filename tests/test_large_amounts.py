"""Amounts that companies have and a machine's integers do not: a contract of millions, an order in a small currency.

A table keeps an amount in 18 digits, and a figure is reckoned in ticks, 432,432,000 to the unit: the product of both
has to be looked after wherever it is taken.
"""

from __future__ import annotations

from fractions import Fraction

import duckdb
import ibis
import pytest

import tenure
from tenure import texts
from tenure.rollups._rates import halved, worth
from tenure.workspace import Workspace

HEADS = {
    "customers": "customer_id,created_at\na,2024-01-01\n",
    "contracts": "contract_id,customer_id,starts_on,ends_on,value,currency,outcome\n"
    "k,a,2023-07-01,2024-06-29,{0},USD,renewed\n",
    "orders": "order_id,customer_id,placed_at,amount,currency\no,a,2024-02-01,{0},USD\n",
    "costs": "cost_id,category,at,amount,currency\nc,goods,2024-02-01,{0},USD\nd,acquisition,2024-02-01,{0},USD\n",
    "stock": "on,product,value,currency\n2024-01-01,x,{0},USD\n",
    "payments": "payment_id,customer_id,at,amount,currency,status\np,a,2024-02-01,{0},USD,succeeded\n",
}


@pytest.fixture(scope="module", params=["250000", "900000000.25"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, float]:
    """One customer, one row of each kind, all of the same amount."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "tenure.toml").write_text("[workspace]\nas_of = 2025-01-01\n", encoding="utf-8")
    for name, text in HEADS.items():
        (folder / f"{name}.csv").write_text(text.format(request.param), encoding="utf-8")
    workspace = tenure.open(folder)
    workspace.load_files([folder / f"{name}.csv" for name in HEADS])
    return workspace, float(request.param)


@pytest.mark.parametrize(
    ("metric", "times"),
    [
        ("average_purchase_value", 1), ("cac", 1), ("clv:historic", 1), ("non_recurring_revenue", 1),
        ("inventory_turnover", None), ("renewal_rate", None),
    ],
)  # fmt: skip
def test_a_single_large_amount_is_a_figure(company: tuple[Workspace, float], metric: str, times: int | None) -> None:
    """One of each: the mean is the amount; goods over a stock of the same worth is 1, and so is renewed over due."""
    workspace, amount = company
    name, _, variant = metric.partition(":")
    [row] = workspace.show(name, variant=variant or None, from_="2024", to="2024", grain="year")[0].rows
    assert row.value == (amount * times if times else 1)


RATES = ("1", "0.5", "1.5", "1.0834", "0.006712345679", "147.25", "0.999999999999", "25000.000000000001")
TICKS = (0, 1, 3, 7, 432_432_000, 4_215_567_676_321, 6_900_000_000_001, 8_000_000_000_000, 39_999_999_999_999)


def test_amounts_at_rates_are_rounded_as_on_paper() -> None:
    """Amount times rate, halves away from zero, on both ways: in machine integers and, where they overflow, in wide
    decimals. Expected is the fraction itself: 3 ticks at 1.5 are 4.5, so 5; -3 are -5.
    """
    amounts = [sign * value for value in TICKS for sign in (1, -1)]
    rows = ", ".join(f"({amount}, {rate})" for amount in amounts for rate in RATES)
    given = ibis.table({"ticks": "decimal(18,0)", "rate": "decimal(20,12)"}, name="given")
    split = halved(given)
    query = split.select("ticks", rate=split.rate.cast("string"), most="most", value=worth(split.ticks, split))
    con = duckdb.connect()
    con.execute("CREATE TABLE given (ticks DECIMAL(18, 0), rate DECIMAL(20, 12))")
    con.execute(f"INSERT INTO given VALUES {rows}")
    found = con.execute(texts.sql(query, "duckdb")).fetchall()
    assert {abs(ticks) <= most for ticks, _, most, _ in found} == {True, False}, "one way was not taken"
    assert len(found) == len(amounts) * len(RATES)
    for ticks, rate, _, value in found:
        exact = abs(Fraction(int(ticks)) * Fraction(rate))
        assert value == int(exact + Fraction(1, 2)) * (1 if ticks > 0 else -1), (ticks, rate)
