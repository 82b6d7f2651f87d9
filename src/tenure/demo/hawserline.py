"""Hawserline, the example of a business that sells to businesses: dispatch software for wholesalers and carriers, by
contracts of one to three years. Floor: edges (demo).

It is Parcelwise's generator on other terms: a third as many customers, larger ones, hardly any without a contract, no
shop and no printers. The three stories of `stories` happen here too; with fewer customers each is seen less clearly,
as it would be.
"""

from __future__ import annotations

from decimal import Decimal

from tenure.demo import parcelwise
from tenure.demo.company import Company
from tenure.demo.dice import Row, Tables, Value, cents
from tenure.demo.people import Market

MARKET = Market(
    sign_ups=(24, 6, 5, 6, 7, 6, 5, 6, 7, 8, 7, 8, 9, 9, 10, 9, 7, 6, 6, 5, 6, 7, 6, 5),
    industries=("Wholesale", "Couriers", "Electronics", "Food"),
    plans=(("Starter", 0.3), ("Growth", 3.0), ("Scale", 4.4), ("Enterprise", 2.3)),
    promo_starters=0.6,
    no_term=0.04,
    terms=((12, 5.0), (24, 3.0), (36, 1.5), (6, 1.0)),
    trials=0.25,
    seats=2,
    finishes=0.88,
)
# Customers that pay five times as much are won by people who travel, and kept by people who know them.
_SPENDS = {"acquisition": 6, "retention": 3, "support": 3, "goods": 5, "other": 3}
_LEFT_OUT = ("visits", "carts", "jobs", "deliveries", "inspections", "stock")
# What only a shop would write or be told.
_OTHERWISE = (
    ("Parcelwise", "Hawserline"), ("our shop", "our warehouse"), ("connect shop", "connect warehouse"),
    ("Connect your shop", "Connect your warehouse"), ("connect the shop", "connect the warehouse"),
    ("a small shop", "a small depot"), ("a friend's shop", "another wholesaler"), ("ShopToolRank", "Freight Ratings"),
    ("Merchant Voices", "Depot Voices"),
)  # fmt: skip


def make(seed: int, told: bool = True) -> Tables:
    """The tables of a company without a shop."""
    tables = parcelwise.make(seed, told, MARKET)
    tables["costs"] = [_spent(row) for row in tables["costs"]]
    return {
        name: [{column: _said(value) for column, value in row.items()} for row in rows]
        for name, rows in tables.items()
        if name not in _LEFT_OUT
    }


def _spent(row: Row) -> Row:
    amount = row["amount"]
    assert isinstance(amount, Decimal)
    return {**row, "amount": cents(amount * _SPENDS[str(row["category"])])}


def _said(value: Value) -> Value:
    if isinstance(value, str) and ("shop" in value.lower() or "Parcelwise" in value or "Merchant" in value):
        for before, after in _OTHERWISE:
            value = value.replace(before, after)
    return value


HAWSERLINE = Company(
    "Hawserline",
    "It sells dispatch software to wholesalers and carriers, by contract.",
    make,
    {**parcelwise.PARCELWISE.about, "trade": "roll-outs at large customers"},
    parcelwise.settings("Saoirse Nolan"),
    (
        "show nps customer_retention_rate --by owner --grain total --from 2025-01 --to 2025-12",
        "explain nrr --period 2025-12", "show renewal_rate --grain quarter",
        "show cac --grain quarter --variant lagged", "health --divergence",
    ),
)  # fmt: skip
