"""Support tickets as they count, without spam, merged and deleted ones: how long they took, in how many contacts."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, Rollup, World, keyed


def counted(world: World) -> ir.Table:
    """Tickets that are no spam, not merged into another and not deleted."""
    rows = world.past("tickets")
    spam = ibis.coalesce(rows.is_spam, ibis.literal(False))
    deleted = ibis.coalesce(rows.status == "deleted", ibis.literal(False))
    return rows.filter(~spam & ~deleted & rows.merged_into.isnull())


def seconds(start: ir.Value, end: ir.Value) -> ir.Value:
    """From one instant to another; empty where either is."""
    return (end.epoch_seconds() - start.epoch_seconds()).cast("int64")


def _word(condition: ir.Value, yes: str, no: str | None) -> ir.Value:
    """A condition as a word that formulas can name."""
    return ibis.ifelse(ibis.coalesce(condition, ibis.literal(False)), ibis.literal(yes), ibis.literal(no, "string"))


def never_reopened(rows: ir.Table) -> ir.Value:
    """Whether the ticket stayed resolved, as far as is known."""
    return ibis.coalesce(rows.reopened_count, ibis.literal(0)) == 0


def tickets_rows(world: World) -> ir.Table:
    """Tickets with the seconds to their last and first resolution and first answer, and what became of them."""
    rows = counted(world)
    kept = never_reopened(rows)
    first = ibis.coalesce(rows.first_resolved_at, ibis.ifelse(kept, rows.resolved_at, ibis.null("timestamp")))
    now = ibis.literal(world.as_of)
    rows = rows.mutate(
        seconds=seconds(rows.created_at, rows.resolved_at),
        first_seconds=seconds(rows.created_at, ibis.ifelse(rows.resolved_at.notnull(), first, ibis.null("timestamp"))),
        response_seconds=seconds(rows.created_at, rows.first_response_at),
        waited=ibis.greatest(seconds(rows.created_at, ibis.coalesce(rows.resolved_at, rows.closed_at, now)), 0),
        awaited=ibis.greatest(
            seconds(rows.created_at, ibis.coalesce(rows.first_response_at, rows.resolved_at, rows.closed_at, now)), 0
        ),
        is_resolved=rows.resolved_at.notnull(),
        is_answered=rows.first_response_at.notnull(),
    )
    done = rows.resolved_at.notnull() | rows.closed_at.notnull()
    asked = ~ibis.coalesce(rows.agent_initiated, ibis.literal(False)) & rows.agent_replies.notnull()
    rows = rows.mutate(
        square=rows.seconds * rows.seconds,
        first_square=rows.first_seconds * rows.first_seconds,
        response_square=rows.response_seconds * rows.response_seconds,
        contact=_within(asked, done & (rows.agent_replies <= 1) & kept, "first contact"),
        touch=_within(asked, done & (rows.agent_replies <= 1), "one touch"),
        exact=_within(asked, done & (rows.agent_replies == 1), "one reply"),
        ended=_word(asked & done, "finished", None),
        reopened=_within(rows.resolved_at.notnull(), ~never_reopened(rows), "reopened"),
    )
    return keyed(rows)


def _within(population: ir.Value, condition: ir.Value, yes: str) -> ir.Value:
    """`yes` or "other" for those of a population, nothing for the rest."""
    return ibis.ifelse(population, _word(condition, yes, "other"), ibis.null("string"))


def open_spans(world: World) -> ir.Table:
    """Tickets from the day they were made to the day they were resolved or closed."""
    rows = counted(world)
    to_day = ibis.coalesce(ibis.least(rows.resolved_day, rows.closed_day), rows.resolved_day, rows.closed_day)
    return keyed(rows.mutate(from_day=rows.created_day, to_day=to_day))


def open_tickets_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, ...): tickets that were made and neither resolved nor closed when a period ended."""
    rows, periods = open_spans(world), asked.periods
    held = rows.join(periods, [rows.from_day < periods.stop, rows.to_day.isnull() | (rows.to_day >= periods.stop)])
    return held.drop("from_day", "to_day", "base", "stop")


