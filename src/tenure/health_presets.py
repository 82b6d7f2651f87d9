"""Scores to start from, by type of business, and ways to name what a score says. Language floor.

`default` is the one the definitions fix. `saas` follows use; `shop` recency, frequency, money, returns and ratings;
`four` and `three` take the inputs and the grades of the two articles that name them.
"""

from __future__ import annotations

from fractions import Fraction

from tenure.health_score import Bands, Map, Measure, Score, linear

PERCENTILE = Map("percentile")


def _bands(*cuts: tuple[str, int], lower_exclusive: bool = False) -> Bands:
    return Bands(tuple((name, Fraction(low)) for name, low in cuts), lower_exclusive)


_THREE = (("at risk", 0), ("needs attention", 50), ("healthy", 75))
BANDS = {
    "three": _bands(*_THREE),
    "four": _bands(("at risk", 0), ("unhealthy", 40), ("healthy", 60), ("high-value", 80)),
    "lower_exclusive": _bands(*_THREE, lower_exclusive=True),
}
"""Bands by name: the three grades, the four grades, and the three with their upper ends in instead of their lower."""

YEAR, QUARTER, MONTH = (0, 365), (0, 90), (0, 30)

_usage = Measure("usage", "dau:active_days", map=linear((0, 0), (1, 100)), window=MONTH, past=3, tables=("events",))
_tickets = Measure("tickets", "open_tickets", map=linear((0, 100), (5, 0)), window=MONTH, tables=("tickets",))
_nps = Measure("nps", "nps:latest_score", map=linear((0, 0), (10, 100)), window=YEAR, tables=("survey_responses",))
_payments = Measure("payments", "payment_success", map=linear((0, 0), (1, 100)), window=QUARTER, tables=("payments",))
_days = Measure("active days", "dau:active_days", map=linear((0, 0), (15, 100)), window=MONTH, tables=("events",))
_breadth = Measure("features used", "feature_breadth", map=PERCENTILE, window=QUARTER, tables=("events",))
_csat = Measure("satisfaction", "csat", map=linear((0, 0), (1, 100)), window=YEAR, tables=("survey_responses",))
_talks = Measure("talks", "interactions", map=linear((0, 0), (3, 100)), window=QUARTER, tables=("interactions",))
_money = Measure("money", "mrr", map=PERCENTILE, window=MONTH, tables=("subscriptions",))
_referrals = Measure("referrals", "referral_rate", map=Map("boolean"), window=YEAR, tables=("referrals",))
_answers = Measure("answers", "response_rate", map=linear((0, 0), (1, 100)), window=YEAR, tables=("survey_responses",))
_tenure = Measure("usage period", "tenure_months", "attribute", map=linear((0, 0), (24, 100)))
_social = Measure("social posts", "sentiment", map=linear((-1, 0), (1, 100)), window=YEAR, tables=("mentions",))
_recent = Measure(
    "recency", "purchase_frequency", map=linear((30, 100), (365, 0)), window=YEAR, since=True, tables=("orders",)
)
_often = Measure("frequency", "purchase_frequency", map=linear((0, 0), (4, 100)), window=YEAR, tables=("orders",))
_spent = Measure("spending", "customer_value", map=PERCENTILE, window=YEAR, tables=("orders",))
_kept = Measure("orders kept", "return_rate", map=linear((0, 100), (1, 0)), window=YEAR, tables=("orders",))
_rating = Measure("ratings", "rating", map=linear((1, 0), (5, 100)), window=YEAR, tables=("reviews",))

PRESETS = {
    "default": Score("default", (_usage, _tickets, _nps, _payments), BANDS["three"], preset="default"),
    "saas": Score("saas", (_usage, _days, _breadth, _tickets, _nps, _payments), BANDS["three"], preset="saas"),
    "shop": Score("shop", (_recent, _often, _spent, _kept, _rating), BANDS["three"], preset="shop"),
    "three": Score("three", (_usage, _csat, _tickets, _talks, _payments), BANDS["three"], preset="three"),
    "four": Score(
        "four",
        (_tenure, _tickets, _money, _social, _referrals, _answers),
        BANDS["four"],
        preset="four",
    ),
}
OF_BUSINESS = {"ecommerce": "shop", "retail": "shop"}
"""Types of business that do not start from the preset `default`."""
