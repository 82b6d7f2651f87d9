"""Metric: one number questioned. Chart, table, why, definition; the address holds the whole state."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tenure.charts.trend import Point, leaves, span_of, trend
from tenure.comparison import between
from tenure.errors import NotThere, UnknownName, UsageError
from tenure.metric import Metric, find
from tenure.policy import PRESETS
from tenure.result import Result
from tenure.web import audit, export, numbers
from tenure.web.controls import Control, href
from tenure.web.drawing import both, png, standalone
from tenure.web.page import Page, Way, shown
from tenure.web.pages._beside import beside
from tenure.web.pages._metric import Group, State, account, condition, groups_of, largest, paragraphs, side_by_side
from tenure.web.pending import Pending
from tenure.web.served import served

GRAINS = ("day", "week", "month", "quarter", "year")
WINDOWS = (("", "the period"), ("3m", "3 months"), ("6m", "6 months"), ("12m", "12 months"), ("24m", "24 months"))
COMPARE = (("previous", "period before"), ("year", "a year ago"))


def metric(request: HttpRequest, metric_id: str) -> HttpResponse:
    """The page."""
    one = _found(metric_id)
    if one.id != metric_id:
        return HttpResponseRedirect(href(request, {}, f"/metrics/{one.id}"))
    state = State.of(request, one)
    series, now, groups = _answers(request, state)
    drawn = largest(groups)
    everyone = _everyone(request, state, series) if state.by and groups else []
    context: dict[str, Any] = {
        "title": one.title,
        "metric": one,
        "available": any(row["metric"] == one.id and row["available"] for row in request.door.metrics()),
        "needs": next((row["needs"] for row in request.door.metrics() if row["metric"] == one.id), []),
        "state": state,
        "groups": groups,
        "drawn": len(drawn),
        "charts": _charts(series, drawn, everyone),
        "everyone": everyone,
        "series_context": series.unit not in ("money", "count"),
        "controls": _controls(request, one, state, series),
        "kept_state": [(name, value) for name, value in (("why", state.why),) if value],
        "period": numbers.period(now.rows[-1].period, long=True) if now.rows else "",
        "finding": _finding(groups, one),
        "cut": any(leaves(_points(g, now), span_of([_points(x, now) for x in drawn])) for g in drawn)
        if drawn
        else False,
        "parts": paragraphs(one.doc),
        "command": state.command(),
        "table": _table(series, groups),
        "exports": [(form, href(request, {"why": ""}, f"/metrics/{one.id}.{form}")) for form in ("png", "csv", "xlsx")],
        "close": href(request, {"why": "", "group": "", "vendor": ""}),
    }
    if state.why:
        group = next((g.name for g in groups if condition(g.by) == state.group and g.by), "")
        context |= {"why": account(request.door, state, group), **_vendors(request, one, state, start=False)}
    return shown(request, "metric.html", context)


def vendors(request: HttpRequest, metric_id: str) -> HttpResponse:
    """How every preset counts the number that is opened: a part of the page that comes when it is worked out."""
    one = _found(metric_id)
    state = State.of(request, one)
    if not state.why:
        raise UsageError("No number is opened.", todo="Open one on the metric's page.")
    context = {
        "title": f"{one.title} as vendors count it",
        "metric": one,
        "period": numbers.period(state.why, long=True),
        **_vendors(request, one, state),
    }
    return shown(request, "metric_vendors_page.html", context)


def _vendors(request: HttpRequest, one: Metric, state: State, *, start: bool = True) -> dict[str, Any]:
    """The presets side by side, if they are there; else how far they are."""
    told, page = side_by_side(beside(request, start=start), state), f"/metrics/{one.id}"
    pending = told if isinstance(told, Pending) else None
    return {
        "lines": [] if pending else told,
        "pending": pending,
        "again": href(request, {"vendor": ""}, f"{page}/vendors"),
        "back": href(request, {}, page) + "#why",
        "opens": {name: href(request, {"vendor": name}, page) + "#vendors" for name in PRESETS},
        "chosen": state.vendor,
    }


def table(request: HttpRequest, metric_id: str, form: str) -> HttpResponse:
    """The rows behind the page, unrounded."""
    state = State.of(request, _found(metric_id))
    series, _, _ = _answers(request, state)
    names = list(dict.fromkeys(name for row in series.rows for name in row.by))
    head = ("metric", "variant", "period", "start", "end", *names)
    tail = ("value", "numerator", "denominator", "n", "low", "high", "complete", "reason")
    rows = []
    for row in series.to_json()["rows"]:
        own = [row["by"].get(name) for name in names]
        rows.append(
            (series.metric, series.variant, row["period"], row["start"], row["end"], *own, *(row[k] for k in tail))
        )
    return export.table(request, f"{series.metric}-{series.variant}", (*head, *tail), rows, form)


def image(request: HttpRequest, metric_id: str) -> HttpResponse:
    """The chart, or the first of several, as a picture."""
    state = State.of(request, _found(metric_id))
    series, now, groups = _answers(request, state)
    if not groups:
        raise NotThere("There is nothing to draw.")
    group = groups[0]
    drawing = _draw(_points(group, now), series, group.name, width=760, kind="")
    title = f"{series.title}{'' if not group.by else ', ' + group.name}, {served().workspace.config.name}"
    audit.note("export", detail=f"{series.metric}.png, {request.get_full_path()}", request=request)
    headers = {"Content-Disposition": f'attachment; filename="{series.metric}.png"', "Cache-Control": "no-store"}
    return HttpResponse(png(standalone(drawing, title)), content_type="image/png", headers=headers)


def _found(metric_id: str) -> Metric:
    try:
        return find(metric_id)
    except UnknownName as error:
        raise NotThere(error.what, todo=error.todo) from None


def _answers(request: HttpRequest, state: State) -> tuple[Result, Result, list[Group]]:
    """Over time, the last period with its comparison, and the groups of both."""
    door = request.door
    series = door.show(state.metric, **state.options, **state.span)[0]
    if not series.rows:
        return series, series, []
    last = series.rows[-1].period
    compare = state.compare or "previous"
    options = {**state.options, "grain": series.grain}
    now = door.show(state.metric, from_=last, to=last, compare=compare, **options)[0]

    def why(key: tuple[tuple[str, str], ...]) -> str:
        return href(request, {"why": last, "group": condition(key), "vendor": ""}) + "#why"

    return series, now, groups_of(series, now, why)


def _everyone(request: HttpRequest, state: State, series: Result) -> list[Group]:
    """All customers together, beside the groups; nothing where a metric always comes in groups."""
    whole = replace(state, by=())
    lines = request.door.show(state.metric, **whole.options, **state.span)[0]
    last = series.rows[-1].period
    options = {**whole.options, "grain": series.grain}
    now = request.door.show(state.metric, from_=last, to=last, compare=state.compare or "previous", **options)[0]
    if any(row.by for row in lines.rows):
        return []
    why = href(request, {"why": last, "group": "", "vendor": ""}) + "#why"
    return groups_of(lines, now, lambda key: why)


def _points(group: Group, now: Result) -> list[Point]:
    return [
        Point(
            numbers.period(row.period),
            None if row.value is None else float(row.value),
            row.low,
            row.high,
            row.complete,
        )
        for row in group.rows
    ]


def _charts(series: Result, drawn: list[Group], everyone: list[Group]) -> list[tuple[Group, Any]]:
    context = [None if row.value is None else float(row.value) for row in everyone[0].rows] if everyone else []
    if series.unit in ("money", "count"):
        context = []  # a sum would dwarf its parts
    lines = [_points(group, series) for group in drawn]
    span = span_of(lines)
    found = []
    for group, line in zip(drawn, lines, strict=True):
        if not any(p.value is not None for p in line):
            found.append((group, ""))
            continue
        draw = partial(_draw, line, series, group.name, context=context, span=span, alone=len(drawn) == 1)
        found.append((group, both(draw, *((1240, 1000) if len(drawn) == 1 else (290, 234)))))
    return found


def _draw(
    line: list[Point],
    series: Result,
    name: str,
    *,
    width: int,
    kind: str,
    context: Any = (),
    span: Any = None,
    alone: bool = True,
) -> str:
    words = partial(numbers.axis, unit=series.unit, currency=series.currency)
    label = f"{series.title}, {name}, {line[0].label} to {line[-1].label}"
    tall = 280 if alone and width > 400 else 190
    return trend(line, words, label, width=width, height=tall, span=span, context=context, kind=kind)


def _finding(groups: list[Group], one: Metric) -> str:
    """One sentence of figures: from where to where, or who is lowest and who highest."""
    there = [g for g in groups if g.figure.has_value]
    if not there:
        return "There is no value yet"
    unit, currency = there[0].figure.result.unit, there[0].figure.result.currency
    if len(there) == 1:
        known = [row for row in there[0].rows if row.value is not None and row.complete]
        if len(known) < 2:
            return f"{one.title} is {numbers.text(there[0].figure.row.value, unit, currency)}"
        first, last = known[0], known[-1]
        moved = between(last, first, first.period)
        sure = moved.judged and moved.difference
        way = "went" if not sure else "rose" if (moved.difference or 0) > 0 else "fell"
        return (
            f"{one.title} {way} from {numbers.text(first.value, unit, currency)} in {numbers.period(first.period)} "
            f"to {numbers.text(last.value, unit, currency)} in {numbers.period(last.period)}"
        )
    many = [g for g in there if not g.figure.few]
    if len(many) < 2:
        return f"{one.title} by group: too few in each to say who is lowest or highest"
    ranked = sorted(many, key=lambda g: float(g.figure.row.value or 0))
    low, high = ranked[0], ranked[-1]
    return (
        f"{low.name} is lowest at {numbers.text(low.figure.row.value, unit, currency)}, "
        f"{high.name} highest at {numbers.text(high.figure.row.value, unit, currency)}"
    )


def _table(series: Result, groups: list[Group]) -> dict[str, Any]:
    """All periods as a table: periods down, groups across."""
    shown_groups = groups[:12]
    periods = [row.period for row in groups[0].rows] if groups else []
    lines = []
    for k, period in reversed(list(enumerate(periods))):
        cells = []
        for group in shown_groups:
            row = group.rows[k] if k < len(group.rows) else None
            if row is None or row.value is None:
                cells.append(("no value", ""))
            else:
                said = numbers.text(row.value, series.unit, series.currency) + ("" if row.complete else "*")
                cells.append((said, numbers.interval(row.low, row.high, series.unit)))
        lines.append((numbers.period(period), cells))
    return {"heads": [group.name for group in shown_groups], "lines": lines}


def _controls(request: HttpRequest, one: Metric, state: State, series: Result) -> list[Control]:
    labels = list(dict.fromkeys(row.period for row in series.rows))
    periods = [(label, numbers.period(label)) for label in reversed(labels)]
    columns = list(request.door.customers(limit=1, columns=("state",)).attributes)
    by = [("", "nothing"), *((name, name.replace("_", " ")) for name in columns if name not in ("domain", "parent_id"))]
    variants = [(name, name.replace("_", " ")) for name in one.variants]
    found = [
        Control("from", "From", [("", f"{len(labels)} periods back"), *periods], state.from_),
        Control("to", "to", [("", "now"), *periods], state.to),
        Control("grain", "Grain", [(grain, grain) for grain in GRAINS], series.grain),
        Control("by", "By", by, ",".join(state.by)),
        Control("where", "Customers", (), state.where[0] if state.where else "", "all, or region = 'EU'"),
        Control("compare", "Compare", COMPARE, state.compare or "previous"),
    ]
    if one.windowed:
        found.insert(3, Control("window", "Window", WINDOWS, state.window))
    if len(variants) > 1:
        found.insert(-1, Control("variant", "Variant", variants, state.variant or one.default))
    return found


PAGE = Page(
    "metric",
    "Metric",
    (
        Way("metrics/<str:metric_id>.csv", partial(table, form="csv"), "metric-csv"),
        Way("metrics/<str:metric_id>.xlsx", partial(table, form="xlsx"), "metric-xlsx"),
        Way("metrics/<str:metric_id>.png", image, "metric-png"),
        Way("metrics/<str:metric_id>/vendors", vendors, "metric-vendors"),
        Way("metrics/<str:metric_id>", metric, "metric"),
    ),
)
