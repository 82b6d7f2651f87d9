"""What one customer asks, answers and says, and who they are: tickets, surveys, texts, people. Part of profile."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from tenure.profile_rows import Reader
from tenure.rollups.answers import answers_rows
from tenure.rollups.tickets import tickets_rows
from tenure.scales import EASE

Line = dict[str, Any]
_TICKET = ("ticket_id", "created_at", "status", "category", "priority", "channel", "agent", "team", "contact_id",
           "resolved_at", "reopened_count", "agent_replies")  # fmt: skip
_ANSWER = ("response_id", "survey", "kind", "question", "answered_at", "scale", "touchpoint", "touchpoint_id", "owner",
           "contact_id")  # fmt: skip


def tickets(read: Reader) -> list[Line]:
    """Newest first, with their clocks in hours: to the first answer, to the last resolution, and how long open."""
    if not read.has("tickets"):
        return []

    def build() -> ir.Table:
        rows = tickets_rows(read.world)
        return rows.order_by([rows.created_at.desc(), rows.ticket_id])

    found = []
    for row in read.ask(("tickets",), build):
        is_open = row["resolved_at"] is None and row["closed_at"] is None
        clocks = {
            "first_response_hours": _hours(row["response_seconds"]),
            "resolution_hours": _hours(row["seconds"]),
            "open_hours": _hours(row["waited"]) if is_open else None,
        }
        found.append({**{name: row[name] for name in _TICKET}, "open": is_open, **clocks})
    return found


def _hours(seconds: Any) -> float | None:
    return None if seconds is None else int(seconds) / 3600


def answers(read: Reader) -> Line:
    """Valid answers, newest first, with what each says; how many surveys were asked. Comments stand elsewhere."""
    if not read.has("survey_responses"):
        return {"asked": 0, "answered": 0, "answers": []}

    def build() -> ir.Table:
        rows = answers_rows(read.world)
        return rows.order_by([rows.answered_at.desc(), rows.row_id])

    found = []
    for row in read.ask(("answers",), build):
        said = next((row[name] for name in ("nps", "csat", "service", "employee", "survey_fcr") if row[name]), None)
        ease = int(row["ease"]) / EASE if row["kind"] == "ces" and row["ease"] is not None else None
        found.append({**{name: row[name] for name in _ANSWER}, "score": row["score"], "says": said, "ease": ease})
    asked = {row["response_id"]: row["answered_at"] for row in read.rows("survey_responses")}
    return {"asked": len(asked), "answered": sum(at is not None for at in asked.values()), "answers": found}


def interactions(read: Reader) -> list[Line]:
    """Calls, meetings and messages, newest first."""
    names = ("interaction_id", "kind", "at", "owner", "contact_id")
    return [{name: row[name] for name in names} for row in reversed(read.rows("interactions"))]


def contacts(read: Reader) -> list[Line]:
    """The people, by name; whoever may not see them must not be given this."""
    names = ("contact_id", "name", "email", "role", "created_at")
    rows = [{name: row[name] for name in names} for row in read.rows("contacts")]
    return sorted(rows, key=lambda row: (str(row["name"] or "").lower(), str(row["contact_id"])))


def comments(read: Reader) -> list[Line]:
    """What people wrote, newest first: comments of answers, reviews, posts; kept apart likewise."""
    found = [
        {
            "kind": "answer",
            "of": row["kind"],
            "at": row["answered_at"],
            "id": row["response_id"],
            "text": row["comment"],
        }
        for row in read.rows("survey_responses")
        if row["comment"] and row["answered_at"] is not None
    ]
    for table, key in (("reviews", "review_id"), ("mentions", "mention_id")):
        found += [
            {"kind": table[:-1], "of": row["source"], "at": row["at"], "id": row[key], "text": row["body"]}
            for row in read.rows(table)
            if row["body"]
        ]
    return sorted(found, key=lambda row: (row["at"] or "", str(row["id"])), reverse=True)
