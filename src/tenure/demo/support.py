"""Tickets with their messages and changes, and the hours support keeps. Floor: edges (demo).

`plan_tickets` comes before customers' lives are played, which depend on how long they waited; the rows come after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tenure.demo.account import Account, Ticket
from tenure.demo.cast import AGENTS
from tenure.demo.dice import AS_OF, Dice, Row, days, hours, month_start, number_rows, past
from tenure.demo.people import contact_at
from tenure.demo.stories import SLOW_FACTOR, SLOW_MONTHS, within
from tenure.demo.words import CLOSING, MORE_AGENT, MORE_CUSTOMER, NOTES, THEMES, TICKETS, fill

_A_MONTH = {"Starter": 0.3, "Growth": 0.5, "Scale": 0.8, "Enterprise": 1.3}
_TEAM_OF = {"labels": "Frontline", "tracking": "Frontline", "account": "Frontline", "returns": "Frontline",
            "integration": "Technical", "routes": "Technical", "billing": "Billing"}  # fmt: skip


def plan_tickets(dice: Dice, accounts: list[Account]) -> None:
    """What each customer would ask if it stayed; in the slow months everything takes four times as long."""
    for account in accounts:
        at = account.signed_up
        pace = 30 / _A_MONTH[account.plan]
        while True:
            early = 0.6 if at < account.signed_up + timedelta(days=60) else 1.0
            at = dice.clock((at + days(1 + dice.random() * 2 * pace * early)).date(), 7, 19)
            if at.weekday() >= 5 and dice.chance(0.8):
                at += timedelta(days=2)
            if at >= AS_OF:
                break
            account.tickets.append(_ticket(dice, at, slow=account.told and within(at, SLOW_MONTHS)))


def _ticket(dice: Dice, at: datetime, *, slow: bool) -> Ticket:
    theme = dice.weighted(THEMES)
    team = [place for place, (_, name, _) in enumerate(AGENTS) if name == _TEAM_OF[theme]]
    factor = SLOW_FACTOR if slow else 1
    response = dice.skewed(3.0) * factor
    replies = dice.weighted([(1, 58.0), (2, 26.0), (3, 11.0), (4, 5.0)])
    resolution = response + dice.skewed(7.0 * replies) * factor
    kind = dice.weighted([("plain", 950.0), ("merged", 18.0), ("deleted", 8.0), ("outbound", 24.0)])
    return Ticket("", theme, at, response, resolution, replies, dice.pick(team), dice.chance(0.07), kind)


@dataclass
class Desk:
    """The three tables of support, filled ticket by ticket."""

    tickets: list[Row]
    messages: list[Row]
    changes: list[Row]


def desk(dice: Dice, accounts: list[Account]) -> Desk:
    """All tickets of customers while they were here, some spam, with what was said and changed."""
    asked = [
        (ticket, account) for account in accounts for ticket in account.tickets if account.alive(ticket.created_at)
    ]
    spam: list[tuple[Ticket, Account | None]] = [
        (
            Ticket(
                "",
                "account",
                dice.clock(month_start(1) + timedelta(days=dice.between(5, 725))),
                1,
                2,
                0,
                0,
                False,
                "spam",
            ),
            None,
        )
        for _ in range(45)
    ]
    made = Desk([], [], [])
    for number, (ticket, account) in enumerate(sorted([*asked, *spam], key=lambda pair: pair[0].created_at), start=1):
        ticket.id = f"{20000 + number}"
        _write(dice, made, ticket, account)
    for table, column, prefix in ((made.messages, "message_id", "m"), (made.changes, "change_id", "h")):
        number_rows(table, column, prefix, "at")
    _merge(made.tickets)
    return made


def _merge(tickets: list[Row]) -> None:
    """A merged ticket points to the same customer's ticket before it, or is a ticket of its own after all."""
    last: dict[object, Any] = {}
    for row in tickets:
        customer = row["customer_id"]
        if row["merged_into"] is not None:
            row["merged_into"] = last.get(customer)
        elif customer is not None and not row["is_spam"]:
            last[customer] = row["ticket_id"]


