"""Customer: one customer's whole story on a page: what to worry about, money, use, health, voice, people, notes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tenure.access import LONGEST_ID
from tenure.errors import NotAllowed, NotThere, TenureError, UsageError
from tenure.health.desk import Portrait
from tenure.timeline import TYPES
from tenure.web import audit, export
from tenure.web.controls import href, number, one
from tenure.web.models import Note
from tenure.web.page import Page, Way, shown
from tenure.web.pages import _customer_parts as parts
from tenure.web.pages import _customer_words as words
from tenure.web.pages._beside import beside
from tenure.web.pages._customer_orders import orders
from tenure.web.pending import Pending, StillWorking

STEP = 20
"""Entries of the timeline that a page shows."""
FEW = 5


def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The page, and the forms of its notes."""
    if request.method == "POST":
        return _post(request, customer_id)
    people = request.person.access.sees_people
    group, page = _group(request), number(request, "page", 1, 1, 250)
    notes = list(Note.objects.filter(customer=customer_id).order_by("-at", "-pk")[:200])
    found, entries, total = _story(request, customer_id, group, page, notes if people else [])
    portrait, working = _portrait(request, customer_id)
    bought = orders(request.door, customer_id) if found["now"]["mrr"] is None else None
    everything = one(request, "all", longest=20)
    said, tickets = words.said(found), words.tickets(found["tickets"])
    context: dict[str, Any] = {
        "title": found["name"] or customer_id,
        "found": found,
        "id": customer_id,
        "plan": found["attributes"].get("plan"),
        "lede": words.lede(found, portrait),
        "figures": parts.figures(found, portrait, bought, working=working is not None),
        "money": parts.money_part(found),
        "bought": bought,
        "subscribes": found["now"]["mrr"] is not None,
        "usage": parts.usage_part(found),
        "features": words.features(found["features"]),
        "health": parts.health_part(portrait),
        "judging": working,
        "tickets": tickets if everything == "tickets" else tickets[: FEW + 1],
        "tickets_found": len(tickets),
        "tickets_title": _tickets_title(found["tickets"]),
        "said": said if everything == "said" else said[:FEW],
        "said_found": len(said),
        "hidden": found.get("hidden"),
        "facts": parts.facts(found),
        "family": _family(request, found),
        "onboarding": found["onboarding"],
        "notes": notes if people else [],
        "notes_found": len(notes),
        "removing": next((note for note in notes if str(note.pk) == one(request, "remove", longest=18)), None),
        "entries": [words.happened(entry, found["currency"]) for entry in entries],
        "groups": _groups(request, found, group, notes if people else []),
        "total": total,
        "earlier": href(request, {"page": page + 1}) + "#timeline" if page * STEP < total else "",
        "later": href(request, {"page": page - 1 if page > 2 else None}) + "#timeline" if page > 1 else "",
        "all_tickets": href(request, {"all": "tickets"}) + "#tickets",
        "all_said": href(request, {"all": "said"}) + "#said",
        "action": address(customer_id),
    }
    context["may_remove"] = {note.pk for note in notes if _may_remove(request, note)}
    return shown(request, "customer.html", context)


def address(customer_id: str) -> str:
    """Where a customer's page is."""
    return f"/customers/{quote(customer_id, safe='')}"


