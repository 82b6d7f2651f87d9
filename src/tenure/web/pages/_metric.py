"""What a metric's page asks and works out: its state from the address, its groups, its account of one number."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from tenure.access import Seen
from tenure.explain import Explanation
from tenure.metric import Metric
from tenure.render import numbers as plain
from tenure.result import Result, Row
from tenure.web import marks, numbers
from tenure.web.controls import one, some
from tenure.web.figure import Figure

MOST = 8
SHOWN = 10
DEFAULT_LAST = 24


@dataclass(frozen=True)
class State:
    """Everything the address says."""

    metric: str
    from_: str = ""
    to: str = ""
    grain: str = ""
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    variant: str = ""
    compare: str = ""
    window: str = ""
    why: str = ""
    vendor: str = ""
    group: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest, metric: Metric) -> State:
        """The state in an address."""
        by = tuple(part.strip() for name in some(request, "by") for part in name.split(",") if part.strip())
        words = {name: one(request, name, longest=40) for name in ("from", "to", "grain", "variant", "compare", "why")}
        return cls(
            metric.id,
            words["from"],
            words["to"],
            words["grain"],
            by,
            some(request, "where"),
            words["variant"],
            words["compare"],
            one(request, "window", longest=10) if metric.windowed else "",
            words["why"],
            one(request, "vendor", longest=40),
            some(request, "group"),
        )

    @property
    def options(self) -> dict[str, Any]:
        """What every question of the page has in common."""
        found: dict[str, Any] = {"by": self.by, "where": self.where}
        found |= {name: getattr(self, name) for name in ("grain", "variant", "window") if getattr(self, name)}
        return found

    @property
    def span(self) -> dict[str, Any]:
        """The periods, as `show` takes them."""
        if self.from_:
            return {"from_": self.from_, **({"to": self.to} if self.to else {})}
        return {"last": DEFAULT_LAST, **({"to": self.to} if self.to else {})}

    def command(self) -> str:
        """The same from a shell."""
        words = ["tenure", "show", self.metric]
        span = self.span
        for name in ("from_", "to", "last"):
            if name in span:
                words += [f"--{name.rstrip('_')}", str(span[name])]
        for name in ("grain", "variant", "compare", "window"):
            if getattr(self, name):
                words += [f"--{name}", getattr(self, name)]
        for name in ("by", "where"):
            for value in getattr(self, name):
                words += [f"--{name}", value]
        return shlex.join(words)


@dataclass(frozen=True)
class Group:
    """One group of a breakdown (or all): its rows over time and its figure of the last period."""

    name: str
    by: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    figure: Figure
    why: str = ""


def groups_of(series: Result, now: Result, whys: Any) -> list[Group]:
    """The groups of a result, each with its rows; `whys` gives the address of a group's account."""
    rows: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for row in series.rows:
        rows.setdefault(_key(row), []).append(row)
    last = {_key(row): row for row in now.rows}
    found = []
    for key, lines in rows.items():
        row = last.get(key, lines[-1])
        name = ", ".join(value for _, value in key) or "All customers"
        found.append(Group(name, key, tuple(lines), Figure(now, row, lines), whys(key)))
    return found


def _key(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in row.by.items())


def largest(groups: Sequence[Group]) -> list[Group]:
    """Those that are drawn: all of eight, else the seven that count most."""
    if len(groups) <= MOST:
        return list(groups)
    ranked = sorted(groups, key=_size, reverse=True)[: MOST - 1]
    return [group for group in groups if group in ranked]


def _size(group: Group) -> float:
    row = group.figure.row
    return float(row.n) if row.n is not None else abs(float(row.value or 0))


