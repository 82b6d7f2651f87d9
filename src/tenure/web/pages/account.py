"""Account: one's own looks, password and tokens."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from tenure.errors import NotThere, UsageError
from tenure.web import audit, people, tokens
from tenure.web.models import THEMES, Token
from tenure.web.page import Page, Way, form_or, shown


def account(request: HttpRequest) -> HttpResponse:
    """The page, and its forms."""
    acts = {"theme": _theme, "password": _password, "token": _token, "revoke": _revoke}
    return form_or(_page, request, acts)


def _page(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    person = request.person
    own = person.tokens.filter(revoked=None).order_by("-created")
    context = {"title": "Account", "tokens": own, "themes": THEMES, "now": timezone.now(), **more}
    return shown(request, "account.html", context, status)


def _theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise UsageError("There is no such theme.", todo=f"Choose one of {', '.join(THEMES)}.")
    person = request.person
    person.theme = chosen
    person.save(update_fields=["theme"])
    return HttpResponseRedirect("/account")


def _password(request: HttpRequest) -> HttpResponse:
    person = request.person
    address = audit.address_of(request)
    if people.too_many(person.email, address):
        return _page(request, 429, problem="Too many tries failed. Wait 15 minutes.")
    if not person.check_password(request.POST.get("old", "")[:1000]):
        people.failed(person.email, address)
        return _page(request, 422, problem="The old password is not right.")
    new = request.POST.get("new", "")
    try:
        people.checked_password(new, person.email)
    except UsageError as error:
        return _page(request, 422, problem=f"{error.what} {error.todo}")
    person.set_password(new)
    person.save()
    update_session_auth_hash(request, person)
    audit.note("password changed", request=request)
    return _page(request, said="The password is changed. Other sessions have ended.")


def _token(request: HttpRequest) -> HttpResponse:
    person = request.person
    days = request.POST.get("days", "")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days) <= 3650):
        raise UsageError(f"{days[:20]!r} is no number of days.", todo="Write a number from 1 to 3650.")
    text = tokens.make(person, int(days) if days else None, request.POST.get("label", "").strip())
    audit.note("token made", detail=f"ending {text[-4:]}", request=request)
    return _page(request, made=text)


def _revoke(request: HttpRequest) -> HttpResponse:
    person = request.person
    asked = request.POST.get("token", "")
    token = person.tokens.filter(pk=int(asked)).first() if asked.isascii() and asked[:18].isdigit() else None
    if token is None:
        raise NotThere("This token is not there, or is not yours.")
    Token.objects.filter(pk=token.pk).update(revoked=timezone.now())
    audit.note("token revoked", detail=f"ending {token.ending}", request=request)
    return HttpResponseRedirect("/account")


PAGE = Page("account", "Account", (Way("account", account, "account"),))
