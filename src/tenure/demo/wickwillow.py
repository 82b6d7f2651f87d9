"""Wickwillow, the example of an online shop: linen and blankets, sent from one warehouse. Floor: edges (demo).

*Its story.* In April, May and June 2025 it moves to a new warehouse, and nearly half of the parcels come days later
than promised, against one in twenty. Ratings fall at once, letters to the shop rise, and many whose parcel was late
never order again: of those whose first order fell in that quarter fewer have come back by now than of those who first
ordered in the quarter after, although these have had less time.
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

MOVED = date(2025, 4, 1), date(2025, 7, 1)
USUALLY_LATE, LATE_WHILE_MOVING = 0.05, 0.46

_LINES = (
    ("acquisition", "advertising", "search", 1500), ("acquisition", "advertising", "social", 900),
    ("acquisition", "salaries", None, 1400), ("retention", "communications", "newsletter", 450),
    ("retention", "salaries", None, 700), ("support", "salaries", None, 2100), ("support", "tooling", None, 260),
    ("other", "salaries", None, 5200),
)  # fmt: skip
_AGENTS = (
    ("Noor Bakkali", "Letters", "office"), ("Pim de Wolf", "Letters", "office"), ("Rhea Solberg", "Letters", "office"),
)  # fmt: skip


def _late(moving: bool) -> float:
    return LATE_WHILE_MOVING if moving else USUALLY_LATE


def _shop(told: bool) -> Shop:
    words = shop_words(
        ("linen sheet", "wool blanket", "bath towel", "cushion", "table cloth"), tuple(name for name, *_ in _AGENTS)
    )
    themes = ("late parcel", "returns", "damaged", "product", "payment", "loyalty points")
    team = Team(
        _AGENTS, dict.fromkeys(themes, "Letters"), words, {"office": ("Europe/Amsterdam", "08:30", "17:00")},
        (("office", 1, 1), ("office", 4, 27), ("office", 12, 25), ("office", 12, 26)),
    )  # fmt: skip
    return Shop(
        "W", "USD",
        (120, 62, 60, 64, 66, 62, 58, 60, 72, 86, 118, 124, 84, 72, 74, 78, 80, 76, 74, 76, 88, 104, 138, 142),
        (("Amsterdam", 3.0), ("Utrecht", 2.0), ("Antwerp", 2.0), ("Cologne", 1.5), ("Elsewhere", 2.5)),
        4.4, 0.3,
        (
            ("Bed linen", 96, 46, 3.0), ("Blankets", 84, 44, 2.4), ("Bath", 38, 42, 2.6), ("Table", 44, 45, 1.5),
            ("Cushions", 32, 40, 1.8),
        ),
        1.0, (), 0, 0.0, seasonal((0.95, 0.8, 0.85, 0.9, 0.9, 0.85, 0.8, 0.85, 1.0, 1.15, 1.55, 1.6)),
        lambda store, day: 1.0, lambda at: _late(told and MOVED[0] <= at.date() < MOVED[1]), team,
        (("Buying", 2, 1), ("Warehouse", 4, 2), ("Letters", 2, 1), ("Site", 2, 1)),
    )  # fmt: skip


def make(seed: int, told: bool = True) -> Tables:
    """The shop's tables; without the story no quarter is worse than another."""
    tables = shops.make(seed, _shop(told), _LINES, (5,) if told else ())
    return {name: rows for name, rows in tables.items() if rows}


WICKWILLOW = Company(
    "Wickwillow",
    "It sells linen and blankets online, sent to the door.",
    make,
    {**shops.ABOUT, "trade": "visits to the site, carts, parcels and what lies in stock"},
    shops.SETTINGS.format(
        margin="0.55", segments="members = \"tier = 'member'\"\nby_friends = \"came_by = 'friend'\"\n"
    ),
    (
        "show on_time_delivery_rate rating --grain quarter --last 8",
        "show repeat_purchase_rate --variant cohort --grain quarter --last 8",
        "explain average_purchase_value --period 2025-12",
        "show clv --variant predictive_orders --grain quarter --last 4", "feedback --period 2025-Q2", "health",
    ),
    "USD",
)  # fmt: skip