def condition(key: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """A group as conditions; none where it has no name of its own."""
    found = []
    for name, value in key:
        column = name if re.fullmatch(r"[A-Za-z_][\w.]*", name) else '"' + name.replace('"', '""') + '"'
        said = "'" + value.replace("'", "''") + "'"
        found.append(f"{column} IS NULL" if value == "(none)" else f"{column} = {said}")
    return tuple(found)


@dataclass
class Account:
    """Where one number comes from, ready to be written down."""

    period: str
    group: str
    value: str
    formula: str
    parts: list[tuple[str, str]] = field(default_factory=list)
    division: list[tuple[str, str]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    rest: dict[str, str] | None = None
    total: str = ""
    count: int = 0
    variants: list[dict[str, str]] = field(default_factory=list)
    vendor: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


def account(door: Seen, state: State, group: str) -> Account:
    """The account of the number that the address opens."""
    asked: dict[str, Any] = {"where": (*state.where, *state.group)}
    asked |= {"variant": state.variant} if state.variant else {}
    asked |= {"window": state.window} if state.window else {}
    found = door.explain(state.metric, state.why, **asked)
    value = numbers.text(found.value, found.unit, found.currency) if found.value is not None else "No value"
    made = Account(numbers.period(state.why, long=True), group, value, found.formula, notes=found.notes)
    said = plain.figures([v for _, v in found.parts])
    made.parts = list(zip((_capital(name) for name, _ in found.parts), said, strict=True))
    if found.numerator is not None and found.denominator is not None:
        top, bottom = plain.figures([found.numerator, found.denominator])
        made.division = [("What is counted", top), ("÷ what it is divided by", bottom)]
    _people(found, made)
    made.variants = [_reading(one["variant"], one["value"], one["why"], found) for one in found.variants]
    if state.vendor:
        made.vendor = _vendor(door, state, asked, found)
    made.rows = found.rows[:20]
    return made


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _people(found: Explanation, made: Account) -> None:
    """The customers that make most of it, the rest as one line, and the sum."""
    people = found.customers
    most = max((abs(float(one.amount)) for one in people[:SHOWN]), default=0.0)
    total = sum((Fraction(one.amount) for one in people), Fraction(0))
    said = plain.figures(
        [*(one.amount for one in people[:SHOWN]), total - sum(Fraction(o.amount) for o in people[:SHOWN])]
    )
    made.people = [
        {
            "name": one.name or one.id,
            "href": "" if one.id == "unattributed" else "/customers/" + quote(one.id, safe=""),
            "amount": amount,
            "bar": marks.contribution(float(one.amount), most),
            "share": f"{plain.fixed(Fraction(one.amount) / total * 100, 1)} %" if total else "",
        }
        for one, amount in zip(people, said, strict=False)
    ][:SHOWN]
    if len(people) > SHOWN:
        made.rest = {"name": f"{len(people) - SHOWN:,} more", "amount": said[-1]}
    made.count, made.total = len(people), plain.figures([total])[0]


def _reading(name: str, value: Any, why: str, found: Explanation) -> dict[str, str]:
    if value is None:
        return {"name": name, "value": "no value", "differs": "", "why": why}
    same = found.value is not None and Fraction(value) == Fraction(found.value)
    differs = (
        "same" if same else "" if found.value is None else _differs(found, Fraction(value) - Fraction(found.value))
    )
    if name == found.question.variant:
        differs = "shown"
    return {"name": name, "value": numbers.text(value, found.unit, found.currency), "differs": differs, "why": why}


def _differs(found: Explanation, difference: Fraction) -> str:
    return _apart(float(difference), found.unit, found.currency)


def _vendor(door: Seen, state: State, asked: dict[str, Any], found: Explanation) -> dict[str, Any]:
    """A preset's reading, and the rules that make the difference."""
    other = door.explain(state.metric, state.why, versus=state.vendor, **asked)
    value = (other.other or {}).get("value")
    rules = [
        {
            "rule": one.rule.replace("_", " "),
            "amount": _differs(found, Fraction(one.amount)),
            "count": len(one.customers),
        }
        for one in other.differences
        if one.amount
    ]
    return {**_reading(state.vendor, value, "", found), "rules": rules}


def side_by_side(door: Seen, state: State) -> Any:
    """Every preset's reading, in words; or, while it is being worked out, how far that is."""
    asked: dict[str, Any] = {"where": (*state.where, *state.group)}
    asked |= {name: getattr(state, name) for name in ("variant", "window") if getattr(state, name)}
    found = door.readings(state.metric, state.why, **asked)
    if not isinstance(found, list):
        return found
    return [
        {
            "name": one["preset"],
            "value": "no value" if one["value"] is None else numbers.text(one["value"], one["unit"], one["currency"]),
            "differs": _apart(one["differs"], one["unit"], one["currency"]),
            "rules": ", ".join(rule["rule"].replace("_", " ") for rule in one["rules"]),
        }
        for one in found
    ]


def _apart(difference: float | None, unit: str, currency: str | None) -> str:
    if difference is None:
        return ""
    if not difference:
        return "same"
    if unit == "money":
        return numbers.money(difference, currency, sign=True)
    if unit == "share":
        return f"{plain.signed(difference * 100, 1)} pts"
    return plain.signed(difference, 2 if unit not in ("count", "points") else 0)


def paragraphs(doc: str) -> list[tuple[str, str]]:
    """A documentation's parts: (head, text), the first without a head."""
    text = " ".join(doc.split())
    pieces = re.split(r"\*([A-Z][^*]{0,60})\*", text)
    found = [("", pieces[0].strip())] if pieces[0].strip() else []
    for head, rest in zip(pieces[1::2], pieces[2::2], strict=False):
        if head.rstrip(":.") == "Leaves out" and found and not found[-1][1]:
            found.pop()
        found.append((head.rstrip(":."), rest.strip().lstrip(":").strip()))
    return found
