"""Goals: where each stands, the pace it takes, where the trend leads by the day it is due; and the measurement plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.errors import UsageError
from tenure.goals import TREND
from tenure.web import export
from tenure.web.controls import Control, href, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._goals import DAYS, PARTS, STATUS, row, tree
from tenure.web.served import served

EVERYBODY = frozenset({"admin", "manager", "viewer"})
VIEWS = ("tree", "plan")
EXAMPLE = """[goals.churn]
metric = "customer_churn_rate"
by_percent = 10
start = 2025-01-01
due = 2025-12-31
owner = "Mia"
"""


def goals(request: HttpRequest) -> HttpResponse:
    """The page."""
    view = one(request, "view", "tree", 20)
    if view not in VIEWS:
        raise UsageError(f"There is no view {view!r}.", todo=f"Use one of {', '.join(VIEWS)}.")
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Goals"})
    found, plan = request.door.goals()
    owner = one(request, "owner", longest=200)
    begins = _begins(request) if found else {}
    rows = {goal.goal.name: row(goal, depth, begins) for depth, goal in tree(found)}
    kept = [name for name, line in rows.items() if not owner or line["owner"] == owner]
    counts = {word: sum(goal.status == word for goal in found) for word in STATUS}
    parts: list[tuple[str, str, list[dict[str, Any]]]] = []
    if view == "plan":
        for part in plan:
            said = "No goal of it can be judged yet" if part["hurts"] is None else ""
            if part["focus"]:
                said = f"Look here first: its goals are {part['hurts'] * 100:.0f} % of the way behind their time"
            members = [{**rows[name], "depth": 0} for name in part["goals"] if name in kept]
            parts.append((PARTS[part["component"]], said, members))
    else:
        parts.append(("All goals", "", [rows[name] for name in kept]))
    owners = sorted({line["owner"] for line in rows.values()})
    context: dict[str, Any] = {
        "title": "Goals",
        "view": view,
        "goals": found,
        "counts": counts,
        "parts": parts,
        "kept": kept,
        "example": EXAMPLE,
        "tabs": [
            ("All", href(request, {"view": ""}), view == "tree"),
            ("Plan", href(request, {"view": "plan"}), view == "plan"),
        ],
        "kept_state": [("view", view)] if view != "tree" else [],
        "controls": [Control("owner", "Owner", [("", "everybody"), *((name, name) for name in owners)], owner)],
        "csv": href(request, {}, "/goals.csv"),
    }
    return shown(request, "goals.html", context)


def _begins(request: HttpRequest) -> dict[str, date]:
    """The first day of the periods that trends are drawn through, by grain."""
    found = {}
    for grain in DAYS:
        found[grain] = request.door.show("customers", last=TREND, grain=grain).rows[0].start
    return found


def download(request: HttpRequest) -> HttpResponse:
    """All goals, unrounded."""
    found, _ = request.door.goals()
    first = (
        "goal",
        "words",
        "status",
        "metric",
        "where",
        "owner",
        "level",
        "parent",
        "component",
        "baseline",
        "target",
    )
    last = ("now", "now_period", "progress", "elapsed", "low", "high", "start", "due", "problem")
    head = (*first, *last)
    lines = [goal.to_json() for goal in found]
    return export.table(request, "goals", head, [tuple(line[name] for name in head) for line in lines], "csv")


PAGE = Page(
    "goals",
    "Goals",
    (Way("goals", goals, "goals"), Way("goals.csv", download, "goals-csv")),
    order=6,
    roles=EVERYBODY,
)
