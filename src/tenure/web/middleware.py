"""What happens around every request: headers that browsers obey, and who is asking."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse

from tenure.web.asking import let_in
from tenure.web.settings import POLICY

Answer = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Headers:
    """Headers for every answer, errors and files included. What only some may see is kept by nobody."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with its headers."""
        response = self._answer(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "private, no-cache")
        if settings.TENURE_HTTPS:
            response.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response


class Doors:
    """Puts `person` (or None) on a request, and `door`: the workspace as that person may see it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to somebody."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            let_in(request, None)  # no text that is stored has this character, and engines stop at it
            response = HttpResponse("This address cannot be read.\n", status=400, content_type="text/plain")
            return _as_problem(response) if request.path.startswith("/api/") else response
        if request.method == "POST" and any("\0" in text for _, texts in request.POST.lists() for text in texts):
            let_in(request, None)
            return HttpResponse("This form cannot be read.\n", status=400, content_type="text/plain")
        let_in(request, None if request.path in _OPEN else _person(request))
        response = self._answer(request)
        if request.path.startswith("/api/") and response.status_code >= 400:
            return _as_problem(response)
        return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    """An error of the API that Django itself made, in the API's form."""
    from tenure.web.api_answers import PROBLEM, TITLES, problem

    if response.get("Content-Type", "").startswith(PROBLEM):
        return response
    found = problem(response.status_code, TITLES.get(response.status_code, "It failed") + ".")
    if "Allow" in response:
        found["Allow"] = response["Allow"]
    return found


_OPEN = ("/healthz", "/api/openapi.json")


def _person(request: HttpRequest) -> object:
    found = get_user(request)
    return found if found.is_authenticated else None
