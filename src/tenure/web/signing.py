"""Signing in and out, by a plain form."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from tenure.web import audit, people
from tenure.web.models import Person

WRONG = "The address or the password is not right."
WAIT = "Too many sign-ins failed. Wait 15 minutes and try again."


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends."""
    onward = _onward(request)
    if request.method != "POST":
        if request.person is not None:
            return HttpResponseRedirect(onward)
        return _form(request, onward, "", "", 200)
    email = request.POST.get("email", "")[:254]
    address = audit.address_of(request)
    if people.too_many(email, address):
        audit.note("sign-in refused", who=email, detail="too many failures", request=request)
        return _form(request, onward, email, WAIT, 429)
    person = authenticate(request, email=email, password=request.POST.get("password", "")[:1000])
    if person is None:
        people.failed(email, address)
        audit.note("sign-in failed", who=email, request=request)
        return _form(request, onward, email, WRONG, 422)
    people.succeeded(email)
    login(request, person)
    audit.note("signed in", who=person.get_username(), request=request)
    return HttpResponseRedirect(onward)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.person is not None:
        audit.note("signed out", request=request)
    logout(request)
    return HttpResponseRedirect("/sign-in")


def _form(request: HttpRequest, onward: str, email: str, problem: str, status: int) -> HttpResponse:
    nobody = not Person.objects.exists()
    context = {"onward": onward, "email": email, "problem": problem, "nobody": nobody}
    response = render(request, "tenure/sign_in.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(int(people.WITHIN.total_seconds()))
    return response


def _onward(request: HttpRequest) -> str:
    """Where to go after it: a page of this site, never another's."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if safe and not wanted.startswith("/sign-") else "/"
