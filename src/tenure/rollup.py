"""What a rollup is: one table made from the model's tables, that metrics read. Language floor.

The rollups there are live in `rollups/`, one file each. A rollup is a function from a `World` to an Ibis expression, so
that every engine has it. A stored one is built at refresh and kept; the others are part of the query that reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import ibis
import ibis.expr.types as ir

from tenure import catalog, lean, model
from tenure.expr import Expr, Steps
from tenure.policy import Policy
from tenure.usage import Usage

KEYS = lean.table(
    {"cust": "int64", "customer_id": "string", "name": "string", "first_day": "date", "first_at": "timestamp"},
    name="customer_keys",
)
"""Every customer any table knows, with the whole number that stands for it inside, and when it was first known."""

CARRIED = "carried_"
"""Before the name of an attribute that came along with a customer's key."""


@dataclass(frozen=True)
class World:
    """What a rollup reads: the tables there are, the rules in force, and when the data stand.

    `columns`: the columns of each model table with their Ibis types. `foreign`: subscriptions in another currency than
    the reporting one. `as_of` is naive UTC, `cut` the first local day of which nothing is known; `frozen` is true where
    the workspace fixes as_of inside a day. `rules` are those a metric's variant fixes. `only` names a table of
    customer_id and cust: then only these customers' rows are there. `steps` names a table of MRR as steps under them.

    `items`: a table of what was kept of subscription items.

    `storing`: rows are made to be kept, so that what lies after as_of is in, unless as_of is fixed inside a day.
    `tail`: of events, only those from that day on are there, because what was made of earlier ones is stored.
    `days_hold`, `steps_hold`: what is stored of days of use, of MRR as steps, holds as of now; `one_home`: every user
    was seen under one customer alone, so that days of users count everyone once; `days_owned`: no day of use is
    without a customer. `asked_once`: no survey has a second question. `undated`: what the data say without a time (that
    an order was refunded) is read as it is now; a workspace of the past cannot know it. `carried`: attributes of
    customers (with their types) that come along with their keys; only where every customer has exactly one stretch of
    them.
    """

    columns: Mapping[str, Mapping[str, str]]
    loaded: frozenset[str]
    policy: Policy
    currency: str
    as_of: datetime
    cut: date
    frozen: bool = False
    foreign: bool = False
    rules: tuple[tuple[str, str], ...] = ()
    usage: Usage = field(default_factory=Usage)
    only: str | None = None
    steps: str | None = None
    items: str | None = None
    storing: bool = False
    tail: date | None = None
    days_hold: bool = False
    one_home: bool = False
    days_owned: bool = False
    asked_once: bool = False
    steps_hold: bool = True
    undated: bool = True
    carried: tuple[tuple[str, str], ...] = ()

    def rule(self, key: str) -> str:
        """The answer in force for a revenue rule."""
        fixed = dict(self.rules)
        return fixed[key] if key in fixed else self.policy.rule(key)

    def signature(self, *, moment: bool) -> str:
        """What a query's text depends on, to know one again; with `moment` also on when the data stand."""
        told = [self.columns, sorted(self.loaded), self.policy, self.currency, self.foreign, self.rules, self.usage]
        told += [self.only, self.storing, self.tail, self.days_hold, self.one_home, self.days_owned, self.steps_hold]
        told += [self.undated, self.asked_once, self.carried, self.items]
        told += [self.frozen, self.as_of if moment or self.frozen else None, self.cut if moment else None]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def with_rules(self, rules: tuple[tuple[str, str], ...]) -> World:
        """The same world under fixed rules."""
        return replace(self, rules=tuple({**dict(self.rules), **dict(rules)}.items()))

    def table(self, name: str) -> ir.Table:
        """A model table as it is, whatever as_of says: for levels, whose calendar stops at as_of."""
        rows = lean.table(dict(self.columns[name]), name=f"m_{name}")
        if self.tail is not None and name == "events":
            rows = rows.filter(rows.day >= ibis.literal(self.tail))
        if self.only is None or "customer_id" not in self.columns[name]:
            return rows
        wanted = lean.table({"customer_id": "string"}, name=self.only)
        return rows.semi_join(wanted, "customer_id")

    def past(self, name: str) -> ir.Table:
        """A model table as as_of sees it: later rows are gone, what happened later reads as empty."""
        spec, rows = model.TABLES[name], self.table(name)
        if self.storing and not self.frozen:
            return rows
        if spec.main_time:
            clock = rows[spec.main_time]
            known = clock < self._limit(spec.columns[spec.main_time])
            if not spec.columns[spec.main_time].required:
                known = known | (clock.isnull() & self._early(rows, spec))
            rows = rows.filter(known)
        changed: dict[str, ir.Value] = {}
        for state in spec.states.values():
            decided = ibis.coalesce(*(self._instant(rows[c], spec.columns[c]) for c in state.decided_by))
            later = decided >= ibis.literal(self.as_of)
            changed[state.column] = ibis.ifelse(later, ibis.literal(state.reads), rows[state.column])
        for column in spec.columns.values():
            if column.tense == "happened":
                later = rows[column.name] >= self._limit(column)
                empty = ibis.null(rows[column.name].type())
                changed[column.name] = ibis.ifelse(later, empty, rows[column.name])
                if column.day:
                    changed[column.day] = ibis.ifelse(later, ibis.null("date"), rows[column.day])
        return rows.mutate(**changed) if changed else rows

    def _early(self, rows: ir.Table, spec: model.Table) -> ir.Value:
        """Of rows whose main time nobody told: another time lies before as_of, or there is none at all."""
        others = [rows[t] for t in spec.times if t != spec.main_time]
        early = ibis.literal(not others)
        for other in others:
            early = early | (other < self._limit(spec.columns[other.get_name()]))
        all_empty = ibis.and_(*(o.isnull() for o in others)) if others else ibis.literal(True)
        return early | all_empty

    def _limit(self, column: model.Column) -> ir.Value:
        return ibis.literal(self.cut) if column.kind == "date" else ibis.literal(self.as_of)

    def _instant(self, value: ir.Value, column: model.Column) -> ir.Value:
        """A deciding time as an instant; a date is decided when its day begins."""
        if column.kind != "date":
            return value
        over = ibis.literal(self.as_of)
        return ibis.ifelse(value >= ibis.literal(self.cut), over, value.cast("timestamp"))


