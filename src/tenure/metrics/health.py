"""How healthy customers are: the score of `tenure health` at a period's end, by band, and the MRR that is at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tenure.expr import Col, Expr, FirstWith, Ratio, Rows, count, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._words import now
from tenure.tree import rewrite

OF = "subscriptions or orders or customers or events or tickets or survey_responses or payments"
POINTS, CENTS = 10**6, 100
scores = Rows("health_scores", "k", of=OF, said="customers with a score at the period's end")
bands = Rows("health_bands", "k", of=OF, said="customers of the band at the period's end")

own = Col("main").is_(1)
everyone = total(scores.count(own))
points = total(scores.sum(Col("points", parts=POINTS), own))
squares = total(scores.sum(Col("square", parts=POINTS), own))
weighted = total(scores.sum(Col("weighted", parts=POINTS * CENTS), own))
money = total(scores.sum(Col("cents", parts=CENTS), own))
at_risk = scores.sum(Col("lowest"), own)

mean = Ratio(points, everyone, "insufficient_data")
of_mrr = Ratio(weighted, money, "insufficient_data")

OF_SCORES = ("health", "health_share", "mrr_at_risk")
MEAN = "_mean"


def variants(metric: Metric, names: Sequence[str]) -> dict[str, Reading]:
    """The readings of a metric of scores by any score's name, besides those of the workspace's own."""
    found = {}
    for name in names:
        found[name] = of_score(metric.readings["default"], name)
        if "mean" in metric.readings:
            found[f"{name}{MEAN}"] = of_score(metric.readings["mean"], name)
    return {name: reading for name, reading in found.items() if name not in metric.readings}


def of_score(reading: Reading, name: str) -> Reading:
    """The same reading of another score than the workspace's own."""

    def other(x: Expr) -> Expr:
        return rewrite(x, lambda node: Col("score").is_(name) if node == own else node)

    how = reading.interval
    return replace(
        reading,
        expr=other(reading.expr),
        why=f"the score {name}",
        n=None if reading.n is None else other(reading.n),
        interval=None if how is None else replace(how, parts=tuple(other(part) for part in how.parts)),
    )


FAMILY = Family(
    "health",
    (
        Metric(
            "health",
            "Health score",
            "score",
            "up",
            """How healthy your customers are at the period's end, from 0 to 100.

*Formula.* The sum of score x MRR / the sum of MRR, over customers with a score; a customer's score is the first of
tenure.toml, or the preset of the business, from what was known when the period ended.
*Counts:* customers at the period's end; without subscriptions all of them alike.
*Leaves out:* customers of whom too little is known for a score.
*Empty:* no value when nobody has a score.
*Variants.* mean: every customer alike, whatever it pays. The name of any score of tenure.toml: that score instead of
the first; the name and _mean: that score, every customer alike.
*Differs:* each vendor has its own recipe; this one is in tenure.toml, and `tenure health --backtest` says whether it
was right.
*Example:* on the small world, 2024-03: 85.69.""",
            {
                "default": Reading(
                    FirstWith((("subscriptions", of_mrr),), mean), "customers by their MRR", everyone, unit="score"
                ),
                "mean": Reading(mean, "every customer alike", everyone, Interval("mean", (squares,))),
            },
            aliases=("health_score", "customer_health", "customer_health_score"),
        ),
        Metric(
            "health_share",
            "Customers by health band",
            "share",
            "neither",
            """The share of customers in each band of the health score at the period's end.

*Formula.* customers in the band / customers with a score.
*Counts:* the bands of the first score of tenure.toml, or of the one that --variant names; it always comes by band.
*Leaves out:* customers of whom too little is known for a score.
*Empty:* no value when nobody has a score.
*Differs:* where a score of exactly 75 belongs to the band below, bands = "lower_exclusive" says so.
*Example:* on the small world, 2024-03: 85.7 %.""",
            {
                "default": Reading(
                    Ratio(total(bands.count(own)), everyone, "insufficient_data"), n=everyone, interval=WILSON
                )
            },
            aliases=("health_bands",),
            by=("band",),
        ),
        Metric(
            "mrr_at_risk",
            "MRR at risk",
            "money",
            "down",
            """The MRR of customers in the lowest band of the health score.

*Formula.* The sum of MRR at the period's end over customers in the lowest band then.
*Counts:* the bands of the first score of tenure.toml, or of the one that --variant names.
*Leaves out:* customers of whom too little is known for a score.
*Empty:* no value without subscriptions.
*Differs:* other tools add renewals that are due; renewal_rate tells those.
*Example:* on the small world, 2024-03: 0 USD.""",
            {"default": Reading(total(now.where(at_risk > 0)), n=count((at_risk > 0) & (now > 0)))},
            aliases=("revenue_at_risk",),
        ),
    ),
)
