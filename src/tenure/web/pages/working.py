"""Long work that is stopped, or begun again after somebody stopped it: what the forms beside its progress send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from tenure.errors import NotThere
from tenure.web import aside, audit
from tenure.web.page import Page, Way, form_or
from tenure.web.served import served


def working(request: HttpRequest) -> HttpResponse:
    """Nothing by itself: progress stands on the page that waits."""
    return form_or(_nothing, request, {"stop": _stop, "again": _again})


def _nothing(request: HttpRequest) -> HttpResponse:
    raise NotThere("Nothing is shown here.", todo="How far long work is stands on the page that waits for it.")


def _stop(request: HttpRequest) -> HttpResponse:
    key = request.POST.get("key", "")[:64]
    if aside.stop(served().workspace.config, key, request.person.shown):
        audit.note("long work stopped", detail=_back(request), request=request)
    return HttpResponseRedirect(_back(request))


def _again(request: HttpRequest) -> HttpResponse:
    aside.again(served().workspace.config, request.POST.get("key", "")[:64])
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that waits: one of this site, never another's."""
    wanted = request.POST.get("back", "")[:2000]
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_safe else "/"


PAGE = Page("working", "Long work", (Way("working", working, "working"),))
