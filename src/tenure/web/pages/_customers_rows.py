"""The columns of the list of customers, and what stands in their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.directory import MONTHS, Customers
from tenure.directory_columns import COLUMNS
from tenure.health.judgement import Judgement
from tenure.render import numbers as plain
from tenure.web import marks, numbers
from tenure.web.controls import href
from tenure.web.pages._customers_state import State, titled

HEALTH = "health"
USUAL = ("plan", "mrr", "mrr_change", MONTHS, "usage", HEALTH, "open_tickets", "nps", "next_renewal", "owner")
SELDOM = ("state", "customer_since", HEALTH, "open_tickets", "nps", "next_renewal", "owner")
"""The usual ones where nobody pays by the month; the first attributes come after them."""
TITLES = {
    "customer_id": "Id", "mrr": "MRR", "mrr_year_ago": "MRR a year ago", "mrr_change": "In a year",
    MONTHS: "24 months", "usage": "Usage", "open_tickets": "Open tickets", "nps": "NPS", "nps_on": "NPS on",
    "next_renewal": "Renews", HEALTH: "Health", "active_users": "Users, 30 d", "active_days": "Active days, 30 d",
    "usual_days": "Usual days", "known_since": "Known since", "customer_since": "Customer since",
    "last_active": "Last active", "leaving_on": "Leaves on", "parent_id": "Parent",
}  # fmt: skip
HEADS = {"open_tickets": "Tickets"}
"""Where the head of the table is shorter than the name."""
ON_PHONE = ("mrr", "state", HEALTH)


@dataclass(frozen=True)
class Column:
    """A column: its name, its head, whether numbers stand in it."""

    name: str
    title: str
    number: bool
    sort: str
    turned: str
    phone: bool


def columns_of(request: HttpRequest, state: State, found: Customers, *, scored: bool) -> list[Column]:
    """Those asked for, else the usual ones that have something to say."""
    there = {*COLUMNS, MONTHS, HEALTH, *found.attributes} - {"name"}
    usual = USUAL if found.totals["mrr"] is not None else (*SELDOM, *found.attributes[:4])
    chosen = [name for name in (state.columns or usual) if name in there and (scored or name != HEALTH)]
    if not state.columns:
        chosen = [name for name in chosen if name in (HEALTH, *found.attributes) or _said(found, name)]
    # What somebody chose is on a phone too, and scrolls; of the usual ones only the first matter there.
    return [
        _column(request, found, name, phone=bool(state.columns) or name in ON_PHONE) for name in dict.fromkeys(chosen)
    ]


def _said(found: Customers, name: str) -> bool:
    return any(row.get(name) not in (None, []) for row in found.rows) or not found.rows


def _column(request: HttpRequest, found: Customers, name: str, *, phone: bool) -> Column:
    here = found.sort == name
    down = not found.descending if here else None
    order = {"sort": name, "order": None if down is None else "down" if down else "up", "page": None}
    link = "" if name in (MONTHS, HEALTH) else href(request, order)
    values = [value_of(row, name) for row in found.rows]
    known = [value for value in values if value is not None]
    is_day = COLUMNS.get(name) == "date"
    is_number = is_day or COLUMNS.get(name) in ("float64", "int64")
    is_number = is_number or (
        bool(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)
    )
    turned = ("descending" if found.descending else "ascending") if here else ""
    title = HEADS.get(name) or TITLES.get(name, titled(name))
    return Column(name, title, is_number and name not in (MONTHS, HEALTH), link, turned, phone)


def value_of(row: Mapping[str, Any], name: str) -> Any:
    """A row's value of a column of the list, or of an attribute."""
    return row[name] if name in COLUMNS or name == MONTHS else row["attributes"].get(name)


def lines(found: Customers, columns: Sequence[Column], judged: Mapping[str, Judgement]) -> list[dict[str, Any]]:
    """The rows, in words and marks."""
    return [
        {
            "id": row["customer_id"],
            "name": row["name"] or row["customer_id"],
            "cells": [
                (column, *_cell(row, column, found.currency, judged.get(row["customer_id"]))) for column in columns
            ],
        }
        for row in found.rows
    ]


def _cell(row: Mapping[str, Any], column: Column, currency: str, judged: Judgement | None) -> tuple[Any, str]:
    """What stands there, and its class."""
    name = column.name
    if name == HEALTH:
        return health(judged), "health"
    value = value_of(row, name)
    if name == MONTHS:
        return marks.sparkline(value or [], width=72), "mid"
    if name == "nps" and value is None:
        return "none", "grey"
    if value is None or value == "":
        return "", ""
    if name == "mrr_change":
        if not row.get("mrr_year_ago", 1) and row.get("mrr"):
            return "new", "grey"
        return money(value, currency, sign=True), numbers.direction(value, "up")
    if name.startswith("mrr"):
        return money(value, currency), "main" if name == "mrr" else ""
    if name == "usage":
        way = "gain" if value >= 1.15 else "loss" if value <= 0.85 else ""
        return percent(value - 1), way
    if COLUMNS.get(name) == "date":
        return numbers.day(value), ""
    if isinstance(value, bool):
        return "yes" if value else "no", ""
    if isinstance(value, int | float):
        return plain.amount(value, 1), ""
    return str(value).replace("_", " ") if name == "state" else str(value), "text"


def money(value: float, currency: str, *, sign: bool = False) -> str:
    """An amount; nothing needs no cents."""
    return numbers.money(value, currency, sign=sign) if value else numbers.money(0, currency).split(".")[0]


def percent(change: float) -> str:
    """A relative change in whole percents, signed."""
    return f"{plain.signed(100 * change, 0)}{numbers.NARROW}%"


def health(judged: Judgement | None) -> SafeString | str:
    """The score and its band in words."""
    if judged is None:
        return ""
    if judged.score is None:
        return format_html('<span class="grey">{}</span>', "too little known")
    return format_html(
        '<span class="score"><b>{}</b> <span class="tag {}">{}</span></span>',
        round(judged.score),
        tag(judged.band),
        titled(judged.band),
    )


def tag(band: str) -> str:
    """The class of a band's tag; bands of other names than the usual three are grey."""
    return {"at risk": "risk", "needs attention": "watch", "watch": "watch", "insufficient_data": ""}.get(band, "")


def totals(found: Customers, columns: Sequence[Column]) -> list[tuple[Column, str, str]]:
    """The foot: of everyone in the segment, not of the page."""
    sums = found.totals
    said = []
    for column in columns:
        value, way = "", ""
        if column.name in ("mrr", "mrr_year_ago") and sums[column.name] is not None:
            value = numbers.money(sums[column.name], found.currency)
        elif column.name == "mrr_change" and sums["mrr"] is not None:
            difference = sums["mrr"] - sums["mrr_year_ago"]
            value, way = numbers.money(difference, found.currency, sign=bool(difference)), ""
        elif column.name in ("open_tickets", "active_users") and sums[column.name] is not None:
            value = plain.amount(sums[column.name], 0)
        said.append((column, value, way))
    return said
