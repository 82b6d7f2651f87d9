"""What the overview asks, a question for each kind of table; and what it writes about the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from tenure.access import Seen
from tenure.charts.waterfall import Moves
from tenure.metric import catalogue
from tenure.result import Result
from tenure.web import numbers
from tenure.web.controls import address
from tenure.web.figure import Figure
from tenure.web.pages import _overview_attention as attention

WINDOW = "12m"
HEADLINE = ("mrr", "nrr", "grr", "customer_churn_rate", "nps", "customers", "csat", "first_contact_resolution", "mau")
LEDGER = (
    ("Revenue", ("customers", "mrr", "arr", "arpa", "expansion_mrr", "expansion_rate", "quick_ratio", "clv", "cac")),
    (
        "Retention",
        ("nrr", "grr", "customer_churn_rate", "revenue_churn_rate", "renewal_rate", "customer_retention_rate"),
    ),
    ("Voice", ("nps", "csat", "ces", "rating", "response_rate")),
    ("Support", ("tickets", "first_contact_resolution", "resolution_time", "first_response_time")),
    ("Use", ("mau", "stickiness", "activation_rate", "feature_breadth", "time_to_value")),
)
"""Where core metrics and their companions stand; a core metric that is not among them stands at the end."""
SALES = "non_recurring_revenue"
"""What comes in by the order, where nobody subscribes."""
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")
MOVEMENTS = (*(f"{kind}_mrr" if kind != "churn" else "churned_mrr" for kind in KINDS), "fx_mrr")
COLOURS = (*KINDS, "slate")
NAMES = ("New", "Expansion", "Reactivation", "Contraction", "Churn", "Exchange rates")


@dataclass(frozen=True)
class Choice:
    """What the reader chose."""

    period: str = ""
    compare: str = "previous"
    where: tuple[str, ...] = ()


@dataclass
class Overview:
    """What the page shows."""

    period: str
    headline: list[Figure] = field(default_factory=list)
    ledger: list[tuple[str, list[Figure]]] = field(default_factory=list)
    start: float = 0.0
    moves: list[Moves] = field(default_factory=list)
    legend: list[tuple[str, str, str]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[str, Any] = field(default_factory=dict)
    sales: list[tuple[str, float | None, bool]] = field(default_factory=list)
    attention: list[dict[str, str]] = field(default_factory=list)
    movers: list[dict[str, str]] = field(default_factory=list)
    currency: str | None = None
    end: date | None = None


def gather(door: Seen, lazy: Seen, choice: Choice) -> Overview:
    """Everything on the page. `lazy`: the same door, behind which nothing begins that takes minutes."""
    there = {row["metric"] for row in door.metrics() if row["available"]}
    core = door.core()
    headline = HEADLINE if "mrr" in there else (*core, *HEADLINE)  # without subscriptions, what its kind looks at first
    wanted = [name for name in dict.fromkeys((*headline, *_ids(core))) if name in there]
    span: dict[str, Any] = {"to": choice.period, "last": 24} if choice.period else {"last": 24}
    now = [
        result
        for some in _together(wanted)
        for result in door.show(*some, where=choice.where, window=WINDOW, compare=choice.compare, **span)
    ]
    period = now[0].rows[-1].period if now and now[0].rows else choice.period
    figures = {r.metric: Figure(r, r.rows[-1], r.rows, _link(r, choice), _note(r)) for r in now if r.rows}
    found = Overview(period, currency=next((r.currency for r in now if r.currency), None))
    found.headline = [figures[name] for name in dict.fromkeys(headline) if name in figures][:5]
    found.ledger = _ledger(figures, core, first="mrr" not in there)
    found.end = now[0].rows[-1].end if now and now[0].rows else None
    if "mrr" in there:
        _movements(door, choice, period, found)
        found.movers = attention.movers(door, choice.where, period, found.currency)
    elif SALES in there:
        _sales(door, choice, period, found)
    found.attention = [*attention.data(door), *attention.risk(lazy, choice.where, pays="mrr" in there)]
    found.attention += attention.goals(door)
    if "mrr" in there and found.end:
        found.attention += attention.renewals(door, choice.where)
    return found


def _together(wanted: Sequence[str]) -> list[list[str]]:
    """What reads the same tables is one question, and no question holds the engine against everybody for long."""
    own = {name: title for title, names in LEDGER[2:] for name in names}
    found: dict[str, list[str]] = {}
    for name in wanted:
        found.setdefault(own.get(name, ""), []).append(name)
    return list(found.values())


def _ids(core: Sequence[str]) -> list[str]:
    return [*core, *(name for _, names in LEDGER for name in names)]


def _link(result: Result, choice: Choice) -> str:
    windowed = catalogue()[result.metric].windowed
    return address(
        f"/metrics/{quote(result.metric)}", to=choice.period, window=WINDOW if windowed else "", where=choice.where
    )


def _note(result: Result) -> str:
    return "12\u00a0months" if catalogue()[result.metric].windowed else ""


def _ledger(figures: dict[str, Figure], core: Sequence[str], *, first: bool) -> list[tuple[str, list[Figure]]]:
    """By groups; what only this kind of business has at the end, or `first`."""
    placed = {name for _, names in LEDGER for name in names}
    rest = [figures[name] for name in core if name in figures and name not in placed]
    groups = [(title, [figures[name] for name in names if name in figures]) for title, names in LEDGER]
    own = [("This kind of business" if first else "More of this business", rest)]
    return [(title, rows) for title, rows in [*(own * first), *groups, *(own * (not first))] if rows]


def _movements(door: Seen, choice: Choice, period: str, found: Overview) -> None:
    """The last twelve months, and the one that runs, from the MRR before them."""
    results = door.show("mrr", *MOVEMENTS, to=period, last=13, where=choice.where)
    levels, kinds = results[0].rows, [r.rows for r in results.results[1:]]
    found.start = float(levels[0].value or 0)
    found.currency = results[0].currency
    for k in range(1, len(levels)):
        amounts = [(colour, float(rows[k].value or 0)) for colour, rows in zip(COLOURS, kinds, strict=True)]
        net = sum(Fraction(rows[k].value or 0) for rows in kinds)
        label = numbers.period(levels[k].period).split(" ")[0]
        found.moves.append(Moves(label, amounts, numbers.thousands(float(net)), levels[k].complete))
        cells = [numbers.money(rows[k].value or 0, found.currency, sign=True) for rows in kinds]
        found.steps.append(
            {
                "period": numbers.period(levels[k].period),
                "cells": [*cells, numbers.money(net, found.currency, sign=True)],
                "level": numbers.money(levels[k].value or 0, found.currency),
            }
        )
    totals = [sum((Fraction(row.value or 0) for row in rows[1:]), Fraction(0)) for rows in kinds]
    found.legend = [
        (colour, name, numbers.money(total, found.currency, sign=True))
        for colour, name, total in zip(COLOURS, NAMES, totals, strict=True)
        if total
    ]
    up = [k for k in range(1, len(levels)) if Fraction(levels[k].value or 0) > Fraction(levels[k - 1].value or 0)]
    first, last = Fraction(levels[0].value or 0), Fraction(levels[-1].value or 0)
    found.sums = {
        "first": numbers.money(first, found.currency),
        "last": numbers.money(last, found.currency),
        "grew": len(up),
        "of": len(levels) - 1,
        "change": numbers.change(first, last - first, "money") if first else "",
        "month": numbers.money(last - Fraction(levels[-2].value or 0), found.currency, sign=True),
        "rose": last >= first,
    }


def _sales(door: Seen, choice: Choice, period: str, found: Overview) -> None:
    """What came in by the order in each of the last thirteen months, where nobody subscribes."""
    (result,) = door.show(SALES, to=period, last=13, where=choice.where).results
    rows, found.currency = result.rows, result.currency
    found.sales = [
        (numbers.period(row.period).split(" ")[0], None if row.value is None else float(row.value), row.complete)
        for row in rows
    ]
    last, before = Fraction(rows[-1].value or 0), Fraction(rows[-2].value or 0)
    year = Fraction(rows[0].value or 0)
    found.sums = {
        "sold": numbers.money(last, found.currency),
        "month": numbers.change(before, last - before, "money") if before else "",
        "change": numbers.change(year, last - year, "money") if year else "",
        "rose": last >= year,
        "rows": [
            (numbers.period(row.period), numbers.money(row.value, found.currency) if row.value is not None else "none")
            for row in rows
        ],
    }
