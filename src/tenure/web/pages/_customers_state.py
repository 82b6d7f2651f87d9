"""What the list of customers shows, as its address says it: segment, search, filters, order, columns, page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from tenure.access import Seen
from tenure.access_role import quoted
from tenure.directory_columns import COLUMNS, PAYING
from tenure.errors import NotAllowed, NotThere, TenureError, UsageError
from tenure.web.controls import href, number, one, some
from tenure.web.models import Segment

SIZE = 50
COMPARISONS = (
    ("is", "is"),
    ("not", "is not"),
    ("has", "contains"),
    ("from", "is at least"),
    ("upto", "is at most"),
    ("empty", "is empty"),
    ("set", "is not empty"),
)
_SYMBOLS = {"is": "=", "not": "!=", "from": ">=", "upto": "<="}
_SAID = {"=": "is", "!=": "is not", ">=": "at least", "<=": "at most", ">": "over", "<": "under", "ILIKE": "contains"}
_PLAIN = re.compile(
    r'^"?(?P<column>[^"=<>!]+?)"? (?P<how>=|!=|>=|<=|>|<|ILIKE) (?P<value>\'(?:[^\']|\'\')*\'|-?[\d.]+)$'
)
_SET = re.compile(r'^"?(?P<column>[^"=<>!]+?)"? IS (?P<no>NOT )?NULL$')


@dataclass(frozen=True)
class Tab:
    """A segment to choose: its name in the address, its title, its conditions."""

    name: str
    title: str
    where: tuple[str, ...] = ()
    own: Segment | None = None


@dataclass(frozen=True)
class State:
    """What is asked for."""

    tab: Tab
    search: str
    where: tuple[str, ...]
    sort: str
    order: str
    page: int
    columns: tuple[str, ...]

    @property
    def asked(self) -> dict[str, Any]:
        """The question without its page."""
        descending = {"down": True, "up": False}.get(self.order)
        return {
            "where": (*self.tab.where, *self.where),
            "search": self.search,
            "sort": self.sort,
            "descending": descending,
        }


def state_of(request: HttpRequest, tabs: list[Tab]) -> State:
    """The state of an address."""
    name = one(request, "in", "all", 120)
    tab = next((tab for tab in tabs if tab.name == name), None)
    if tab is None:
        raise NotThere(f"There is no segment {name!r}.", where="in", todo="Choose one of those above the list.")
    return State(
        tab,
        one(request, "q", longest=200),
        some(request, "where"),
        one(request, "sort", "mrr", 200),
        one(request, "order", longest=4),
        number(request, "page", 1, 1, 1_000_000),
        some(request, "columns"),
    )


def tabs_of(request: HttpRequest, cut: date) -> list[Tab]:
    """All; those of the settings; those that are always there; those that people saved."""
    door: Seen = request.door
    person = request.person
    found = [Tab("all", "All"), Tab("paying", "Paying", (f"state IN ({', '.join(map(quoted, PAYING))})",))]
    found += [Tab(f"@{one.name}", titled(one.name), (f"@{one.name}",)) for one in door.segments()]
    soon = (cut + timedelta(days=90)).isoformat()
    found.append(Tab("renewals", "Renewals, next 90 days", (f"next_renewal < '{soon}'",)))
    found.append(Tab("less", "Use has halved", ("usage <= 0.5 AND mrr > 0",)))
    if person.owner and person.role != "csm":
        found.append(Tab("mine", "Mine", (f"owner = {quoted(person.owner)}",)))
    saved = Segment.objects.filter(Q(person=person) | Q(shared=True)).order_by("name", "pk")[:50]
    found += [Tab(f"s{one.pk}", one.name, tuple(one.condition.split("\n")), one) for one in saved]
    return found


def counted(door: Seen, tab: Tab) -> int | None:
    """How many are in it; None where its condition does not hold any more."""
    try:
        return door.customers(where=tab.where, limit=1, columns=("mrr",)).found
    except NotAllowed:
        return None
    except TenureError:
        return None


def titled(name: str) -> str:
    """A name as people read it."""
    words = name.replace("_", " ")
    if words.lower() in ("nps", "csat", "ces", "mrr", "arr", "id"):
        return words.upper()
    return words[:1].upper() + words[1:]


def condition(column: str, how: str, value: str, numeric: bool) -> str:
    """A filter's form as a condition."""
    name = f'"{column}"'
    if not column or len(column) > 100 or '"' in column or "\x00" in column or "\n" in column:
        raise UsageError("A filter needs a column.", todo="Choose one of the list.")
    if how in ("empty", "set"):
        return f"{name} IS {'NOT ' if how == 'set' else ''}NULL"
    text = " ".join(value.split())
    if not text:
        raise UsageError(f"The filter on {column!r} has no value.", todo="Write one, or choose is empty.")
    if how == "has":
        if numeric:
            raise UsageError(f"{column!r} holds numbers, which contain no text.", todo="Choose is at least.")
        return f"{name} ILIKE {quoted('%' + text.replace('%', '').replace('_', ' ') + '%')}"
    if how not in _SYMBOLS:
        raise UsageError("There is no such comparison.", todo=f"Use one of {', '.join(k for k, _ in COMPARISONS)}.")
    if numeric:
        plain = text.replace(",", "").lstrip("$€£")
        if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain):
            raise UsageError(f"{text[:40]!r} is not a number, and {column!r} holds numbers.", todo="Write 1200 or 0.5.")
        return f"{name} {_SYMBOLS[how]} {plain}"
    return f"{name} {_SYMBOLS[how]} {quoted(text)}"


def chips(request: HttpRequest, state: State) -> list[dict[str, str]]:
    """The filters in words, each with the address without it."""
    found = []
    for k, text in enumerate(state.where):
        rest = [other for i, other in enumerate(state.where) if i != k]
        name, said = words(text)
        found.append({"name": name, "said": said, "without": href(request, {"where": rest, "page": None})})
    return found


def words(text: str) -> tuple[str, str]:
    """A condition as (column, rest), in words where it is a plain one."""
    found = _PLAIN.match(text)
    if found:
        value = found["value"].strip("'").replace("''", "'")
        value = value.strip("%") if found["how"] == "ILIKE" else value
        return titled(found["column"]), f"{_SAID[found['how']]} {value}"
    found = _SET.match(text)
    if found:
        return titled(found["column"]), "is not empty" if found["no"] else "is empty"
    return "", text


def is_number(column: str, rows: Any) -> bool:
    """Whether a column holds numbers: as the list says, else as its rows show."""
    if column in COLUMNS:
        return COLUMNS[column] in ("float64", "int64")
    values = [row["attributes"].get(column) for row in rows]
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
