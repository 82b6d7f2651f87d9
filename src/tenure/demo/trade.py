"""Parcelwise's small shop, projects, partners' jobs, deliveries and the printers made. Floor: edges (demo)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo.account import Account
from tenure.demo.dice import AS_OF, FIRST_DAY, Dice, Row, days, hours, month_start, number_rows, past

PRODUCTS = ("Label printer", "Label rolls", "Parcel scale")
PARTNERS = ("Harbor Setup Crew", "Ostrava Integrations", "Kite & Anchor", "Fieldhand Services", "Second Shelf")
PLACES = ("Denver showroom", "London showroom")


def visit_rows(dice: Dice, orders: list[Row]) -> list[Row]:
    """Strollers without a name, buyers some days before they order, and counted heads in the showrooms."""
    rows: list[Row] = []
    for order in orders:
        placed = order["placed_at"]
        assert isinstance(placed, datetime)
        if dice.chance(0.8) and order["customer_id"] is not None:
            channel = "store" if order["channel"] == "store" else "site"
            at = placed - hours(dice.skewed(9))
            rows.append(_visit(f"u-{order['customer_id']}", order["customer_id"], at, channel, dice, 1))
    for _ in range(2200):
        at = dice.clock(FIRST_DAY + timedelta(days=dice.between(0, 730)), 6, 22)
        if at < AS_OF:
            channel = dice.weighted([("site", 6.0), ("app", 2.0)])
            rows.append(_visit(f"u-{dice.between(1, 1500)}", None, at, channel, dice, 1))
    for day in range(731):
        on = FIRST_DAY + timedelta(days=day)
        if on.weekday() < 6 and on < AS_OF.date():
            rows.append(_visit(None, None, dice.clock(on, 18, 19), "store", dice, int(dice.skewed(14)) + 1))
    return number_rows(rows, "visit_id", "VI-", "at")


def _visit(visitor: str | None, customer: object, at: datetime, channel: str, dice: Dice, count: int) -> Row:
    place = dice.pick(PLACES) if channel == "store" else None
    return {
        "visit_id": "", "visitor": visitor, "customer_id": str(customer) if customer is not None else None, "at": at,
        "channel": channel, "place": place, "count": count,
    }  # fmt: skip


def cart_rows(dice: Dice, orders: list[Row]) -> list[Row]:
    """A cart before most online orders, and nearly twice as many that were left."""
    rows: list[Row] = []
    for order in orders:
        placed = order["placed_at"]
        assert isinstance(placed, datetime)
        if order["channel"] != "online":
            continue
        if dice.chance(0.9):
            created = placed - hours(dice.skewed(0.4))
            rows.append(_cart(order["customer_id"], created, dice.between(1, 4), placed, str(order["order_id"])))
        for _ in range(dice.count(1.8)):
            customer = order["customer_id"] if dice.chance(0.6) else None
            created = placed + days(dice.spread(-12, 12))
            if created < AS_OF:
                rows.append(_cart(customer, created, dice.between(1, 3), None, None))
    return number_rows(rows, "cart_id", "CA-", "created_at")


def _cart(customer: object, created: datetime, items: int, ordered: datetime | None, order: str | None) -> Row:
    return {
        "cart_id": "", "customer_id": str(customer) if customer is not None else None, "created_at": created,
        "items": items, "ordered_at": ordered, "order_id": order,
    }  # fmt: skip


def project_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Roll-outs at large customers: most in time and on budget."""
    rows: list[Row] = []
    for account in accounts:
        if account.starts is None or account.starts >= AS_OF or account.touch != "high":
            continue
        for place in range(int(0.8 + dice.random())):
            start = account.starts + days(dice.spread(1, 15) + 70 * place)
            if start >= AS_OF or not account.alive(start):
                continue
            due = start.date() + timedelta(days=dice.pick((30, 45, 60)))
            late = not dice.chance(0.78)
            finished = datetime(due.year, due.month, due.day) + days(
                dice.spread(1, 30) if late else -dice.spread(0, 12)
            )
            budget = Decimal(dice.between(20, 120) * 100)
            success = dice.chance(0.7 if late else 0.93)
            over = finished < AS_OF
            rows.append(
                {
                    "project_id": "", "customer_id": account.id, "started_at": start, "due_on": due,
                    "finished_at": finished if over else None, "budget": budget,
                    "cost": (budget * Decimal(dice.between(80, 118)) / 100).quantize(Decimal("0.01")) if over else None,
                    "outcome": ("success" if success else "failure") if over else "open",
                }
            )  # fmt: skip
    return number_rows(rows, "project_id", "PR-", "started_at")


def job_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Work that partners take on for customers."""
    rows: list[Row] = []
    for _ in range(260):
        account = dice.pick(accounts)
        at = dice.clock(month_start(1) + timedelta(days=dice.between(3, 729)))
        done = at + days(dice.skewed(4))
        state = dice.weighted([("completed", 88.0), ("cancelled", 9.0), ("accepted", 3.0)])
        if not account.alive(at):
            continue
        if state == "completed" and done >= AS_OF:
            state = "accepted"
        rows.append(
            {
                "job_id": "", "provider": dice.pick(PARTNERS), "customer_id": account.id if dice.chance(0.97) else None,
                "accepted_at": at, "completed_at": done if state == "completed" else None, "status": state,
            }
        )  # fmt: skip
    return number_rows(rows, "job_id", "J-", "accepted_at")


def delivery_rows(dice: Dice, orders: list[Row]) -> list[Row]:
    """Printers sent by post: nine of ten in time, a few never."""
    rows: list[Row] = []
    for order in orders:
        placed = order["placed_at"]
        assert isinstance(placed, datetime)
        promised = placed + days(5)
        if order["product"] != "Label printer" or order["status"] == "cancelled" or promised >= AS_OF:
            continue
        fate = dice.weighted([("in time", 88.0), ("late", 10.0), ("lost", 2.0)])
        arrived = promised + (days(dice.spread(0.3, 6)) if fate == "late" else -days(dice.spread(0.1, 3.5)))
        rows.append(
            {
                "delivery_id": "", "customer_id": order["customer_id"], "order_id": order["order_id"],
                "promised_at": promised,
                "delivered_at": past(arrived) if fate != "lost" else None,
            }
        )  # fmt: skip
    return number_rows(rows, "delivery_id", "DL-", "promised_at")


def inspection_rows(dice: Dice) -> list[Row]:
    """Every week's samples of what is made."""
    rows: list[Row] = []
    for week in range(104):
        for product in (PRODUCTS[0], PRODUCTS[2]):
            at = dice.clock(FIRST_DAY + timedelta(days=7 * week + dice.between(0, 4)))
            rows.append(
                {
                    "inspection_id": "", "at": at, "product": product, "units": dice.between(40, 60),
                    "defects": dice.count(0.7),
                }
            )  # fmt: skip
    return number_rows(rows, "inspection_id", "IN-", "at")


def stock_rows(dice: Dice) -> list[Row]:
    """What lies in the store room each Monday."""
    rows: list[Row] = []
    for week in range(105):
        for product, value in zip(PRODUCTS, (14000, 3800, 5200), strict=True):
            on = FIRST_DAY + timedelta(days=7 * week)
            if on < AS_OF.date():
                rows.append(
                    {
                        "on": on,
                        "product": product,
                        "value": Decimal(int(value * dice.spread(0.8, 1.2))),
                        "currency": "USD",
                    }
                )
    return rows
