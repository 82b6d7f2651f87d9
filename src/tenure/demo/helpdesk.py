"""A help desk: tickets with what was said and changed, and who answers when. Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tenure.demo.dice import AS_OF, Dice, Row, days, hours, month_start, number_rows, past
from tenure.demo.wording import Words

Asked = tuple["Ticket", str | None, str | None]
"""A ticket, its customer, and who wrote it."""


@dataclass
class Ticket:
    """One request for help, as it would go if nobody left."""

    id: str
    theme: str
    created_at: datetime
    response: float  # hours to the first answer
    resolution: float  # hours to the solution
    replies: int  # public ones by agents
    agent: int  # place in the list of agents
    reopens: bool
    kind: str = "plain"  # plain, spam, merged, deleted, outbound


@dataclass(frozen=True)
class Team:
    """Who answers, and what is said."""

    agents: tuple[tuple[str, str, str], ...]  # name, team, schedule
    team_of: dict[str, str]  # by theme
    words: Words
    hours: dict[str, tuple[str, str, str]]  # schedule: time zone, opens, closes
    closed: tuple[tuple[str, int, int], ...]  # schedule, month and day of its holidays
    weekdays: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")

    def of(self, theme: str) -> list[int]:
        """Which agents answer that kind of question, by their places."""
        return [place for place, (_, name, _) in enumerate(self.agents) if name == self.team_of[theme]]

    def rows(self) -> dict[str, list[Row]]:
        """The tables of the desk that do not depend on tickets."""
        return {
            "agents": [{"agent": name, "team": team, "schedule": schedule} for name, team, schedule in self.agents],
            "schedules": [
                {"schedule": name, "weekday": weekday, "opens": opens, "closes": closes, "timezone": zone}
                for name, (zone, opens, closes) in self.hours.items()
                for weekday in self.weekdays
            ],
            "holidays": [
                {"schedule": name, "on": date(year, month, day)}
                for name in self.hours
                for year in (2024, 2025)
                for schedule, month, day in self.closed
                if schedule == name
            ],
        }


@dataclass
class Desk:
    """The three tables of support, filled ticket by ticket."""

    tickets: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)

    def rows(self) -> dict[str, list[Row]]:
        """By table."""
        return {"tickets": self.tickets, "ticket_messages": self.messages, "ticket_changes": self.changes}


def planned(dice: Dice, team: Team, at: datetime, theme: str, *, hours: float = 3.0, slow: float = 1.0) -> Ticket:
    """A ticket and how it goes; `hours` is the median time to the first answer."""
    response = dice.skewed(hours) * slow
    replies = dice.weighted([(1, 58.0), (2, 26.0), (3, 11.0), (4, 5.0)])
    resolution = response + dice.skewed(2.3 * hours * replies) * slow
    kind = dice.weighted([("plain", 950.0), ("merged", 18.0), ("deleted", 8.0), ("outbound", 24.0)])
    return Ticket("", theme, at, response, resolution, replies, dice.pick(team.of(theme)), dice.chance(0.07), kind)


def spam(dice: Dice, theme: str, number: int) -> list[Asked]:
    """What nobody asked for."""
    moments = [dice.clock(month_start(1) + timedelta(days=dice.between(5, 725))) for _ in range(number)]
    return [(Ticket("", theme, at, 1, 2, 0, 0, False, "spam"), None, None) for at in moments]


def open_desk(dice: Dice, team: Team, asked: Iterable[Asked]) -> Desk:
    """All tickets, in the order of being made."""
    made = Desk()
    for number, (ticket, customer, contact) in enumerate(sorted(asked, key=lambda one: one[0].created_at), start=1):
        ticket.id = f"{20000 + number}"
        write(dice, made, team, ticket, customer, contact)
    return finished(made)


def finished(made: Desk) -> Desk:
    """With numbers, and what was merged pointing to its ticket."""
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


def write(dice: Dice, made: Desk, staff: Team, ticket: Ticket, customer: str | None, contact: str | None) -> None:
    """One ticket into the three tables."""
    agent, team, _ = staff.agents[ticket.agent]
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
    swaps = [name for name, other, _ in staff.agents if other == team and name != agent] if dice.chance(0.13) else []
    handed = past(created + hours(ticket.response / 2)) if swaps else None
    talk = _talk(dice, made, staff.words, ticket, seen, again, last)
    status = _status(dice, ticket, seen, last, closed)
    first_agent = swaps[0] if handed is not None else agent
    made.tickets.append(
        {
            "ticket_id": ticket.id, "customer_id": customer, "contact_id": contact,
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
    for at, changed, value in (
        (created, "status", "new"), (created, "agent", first_agent), (handed, "agent", agent),
        (first, "status", "open"),
        (solved, "status", "solved"), (again, "status", "open"), (last if again else None, "status", "solved"),
        (closed, "status", "closed"),
    ):  # fmt: skip
        if at is not None and ticket.kind != "spam":
            made.changes.append({"change_id": "", "ticket_id": ticket.id, "at": at, "field": changed, "value": value})


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
    dice: Dice, made: Desk, words: Words, ticket: Ticket, seen: list[datetime], again: datetime | None,
    last: datetime | None,
) -> int:  # fmt: skip
    """Write the conversation; the customer's messages after the opening one are counted."""
    opening, answers = words.tickets[ticket.theme]
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
                    "body": words.fill(dice, body),
                }
            )

    if ticket.kind == "spam":
        say(ticket.created_at, "customer", "Buy 10,000 followers today, best price, reply now")
        return 0
    if ticket.kind == "outbound":
        say(ticket.created_at, "agent", words.outbound)
        return 0
    say(ticket.created_at, "customer", dice.pick(opening))
    if dice.chance(0.15):
        say(ticket.created_at + hours(ticket.response * 0.8), "agent", dice.pick(words.notes), public=False)
    for place, at in enumerate(seen):
        say(at, "agent", dice.pick(answers) if place == 0 else dice.pick(words.more_agent))
        if place + 1 < len(seen):
            between = again if again is not None and at < again <= seen[place + 1] else _halfway(at, seen[place + 1])
            say(between, "customer", dice.pick(words.more_customer))
            count += between < AS_OF
    if last is not None and dice.chance(0.25):
        thanks = last + hours(dice.spread(0.1, 5))
        say(thanks, "customer", dice.pick(words.closing))
        count += thanks < AS_OF
    return count


def _halfway(start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=(end - start).total_seconds() // 2)