def contacts_rows(world: World) -> ir.Table:
    """Tickets that customers opened, with whether their first contact lasted (`mature`) and whether they came back.

    `mature` is empty for the young ones. A reopening counts where it came within `fcr_days` of the first resolution
    and, where messages are known, an agent had to answer again; without a history of the status any reopening does.
    """
    rows = counted(world)
    rows = rows.filter(~ibis.coalesce(rows.agent_initiated, ibis.literal(False)))
    days, patience = (int(float(str(world.policy.setting(key)))) for key in ("fcr_days", "fcr_patience_days"))
    back, last = _reopenings(world), _last_answers(world)
    rows = rows.join(back, rows.ticket_id == back.t_, how="left").drop("t_")
    rows = rows.join(last, rows.ticket_id == last.t_, how="left").drop("t_")
    window = 86_400 * days
    undone = (seconds(rows.solved_, rows.again_) <= window) & (
        rows.answered_.isnull() | (rows.answered_ >= rows.again_)
    )
    reopened = ibis.ifelse(rows.solved_.notnull(), ibis.coalesce(undone, ibis.literal(False)), ~never_reopened(rows))
    done = rows.resolved_at.notnull() | rows.closed_at.notnull()
    old = rows.created_at <= ibis.literal(world.as_of - timedelta(days=days + patience))
    lasting = done & (rows.agent_replies <= 1) & ~reopened
    if world.policy.setting("fcr_transfers") == "undo":
        lasting = lasting & (ibis.coalesce(rows.reassignments, ibis.literal(0)) == 0)
    rows = rows.mutate(
        mature=_within(old & rows.agent_replies.notnull(), lasting, "lasting"),
        who_=ibis.coalesce(rows.contact_id, rows.customer_id),
        topic_=ibis.coalesce(rows.category, ibis.literal("")),
    )
    order = ibis.window(group_by=[rows.who_, rows.topic_], order_by=[rows.created_at, rows.ticket_id])
    rows = rows.mutate(next_=rows.created_at.lead().over(order))
    once = rows.next_.isnull() | (seconds(rows.created_at, rows.next_) > window)
    rows = rows.mutate(came=_within(rows.who_.notnull(), once, "single"))
    return keyed(rows.drop("solved_", "again_", "answered_", "who_", "topic_", "next_"))


def _reopenings(world: World) -> ir.Table:
    """(t_, solved_, again_): when a ticket was first solved, and when it was first opened again after that."""
    rows = world.past("ticket_changes")
    rows = rows.filter(rows.field == "status")
    settled = rows["value"].isin(["solved", "closed"])
    firsts = rows.filter(settled).group_by(f_=rows.ticket_id).agg(solved_=rows["at"].min())
    later = rows.filter(~settled).join(firsts, rows.ticket_id == firsts.f_)
    later = later.filter(later["at"] > later.solved_)
    again = later.group_by(a_=later.ticket_id).agg(again_=later["at"].min())
    return firsts.join(again, firsts.f_ == again.a_, how="left").select(t_="f_", solved_="solved_", again_="again_")


def _last_answers(world: World) -> ir.Table:
    """(t_, answered_): the last public answer of an agent to a ticket."""
    rows = world.past("ticket_messages")
    rows = rows.filter((rows.author == "agent") & ibis.coalesce(rows.public, ibis.literal(True)))
    return rows.group_by(t_=rows.ticket_id).agg(answered_=rows["at"].max())


tickets = Rollup("tickets", tickets_rows, ("tickets",))
ticket_contacts = Rollup("ticket_contacts", contacts_rows, ("tickets", "ticket_changes", "ticket_messages"), kept=True)
open_tickets = PeriodRows("open_tickets", open_tickets_rows, ("tickets",), spans=lambda world, asked: open_spans(world))
