"""Compare: two groups in a period, or a metric before and after something happened. A difference, not a cause."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.errors import NotAllowed, StoreError, TenureError, UnknownName, UsageError
from tenure.metric import catalogue, find
from tenure.web import export, numbers
from tenure.web.controls import Control, address, number, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._beside import beside
from tenure.web.pages._compare import after_event, two_groups
from tenure.web.pending import Pending
from tenure.web.served import served

KINDS = (("groups", "Two groups"), ("event", "Before and after"))
A_DOWNLOAD = 60.0
"""Seconds that a download waits for what is worked out beside the site."""


def compare(request: HttpRequest) -> HttpResponse:
    """The page. What it shows is worked out beside the site, since it looks at customers one by one."""
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Compare"})
    kind = _kind(request)
    context: dict[str, Any] = {
        "title": "Compare",
        "kind": kind,
        "tabs": [(title, address("/compare", kind=name), name == kind) for name, title in KINDS],
        "controls": _controls(request, kind),
        "kept_state": [("kind", kind)],
        "asked": _is_asked(request, kind),
        "again": request.get_full_path(),
    }
    if context["asked"]:
        try:
            answer = _worked_out(request, kind)
        except NotAllowed:
            raise
        except TenureError as error:  # the choices stay, to be mended
            return shown(request, "compare.html", context | {"problem": _said(error)}, 422)
        if isinstance(answer, Pending):
            return shown(request, "compare.html", context | {"pending": answer})
        context["found"] = two_groups(answer) if kind == "groups" else after_event(answer)
        context["csv"] = f"/compare.csv?{request.GET.urlencode()}"
    return shown(request, "compare.html", context)


def _kind(request: HttpRequest) -> str:
    kind = one(request, "kind", "groups", 20)
    if kind not in dict(KINDS):
        raise UsageError(f"{kind!r} is no comparison.", todo=f"Use one of {', '.join(dict(KINDS))}.")
    return kind


def _is_asked(request: HttpRequest, kind: str) -> bool:
    needed = ("metric", "where", "against") if kind == "groups" else ("metric", "on")
    return all(one(request, name) for name in needed)


def _said(error: TenureError) -> dict[str, str]:
    """What is wrong; what to do as far as it is no option of the command line."""
    todo = error.todo or ""
    return {"what": error.what, "todo": "" if "--" in todo else todo}


def _worked_out(request: HttpRequest, kind: str, *, wait: float = 0.0) -> Any:
    """The answer, if it is there; else work on it has begun."""
    door, metric = beside(request, wait=wait), one(request, "metric", longest=80)
    if kind == "groups":
        period = one(request, "period", longest=20) or None
        return door.two_groups(metric, one(request, "where"), one(request, "against"), period=period)
    treated, control = (_texts(one(request, name)) for name in ("treated", "control"))
    months = {name: number(request, name, 6, 1, 24) for name in ("before", "after")}
    event = one(request, "event", "the event", 80)
    return door.compare(event, one(request, "on", longest=20), metric, treated=treated, control=control, **months)


def _texts(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _controls(request: HttpRequest, kind: str) -> list[Control]:
    there = [row for row in request.door.metrics() if row["available"] and not catalogue()[row["metric"]].by]
    metric = one(request, "metric", longest=80)
    with contextlib.suppress(UnknownName):  # what is wrong is said where it is asked
        metric = find(metric).id if metric else ""
    metrics = [(row["metric"], row["title"]) for row in sorted(there, key=lambda row: str(row["title"]))]
    found = [Control("metric", "Metric", metrics if metric else [("", "choose a metric"), *metrics], metric)]
    if kind == "groups":
        quarters = [row.period for row in request.door.show("customers", last=6, grain="quarter").rows]
        periods = [(label, numbers.period(label)) for label in reversed(quarters)]
        return [
            *found,
            Control("period", "Period", periods, one(request, "period", longest=20) or (quarters or [""])[-1]),
            Control("where", "One group", chosen=one(request, "where"), hint="plan = 'Growth'"),
            Control("against", "The other", chosen=one(request, "against"), hint="plan = 'Starter'"),
        ]
    months = [(str(count), f"{count} months") for count in (3, 6, 9, 12)]
    return [
        *found,
        Control("on", "On", chosen=one(request, "on", longest=20), hint="2025-06-01"),
        Control("event", "What happened", chosen=one(request, "event", longest=80), hint="a new price"),
        Control("treated", "To whom", chosen=one(request, "treated"), hint="everybody"),
        Control("control", "Against", chosen=one(request, "control"), hint="their own past"),
        Control("before", "Before", months, str(number(request, "before", 6, 1, 24))),
        Control("after", "After", months, str(number(request, "after", 6, 1, 24))),
    ]


def download(request: HttpRequest) -> HttpResponse:
    """The figures behind it, unrounded."""
    kind = _kind(request)
    if not _is_asked(request, kind):
        raise UsageError("It is not said what to compare.", todo="Choose a metric, and groups or a day.")
    found = _worked_out(request, kind, wait=A_DOWNLOAD)
    if isinstance(found, Pending):
        raise StoreError("It is still being worked out.", todo="Try again in a minute.", permanent=False)
    head, rows = _groups_rows(found) if kind == "groups" else _event_rows(found)
    return export.table(request, f"compare-{found['metric']}", head, rows, "csv")


def _groups_rows(found: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    rows = [(" and ".join(one["where"]), one["value"], one["n"], one["low"], one["high"]) for one in found["groups"]]
    return ("group", "value", "n", "low", "high"), [
        *rows, ("difference", found["difference"], None, found["low"], found["high"])
    ]  # fmt: skip


def _event_rows(found: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    sides = [("treated", found["treated"]), *([("control", found["control"])] if found["control"] else [])]
    rows: list[tuple[Any, ...]] = [(name, month["period"], month["value"], None, None)
                                   for name, side in sides for month in side["months"]]  # fmt: skip
    return ("group", "period", "value", "low", "high"), [
        *rows, ("difference", found["on"], found["difference"], found["low"], found["high"])
    ]  # fmt: skip


PAGE = Page(
    "compare", "Compare", (Way("compare", compare, "compare"), Way("compare.csv", download, "compare-csv")), order=8
)
