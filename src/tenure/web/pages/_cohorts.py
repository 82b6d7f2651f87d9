"""What the cohorts page writes: its state from the address, steps of the heat map, its cells, who left."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.cohorts_grid import Grid
from tenure.errors import UsageError
from tenure.result import Row
from tenure.web import numbers
from tenure.web.controls import href, number, one

GRAINS = ("week", "month", "quarter", "year")
HEADLINES = {
    "week": (1, 4, 8, 12, 26),
    "month": (1, 3, 6, 12, 18),
    "quarter": (1, 2, 3, 4, 6),
    "year": (1, 2, 3, 4, 5),
}
MODES = (
    ("active_bounded", "active in the age itself"),
    ("active_unbounded", "active in it or later"),
    ("active_continuous", "active in every one so far"),
    ("active_return_by", "active in any one so far"),
)
STEPS = {
    "customers": (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.985),
    "revenue": (0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.1, 1.25),
    "usage": (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.985),
}
"""Where the colours of the heat map change; fixed, so that two pages can be held side by side."""
SAID = {
    "customers": "Share of each cohort still a customer",
    "revenue": "What each cohort pays, of what it paid when it began",
    "usage": "Share of each cohort that uses the product",
}


@dataclass(frozen=True)
class State:
    """Everything the address says."""

    tab: str = "customers"
    grain: str = "month"
    last: int = 24
    mode: str = MODES[0][0]
    where: str = ""
    show: str = "share"
    cohort: str = ""
    age: int = -1

    @classmethod
    def of(cls, request: HttpRequest) -> State:
        """The state in an address; a word that is none of its choices is refused by name."""
        chosen = {
            name: _choice(name, one(request, name, known[0], 40), known)
            for name, known in (
                ("tab", ("customers", "revenue", "usage")),
                ("grain", ("month", "week", "quarter", "year")),
                ("mode", tuple(mode for mode, _ in MODES)),
                ("show", ("share", "count")),
            )
        }
        return cls(
            chosen["tab"],
            chosen["grain"],
            number(request, "last", 24, 2, 36),
            chosen["mode"],
            one(request, "where"),
            chosen["show"],
            one(request, "cohort", longest=20),
            number(request, "age", -1, 0, 119),
        )

    @property
    def metric(self) -> str:
        """The metric behind the tab."""
        return "revenue_retention" if self.tab == "revenue" else "cohort_retention"

    @property
    def variant(self) -> str | None:
        """Its variant."""
        return self.mode if self.tab == "usage" else None

    @property
    def asked(self) -> dict[str, Any]:
        """The question for the grid."""
        found: dict[str, Any] = {"last": self.last, "grain": self.grain, "where": (self.where,) if self.where else ()}
        return found | ({"variant": self.variant} if self.variant else {})


def _choice(name: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise UsageError(f"There is no {name} {word!r}.", todo=f"Use one of {', '.join(known)}.")
    return word


def step(value: float, tab: str) -> str:
    """The class of a cell's colour."""
    return f"q{bisect_right(STEPS[tab], value + 1e-12)}"


def steps(tab: str) -> list[tuple[str, str]]:
    """The colours and what they stand for."""
    at = [_percent(bound, bound not in (0.985,)) for bound in STEPS[tab]]
    between = [f"{low} to under {high}" for low, high in pairwise(at)]
    names = [f"under {at[0]}", *between, f"{at[-1]} and over"]
    return [(f"q{k}", name) for k, name in enumerate(names)]


def _percent(share: float, whole: bool = True) -> str:
    return f"{share * 100:.{0 if whole else 1}f}{numbers.NARROW}%"


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, its colour, where it leads; `title`: the whole of it in words."""

    text: str
    kind: str = ""
    href: str = ""
    title: str = ""
    chosen: bool = False


def table(request: HttpRequest, found: Grid, state: State) -> dict[str, Any]:
    """The heat map: the weighted row, then a row for each cohort."""
    currency = found.result.currency or request.door.customers(limit=1, columns=("state",)).currency
    together = [
        _cell(row, "All cohorts that have reached it", age, state, currency) if row else Cell("")
        for age, row in enumerate(found.together)
    ]
    lines = []
    for line in found.lines:
        cells = []
        for age, row in enumerate(line.cells):
            to = href(request, {"cohort": line.label, "age": age}) + "#left"
            cells.append(_cell(row, numbers.period(line.label), age, state, currency, to))
        cells += [Cell("")] * (found.ages - len(cells))
        lines.append((numbers.period(line.label), line.size, cells))
    return {"ages": range(found.ages), "together": together, "lines": lines, "size": found.size}


def _cell(row: Row, name: str, age: int, state: State, currency: str | None, to: str = "") -> Cell:
    if row.value is None:
        return Cell("")
    text = f"{float(row.value) * 100:.0f}"
    if state.show == "count":
        amount = float(row.numerator or 0)
        text = numbers.axis(amount, "money", currency) if state.tab == "revenue" else f"{amount:,.0f}"
    kind = step(float(row.value), state.tab) if row.complete else "incomplete"
    of = "" if state.tab == "revenue" else f", {int(row.numerator or 0):,} of {int(row.denominator or 0):,}"
    title = f"{name}, {state.grain} {age}: {numbers.text(row.value, 'share')}{of}"
    title += "" if row.complete else ", not over yet"
    return Cell(text, kind, to, title, chosen=state.cohort == row.period and state.age == age)


def headlines(found: Grid, state: State) -> list[dict[str, Any]]:
    """Retention of all cohorts together at five ages."""
    shown = []
    for age in HEADLINES[state.grain]:
        row = found.together[age] if age < len(found.together) else None
        one: dict[str, Any] = {"name": f"{state.grain.capitalize()} {age}", "row": row}
        if row is not None:
            one["value"] = numbers.value(row.value, "share")
            one["interval"] = numbers.interval(row.low, row.high, "share")
            one["n"] = f"{row.n or 0:,}"
        shown.append(one)
    return shown


def finding(found: Grid, state: State) -> tuple[SafeString, str]:
    """The page's sentence and the title of its heat map, where the data carry them."""
    at = {age: float(row.value or 0) * 100 for age, row in enumerate(found.together) if row is not None and age}
    if not at:
        return format_html(""), "No cohort has a full period behind it yet"
    some = [age for age in HEADLINES[state.grain] if age in at] or list(at)[:1]
    unit, ages = state.grain, some[2:4] or some[-2:]
    first, last = ages[0], ages[-1]
    what = {"customers": "are still customers", "usage": "use the product"}.get(state.tab, "are still paid")
    who = "in MRR that cohorts begin with" if state.tab == "revenue" else "customers who join"
    said = format_html("Of 100 {}, <b>{}</b> {} after {} {}", who, f"{at[first]:.0f}", what, first, _of(unit, first))
    if last != first:
        said = format_html("{} and <b>{}</b> after {}", said, f"{at[last]:.0f}", last)
    gone = 100 - at[last]
    if gone < 0.5:
        return format_html("{}.", said), f"{unit.capitalize()} {last} keeps all of what began"
    title = f"{gone:.0f} of 100{' in MRR' if state.tab == 'revenue' else ''} are gone by {unit} {last}"
    early = 100 - at[first]
    if last != first and 0 < early <= gone:
        title += f", {early:.0f} of them by {unit} {first}"
    return format_html("{}.", said), title


def _of(unit: str, count: int) -> str:
    return unit if count == 1 else f"{unit}s"
