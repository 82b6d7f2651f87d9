"""Settings: people, tokens and the audit log; for admins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from tenure.access_role import ROLES
from tenure.errors import NotThere, UsageError
from tenure.web import audit, export, people
from tenure.web.controls import number
from tenure.web.models import Deed, Person, Token
from tenure.web.page import Page, Way, form_or, shown

ADMIN = frozenset({"admin"})
DEEDS = 50


def settings(request: HttpRequest) -> HttpResponse:
    """The page, and its forms."""
    return form_or(_page, request, {"add": _add, "change": _change, "revoke": _revoke})


def _page(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    offset = number(request, "offset", 0, 0, 10_000_000)
    deeds = list(Deed.objects.order_by("-at", "-pk")[offset : offset + DEEDS + 1])
    context = {
        "title": "Settings",
        "people": Person.objects.order_by("email"),
        "tokens": Token.objects.filter(revoked=None).select_related("person").order_by("person__email", "created"),
        "deeds": deeds[:DEEDS],
        "earlier": offset + DEEDS if len(deeds) > DEEDS else None,
        "roles": ROLES,
        **more,
    }
    return shown(request, "settings.html", context, status)


def _add(request: HttpRequest) -> HttpResponse:
    sent = {name: request.POST.get(name, "").strip() for name in ("email", "role", "owner", "name")}
    try:
        person = people.add(password=request.POST.get("password", ""), **sent)
    except UsageError as error:
        return _page(request, 422, problem=f"{error.what} {error.todo or ''}", sent=sent)
    audit.note("person added", detail=f"{person.email}, {person.role}", request=request)
    return HttpResponseRedirect("/settings")


def _change(request: HttpRequest) -> HttpResponse:
    person = _one(Person, request.POST.get("person", ""))
    role = request.POST.get("role", person.role)
    active = request.POST.get("active") == "yes"
    if role not in ROLES:
        raise UsageError(f"There is no role {role[:40]!r}.", todo=f"Use one of {', '.join(ROLES)}.")
    others = Person.objects.filter(role="admin", is_active=True).exclude(pk=person.pk)
    if not (role == "admin" and active) and not others.exists():
        return _page(request, 422, problem="Somebody must stay an admin who may sign in.")
    person.role, person.is_active = role, active
    person.owner = request.POST.get("owner", person.owner).strip()[:200]
    password = request.POST.get("password", "")
    if password:
        try:
            people.checked_password(password, person.email)
        except UsageError as error:
            return _page(request, 422, problem=f"{error.what} {error.todo or ''}")
        person.set_password(password)
    person.save()
    said = f"{person.email}: {role}, owner {person.owner or 'none'}, {'may' if active else 'may not'} sign in"
    audit.note("person changed", detail=said + (", new password" if password else ""), request=request)
    return HttpResponseRedirect("/settings")


def _revoke(request: HttpRequest) -> HttpResponse:
    token = _one(Token, request.POST.get("token", ""))
    Token.objects.filter(pk=token.pk).update(revoked=timezone.now())
    audit.note("token revoked", detail=f"of {token.person.email}, ending {token.ending}", request=request)
    return HttpResponseRedirect("/settings")


def _one(kind: Any, key: str) -> Any:
    found = kind.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    if found is None:
        raise NotThere("This is not there any more.", todo="Open the page again.")
    return found


def log(request: HttpRequest) -> HttpResponse:
    """The whole audit log."""
    deeds = Deed.objects.order_by("at", "pk").values_list("at", "who", "what", "detail", "address")
    rows = [(at.isoformat(), *rest) for at, *rest in deeds.iterator()]
    return export.table(request, "audit-log", ("at", "who", "what", "detail", "address"), rows, "csv")


PAGE = Page(
    "settings",
    "Settings",
    (Way("settings", settings, "settings"), Way("settings/audit.csv", log, "audit-csv")),
    roles=ADMIN,
)
