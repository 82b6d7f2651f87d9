"""Firms as customers, for companies that know each of them: who they are, who looks after them, what is talked about.
Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import tenure.demo.cast as cast
from tenure.demo.dice import AS_OF, Dice, Row, days, moment, month_start, number_rows
from tenure.demo.surveys import Asked, Survey, ask, recommends
from tenure.demo.wording import Words

OWNERS = ("Ines Duarte", "Jonah Feld", "Saoirse Nolan", "Priyanka Rao")
RECOMMEND = Survey("twice a year", "nps", "recommend", 0, 10)
SERVICE = Survey("after meeting", "service", "service", 1, 5)
_CAME_BY = (("referral", 4.0), ("fair", 3.0), ("search", 2.0), ("partner", 1.5))


@dataclass
class Client:
    """One firm."""

    id: str
    name: str
    industry: str
    region: str
    size: int
    owner: str
    came_by: str
    since: datetime
    left: datetime | None = None
    people: list[str] = field(default_factory=list)  # names
    trouble: list[datetime] = field(default_factory=list)  # when something went wrong for it

    @property
    def large(self) -> bool:
        """Whether it is looked after closely."""
        return self.size >= 250

    def here(self, at: datetime) -> bool:
        """Whether it was a client then."""
        return self.since <= at and (self.left is None or at < self.left)

    def upset(self, at: datetime, within: int = 120) -> bool:
        """Whether something went wrong not long before."""
        return any(timedelta(0) < at - one < timedelta(days=within) for one in self.trouble)

    def contact(self, dice: Dice) -> str:
        """One of its people, as an id."""
        return f"{self.id}-{dice.between(1, len(self.people))}"


def clients(
    dice: Dice, prefix: str, newcomers: Iterable[int], tails: dict[str, tuple[str, ...]],
    regions: tuple[tuple[str, float], ...],
) -> list[Client]:  # fmt: skip
    """Everyone who ever was one, in the order of joining; `tails` are the second words of names, by industry."""
    made: list[Client] = []
    names: set[str] = set()
    for month, number in enumerate(newcomers, start=1):
        for _ in range(number):
            industry = dice.pick(list(tails))
            name = f"{dice.pick(cast.HEADS)} {dice.pick(tails[industry])}"
            while name in names:
                name = f"{dice.pick(cast.HEADS)} {dice.pick(tails[industry])}"
            names.add(name)
            since = dice.clock(month_start(month) + timedelta(days=dice.between(0, 24)))
            size = dice.between(20, 240) if dice.chance(0.65) else dice.between(250, 2400)
            people = [f"{dice.pick(cast.FIRST_NAMES)} {dice.pick(cast.LAST_NAMES)}" for _ in range(dice.between(1, 3))]
            region, owner, came_by = dice.weighted(regions), dice.pick(OWNERS), dice.weighted(_CAME_BY)
            made.append(Client("", name, industry, region, size, owner, came_by, since, people=people))
    made.sort(key=lambda one: one.since)
    for number, one in enumerate(made, start=1):
        one.id = f"{prefix}-{100 + number}"
    return made


def customer_rows(found: list[Client]) -> list[Row]:
    """The customer list."""
    return [
        {
            "customer_id": one.id, "name": one.name, "domain": f"{cast.slug(one.name)}.example",
            "created_at": one.since, "owner": one.owner, "industry": one.industry, "region": one.region,
            "size": one.size, "tier": "A" if one.large else "B", "touch": "high", "came_by": one.came_by,
        }
        for one in found
    ]  # fmt: skip


def contact_rows(found: list[Client]) -> list[Row]:
    """Their people."""
    return [
        {
            "contact_id": f"{one.id}-{place}", "customer_id": one.id, "name": name,
            "email": f"{cast.slug(name)}@{cast.slug(one.name)}.example",
            "role": "buyer" if place == 1 else "operations", "created_at": one.since,
        }
        for one in found
        for place, name in enumerate(one.people, start=1)
    ]  # fmt: skip


def interaction_rows(dice: Dice, found: list[Client]) -> list[Row]:
    """Calls, meetings and reviews while they are clients."""
    rows: list[Row] = []
    for one in found:
        at = one.since + days(dice.spread(1, 10))
        while at < AS_OF:
            if one.here(at):
                kind = dice.weighted([("call", 4.0), ("meeting", 3.0), ("email", 3.0), ("review", 1.0)])
                rows.append(
                    {
                        "interaction_id": "", "customer_id": one.id, "contact_id": one.contact(dice),
                        "owner": one.owner, "kind": kind, "at": at,
                    }
                )  # fmt: skip
            at += days(1 + dice.random() * 2 * (18 if one.large else 40))
    return number_rows(rows, "interaction_id", "I-", "at")


def outcome_rows(dice: Dice, found: list[Client], goals: tuple[str, ...]) -> list[Row]:
    """What they want to achieve, agreed in the first weeks; it is seldom reached by those for whom things go wrong."""
    rows: list[Row] = []
    for one in found:
        for goal in dice.some(goals, dice.between(1, 2)):
            agreed = one.since + days(dice.spread(5, 50))
            due = agreed.date() + timedelta(days=dice.pick((90, 180, 270)))
            reached = agreed + days((due - agreed.date()).days * dice.spread(0.5, 1.2))
            done = dice.chance(0.35 if one.trouble else 0.75) and reached < AS_OF and one.here(reached)
            if agreed < AS_OF and one.here(agreed):
                rows.append(
                    {
                        "outcome_id": "", "customer_id": one.id, "goal": goal, "agreed_at": agreed, "due_on": due,
                        "achieved_at": reached if done else None,
                    }
                )  # fmt: skip
    return number_rows(rows, "outcome_id", "G-", "agreed_at")


def advocacy_rows(dice: Dice, found: list[Client]) -> list[Row]:
    """References and talks given."""
    rows: list[Row] = []
    for one in found:
        for _ in range(dice.count(0.2 if one.trouble else 0.8)):
            at = one.since + days(dice.spread(90, 500))
            if at < AS_OF and one.here(at):
                kind = dice.weighted([("reference", 4.0), ("testimonial", 3.0), ("case_study", 1.0), ("event", 2.0)])
                rows.append({"act_id": "", "customer_id": one.id, "kind": kind, "at": at})
    return number_rows(rows, "act_id", "A-", "at")


def referral_rows(dice: Dice, found: list[Client]) -> list[Row]:
    """Who came by a referral was sent by an older client; some who were spoken to never came."""
    rows: list[Row] = []
    for place, one in enumerate(found):
        older = [other for other in found[:place] if other.here(one.since - timedelta(days=30))]
        for converted in (one.since, None):
            if one.came_by == "referral" and older:
                at = one.since - days(dice.spread(5, 28))
                rows.append(
                    {
                        "referral_id": "", "customer_id": dice.pick(older).id, "at": at,
                        "referred": one.name if converted else "another firm", "converted_at": converted,
                    }
                )  # fmt: skip
    return number_rows([row for row in rows if str(row["at"]) > "2024"], "referral_id", "RF-", "at")


def survey_rows(dice: Dice, found: list[Client], calls: list[Row], words: Words) -> list[Row]:
    """Twice a year whether they would recommend; after meetings how it was."""
    rows: list[Row] = []
    for one in found:
        at = one.since + timedelta(days=dice.between(50, 110))
        while at < AS_OF:
            upset = one.upset(at)
            for _ in range(len(one.people)):
                shares = (14.0, 28.0, 58.0) if upset else (52.0, 31.0, 17.0)
                if one.here(at):
                    who = Asked(one.id, one.contact(dice), one.owner, at)
                    lean = words.wrong[1] if upset else None
                    rows += ask(dice, RECOMMEND, who, 0.5, recommends(dice, shares), words, lean)
            at += timedelta(days=182)
    owner_of: dict[object, Client] = {one.id: one for one in found}
    for call in calls:
        if call["kind"] == "meeting" and dice.chance(0.5):
            after = moment(call["at"]) + days(0.1)
            score = dice.weighted([(5, 58.0), (4, 28.0), (3, 9.0), (2, 4.0), (1, 1.0)])
            who = Asked(owner_of[call["customer_id"]].id, str(call["contact_id"]), str(call["owner"]), after)
            rows += ask(dice, SERVICE, who, 0.4, score, words, None, ("interaction", call["interaction_id"]))
    return rows


def review_rows(dice: Dice, found: list[Client], words: Words, sites: tuple[str, ...]) -> list[Row]:
    """Stars, mostly within a year."""
    rows: list[Row] = []
    for one in found:
        at = one.since + days(dice.skewed(200))
        if dice.chance(0.5) and at < AS_OF and one.here(at):
            upset = one.upset(at, 200)
            rating = dice.weighted(
                [(4, 1.0), (3, 3.0), (2, 3.0), (1, 1.0)] if upset else [(5, 6.0), (4, 4.0), (3, 1.0)]
            )
            lean = words.wrong[1] if upset else words.usual
            rows.append(
                {
                    "review_id": "", "customer_id": one.id, "at": at, "rating": rating, "scale_max": 5,
                    "source": dice.pick(sites), "body": words.opinion(dice, rating >= 4, lean),
                }
            )  # fmt: skip
    return number_rows(rows, "review_id", "RV-", "at")


def mention_rows(
    dice: Dice, found: list[Client], words: Words, number: int, good: Callable[[datetime], float]
) -> list[Row]:
    """Posts about the company, of which some are by clients."""
    rows: list[Row] = []
    for _ in range(number):
        at = dice.clock(month_start(1) + timedelta(days=dice.between(1, 729)))
        one = dice.pick(found)
        rows.append(
            {
                "mention_id": "", "customer_id": one.id if one.here(at) and dice.chance(0.6) else None, "at": at,
                "source": dice.weighted([("forum", 3.0), ("social", 3.0), ("press", 1.0)]),
                "body": words.opinion(dice, dice.chance(good(at))), "sentiment": None,
            }
        )  # fmt: skip
    return number_rows(rows, "mention_id", "MN-", "at")
