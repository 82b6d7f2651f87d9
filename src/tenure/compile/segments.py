"""Segments: what --by groups and --where keeps, joined to rows and levels. Part of compile.

A name means the customer's attribute where customers have one, else the row's own column; `table.column` says which.
An attribute with history is taken as it stood at the day in question; `current.column` is the customer's attribute as
it stands now, on every day. An empty value is the group `(none)`, a row of no customer is `unattributed`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

from tenure import lean, model
from tenure.compile.record import to_ibis
from tenure.errors import RequestError, UnknownName
from tenure.expr import Col, Expr, Op
from tenure.filter import columns as columns_of
from tenure.rollup import CARRIED, KEYS
from tenure.rollups._rfm import NUMBERS

Then = Callable[[ir.Table], ir.Table] | None
NONE = "(none)"
UNATTRIBUTED = "unattributed"
CUSTOMER = "customer_id"
"""Who a customer is: known of every customer, whatever tables name it, and never changes."""
TENURE = "tenure_months"
STATE = "state"
CURRENT = "current"
"""The table that a name says for a customer's attribute as it stands now, whatever it was before."""
_SHOWN = "shown_"
"""Before the name of a column: what a group is called."""
"""The built-in attributes: whole months since first becoming a customer; the state a customer is in."""


@dataclass(frozen=True)
class Segments:
    """The groups and the filter of one request, and where their columns are.

    `attributes`: the columns of `customer_pieces` with their Ibis types; `dated`: whether any customer has more than
    one piece, so that attributes must be taken as they stood; `whole`: whether every customer has exactly one, so that
    an inner join, which engines plan better, loses nobody. `own`: columns of subscriptions, each kept in a table
    of pieces made for the request (name to table). `others`: further names that exist, to suggest the nearest.
    `fixed`: columns of a metric's own rows (feature, step), which leaves over other rows know nothing of.
    `firsts`: where tenure is asked for, the table of everyone's first day as a customer.
    `each`: by customer, whose key every row has, and by nothing else. `told`: further conditions, which keep nobody
    out: whether they hold is a column of its own (`truths`).
    """

    by: tuple[str, ...] = ()
    condition: Expr | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    dated: bool = False
    whole: bool = False
    own: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    firsts: str | None = None
    fixed: tuple[str, ...] = ()
    each: bool = False
    told: tuple[Expr, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every column in use, each once."""
        conditions = (*self.told, *(() if self.condition is None else (self.condition,)))
        return tuple(dict.fromkeys([*self.by, *(name for one in conditions for name in columns_of(one))]))

    @property
    def group(self) -> tuple[str, ...]:
        """The names of the group columns in a query."""
        return ("cust",) if self.each else tuple(f"g{i}" for i in range(len(self.by)))

    @property
    def truths(self) -> tuple[str, ...]:
        """The names of the columns that say whether conditions hold."""
        return tuple(f"c{i}" for i in range(len(self.told)))

    def attribute(self, name: str) -> str | None:
        """The customers column that a name means, if it means one."""
        table, _, column = name.rpartition(".")
        known = dict(self.attributes)
        there = table in ("", "customers", CURRENT)
        return column if name not in self.fixed and column in known and there else None

    def dated_attribute(self, name: str) -> bool:
        """Whether a name means an attribute that can change with time."""
        return self.dated and self.attribute(name) is not None and not name.startswith(f"{CURRENT}.")

    @property
    def of_customers(self) -> bool:
        """True where every name says something of a customer, none of a row alone."""
        known = {*dict(self.own), CUSTOMER, TENURE, STATE}
        listed = model.TABLES["customers"].columns
        return all(name in known or self.attribute(name) or _bare(name) in listed for name in self.names)

    def without_fixed(self) -> Segments:
        """The same for leaves over other rows than the metric's own: everyone's, in each group."""
        kept = [part for part in _conjuncts(self.condition) if not set(columns_of(part)) & set(self.fixed)]
        condition = functools.reduce(lambda one, other: Op("and", (one, other)), kept) if kept else None
        by = tuple(name for name in self.by if name not in self.fixed)
        return replace(self, by=by, condition=condition, fixed=())

    @property
    def moves(self) -> bool:
        """True where a customer's group can change with time."""
        own = dict(self.own)
        return any(name in own or name == TENURE or self.dated_attribute(name) for name in self.names)

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The attributes in use that rows may take along with their customer's key: everyone has one value of each."""
        used = {column for name in self.names if (column := self.attribute(name))}
        return tuple((name, kind) for name, kind in self.attributes if name in used and self.whole and not self.dated)

    def edges(self) -> ir.Table:
        """(cust, day): every day on which a piece of an attribute in use begins or ends."""
        own = dict(self.own)
        tables = [own[name] for name in self.names if name in own]
        if any(self.dated_attribute(name) for name in self.names):
            tables.append("customer_pieces")
        if not tables:
            return lean.table({"cust": "int64", "day": "date"}, name="none").filter(ibis.literal(False))
        found = []
        for name in tables:
            pieces = lean.table({"cust": "int64", "from_day": "date", "to_day": "date"}, name=name)
            found += [pieces.select("cust", day="from_day"), pieces.select("cust", day="to_day")]
        return ibis.union(*found).distinct()

    def attach(
        self,
        rows: ir.Table,
        day: ir.Value | None,
        boundary: ir.Value | None = None,
        *,
        owned: bool = False,
        then: Then = None,
    ) -> ir.Table:
        """The rows that the condition keeps, with a column g0.. for each group.

        `day`: when to read attributes; `boundary`: the day before which tenure is counted; `owned`: no row is without
        a customer, as in a table of steps; `then`: what makes more rows of them, after they have met customers.
        """
        if not self.names and not self.told:
            return rows if then is None else then(rows)
        values: dict[str, ir.Value] = {}
        moments = {"at_day_": day, "boundary_": boundary}
        rows = rows.mutate(**{name: value for name, value in moments.items() if value is not None})
        rows, values = self._with_attributes(rows, values, owned=owned)
        if CUSTOMER in self.names:
            rows, values = self._with_id(rows, values)
        rows, values = self._with_own(rows, values)
        if TENURE in self.names:
            rows, values = self._with_tenure(rows, values)
        if then is not None:
            rows = then(rows)
            values = {name: rows[value.get_name()] for name, value in values.items()}
        here = [name for name in self.names if name not in values and not name.startswith(f"{CURRENT}.")]
        of_rows = {name for name in here if self._row_column(rows, name)}
        for name in self.names:
            if name not in values:
                values[name] = self._of_row(rows, name)
        env: dict[Expr, ir.Value] = {Col(n): v for n, v in values.items()}
        try:
            if self.condition is not None:
                rows = rows.filter(_holds(self.condition, env))
            groups = {name: _holds(one, env) for name, one in zip(self.truths, self.told, strict=True)}
        except Exception as error:  # Ibis refuses with a dozen kinds of its own and of Python's
            raise RequestError(
                f"The condition does not fit the columns: {_first_line(error)}.",
                where="--where",
                todo="Compare text with text and numbers with numbers.",
            ) from error
        for label, name in zip(self.group, self.by, strict=True):
            ready = f"{_SHOWN}{values[name].get_name()}"
            if ready in rows.columns:
                groups[label] = rows[ready] if owned else ibis.coalesce(rows[ready], ibis.literal(UNATTRIBUTED))
            else:
                groups[label] = _shown(rows, values[name], of_customer=name not in {*self.fixed, *of_rows})
        return rows.mutate(**groups)

    def _with_attributes(
        self, rows: ir.Table, values: dict[str, ir.Value], *, owned: bool
    ) -> tuple[ir.Table, dict[str, ir.Value]]:
        wanted = {name: column for name in self.names if (column := self.attribute(name))}
        for dated in (True, False):
            some = {name: column for name, column in wanted.items() if self.dated_attribute(name) is dated}
            if some:
                rows, found = self._joined(rows, some, dated=dated and "at_day_" in rows.columns, owned=owned)
                values = values | found
        return rows, {name: rows[value.get_name()] for name, value in values.items()}

    def _joined(
        self, rows: ir.Table, wanted: dict[str, str], *, dated: bool, owned: bool
    ) -> tuple[ir.Table, dict[str, ir.Value]]:
        """The rows with customers' attributes: as they stood at the row's day, or as they stand now."""
        types = dict(self.attributes)
        schema = {c: types[c] for c in sorted(set(wanted.values()))}
        schema |= {"cust": "int64", "from_day": "date", "to_day": "date", "is_last": "boolean"}
        table = lean.table(schema, name="customer_pieces")
        label = {name: f"{'c' if name.startswith(CURRENT) else 'a'}_{column}" for name, column in wanted.items()}
        if all(f"{CARRIED}{column}" in rows.columns for column in wanted.values()):
            rows = rows.mutate(**{label[name]: rows[f"{CARRIED}{column}"] for name, column in wanted.items()})
            return rows, {name: rows[label[name]] for name in wanted}
        renamed = {label[name]: table[column] for name, column in sorted(wanted.items())}
        if dated:
            pieces = table.select(p_cust=table.cust, p_from=table.from_day, p_to=table.to_day, **renamed)
            inside = (rows.at_day_ >= pieces.p_from) & (rows.at_day_ < pieces.p_to)
            rows = rows.join(pieces, [rows.cust == pieces.p_cust, inside], how="left").drop("p_cust", "p_from", "p_to")
        else:
            pieces = table.filter(table.is_last).select(p_cust=table.cust, **renamed)
            how: Literal["inner", "left"] = "inner" if owned and self.whole else "left"
            if self.whole:
                # Nobody is without a row there, so groups get their names before the join: there are fewer customers.
                named = {f"{_SHOWN}{label[name]}": _named(pieces[label[name]]) for name in wanted if name in self.by}
                pieces = pieces.mutate(**named)
            rows = rows.join(pieces, rows.cust == pieces.p_cust, how=how).drop("p_cust")
        return rows, {name: rows[label[name]] for name in wanted}

    def _with_id(self, rows: ir.Table, values: dict[str, ir.Value]) -> tuple[ir.Table, dict[str, ir.Value]]:
        """The customer's own id, of whoever is known, paying or not."""
        keys = KEYS.select(i_cust=KEYS.cust, id_=KEYS.customer_id)
        rows = rows.join(keys, rows.cust == keys.i_cust, how="left").drop("i_cust")
        return rows, {name: rows[value.get_name()] for name, value in values.items()} | {CUSTOMER: rows.id_}

    def _with_own(self, rows: ir.Table, values: dict[str, ir.Value]) -> tuple[ir.Table, dict[str, ir.Value]]:
        tables = dict(self.own)
        for i, name in enumerate(n for n in self.names if n in tables and n not in values):
            if self._row_column(rows, name) and "kind" not in rows.columns:
                continue
            schema = {"cust": "int64", "from_day": "date", "to_day": "date", "value": "string"}
            table = lean.table(schema, name=tables[name])
            label = f"own_{i}"
            pieces = table.select(
                **{"p_cust": table.cust, "p_from": table.from_day, "p_to": table.to_day, label: table["value"]}
            )
            if "at_day_" not in rows.columns:
                raise RequestError(f"{name!r} cannot group this metric.", where="--by")
            inside = (rows.at_day_ >= pieces.p_from) & (rows.at_day_ < pieces.p_to)
            rows = rows.join(pieces, [rows.cust == pieces.p_cust, inside], how="left").drop("p_cust", "p_from", "p_to")
            if name in NUMBERS:
                rows = rows.mutate(**{label: rows[label].cast("int64")})
            values = values | {name: rows[label]}
        return rows, {name: rows[value.get_name()] for name, value in values.items()}

    def _with_tenure(self, rows: ir.Table, values: dict[str, ir.Value]) -> tuple[ir.Table, dict[str, ir.Value]]:
        """Whole months since first becoming a customer; none before that."""
        if self.firsts is None or "boundary_" not in rows.columns:
            raise RequestError(f"{TENURE!r} cannot group this metric.", where="--by or --where")
        table = lean.table({"cust": "int64", "first": "date"}, name=self.firsts)
        firsts = table.select(p_cust=table.cust, p_first=table["first"])
        rows = rows.join(firsts, rows.cust == firsts.p_cust, how="left").drop("p_cust")
        end, begin = rows.boundary_, rows.p_first
        months = (end.year() - begin.year()) * 12 + end.month() - begin.month()
        whole = months - ibis.ifelse(end.day() < begin.day(), 1, 0)
        rows = rows.mutate(tenure_=ibis.ifelse(begin < end, whole.cast("int64"), ibis.null("int64")))
        return rows, {name: rows[value.get_name()] for name, value in values.items()} | {TENURE: rows.tenure_}

    def _row_column(self, rows: ir.Table, name: str) -> str | None:
        column = name.rpartition(".")[2]
        return column if column in rows.columns else None

    def _of_row(self, rows: ir.Table, name: str) -> ir.Value:
        column = None if name.startswith(f"{CURRENT}.") else self._row_column(rows, name)
        if column is None and _bare(name) in model.TABLES["customers"].columns:
            return ibis.null("string").name(name)  # customers could have it, but nobody has said it
        if column is None:
            raise UnknownName("column", name, [*dict(self.attributes), *self.others], where="--by or --where")
        return rows[column]


def _bare(name: str) -> str:
    """A name without the word that says it is the customer's."""
    return name.removeprefix("customers.").removeprefix(f"{CURRENT}.")


def _conjuncts(condition: Expr | None) -> list[Expr]:
    """The parts of a condition that must all hold."""
    if condition is None:
        return []
    if isinstance(condition, Op) and condition.name == "and":
        return [part for arg in condition.args for part in _conjuncts(arg)]
    return [condition]


def _shown(rows: ir.Table, value: ir.Value, *, of_customer: bool) -> ir.Value:
    """A group's name: the value as text, or what stands for its absence."""
    text = _named(rows[value.get_name()] if value.get_name() in rows.columns else value)
    return (
        ibis.ifelse(rows.cust.isnull(), ibis.literal(UNATTRIBUTED), text)
        if of_customer and "cust" in rows.columns
        else text
    )


def _holds(condition: Expr, env: dict[Expr, ir.Value]) -> ir.Value:
    """Whether a condition holds; what it cannot tell does not."""
    return ibis.coalesce(to_ibis(condition, env), ibis.literal(False))


def _named(value: ir.Value) -> ir.Value:
    return ibis.coalesce(value.cast("string"), ibis.literal(NONE))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
