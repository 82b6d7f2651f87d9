"""Overview: the whole picture in one look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenure.web.page import Page, Way, shown


def overview(request: HttpRequest) -> HttpResponse:
    """The page."""
    return shown(request, "overview.html", {"title": "Overview"})


PAGE = Page("overview", "Overview", (Way("", overview, "overview"),), order=1)
