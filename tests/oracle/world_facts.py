"""The rest of a random world's books: customers and their history, rates, contracts, money, use. Tests' floor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Rows = list[dict[str, str]]
REGIONS = ("north", "south", "west", "")
SEGMENTS = ("small", "middle", "large")


def tables(world: World, people: list[str], homes: dict[str, str]) -> dict[str, Rows]:
    """All tables but subscriptions. Which money tables there are decides what revenue is read from."""
    rng = world.rng
    found: dict[str, Rows] = {"customers": customers(world, people)}
    if world.fx:
        found["fx_rates"] = rates(world)
    if world.chance(0.9):
        found["contracts"] = [row for person in people if world.chance(0.7) for row in contracts(world, person)]
    choices = ("payments orders invoices", "payments invoices", "orders invoices", "orders", "invoices", "")
    money = rng.choice(choices if "subscriptions" in world.tables else choices[:-1])
    if "subscriptions" not in world.tables and "orders" not in money:
        found.pop("contracts", None)
    if "payments" in money:
        found["payments"] = payments(world, people, homes)
    if "orders" in money:
        found["orders"] = orders(world, people, homes)
    if "invoices" in money:
        found["invoices"] = invoices(world, people, homes)
    if world.chance(0.8):
        found["events"] = events(world, people)
    return found


def customers(world: World, people: list[str]) -> Rows:
    """Everyone (but for one who is known from facts alone), with attributes that hold for good or change."""
    rng = world.rng
    rows = []
    for person in people[: -1 if world.chance(0.5) else None]:
        row = {
            "customer_id": person,
            "name": f"Company {person}",
            "region": rng.choice(REGIONS),
            "valid_from": "",
            "valid_to": "",
        }
        row["segment"] = rng.choice(SEGMENTS)
        if not world.history:
            del row["valid_from"], row["valid_to"]
            if world.kind == "no_subscriptions" and world.chance(0.8):
                row["created_at"] = world.write_moment(world.moment(late=world.first + timedelta(days=180)))
            rows.append(row)
            continue
        turns = sorted({_turn(world) for _ in range(rng.choice((0, 0, 1, 2, 3)))})
        since = world.write_moment(world.at(world.first - timedelta(days=400))) if turns else ""
        for turn in turns:
            until = world.write_moment(world.at(turn))
            rows.append(row | {"valid_from": since, "valid_to": until})
            since, row = until, row | {"segment": rng.choice(SEGMENTS)}
        rows.append(row | {"valid_from": since, "valid_to": ""})
    return rows


def _turn(world: World) -> date:
    day = world.first + timedelta(days=world.rng.randrange(10, 400))
    return day.replace(day=1) if world.chance(0.3) else day


def rates(world: World) -> Rows:
    """A rate for every foreign currency long before the data, and changes now and then, some on boundaries."""
    rows = []
    for currency, about in (("USD", 1.0), ("EUR", 1.1), ("GBP", 1.3)):
        if currency != world.currency:
            days = {_turn(world) for _ in range(world.rng.randrange(1, 9))} | {world.first - timedelta(days=800)}
            for day in sorted(days):
                rate = about * world.rng.uniform(0.85, 1.15)
                rows.append(
                    {"currency": currency, "on": day.isoformat(), "rate": f"{rate:.{world.rng.choice((2, 4, 6))}f}"}
                )
    return rows


def contracts(world: World, person: str) -> Rows:
    """A chain of terms; each ends in one of the ways there are."""
    rng = world.rng
    rows: Rows = []
    start = world.first + timedelta(days=rng.randrange(-360, 200))
    for number in range(1, rng.choice((2, 3, 4, 6))):
        name, days = f"{person}-t{number}", rng.choice((90, 182, 365, 365, 366))
        end = start + timedelta(days=days)
        row = {"contract_id": name, "customer_id": person, "starts_on": start.isoformat(), "ends_on": end.isoformat()}
        row |= {"value": str(rng.randrange(300, 30000)), "currency": world.currency, "renews": "", "outcome": ""}
        row |= {"terminated_on": "", "decided_on": ""}
        rows.append(row)
        way = rng.choice(("followed", "followed", "split", "said", "lost", "terminated", "early", "open", "silent"))
        near = end + timedelta(days=rng.randrange(-60, 40))
        if way in ("followed", "split"):
            if world.chance(0.4):
                row |= {"outcome": "renewed", "decided_on": near.isoformat() if world.chance(0.5) else ""}
            start = end + timedelta(days=rng.choice((0, 0, 0, 1, 20)))
            if way == "split":
                rows.append(
                    row | {"contract_id": f"{name}b", "starts_on": end.isoformat(), "outcome": "", "renews": name}
                )
                rows[-1] |= {"ends_on": (end + timedelta(days=200)).isoformat(), "decided_on": ""}
            rows.append({"renews": name})  # filled in by the next term
            continue
        if way == "said":
            row |= {"outcome": "renewed", "decided_on": near.isoformat() if world.chance(0.7) else ""}
        elif way == "lost":
            row |= {"outcome": "churned", "decided_on": near.isoformat() if world.chance(0.7) else ""}
        elif way in ("terminated", "early"):
            gone = end - timedelta(days=rng.randrange(1, 60))
            row |= {"terminated_on": gone.isoformat(), "outcome": "open" if way == "early" else ""}
        elif way == "open":
            row["outcome"] = "open"
        break
    return _joined(rows)


def _joined(rows: Rows) -> Rows:
    """Give each term the name of the one it continues; a promise that no term keeps is dropped."""
    kept: Rows = []
    renews = ""
    for row in rows:
        if "contract_id" not in row:
            renews = row["renews"]
        else:
            kept.append(row | {"renews": row["renews"] or renews})
            renews = ""
    return kept


def _whose(world: World, people: list[str]) -> str:
    """A customer, or now and then nobody."""
    return "" if world.chance(0.03) else world.rng.choice(people)


def _paid(world: World, homes: dict[str, str], person: str) -> dict[str, str]:
    amount = f"{world.rng.randrange(100, 90000) / 100:.2f}"
    return {"customer_id": person, "amount": amount, "currency": homes.get(person, world.currency)}


def payments(world: World, people: list[str], homes: dict[str, str]) -> Rows:
    rows: Rows = []
    for number in range(world.rng.randrange(40, 200)):
        at = world.moment()
        row = {"payment_id": f"p{number}", "at": world.write_moment(at), "refund_of": ""}
        row |= _paid(world, homes, _whose(world, people))
        row["status"] = "failed" if world.chance(0.08) else "succeeded"
        rows.append(row)
        if row["status"] == "succeeded" and world.chance(0.08):
            back = {"payment_id": f"p{number}r", "status": "refunded", "refund_of": row["payment_id"]}
            later = at + timedelta(days=world.rng.randrange(0, 40))
            rows.append(row | back | {"at": world.write_moment(later)})
    return rows


def orders(world: World, people: list[str], homes: dict[str, str]) -> Rows:
    rows: Rows = []
    for number in range(world.rng.randrange(10, 120)):
        row = {"order_id": f"o{number}", "placed_at": world.write_moment(world.moment())}
        row["status"] = world.rng.choice(("placed", "fulfilled", "fulfilled", "cancelled", "refunded"))
        rows.append(row | _paid(world, homes, _whose(world, people)))
    return rows


def invoices(world: World, people: list[str], homes: dict[str, str]) -> Rows:
    rows: Rows = []
    for number in range(world.rng.randrange(10, 120)):
        person = _whose(world, people)
        row = {"invoice_id": f"i{number}", "issued_at": world.write_moment(world.moment())}
        row["status"] = world.rng.choice(("draft", "open", "paid", "paid", "paid", "void", "uncollectible"))
        row["subscription_id"] = f"{person}-s1" if person and world.chance(0.5) else ""
        row["recurring"] = world.rng.choice(("", "", "true", "false"))
        rows.append(row | _paid(world, homes, person))
    return rows


def events(world: World, people: list[str]) -> Rows:
    rows: Rows = []
    users = {person: world.rng.randrange(1, 5) for person in people}
    for number in range(world.rng.randrange(60, 500)):
        person = _whose(world, people)
        contact = f"{person or 'x'}-u{world.rng.randrange(users.get(person, 2))}"
        if person and world.chance(0.15):
            contact = ""
        row = {"event_id": f"e{number}", "customer_id": person, "contact_id": contact}
        rows.append(row | {"name": world.rng.choice(("opened", "saved")), "at": world.write_moment(world.moment())})
    return rows
