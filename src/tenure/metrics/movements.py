"""How MRR moves between two moments: the movements, their sum, and what they say together."""

from __future__ import annotations

from tenure.expr import END, Ratio, Steps, count, total
from tenure.metric import Family, Metric, Reading
from tenure.metrics._readings import READINGS, said, wrapped
from tenure.metrics._words import mrr, now, paid, pays, then

# Readings of a movement: what is one movement, and what a return is.
_MOVED = (
    ("monthly", "simultaneous", "month", "net per customer and calendar month, which hides what goes both ways in one"),
    ("window_60min", "simultaneous", "60min", "changes under 60 minutes apart are one movement, as in ChartMogul"),
    ("reactivation_as_new", "reactivation", "new", "who returns is new"),
    ("reactivation_as_expansion", "reactivation", "expansion", "who returns expands, as in Lago"),
    ("ignore_same_period", "same_period", "ignore", "who joins and leaves in one month is left out, as in ProfitWell"),
)
_OF_MOVEMENTS = ("gross", "paused_counts", "exclude_past_due", "scheduled_at", "cancelled_at", "spot_daily")
lost = -total(mrr.moved("contraction", "churn"))


def _moved(kind: str) -> dict[str, Reading]:
    readings = {"default": Reading(total(mrr.moved(kind)), n=total(mrr.times(kind)))}
    for name, rule, answer, why in (*_MOVED, *(r for r in READINGS if r[0] in _OF_MOVEMENTS)):
        steps = Steps("mrr", ((rule, answer),))
        readings[name] = Reading(total(steps.moved(kind)), why, total(steps.times(kind)))
    return readings


_MOVEMENT_DOC = """{sentence}

*Formula.* The sum, over customers and days, of what changed from one day's close to the next, of those who {who}.
*Counts:* every customer whose MRR changed, net of all their items, once a day, in the workspace's time zone.
*Leaves out:* what exchange rates did (fx_mrr), and moves between segments (transfer_mrr).
*Empty:* 0 where nothing happened; no value without any subscription.
*Variants.* {variants}
*Differs:* {differs}
*Example:* on the small world, {example}.
"""


def _movement(sentence: str, who: str, differs: str, example: str) -> str:
    variants = said((*_MOVED, *(r for r in READINGS if r[0] in _OF_MOVEMENTS)))
    doc = _MOVEMENT_DOC.format(sentence=sentence, who=who, variants=variants, differs=differs, example=example)
    return wrapped(doc)


