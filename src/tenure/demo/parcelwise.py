"""Parcelwise, the example of a subscription business: shipping software for online shops, its 24 months told in every
table of the customer model. Floor: edges (demo).

    cast words  names; what people write
    account     one customer: what it is, and what becomes of it
    stories     the three planted stories, and plain loops that read them off the raw rows
    people      who the customers are          support   what they ask, and how long they wait
    lifecycle   how they fare (book, framing)  onboarding, usage, billing, voice, relations, trade: the other tables
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenure.demo import billing, lifecycle, onboarding, people, relations, revenue, stories, support, trade, voice
from tenure.demo import usage as product_use
from tenure.demo.company import Company
from tenure.demo.dice import AS_OF, FIRST_DAY, Dice, Tables
from tenure.demo.stories import Stories


@dataclass(frozen=True)
class Facts:
    """What is true of Parcelwise, by plain loops over its rows."""

    first_day: date
    as_of: datetime
    rows: dict[str, int]  # by table
    signed_up: int  # customers in the list, prospects among them
    customers: int  # paying just before as_of
    mrr: Decimal  # theirs, in US dollars, unrounded
    stories: Stories


def make(seed: int, told: bool = True, market: people.Market = people.Market()) -> Tables:
    """Every table of the customer model as rows, in the model's order of areas.

    Without the stories nothing goes with leaving, renewing or growing but the plan and its contract: neither
    onboarding nor features, support, feedback or use. What is found there is found by chance.
    """
    accounts = people.make_accounts(Dice(seed, 1), market)
    for account in accounts:
        account.told = told
    support.plan_tickets(Dice(seed, 2), accounts)
    course = Dice(seed, 3)
    for account in accounts:
        lifecycle.act(course, account)
    steps = onboarding.onboarding_rows(Dice(seed, 4), accounts)
    desk = support.desk(Dice(seed, 5), accounts)
    calls = relations.interaction_rows(Dice(seed, 6), accounts)
    events, sessions = product_use.use(Dice(seed, 7), accounts, onboarding.step_events(steps))
    invoices = billing.invoice_rows(Dice(seed, 8), accounts)
    orders = billing.order_rows(Dice(seed, 9), accounts)
    tables: Tables = {
        "customers": people.customer_rows(accounts), "contacts": people.contact_rows(accounts), "interactions": calls,
        "outcomes": relations.outcome_rows(Dice(seed, 10), accounts), "staff": relations.staff_rows(),
        "agents": support.TEAM.rows()["agents"], "deals": relations.deal_rows(Dice(seed, 11), accounts),
        "advocacy_acts": relations.advocacy_rows(Dice(seed, 12), accounts),
        "subscriptions": revenue.subscription_rows(accounts), "contracts": revenue.contract_rows(accounts),
        "trials": revenue.trial_rows(accounts), "invoices": invoices,
        "payments": billing.payment_rows(Dice(seed, 13), invoices), "orders": orders,
        "costs": billing.cost_rows(Dice(seed, 14), accounts), "fx_rates": revenue.rate_rows(Dice(seed, 15)),
        "events": events, "sessions": sessions, "features": onboarding.feature_rows(),
        "entitlements": onboarding.entitlement_rows(accounts), "onboarding_steps": steps,
        "resource_views": product_use.resource_rows(Dice(seed, 16), accounts), "tickets": desk.tickets,
        "ticket_messages": desk.messages, "ticket_changes": desk.changes, "schedules": support.TEAM.rows()["schedules"],
        "holidays": support.TEAM.rows()["holidays"],
        "survey_responses": voice.survey_rows(Dice(seed, 17), accounts, desk.tickets, calls, steps),
        "reviews": voice.review_rows(Dice(seed, 18), accounts),
        "referrals": voice.referral_rows(Dice(seed, 19), accounts),
        "mentions": voice.mention_rows(Dice(seed, 20), accounts),
        "visits": trade.visit_rows(Dice(seed, 21), orders),
        "carts": trade.cart_rows(Dice(seed, 22), orders),
        "projects": trade.project_rows(Dice(seed, 23), accounts),
        "jobs": trade.job_rows(Dice(seed, 24), accounts),
        "deliveries": trade.delivery_rows(Dice(seed, 25), orders),
        "inspections": trade.inspection_rows(Dice(seed, 26)), "stock": trade.stock_rows(Dice(seed, 27)),
    }  # fmt: skip
    return tables


def facts(tables: Tables) -> Facts:
    """Read off the rows, by plain loops."""
    levels = stories.mrr_by_customer(tables, AS_OF)
    return Facts(
        FIRST_DAY, AS_OF, {name: len(rows) for name, rows in tables.items()},
        len({row["customer_id"] for row in tables["customers"]}), len(levels), sum(levels.values(), Decimal(0)),
        stories.read(tables),
    )  # fmt: skip


def settings(owner: str) -> str:
    """tenure.toml from [usage] on: what events mean, segments, a health score, and goals, the first of them `owner`'s.

    The bands lie where this score's customers are: by the preset's own, hardly anybody was ever at risk.
    """
    features = "\n".join(f'{name} = ["{event}"]' for name, _, _, event, _, _ in onboarding.FEATURES)
    active = ", ".join(f'"{event}"' for _, _, _, event, _, _ in onboarding.FEATURES)
    return f"""[usage]
active = [{active}, "teammate_invited"]   # not "signed_up"
activation = {{ event = "teammate_invited", count = 1, within_days = 14 }}
value = {{ event = "label_printed" }}
funnel = ["signed_up", "orders_imported", "label_printed", "teammate_invited"]

[usage.features]              # feature = the events that are its use
{features}

[policy]
gross_margin = 0.8

[segments]                    # use one with: --where @enterprise
enterprise = "size >= 1000"
self_serve = "touch = 'low'"
europe = "region = 'Europe'"
promo = "came_by = 'promo'"

[health.main]                 # tenure health; whether it was right: tenure health --backtest
preset = "saas"
bands = [["at risk", 0], ["needs attention", 60], ["healthy", 75]]
hysteresis = 2                # points beyond its edge before a band is left

[goals.churn]                 # tenure goals
metric = "customer_churn_rate"
grain = "quarter"
baseline = "2025-Q2"
by_percent = 30               # of the baseline: of 10 %, 7 % are left
start = 2025-07-01
due = 2026-06-30
level = "company"
owner = "{owner}"

[goals.onboarding]
metric = "onboarding_completion_rate"
grain = "quarter"
baseline = "2025-Q2"
by_points = 15
start = 2025-07-01
due = 2026-03-31
parent = "churn"
level = "department"

[goals.recommended]
metric = "nps"
grain = "quarter"
to = 40
start = 2025-10-01
due = 2026-06-30
parent = "churn"
level = "department"
"""


PARCELWISE = Company(
    "Parcelwise", "It sells shipping software to online shops.", make,
    {
        "people": "the customer list and what the team does with it",
        "revenue": "what is sold, billed and paid, and what it costs",
        "usage": "what people do in the product",
        "support": "the help desk",
        "voice": "surveys, reviews and posts",
        "trade": "the small shop, roll-outs, partners and the printers",
    },
    settings("Saoirse Nolan"),
    (
        "show nrr grr --by plan --last 4", "explain nrr --period 2025-12",
        "explain mrr --period 2025-12 --versus stripe", "drivers customer_churn_rate --period 2025-Q2",
        "health --backtest",
    ),
)  # fmt: skip
