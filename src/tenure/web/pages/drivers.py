"""Drivers: what goes with churn and other rates, and which segment a change comes from. Never what causes what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.errors import StoreError, UsageError
from tenure.web import export, numbers
from tenure.web.controls import Control, href, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._beside import beside
from tenure.web.pages._drivers import change, factors
from tenure.web.pending import Pending
from tenure.web.served import served

METRICS = ("customer_churn_rate", "nrr", "grr", "mrr_churn_rate", "renewal_rate", "logo_churn_rate")
A_DOWNLOAD = 90.0
"""Seconds that a download waits for what is worked out beside the site."""
COMPARE = (("previous", "period before"), ("year", "a year ago"))


def drivers(request: HttpRequest) -> HttpResponse:
    """The page. It works for some seconds, so it is asked for, and worked out beside the site."""
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Drivers"})
    known = {row["metric"]: row["title"] for row in request.door.metrics() if row["available"]}
    metric = one(request, "metric", longest=80)
    context: dict[str, Any] = {
        "title": "Drivers",
        "asked": bool(metric),
        "controls": _controls(request, metric, known),
        "known": any(name in known for name in METRICS),
        "first": next((name for name in METRICS if name in known), ""),
        "metric": metric,
    }
    if metric:
        answer = _worked_out(request, metric)
        if isinstance(answer, Pending):
            return shown(request, "drivers.html", context | {"pending": answer, "again": request.get_full_path()})
        goes = answer["goes_with"]
        lines = factors(answer)
        moved = change(answer, one(request, "column", longest=80))
        if moved:
            for column in moved["columns"]:
                column["href"] = href(request, {"column": column["id"]}) + "#change"
        context |= {
            "answer": answer,
            "goes": goes,
            "factors": lines,
            "findings": [line for line in lines if line["finding"]],
            "within": ", ".join(name.replace("_", " ") for name in goes["confounders"]),
            "one_in": round(1 / goes["error_rate"]),
            "period": numbers.period(answer["period"], long=True),
            "change": moved,
            "csv": href(request, {}, "/drivers.csv"),
        }
    return shown(request, "drivers.html", context)


def _worked_out(request: HttpRequest, metric: str, *, wait: float = 0.0) -> Any:
    """The answer, if it is there; else work on it has begun."""
    where = one(request, "where")
    period = one(request, "period", longest=20) or None
    door = beside(request, wait=wait)
    return door.drivers(metric, period, compare=_compare(request), where=(where,) if where else ())


def _compare(request: HttpRequest) -> str:
    word = one(request, "compare", "previous", 20)
    if word not in dict(COMPARE):
        raise UsageError(f"{word!r} is no comparison.", todo=f"Use one of {', '.join(dict(COMPARE))}.")
    return word


def _controls(request: HttpRequest, metric: str, known: dict[str, str]) -> list[Control]:
    quarters = [row.period for row in request.door.show("customers", last=6, grain="quarter").rows]
    periods = [(label, numbers.period(label)) for label in reversed(quarters)]
    segments = [("", "all"), *((f"@{name}", name.replace("_", " ")) for name in served().workspace.config.segments)]
    metrics = [(name, known[name]) for name in METRICS if name in known]
    return [
        Control("metric", "What goes with", metrics if metric else [("", "choose a metric"), *metrics], metric),
        Control("period", "Period", periods, one(request, "period", longest=20) or (quarters[-1] if quarters else "")),
        Control("compare", "Against", COMPARE, _compare(request)),
        Control("where", "Customers", segments, one(request, "where")),
    ]


def download(request: HttpRequest) -> HttpResponse:
    """All factors, unrounded."""
    metric = one(request, "metric", longest=80)
    if not metric:
        raise UsageError("No metric is chosen.", todo="Choose what the factors should go with.")
    found = _worked_out(request, metric, wait=A_DOWNLOAD)
    if isinstance(found, Pending):
        raise StoreError("It is still being worked out.", todo="Try again in a minute.", permanent=False)
    head = ("factor", "group", "others", "customers", "other_customers", "value", "other_value", "difference")
    tail = ("low", "high", "p", "adjusted_p", "finding")
    rows = [tuple(line[name] for name in (*head, *tail)) for line in found["goes_with"]["factors"]]
    return export.table(request, f"drivers-{found['metric']}-{found['period']}", (*head, *tail), rows, "csv")


PAGE = Page(
    "drivers", "Drivers", (Way("drivers", drivers, "drivers"), Way("drivers.csv", download, "drivers-csv")), order=7
)