@dataclass(frozen=True)
class Rollup:
    """A table made from the model. `reads`: the model tables it is made from; `stored`: kept at refresh.

    `own`: columns that its metrics come by (feature, step), which leaves without them are not split by.
    `by_customer`: each of its rows belongs to one customer (`cust`) and depends on that customer's rows alone, so that
    a refresh rebuilds only those of customers whose rows changed. `by_day`: each of its rows belongs to one day and
    depends on events of that day and earlier ones, so that a refresh rebuilds only the days from the first touched one
    on; `schema` is then what it looks like, and `there` who those days are of, so that it is looked up
    when each was seen before. `kept`: made once by whoever reads it, not a part of each query.
    `over_steps`: it reads MRR as steps, so its world must name them. `asks`: the setting of [usage] without which it
    has no rows. `days`: for a column of it, the stored rollup whose rows (one for each value and day, with the day
    before on which the value was seen, `since`, and the days between, `gap`) count its different values. `kinds`: for a
    column of it, the values of its column `kind` outside of which it is empty. `inside`: another rollup and a
    condition: this one's rows are those rows of it for which the condition holds. `settled`: each row is made of one
    row of the first table it reads, and stays what it is, whatever comes later.
    """

    name: str
    build: Callable[[World], ir.Table]
    reads: tuple[str, ...]
    stored: bool = False
    by_customer: bool = False
    kept: bool = False
    over_steps: bool = False
    own: tuple[str, ...] = ()
    by_day: bool = False
    schema: tuple[tuple[str, str], ...] = ()
    asks: str = ""
    days: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    there: Callable[[World], ir.Table] | None = None
    inside: tuple[str, Expr] | None = None
    settled: bool = False

    @property
    def is_made(self) -> bool:
        """Whether a table of its own is made where no stored one holds."""
        return self.kept or self.by_day


