"""Random surveys, reviews, posts, referrals and tickets for a random world, with every awkward shape. Tests' floor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Rows = list[dict[str, str]]
SCALES = {
    "nps": (("", ""), ("0", "10"), ("0", "10"), ("0", "5")),
    "csat": (("", ""), ("1", "5"), ("0", "1"), ("1", "3"), ("1", "7"), ("0", "10"), ("0", "100")),
    "service": (("", ""), ("1", "5")),
    "ces": (("1", "7"), ("1", "7"), ("1", "5"), ("0", "10"), ("5", "5")),
    "employee": (("", ""), ("0", "10"), ("1", "5")),
    "acsi": (("", ""), ("1", "10")),
    "other": (("", ""),),
}
QUESTIONS = ("satisfaction", "expectations", "ideal")
ASKED = ("fcr", "first_contact_resolution", "fun")
AGENTS = ("Ida", "Jo", "Kim")


def tables(world: World) -> dict[str, Rows]:
    """Everything that is said to the company, and its support desk."""
    people = sorted({row["customer_id"] for row in world.tables["customers"]})
    found = {"survey_responses": surveys(world, people), "tickets": tickets(world, people)}
    found["reviews"] = _each(world, people, 40, lambda n: _review(world, n))
    found["mentions"] = _each(world, people, 40, lambda n: _mention(world, n))
    if world.chance(0.8):
        found["referrals"] = _each(world, people, 25, lambda n: {"referral_id": f"x{n}"})
    if world.chance(0.6):
        found["advocacy_acts"] = _each(world, people, 15, lambda n: {"act_id": f"y{n}", "kind": "poll"})
    found["ticket_changes"] = changes(world, found["tickets"])
    found |= desk(world)
    for row in found["survey_responses"]:  # last, so that all else stays as it was
        row["comment"] = world.rng.choice(("", "", "good", "bad", "רע"))
        if row["kind"] == "other" and world.chance(0.8):
            row |= {"touchpoint": world.rng.choice(("ticket", "ticket", "order")), "question": world.rng.choice(ASKED)}
            row |= world.rng.choice(({"is_positive": "true"}, {"is_positive": "false"}, {}))
            row |= world.rng.choice(({"scale_min": "0", "scale_max": "1", "score": str(world.rng.randrange(3))}, {}))
    return found


def _each(world: World, people: list[str], most: int, make: object) -> Rows:
    assert callable(make)
    rows = []
    for number in range(world.rng.randrange(1, most)):
        who = {"customer_id": "" if world.chance(0.1) else world.rng.choice(people)}
        rows.append(make(number) | who | {"at": world.write_moment(world.moment())})
    return rows


def _review(world: World, number: int) -> dict[str, str]:
    return {
        "review_id": f"r{number}",
        "rating": str(world.rng.choice((0, 1, 2, 3, 4, 4.5, 5, 7, 8, 10, -1))),
        "scale_max": world.rng.choice(("", "5", "10", "3", "7", "0")),
        "body": world.rng.choice(("", "good", "bad")),
    }


def _mention(world: World, number: int) -> dict[str, str]:
    feeling = world.rng.choice(("", "0.5", "-0.25", "1", "-1", "1.5", "0"))
    return {"mention_id": f"m{number}", "body": world.rng.choice(("good", "bad", "", "רע")), "sentiment": feeling}


def surveys(world: World, people: list[str]) -> Rows:
    """Answers on many scales, some off them; some unanswered, some blank, some by nobody known."""
    rows: Rows = []
    for number in range(world.rng.randrange(30, 150)):
        kind = world.rng.choice(
            ("nps", "nps", "csat", "csat", "service", "ces", "ces", "employee", "acsi", "acsi", "other")
        )
        low, high = world.rng.choice(SCALES[kind])
        person = "" if kind == "employee" or world.chance(0.05) else world.rng.choice(people)
        asked = world.moment()
        row = {
            "response_id": f"q{number:03}", "survey": world.rng.choice(("spring", "autumn")), "kind": kind,
            "question": "", "customer_id": person, "scale_min": low, "scale_max": high,
            "contact_id": f"{person}-{world.rng.randrange(1, 3)}" if person and world.chance(0.8) else "",
            "asked_at": "" if world.chance(0.03) else world.write_moment(asked),
            "higher_is_better": world.rng.choice(("", "true", "false")) if kind in ("ces", "csat") else "",
            "touchpoint": world.rng.choice(("", "ticket", "order", "none")),
            "is_positive": world.rng.choice(("", "", "", "true", "false")) if kind in ("csat", "employee") else "",
            "opened_at": world.write_moment(asked) if world.chance(0.3) else "",
            "delivered_at": world.write_moment(asked) if world.chance(0.6) else "",
        }  # fmt: skip
        for question in QUESTIONS if kind == "acsi" else ("",):
            if question and world.chance(0.15):
                continue
            later = asked + timedelta(hours=world.rng.randrange(24 * 40))
            answered = world.write_moment(later) if world.chance(0.8) and later.date() > asked.date() else ""
            most = int(high or {"nps": 10, "acsi": 10, "ces": 7}.get(kind, 5))
            score = str(world.rng.randrange(int(low or 1) - (1 if world.chance(0.1) else 0), most + 1))
            score = str(most + 1) if world.chance(0.05) else "" if world.chance(0.05) else score
            rows.append(row | {"question": question, "answered_at": answered, "score": score})
    return rows


def tickets(world: World, people: list[str]) -> Rows:
    """Tickets of every fate."""
    rows: Rows = []
    for number in range(world.rng.randrange(20, 120)):
        created = world.moment()
        solved = created + timedelta(minutes=world.rng.randrange(60 * 24 * 30))
        answer = created + timedelta(minutes=world.rng.randrange(60 * 24 * 5))
        fate = world.rng.choice(("resolved", "resolved", "resolved", "closed", "open"))
        rows.append(
            {
                "ticket_id": f"t{number:03}", "customer_id": "" if world.chance(0.1) else world.rng.choice(people),
                "agent": world.rng.choice((*AGENTS, "")), "category": world.rng.choice(("a", "b", "")),
                "status": "deleted" if world.chance(0.05) else "solved" if fate != "open" else "open",
                "created_at": _exact(created),
                "first_response_at": _exact(answer) if world.chance(0.7) else "",
                "resolved_at": _exact(solved) if fate == "resolved" else "",
                "closed_at": _exact(solved + timedelta(days=2)) if fate != "open" and world.chance(0.7) else "",
                "reopened_count": world.rng.choice(("", "0", "0", "1")),
                "agent_replies": world.rng.choice(("", "0", "1", "1", "2", "5")),
                "agent_initiated": "true" if world.chance(0.1) else "",
                "is_spam": "true" if world.chance(0.05) else "", "merged_into": "t000" if world.chance(0.05) else "",
            }
        )  # fmt: skip
    return rows


def _exact(moment: object) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")  # type: ignore[attr-defined]


def changes(world: World, tickets: Rows) -> Rows:
    """Who had the ticket, and its status: for some tickets only."""
    from datetime import datetime

    rows: Rows = []
    for ticket in tickets:
        if world.chance(0.5):
            continue
        created = datetime.fromisoformat(ticket["created_at"])
        minutes = sorted(world.rng.sample(range(0, 60 * 24 * 20), 4))
        for number, minute in enumerate(minutes):
            field = world.rng.choice(("agent", "status"))
            value = world.rng.choice(AGENTS if field == "agent" else ("open", "solved", "pending", "closed"))
            at = _exact(created + timedelta(minutes=minute))
            rows.append(
                {"change_id": f"{ticket['ticket_id']}-{number}", "ticket_id": ticket["ticket_id"], "at": at,
                 "field": field, "value": value}
            )  # fmt: skip
    return rows


def desk(world: World) -> dict[str, Rows]:
    """Schedules in zones of their own, over midnight too; one agent has none."""
    zones = world.rng.sample(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"), 2)
    hours = [("09:00", "17:00"), ("22:00", "06:00"), ("00:00", "24:00"), ("08:30", "12:00"), ("13:00", "18:15")]
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    rows = []
    for name, zone in zip(("east", "west"), zones, strict=True):
        for weekday in week:
            for opens, closes in world.rng.sample(hours, world.rng.choice((0, 1, 1, 2))):
                rows.append({"schedule": name, "weekday": weekday, "opens": opens, "closes": closes, "timezone": zone})
    day = world.moment().date().isoformat()
    return {
        "schedules": rows,
        "holidays": [{"schedule": "east", "on": day}],
        "agents": [{"agent": "Ida", "schedule": "east"}, {"agent": "Jo", "schedule": "west"}],
    }