FAMILY = Family(
    "movements",
    (
        Metric(
            "new_mrr",
            "New MRR",
            "money",
            "up",
            _movement(
                "MRR of customers who pay for the first time.",
                "never paid before",
                "ProfitWell leaves out who joins and leaves within a month (ignore_same_period); PostHog counts who "
                "paid nothing in the period before as new, returning customers too (reactivation_as_new).",
                "2024-02: 70 USD",
            ),
            _moved("new"),
        ),
        Metric(
            "expansion_mrr",
            "Expansion MRR",
            "money",
            "up",
            _movement(
                "MRR that existing customers added.",
                "paid before and pay more",
                'Lago counts returning customers as expansion (reactivation_as_expansion). "The 11 Most Important '
                'Customer Success KPIs" gives this name to one-off money (non_recurring_revenue).',
                "2024-02: 150 USD",
            ),
            _moved("expansion"),
        ),
        Metric(
            "contraction_mrr",
            "Contraction MRR",
            "money",
            "up",
            _movement(
                "MRR that customers took away who stay, 0 or below.",
                "pay less but still pay",
                "where one of several subscriptions ends, the customer stays and it is contraction, as in ChartMogul; "
                "Stripe counts it as churned revenue (policy partial_cancel).",
                "2024-01: -50 USD",
            ),
            _moved("contraction"),
        ),
        Metric(
            "churned_mrr",
            "Churned MRR",
            "money",
            "up",
            _movement(
                "MRR of customers who stopped paying, 0 or below.",
                "pay nothing any more",
                "it counts when the service ends; at Stripe when the customer cancels (scheduled_at), at Lago when the "
                "subscription is terminated (cancelled_at), in ChartMogul as set.",
                "2024-02: -270 USD",
            ),
            _moved("churn"),
            aliases=("mrr_churn", "churn_mrr"),
        ),
        Metric(
            "reactivation_mrr",
            "Reactivation MRR",
            "money",
            "up",
            _movement(
                "MRR of customers who had stopped paying and pay again.",
                "paid once, had stopped and pay again",
                "Lago counts it as expansion (reactivation_as_expansion), PostHog as new (reactivation_as_new).",
                "2024-03: 90 USD",
            ),
            _moved("reactivation"),
        ),
        Metric(
            "fx_mrr",
            "Exchange rate effect on MRR",
            "money",
            "neither",
            """What changes of exchange rates did to the MRR that was held.

*Formula.* The sum over days of the MRR held at the close before x (the day's rate - the rate before).
*Counts:* amounts in other currencies than the reporting one.
*Leaves out:* what customers changed themselves, which the other movements hold at the day's opening rate.
*Empty:* 0 where no rate changed; no value without any subscription.
*Differs:* Stripe has a line of its own too; ChartMogul turns rate changes into small movements (policy fx).
*Example:* on the small world, 2024-03: 10 USD.""",
            {"default": Reading(total(mrr.moved("fx")), n=total(mrr.times("fx")))},
        ),
        Metric(
            "transfer_mrr",
            "MRR moved between segments",
            "money",
            "neither",
            """MRR of customers who moved into the segment, less that of those who moved out of it.

*Formula.* The sum over days of the MRR held at the close before by customers whose attribute changed that day.
*Counts:* only with --by or --where on an attribute with history, such as the owner or the plan.
*Leaves out:* what customers changed themselves, which the other movements hold.
*Empty:* 0 over all segments together, and where no attribute with history is asked for; no value without any
subscription.
*Differs:* a screen that knows only today's attributes has no such line: there the past changes instead.
*Example:* on the small world, 2024-02: 0 USD.""",
            {"default": Reading(total(mrr.moved("transfer")), n=total(mrr.times("transfer")))},
        ),
        Metric(
            "net_new_mrr",
            "Net new MRR",
            "money",
            "up",
            """By how much MRR grew in the period: all movements and exchange rates together.

*Formula.* mrr at the end - mrr at the start = new + expansion + reactivation + contraction + churn + fx, to the cent.
*Counts:* what mrr counts.
*Leaves out:* what mrr leaves out.
*Empty:* 0 where nothing changed; no value without any subscription.
*Differs:* PostHog's check of the same sum has no reactivation: returning customers are new there.
*Example:* on the small world, 2024-03: 130 USD.""",
            {"default": Reading(total(now) - total(then), n=count(pays))},
        ),
        Metric(
            "quick_ratio",
            "Quick ratio",
            "ratio",
            "up",
            """How much MRR came for each unit that was lost.

*Formula.* (new + expansion + reactivation) / (contraction + churn), losses taken as positive.
*Counts:* all movements of the period, those of customers who joined and left within it too.
*Leaves out:* what exchange rates did.
*Empty:* no value (no_losses) when nothing was lost; no value without any subscription.
*Variants.* no_reactivation: returning customers are left out.
*Differs:* Baremetrics publishes it without reactivation (no_reactivation).
*Example:* on the small world, 2024-03: 7.""",
            {
                "default": Reading(
                    Ratio(total(mrr.moved("new", "expansion", "reactivation")), lost, "no_losses"),
                    n=total(mrr.times("new", "expansion", "reactivation", "contraction", "churn")),
                ),
                "no_reactivation": Reading(
                    Ratio(total(mrr.moved("new", "expansion")), lost, "no_losses"),
                    "returning customers are left out",
                    total(mrr.times("new", "expansion", "contraction", "churn")),
                ),
            },
        ),
        Metric(
            "expansion_rate",
            "Expansion rate",
            "share",
            "up",
            """Expansion of those who were customers at the start, as a share of their MRR then.

*Formula.* MRR from expansion of the customers of the start / MRR at the start.
*Counts:* every rise of theirs in the period, even if it was lost again.
*Leaves out:* customers who joined or returned since; contraction and churn.
*Empty:* no value when nobody paid at the start; no value without any subscription.
*Variants.* net: nrr - 1, losses included: 25,000 that become 30,000 are 20 %.
*Differs:* Dock's "22 goals & KPIs" calls the net figure expansion revenue; its prose subtracts the end from the start,
but its box and its example do as net does.
*Example:* on the small world, 2024-02: 15 %.""",
            {
                "default": Reading(total(mrr.moved("expansion").where(paid)) / total(then), n=count(paid)),
                "net": Reading(
                    total(mrr.at(END, rates="start").where(paid) - then) / total(then),
                    "what the same customers pay now against then, losses included",
                    count(paid),
                ),
            },
            windowed=True,
            aliases=("expansion_revenue", "gross_expansion_rate"),
        ),
    ),
)
