"""Support: how many tickets, what became of them, and in how many contacts."""

from __future__ import annotations

from tenure.expr import Col, Ratio, Rows, total
from tenure.metric import WILSON, Family, Metric, Reading

SAID = "tickets created in the period"
created = Rows("tickets", "created_day", said=SAID)
left = Rows("open_tickets", "k", of="tickets", said="tickets open at the end")
contacts = Rows("ticket_contacts", "created_day", of="tickets", said=SAID)
answers = Rows("answers", "answered_day", of="survey_responses", said="answers on first contact in the period")
DAYS, PATIENCE = 7, 7
"""`fcr_days` and `fcr_patience_days` as they are unless set: how long a period's answer can change."""


def _share(rows: Rows, column: str, yes: str, why: str = "", settles: int = 0) -> Reading:
    word = Col(column)
    n = total(rows.count(word.is_set()))
    return Reading(Ratio(total(rows.count(word.is_(yes))), n), why, n, WILSON, settles=settles)


def _of_finished() -> Reading:
    n = total(created.count(Col("contact").is_set() & Col("ended").is_("finished")))
    top = total(created.count(Col("contact").is_("first contact")))
    return Reading(Ratio(top, n), "of those resolved or closed", n, WILSON, settles=DAYS)


FAMILY = Family(
    "support",
    (
        Metric(
            "tickets",
            "Support tickets",
            "count",
            "neither",
            """How many support tickets were created in the period.

*Formula.* the number of tickets, by the day they were created.
*Counts:* tickets of customers and those nobody known wrote; tickets that agents opened.
*Leaves out:* spam, tickets merged into another, deleted tickets.
*Empty:* no value without the table of tickets; 0 in a period without any.
*Differs:* vendors' screens count merged tickets too.
*Example:* on the small world, 2024-01: 8.""",
            {"default": Reading(total(created.count()))},
            aliases=("ticket_volume", "support_tickets"),
        ),
        Metric(
            "open_tickets",
            "Open tickets",
            "count",
            "down",
            """How many tickets were neither resolved nor closed when the period ended.

*Formula.* the number of tickets created before the end and not resolved or closed by then.
*Counts:* whatever their status; a ticket opened again by its last resolution.
*Leaves out:* spam, tickets merged into another, deleted tickets.
*Empty:* no value without the table of tickets.
*Differs:* vendors' screens show the status of now, also for days gone by; a ticket reopened and resolved later counts
here as open in between.
*Example:* on the small world, 2024-01: 2.""",
            {"default": Reading(total(left.count()))},
            aliases=("ticket_backlog", "backlog"),
        ),
        Metric(
            "first_contact_resolution",
            "First contact resolution",
            "share",
            "up",
            """The share of tickets that one answer of an agent was enough for.

*Formula.* tickets created in the period that are resolved or closed, have at most one public answer of an agent and
were never reopened / tickets created in the period.
*Counts:* open tickets in the denominator, so a period can still change for some days after its end.
*Leaves out:* tickets agents opened; spam, merged and deleted tickets; tickets whose number of answers is unknown.
*Empty:* no value without such tickets in the period.
*Variants.* mature: of tickets old enough (`fcr_days` and `fcr_patience_days`), those not reopened within `fcr_days`, a
thank-you that no agent had to answer not counting, and with `fcr_transfers = "undo"` none that was reassigned;
one_touch_zendesk: fewer than two answers, reopened or not;
one_touch_exact: exactly one answer, reopened or not; resolved_only_denominator: of those resolved or closed;
survey_fcr: of the answers to "was it resolved at first contact?" (kind other, touchpoint ticket, question
first_contact_resolution or fcr), those that say yes; repeat_contact: of tickets of known people, those after which the
person opened none on the same topic within `fcr_days`.
*Differs:* articles divide by issues reported, tickets received or inquiries: all created. "Closed after one
interaction" is not resolved where the ticket came back.
*Example:* on the small world, 2024-01: 66.7 %.""",
            {
                "default": _share(created, "contact", "first contact", settles=DAYS),
                "mature": _share(contacts, "mature", "lasting", "of those old enough to know", settles=DAYS + PATIENCE),
                "one_touch_zendesk": _share(created, "touch", "one touch", "as Zendesk counts one touch", DAYS),
                "one_touch_exact": _share(created, "exact", "one reply", "with exactly one answer", DAYS),
                "resolved_only_denominator": _of_finished(),
                "survey_fcr": _share(answers, "survey_fcr", "positive", "as customers say"),
                "repeat_contact": _share(contacts, "came", "single", "who did not come back with the topic", DAYS),
            },
            aliases=("fcr", "first_call_resolution", "one_touch_resolution"),
        ),
        Metric(
            "reopen_rate",
            "Reopen rate",
            "share",
            "down",
            """The share of resolved tickets that were opened again.

*Formula.* tickets created in the period and resolved that were reopened / tickets created in the period and resolved.
*Counts:* a ticket once, however often it came back.
*Leaves out:* tickets not resolved yet; spam, merged and deleted tickets.
*Empty:* no value when no ticket of the period is resolved.
*Differs:* some vendors divide reopenings by tickets, which can pass 100 %.
*Example:* on the small world, 2024-01: 14.3 %.""",
            {"default": _share(created, "reopened", "reopened")},
            aliases=("ticket_reopen_rate",),
        ),
    ),
)
