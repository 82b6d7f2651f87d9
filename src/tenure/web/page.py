"""What a page is, and what every page has around it: navigation, who is asking, how fresh the data are.

A page is a file in pages/ with one value `PAGE`. Its views get a request with `person` (who is asking) and `door` (the
workspace as that person may see it) and answer with `shown`. Signing in, roles and errors are seen to here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tenure import catalog
from tenure.access_role import ROLES
from tenure.errors import NotAllowed, NotThere, StoreError, TenureError, UsageError
from tenure.web.pending import StillWorking

View = Callable[..., HttpResponse]
EVERYBODY = frozenset(ROLES)


@dataclass(frozen=True)
class Way:
    """An address below the site's root and what answers there. `name` is what templates call it by."""

    path: str
    view: View
    name: str
    roles: frozenset[str] = EVERYBODY


@dataclass(frozen=True)
class Page:
    """One page: its ways, and its place in the navigation (None: not in it)."""

    name: str
    title: str
    ways: tuple[Way, ...]
    order: int | None = None
    roles: frozenset[str] = field(default=EVERYBODY)

    @property
    def address(self) -> str:
        """Where it begins."""
        return "/" + self.ways[0].path


@cache
def pages() -> tuple[Page, ...]:
    """Every page there is, those of the navigation in its order first."""
    found = catalog.members("tenure.web.pages", Page).values()
    return tuple(sorted(found, key=lambda page: (page.order is None, page.order or 0, page.name)))


def guarded(page: Page, way: Way) -> View:
    """A view for those who may see it; errors become pages."""

    @wraps(way.view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        person = request.person
        if person is None:
            return sign_in_first(request)
        if person.role not in way.roles & page.roles:
            error = NotAllowed(f"The role {person.role} does not show this page.", todo="Ask an admin if you need it.")
            return failed(request, error, 403)
        try:
            return way.view(request, **arguments)
        except StillWorking as error:
            return render(request, "tenure/working.html", {"title": page.title, "pending": error.pending}, status=202)
        except TenureError as error:
            return failed(request, error)

    answer.__dict__["page"] = page
    return answer


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send somebody to sign in, and back here after it."""
    address = "/sign-in?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": "/sign-in"})
    return HttpResponseRedirect(address)


def status_of(error: TenureError) -> int:
    """The HTTP status that says what kind of error it is."""
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, NotThere):
        return 404
    if isinstance(error, StoreError):
        return 503
    return 422


def failed(request: HttpRequest, error: TenureError, status: int | None = None) -> HttpResponse:
    """A page that says what is wrong, where, and what to do."""
    titles = {403: "Not shown to you", 404: "There is no such page", 503: "Not just now"}
    code = status or status_of(error)
    context = {"error": error, "title": titles.get(code, "This cannot be answered"), "status": code}
    return render(request, "tenure/error.html", context, status=code)


def form_or(page: View, request: HttpRequest, acts: Mapping[str, View]) -> HttpResponse:
    """The page; where a form was sent, what the act does that the form names in `do`."""
    if request.method != "POST":
        return page(request)
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise UsageError("This form is not known.", todo="Open the page again.")
    return act(request)


def shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page. Only its main part where a script asks for that."""
    return render(request, f"tenure/{template}", context, status=status)


def _freshness(request: HttpRequest) -> dict[str, Any]:
    """Up to when the data reach, and what touches every figure."""
    try:
        told = request.door.freshness()
    except TenureError:  # the page itself says what is wrong
        return {"data_to": request.answers.workspace.config.as_of_instant()}
    return {"data_to": told.data_to, "notices": told.notices}


def around(request: HttpRequest) -> dict[str, Any]:
    """What every template may name (a context processor)."""
    from tenure.web.models import Saved

    person = getattr(request, "person", None)
    found: dict[str, Any] = {"person": person, "theme": getattr(person, "theme", "auto")}
    config = request.answers.workspace.config
    found["workspace_name"] = config.name
    if person is None:
        return found
    view = getattr(getattr(request, "resolver_match", None), "func", None)
    here = getattr(view, "page", None)
    found["here"] = here.name if here else ""
    found["navigation"] = [
        {"title": page.title, "address": page.address, "here": here is page}
        for page in pages()
        if page.order is not None and person.role in page.roles
    ]
    found |= _freshness(request)
    found["saved"] = list(Saved.objects.filter(Q(person=person) | Q(shared=True)).order_by("name", "pk")[:20])
    found["this_address"] = request.get_full_path()
    return found
