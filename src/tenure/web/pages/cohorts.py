"""Cohorts: who stays and what they pay, by when they joined. A cell opens the customers who left."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.cohorts_grid import Member
from tenure.errors import UsageError
from tenure.web import export, numbers
from tenure.web.controls import Control, href
from tenure.web.page import Page, Way, shown
from tenure.web.pages._cohorts import GRAINS, MODES, SAID, State, finding, headlines, steps, table
from tenure.web.pages._people import known
from tenure.web.served import served

SHOWN = 50
TABS = (("customers", "Customers"), ("revenue", "Revenue"), ("usage", "Usage"))


def cohorts(request: HttpRequest) -> HttpResponse:
    """The page."""
    state = State.of(request)
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Cohorts"})
    found = request.door.cohorts(state.metric, **state.asked)
    lede, title = finding(found, state)
    context: dict[str, Any] = {
        "title": "Cohorts",
        "state": state,
        "tabs": [
            (name, href(request, {"tab": tab if tab != "customers" else "", "cohort": "", "age": ""}), tab == state.tab)
            for tab, name in TABS
        ],
        "controls": _controls(state),
        "kept_state": [("tab", state.tab)] if state.tab != "customers" else [],
        "there": any(row is not None for row in found.together) or any(line.cells for line in found.lines),
        "lede": lede,
        "finding": title,
        "headlines": headlines(found, state),
        "said": SAID[state.tab],
        "steps": steps(state.tab),
        "table": table(request, found, state),
        "exports": [(form, href(request, {}, f"/cohorts/export.{form}")) for form in ("csv", "xlsx")],
        "cut": numbers.moment(found.result.as_of),
    }
    if state.cohort:
        context["left"] = _left(request, state)
    return shown(request, "cohorts.html", context)


def _left(request: HttpRequest, state: State) -> dict[str, Any]:
    """The customers behind a cell: who left first; of revenue, who pays less or more."""
    found = request.door.cohort_members(state.metric, state.cohort, max(0, state.age), **_asked(state))
    wanted = [one for one in found.people if one.now != one.began] if state.tab == "revenue" else list(found.gone)
    people = known(request.door, [one.id for one in wanted[:SHOWN]])
    currency = request.door.customers(limit=1, columns=("state",)).currency
    return {
        "cohort": numbers.period(state.cohort, long=True),
        "age": found.age,
        "period": numbers.period(found.period, long=True),
        "size": len(found.people),
        "count": len(wanted),
        "more": max(0, len(wanted) - SHOWN),
        "rows": [_person(one, people.get(one.id), currency) for one in wanted[:SHOWN]],
        "close": href(request, {"cohort": "", "age": ""}),
        "csv": href(request, {}, "/cohorts/customers.csv"),
    }


def _person(one: Member, who: dict[str, Any] | None, currency: str) -> dict[str, Any]:
    said = who or {"name": one.id, "href": "", "state": "", "plan": ""}
    difference = one.now - one.began
    return {
        **said,
        "began": numbers.money(one.began, currency),
        "now": numbers.money(one.now, currency),
        "difference": numbers.money(difference, currency, sign=True) if difference else "±0",
        "direction": numbers.direction(difference, "up"),
    }


def _asked(state: State) -> dict[str, Any]:
    found: dict[str, Any] = {"where": (state.where,) if state.where else ()}
    return found | ({"variant": state.variant} if state.variant else {})


def download(request: HttpRequest, form: str) -> HttpResponse:
    """The grid, one row for each cohort and age, unrounded; first all together."""
    state = State.of(request)
    found = request.door.cohorts(state.metric, **state.asked)
    head = ("cohort", "size", "age", "value", "numerator", "denominator", "low", "high", "complete")
    rows: list[tuple[Any, ...]] = []
    for label, size, cells in [("all", found.size, found.together), *((x.label, x.size, x.cells) for x in found.lines)]:
        for age, row in enumerate(cells):
            if row is not None and row.value is not None:
                figures = (float(row.value), float(row.numerator or 0), float(row.denominator or 0), row.low, row.high)
                rows.append((label, size, age, *figures, row.complete))
    return export.table(request, f"{state.metric}-by-{state.grain}", head, rows, form)


def customers(request: HttpRequest) -> HttpResponse:
    """The customers of a cell: all of the cohort, kept or not."""
    state = State.of(request)
    if not state.cohort:
        raise UsageError("No cohort is chosen.", todo="Choose a cell of the table.")
    found = request.door.cohort_members(state.metric, state.cohort, max(0, state.age), **_asked(state))
    people = known(request.door, [one.id for one in found.people])
    rows = [
        (one.id, people.get(one.id, {}).get("name", ""), one.kept, float(one.began), float(one.now))
        for one in found.people
    ]
    head = ("customer_id", "name", "kept", "mrr_then", "mrr_at_age")
    return export.table(request, f"cohort-{state.cohort}-age-{max(0, state.age)}", head, rows, "csv")


def _controls(state: State) -> list[Control]:
    segments = [("", "all"), *((f"@{name}", name.replace("_", " ")) for name in served().workspace.config.segments)]
    found = [
        Control("last", "Cohorts", [(str(n), f"the last {n}") for n in (6, 12, 18, 24, 36)], str(state.last)),
        Control("grain", "Grain", [(grain, grain) for grain in GRAINS], state.grain),
        Control("where", "Customers", segments, state.where),
        Control(
            "show",
            "Show",
            [("share", "share"), ("count", "amount" if state.tab == "revenue" else "number")],
            state.show,
        ),
    ]
    if state.tab == "usage":
        found.insert(2, Control("mode", "Mode", MODES, state.mode))
    return found


PAGE = Page(
    "cohorts",
    "Cohorts",
    (
        Way("cohorts", cohorts, "cohorts"),
        Way("cohorts/export.csv", partial(download, form="csv"), "cohorts-csv"),
        Way("cohorts/export.xlsx", partial(download, form="xlsx"), "cohorts-xlsx"),
        Way("cohorts/customers.csv", customers, "cohorts-customers"),
    ),
    order=3,
)
