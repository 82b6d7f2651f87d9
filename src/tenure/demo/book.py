"""What one customer holds: items that open, change and close, leaving stretches behind. Floor: edges (demo)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tenure.demo.account import Account, Stretch
from tenure.demo.cast import ADD_ONS, PLATFORM, PLATFORM_FAMILY, PRICE_BOOK, SEAT_PRICE
from tenure.demo.dice import cents

_MONTHS = {"month": Decimal(1), "quarter": Decimal(3), "half_year": Decimal(6), "year": Decimal(12)}
_LESS = {"quarter": Decimal("0.95"), "half_year": Decimal("0.92"), "year": Decimal("0.85")}


class Book:
    """The open items of one subscription; `done` collects every stretch, closed or not, in order of beginning."""

    def __init__(self, account: Account, number: int, interval: str) -> None:
        self.id = f"S-{account.id[2:]}-{number}"
        self.currency = account.currency
        self.interval = interval
        self.plan = account.plan
        self.seats = account.seats
        self.prices = Decimal(1)  # rises at renewals
        self.discount = Decimal(0)
        self.discount_kind: str | None = None
        self.discount_ends_at: datetime | None = None
        self.status = "active"
        self.done: list[Stretch] = []
        self.extras: dict[str, tuple[str, int, Decimal]] = {}  # add-on: family, quantity, price of one a month

    def seat_price(self) -> Decimal:
        """One seat, one month, in the customer's own price book."""
        if self.plan == "Free":
            return Decimal(0)
        return cents(SEAT_PRICE[self.plan] * PRICE_BOOK[self.currency] * self.prices)

    def per_interval(self, monthly: Decimal) -> Decimal:
        """Longer intervals cost less."""
        if self.interval == "week":
            return cents(monthly * 12 / 52)
        return cents(monthly * _MONTHS[self.interval] * _LESS.get(self.interval, Decimal(1)))

    def worth(self, at: datetime) -> Decimal:
        """What the open items come to, a month."""
        months = Decimal(12) / 52 if self.interval == "week" else _MONTHS[self.interval]
        return sum((row.charged(at) for row in self.open()), Decimal(0)) / months

    def open(self) -> list[Stretch]:
        """The items' present stretches."""
        return [row for row in self.done if row.ended_at is None]

    def begin(self, at: datetime, signed: datetime, *, trial: bool = False) -> None:
        """The platform itself; a trial costs nothing."""
        monthly = Decimal(0) if trial else self.seat_price() * self.seats
        self._add(PLATFORM, PLATFORM_FAMILY, self.seats, monthly, at, signed, trial, "trial" if trial else "new")

    def add_on(self, product: str, at: datetime) -> None:
        """A further product, of its own family."""
        family, share = ADD_ONS[product]
        one = cents(self.seat_price() * share)
        self.extras[product] = (family, self.seats, one)
        self._add(product, family, self.seats, one * self.seats, at, at, False, "add-on")

    def item(self, product: str, family: str, monthly: Decimal, at: datetime, usage_type: str) -> None:
        """Something charged by use, or as a minimum."""
        self.extras[product] = (family, 1, monthly)
        self._add(product, family, 1, monthly, at, at, False, "usage", usage_type)

    def _add(
        self, product: str, family: str, quantity: int, monthly: Decimal, at: datetime, signed: datetime,
        trial: bool, reason: str, usage_type: str = "licensed",
    ) -> None:  # fmt: skip
        self._expire(at)
        self.done.append(
            Stretch(
                self.id, product, family, self.plan, quantity, self.per_interval(monthly), self.discount,
                self.discount_kind if not trial else None, self.discount_ends_at if not trial else None,
                self.interval, usage_type, self.status, trial, signed, at, change_reason=reason,
            )
        )  # fmt: skip

    def change(self, at: datetime, reason: str, **on_the_old: Any) -> None:
        """End every stretch that no longer says what the book says, and begin its successor."""
        self._expire(at)
        for place, row in enumerate(list(self.done)):
            if row.ended_at is None:
                after = self._now(row, at, reason)
                same = replace(
                    after, started_at=row.started_at, signed_at=row.signed_at, change_reason=row.change_reason
                )
                if same != row or on_the_old:
                    self.done[place] = replace(row, ended_at=at, **on_the_old)
                    self.done.append(after)

    def _now(self, row: Stretch, at: datetime, reason: str) -> Stretch:
        if row.product == PLATFORM:
            quantity, monthly = self.seats, self.seat_price() * self.seats
        else:
            _, quantity, one = self.extras[row.product]
            monthly = one * quantity
        return replace(
            row, plan=self.plan, quantity=quantity, list_amount=self.per_interval(monthly), discount=self.discount,
            discount_kind=self.discount_kind, discount_ends_at=self.discount_ends_at, status=self.status,
            is_trial=False, signed_at=at, started_at=at, change_reason=reason,
        )  # fmt: skip

    def _expire(self, at: datetime) -> None:
        if self.discount_ends_at is not None and self.discount_ends_at <= at:
            self.discount, self.discount_kind, self.discount_ends_at = Decimal(0), None, None

    def close(self, at: datetime, **last: Any) -> None:
        """End everything."""
        self.done = [replace(row, ended_at=at, **last) if row.ended_at is None else row for row in self.done]
