"""How engaged and loyal customers are, whether they get what they came for, and who of the visitors buys."""

from __future__ import annotations

from tenure.expr import Col, Expr, FirstWith, Ratio, Rows, total
from tenure.metric import WILSON, Family, Metric, Reading
from tenure.metrics._use import mean_share

engaged = Rows("engaged", "k", of="events", said="customers of the period")
present = Rows("engaged", "k", of="sessions", said="customers of the period, by sessions")
outcomes = Rows("outcomes", "due_on", said="outcomes due in the period")
visitors = Rows("visitors", "k", of="visits", said="visitors of the period")
funnel = Rows("funnel", "k", of="events", said="users of the period who got to the step")
entry = Rows("funnel_entry", "k", of="events", said="users of the period who entered the funnel")
referrals = Rows("referrals", "day", said="referrals in the period")

_of_events, _squares = mean_share(engaged)
_of_sessions, _session_squares = mean_share(present)
_people = FirstWith((("events", total(engaged.count())),), total(present.count()))


def _score(of: Expr, other: Expr) -> Expr:
    return FirstWith((("events", 100 * of),), 100 * other)


_in_time = Col("in_time")
_due = total(outcomes.count())
_came = total(visitors.sum(Col("visitors")))

FAMILY = Family(
    "engagement",
    (
        Metric(
            "engagement",
            "Engagement",
            "score",
            "up",
            """How engaged the customers of the period are, from 0 to 100: the mean over customers.

*Formula.* Per customer the mean, by the weights of [policy] (1 each unless set), of: days with an active event / days
of the period; features used / features entitled to; the percentile of its session hours among the customers of the
period (those with as much count by half); each times 100. Then the mean over customers.
*Counts:* customers of the period, those without any use too.
*Leaves out:* a part whose table is not there, and breadth for customers entitled to nothing.
*Empty:* no value without a customer in the period; no value without events and sessions.
*Differs:* "The most important KPIs" adds sharing, reviews and anticipation, which have metrics of their own here. It is
an index to compare customers and periods of one company, never companies.
*Example:* on the small world, 2024-01: 27.9.""",
            {
                "default": Reading(
                    _score(_of_events, _of_sessions),
                    n=_people,
                )
            },
            aliases=("customer_engagement", "customer_engagement_score"),
            weights=("engagement_days", "engagement_breadth", "engagement_hours"),
        ),
        Metric(
            "outcome_rate",
            "Outcome rate",
            "share",
            "up",
            """Of the outcomes agreed with customers that were due in the period, the share achieved in time.

*Formula.* Outcomes due in the period and achieved by their due day / outcomes due in the period.
*Counts:* the due day itself.
*Leaves out:* outcomes without a due day.
*Empty:* no value when none was due; no value without outcomes.
*Variants.* by_now: achieved by as_of, late ones too.
*Differs:* the articles call this the customer's value, "the overall advantage gained", and give no measure for it.
*Example:* on the small world, 2024-01: 50 %.""",
            {
                "default": Reading(Ratio(total(outcomes.count(_in_time)), _due), n=_due, interval=WILSON),
                "by_now": Reading(
                    Ratio(total(outcomes.count(Col("achieved_at").is_set())), _due),
                    "late ones too",
                    _due,
                    WILSON,
                ),
            },
            aliases=("customer_outcomes",),
        ),
        Metric(
            "conversion_rate",
            "Conversion rate",
            "share",
            "up",
            """Of the period's visitors, the share that bought.

*Formula.* Visitors with an order in the period, of the same customer, at or after a visit / visitors.
*Counts:* a visitor once, under the name the source gives, else the customer's; a visit without either as often as it
counts.
*Leaves out:* orders that were cancelled or refunded; orders without a visit.
*Empty:* no value without a visitor; no value without visits.
*Variants.* funnel: users at each step of `[usage] funnel` / users who entered it, each step strictly later than the one
before and in the same period; by step.
*Differs:* some divide by sessions, which makes it lower.
*Example:* on the small world, 2024-01: 25 %.""",
            {
                "default": Reading(Ratio(total(visitors.sum(Col("ordered"))), _came), n=_came, interval=WILSON),
                "funnel": Reading(
                    Ratio(total(funnel.count()), total(entry.count())),
                    "users at each step / users who entered",
                    total(entry.count()),
                    WILSON,
                    by=("step",),
                ),
            },
        ),
    ),
)
