"""Parcelwise, the example company of `tenure demo`: shipping software for online shops, its 24 months told in every
table of the customer model. Floor: edges.

    dice        chance and calendar: the same seed, the same bytes, on every machine
    cast words  names; what people write
    account     one customer: what it is, and what becomes of it
    stories     the three planted stories, and plain loops that read them off the raw rows
    people      who the customers are          support   what they ask, and how long they wait
    lifecycle   how they fare (book, framing)  onboarding, usage, billing, voice, relations, trade: the other tables
    folder      tenure.toml and the csv files

Everyone is made up. `write` makes the folder; `make` gives the rows and what they say about the stories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from tenure.demo import (
    billing,
    lifecycle,
    onboarding,
    people,
    relations,
    revenue,
    stories,
    support,
    trade,
    voice,
)
from tenure.demo import (
    folder as files,
)
from tenure.demo import usage as product_use
from tenure.demo.dice import AS_OF, FIRST_DAY, Dice, Tables
from tenure.demo.stories import Stories
from tenure.errors import UsageError, suggest

BUSINESSES = tuple(trade.VOLUMES)


@dataclass(frozen=True)
class DemoFacts:
    """What is true of an example company, by plain loops over its rows."""

    first_day: date
    as_of: datetime
    rows: dict[str, int]  # by table
    signed_up: int  # customers in the list, prospects among them
    customers: int  # paying just before as_of
    mrr: Decimal  # theirs, in US dollars, unrounded
    stories: Stories


def write(folder: Path, *, business: str = "saas", seed: int = 2024, stories: bool = True) -> DemoFacts:
    """Write the example company's `tenure.toml` and `data/*.csv` into a folder, and say what is true of it."""
    if business not in BUSINESSES:
        nearest = suggest(business, BUSINESSES)
        todo = f"Did you mean {nearest!r}?" if nearest else f"Known: {', '.join(BUSINESSES)}."
        raise UsageError(f"There is no business {business!r}.", where="--business", todo=todo)
    files.settle(folder)
    files.write_config(folder, business)
    tables = make(business=business, seed=seed, stories=stories)
    files.write_tables(folder, tables)
    return facts(tables)


def make(*, business: str = "saas", seed: int = 2024, stories: bool = True) -> Tables:
    """Every table of the customer model as rows, in the model's order of areas.

    Without `stories` nothing goes with leaving, renewing or growing but the plan and its contract: neither onboarding
    nor features, support, feedback or use. What is found there is found by chance.
    """
    volume = trade.VOLUMES[business]
    accounts = people.make_accounts(Dice(seed, 1))
    for account in accounts:
        account.told = stories
    support.plan_tickets(Dice(seed, 2), accounts)
    course = Dice(seed, 3)
    for account in accounts:
        lifecycle.act(course, account)
    steps = onboarding.onboarding_rows(Dice(seed, 4), accounts)
    desk = support.desk(Dice(seed, 5), accounts)
    calls = relations.interaction_rows(Dice(seed, 6), accounts)
    events, sessions = product_use.use(Dice(seed, 7), accounts, onboarding.step_events(steps))
    invoices = billing.invoice_rows(Dice(seed, 8), accounts)
    orders = billing.order_rows(Dice(seed, 9), accounts, volume.orders)
    tables: Tables = {
        "customers": people.customer_rows(accounts), "contacts": people.contact_rows(accounts), "interactions": calls,
        "outcomes": relations.outcome_rows(Dice(seed, 10), accounts), "staff": relations.staff_rows(),
        "agents": support.agent_rows(), "deals": relations.deal_rows(Dice(seed, 11), accounts),
        "advocacy_acts": relations.advocacy_rows(Dice(seed, 12), accounts),
        "subscriptions": revenue.subscription_rows(accounts), "contracts": revenue.contract_rows(accounts),
        "trials": revenue.trial_rows(accounts), "invoices": invoices,
        "payments": billing.payment_rows(Dice(seed, 13), invoices), "orders": orders,
        "costs": billing.cost_rows(Dice(seed, 14), accounts), "fx_rates": revenue.rate_rows(Dice(seed, 15)),
        "events": events, "sessions": sessions, "features": onboarding.feature_rows(),
        "entitlements": onboarding.entitlement_rows(accounts), "onboarding_steps": steps,
        "resource_views": product_use.resource_rows(Dice(seed, 16), accounts), "tickets": desk.tickets,
        "ticket_messages": desk.messages, "ticket_changes": desk.changes, "schedules": support.schedule_rows(),
        "holidays": support.holiday_rows(),
        "survey_responses": voice.survey_rows(Dice(seed, 17), accounts, desk.tickets, calls, steps),
        "reviews": voice.review_rows(Dice(seed, 18), accounts),
        "referrals": voice.referral_rows(Dice(seed, 19), accounts),
        "mentions": voice.mention_rows(Dice(seed, 20), accounts),
        "visits": trade.visit_rows(Dice(seed, 21), orders, volume),
        "carts": trade.cart_rows(Dice(seed, 22), orders),
        "projects": trade.project_rows(Dice(seed, 23), accounts, volume),
        "jobs": trade.job_rows(Dice(seed, 24), accounts, volume),
        "deliveries": trade.delivery_rows(Dice(seed, 25), orders),
        "inspections": trade.inspection_rows(Dice(seed, 26), volume), "stock": trade.stock_rows(Dice(seed, 27)),
    }  # fmt: skip
    return tables


def facts(tables: Tables) -> DemoFacts:
    """Read off the rows, by plain loops."""
    levels = stories.mrr_by_customer(tables, AS_OF)
    return DemoFacts(
        FIRST_DAY, AS_OF, {name: len(rows) for name, rows in tables.items()},
        len({row["customer_id"] for row in tables["customers"]}), len(levels), sum(levels.values(), Decimal(0)),
        stories.read(tables),
    )  # fmt: skip