def _write(dice: Dice, made: Desk, ticket: Ticket, account: Account | None) -> None:
    agent, team, _ = AGENTS[ticket.agent]
    contact = contact_at(dice, account, ticket.created_at).id if account is not None else None
    outbound, created = ticket.kind == "outbound", ticket.created_at
    answers = _answers(ticket)
    solved = past(created + hours(ticket.resolution)) if ticket.kind != "spam" else None
    again = solved + days(dice.spread(0.5, 4)) if solved is not None and ticket.reopens and not outbound else None
    again = past(again)
    last = past(again + hours(ticket.resolution / 2)) if again is not None else solved
    if again is not None and last is not None:
        answers.append(last)
    closed = past(last + days(4)) if last is not None else None
    seen = [at for at in answers if at < AS_OF]
    first = seen[0] if seen and not outbound and ticket.kind != "spam" else None
    swaps = [name for name, other, _ in AGENTS if other == team and name != agent] if dice.chance(0.13) else []
    handed = past(created + hours(ticket.response / 2)) if swaps else None
    talk = _talk(dice, made, ticket, seen, again, last)
    status = _status(dice, ticket, seen, last, closed)
    first_agent = swaps[0] if handed is not None else agent
    made.tickets.append(
        {
            "ticket_id": ticket.id, "customer_id": account.id if account is not None else None, "contact_id": contact,
            "agent": agent, "team": team, "channel": dice.weighted([("email", 6.0), ("chat", 3.0), ("phone", 1.0)]),
            "category": ticket.theme,
            "priority": dice.weighted([("normal", 7.0), ("high", 2.0), ("urgent", 0.6), ("low", 1.0)]),
            "status": status, "created_at": created, "first_response_at": first, "first_resolved_at": solved,
            "resolved_at": last, "closed_at": closed, "reopened_count": int(again is not None),
            "reopen_source": "native", "agent_replies": len(seen) + int(outbound), "customer_replies": talk,
            "reassignments": int(handed is not None), "agent_initiated": outbound,
            "merged_into": "?" if ticket.kind == "merged" else None, "is_spam": ticket.kind == "spam",
        }
    )  # fmt: skip
    for at, field, value in (
        (created, "status", "new"), (created, "agent", first_agent), (handed, "agent", agent),
        (first, "status", "open"),
        (solved, "status", "solved"), (again, "status", "open"), (last if again else None, "status", "solved"),
        (closed, "status", "closed"),
    ):  # fmt: skip
        if at is not None and ticket.kind != "spam":
            made.changes.append({"change_id": "", "ticket_id": ticket.id, "at": at, "field": field, "value": value})


def _answers(ticket: Ticket) -> list[datetime]:
    """The agents' public answers: the first one, the one that solves it, the others between."""
    if ticket.kind in ("spam", "outbound"):
        return []
    gap = (ticket.resolution - ticket.response) / max(1, ticket.replies - 1)
    return [ticket.created_at + hours(ticket.response + gap * part) for part in range(ticket.replies)]


def _status(dice: Dice, ticket: Ticket, seen: list[datetime], last: datetime | None, closed: datetime | None) -> str:
    if ticket.kind in ("spam", "deleted"):
        return "deleted" if ticket.kind == "deleted" else "closed"
    if last is not None:
        return "closed" if closed is not None else "solved"
    return dice.pick(("open", "pending", "on_hold", "open")) if seen else "new"


def _talk(
    dice: Dice, made: Desk, ticket: Ticket, seen: list[datetime], again: datetime | None, last: datetime | None
) -> int:
    """Write the conversation; the customer's messages after the opening one are counted."""
    opening, answers = TICKETS[ticket.theme]
    count = 0

    def say(at: datetime, author: str, body: str, public: bool = True) -> None:
        if at < AS_OF:
            made.messages.append(
                {
                    "message_id": "",
                    "ticket_id": ticket.id,
                    "at": at,
                    "author": author,
                    "public": public,
                    "body": fill(dice, body),
                }
            )

    if ticket.kind == "spam":
        say(ticket.created_at, "customer", "Buy 10,000 followers today, best price, reply now")
        return 0
    if ticket.kind == "outbound":
        say(ticket.created_at, "agent", "We saw failing imports on your account and would like to help.")
        return 0
    say(ticket.created_at, "customer", dice.pick(opening))
    if dice.chance(0.15):
        say(ticket.created_at + hours(ticket.response * 0.8), "agent", dice.pick(NOTES), public=False)
    for place, at in enumerate(seen):
        say(at, "agent", dice.pick(answers) if place == 0 else dice.pick(MORE_AGENT))
        if place + 1 < len(seen):
            between = again if again is not None and at < again <= seen[place + 1] else _halfway(at, seen[place + 1])
            say(between, "customer", dice.pick(MORE_CUSTOMER))
            count += between < AS_OF
    if last is not None and dice.chance(0.25):
        thanks = last + hours(dice.spread(0.1, 5))
        say(thanks, "customer", dice.pick(CLOSING))
        count += thanks < AS_OF
    return count


def _halfway(start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=(end - start).total_seconds() // 2)


def agent_rows() -> list[Row]:
    """Who answers, in which team, and by which hours."""
    return [{"agent": name, "team": team, "schedule": schedule} for name, team, schedule in AGENTS]


def schedule_rows() -> list[Row]:
    """Opening hours, local time."""
    zones = {"london": ("Europe/London", "09:00", "17:30"), "denver": ("America/Denver", "08:00", "17:00")}
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return [
        {"schedule": name, "weekday": weekday, "opens": opens, "closes": closes, "timezone": zone}
        for name, (zone, opens, closes) in zones.items()
        for weekday in weekdays
    ]


def holiday_rows() -> list[Row]:
    """Days on which nobody answers."""
    london = ((1, 1), (12, 25), (12, 26))
    denver = ((1, 1), (7, 4), (12, 25))
    return [
        {"schedule": name, "on": date(year, month, day)}
        for name, listed in (("london", london), ("denver", denver))
        for year in (2024, 2025)
        for month, day in listed
    ]
