"""What Parcelwise's customers ask, and how long they wait. Floor: edges (demo).

`plan_tickets` comes before customers' lives are played, which depend on how long they waited; the rows come after.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tenure.demo.account import Account
from tenure.demo.cast import AGENTS
from tenure.demo.dice import AS_OF, Dice, days, month_start
from tenure.demo.helpdesk import Desk, Team, Ticket, finished, write
from tenure.demo.people import contact_at
from tenure.demo.stories import SLOW_FACTOR, SLOW_MONTHS, within
from tenure.demo.words import THEMES, WORDS

_A_MONTH = {"Starter": 0.3, "Growth": 0.5, "Scale": 0.8, "Enterprise": 1.3}
TEAM = Team(
    AGENTS,
    {"labels": "Frontline", "tracking": "Frontline", "account": "Frontline", "returns": "Frontline",
     "integration": "Technical", "routes": "Technical", "billing": "Billing"},
    WORDS,
    {"london": ("Europe/London", "09:00", "17:30"), "denver": ("America/Denver", "08:00", "17:00")},
    (("london", 1, 1), ("london", 12, 25), ("london", 12, 26), ("denver", 1, 1), ("denver", 7, 4), ("denver", 12, 25)),
)  # fmt: skip


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
    factor = SLOW_FACTOR if slow else 1
    response = dice.skewed(3.0) * factor
    replies = dice.weighted([(1, 58.0), (2, 26.0), (3, 11.0), (4, 5.0)])
    resolution = response + dice.skewed(7.0 * replies) * factor
    kind = dice.weighted([("plain", 950.0), ("merged", 18.0), ("deleted", 8.0), ("outbound", 24.0)])
    return Ticket("", theme, at, response, resolution, replies, dice.pick(TEAM.of(theme)), dice.chance(0.07), kind)


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
    made = Desk()
    for number, (ticket, account) in enumerate(sorted([*asked, *spam], key=lambda pair: pair[0].created_at), start=1):
        ticket.id = f"{20000 + number}"
        contact = contact_at(dice, account, ticket.created_at).id if account is not None else None
        write(dice, made, TEAM, ticket, account.id if account is not None else None, contact)
    return finished(made)
