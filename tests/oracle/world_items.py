"""A random world's subscriptions: chains of stretches with every awkward shape there is. Tests' floor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Product = tuple[str, str, tuple[str, ...]]
# product, family ("" where the product stands for itself), plans
PRODUCTS = (
    ("core", "core", ("basic", "pro", "max")),
    ("reports", "analytics", ("one", "two")),
    ("api", "analytics", ("one",)),
    ("care", "", ("",)),
)
INTERVALS = {"day": 1 / 30, "week": 12 / 52, "month": 1, "quarter": 3, "half_year": 6, "year": 12}
COUNTS = {
    "day": (28, 30),
    "week": (1, 2, 4),
    "month": (1, 1, 1, 2, 3),
    "quarter": (1,),
    "half_year": (1,),
    "year": (1, 2),
}


def subscriptions(world: World, person: str, currency: str) -> list[dict[str, str]]:
    """A customer's items: mostly one or two, each a chain of stretches; now and then a credit."""
    rng, rows = world.rng, []
    number = rng.choice((1, 1, 1, 2, 2, 3, 4))
    mixed = world.fx and world.chance(0.2)
    start = world.moment(late=world.first + timedelta(days=60)) if world.chance(0.4) else world.moment()
    for index in range(1, number + 1):
        product = PRODUCTS[0] if index == 1 else rng.choice(PRODUCTS)
        paid_in = rng.choice(("USD", "EUR")) if mixed else currency
        begins = start if index == 1 else world.moment(early=start.date())
        rows += _chain(world, person, f"{person}-s{index}", product, paid_in, begins)
    if not mixed and world.chance(0.1):
        rows.append(_credit(world, person, rows[0]))
    return rows


def _chain(
    world: World, person: str, name: str, product: Product, currency: str, start: datetime
) -> list[dict[str, str]]:
    """One item through time: its price, plan, quantity and status change; it pauses, ends, and comes back."""
    rng, rows = world.rng, []
    interval = rng.choice(list(INTERVALS))
    item = {"plan": rng.choice(product[2]), "quantity": 1, "price": rng.randrange(5, 400), "interval": interval}
    item |= {
        "count": rng.choice(COUNTS[interval]),
        "status": "active",
        "usage": rng.choice(("",) * 12 + ("metered", "minimum")),
    }
    length = rng.choice((1, 1, 2, 2, 3, 4, 5))
    trial = world.chance(0.15)
    for position in range(length):
        last = position == length - 1
        end = None if last and world.chance(0.5) else start + _duration(world)
        rows.append(_stretch(world, person, name, product, currency, item, start, end, trial and position == 0))
        if position == 0 and world.chance(0.3):
            rows[-1]["signed_at"] = world.write_moment(start - timedelta(days=rng.randrange(40)))
        if end and (world.chance(0.6) if last else world.chance(0.08)):
            _cancel(world, rows[-1], start, end, settled=last)
        if end is None:
            break
        start = end + _gap(world, end == start)
        _change(world, product, item)
    return rows


def _duration(world: World) -> timedelta:
    shape = world.rng.random()
    if shape < 0.06:
        return timedelta(0)
    if shape < 0.15:
        return timedelta(hours=world.rng.randrange(1, 40))
    if shape < 0.3:
        return timedelta(days=world.rng.choice((7, 14, 28, 30, 31)))
    return timedelta(days=world.rng.randrange(10, 170))


def _gap(world: World, needed: bool) -> timedelta:
    """Nothing, some hours (often within the day), or weeks."""
    if world.chance(0.1) or needed:
        return timedelta(hours=world.rng.randrange(1, 30))
    return timedelta(days=world.rng.randrange(1, 80)) if world.chance(0.25) else timedelta(0)


def _change(world: World, product: Product, item: dict[str, object]) -> None:
    """What is different in the next stretch; sometimes nothing, or only how the same price is billed."""
    rng = world.rng
    what = rng.choice(("price", "price", "plan", "quantity", "status", "interval", "free", "nothing"))
    item["status"] = "active"
    if what == "price":
        item["price"] = rng.randrange(5, 400)
    elif what == "plan":
        item["plan"], item["price"] = rng.choice(product[2]), rng.randrange(5, 400)
    elif what == "quantity":
        item["quantity"], item["price"] = rng.randrange(1, 9), rng.randrange(5, 400)
    elif what == "status":
        item["status"] = rng.choice(("past_due", "past_due", "paused", "paused", "unpaid", "incomplete"))
    elif what == "interval":
        item["interval"] = interval = rng.choice(list(INTERVALS))
        item["count"] = rng.choice(COUNTS[interval])
    elif what == "free" and world.chance(0.3) and product[0] == "core":
        item["price"] = 0


def _stretch(
    world: World,
    person: str,
    name: str,
    product: Product,
    currency: str,
    item: dict[str, object],
    start: datetime,
    end: datetime | None,
    trial: bool,
) -> dict[str, str]:
    interval, count = str(item["interval"]), int(str(item["count"]))
    amount = round(float(str(item["price"])) * INTERVALS[interval] * count, 2)
    row = {
        "subscription_id": name,
        "customer_id": person,
        "product": product[0],
        "product_family": product[1],
        "plan": str(item["plan"]),
        "quantity": str(item["quantity"]),
        "amount": f"{amount:.2f}",
        "list_amount": "",
        "discount_kind": "",
        "discount_ends_at": "",
        "currency": currency,
        "interval": interval,
        "interval_count": str(count),
        "usage_type": str(item["usage"]),
        "status": str(item["status"]),
        "is_trial": "true" if trial else "false",
        "signed_at": "",
        "started_at": world.write_moment(start),
        "ended_at": world.write_moment(end),
        "cancel_requested_at": "",
        "cancelled_at": "",
    }
    if amount > 0 and world.chance(0.18):
        row["list_amount"] = f"{amount * world.rng.choice((1.25, 1.5, 2)):.2f}"
        row["discount_kind"] = world.rng.choice(("once", "repeating", "forever"))
        if row["discount_kind"] != "forever":
            over = start + timedelta(days=world.rng.randrange(1, 120), hours=world.rng.randrange(24))
            row["discount_ends_at"] = world.write_moment(over)
    return row


def _cancel(world: World, row: dict[str, str], start: datetime, end: datetime, settled: bool) -> None:
    """A cancellation asked for within the stretch; settled in billing later, or withdrawn when the stretch ends."""
    seconds = int((end - start).total_seconds())
    asked = start + timedelta(seconds=world.rng.randrange(seconds + 1))
    row["cancel_requested_at"] = world.write_moment(asked.replace(microsecond=0))
    if settled and world.chance(0.7):
        later = asked + timedelta(seconds=world.rng.randrange(int((end - asked).total_seconds()) + 1))
        row["cancelled_at"] = world.write_moment(later.replace(microsecond=0))


def _credit(world: World, person: str, first: dict[str, str]) -> dict[str, str]:
    """A negative item of the product the customer has; once in a while more than all the rest."""
    row = dict.fromkeys(first, "") | {
        name: first[name] for name in ("customer_id", "product", "product_family", "currency")
    }
    row |= {
        "subscription_id": f"{person}-credit",
        "plan": "credit",
        "quantity": "1",
        "status": "active",
        "is_trial": "false",
    }
    amount = world.rng.randrange(100, 90000) if world.chance(0.2) else world.rng.randrange(1, 25)
    start = world.moment()
    row |= {"amount": f"-{amount}", "interval": "month", "interval_count": "1", "started_at": world.write_moment(start)}
    return row | {"ended_at": world.write_moment(start + _duration(world)) if world.chance(0.7) else ""}