def _story(
    request: HttpRequest, customer_id: str, group: str, page: int, notes: list[Note]
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """The customer, and a page of the timeline with people's notes among what happened."""
    types = words.GROUPS.get(group, ())
    found = request.door.customer(customer_id, limit=page * STEP, types=types).to_json()
    entries, total = list(found["timeline"]["entries"]), found["timeline"]["found"]
    if group in ("", "notes"):
        mine = [{"at": note.at.isoformat(), "type": "note", "what": "note", "author": note.author} for note in notes]
        entries, total = ([] if group else entries) + mine, (0 if group else total) + len(mine)
        entries.sort(key=lambda entry: entry["at"], reverse=True)
    return found, entries[(page - 1) * STEP : page * STEP], total


def _group(request: HttpRequest) -> str:
    asked = one(request, "show", longest=20)
    if asked and asked not in (*words.GROUPS, "notes"):
        raise UsageError(f"The timeline has no part {asked!r}.", todo=f"Use one of {', '.join(words.GROUPS)}, notes.")
    return asked


def _groups(
    request: HttpRequest, found: dict[str, Any], chosen: str, notes: list[Note]
) -> list[tuple[str, str, bool, int]]:
    counts = found["timeline"]["types"]
    told = [("", "All", sum(counts.values()) + len(notes))]
    told += [(name, name.capitalize(), sum(counts.get(t, 0) for t in types)) for name, types in words.GROUPS.items()]
    told += [("notes", "Notes", len(notes))]
    assert {t for types in words.GROUPS.values() for t in types} == set(TYPES)
    return [
        (title, href(request, {"show": name, "page": None}) + "#timeline", name == chosen, count)
        for name, title, count in told
        if count or not name
    ]


def _portrait(request: HttpRequest, customer_id: str) -> tuple[Portrait | None, Pending | None]:
    """Their health, None for who has none and where no score can be had; and how far the work on it is."""
    try:
        return request.door.health_of(customer_id), None
    except (NotAllowed, NotThere):
        raise
    except StillWorking as error:
        return None, error.pending
    except TenureError:
        return None, None


def _family(request: HttpRequest, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The parent and the children, as (what, name, address)."""
    parent = found["attributes"].get("parent_id")
    parent = parent if parent and request.door.is_theirs(str(parent)) else None
    told = [("Parent", str(parent), address(str(parent)))] if parent else []
    return told + [
        ("Child", str(row["name"] or row["customer_id"]), address(row["customer_id"])) for row in found["children"]
    ]


def _tickets_title(rows: list[dict[str, Any]]) -> str:
    waiting = [row["open_hours"] or 0 for row in rows if row["open"]]
    if not waiting:
        return "Tickets: none open"
    return f"Tickets: {len(waiting)} open, the oldest for {words.duration(max(waiting))}"


def _may_remove(request: HttpRequest, note: Note) -> bool:
    return bool(note.person_id == request.person.pk or request.person.access.manages)


def _post(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Add a note, or remove one."""
    if len(customer_id) > LONGEST_ID or not request.door.is_theirs(customer_id):
        raise NotThere(f"There is no customer {customer_id[:LONGEST_ID]!r}.", todo="Search the customers.")
    person = request.person
    if not person.access.sees_people:
        raise NotAllowed("The role viewer does not write notes.", todo="Ask a manager.")
    if request.POST.get("do") == "note":
        text = request.POST.get("text", "").replace("\x00", "").strip()
        if not text or len(text) > 10_000:
            raise UsageError("A note has 1 to 10,000 characters.", todo="Write a shorter one.")
        Note.objects.create(customer=customer_id, person=person, author=person.shown, text=text)
        audit.note("note added", detail=customer_id, request=request)
    elif request.POST.get("do") == "remove":
        key = request.POST.get("note", "")
        known = key.isascii() and key.isdigit() and len(key) < 18
        note = Note.objects.filter(pk=int(key), customer=customer_id).first() if known else None
        if note is None:
            raise NotThere("This note is not there.", todo="Open the page again.")
        if not _may_remove(request, note):
            raise NotAllowed("Notes are removed by their author or a manager.", todo="Ask one of them.")
        audit.note("note removed", detail=f"{customer_id}: by {note.author}, {note.at:%Y-%m-%d}", request=request)
        note.delete()
    else:
        raise UsageError("This form is not known.", todo="Open the page again.")
    return HttpResponseRedirect(f"{address(customer_id)}#notes")


def past(request: HttpRequest) -> HttpResponse:
    """A customer's score month by month: a part of the page that comes when it is worked out."""
    customer_id = one(request, "customer", longest=LONGEST_ID)
    start = bool(one(request, "go", longest=10))
    found = beside(request, start=start).health_history(customer_id)
    pending = found if isinstance(found, Pending) else None
    context: dict[str, Any] = {
        "title": "Health, month by month",
        "pending": pending,
        "id": customer_id,
        "back": f"{address(customer_id)}#health",
    }
    if pending is None:
        context["past"] = parts.history(found)
    return shown(request, "customer_past.html", context)


def take(request: HttpRequest) -> HttpResponse:
    """All that happened, as CSV."""
    customer_id = one(request, "customer", longest=LONGEST_ID)
    found = request.door.customer(customer_id, limit=100_000).to_json()
    head = ("at", "type", "what", "id", "text", "amount")
    rows = []
    for entry in found["timeline"]["entries"]:
        said = words.happened(entry, found["currency"])
        rows.append([entry["at"], entry["type"], entry["what"], entry["id"], said["text"], entry.get("amount")])
    return export.table(request, f"customer-{customer_id}", head, rows, "csv")


PAGE = Page(
    "customer",
    "Customer",
    (
        Way("customers/timeline.csv", take, "customer-csv"),
        Way("customers/health-by-month", past, "customer-past"),
        Way("customers/<path:customer_id>", customer, "customer"),
    ),
)
