"""Overview: the whole picture in one look."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.access import Seen
from tenure.charts.bars import columns
from tenure.charts.waterfall import waterfall
from tenure.errors import RequestError
from tenure.web import export, numbers
from tenure.web.controls import Control, one
from tenure.web.drawing import both
from tenure.web.page import Page, Way, shown
from tenure.web.pages._overview import NAMES, Choice, Overview, gather
from tenure.web.served import served

COMPARE = (("previous", "month before"), ("year", "a year ago"))


def overview(request: HttpRequest) -> HttpResponse:
    """The page."""
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Overview"})
    choice = _choice(request)
    try:
        found = _found(request, choice)
    except RequestError:
        if not any(row["available"] for row in request.door.metrics()):
            return shown(request, "empty.html", {"title": "Overview"})
        raise
    context: dict[str, Any] = {
        "title": "Overview",
        "found": found,
        "controls": _controls(request, choice, found),
        "names": NAMES,
        "month": numbers.period(found.period, long=True),
        "short": numbers.period(found.period),
        "core": len(request.door.core()),
    }
    if found.moves:
        words = partial(numbers.axis, unit="money", currency=found.currency)
        label = f"MRR from {found.sums['first']} to {found.sums['last']} in {found.sums['of']} months, by movement"

        def draw(*, width: int, kind: str) -> str:
            months = found.moves if width > 400 else found.moves[-6:]
            start = found.start + sum(a for m in found.moves[: -len(months)] for _, a in m.amounts)
            return waterfall(start, months, words, label, width=width, height=460 if width > 400 else 260, kind=kind)

        context["chart"] = both(draw)
    elif found.sales:
        words = partial(numbers.axis, unit="money", currency=found.currency)
        label = f"Orders and one-off invoices by month, up to {context['month']}"

        def bars(*, width: int, kind: str) -> str:
            months = found.sales if width > 400 else found.sales[-7:]
            return columns(months, words, label, width=width, height=300 if width > 400 else 220, kind=kind)

        context["chart"] = both(bars)
    return shown(request, "overview.html", context)


def _found(request: HttpRequest, choice: Choice) -> Overview:
    lazy = Seen(request.answers.at_once, request.person.access)
    return gather(request.door, lazy, choice)


def download(request: HttpRequest, form: str) -> HttpResponse:
    """All metrics of the page, unrounded."""
    found = _found(request, _choice(request))
    head = ("group", "metric", "title", "period", "value", "unit", "change", "low", "high", "n", "benchmark")
    rows = [
        (
            *(group, f.id, f.title, f.row.period, None if f.row.value is None else float(f.row.value), f.result.unit),
            None if f.row.compare is None or f.row.compare.difference is None else float(f.row.compare.difference),
            *(f.row.low, f.row.high, f.row.n, f.benchmark),
        )
        for group, figures in found.ledger
        for f in figures
    ]
    return export.table(request, f"overview-{found.period}", head, rows, form)


def _choice(request: HttpRequest) -> Choice:
    compare = one(request, "compare", "previous")
    where = one(request, "where")
    return Choice(one(request, "period"), compare, (where,) if where else ())


def _controls(request: HttpRequest, choice: Choice, found: Overview) -> list[Control]:
    latest = request.door.show("customers", last=24).rows
    periods = [(row.period, numbers.period(row.period, long=True)) for row in reversed(latest)]
    segments = [("", "all"), *((f"@{name}", name) for name in served().workspace.config.segments)]
    chosen = choice.where[0] if choice.where else ""
    return [
        Control("period", "Period", periods, found.period),
        Control("compare", "Compare", COMPARE, choice.compare),
        Control("where", "Customers", segments, chosen),
    ]


PAGE = Page(
    "overview",
    "Overview",
    (
        Way("", overview, "overview"),
        Way("overview.csv", partial(download, form="csv"), "overview-csv"),
        Way("overview.xlsx", partial(download, form="xlsx"), "overview-xlsx"),
    ),
    order=1,
)
