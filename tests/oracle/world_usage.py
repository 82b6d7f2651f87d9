"""Random use of a product for a random world: sessions, features, onboarding, trials, visits. Tests' floor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Rows = list[dict[str, str]]
STEPS = ("connect", "import", "invite")
FEATURES = ("open", "keep", "rare")
CONTACTS = {"interactions": ("call", "meeting", "email"), "resource_views": ("view", "interaction", "download")}
SETTINGS = """
[usage]
active = ["opened", "saved"]
features = { open = ["opened"], keep = ["saved", "kept"], rare = ["kept"] }
activation = { event = "saved", count = 2, within_days = 20 }
value = { event = "kept" }
funnel = ["opened", "saved", "kept"]
"""


def tables(world: World) -> dict[str, Rows]:
    """More events than the books have, and what stands beside them."""
    rng = world.rng
    people = sorted({row["customer_id"] for row in world.tables["customers"]})
    found = {"events": _events(world, people)}
    if world.chance(0.7):
        found["sessions"] = [_session(world, people, number) for number in range(rng.randrange(5, 120))]
    if world.chance(0.6):
        found["entitlements"] = _entitlements(world, people)
    found["onboarding_steps"] = [row for who in people if world.chance(0.7) for row in _onboarding(world, who)]
    if world.chance(0.6):
        found["trials"] = [_trial(world, people, number) for number in range(rng.randrange(3, 40))]
    found["outcomes"] = [_outcome(world, people, number) for number in range(rng.randrange(3, 40))]
    found["visits"] = [_visit(world, people, number) for number in range(rng.randrange(3, 80))]
    for table, kinds in CONTACTS.items():  # last, so that all else stays as it was
        found[table] = [_contact(world, people, table, kinds) for _ in range(rng.randrange(3, 60))]
    return {name: rows for name, rows in found.items() if rows}


def _whose(world: World, people: list[str]) -> str:
    return "" if world.chance(0.05) else world.rng.choice(people)


def _events(world: World, people: list[str]) -> Rows:
    """Some contacts are seen under two customers, in a third of the worlds; some events have no contact."""
    rows: Rows = []
    shared = world.seed % 3 == 0
    for number in range(world.rng.randrange(80, 500)):
        person = _whose(world, people)
        contact = "" if person and world.chance(0.2) else f"{person or 'x'}-u{world.rng.randrange(3)}"
        if shared and world.chance(0.1):
            contact = f"both-{world.rng.randrange(3)}"
        at = world.moment()
        row = {"event_id": f"e{number}", "customer_id": person, "contact_id": contact}
        rows.append(row | {"name": world.rng.choice(("opened", "saved", "kept", "read")), "at": world.write_moment(at)})
        if world.chance(0.4):
            later = at + timedelta(minutes=world.rng.choice((0, 5, 29, 30, 31, 600)))
            again = {"event_id": f"e{number}b", "name": world.rng.choice(("saved", "kept")), "at": later}
            rows.append(rows[-1] | again | {"at": later.strftime("%Y-%m-%dT%H:%M:%SZ")})
    return rows


def _session(world: World, people: list[str], number: int) -> dict[str, str]:
    person, start = _whose(world, people), world.moment()
    end = start + timedelta(minutes=world.rng.choice((0, 3, 45, 90, 2000)))
    return {
        "session_id": f"s{number}",
        "customer_id": person,
        "contact_id": f"{person or 'x'}-u{world.rng.randrange(3)}" if world.chance(0.8) else "",
        "started_at": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ended_at": "" if world.chance(0.1) else end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _entitlements(world: World, people: list[str]) -> Rows:
    rows: Rows = []
    for person in people:
        for feature in FEATURES:
            if world.chance(0.6):
                start = world.moment()
                end = start + timedelta(days=world.rng.randrange(1, 200))
                rows.append(
                    {
                        "customer_id": person,
                        "feature": feature,
                        "started_at": world.write_moment(start),
                        "ended_at": world.write_moment(end) if world.chance(0.4) else "",
                    }
                )
    return rows


def _onboarding(world: World, person: str) -> Rows:
    rows: Rows = []
    at = world.moment()
    for position, step in enumerate(STEPS):
        start = at + timedelta(days=world.rng.randrange(0, 6))
        at = start + timedelta(days=world.rng.randrange(0, 20))
        state = world.rng.random()
        rows.append(
            {
                "customer_id": person,
                "contact_id": f"{person}-u1",
                "step": step,
                "position": str(position),
                "required": world.rng.choice(("", "true", "false")),
                "weight": world.rng.choice(("", "1", "2.5")),
                "started_at": "" if state < 0.2 else start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "completed_at": at.strftime("%Y-%m-%dT%H:%M:%SZ") if 0.1 < state < 0.75 else "",
            }
        )
    return rows


def _trial(world: World, people: list[str], number: int) -> dict[str, str]:
    start = world.moment()
    end = start + timedelta(days=world.rng.choice((7, 14, 30)))
    converted = end + timedelta(days=world.rng.choice((-3, 0, 6, 7, 8, 40)), seconds=world.rng.choice((0, 0, 1)))
    return {
        "trial_id": f"t{number:03}",
        "customer_id": _whose(world, people),
        "started_at": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ends_at": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "converted_at": converted.strftime("%Y-%m-%dT%H:%M:%SZ") if world.chance(0.6) else "",
    }


def _outcome(world: World, people: list[str], number: int) -> dict[str, str]:
    agreed = world.moment()
    due = (agreed + timedelta(days=world.rng.randrange(5, 90))).date()
    achieved = agreed + timedelta(days=world.rng.randrange(0, 120))
    return {
        "outcome_id": f"o{number}",
        "customer_id": _whose(world, people),
        "agreed_at": world.write_moment(agreed),
        "due_on": due.isoformat(),
        "achieved_at": world.write_moment(achieved) if world.chance(0.6) else "",
    }


def _contact(world: World, people: list[str], table: str, kinds: tuple[str, ...]) -> dict[str, str]:
    row = {"customer_id": _whose(world, people), "kind": world.rng.choice(kinds)}
    return (
        row | {"at": world.write_moment(world.moment())} | ({"resource": "guide"} if table == "resource_views" else {})
    )


def _visit(world: World, people: list[str], number: int) -> dict[str, str]:
    return {
        "visit_id": f"v{number}",
        "visitor": f"w{world.rng.randrange(30)}" if world.chance(0.5) else "",
        "customer_id": world.rng.choice(people) if world.chance(0.6) else "",
        "at": world.write_moment(world.moment()),
        "count": world.rng.choice(("", "1", "3")),
    }
