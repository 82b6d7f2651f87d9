"""Marrowby, the example of a retailer: three kitchen and garden shops with a loyalty card, and a small site beside
them. Floor: edges (demo).

*Its story.* From July to October 2025 the street before the shop at Canal Quay is dug up: under half as many people
come through its door, its members buy less, while the other two shops are as ever. Stock was ordered for more, so
turnover of the whole is lower than in the same months of the year before.
"""

from __future__ import annotations

from datetime import date

from tenure.demo import shops
from tenure.demo.company import Company
from tenure.demo.dice import Tables
from tenure.demo.habits import seasonal
from tenure.demo.helpdesk import Team
from tenure.demo.shop import Shop
from tenure.demo.shop_words import shop_words

DUG_UP = date(2025, 7, 1), date(2025, 11, 1)
STRUCK = "Canal Quay"
STORES = (STRUCK, "Mill Lane", "Old Market")
LEFT_OVER = 0.42  # of those who used to come

_LINES = (
    ("acquisition", "advertising", "leaflets", 1100), ("acquisition", "salaries", None, 900),
    ("retention", "communications", "card", 600), ("retention", "salaries", None, 800),
    ("support", "salaries", None, 700), ("other", "salaries", None, 14500), ("other", "other", "rent", 6200),
)  # fmt: skip
_AGENTS = (("Greta Holm", "Service desk", "shops"), ("Tobias Reck", "Service desk", "shops"))


def _shop(told: bool) -> Shop:
    things = ("cast iron pan", "garden hose", "tea kettle", "watering can", "bread knife")
    words = shop_words(things, ("Greta", "Tobias", "Alma", "Jonte"))
    themes = ("late parcel", "returns", "damaged", "product", "payment", "loyalty points")
    team = Team(
        _AGENTS, dict.fromkeys(themes, "Service desk"), words, {"shops": ("Europe/Copenhagen", "09:00", "19:00")},
        (("shops", 1, 1), ("shops", 12, 25)), ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
    )  # fmt: skip
    return Shop(
        "M", "EUR",
        (150, 74, 76, 90, 94, 84, 70, 66, 72, 80, 96, 110, 80, 70, 76, 92, 96, 86, 64, 60, 64, 70, 96, 108),
        tuple((store, weight) for store, weight in zip(STORES, (3.4, 3.6, 3.0), strict=True)),
        5.2, 1.0,
        (
            ("Pots and pans", 58, 55, 2.6), ("Tableware", 34, 50, 2.2), ("Garden tools", 46, 56, 2.4),
            ("Plants and seeds", 14, 48, 3.2), ("Small machines", 92, 66, 1.0),
        ),
        0.14, STORES, 62, 6.5,
        seasonal((0.75, 0.8, 1.0, 1.25, 1.3, 1.1, 0.9, 0.85, 0.9, 0.95, 1.15, 1.5)),
        lambda store, day: LEFT_OVER if told and store == STRUCK and DUG_UP[0] <= day < DUG_UP[1] else 1.0,
        lambda at: 0.07, team,
        (("Shops", 11, 1), ("Buying", 2, 0), ("Office", 2, 1)),
    )  # fmt: skip


def make(seed: int, told: bool = True) -> Tables:
    """The shops' tables; without the story no street is dug up."""
    return shops.make(seed, _shop(told), _LINES, (6,) if told else ())


MARROWBY = Company(
    "Marrowby",
    "It runs three kitchen and garden shops with a loyalty card, and a small site beside them.",
    make,
    {
        **shops.ABOUT,
        "people": "members of the loyalty card, and the shops' own people",
        "trade": "heads at the doors, visits to the site, parcels and what lies in stock",
    },
    shops.SETTINGS.format(margin="0.45", segments='canal_quay = "region = \'Canal Quay\'"\n'),
    (
        "show foot_traffic --by place --last 8", "show average_transaction_value --by channel --last 4",
        "show inventory_turnover --grain quarter --last 8 --compare year",
        "show purchase_frequency --by region --grain quarter --last 4",
        "explain average_transaction_value --period 2025-12", "health",
    ),
    "EUR",
)  # fmt: skip
