"""Oddwright, the example of a marketplace: households book people for repairs, moving and gardens, and pay it a fee.
Floor: edges (demo).

*Its story.* From July to September 2025 it lets in providers whom nobody has checked (`intake` is `open`), to have
enough of them in summer. They cancel three jobs of ten, the others one of twenty. Ratings fall, and households whose
job was cancelled hardly ever book again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import tenure.demo.cast as cast
from tenure.demo import buyers_voice, shops
from tenure.demo.company import Company
from tenure.demo.dice import AS_OF, Dice, Row, Tables, cents, days, hours, number_rows, past
from tenure.demo.firm import cost_rows, staff_rows, sums_by_month
from tenure.demo.habits import Person, following, people, seasonal
from tenure.demo.oddwright_words import TEAM
from tenure.demo.shop import Purchase, customer_rows
from tenure.demo.surveys import numbered, team_pulse

OPEN_DOORS = date(2025, 7, 1), date(2025, 10, 1)
CANCELS = {"checked": 0.05, "open": 0.31}
COMES_BACK = 0.12  # the share of households that book again after their job was cancelled
_TRADES = (("Repairs", 95, 3.0), ("Moving", 260, 1.4), ("Garden", 80, 2.2), ("Cleaning", 62, 2.6))
_NEWCOMERS = (
    110, 58, 62, 70, 82, 90, 84, 72, 66, 60, 52, 46, 62, 64, 72, 84, 98, 112, 124, 110, 90, 72, 60, 54,
)  # fmt: skip
_TOWNS = (("Leeds", 3.0), ("Bristol", 2.5), ("Cardiff", 2.0), ("Norwich", 1.5))
_PULL = seasonal((0.7, 0.75, 0.95, 1.1, 1.25, 1.3, 1.3, 1.15, 1.05, 0.95, 0.8, 0.7))
_LINES = (
    ("acquisition", "advertising", "search", 900), ("acquisition", "advertising", "social", 500),
    ("acquisition", "salaries", None, 900), ("retention", "communications", "newsletter", 300),
    ("retention", "salaries", None, 500), ("support", "salaries", None, 1500), ("other", "salaries", None, 2600),
)  # fmt: skip


@dataclass
class Booking(Purchase):
    """A job that a household pays for and a provider takes."""

    provider: str = ""
    intake: str = "checked"
    price: Decimal = Decimal(0)

    @property
    def wrong(self) -> bool:
        """Whether the provider called it off."""
        return self.status == "cancelled"


def _providers(dice: Dice, number: int) -> list[str]:
    return sorted({f"{dice.pick(cast.FIRST_NAMES)} {dice.pick(cast.LAST_NAMES)}" for _ in range(number)})


def bookings(dice: Dice, households: list[Person], told: bool) -> list[Booking]:
    """Everything that was booked, in order of time."""
    providers = {"checked": _providers(dice, 46), "open": _providers(dice, 24)}
    made: list[Booking] = []
    for person in households:
        at = person.first
        while at is not None:
            summer = told and OPEN_DOORS[0] <= at.date() < OPEN_DOORS[1]
            one = _booking(dice, person, at, providers, "open" if summer and dice.chance(0.5) else "checked")
            made.append(one)
            stays = dice.chance(COMES_BACK) if one.wrong else not dice.chance(person.stop)
            at = following(dice, person.a_year, at, _PULL) if stays else None
    made.sort(key=lambda one: one.at)
    for number, one in enumerate(made, start=1):
        one.id = f"O-{number:05d}"
    return made


def _booking(dice: Dice, person: Person, at: datetime, providers: dict[str, list[str]], intake: str) -> Booking:
    trade, mean, _ = dice.weighted([(one, one[2]) for one in _TRADES])
    price = Decimal(int(mean * dice.spread(0.6, 1.5) * 100)) / 100
    fee = cents(price / 8)
    done = at + days(dice.spread(0.1, 3.5))
    status = "cancelled" if dice.chance(CANCELS[intake]) else "fulfilled" if done < AS_OF else "placed"
    arrives = done if status != "cancelled" else at + days(dice.spread(0.5, 4))
    return Booking(
        person, at, trade, fee, cents(fee / 5), "online", None, status, arrives,
        provider=dice.pick(providers[intake]), intake=intake, price=price,
    )  # fmt: skip


def _order(one: Booking) -> Row:
    assert one.person is not None
    return {
        "order_id": one.id, "customer_id": one.person.id, "placed_at": one.at, "amount": one.amount, "cost": one.cost,
        "currency": "GBP", "channel": one.channel, "status": one.status, "trade": one.department,
        "job_price": one.price,
    }  # fmt: skip


def _job(number: int, one: Booking) -> Row:
    assert one.person is not None
    state = {"cancelled": "cancelled", "placed": "accepted", "fulfilled": "completed"}[one.status]
    return {
        "job_id": f"J-{number:05d}", "provider": one.provider, "customer_id": one.person.id,
        "accepted_at": past(one.at + timedelta(minutes=20)) or one.at,
        "completed_at": one.arrives if state == "completed" else None, "status": state, "trade": one.department,
        "intake": one.intake,
    }  # fmt: skip


def visit_rows(dice: Dice, booked: list[Booking]) -> list[Row]:
    """Who looked before booking, and four as many who only looked."""
    rows: list[Row] = []
    for one in booked:
        assert one.person is not None
        before = max(one.at - hours(dice.skewed(0.6)), one.person.since)
        looks: list[tuple[str | None, datetime]] = [(one.person.id, before)]
        looks += [(None, one.at + days(dice.spread(-15, 15))) for _ in range(dice.count(4))]
        for customer, at in looks:
            if date(2024, 1, 1) <= at.date() and at < AS_OF:
                rows.append(
                    {
                        "visit_id": "", "visitor": f"u-{customer or dice.between(1, 40000)}", "customer_id": customer,
                        "at": at, "channel": dice.weighted([("site", 3.0), ("app", 2.0)]), "count": 1,
                    }
                )  # fmt: skip
    return number_rows(rows, "visit_id", "VI-", "at")


def make(seed: int, told: bool = True) -> Tables:
    """The tables of a marketplace; without the story every provider is checked."""
    households = people(Dice(seed, 1), "H", _NEWCOMERS, _TOWNS, 3.4, 0.0)
    booked = bookings(Dice(seed, 2), households, told)
    desk = buyers_voice.desk(Dice(seed, 3), TEAM, booked)
    answers = buyers_voice.survey_rows(Dice(seed, 4), TEAM, booked)
    answers += team_pulse(Dice(seed, 5), (6,) if told else (), TEAM.words, 12)
    charges = sums_by_month((one.at, one.cost) for one in booked if one.status == "fulfilled")
    return {
        "customers": customer_rows(households),
        "staff": staff_rows((("Site", 3, 2), ("Providers", 2, 1), ("Help", 2, 1))),
        **TEAM.rows(), "orders": [_order(one) for one in booked],
        "costs": cost_rows(
            Dice(seed, 6), _LINES, "GBP", lambda month: [("goods", "other", charges.get(month, Decimal(0)))]
        ),
        **desk.rows(), "survey_responses": numbered(answers),
        "reviews": buyers_voice.review_rows(Dice(seed, 7), TEAM.words, booked),
        "referrals": buyers_voice.referral_rows(Dice(seed, 8), households, booked),
        "mentions": buyers_voice.mention_rows(Dice(seed, 9), TEAM.words, households),
        "visits": visit_rows(Dice(seed, 10), booked),
        "jobs": [_job(number, one) for number, one in enumerate(booked, start=1)],
    }  # fmt: skip


ODDWRIGHT = Company(
    "Oddwright",
    "It runs a marketplace where households book people for repairs, moving and gardens, for a fee of an eighth.",
    make,
    {
        "people": "households with an account, and the company's own people",
        "revenue": "the fees (orders: amount is the fee, job_price what the household pays), and costs",
        "support": "letters to the company",
        "voice": "surveys after jobs, ratings and posts",
        "trade": "visits, and the jobs that providers took",
    },
    shops.SETTINGS.format(margin="0.8", segments="leeds = \"region = 'Leeds'\"\n"),
    (
        "show job_completion_rate rating --grain quarter --last 8",
        "show job_completion_rate --by intake --grain quarter --last 3",
        "show rating --by department --grain quarter --last 4",
        "show repeat_purchase_rate --variant cohort --grain quarter --last 6", "feedback --period 2025-Q3", "health",
    ),
    "GBP",
)  # fmt: skip
