"""Customers: segments, search, filters, order, columns; the totals of all that are found; everything to take along."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tenure.access import LONGEST_ID
from tenure.access_role import quoted
from tenure.directory import MONTHS, Customers
from tenure.directory_columns import COLUMNS
from tenure.errors import NotAllowed, NotThere, StoreError, TenureError, UsageError
from tenure.web import audit, export
from tenure.web.controls import href, one
from tenure.web.models import Segment
from tenure.web.page import Page, Way, shown
from tenure.web.pages import _customers_rows as rows
from tenure.web.pages._customers_state import (
    COMPARISONS,
    SIZE,
    State,
    chips,
    condition,
    counted,
    is_number,
    state_of,
    tabs_of,
    titled,
)
from tenure.web.pending import Pending, StillWorking

KEPT = ("all", "mine")
"""Segments that are offered when nobody is in them; others are where somebody is."""


def customers(request: HttpRequest) -> HttpResponse:
    """The page, and its forms."""
    if request.method == "POST":
        done = {"save": _save, "forget": _forget}.get(request.POST.get("do", ""))
        if done is None:
            raise UsageError("This form is not known.", todo="Open the page again.")
        return done(request)
    everybody = request.door.customers(limit=SIZE)
    tabs = tabs_of(request, everybody.as_of)
    state = state_of(request, tabs)
    if one(request, "column"):
        try:
            return HttpResponseRedirect(_added(request, state, everybody))
        except UsageError as error:
            return _page(request, state, tabs, everybody, problem=error, status=422)
    return _page(request, state, tabs, everybody)


def _added(request: HttpRequest, state: State, everybody: Customers) -> str:
    """The address with the filter that the form gives."""
    column = one(request, "column", longest=100)
    text = condition(
        column, one(request, "how", "is", 10), one(request, "value", longest=300), is_number(column, everybody.rows)
    )
    gone = {"column": None, "how": None, "value": None, "page": None}
    return href(request, {**gone, "where": list(dict.fromkeys((*state.where, text)))})


def _page(
    request: HttpRequest,
    state: State,
    tabs: list[Any],
    everybody: Customers,
    problem: TenureError | None = None,
    status: int = 200,
) -> HttpResponse:
    door = request.door
    asked = {**state.asked, "limit": SIZE, "offset": (state.page - 1) * SIZE}
    try:
        found = door.customers(**asked)
    except NotAllowed:
        raise
    except TenureError as error:  # the page says what is wrong, and shows everybody in the place of an answer
        problem, status, found = error, 422, everybody
    judged, working = _judged(request, state)
    columns = rows.columns_of(request, state, found, scored=bool(judged))
    pages = max(1, -(-found.found // SIZE))
    context = {
        "title": "Customers",
        "state": state,
        "problem": problem,
        "found": found,
        "tabs": [
            (tab, count, f"/customers?in={quote(tab.name)}")
            for tab, count in ((tab, counted(door, tab)) for tab in tabs)
            if count or (count is not None and (tab.name in KEPT or tab.own or tab is state.tab))
        ],
        "chips": chips(request, state),
        "columns": columns,
        "lines": rows.lines(found, columns, judged),
        "totals": rows.totals(found, columns),
        "first": found.offset + 1,
        "last": found.offset + len(found.rows),
        "before": href(request, {"page": state.page - 1}) if state.page > 1 else "",
        "after": href(request, {"page": state.page + 1}) if state.page < pages else "",
        "beyond": found.found and not found.rows,
        "name_sort": href(request, {"sort": "name", "order": "down" if _up(found, "name") else "up", "page": None}),
        "name_turned": _turned(found, "name"),
        "exports": [(form, href(request, {"page": None}, f"/customers/export.{form}")) for form in ("csv", "xlsx")],
        "working": working,
        "waits": bool(one(request, "wait", longest=1)),
        "waiting": href(request, {"wait": "1"}),
        "shown": href(request, {"wait": None}),
        "choices": _choices(everybody, columns, scored=bool(judged or working) or _scores(request)),
        "filters": [(name, rows.TITLES.get(name, titled(name))) for name in _filterable(everybody)],
        "comparisons": COMPARISONS,
        "kept": _kept(request, ("column", "how", "value", "page", "wait")),
        "kept_export": _kept(request, ("column", "how", "value", "page", "id", "wait")),
        "kept_search": _kept(request, ("q", "page", "wait")),
        "kept_columns": _kept(request, ("columns", "page", "wait")),
        "clear": href(request, {"where": None, "q": None, "page": None}),
        "less": href(request, {"where": list(state.where[:-1]), "page": None} if state.where else {"q": None}),
        "saving": one(request, "save") and (state.where or state.tab.where) and not problem,
        "save_link": href(request, {"save": "1"}),
        "saved_where": (*state.tab.where, *state.where),
    }
    return shown(request, "customers.html", context, status)


def _up(found: Customers, name: str) -> bool:
    return found.sort == name and not found.descending


def _turned(found: Customers, name: str) -> str:
    return "" if found.sort != name else "descending" if found.descending else "ascending"


def _kept(request: HttpRequest, without: tuple[str, ...]) -> list[tuple[str, str]]:
    """The rest of the state, for a form that changes one part of it."""
    return [
        (name, value[:2000])
        for name, values in request.GET.lists()
        if name not in without and name != "save"
        for value in values[:20]
    ]


def _judged(request: HttpRequest, state: State) -> tuple[dict[str, Any], Pending | None]:
    """Everyone's health, nobody's where it is not wanted or cannot be had; of many customers, how far work on it is."""
    if state.columns and rows.HEALTH not in state.columns:
        return {}, None
    try:
        return {one.customer: one for one in request.door.health().judgements}, None
    except NotAllowed:
        raise
    except StillWorking as error:
        return {}, error.pending
    except TenureError:
        return {}, None


def _scores(request: HttpRequest) -> bool:
    """Whether there is a score to choose."""
    try:
        return bool(request.door.health_scores())
    except TenureError:
        return False


def _filterable(found: Customers) -> list[str]:
    return [*found.attributes, *(name for name in COLUMNS if name not in ("known_since", "usual_days"))]


def _choices(found: Customers, columns: list[rows.Column], *, scored: bool) -> list[tuple[str, str, bool]]:
    """Columns to choose from: first those that are usual, then the rest."""
    there = {column.name for column in columns}
    extra = (rows.HEALTH,) if scored else ()
    every = dict.fromkeys((*rows.USUAL, *extra, *found.attributes, *COLUMNS, MONTHS))
    known = {*found.attributes, *COLUMNS, MONTHS, *extra} - {"name"}
    return [(name, rows.TITLES.get(name, titled(name)), name in there) for name in every if name in known]


def take(request: HttpRequest, form: str) -> HttpResponse:
    """Everyone in the selection, or those of it that are chosen by `id`, unrounded, as CSV or Excel."""
    everybody = request.door.customers(limit=SIZE)
    state = state_of(request, tabs_of(request, everybody.as_of))
    wanted = tuple(name for name in state.columns if name in COLUMNS or name in everybody.attributes)
    names = wanted or (*COLUMNS, *everybody.attributes)
    names = tuple(dict.fromkeys(("customer_id", "name", *names)))
    asked = state.asked
    chosen = [text[:LONGEST_ID] for text in request.GET.getlist("id")[:SIZE]]
    if chosen:
        asked = {**asked, "where": (*asked["where"], f"customer_id IN ({', '.join(map(quoted, chosen))})")}
    found = request.door.customers(**asked, limit=None, columns=names)
    judged, working = _judged(request, state)
    if working:
        what = "Health is still being worked out, and this file has it."
        raise StoreError(what, todo="Try again when the list shows it, or choose columns without it.", permanent=False)
    head = [*names, "health", "health_band"] if judged else list(names)
    table = []
    for row in found.rows:
        line = [rows.value_of(row, name) for name in names]
        if judged:
            mine = judged.get(row["customer_id"])
            line += (
                [float(mine.score), mine.band]
                if mine and mine.score is not None
                else [None, mine.band if mine else None]
            )
        table.append(line)
    return export.table(request, "customers", head, table, form)


def _save(request: HttpRequest) -> HttpResponse:
    """Keep a segment: one's own, or by who manages for everybody."""
    person = request.person
    name = " ".join(request.POST.get("name", "").split())
    where = [" ".join(text.split())[:2000] for text in request.POST.getlist("where")[:20] if text.strip()]
    shared = request.POST.get("shared") == "1"
    if not name or len(name) > 60 or not name.isprintable():
        raise UsageError("A segment needs a name of at most 60 characters.", todo="Write one.")
    if not where or len("\n".join(where)) > 4000:
        raise UsageError("A segment needs filters, and not too many.", todo="Choose a segment or add a filter first.")
    if shared and not person.access.manages:
        raise NotAllowed("Segments for everybody are saved by managers and admins.", todo="Keep it for yourself.")
    request.door.customers(where=tuple(where), limit=1, columns=("mrr",))  # a condition that does not hold is refused
    if person.segments.count() >= 50:
        raise UsageError("There are 50 segments of yours.", todo="Remove one first.")
    made = Segment.objects.create(person=person, name=name, condition="\n".join(where), shared=shared)
    audit.note("segment saved", detail=f"{name}: {made.condition}", request=request)
    return HttpResponseRedirect(f"/customers?in=s{made.pk}")


def _forget(request: HttpRequest) -> HttpResponse:
    """Remove a segment: one's own, or by who manages a shared one."""
    person = request.person
    key = request.POST.get("segment", "")
    found = Segment.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    if found is None or not (found.person_id == person.pk or (found.shared and person.access.manages)):
        raise NotThere("This segment is not there, or is not yours.")
    audit.note("segment removed", detail=f"{found.name}: {found.condition}", request=request)
    found.delete()
    return HttpResponseRedirect("/customers")


PAGE = Page(
    "customers",
    "Customers",
    (
        Way("customers", customers, "customers"),
        Way("customers/export.csv", partial(take, form="csv"), "customers-csv"),
        Way("customers/export.xlsx", partial(take, form="xlsx"), "customers-xlsx"),
    ),
    order=4,
)
