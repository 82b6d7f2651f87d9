"""Random books of trade and operations for a random world: costs, stock, staff, carts, jobs, trials. Tests' floor.

Handed to `world.write(..., more=trade)`. Awkward on purpose: customers nobody knows, nobody's rows, empty values, times
at and after `as_of`, other currencies where the world has rates.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from .world import World

Rows = list[dict[str, str]]


def trade(world: World) -> dict[str, Rows]:
    """The tables, each left out now and then; channels for the orders there are; sometimes a margin."""
    if world.chance(0.5):
        world.policy["gross_margin"] = world.rng.choice(("0.8", "0.35", "1"))
    if world.chance(0.4):
        world.policy["retention_share"] = world.rng.choice(("0.5", "0.25"))
    makers = {
        "costs": costs,
        "staff": staff,
        "stock": stock,
        "carts": carts,
        "projects": projects,
        "jobs": jobs,
        "deliveries": deliveries,
        "inspections": inspections,
        "visits": visits,
        "trials": trials,
    }
    found = {table: make(world) for table, make in makers.items() if world.chance(0.92)}
    if "orders" in world.tables:
        found["orders"] = [row | {"channel": world.rng.choice(CHANNELS)} for row in world.tables["orders"]]
    return found


CHANNELS = ("online", "store", "store", "other", "")


def _customer(world: World) -> str:
    """Someone known, or someone nobody has heard of, or nobody."""
    if world.chance(0.1):
        return ""
    return (
        f"x{world.rng.randrange(4)}"
        if world.chance(0.06)
        else world.rng.choice(world.tables["customers"])["customer_id"]
    )


def _number(world: World, least: int, most: int) -> range:
    return range(world.rng.randrange(least, most))


def _after(world: World, start: datetime, days: int, share: float = 0.8) -> datetime | None:
    """A moment later on (now and then the same one), or none."""
    if not world.chance(share):
        return None
    return start if world.chance(0.1) else start + timedelta(minutes=world.rng.randrange(days * 24 * 60))


def _date(world: World, moment: datetime) -> str:
    """A date about a moment, often the very day."""
    return (moment + timedelta(days=world.rng.choice((-9, -1, 0, 0, 1, 20)))).date().isoformat()


def _currency(world: World) -> str:
    return world.rng.choice(("USD", "EUR", "GBP")) if world.fx else world.currency


def costs(world: World) -> Rows:
    rows: Rows = []
    for number in _number(world, 30, 160):
        amount = world.rng.randrange(-2000, 90000) / 100
        row = {"cost_id": f"k{number}", "at": world.write_moment(world.moment()), "currency": _currency(world)}
        row["category"] = world.rng.choice(
            ("acquisition",) * 3 + ("retention",) * 3 + ("goods", "support", "other", "")
        )
        row["share"] = world.rng.choice(("", "", "1", "0.5", "0.35", "0"))
        row["amount"] = "" if world.chance(0.03) else f"{amount:.2f}"
        row["currency"] = "" if world.chance(0.05) else row["currency"]
        row["customer_id"] = "" if world.chance(0.5) else _customer(world)
        rows.append(row)
    return rows


def staff(world: World) -> Rows:
    """Headcounts of a few departments, on different days; one may go to nobody at all."""
    rows: Rows = []
    for department in ("sales", "success", "")[: world.rng.randrange(1, 4)]:
        days = {world.moment().date() for _ in _number(world, 1, 6)}
        rows += [
            {
                "on": day.isoformat(),
                "department": department,
                "headcount": world.rng.choice(("0", "1", "2.5", "12", "")),
            }
            for day in sorted(days)
        ]
    return rows


def stock(world: World) -> Rows:
    rows: Rows = []
    for product in ("lamp", "chair", "desk")[: world.rng.randrange(1, 4)]:
        days = {world.moment().date() for _ in _number(world, 1, 12)}
        currency = _currency(world)
        rows += [
            {"on": day.isoformat(), "product": product, "value": f"{world.rng.randrange(90000) / 100:.2f}"}
            | {"currency": _currency(world) if world.chance(0.1) else currency}
            for day in sorted(days)
        ]
    return rows


def carts(world: World) -> Rows:
    """Among them some made a day before `as_of`, a minute more or less."""
    rng, rows = world.rng, []
    made = [world.moment() for _ in _number(world, 20, 120)]
    if world.as_of:
        edge = datetime.combine(world.as_of, time(), ZoneInfo(world.zone)).astimezone(UTC)
        made += [edge - timedelta(hours=24, minutes=rng.choice((-600, -1, 0, 1, 300))) for _ in range(4)]
    for number, start in enumerate(made):
        row = {"cart_id": f"b{number}", "customer_id": _customer(world), "created_at": world.write_moment(start)}
        ordered = _after(world, start, 60, 0.6)
        row |= {"items": rng.choice(("", "0", "1", "2", "7")), "ordered_at": world.write_moment(ordered)}
        rows.append(row | {"order_id": f"o{number}" if ordered and world.chance(0.7) else ""})
    return rows


def projects(world: World) -> Rows:
    rng, rows = world.rng, []
    for number in _number(world, 20, 90):
        start = world.moment()
        finished = _after(world, start, 120)
        row = {"project_id": f"j{number}", "customer_id": _customer(world)}
        row["started_at"] = world.write_moment(start)
        if world.chance(0.05):  # nobody's: since when someone is known whose rows have no day depends on other rows
            row |= {"started_at": "", "customer_id": ""}
        row["finished_at"] = world.write_moment(finished)
        row["outcome"] = (
            rng.choice(("success",) * 4 + ("failure", "open", "")) if finished else rng.choice(("open", ""))
        )
        row["due_on"] = "" if world.chance(0.1) else _date(world, finished or start)
        row["budget"] = "" if world.chance(0.1) else str(rng.randrange(100, 200))
        row["cost"] = "" if world.chance(0.1) else rng.choice((row["budget"], str(rng.randrange(50, 220))))
        rows.append(row)
    return rows


def jobs(world: World) -> Rows:
    rng, rows = world.rng, []
    for number in _number(world, 20, 90):
        start = world.moment()
        status = rng.choice(("accepted", "completed", "completed", "completed", "cancelled"))
        done = _after(world, start, 60, 0.85) if status == "completed" else None
        row = {"job_id": f"g{number}", "customer_id": _customer(world), "accepted_at": world.write_moment(start)}
        rows.append(row | {"provider": f"w{number % 5}", "status": status, "completed_at": world.write_moment(done)})
    return rows


def deliveries(world: World) -> Rows:
    rng, rows = world.rng, []
    for number in _number(world, 20, 90):
        promised = world.moment()
        delivered = promised + timedelta(minutes=rng.choice((-9000, -600, -1, 0, 0, 1, 600, 40000)))
        row = {"delivery_id": f"d{number}", "customer_id": _customer(world)}
        row["promised_at"] = world.write_moment(promised)
        if world.chance(0.05):
            row |= {"promised_at": "", "customer_id": ""}
        rows.append(row | {"delivered_at": "" if world.chance(0.15) else world.write_moment(delivered)})
    return rows


def inspections(world: World) -> Rows:
    rng, rows = world.rng, []
    for number in _number(world, 15, 70):
        units = rng.randrange(0, 40)
        row = {"inspection_id": f"q{number}", "at": world.write_moment(world.moment())}
        row |= {"product": rng.choice(("lamp", "chair", "")), "units": str(units)}
        rows.append(row | {"defects": str(rng.randrange(units + 1)) if world.chance(0.7) else "0"})
    return rows


def visits(world: World) -> Rows:
    rng, rows = world.rng, []
    for number in _number(world, 20, 150):
        row = {"visit_id": f"v{number}", "visitor": f"n{rng.randrange(30)}", "customer_id": _customer(world)}
        row |= {"at": world.write_moment(world.moment()), "channel": rng.choice(("site", "app", "store", "store", ""))}
        rows.append(row | {"place": rng.choice(("north gate", "")), "count": rng.choice(("", "1", "3", "40", "0"))})
    return rows


def trials(world: World) -> Rows:
    rows: Rows = []
    for number in _number(world, 5, 40):
        start = world.moment()
        row = {"trial_id": f"t{number}", "customer_id": _customer(world), "started_at": world.write_moment(start)}
        row["ends_at"] = world.write_moment(_after(world, start, 60, 0.9))
        rows.append(row | {"converted_at": world.write_moment(_after(world, start, 60, 0.4))})
    return rows
