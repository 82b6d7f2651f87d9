"""How long tickets take: to be resolved, and to be answered."""

from __future__ import annotations

from fractions import Fraction

from tenure.expr import Col, Rows, total
from tenure.lasting import curve, median, rank
from tenure.metric import Family, Metric, Reading
from tenure.metrics.voice import mean

HOUR = 3600
P90 = Fraction(9, 10)
resolved = Rows("tickets", "resolved_day", said="tickets resolved in the period")
made = Rows("tickets", "created_day", said="tickets created in the period")
clocked = Rows("ticket_hours", "resolved_day", of="tickets", said="tickets resolved in the period")
clocked_made = Rows("ticket_hours", "created_day", of="tickets", said="tickets created in the period")


def _mean(rows: Rows, column: str, why: str = "", squares: str = "") -> Reading:
    seconds = Col(column, parts=HOUR)
    square = Col(squares or f"{column}_square", parts=HOUR * HOUR)
    return mean(rows, seconds, square, Col(column).is_set(), why)


def _rank(rows: Rows, column: str, q: Fraction, why: str) -> Reading:
    known = Col(column).is_set()
    return Reading(rank(rows, Col(column), q, known, HOUR), why, total(rows.count(known)))


def _curve(column: str, reached: str, why: str) -> Reading:
    return Reading(median(curve(made, Col(column), Col(reached)), HOUR), why, total(made.count()))


FAMILY = Family(
    "handling",
    (
        Metric(
            "resolution_time",
            "Average resolution time",
            "hours",
            "down",
            """How many hours tickets take from their creation to their last resolution.

*Formula.* the sum of hours from creation to the last resolution / tickets resolved in the period.
*Counts:* nights and weekends too; a resolution at once as 0; of a ticket opened again the whole time.
*Leaves out:* tickets not resolved yet, so a growing backlog hides here and shows in km_median; spam, merged and deleted
tickets.
*Empty:* no value when no ticket was resolved.
*Variants.* median: half take longer; p90: one in ten takes longer; km_median: half of those created in the period take
longer, open ones counted as not resolved yet (Kaplan-Meier); first: up to the first resolution; effort: only while
the ticket was not resolved; without_pending: less the time the ticket waited for its customer (status pending), of
tickets whose statuses have a history; business: in the hours of the schedule of the ticket's agent, holidays left out;
business_last_schedule: business is the same as this, the schedule of the last agent; business_all_schedules: each
agent's time by that agent's own schedule.
*Differs:* articles mean the mean; Zendesk's screens show the median. A ticket whose agent has no schedule counts in no
business variant, unless there is one schedule only.
*Example:* on the small world, 2024-01: 10.""",
            {
                "default": _mean(resolved, "seconds", squares="square"),
                "median": _rank(resolved, "seconds", Fraction(1, 2), "half take longer"),
                "p90": _rank(resolved, "seconds", P90, "one in ten takes longer"),
                "km_median": _curve("waited", "is_resolved", "by day of creation, open tickets not forgotten"),
                "first": _mean(resolved, "first_seconds", "up to the first resolution", "first_square"),
                "effort": _mean(clocked, "effort", "only while the ticket was not resolved"),
                "without_pending": _mean(clocked, "without_pending", "less the time it waited for the customer"),
                "business": _mean(clocked, "business", "in business hours, by the last agent's schedule"),
                "business_last_schedule": _mean(clocked, "business", "the same as business"),
                "business_all_schedules": _mean(clocked, "all_schedules", "in the business hours of each agent"),
            },
            aliases=("average_resolution_time", "time_to_resolution", "mttr"),
        ),
        Metric(
            "first_response_time",
            "First response time",
            "hours",
            "down",
            """How many hours customers wait for the first answer of an agent.

*Formula.* the sum of hours from creation to the first public answer / tickets created in the period that have one.
*Counts:* nights and weekends too.
*Leaves out:* tickets not answered yet, which km_median does not forget; automatic answers and internal notes; spam,
merged and deleted tickets.
*Empty:* no value when none of the period's tickets was answered.
*Variants.* median: half wait longer; p90: one in ten waits longer; km_median: half wait longer, those not answered yet
counted as waiting (Kaplan-Meier); business: in the hours of the schedule of the ticket's agent, holidays left out.
*Differs:* Zendesk's screens show the median, in calendar or business hours.
*Example:* on the small world, 2024-01: 2.""",
            {
                "default": _mean(made, "response_seconds", squares="response_square"),
                "median": _rank(made, "response_seconds", Fraction(1, 2), "half wait longer"),
                "p90": _rank(made, "response_seconds", P90, "one in ten waits longer"),
                "km_median": _curve("awaited", "is_answered", "those not answered yet are not forgotten"),
                "business": _mean(clocked_made, "business_response", "in business hours"),
            },
            aliases=("response_time", "first_reply_time", "frt"),
        ),
    ),
)
