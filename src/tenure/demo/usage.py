"""What people do in the product: events, sessions, help pages read. Floor: edges (demo)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenure.demo.account import Account, Contact
from tenure.demo.dice import AS_OF, Dice, Row, days, number_rows
from tenure.demo.onboarding import held
from tenure.demo.stories import LAUNCH_EVENT, LAUNCH_FEATURE

RESOURCES = (
    "Connect your shop", "Print your first label", "Compare carrier rates", "Plan a delivery route", "Handle returns",
    "Read your reports", "Invoices and VAT", "Connect the API", "Import orders from a file", "Brand the tracking page",
)  # fmt: skip
_MORNING = {"North America": 13, "Europe": 7, "Asia Pacific": 0}  # when a working day begins, in UTC


def use(dice: Dice, accounts: list[Account], steps: list[Row]) -> tuple[list[Row], list[Row]]:
    """All events and sessions, those of the onboarding steps among the events."""
    events: list[Row] = list(steps)
    sessions: list[Row] = []
    for account in accounts:
        first = account.contacts[0].id
        events.append(_event(account.id, first, "signed_up", account.signed_up))
        if account.adopts_at is not None and account.adopts_at < AS_OF and account.alive(account.adopts_at):
            events.append(_event(account.id, first, LAUNCH_EVENT, account.adopts_at))
        for contact in account.contacts:
            for day in _days(dice, account, contact):
                _one_day(dice, account, contact, day, events, sessions)
    _nobody(dice, events)
    return number_rows(events, "event_id", "e", "at"), number_rows(sessions, "session_id", "s", "started_at")


def _event(customer: str | None, contact: str | None, name: str, at: datetime) -> Row:
    return {"event_id": "", "customer_id": customer, "contact_id": contact, "name": name, "at": at}


def _days(dice: Dice, account: Account, contact: Contact) -> list[datetime]:
    """The days one person shows up, fewer if onboarding was never finished and in the weeks before leaving."""
    found: list[datetime] = []
    habit = dice.pick((3.2, 4.8, 6.5, 9.5, 15.0)) * (1.0 if account.finishes else 2.2)
    reached = contact.created_at  # lives overlap where a trial becomes a plan
    for start, end in account.lives:
        at = max(start, reached)
        last = min(end, AS_OF)
        while at < last:
            fading = (
                2.6
                if account.told and end < AS_OF and account.starts is not None and end - at < timedelta(days=55)
                else 1.0
            )
            at += days(0.6 + dice.random() * 2 * habit * fading)
            if at.weekday() >= 5 and dice.chance(0.75):
                at += timedelta(days=2)
            if at < last:
                found.append(at)
        reached = max(reached, last)
    return found


def _one_day(
    dice: Dice, account: Account, contact: Contact, day: datetime, events: list[Row], sessions: list[Row]
) -> None:
    at = datetime(day.year, day.month, day.day) + timedelta(hours=_MORNING[account.region])
    at += timedelta(seconds=int(dice.random() * 9 * 3600))
    length = dice.skewed(17 * 60)
    if not (account.alive(at) and contact.created_at <= at < AS_OF - timedelta(hours=3)):
        return
    ends = at + timedelta(seconds=int(min(length, 7200)))
    if dice.chance(0.65):
        ended = ends if dice.chance(0.985) else None
        sessions.append(
            {"session_id": "", "customer_id": account.id, "contact_id": contact.id, "started_at": at, "ended_at": ended}
        )
    adopted = account.adopts_at is not None and account.adopts_at <= at
    choices = [(event, often) for name, event, often in held(account, at) if adopted or name != LAUNCH_FEATURE]
    for part in range(1 + int(dice.random() * 3.2)):
        when = at + timedelta(seconds=int((ends - at).seconds * part / 5))
        person = contact.id if not dice.chance(0.03) else None  # the interface for programs
        events.append(_event(account.id, person, dice.weighted(choices), when))


def _nobody(dice: Dice, events: list[Row]) -> None:
    """Visitors of the public demo page: no customer, no contact."""
    for _ in range(160):
        at = dice.clock((datetime(2024, 1, 2) + timedelta(days=dice.between(0, 725))).date())
        events.append(_event(None, None, "rates_compared", at))


def resource_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Help pages, read most at the beginning and by those who finish."""
    rows: list[Row] = []
    for account in accounts:
        number = dice.count(7) if account.finishes else dice.count(3)
        for _ in range(number):
            at = account.signed_up + days(dice.skewed(20))
            if at < AS_OF and account.alive(at):
                rows.append(
                    {
                        "view_id": "", "customer_id": account.id, "contact_id": account.contacts[0].id,
                        "resource": dice.pick(RESOURCES), "at": at,
                        "kind": dice.weighted([("view", 7.0), ("interaction", 2.0), ("download", 1.0)]),
                    }
                )  # fmt: skip
    return number_rows(rows, "view_id", "V-", "at")
