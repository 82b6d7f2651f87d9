"""A workspace folder read the plain way: csv, tomllib, local days. Nothing of tenure's own reading. Tests' floor.

Understands what the worlds use: CSV files whose columns carry the model's names. Rows that do not exist yet at `as_of`
(always a local midnight in these worlds) are left out here, and what happened at or after it reads as empty.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .facts import MAIN, Record, record
from .spans import Calendar

# Tables of other fields of work, which have oracles of their own.
OF_OTHERS = {
    *("contacts", "interactions", "outcomes", "agents", "deals", "advocacy_acts", "sessions", "features"),
    *("entitlements", "onboarding_steps", "resource_views", "tickets", "ticket_messages", "ticket_changes"),
    *("schedules", "holidays", "survey_responses", "reviews", "referrals", "mentions", "visits", "trials"),
}

Row = dict[str, str]
NONE, UNATTRIBUTED = "(none)", "unattributed"


@dataclass(frozen=True)
class Item:
    """One stretch of one subscription item; every moment as a local day."""

    subscription: str
    customer: str
    product: str
    family: str
    plan: str
    quantity: str
    amount: Fraction
    list_amount: Fraction | None
    discount_kind: str
    currency: str
    interval: str
    count: int
    usage: str
    status: str
    trial: bool
    start: date
    end: date | None
    discount_ends: date | None
    signed: date | None
    requested: date | None
    cancelled: date | None


@dataclass(frozen=True)
class Fact:
    """An amount on a day: a payment, an order, an invoice."""

    customer: str | None
    day: date
    amount: Fraction
    currency: str
    status: str
    recurring: bool = True
    channel: str = ""


@dataclass(frozen=True)
class Contract:
    contract: str
    customer: str
    start: date
    end: date | None
    value: Fraction
    renews: str
    terminated: date | None
    outcome: str
    decided: date | None


@dataclass(frozen=True)
class Use:
    """An event: by whom, on which day."""

    customer: str | None
    contact: str | None
    day: date


@dataclass
class Books:
    """All that the oracle reads."""

    currency: str
    zone: ZoneInfo
    calendar: Calendar
    cut: date  # the first day of which nothing is known
    policy: dict[str, Any]
    items: list[Item] = field(default_factory=list)
    planned: list[Item] = field(default_factory=list)  # not started by `cut`: only commitments look at them
    contracts: list[Contract] = field(default_factory=list)
    payments: list[Fact] = field(default_factory=list)
    orders: list[Fact] = field(default_factory=list)
    invoices: list[Fact] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    created: dict[str, date] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))  # of the other tables
    subscribed: bool = False  # whether there is a subscriptions table at all
    rates: dict[str, list[tuple[date, Fraction]]] = field(default_factory=lambda: defaultdict(list))
    stretches: dict[str, list[tuple[date, date, Row]]] = field(default_factory=lambda: defaultdict(list))

    def attribute(self, customer: str | None, name: str, day: date) -> str:
        """A customer's group at the close of a day."""
        if not customer:
            return UNATTRIBUTED
        for start, end, row in self.stretches.get(customer, ()):
            if start <= day < end:
                return row.get(name) or NONE
        return NONE

    def turns(self, customer: str) -> set[date]:
        """The days on which a customer's attributes may change."""
        return {day for start, end, _ in self.stretches.get(customer, ()) for day in (start, end)}

    def rate(self, currency: str, day: date) -> Fraction:
        """One unit of `currency` in the reporting currency on a day: the latest rate dated that day or before."""
        if currency == self.currency:
            return Fraction(1)
        known = [(on, rate) for on, rate in self.rates[currency] if on <= day]
        if not known:
            raise LookupError(f"no {currency} rate on or before {day}")
        return max(known)[1]

    def convert(self, fact: Fact) -> Fraction:
        return fact.amount * self.rate(fact.currency, fact.day)


