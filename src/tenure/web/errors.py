"""Pages for what Django itself refuses: no such address, a form that did not come from here, a fault of ours."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse

from tenure.errors import NotAllowed, NotThere, TenureError
from tenure.web.asking import let_in
from tenure.web.page import failed

log = logging.getLogger("tenure.web")


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    _known(request)
    return failed(request, NotThere("Nothing is at this address.", todo="Choose a page at the left."), 404)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without its mark."""
    _known(request)
    what = NotAllowed("This form is too old, or did not come from this site.", todo="Open the page again and repeat.")
    return failed(request, what, 403)


def bad(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return HttpResponse("This request cannot be read.\n", status=400, content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """500: ours. Says so, and nothing about how."""
    _known(request)
    error = TenureError("tenure itself failed. What you saved is safe.", todo="Try again; tell whoever runs this site.")
    try:
        return failed(request, error, 500)
    except Exception:  # whatever broke the page may break this one too
        log.exception("The page for a failure failed too.")
        return HttpResponse("tenure itself failed.\n", status=500, content_type="text/plain; charset=utf-8")


def _known(request: HttpRequest) -> None:
    if not hasattr(request, "person"):
        let_in(request, None)
