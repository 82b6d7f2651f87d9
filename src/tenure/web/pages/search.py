"""Search: customers and metrics by a word, as far as the asker may see them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenure.errors import RequestError
from tenure.web.controls import one
from tenure.web.page import Page, Way, shown

MOST = 25


def search(request: HttpRequest) -> HttpResponse:
    """The page."""
    word = one(request, "q", longest=200)
    people, metrics = [], []
    found = 0
    if word:
        metrics = request.door.metrics(word)[:MOST]
        try:
            answer = request.door.customers(search=word, limit=MOST, columns=("mrr", "state"))
            people, found = list(answer.rows), answer.found
        except RequestError:
            pass  # no data yet: metrics can still be found
    context = {"title": "Search", "word": word, "people": people, "found": found, "metrics": metrics}
    return shown(request, "search.html", context)


PAGE = Page("search", "Search", (Way("search", search, "search"),))
