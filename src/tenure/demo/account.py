"""One customer of the example company: what it is, and what becomes of it. Floor: edges (demo).

`people` makes them, `support` and `lifecycle` fill in what happens, and every other area reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tenure.demo.dice import AS_OF, Row
from tenure.demo.helpdesk import Ticket


@dataclass(frozen=True)
class Contact:
    """One person at a customer."""

    id: str
    email: str
    name: str
    role: str
    created_at: datetime


@dataclass(frozen=True)
class Stretch:
    """One row of subscriptions: a time of constant price and status of one item."""

    subscription_id: str
    product: str
    family: str
    plan: str
    quantity: int
    list_amount: Decimal
    discount: Decimal  # the share taken off
    discount_kind: str | None
    discount_ends_at: datetime | None
    interval: str
    usage_type: str
    status: str
    is_trial: bool
    signed_at: datetime
    started_at: datetime
    ended_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    change_reason: str | None = None

    def alive(self, at: datetime) -> bool:
        """Whether this stretch is in force."""
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at)

    def charged(self, at: datetime) -> Decimal:
        """What one interval costs at a moment: the discount counts until it ends."""
        if self.discount_kind is None or (self.discount_ends_at is not None and self.discount_ends_at <= at):
            return self.list_amount
        return self.amount

    @property
    def amount(self) -> Decimal:
        """The charge at the stretch's beginning."""
        return (self.list_amount * (1 - self.discount)).quantize(Decimal("0.01"))


@dataclass
class Account:
    """One customer: first what it is, then what becomes of it."""

    id: str
    name: str
    domain: str
    industry: str
    country: str
    region: str
    currency: str
    size: int
    plan: str  # at first
    seats: int
    interval: str
    term: int  # months of a contract; 0: none
    came_by: str
    owner: str  # at first
    signed_up: datetime
    trial: bool
    starts: datetime | None  # the first paid day; None: never
    finishes: bool  # onboarding
    adopts_at: datetime | None  # first use of the launched feature
    expands_at: datetime | None  # and what came of it
    pays_late: bool
    told: bool = True  # whether the planted stories happen to it
    parent: str | None = None
    contacts: list[Contact] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    plans: list[tuple[datetime, str]] = field(default_factory=list)  # changes after the first
    lives: list[tuple[datetime, datetime]] = field(default_factory=list)  # trial and paid times, half-open

    @property
    def touch(self) -> str:
        """Looked after by a person, or by the product."""
        return "high" if self.plan in ("Scale", "Enterprise") else "low"

    @property
    def left_at(self) -> datetime | None:
        """When it last left, if it is not with us now."""
        return self.lives[-1][1] if self.lives[-1][1] < AS_OF else None

    def alive(self, at: datetime) -> bool:
        """Whether it tried or paid at that moment."""
        return any(start <= at < end for start, end in self.lives)

    def plan_at(self, at: datetime) -> str:
        """The plan it was on."""
        plan = self.plan
        for since, name in self.plans:
            if since <= at:
                plan = name
        return plan
