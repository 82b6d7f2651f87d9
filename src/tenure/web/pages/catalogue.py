"""Catalogue: every metric there is, with its documentation; searched by any word of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenure.metric import catalogue as every
from tenure.web.controls import one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._metric import paragraphs


def catalogue(request: HttpRequest) -> HttpResponse:
    """The page."""
    word = one(request, "q", longest=200)
    listed = request.door.metrics(word or None)
    rows = [(row, every()[row["metric"]], paragraphs(every()[row["metric"]].doc)) for row in listed]
    return shown(request, "catalogue.html", {"title": "Catalogue", "rows": rows, "word": word})


PAGE = Page("catalogue", "Catalogue", (Way("catalogue", catalogue, "catalogue"),), order=10)
