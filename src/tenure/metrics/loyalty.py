"""Loyalty as one number, made of metrics of other families: who buys again, who would recommend, who does."""

from __future__ import annotations

from tenure.expr import Expr, FirstWith, Mean, Named, Ratio, Setting
from tenure.metric import Family, Metric, Reading
from tenure.metrics import commerce, opinions, renewals, voice

repeats = commerce.FAMILY.reading("repeat_purchase_rate")
renewed = renewals.FAMILY.reading("renewal_rate")
refers = opinions.FAMILY.reading("referral_rate")
nps = voice.FAMILY.reading("nps")
WEIGHTS = ("loyalty_purchases", "loyalty_nps", "loyalty_referrals")


def _as_points(nps: Expr) -> Expr:
    """A score from -100 to 100 as one from 0 to 100."""
    assert isinstance(nps, Ratio)
    return Ratio(nps.top + 100 * nps.bottom, 2 * nps.bottom)


FAMILY = Family(
    "loyalty",
    (
        Metric(
            "loyalty",
            "Loyalty",
            "score",
            "up",
            """How loyal customers are, from 0 to 100: the mean of what they do and what they say.

*Formula.* The mean, by the weights of [policy] (1 each unless set), of: repeat_purchase_rate x 100 (without orders
renewal_rate x 100); (nps + 100) / 2; referral_rate x 100.
*Counts:* what these metrics count, each over its own base.
*Leaves out:* a part that has no value in the period.
*Empty:* no value where none of the parts has one.
*Differs:* "The 12 customer success metrics" describes loyalty as the chance of returning, repeat purchase and
championing, without a formula. It is an index to compare periods of one company.
*Example:* on the small world, 2024-01: 24.8.""",
            {
                "default": Reading(
                    Mean(
                        (
                            FirstWith(
                                (("orders", 100 * Named(repeats, "the repeat purchase rate")),),
                                100 * Named(renewed, "the renewal rate"),
                            ),
                            Named(_as_points(nps), "half of NPS plus 100"),
                            100 * Named(refers, "the referral rate"),
                        ),
                        tuple(Setting(key) for key in WEIGHTS),
                    )
                )
            },
            aliases=("customer_loyalty", "loyalty_score"),
            weights=WEIGHTS,
        ),
    ),
)
