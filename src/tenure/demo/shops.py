"""The tables of a shop, made of its purchases. Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.demo import buyers_voice, shopfloor
from tenure.demo.dice import Dice, Tables, number_rows
from tenure.demo.firm import Line, staff_rows
from tenure.demo.habits import people
from tenure.demo.shop import Shop, customer_rows, delivery_rows, order_rows, purchases
from tenure.demo.surveys import numbered, team_pulse

ABOUT = {
    "people": "shoppers with an account, and the shop's own people",
    "revenue": "what is sold, and what it costs",
    "support": "letters to the shop",
    "voice": "surveys after orders, reviews and posts",
    "trade": "visits, carts, parcels and what lies in stock",
}
SETTINGS = """[policy]
gross_margin = {margin}

[segments]                    # use one with: --where @NAME
{segments}
[health.main]                 # recency, frequency, spending, orders kept, ratings: tenure health
preset = "shop"
"""


def make(seed: int, shop: Shop, lines: Iterable[Line], sad_quarters: tuple[int, ...]) -> Tables:
    """Every table that a shop has: no subscriptions, no contracts, no product that people sign in to."""
    words = shop.team.words
    shoppers = people(Dice(seed, 1), shop.prefix, shop.newcomers, shop.places, shop.a_year, shop.members)
    bought = purchases(Dice(seed, 2), shop, shoppers)
    desk = buyers_voice.desk(Dice(seed, 3), shop.team, bought)
    visits = shopfloor.site_visits(Dice(seed, 4), shop, bought) + shopfloor.door_counts(Dice(seed, 5), shop)
    answers = buyers_voice.survey_rows(Dice(seed, 6), shop.team, bought) + team_pulse(
        Dice(seed, 7), sad_quarters, words, 14
    )
    tables: Tables = {
        "customers": customer_rows(shoppers), "staff": staff_rows(shop.headcount), **shop.team.rows(),
        "orders": order_rows(shop, bought), "payments": shopfloor.payment_rows(Dice(seed, 8), shop, bought),
        "costs": shopfloor.costs(Dice(seed, 9), shop, bought, lines), **desk.rows(),
        "survey_responses": numbered(answers), "reviews": buyers_voice.review_rows(Dice(seed, 10), words, bought),
        "referrals": buyers_voice.referral_rows(Dice(seed, 11), shoppers, bought),
        "mentions": buyers_voice.mention_rows(Dice(seed, 12), words, shoppers),
        "visits": number_rows(visits, "visit_id", "VI-", "at"),
        "carts": shopfloor.cart_rows(Dice(seed, 13), bought),
        "deliveries": delivery_rows(bought), "stock": shopfloor.stock_rows(shop, bought),
    }  # fmt: skip
    if shop.stores:  # what is paid at a till is in no list, and the site's cards alone would pass for all that came in
        del tables["payments"]
    return tables