@dataclass(frozen=True)
class Asked:
    """What rows made for a request can use: its periods (k, base, stop), the steps of customers or MRR, rollups.

    `days`: where the periods touch, each day with its slot (k + 1) and the period's start and stop. `by_end`: each
    period is asked for as it stood at its end, as if what came later were not known.
    """

    periods: ir.Table
    steps: Callable[[Steps], ir.Table]
    rollup: Callable[[str], ir.Table]
    days: ir.Table | None = None
    by_end: bool = False

    def dated(self, rows: ir.Table, clock: str) -> ir.Table:
        """The rows of each period, with its k, base and stop."""
        if self.days is None:
            periods = self.periods
            return rows.join(periods, [rows[clock] >= periods.base, rows[clock] < periods.stop])
        inside = self.days.filter(self.days.slot > 0)
        days = inside.select(k=inside.slot - 1, base=inside.start, stop=inside.stop, p_day=inside.day)
        return rows.join(days, rows[clock] == days.p_day).drop("p_day")

    def slots(self) -> ir.Table:
        """(p_day, slot): each day of the periods, which touch, with the number of its period from 1; 0: all before."""
        assert self.days is not None
        return self.days.select(p_day="day", slot="slot")

    def first(self) -> ir.Table:
        """(first, last): one row, the day before the periods, as `slots` has it, and the day after them."""
        periods = self.periods
        ends = periods.agg(first=periods.base.min(), last=periods.stop.max())
        return ends.mutate(first=_days_later(ends["first"], -1))

    def of_members(self, rows: ir.Table) -> ir.Table:
        """Those of the rows (k, base, stop, cust, ...) whose customer was one at the close of a day of the period."""
        steps = self.steps(Steps("customer"))
        held = steps.filter(steps.after != 0).select(s_cust="cust", s_day="day", s_until="until")
        return rows.semi_join(held, [rows.cust == held.s_cust, held.s_day < rows.stop, held.s_until > rows.base])

    def stays(self) -> ir.Table:
        """(s_cust, begin, end): customers from the slot of their first to that of their last period without a break."""
        steps, days = self.steps(Steps("customer")), self.slots()
        held = steps.filter(steps.after != 0).select(s_cust="cust", day="day", until="until").cross_join(self.first())
        held = held.filter((held.day < held["last"]) & (held.until > _days_later(held["first"], 1)))
        held = held.select(
            "s_cust",
            b_day=ibis.greatest(held.day, held["first"]),
            e_day=_days_later(ibis.least(held.until, held["last"]), -1),
        )
        held = held.join(days, held.b_day == days.p_day).drop("p_day").rename(begin="slot")
        held = held.join(days, held.e_day == days.p_day).drop("p_day").rename(end="slot")
        order = ibis.window(group_by=held.s_cust, order_by=[held.b_day])
        held = held.mutate(before=held.end.lag().over(order))
        held = held.mutate(opens=ibis.ifelse(ibis.coalesce(held.begin <= held.before + 1, ibis.literal(False)), 0, 1))
        upto = ibis.cumulative_window(group_by=held.s_cust, order_by=held.b_day)
        held = held.mutate(stay=held.opens.sum().over(upto))
        return held.group_by("s_cust", "stay").agg(begin=held.begin.min(), end=held.end.max()).drop("stay")

    def left(self, cut: date) -> ir.Table:
        """(l_cust, left_day): the last exit of those who are no customers when the day `cut` begins."""
        steps = self.steps(Steps("customer"))
        gone = steps.filter((steps.day < ibis.literal(cut)) & (steps.until >= ibis.literal(cut)) & (steps.after == 0))
        return gone.group_by(l_cust=gone.cust).agg(left_day=gone.day.max())

    def members(self) -> ir.Table:
        """(k, cust): the customers of each period, who were one at the close of one of its days."""
        periods = self.periods
        if self.days is not None:
            stays = self.stays()
            inside = [stays.begin <= periods.k + 1, stays.end >= periods.k + 1]
            return stays.join(periods, inside).select("k", cust="s_cust")
        steps = self.steps(Steps("customer"))
        held = [steps.day < periods.stop, steps.until > periods.base, steps.after != 0]
        return steps.join(periods, held).select("k", "cust").distinct()


@dataclass(frozen=True)
class PeriodRows:
    """Rows that depend on the periods asked for: what a sum over rows of a day cannot say.

    `build` gives (k, cust, ...) with k the number of the period in `asked.periods`; a column `at_day` says when
    attributes are read, otherwise on the period's last day. `reads` and `own` are as in `Rollup`. `judged`: they are
    read from a table that the engine has judged for the ends of the periods first (see Engine.judge). `spans`: the same
    rows once each, from their day `from_day` to `to_day`, at whose end they are no more (empty: they still are), where
    a period has those that are there at its end. `then`: what makes more rows of them (with further columns), which
    customers are met before. `single`: a customer has one row in a period at most. `by_end`: they heed the `by_end` of
    what is asked, as far as they read nothing that is cut at as_of.
    """

    name: str
    build: Callable[[World, Asked], ir.Table]
    reads: tuple[str, ...]
    own: tuple[str, ...] = ()
    asks: str = ""
    judged: bool = False
    single: bool = False
    spans: Callable[[World, Asked], ir.Table] | None = None
    then: Callable[[ir.Table], ir.Table] | None = None
    by_end: bool = False


def rollups() -> dict[str, Rollup]:
    """Every rollup there is, by name."""
    return catalog.members("tenure.rollups", Rollup)


def period_rows() -> dict[str, PeriodRows]:
    """All rows that are made for periods, by name."""
    return catalog.members("tenure.rollups", PeriodRows)


def _days_later(day: ir.Value, days: int) -> ir.Value:
    """Through a timestamp: engines disagree on the type of date + interval."""
    return (day.cast("timestamp") + ibis.interval(days=days)).cast("timestamp").date()


def keyed(rows: ir.Table, only: str | None = None, carried: tuple[tuple[str, str], ...] = ()) -> ir.Table:
    """The rows with their customer's key; rows of no customer have none. `only`, `carried`: as in World."""
    columns = {"cust": "int64", "customer_id": "string"}
    known = lean.table(columns, name=only) if only else KEYS
    if carried:  # the stretches know whose they are: one join by the id's text is enough
        known = lean.table(columns | dict(carried), name="customer_pieces")
    along = {f"{CARRIED}{name}": known[name] for name, _ in carried}
    keys = known.select(key_=known.customer_id, cust=known.cust, **along)
    return rows.join(keys, rows.customer_id == keys.key_, how="left").drop("key_")


def exact(value: ir.Value) -> ir.Value:
    """A sum of ticks, brought back to the type that stays exact on every engine."""
    return value.cast("decimal(38,0)")


def ticks(value: ir.Value) -> ir.Value:
    """An amount times whole numbers, as whole ticks."""
    return value.cast("decimal(18,0)")
