"""Rows of the tables that hold neither revenue nor use, as they read at `as_of`. Plain reading; tests' floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

MAIN = {
    "trials": "started_at",
    "costs": "at",
    "staff": "on",
    "stock": "on",
    "visits": "at",
    "carts": "created_at",
    "projects": "started_at",
    "jobs": "accepted_at",
    "deliveries": "promised_at",
    "inspections": "at",
}
HAPPENED = ("converted_at", "ordered_at", "finished_at", "completed_at", "delivered_at")
PLANNED = ("ends_at", "due_on")


@dataclass(frozen=True)
class Record:
    """A row: what it says, and its times as moments. What happened at or after `as_of` is not among them."""

    table: str
    customer: str | None
    row: dict[str, str]
    moments: dict[str, datetime]
    later: frozenset[str]  # the times that are not known yet, at or after as_of
    zone: ZoneInfo

    def __getitem__(self, column: str) -> str:
        return self.row.get(column) or ""

    def day(self, column: str = "") -> date | None:
        """The local day of a time (of the main one, unless another is named)."""
        moment = self.moments.get(column or MAIN[self.table])
        return moment.astimezone(self.zone).date() if moment else None


def instant(text: str, zone: ZoneInfo) -> datetime:
    """A written moment: a date is its midnight in the zone, a time without an offset is UTC."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def record(table: str, row: dict[str, str], zone: ZoneInfo, cut: date) -> Record | None:
    """A row as it reads at midnight of `cut`, or None where it does not exist yet."""
    until = datetime.combine(cut, time(), zone)
    main = MAIN[table]
    times = {name: instant(row[name], zone) for name in (main, *HAPPENED, *PLANNED) if row.get(name)}
    if main in times and times[main] >= until:
        return None
    if main not in times and times and all(moment >= until for moment in times.values()):
        return None
    later = frozenset(name for name in HAPPENED if name in times and times[name] >= until)
    moments = {name: moment for name, moment in times.items() if name not in later}
    return Record(table, row.get("customer_id") or None, row, moments, later, zone)
