"""Torvane, the example of a manufacturer: pumps and valves for breweries and dairies, ordered under frame contracts.
Floor: edges (demo).

*Its story.* In February, March and April 2025 valve bodies come from a new foundry. Three times as many of them fail
the inspection, parts are made again, and half of the deliveries promised for these months are late. Customers who
waited more than twice seldom renew the frame contract that ends within nine months after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo import clients as firms
from tenure.demo.clients import Client
from tenure.demo.company import Company
from tenure.demo.dice import (
    AS_OF,
    FIRST_DAY,
    Dice,
    Row,
    Tables,
    add_months,
    cents,
    days,
    month_start,
    number_rows,
    past,
)
from tenure.demo.firm import cost_rows, staff_rows, sums_by_month
from tenure.demo.habits import following, seasonal
from tenure.demo.helpdesk import Asked as Question
from tenure.demo.helpdesk import Desk, open_desk, planned, spam
from tenure.demo.surveys import Asked, Survey, ask, numbered, satisfied, team_pulse
from tenure.demo.torvane_words import GOALS, TEAM

NEW_FOUNDRY = date(2025, 2, 1), date(2025, 5, 1)
FOUNDRY_PART = "Valve bodies"
CURRENCY = "EUR"
AFTER_DELIVERY = Survey("after delivery", "csat", "satisfied", 1, 5)
# Product, price of one, its cost in per cent, weight, share that usually fails the inspection.
_PRODUCTS = (
    ("Pumps", 1450, 62, 1.6, 0.014), ("Ball valves", 210, 58, 3.0, 0.017), (FOUNDRY_PART, 128, 64, 2.4, 0.02),
    ("Mixing heads", 680, 60, 1.0, 0.012),
)  # fmt: skip
_NEWCOMERS = (58, 2, 2, 3, 2, 2, 1, 2, 3, 2, 2, 1, 2, 2, 2, 2, 1, 2, 2, 1, 2, 2, 2, 1)
_TAILS = {
    "Breweries": ("Brewing", "Ales", "Brewery", "Lagers"), "Dairies": ("Dairy", "Creamery", "Cheeses"),
    "Drinks": ("Juices", "Springs", "Cider"), "Pharma": ("Biologics", "Serum Works"),
}  # fmt: skip
_REGIONS = (("Germany", 4.0), ("Benelux", 2.0), ("Nordics", 2.0), ("Iberia", 1.0))
_PULL = seasonal((1.0, 1.05, 1.15, 1.1, 1.05, 1.0, 0.85, 0.7, 1.0, 1.1, 1.05, 0.8))
_LINES = (
    ("acquisition", "salaries", None, 7800), ("acquisition", "other", "fair", 3200),
    ("acquisition", "advertising", "trade press", 1100), ("retention", "salaries", None, 6400),
    ("retention", "tooling", None, 700), ("support", "salaries", None, 5200), ("other", "salaries", None, 52000),
)  # fmt: skip


@dataclass
class Frame:
    """One customer's contracts and what it ordered under them."""

    client: Client
    contracts: list[Row] = field(default_factory=list)
    orders: list[Shipment] = field(default_factory=list)


@dataclass
class Shipment:
    """One order and its delivery."""

    client: Client
    at: datetime
    product: str
    amount: Decimal
    cost: Decimal
    promised: datetime
    arrives: datetime
    cancelled: bool
    id: str = ""

    @property
    def late(self) -> bool:
        """Whether it came, or will come, after the promise."""
        return not self.cancelled and self.arrives > self.promised


def frames(dice: Dice, known: list[Client], told: bool) -> list[Frame]:
    """Year by year: orders under a contract, then whether it is renewed."""
    made = []
    for client in known:
        frame, starts, renews = Frame(client), client.since, None
        a_year = dice.spread(7, 22) * (1.6 if client.large else 1.0)
        at: datetime | None = client.since + days(dice.spread(2, 25))
        while starts < AS_OF and client.left is None:
            ends = add_months(starts, dice.pick((6, 12, 12)))
            while at is not None and at < min(ends, AS_OF):
                frame.orders.append(_shipment(dice, client, at, told))
                at = following(dice, a_year, at, _PULL)
            late = [
                one for one in frame.orders if one.late and timedelta(0) < ends - one.promised < timedelta(days=270)
            ]
            keeps = dice.chance(0.3 if len(late) > 2 else 0.94)
            number = f"K-{client.id[2:]}-{len(frame.contracts) + 1}"
            frame.contracts.append(_contract(dice, frame, number, starts, ends, renews, keeps))
            if not keeps and ends < AS_OF:
                client.left = ends
            starts, renews = ends, number
        client.trouble = [one.promised for one in frame.orders if one.late]
        made.append(frame)
    return made


