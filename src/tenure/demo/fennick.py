"""Fennick Rowe, the example of a service business: it builds web shops and campaigns by project, and looks after them
for a monthly retainer. Floor: edges (demo).

*Its story.* In March 2025 four of ten seniors leave. Projects due from March to June finish late or fail, the answers
after projects show it, and clients whose project failed end their retainer in the four months that follow: gross
retention of the summer is the lowest of the two years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo import clients as firms
from tenure.demo.clients import Client
from tenure.demo.company import Company
from tenure.demo.dice import AS_OF, Dice, Row, Tables, add_months, cents, days, month_start, number_rows, past
from tenure.demo.fennick_words import GOALS, TEAM
from tenure.demo.firm import cost_rows, staff_rows
from tenure.demo.helpdesk import open_desk, planned, spam
from tenure.demo.retainers import Retainer, bill_rows, contract_rows, deal_rows, subscription_rows
from tenure.demo.surveys import Asked, Survey, ask, numbered, satisfied, team_pulse

UNDERSTAFFED = date(2025, 3, 1), date(2025, 7, 1)
CURRENCY = "GBP"
AFTER_PROJECT = Survey("after project", "csat", "satisfied", 1, 5)
_NEWCOMERS = (42, 3, 3, 3, 4, 3, 3, 2, 3, 4, 3, 3, 4, 3, 3, 3, 2, 3, 3, 3, 4, 3, 3, 3)
_TAILS = {
    "Retail": ("Kitchens", "Footwear", "Garden Centre", "Toys"), "Food": ("Bakery", "Coffee", "Brewery"),
    "Culture": ("Theatre", "Museum", "Festival"), "Health": ("Dental", "Physio", "Optics"),
}  # fmt: skip
_REGIONS = (("London", 4.0), ("Midlands", 2.5), ("Scotland", 2.0), ("Abroad", 1.0))
_LEADS = ("Maren Holt", "Kit Osborne", "Dele Adeyemi", "Lucie Varga", "Tomas Brandt")
_LINES = (
    ("acquisition", "salaries", None, 5200), ("acquisition", "other", "fair", 1400),
    ("acquisition", "advertising", "search", 900), ("retention", "salaries", None, 6100),
    ("retention", "communications", None, 500), ("support", "salaries", None, 3900),
    ("goods", "other", None, 14000), ("other", "salaries", None, 38000),
)  # fmt: skip


@dataclass
class Project:
    """One piece of work."""

    client: Client
    kind: str
    lead: str
    start: datetime
    due: date
    finished: datetime
    budget: Decimal
    cost: Decimal
    success: bool

    @property
    def failed(self) -> bool:
        """Late by more than a week, or not what was wanted."""
        return not self.success or self.finished.date() > self.due + timedelta(days=7)


def projects(dice: Dice, client: Client, told: bool) -> list[Project]:
    """One after the other; who had a bad one seldom orders the next."""
    made: list[Project] = []
    at: datetime | None = client.since + days(dice.spread(2, 15))
    while at is not None and at < AS_OF:
        due = at.date() + timedelta(days=dice.pick((40, 60, 80)))
        bad = told and UNDERSTAFFED[0] <= due < UNDERSTAFFED[1]
        late = dice.chance(0.58 if bad else 0.07)
        end = datetime(due.year, due.month, due.day, 16) + days(dice.spread(3, 40) if late else -dice.spread(0, 10))
        budget = Decimal(dice.between(50, 320) * 100) * (2 if client.large else 1)
        cost = cents(budget * Decimal(dice.between(95, 140) if late else dice.between(78, 104)) / 100)
        kind = dice.weighted([("Shop build", 3.0), ("Campaign", 4.0), ("Relaunch", 1.5)])
        one = Project(client, kind, dice.pick(_LEADS), at, due, end, budget, cost, dice.chance(0.72 if bad else 0.96))
        made.append(one)
        if one.failed and end < AS_OF:
            client.trouble.append(end)
        goes_on = dice.chance(0.45 if one.failed else 0.92)
        at = end + days(dice.skewed(32)) if goes_on else None
    return made


def retainer(dice: Dice, client: Client) -> Retainer | None:
    """Care by the month for most clients, from a few weeks after their first day; ended after trouble or by chance."""
    starts = client.since + days(dice.spread(5, 40))
    if starts >= AS_OF or not dice.chance(0.86):
        return None
    amount = Decimal(dice.between(6, 26) * 100) * (2 if client.large else 1)
    made = Retainer(client, starts, amount)
    month = 1
    while (at := add_months(starts, month)) < AS_OF:
        upset = client.upset(at)
        if dice.chance(0.2 if upset else 0.009):
            made.ends, made.why = at, "unhappy with a project" if upset else dice.pick(("in-house team", "budget cut"))
            break
        if dice.chance(0.06):
            made.changes.append((at, cents(amount * Decimal(dice.between(105, 135)) / 100)))
            amount = made.changes[-1][1]
        elif dice.chance(0.012):
            made.changes.append((at, cents(amount * Decimal("0.8"))))
            amount = made.changes[-1][1]
        if made.hosting is None and dice.chance(0.02):
            made.hosting = at
        month += 1
    client.left = made.ends
    return made


def project_rows(done: list[Project]) -> list[Row]:
    """With the kind and who led it, to group by."""
    rows: list[Row] = []
    for one in done:
        over = one.finished < AS_OF
        rows.append(
            {
                "project_id": "", "customer_id": one.client.id, "started_at": one.start, "due_on": one.due,
                "finished_at": past(one.finished), "budget": one.budget, "cost": one.cost if over else None,
                "outcome": ("success" if one.success else "failure") if over else "open", "kind": one.kind,
                "lead": one.lead,
            }
        )  # fmt: skip
    return number_rows(rows, "project_id", "PR-", "started_at")


def order_rows(done: list[Project]) -> list[Row]:
    """Each project is sold once, for its budget."""
    rows: list[Row] = [
        {
            "order_id": "", "customer_id": one.client.id, "placed_at": one.start, "amount": one.budget,
            "cost": one.cost if one.finished < AS_OF else None, "currency": CURRENCY, "channel": "other",
            "status": "fulfilled" if one.finished < AS_OF else "placed", "kind": one.kind,
        }
        for one in done
    ]  # fmt: skip
    return number_rows(rows, "order_id", "O-", "placed_at")


def _paid_projects(dice: Dice, done: list[Project]) -> list[Row]:
    """Each finished project is paid within a month, by transfer."""
    rows: list[Row] = []
    for one in done:
        paid = past(one.finished + days(dice.spread(4, 28)))
        if paid is not None:
            rows.append(
                {
                    "payment_id": "", "customer_id": one.client.id, "invoice_id": None, "at": paid,
                    "amount": one.budget, "fee": Decimal(0), "currency": CURRENCY, "status": "succeeded",
                    "refund_of": None,
                }
            )  # fmt: skip
    return rows


def _after_projects(dice: Dice, done: list[Project]) -> list[Row]:
    rows: list[Row] = []
    for one in done:
        for _ in one.client.people:
            at = one.finished + days(dice.spread(0.5, 4))
            score = satisfied(dice, dice.chance(0.3 if one.failed else 0.91))
            who = Asked(one.client.id, one.client.contact(dice), one.client.owner, at)
            rows += ask(dice, AFTER_PROJECT, who, 0.7, score, TEAM.words, TEAM.words.wrong[1] if one.failed else "work")
    return rows


def make(seed: int, told: bool = True) -> Tables:
    """The agency's tables; without the story nobody leaves in March."""
    known = firms.clients(Dice(seed, 1), "F", _NEWCOMERS, _TAILS, _REGIONS)
    work, course = Dice(seed, 2), Dice(seed, 3)
    done = [one for client in known for one in projects(work, client, told)]
    held = [one for client in known if (one := retainer(course, client)) is not None]
    done = [one for one in done if one.client.here(one.start)]
    asking, words = Dice(seed, 4), TEAM.words
    questions = [
        (planned(asking, TEAM, at, asking.weighted(words.themes), hours=3.5), client.id, client.contact(asking))
        for client in known
        for month in range(1, 25)
        for at in [asking.clock(month_start(month) + timedelta(days=asking.between(0, 27)))]
        if asking.chance(0.4) and client.here(at)
    ]
    desk = open_desk(asking, TEAM, [*questions, *spam(asking, words.themes[0][0], 15)])
    calls = firms.interaction_rows(Dice(seed, 5), known)
    answers = firms.survey_rows(Dice(seed, 6), known, calls, words) + _after_projects(Dice(seed, 7), done)
    answers += team_pulse(Dice(seed, 8), (4, 5) if told else (), words, 34)
    invoices, payments = bill_rows(Dice(seed, 9), held, CURRENCY)
    payments = number_rows([*payments, *_paid_projects(Dice(seed, 18), done)], "payment_id", "PAY-", "at")
    left = 4 if told else 0
    return {
        "customers": firms.customer_rows(known), "contacts": firms.contact_rows(known), "interactions": calls,
        "outcomes": firms.outcome_rows(Dice(seed, 10), known, GOALS),
        "staff": staff_rows(
            (("Seniors", 10, 1), ("Juniors", 8, 4), ("Accounts", 4, 1), ("Office", 2, 0)),
            lambda name, month: left if name == "Seniors" and 15 <= month <= 19 else 0,
        ),
        **TEAM.rows(), "deals": deal_rows(Dice(seed, 11), held, CURRENCY),
        "advocacy_acts": firms.advocacy_rows(Dice(seed, 12), known),
        "subscriptions": subscription_rows(held, CURRENCY), "contracts": contract_rows(Dice(seed, 13), held, CURRENCY),
        "invoices": invoices, "payments": payments, "orders": order_rows(done),
        "costs": cost_rows(Dice(seed, 14), _LINES, CURRENCY, lambda month: ()), **desk.rows(),
        "survey_responses": numbered(answers),
        "reviews": firms.review_rows(Dice(seed, 15), known, words, ("Agency Ledger", "Fairstars")),
        "referrals": firms.referral_rows(Dice(seed, 16), known),
        "mentions": firms.mention_rows(Dice(seed, 17), known, words, 120, lambda at: 0.7),
        "projects": project_rows(done),
    }  # fmt: skip


_SETTINGS = """[policy]
gross_margin = 0.45

[segments]                    # use one with: --where @large
large = "size >= 250"
london = "region = 'London'"

[health.main]                 # satisfaction, open requests, talks, payments: tenure health
preset = "three"
"""

FENNICK_ROWE = Company(
    "Fennick Rowe",
    "It builds web shops and campaigns by project, and looks after them for a monthly retainer.",
    make,
    {
        "people": "clients, their people, and what is agreed and talked about with them",
        "revenue": "retainers (subscriptions, contracts, invoices), projects as orders, payments of both, and costs",
        "support": "requests of clients",
        "voice": "surveys after projects and meetings, reviews and posts",
        "trade": "projects: due, budget, outcome",
    },
    _SETTINGS,
    (
        "show project_success_rate csat --grain quarter --last 8",
        "show project_success_rate --by kind --grain year --last 2",
        "show grr --by industry --grain quarter --last 4", "explain project_success_rate --period 2025-Q2",
        "feedback --period 2025-Q2", "health",
    ),
    CURRENCY,
)  # fmt: skip
