"""What the data page writes: sources with their state, refused rows, checks, facts of nobody, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tenure.access import Seen
from tenure.check import Finding
from tenure.intake import Intake
from tenure.metric import catalogue
from tenure.web import numbers
from tenure.web.controls import address

BEHIND = timedelta(hours=26)
"""A source whose last load lies so far before the newest of any is behind the others."""
NAMED = 6


def _at(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def sources(found: Intake) -> list[dict[str, Any]]:
    """Each source: its type and tables, state in a word, last load, rows read and refused."""
    times = {str(one["source"]): _at(one["last_load"]) for one in found.sources}
    newest = max((at for at in times.values() if at), default=None)
    rows = []
    for one in found.sources:
        at = times[str(one["source"])]
        tables = [str(table["table"]).replace("_", " ") for table in one["tables"]]
        rows.append(
            {
                "name": one["source"],
                "about": " · ".join(filter(None, (one["type"] or "loaded by hand", ", ".join(tables)))),
                **_state(one, at, newest),
                "when": numbers.moment(at) if at else "never",
                "read": one["read"],
                "rejected": one["rejected"],
                "notes": one["notes"],
                "href": address("/data/rejects", source=one["source"]) if one["rejected"] else "",
            }
        )
    return rows


def _state(one: Mapping[str, Any], at: datetime | None, newest: datetime | None) -> dict[str, str]:
    if at is None:
        return {"state": "Not loaded", "kind": "risk"}
    if not one["configured"]:
        return {"state": "By hand", "kind": ""}
    if newest and newest - at > BEHIND:
        return {"state": "Behind", "kind": "watch"}
    return {"state": "Fresh", "kind": "fresh"}


def notices(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Sources that do not come in, each with what to do."""
    found = []
    for one in rows:
        todo = f"Run tenure sync {one['name']}: it says why, and a failed load changes nothing."
        if one["state"] == "Not loaded":
            found.append({"level": "error", "what": f"{one['name']} has never been loaded.", "todo": todo})
        if one["state"] == "Behind":
            what = f"{one['name']} was last loaded on {one['when']}, long before the others. Its figures stop there."
            found.append({"level": "stale", "what": what, "todo": todo})
    return found


def reasons(found: Intake) -> list[dict[str, Any]]:
    """Refused rows by reason, each with the way to them."""
    return [
        {
            **one,
            "where": f"{one['source']}, {one['table']}",
            "href": address("/data/rejects", source=one["source"], table=one["table"], reason=one["reason"]),
        }
        for one in found.rejects["reasons"]
    ]


def checks(door: Seen) -> list[Finding] | None:
    """What the checks found, what does not hold first; None for those who are not shown it."""
    return door.check() if door.access.manages else None


def nobody(found: Intake) -> list[dict[str, Any]]:
    """Tables with facts of no customer, or of customers that the customer list does not know."""
    rows = []
    for one in found.tables:
        lost, strange = int(one["unattributed"] or 0), int(one["unknown_customers"] or 0)
        if lost or strange:
            share = numbers.text(lost / one["rows"], "share") if one["rows"] else ""
            rows.append({"table": one["table"], "rows": one["rows"], "lost": lost, "share": share, "strange": strange})
    return sorted(rows, key=lambda row: -row["lost"])


def missing(found: Intake) -> list[dict[str, Any]]:
    """What to load, with which columns, to make which metrics available."""
    rows = []
    for one in found.missing:
        metrics = [(name, catalogue()[name].title) for name in one["metrics"]]
        rows.append(
            {
                "tables": " or ".join(one["tables"]),
                "columns": [(table, ", ".join(columns)) for table, columns in one["columns"].items()],
                "metrics": metrics[:NAMED],
                "more": max(0, len(metrics) - NAMED),
            }
        )
    return rows


def tables(found: Intake) -> list[dict[str, Any]]:
    """Every table: rows, from when to when, columns of the model that nobody filled."""
    return [
        {
            "table": one["table"],
            "rows": one["rows"],
            "first": numbers.day(one["first"]),
            "last": numbers.day(one["last"]),
            "absent": ", ".join(one["columns_absent"]),
            "extra": ", ".join(one["columns_extra"]),
        }
        for one in found.tables
    ]
