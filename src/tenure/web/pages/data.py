"""Data: what came in and when, what was refused and why, what does not hold, what is missing for which metrics."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.web import export
from tenure.web.controls import href, number, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._data import checks, missing, nobody, notices, reasons, sources, tables

MANAGES = frozenset({"admin", "manager"})
PAGE_ROWS, MOST = 50, 100_000
LONGEST_ROW = 400


def data(request: HttpRequest) -> HttpResponse:
    """The page."""
    found = request.door.sources_status()
    came = sources(found)
    said = checks(request.door)
    known = request.door.metrics()
    context: dict[str, Any] = {
        "title": "Data",
        "sources": came,
        "notices": notices(came),
        "fresh": sum(row["state"] == "Fresh" for row in came),
        "hand": sum(row["state"] == "By hand" for row in came),
        "wrong": [row["name"] for row in came if row["state"] in ("Not loaded", "Behind")],
        "refused": found.rejects["rows"],
        "reasons": reasons(found),
        "checks": said,
        "failing": sum(one.level != "note" for one in said or ()),
        "nobody": nobody(found),
        "tables": tables(found),
        "missing": missing(found),
        "metrics": len(known),
        "available": sum(bool(row["available"]) for row in known),
        "manages": request.person.access.manages,
        "version": found.version,
    }
    return shown(request, "data.html", context)


def rejects(request: HttpRequest) -> HttpResponse:
    """Refused rows, as they came."""
    which = _which(request)
    offset = number(request, "offset", 0, 0, MOST)
    rows = request.door.rejects(**which, limit=PAGE_ROWS + 1, offset=offset)
    context = {
        "title": "Refused rows",
        "rows": [{**row, "row": str(row["row"])[:LONGEST_ROW]} for row in rows[:PAGE_ROWS]],
        "which": ", ".join(str(value) for value in which.values()),
        "first": offset + 1,
        "last": offset + min(PAGE_ROWS, len(rows)),
        "before": href(request, {"offset": max(0, offset - PAGE_ROWS) or ""}) if offset else "",
        "after": href(request, {"offset": offset + PAGE_ROWS}) if len(rows) > PAGE_ROWS else "",
        "csv": href(request, {"offset": ""}, "/data/rejects.csv"),
    }
    return shown(request, "rejects.html", context)


def download(request: HttpRequest) -> HttpResponse:
    """Refused rows as a file to mend."""
    rows = request.door.rejects(**_which(request), limit=MOST)
    head = ("source", "table", "file", "line", "reason", "row")
    return export.table(request, "refused-rows", head, [tuple(row[name] for name in head) for row in rows], "csv")


def _which(request: HttpRequest) -> dict[str, str]:
    return {name: said for name in ("source", "table", "reason") if (said := one(request, name))}


PAGE = Page(
    "data",
    "Data",
    (
        Way("data", data, "data"),
        Way("data/rejects", rejects, "rejects", roles=MANAGES),
        Way("data/rejects.csv", download, "rejects-csv", roles=MANAGES),
    ),
    order=9,
)
