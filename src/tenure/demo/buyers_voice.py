"""What buyers say and ask: surveys after orders, reviews, posts, friends they bring, letters to the help desk.
Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo.dice import AS_OF, Dice, Row, days, month_start, number_rows, past
from tenure.demo.habits import Person
from tenure.demo.helpdesk import Asked as Question
from tenure.demo.helpdesk import Desk, Team, open_desk, planned, spam
from tenure.demo.shop import Purchase
from tenure.demo.surveys import Asked, Survey, ask, recommends, satisfied
from tenure.demo.wording import Words

AFTER_ORDER = Survey("after order", "csat", "satisfied", 1, 5)
EASE = Survey("ease of return", "ces", "easy", 1, 7)
COUNTER = Survey("at the counter", "service", "service", 1, 5, "app")
RECOMMEND = Survey("twice a year", "nps", "recommend", 0, 10)


def desk(dice: Dice, team: Team, bought: Sequence[Purchase]) -> Desk:
    """Some orders lead to a question, late parcels to many."""
    asked: list[Question] = []
    for one in bought:
        if one.person is not None and dice.chance(0.45 if one.wrong else 0.07):
            themes = [theme for theme in team.words.themes if theme[0] != team.words.wrong[0]]
            theme = team.words.wrong[0] if one.wrong else dice.weighted(themes)
            at = (one.due if one.wrong else one.at) + days(dice.spread(0.1, 3))
            if at < AS_OF:
                asked.append((planned(dice, team, at, theme, hours=2.4), one.person.id, None))
    first = team.words.themes[0][0]
    return open_desk(dice, team, [*asked, *spam(dice, first, 20)])


def survey_rows(dice: Dice, team: Team, bought: Sequence[Purchase]) -> list[Row]:
    """After orders, returns and talks; and twice a year to everyone who bought in the quarter before."""
    words = team.words
    rows: list[Row] = []
    last: dict[str, Purchase] = {}
    for one in bought:
        if one.person is None or one.undone:
            continue
        at = (one.arrives or one.at) + days(dice.spread(1, 3))
        who = Asked(one.person.id, None, None, at)
        about = ("order", one.id)
        lean = words.wrong[1] if one.channel == "online" else None
        if one.status == "refunded":
            rows += ask(dice, EASE, who, 0.4, satisfied(dice, dice.chance(0.7), 7), words, "returns", about)
        elif one.channel == "store" and dice.chance(0.25):
            rows += ask(dice, COUNTER, who, 0.3, satisfied(dice, dice.chance(0.9)), words, "staff", about)
        elif dice.chance(0.5):
            rows += ask(dice, AFTER_ORDER, who, 0.3, satisfied(dice, dice.chance(0.4 if one.wrong else 0.9)), words,
                        lean, about)  # fmt: skip
    for month in (5, 11, 17, 23):
        day = month_start(month) + timedelta(days=9)
        last = {one.person.id: one for one in bought if one.person is not None and _recent(one.at, day)}
        for customer, one in last.items():
            if dice.chance(0.5):
                shares = (22.0, 28.0, 50.0) if one.wrong else (56.0, 29.0, 15.0)
                lean = words.wrong[1] if one.wrong else None
                rows += ask(dice, RECOMMEND, Asked(customer, None, None, dice.clock(day)), 0.32,
                            recommends(dice, shares), words, lean)  # fmt: skip
    return rows


def _recent(at: datetime, day: date) -> bool:
    return timedelta(0) < datetime(day.year, day.month, day.day) - at < timedelta(days=92)


def _writes(one: Purchase) -> float:
    """The share of purchases that somebody writes about: anger does more than joy."""
    return 0.01 if one.person is None else 0.3 if one.wrong else 0.14


def review_rows(dice: Dice, words: Words, bought: Sequence[Purchase]) -> list[Row]:
    """Stars for what was bought; who waited too long gives few."""
    rows: list[Row] = []
    for one in bought:
        at = (one.arrives or one.at) + days(dice.spread(2, 16))
        if at >= AS_OF or one.undone or not dice.chance(_writes(one)):
            continue
        bad = one.wrong or one.status == "refunded"
        rating = dice.weighted([(5, 1.0), (4, 2.0), (3, 3.0), (2, 3.0), (1, 3.0)] if bad else
                               [(5, 60.0), (4, 26.0), (3, 9.0), (2, 3.0), (1, 2.0)])  # fmt: skip
        lean = words.wrong[1] if one.wrong else words.usual
        rows.append(
            {
                "review_id": "", "customer_id": one.person.id if one.person is not None else None, "at": at,
                "rating": rating, "scale_max": 5, "source": dice.pick(("own site", "own site", "Fairstars")),
                "body": words.opinion(dice, rating >= 4, lean), "department": one.department,
            }
        )  # fmt: skip
    return number_rows(rows, "review_id", "RV-", "at")


def referral_rows(dice: Dice, people: list[Person], bought: Sequence[Purchase]) -> list[Row]:
    """Who came by a friend was sent by somebody who had bought; some friends never came."""
    rows: list[Row] = []
    hosts: list[Person] = []
    waiting = iter([one for one in bought if one.person is not None and one.at == one.person.first])
    following = next(waiting, None)
    for person in people:
        while following is not None and following.at < person.since - timedelta(days=20):
            assert following.person is not None
            hosts.append(following.person)
            following = next(waiting, None)
        if person.came_by == "friend" and hosts:
            rows.append(_referral(dice.pick(hosts).id, person.since - days(dice.spread(0.5, 18)), past(person.first)))
            if dice.chance(0.7):
                rows.append(_referral(dice.pick(hosts).id, person.since - days(dice.spread(0.5, 18)), None))
    return number_rows(rows, "referral_id", "RF-", "at")


def _referral(host: str, at: datetime, converted: datetime | None) -> Row:
    return {"referral_id": "", "customer_id": host, "at": at, "referred": "a friend", "converted_at": converted}


def mention_rows(dice: Dice, words: Words, people: list[Person], number: int = 260) -> list[Row]:
    """Posts, few of them by somebody known."""
    rows: list[Row] = []
    for _ in range(number):
        at = dice.clock(month_start(1) + timedelta(days=dice.between(1, 729)))
        good = dice.chance(0.74)
        one = dice.pick(people)
        feeling = Decimal(dice.between(15, 95) if good else -dice.between(15, 95)) / 100
        rows.append(
            {
                "mention_id": "", "customer_id": one.id if dice.chance(0.3) and one.since < at else None, "at": at,
                "source": dice.weighted([("social", 6.0), ("forum", 2.0), ("blog", 1.0)]),
                "body": words.opinion(dice, good), "sentiment": feeling if dice.chance(0.4) else None,
            }
        )  # fmt: skip
    return number_rows(rows, "mention_id", "MN-", "at")
