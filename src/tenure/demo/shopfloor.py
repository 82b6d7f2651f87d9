"""What happens around a shop's purchases: who looks in, what is left in carts, what lies in stock, what it costs.
Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo.dice import AS_OF, FIRST_DAY, Dice, Row, cents, days, hours, number_rows, past
from tenure.demo.firm import Line, cost_rows, sums_by_month
from tenure.demo.shop import Purchase, Shop

_WEEKS = 105


def site_visits(dice: Dice, shop: Shop, bought: list[Purchase]) -> list[Row]:
    """Buyers in the hours before they order, at times days before; strangers, of whom most come once."""
    rows: list[Row] = []
    for one in bought:
        if one.channel != "online" or one.person is None:
            continue
        moments = [one.at - hours(dice.skewed(0.3))]
        moments += [one.at - days(dice.spread(1, 9)) for _ in range(dice.count(0.8))]
        rows += [_visit(one.person.id, at, dice) for at in moments if at >= one.person.since]
        for _ in range(dice.count(9)):
            at = one.at + days(dice.spread(-15, 15))
            if at.date() >= FIRST_DAY and at < AS_OF:
                rows.append(_visit(None, at, dice))
    return rows


def _visit(customer: str | None, at: datetime, dice: Dice) -> Row:
    visitor = f"u-{customer}" if customer is not None else f"u-{dice.between(1, 60000)}"
    channel = dice.weighted([("site", 7.0), ("app", 3.0 if customer else 1.0)])
    return {
        "visit_id": "", "visitor": visitor, "customer_id": customer, "at": at, "channel": channel, "place": None,
        "count": 1,
    }  # fmt: skip


def door_counts(dice: Dice, shop: Shop) -> list[Row]:
    """Heads counted at each store's door, a row for each day it was open."""
    rows: list[Row] = []
    for number in range((AS_OF.date() - FIRST_DAY).days):
        day = FIRST_DAY + timedelta(days=number)
        if day.weekday() == 6 or (day.month, day.day) in ((1, 1), (12, 25)):
            continue
        for store in shop.stores:
            usual = shop.strollers * shop.pull(day) * shop.local(store, day) * (1.7 if day.weekday() == 5 else 0.9)
            rows.append(
                {
                    "visit_id": "", "visitor": None, "customer_id": None, "at": dice.clock(day, 19, 20),
                    "channel": "store", "place": store, "count": int(usual * dice.spread(0.75, 1.25)),
                }
            )  # fmt: skip
    return rows


def cart_rows(dice: Dice, bought: list[Purchase]) -> list[Row]:
    """A cart before every online order, and twice as many that were left."""
    rows: list[Row] = []
    for one in bought:
        if one.channel != "online" or one.person is None:
            continue
        created = max(one.at - hours(dice.skewed(0.4)), one.person.since)
        rows.append(_cart(one.person.id, created, dice.between(1, 4), one))
        for _ in range(dice.count(2.1)):
            left = one.at + days(dice.spread(-20, 20))
            known = dice.chance(0.4) and left >= one.person.since
            if left.date() >= FIRST_DAY and left < AS_OF:
                rows.append(_cart(one.person.id if known else None, left, dice.between(1, 3), None))
    return number_rows(rows, "cart_id", "CA-", "created_at")


def _cart(customer: str | None, created: datetime, items: int, order: Purchase | None) -> Row:
    return {
        "cart_id": "", "customer_id": customer, "created_at": created, "items": items,
        "ordered_at": order.at if order else None, "order_id": order.id if order else None,
    }  # fmt: skip


def payment_rows(dice: Dice, shop: Shop, bought: list[Purchase]) -> list[Row]:
    """What was paid by card on the site: a few first tries fail, refunds follow within three weeks."""
    rows: list[Row] = []
    for one in bought:
        if one.channel != "online" or one.person is None or one.status == "cancelled":
            continue
        paid = one.at + timedelta(seconds=dice.between(20, 300))
        if dice.chance(0.05):
            _pay(rows, shop, one, one.at + timedelta(seconds=5), "failed", None)
        if paid >= AS_OF:
            continue
        first = _pay(rows, shop, one, paid, "succeeded", None)
        back = past(paid + days(dice.spread(4, 21)))
        if one.status == "refunded" and back is not None:
            _pay(rows, shop, one, back, "refunded", first)
    return rows


def _pay(rows: list[Row], shop: Shop, one: Purchase, at: datetime, status: str, refund_of: str | None) -> str:
    number = f"PAY-{len(rows) + 1:05d}"
    fee = cents(one.amount * Decimal("0.018") + Decimal("0.25")) if status == "succeeded" else Decimal("0.00")
    assert one.person is not None
    rows.append(
        {
            "payment_id": number, "customer_id": one.person.id, "at": at, "amount": one.amount, "fee": fee,
            "currency": shop.currency, "status": status, "refund_of": refund_of,
        }
    )  # fmt: skip
    return number


def stock_rows(shop: Shop, bought: list[Purchase]) -> list[Row]:
    """What lies there each Monday, by department: bought for ten weeks of what sold in the last twelve."""
    sold: dict[tuple[str, int], Decimal] = {}
    for one in bought:
        if one.status != "cancelled":
            key = one.department, (one.at.date() - FIRST_DAY).days // 7
            sold[key] = sold.get(key, Decimal(0)) + one.cost
    rows: list[Row] = []
    for department, *_ in shop.goods:
        weeks = [sold.get((department, week), Decimal(0)) for week in range(_WEEKS)]
        start = sum(weeks[:12], Decimal(0)) / 12
        value = start * 10
        for week in range(_WEEKS):
            before = [*([start] * 12), *weeks[:week]][-12:]
            wanted = sum(before, Decimal(0)) / 12 * 10
            value = max(value + max(wanted - value, Decimal(0)) / 3, weeks[week])
            on = FIRST_DAY + timedelta(days=7 * week)
            if on < AS_OF.date():
                rows.append({"on": on, "product": department, "value": cents(value), "currency": shop.currency})
            value -= weeks[week]
    rows.sort(key=lambda row: (str(row["on"]), str(row["product"])))
    return rows


def costs(dice: Dice, shop: Shop, bought: list[Purchase], lines: Iterable[Line]) -> list[Row]:
    """Bills of every month: goods at what those sold had cost, points of members, and the usual ones."""
    kept = [one for one in bought if one.status not in ("cancelled", "refunded")]
    goods = sums_by_month((one.at, one.cost) for one in kept)
    points = sums_by_month((one.at, one.amount / 50) for one in kept if one.person is not None and one.person.member)
    return cost_rows(
        dice, lines, shop.currency,
        lambda month: (
            ("goods", "other", goods.get(month, Decimal(0))),
            ("retention", "loyalty", cents(points.get(month, Decimal(0)))),
        ),
    )  # fmt: skip