def read(folder: Path) -> Books:
    """The books of a workspace folder."""
    toml = tomllib.loads((folder / "tenure.toml").read_text(encoding="utf-8"))
    settings = toml.get("workspace", {})
    zone = ZoneInfo(settings.get("timezone", "UTC"))
    books = Books(
        currency=settings.get("currency", "USD"),
        zone=zone,
        calendar=Calendar(settings.get("week_start", "monday"), settings.get("fiscal_year_start", 1)),
        cut=settings["as_of"] if "as_of" in settings else datetime.now(zone).date(),
        policy=toml.get("policy", {}),
    )
    for source in toml.get("sources", {}).values():
        for table, spec in source["tables"].items():
            with (folder / spec["path"]).open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    _enter(books, table, row)
    return books


def _enter(books: Books, table: str, row: Row) -> None:
    def day(column: str) -> date | None:
        return local_day(row.get(column, ""), books.zone)

    def known(column: str) -> date | None:
        found = day(column)
        return found if found and found < books.cut else None

    customer = row.get("customer_id") or None
    if table == "customers":
        assert customer
        created = known("created_at")
        if created:
            books.created[customer] = created
        books.stretches[customer].append((day("valid_from") or date.min, day("valid_to") or date.max, row))
    elif table == "fx_rates":
        books.rates[row["currency"]].append((date.fromisoformat(row["on"]), Fraction(row["rate"])))
    elif table == "subscriptions":
        item = _item(row, day, known)
        books.subscribed = True
        (books.items if item.start < books.cut else books.planned).append(item)
    elif table == "contracts":
        contract = _contract(row, day, known, books.cut)
        if contract.start < books.cut:
            books.contracts.append(contract)
    elif table == "events":
        at = known("at")
        if at:
            books.uses.append(Use(customer, row.get("contact_id") or None, at))
    elif table in ("payments", "orders", "invoices"):
        at = known({"payments": "at", "orders": "placed_at", "invoices": "issued_at"}[table])
        if at:
            said = row.get("recurring", "")
            recurring = said == "true" if said else bool(row.get("subscription_id"))
            fact = Fact(
                customer, at, Fraction(row["amount"]), row["currency"], row["status"], recurring, row.get("channel", "")
            )
            getattr(books, table).append(fact)
    elif table in MAIN:
        found = record(table, row, books.zone, books.cut)
        if found:
            books.records[table].append(found)
    elif table not in OF_OTHERS:
        raise ValueError(f"the oracle does not read {table}")


def _item(row: Row, day: object, known: object) -> Item:
    assert callable(day) and callable(known)
    return Item(
        subscription=row["subscription_id"],
        customer=row["customer_id"],
        product=row.get("product", ""),
        family=row.get("product_family") or row.get("product", ""),
        plan=row.get("plan", ""),
        quantity=str(Fraction(row.get("quantity") or 1)),
        amount=Fraction(row["amount"]),
        list_amount=Fraction(row["list_amount"]) if row.get("list_amount") else None,
        discount_kind=row.get("discount_kind", ""),
        currency=row["currency"],
        interval=row["interval"],
        count=int(row.get("interval_count") or 1),
        usage=row.get("usage_type") or "licensed",
        status=row.get("status") or "active",
        trial=row.get("is_trial") == "true",
        start=day("started_at"),
        end=day("ended_at"),
        discount_ends=day("discount_ends_at"),
        signed=known("signed_at"),
        requested=known("cancel_requested_at"),
        cancelled=known("cancelled_at"),
    )


def _contract(row: Row, day: object, known: object, cut: date) -> Contract:
    """A contract as it reads at `cut`: what is decided at or after it is open."""
    assert callable(day) and callable(known)
    end = day("ends_on")
    decided = day("decided_on") or end
    outcome = row.get("outcome", "")
    if decided is None or decided >= cut:
        outcome = "open"
    return Contract(
        contract=row["contract_id"],
        customer=row["customer_id"],
        start=day("starts_on"),
        end=end,
        value=Fraction(row["value"]),
        renews=row.get("renews", ""),
        terminated=known("terminated_on"),
        outcome=outcome,
        decided=decided,
    )


def local_day(text: str, zone: ZoneInfo) -> date | None:
    """The local day of a written moment: a date is taken as written, a time without an offset is UTC."""
    if not text:
        return None
    if len(text) == 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(zone).date()
