"""How healthy customers are: the score of `tenure health` at a period's end, by band, and the MRR that is at risk."""

from __future__ import annotations

from tenure.expr import Col, FirstWith, Ratio, Rows, count, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._words import now

OF = "subscriptions or orders or customers or events or tickets or survey_responses or payments"
POINTS, CENTS = 10**6, 100
scores = Rows("health_scores", "k", of=OF, said="customers with a score at the period's end")
bands = Rows("health_bands", "k", of=OF, said="customers of the band at the period's end")

everyone = total(scores.count())
points = total(scores.sum(Col("points", parts=POINTS)))
squares = total(scores.sum(Col("square", parts=POINTS)))
weighted = total(scores.sum(Col("weighted", parts=POINTS * CENTS)))
money = total(scores.sum(Col("cents", parts=CENTS)))
at_risk = scores.sum(Col("lowest"))

mean = Ratio(points, everyone, "insufficient_data")
of_mrr = Ratio(weighted, money, "insufficient_data")

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
*Variants.* mean: every customer alike, whatever it pays.
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
*Counts:* the bands of the first score of tenure.toml; it always comes by band.
*Leaves out:* customers of whom too little is known for a score.
*Empty:* no value when nobody has a score.
*Differs:* where a score of exactly 75 belongs to the band below, bands = "lower_exclusive" says so.
*Example:* on the small world, 2024-03: 85.7 %.""",
            {
                "default": Reading(
                    Ratio(total(bands.count()), everyone, "insufficient_data"), n=everyone, interval=WILSON
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
*Counts:* the bands of the first score of tenure.toml.
*Leaves out:* customers of whom too little is known for a score.
*Empty:* no value without subscriptions.
*Differs:* other tools add renewals that are due; renewal_rate tells those.
*Example:* on the small world, 2024-03: 0 USD.""",
            {"default": Reading(total(now.where(at_risk > 0)), n=count((at_risk > 0) & (now > 0)))},
            aliases=("revenue_at_risk",),
        ),
    ),
)
