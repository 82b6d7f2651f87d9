"""The list of customers: found, sorted and cut, with what matters of each and the totals of all that were found.

Everything is one table that is made once for a version of the data; a request is two queries on it, whatever the page.
Floor: what is asked about results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from tenure import directory_columns as made
from tenure.compile.plan import whole
from tenure.errors import UnknownName, UsageError
from tenure.expr import Across, Steps
from tenure.money import amount
from tenure.periods import Clock, add_months

if TYPE_CHECKING:
    from tenure.compile.segments import Segments
    from tenure.engine import Engine
    from tenure.measure import Measure

MONTHS = "mrr_months"
"""The column of MRR at the close of each of the last 24 months."""
SPAN = 24
LONGEST_SEARCH = 200
SEARCHED = ("customer_id", "name", "domain", "owner")


@dataclass(frozen=True)
class Customers:
    """A page of the list. `found`: how many there are in all; `totals`: of all of them."""

    as_of: date
    currency: str
    columns: tuple[str, ...]
    attributes: tuple[str, ...]
    found: int
    totals: Mapping[str, Any]
    sort: str
    descending: bool
    limit: int | None
    offset: int
    rows: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json and of the HTTP API."""
        return {
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "found": self.found,
            "totals": dict(self.totals),
            "sort": self.sort,
            "descending": self.descending,
            "limit": self.limit,
            "offset": self.offset,
            "columns": list(self.columns),
            "attributes": list(self.attributes),
            "customers": [dict(row) for row in self.rows],
        }


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list."""

    search: str = ""
    sort: str = "mrr"
    descending: bool | None = None
    limit: int | None = 50
    offset: int = 0
    columns: tuple[str, ...] = ()


def customers(measure: Measure, segments: Segments, wanted: Wanted) -> Customers:
    """The customers that the segments' condition and the search keep."""
    engine, cut = measure.engine, measure.clock.cut
    if "subscriptions" in engine.world.loaded:
        engine.check_rates([Across("sum", Steps("mrr").at("end"))])
    table = made.kept(engine, cut, segments)
    attributes = tuple(n.removeprefix(made.ATTRIBUTE) for n in table.columns if n.startswith(made.ATTRIBUTE))
    columns = _columns(wanted, attributes)
    sort, descending = _order(wanted, attributes, table)

    def rows() -> ir.Table:
        return _searched(_kept(table, segments, cut), wanted.search, attributes)

    # Searches and later pages are as many as readers; what a page opens with is asked again and again.
    key = None if wanted.search or wanted.offset else ("directory", cut, segments, table.schema())
    totals = _totals(engine, _lines(engine, key, lambda: _sums(rows())))
    page = key and (*key, sort, descending, wanted.limit)
    lines = _lines(engine, page, lambda: _page(rows(), wanted, sort, descending))
    shown = [_row(line, columns, attributes) for line in lines]
    if MONTHS in columns:
        levels = month_closes(engine, measure.clock, [whole(line["cust"]) for line in lines])
        shown = [
            {**row, MONTHS: levels.get(whole(line["cust"]), [0.0] * SPAN if levels else [])}
            for row, line in zip(shown, lines, strict=True)
        ]
    return Customers(
        cut,
        engine.world.currency,
        columns,
        attributes,
        int(totals.pop("found")),
        totals,
        sort.removeprefix(made.ATTRIBUTE),
        descending,
        wanted.limit,
        wanted.offset,
        tuple(shown),
    )


def _columns(wanted: Wanted, attributes: Sequence[str]) -> tuple[str, ...]:
    every = (*made.COLUMNS, MONTHS)
    for name in wanted.columns:
        if name not in (*every, *attributes):
            raise UnknownName("column", name, [*every, *attributes], where="columns")
    return wanted.columns or every


def _order(wanted: Wanted, attributes: Sequence[str], table: ir.Table) -> tuple[str, bool]:
    """The column to sort by, and whether the greatest comes first: as said, else for numbers and money."""
    if wanted.limit is not None and wanted.limit < 1:
        raise UsageError(f"A page of {wanted.limit} customers shows nobody.", where="limit", todo="Ask for 1 or more.")
    if wanted.offset < 0:
        raise UsageError(f"A list has no place {wanted.offset}.", where="offset", todo="Count from 0.")
    name = wanted.sort
    column = name if name in made.COLUMNS else made.ATTRIBUTE + name.removeprefix("customers.")
    if column not in table.columns:
        raise UnknownName("column", name, [*made.COLUMNS, *attributes], where="--sort")
    down = table[column].type().is_numeric() if wanted.descending is None else wanted.descending
    return column, down


def _kept(table: ir.Table, segments: Segments, cut: date) -> ir.Table:
    """The rows that the condition keeps; columns of the list may stand in it beside attributes."""
    if segments.condition is None:
        return table
    day, boundary = ibis.literal(cut - timedelta(days=1)), ibis.literal(cut)
    rows = segments.attach(table, day, boundary, owned=True)
    return rows.select(*table.columns)


