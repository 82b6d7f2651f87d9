"""Saved views: addresses of pages with all their choices, kept under a name; one's own, and those that all may see."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from tenure.errors import NotAllowed, NotThere, UnknownName, UsageError
from tenure.metric import find
from tenure.web import audit
from tenure.web.controls import one
from tenure.web.models import Saved
from tenure.web.page import Page, Way, shown

LONGEST_NAME, LONGEST_ADDRESS, MOST = 60, 2000, 50


def saved(request: HttpRequest) -> HttpResponse:
    """The list, a form for the address that is brought along, and what the forms send."""
    if request.method == "POST":
        done = {"save": _save, "forget": _forget}.get(request.POST.get("do", ""))
        if done is None:
            raise UsageError("This form is not known.", todo="Open the page again.")
        return done(request)
    asked = one(request, "address", longest=LONGEST_ADDRESS)
    context = {
        "title": "Saved views",
        "views": [{"view": view, "own": _own(request, view)} for view in views_of(request)],
        "address": asked,
        "of": _page_of(request, asked) if asked else "",
    }
    return shown(request, "saved.html", context)


def views_of(request: HttpRequest) -> QuerySet[Saved]:
    """What this person kept, and what is shared."""
    found: QuerySet[Saved] = Saved.objects.filter(Q(person=request.person) | Q(shared=True))
    return found.select_related("person").order_by("name", "pk")[: 2 * MOST]


def _own(request: HttpRequest, view: Saved) -> bool:
    return bool(view.person_id == request.person.pk or (view.shared and request.person.access.manages))


def _page_of(request: HttpRequest, address: str) -> str:
    """The title of the page at an address of this site that this person may see; anything else is refused."""
    wrong = UsageError("This is no address of a page here.", todo="Open the page and choose Save view there.")
    if not address.startswith("/") or not address.isprintable() or "\\" in address:
        raise wrong
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        raise wrong
    try:
        found = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        raise wrong from None
    page = getattr(found.func, "page", None)
    if page is None or request.person.role not in page.roles or "." in urlsplit(address).path.rpartition("/")[2]:
        raise wrong
    if page.name != "metric":
        return str(page.title)
    try:
        return find(found.kwargs["metric_id"]).title
    except UnknownName:
        raise wrong from None


def _save(request: HttpRequest) -> HttpResponse:
    """Keep a view: one's own, or by who manages for everybody."""
    person = request.person
    name = " ".join(request.POST.get("name", "").split())
    address = request.POST.get("address", "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"A view needs a name of at most {LONGEST_NAME} characters.", todo="Write one.")
    if len(address) > LONGEST_ADDRESS:
        raise UsageError("This address is too long to keep.", todo="Choose fewer filters.")
    title = _page_of(request, address)
    share = request.POST.get("shared") == "1"
    if share and not person.access.manages:
        raise NotAllowed("Views for everybody are saved by managers and admins.", todo="Keep it for yourself.")
    if share and title == "Customer":
        raise UsageError("A view of one customer is kept for yourself.", todo="Not everybody may see this customer.")
    if person.saved.count() >= MOST:
        raise UsageError(f"There are {MOST} views of yours.", todo="Remove one first.")
    Saved.objects.create(person=person, name=name, address=address, shared=share)
    audit.note("view saved", detail=f"{name}{', for everybody' if share else ''}: {address}", request=request)
    return HttpResponseRedirect(address)


def _forget(request: HttpRequest) -> HttpResponse:
    """Remove a view: one's own, or by who manages a shared one."""
    key = request.POST.get("view", "")
    found = Saved.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    if found is None or not _own(request, found):
        raise NotThere("This view is not there, or is not yours.")
    audit.note("view removed", detail=f"{found.name}: {found.address}", request=request)
    found.delete()
    return HttpResponseRedirect("/saved")


PAGE = Page("saved", "Saved views", (Way("saved", saved, "saved"),))
