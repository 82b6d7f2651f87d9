"""What customers say: surveys of every kind, reviews, posts, referrals. Floor: edges (demo)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo import surveys
from tenure.demo.account import Account
from tenure.demo.dice import AS_OF, Dice, Row, days, hours, moment, month_start, number_rows, past
from tenure.demo.helpdesk import Ticket
from tenure.demo.people import contact_at, owner_at
from tenure.demo.stories import SLOW_HOURS, SLOW_MONTHS, within
from tenure.demo.surveys import Asked, Survey
from tenure.demo.words import WORDS

SURVEYS = {
    one.name: one
    for one in (
        Survey("after ticket", "csat", "satisfied", 1, 5), Survey("relationship", "nps", "recommend", 0, 10),
        Survey("ease after ticket", "ces", "easy", 1, 7), Survey("ease of set-up", "ces", "easy", 1, 7, "app"),
        Survey("after call", "service", "service", 1, 5), Survey("yearly", "acsi", "", 1, 10), surveys.TEAM_PULSE,
        Survey("leaving", "other", "reason", None, None, "app"),
    )
}  # fmt: skip


def survey_rows(
    dice: Dice, accounts: list[Account], tickets: list[Row], calls: list[Row], steps: list[Row]
) -> list[Row]:
    """Every question that was sent, answered or not."""
    by_id = {account.id: account for account in accounts}
    made = {ticket.id: ticket for account in accounts for ticket in account.tickets}
    rows: list[Row] = []
    for ticket in tickets:
        if str(ticket["ticket_id"]) in made:
            rows += _after_ticket(dice, by_id[str(ticket["customer_id"])], ticket, made[str(ticket["ticket_id"])])
    for account in accounts:
        rows += _relationship(dice, account) + _yearly(dice, account) + _leaving(dice, account)
    for call in calls:
        if call["kind"] in ("call", "meeting") and call["customer_id"] is not None and dice.chance(0.5):
            asked = moment(call["at"]) + hours(1)
            score = dice.weighted([(5, 58.0), (4, 28.0), (3, 9.0), (2, 4.0), (1, 1.0)])
            account = by_id[str(call["customer_id"])]
            rows += _ask(dice, "after call", account, asked, 0.4, score, None, ("interaction", call["interaction_id"]))
    for step in steps:
        if step["step"] == "go-live call" and step["completed_at"] is not None:
            score = dice.weighted([(7, 30.0), (6, 32.0), (5, 18.0), (4, 9.0), (3, 6.0), (2, 3.0), (1, 2.0)])
            account = by_id[str(step["customer_id"])]
            rows += _ask(
                dice, "ease of set-up", account, moment(step["completed_at"]) + days(1), 0.45, score, "ease of use"
            )
    rows += surveys.team_pulse(dice, (5, 6), WORDS)  # the slow months were no fun inside either
    return surveys.numbered(rows)


def _ask(
    dice: Dice, survey: str, account: Account | None, asked: datetime, answers: float, score: int | None,
    lean: str | None, about: tuple[str, object] = ("none", None), good: bool | None = None,
) -> list[Row]:  # fmt: skip
    """One question to one person; `answers` is the share who do. The answer counts only if it came in time."""
    high = SURVEYS[survey].high
    opens = asked + hours(dice.skewed(3))
    answered = past(opens + hours(dice.skewed(2))) if dice.chance(answers) else None
    opened = past(opens) if answered is not None or dice.chance(0.45) else None
    happy = good if good is not None else score is not None and high is not None and score >= high - 1
    comment = WORDS.opinion(dice, happy, lean) if dice.chance(0.45) else None
    contact = contact_at(dice, account, asked).id if account is not None else None
    if asked >= AS_OF:
        return []
    owner = owner_at(account, asked) if account is not None else None
    who = Asked(account.id if account is not None else None, contact, owner, asked)
    return [surveys.response(dice, SURVEYS[survey], who, opened, answered, score, comment, about)]


def _after_ticket(dice: Dice, account: Account, row: Row, ticket: Ticket) -> list[Row]:
    """Waiting costs satisfaction: of tickets made in the slow months little more than half are rated well."""
    if row["resolved_at"] is None or ticket.kind != "plain":
        return []
    slow = account.told and within(ticket.created_at, SLOW_MONTHS)
    asked, about = moment(row["resolved_at"]) + hours(1), ("ticket", row["ticket_id"])
    good = dice.chance((0.54 if slow else 0.87) - (0.15 if ticket.reopens else 0.0))
    score = dice.weighted([(5, 2.0), (4, 1.0)]) if good else dice.weighted([(3, 3.0), (2, 3.0), (1, 2.0)])
    if dice.chance(0.3):
        ease = dice.weighted(
            [(7, 3.0), (6, 4.0), (5, 2.0)] if good else [(5, 2.0), (4, 2.0), (3, 2.0), (2, 1.0), (1, 1.0)]
        )
        return _ask(dice, "ease after ticket", account, asked, 0.4, ease, "support", about)
    return _ask(dice, "after ticket", account, asked, 0.55, score, "support", about)


def _relationship(dice: Dice, account: Account) -> list[Row]:
    """Twice a year, to one or two people: adopters like it, those who wait or never got started do not."""
    rows: list[Row] = []
    at = account.signed_up + timedelta(days=75)
    while at < AS_OF:
        asked = dice.clock((at + timedelta(days=dice.between(0, 20))).date())
        waited = any(
            ticket.response > SLOW_HOURS and within(ticket.created_at, SLOW_MONTHS)
            and timedelta(0) < asked - ticket.created_at < timedelta(days=110)
            for ticket in account.tickets
        )  # fmt: skip
        adopted = account.adopts_at is not None and account.adopts_at < asked
        for _ in range(dice.between(1, 2)):
            shares, lean = ((48.0, 33.0, 19.0), None)
            if waited:
                shares, lean = (15.0, 28.0, 57.0), "support"
            elif adopted:
                shares, lean = (63.0, 26.0, 11.0), "route planner"
            elif not account.finishes:
                shares, lean = (24.0, 34.0, 42.0), "ease of use"
            band = dice.weighted([(range(9, 11), shares[0]), (range(7, 9), shares[1]), (range(1, 7), shares[2])])
            score = dice.pick(band)
            if account.alive(asked) and account.starts is not None:
                rows += _ask(dice, "relationship", account, asked, 0.42, score, lean, good=score >= 8)
        at += timedelta(days=182)
    return rows


def _yearly(dice: Dice, account: Account) -> list[Row]:
    """Three questions to one person each November."""
    rows: list[Row] = []
    for year in (2024, 2025):
        asked = dice.clock(datetime(year, 11, dice.between(4, 22)).date())
        level = dice.between(5, 9) + (1 if account.adopts_at is not None else 0)
        first = _ask(dice, "yearly", account, asked, 0.4, level, None, good=level > 7)
        if account.alive(asked):
            for question, shift in (
                ("satisfaction", 0),
                ("expectations", dice.between(-1, 1)),
                ("ideal", dice.between(-2, 0)),
            ):
                for row in first:
                    score = None if row["score"] is None else min(10, max(1, level + shift))
                    comment = row["comment"] if question == "satisfaction" else None
                    rows.append({**row, "question": question, "score": score, "comment": comment})
    return rows


def _leaving(dice: Dice, account: Account) -> list[Row]:
    if account.left_at is None or account.starts is None:
        return []
    lean = "ease of use" if not account.finishes else "price"
    return _ask(dice, "leaving", account, account.left_at + hours(2), 0.35, None, lean, good=False)


def review_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Stars on three sites, some by nobody known."""
    rows: list[Row] = []
    for account in accounts:
        at = account.signed_up + days(dice.skewed(140))
        if account.starts is not None and dice.chance(0.4) and at < AS_OF and account.alive(at):
            keen = account.finishes and not within(at, SLOW_MONTHS)
            rating = dice.weighted([(5, 6.0), (4, 3.0), (3, 1.0)] if keen else [(4, 2.0), (3, 3.0), (2, 3.0), (1, 2.0)])
            source, scale = dice.pick((("Software Harbour", 5), ("ShopToolRank", 5), ("Merchant Voices", 10)))
            lean = "route planner" if account.adopts_at is not None else "labels"
            rows.append(
                {
                    "review_id": "", "customer_id": account.id if dice.chance(0.93) else None, "at": at,
                    "rating": rating * scale // 5, "scale_max": scale, "source": source,
                    "body": WORDS.opinion(dice, rating >= 4, lean),
                }
            )  # fmt: skip
    return number_rows(rows, "review_id", "RV-", "at")