def _shipment(dice: Dice, client: Client, at: datetime, told: bool) -> Shipment:
    name, price, per_cent, _, _ = dice.weighted([(one, one[3]) for one in _PRODUCTS])
    number = dice.between(2, 18 if price < 500 else 5)
    amount = Decimal(price * number) * (100 - dice.between(0, 12)) / 100
    promised = datetime(at.year, at.month, at.day, 17) + timedelta(days=21)
    bad = told and NEW_FOUNDRY[0] <= promised.date() < NEW_FOUNDRY[1]
    late = dice.chance((0.75 if name == FOUNDRY_PART else 0.4) if bad else 0.055)
    arrives = promised + (days(dice.spread(1, 16)) if late else -days(dice.spread(0.1, 6)))
    return Shipment(client, at, name, amount, amount * per_cent / 100, promised, arrives, dice.chance(0.015))


def _contract(
    dice: Dice, frame: Frame, number: str, starts: datetime, ends: datetime, renews: str | None, keeps: bool
) -> Row:
    over = ends <= AS_OF
    signed = starts.date() - timedelta(days=dice.between(3, 25))
    outcome = ("renewed" if keeps else "churned") if over else "open"
    return {
        "contract_id": number, "customer_id": frame.client.id, "signed_on": signed, "starts_on": starts.date(),
        "ends_on": ends.date() - timedelta(days=1),
        "value": cents(sum((one.amount for one in frame.orders if starts <= one.at < ends), Decimal(5000))),
        "currency": CURRENCY, "auto_renew": False, "renews": renews, "terminated_on": None, "outcome": outcome,
        "decided_on": ends.date() - timedelta(days=dice.between(3, 30)) if over else None,
    }  # fmt: skip


def order_rows(sent: list[Shipment]) -> list[Row]:
    """With the product, to group by."""
    return [
        {
            "order_id": one.id, "customer_id": one.client.id, "placed_at": one.at, "amount": cents(one.amount),
            "cost": cents(one.cost), "currency": CURRENCY, "channel": "other",
            "status": "cancelled" if one.cancelled else "fulfilled" if one.arrives < AS_OF else "placed",
            "product": one.product,
        }
        for one in sent
    ]  # fmt: skip


def delivery_rows(sent: list[Shipment]) -> list[Row]:
    """Those whose promise lies before the data end."""
    rows: list[Row] = [
        {
            "delivery_id": "", "customer_id": one.client.id, "order_id": one.id, "promised_at": one.promised,
            "delivered_at": past(one.arrives), "product": one.product,
        }
        for one in sent
        if one.promised < AS_OF and not one.cancelled
    ]  # fmt: skip
    return number_rows(rows, "delivery_id", "DL-", "promised_at")


def inspection_rows(dice: Dice, told: bool) -> list[Row]:
    """Samples of every product, each working day but Friday."""
    rows: list[Row] = []
    for number in range((AS_OF.date() - FIRST_DAY).days):
        day = FIRST_DAY + timedelta(days=number)
        if day.weekday() > 3:
            continue
        for product, _, _, _, usual in _PRODUCTS:
            bad = told and product == FOUNDRY_PART and NEW_FOUNDRY[0] <= day < NEW_FOUNDRY[1]
            units = dice.between(24, 40)
            rows.append(
                {
                    "inspection_id": "", "at": dice.clock(day, 7, 15), "product": product, "units": units,
                    "defects": dice.count(units * usual * (3.4 if bad else 1.0)),
                }
            )  # fmt: skip
    return number_rows(rows, "inspection_id", "IN-", "at")


def stock_rows(dice: Dice) -> list[Row]:
    """What lies in the store each Monday."""
    rows: list[Row] = []
    for week in range(105):
        on = FIRST_DAY + timedelta(days=7 * week)
        for product, value in zip((one[0] for one in _PRODUCTS), (64000, 38000, 26000, 30000), strict=True):
            if on < AS_OF.date():
                worth = Decimal(int(value * dice.spread(0.86, 1.14)))
                rows.append({"on": on, "product": product, "value": worth, "currency": CURRENCY})
    return rows


def desk(dice: Dice, known: list[Client], sent: list[Shipment]) -> Desk:
    """Questions now and then; late deliveries lead to most of the others."""
    asked: list[Question] = []
    for client in known:
        for month in range(1, 25):
            at = dice.clock(month_start(month) + timedelta(days=dice.between(0, 27)), 7, 17)
            if dice.chance(0.3) and client.here(at):
                theme = dice.weighted(TEAM.words.themes)
                asked.append((planned(dice, TEAM, at, theme, hours=4.0), client.id, client.contact(dice)))
    for one in sent:
        at = one.promised + days(dice.spread(0.7, 2))
        if one.late and at < AS_OF and dice.chance(0.5):
            ticket = planned(dice, TEAM, at, "late delivery", hours=4.0)
            asked.append((ticket, one.client.id, one.client.contact(dice)))
    return open_desk(dice, TEAM, [*asked, *spam(dice, "technical", 12)])