def _searched(rows: ir.Table, search: str, attributes: Sequence[str]) -> ir.Table:
    """The rows in whose id, name, domain or owner every word of the search is found, in whatever case."""
    if len(search) > LONGEST_SEARCH:
        raise UsageError(f"The search has {len(search)} characters; {LONGEST_SEARCH} is the most.", where="--search")
    places = [name for name in SEARCHED if name in ("customer_id", "name")]
    places += [made.ATTRIBUTE + name for name in SEARCHED if name in attributes]
    for word in search.lower().split():
        hits = [ibis.coalesce(rows[place].cast("string").lower().contains(word), False) for place in places]
        rows = rows.filter(ibis.or_(*hits))
    return rows


def _page(rows: ir.Table, wanted: Wanted, sort: str, descending: bool) -> ir.Table:
    ordered = rows.order_by(
        ibis.desc(rows[sort], nulls_first=False) if descending else ibis.asc(rows[sort], nulls_first=False),
        ibis.asc(rows["name"].lower()),
        ibis.asc(rows.customer_id),
    )
    return ordered.limit(wanted.limit, offset=wanted.offset) if wanted.limit is not None or wanted.offset else ordered


def _sums(rows: ir.Table) -> ir.Table:
    paying = ibis.coalesce(rows.state.isin(made.PAYING), ibis.literal(False))
    return rows.agg(
        found=rows.count(),
        customers=ibis.ifelse(paying, 1, 0).sum(),
        mrr=rows.mrr_ticks.sum().cast("decimal(38,0)"),
        mrr_year_ago=rows.year_ago_ticks.sum().cast("decimal(38,0)"),
        open_tickets=rows.open_tickets.sum(),
        active_users=rows.active_users.sum(),
    )


def _totals(engine: Engine, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = engine.world.loaded
    (line,) = lines
    found: dict[str, Any] = {"found": whole(line["found"]), "customers": whole(line["customers"] or 0)}
    for name, table in (("mrr", "subscriptions"), ("mrr_year_ago", "subscriptions")):
        found[name] = float(amount(whole(line[name] or 0))) if table in known else None
    for name, table in (("open_tickets", "tickets"), ("active_users", "events")):
        found[name] = whole(line[name] or 0) if table in known else None
    return found


def _row(line: Mapping[str, Any], columns: Sequence[str], attributes: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"customer_id": line["customer_id"], "name": line["name"]}
    for name in columns:
        if name in made.COLUMNS:
            found[name] = _plain(line, name)
    asked = [name for name in attributes if name in columns] or list(attributes)
    return found | {"attributes": {name: plain(line[made.ATTRIBUTE + name]) for name in asked}}


def shown(line: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's columns besides id, name and attributes."""
    return {name: _plain(line, name) for name in made.COLUMNS}


def _plain(line: Mapping[str, Any], name: str) -> Any:
    """Money from its exact ticks, since a float in the engine was divided already."""
    if name.startswith("mrr") and line["mrr_ticks"] is not None:
        now, then = Fraction(whole(line["mrr_ticks"])), Fraction(whole(line["year_ago_ticks"]))
        return float(amount({"mrr": now, "mrr_year_ago": then, "mrr_change": now - then}[name]))
    return plain(line[name])


def plain(value: Any) -> Any:
    """A value as JSON has it: dates and times as ISO text, amounts as numbers."""
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"  # instants are UTC
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return float(value)


def records(engine: Engine, query: ir.Table) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    return _lines(engine, None, lambda: query)


def _lines(engine: Engine, key: tuple[object, ...] | None, query: Callable[[], ir.Table]) -> list[dict[str, Any]]:
    """The same of a query whose text is kept by what it depends on, where that is said."""
    text = engine.sql(query()) if key is None else engine.text(key, lambda: engine.sql(query()))
    answer = engine.warehouse.run(text)
    return [dict(zip(answer, values, strict=True)) for values in zip(*answer.values(), strict=True)]


def month_starts(clock: Clock, months: int = SPAN) -> list[date]:
    """The first days of the last complete months, and the day after the last of them."""
    end = clock.last(1, "month")[0].end
    return [add_months(end, k - months) for k in range(months + 1)]


def month_closes(engine: Engine, clock: Clock, custs: Sequence[int], months: int = SPAN) -> dict[int, list[float]]:
    """MRR at the close of each of the last complete months, by customer; nothing without subscriptions."""
    if "subscriptions" not in engine.world.loaded:
        return {}
    ends = month_starts(clock, months)[1:]
    steps = engine.relation(Steps("mrr"))
    query = steps.filter(
        steps.cust.isin(list(custs) or [-1]) & (steps.day < ends[-1]) & (steps.until >= ends[0]) & (steps.after > 0)
    ).select("cust", "day", "until", "after")
    found: dict[int, list[float]] = {cust: [0.0] * months for cust in custs}
    for line in records(engine, query):
        level = float(amount(whole(line["after"])))
        for k, end in enumerate(ends):
            if line["day"] < end <= line["until"]:
                found[whole(line["cust"])][k] = level
    return found
