"""Metrics: every metric that this workspace has data for, by field of work, and what each says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenure import catalog
from tenure.metric import Family
from tenure.web.page import Page, Way, shown


def metrics(request: HttpRequest) -> HttpResponse:
    """The page. It asks for no figures: those of a hundred metrics would take long, and are read by nobody."""
    there = {row["metric"]: row for row in request.door.metrics()}
    core = set(request.door.core())
    groups = []
    for family in catalog.members("tenure.metrics", Family).values():
        rows = [(m, there[m.id], m.id in core) for m in family.metrics if there[m.id]["available"]]
        if rows:
            groups.append((family.name.replace("_", " ").capitalize(), rows))
    missing = sum(not row["available"] for row in there.values())
    context = {"title": "Metrics", "groups": groups, "count": len(there) - missing, "missing": missing}
    return shown(request, "metrics.html", context)


PAGE = Page("metrics", "Metrics", (Way("metrics", metrics, "metrics"),), order=2)