def _after_deliveries(dice: Dice, sent: list[Shipment]) -> list[Row]:
    rows: list[Row] = []
    for one in sent:
        if not one.cancelled and dice.chance(0.5):
            who = Asked(one.client.id, one.client.contact(dice), one.client.owner, one.arrives + days(1))
            good = dice.chance(0.35 if one.late else 0.9)
            lean = TEAM.words.wrong[1] if one.late else None
            rows += ask(dice, AFTER_DELIVERY, who, 0.35, satisfied(dice, good), TEAM.words, lean, ("order", one.id))
    return rows


def make(seed: int, told: bool = True) -> Tables:
    """The manufacturer's tables; without the story the foundry stays the old one."""
    known = firms.clients(Dice(seed, 1), "T", _NEWCOMERS, _TAILS, _REGIONS)
    held = frames(Dice(seed, 2), known, told)
    sent = sorted((one for frame in held for one in frame.orders), key=lambda one: one.at)
    for number, one in enumerate(sent, start=1):
        one.id = f"O-{number:05d}"
    words, calls = TEAM.words, firms.interaction_rows(Dice(seed, 3), known)
    answers = firms.survey_rows(Dice(seed, 4), known, calls, words) + _after_deliveries(Dice(seed, 5), sent)
    answers += team_pulse(Dice(seed, 6), (4,) if told else (), words, 30)
    goods = sums_by_month((one.arrives, one.cost) for one in sent if not one.cancelled and one.arrives < AS_OF)
    return {
        "customers": firms.customer_rows(known), "contacts": firms.contact_rows(known), "interactions": calls,
        "outcomes": firms.outcome_rows(Dice(seed, 7), known, GOALS),
        "staff": staff_rows((("Works", 38, 4), ("Sales", 4, 1), ("Service", 4, 0), ("Office", 6, 0))), **TEAM.rows(),
        "advocacy_acts": firms.advocacy_rows(Dice(seed, 8), known),
        "contracts": [row for frame in held for row in frame.contracts], "orders": order_rows(sent),
        "costs": cost_rows(
            Dice(seed, 9), _LINES, CURRENCY, lambda month: [("goods", "other", cents(goods.get(month, Decimal(0))))]
        ),
        **desk(Dice(seed, 10), known, sent).rows(), "survey_responses": numbered(answers),
        "reviews": firms.review_rows(Dice(seed, 11), known, words, ("Plant Buyers", "Fairstars")),
        "referrals": firms.referral_rows(Dice(seed, 12), known),
        "mentions": firms.mention_rows(Dice(seed, 13), known, words, 90, lambda at: 0.7),
        "deliveries": delivery_rows(sent), "inspections": inspection_rows(Dice(seed, 14), told),
        "stock": stock_rows(Dice(seed, 15)),
    }  # fmt: skip


_SETTINGS = """[policy]
gross_margin = 0.38
order_customer_days = 180     # who has not ordered for half a year is a customer no more

[segments]                    # use one with: --where @large
large = "size >= 250"
dairies = "industry = 'Dairies'"

[health.main]                 # tenure health
[[health.main.measures]]
name = "recency"
metric = "purchase_frequency"
since_last = true             # in days
window = "365d"
points = [[30, 100], [180, 0]]

[[health.main.measures]]
name = "deliveries in time"
metric = "on_time_delivery_rate"
window = "180d"
points = [[0.5, 0], [1, 100]]

[[health.main.measures]]
name = "open tickets"
metric = "open_tickets"
points = [[0, 100], [4, 0]]

[[health.main.measures]]
name = "NPS"
metric = "nps:latest_score"
window = "365d"
points = [[0, 0], [10, 100]]

[[health.main.measures]]
name = "talks"
metric = "interactions"
window = "90d"
points = [[0, 0], [3, 100]]
"""

TORVANE = Company(
    "Torvane",
    "It makes pumps and valves for breweries and dairies, ordered under frame contracts.",
    make,
    {
        "people": "customers, their people, and what is talked about with them",
        "revenue": "frame contracts, the orders under them, and costs",
        "support": "claims and questions",
        "voice": "surveys after deliveries and meetings, reviews and posts",
        "trade": "deliveries, inspections and what lies in stock",
    },
    _SETTINGS,
    (
        "show defect_rate --by product --grain quarter --last 8",
        "show on_time_delivery_rate csat --grain quarter --last 8",
        "show renewal_rate --grain quarter --last 4", "explain on_time_delivery_rate --period 2025-03",
        "feedback --period 2025-Q2", "health",
    ),
    CURRENCY,
)  # fmt: skip