def mention_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Posts by people who may be customers; half of them come with a sentiment."""
    rows: list[Row] = []
    for _ in range(420):
        at = dice.clock(month_start(1) + timedelta(days=int(730 * (1 - dice.random() * dice.random()))))
        slow = within(at, SLOW_MONTHS)
        good = dice.chance(0.45 if slow else 0.72)
        account = dice.pick(accounts)
        known = account.alive(at) and dice.chance(0.7)
        feeling = Decimal(dice.between(15, 95) if good else -dice.between(15, 95)) / 100
        rows.append(
            {
                "mention_id": "", "customer_id": account.id if known else None, "at": at,
                "source": dice.weighted([("forum", 3.0), ("social", 5.0), ("blog", 1.0)]),
                "body": WORDS.opinion(dice, good, "support" if slow and not good else None),
                "sentiment": feeling if dice.chance(0.5) else None,
            }
        )  # fmt: skip
    return number_rows(rows, "mention_id", "MN-", "at")


def referral_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Adopters tell others; those who came by referral were referred by somebody."""
    rows: list[Row] = []
    hosts = [one for one in accounts if one.starts is not None and one.finishes]
    for account in accounts:
        at = account.signed_up - days(dice.spread(2, 20))
        host = dice.pick(hosts)
        if account.came_by == "referral" and host.alive(at):
            rows.append(
                {
                    "referral_id": "",
                    "customer_id": host.id,
                    "at": at,
                    "referred": account.name,
                    "converted_at": past(account.starts),
                }
            )
    for host in hosts:
        at = host.signed_up + days(dice.spread(60, 500))
        if dice.chance(0.18 if host.adopts_at is not None else 0.06) and at < AS_OF and host.alive(at):
            rows.append(
                {
                    "referral_id": "",
                    "customer_id": host.id,
                    "at": at,
                    "referred": "a friend's shop",
                    "converted_at": None,
                }
            )
    return number_rows(rows, "referral_id", "RF-", "at")
