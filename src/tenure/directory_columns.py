"""What the list of customers says of each, as one table that is made once and then searched, sorted and cut.

Part of directory: each function gives (p_cust, columns) for the customers it knows something of; `everyone` joins them.
All of it is as of the workspace's moment: what is planned shows only where it was known by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.compile.segments import Segments
from tenure.engine import Engine
from tenure.expr import Rows, Steps
from tenure.grouping import first_days
from tenure.money import TICKS
from tenure.periods import FIRST_DAY, LAST_DAY, add_months
from tenure.rollup import KEYS, exact, keyed
from tenure.rollups._main_values import main_values
from tenure.rollups._states import states
from tenure.rollups.answers import answers_rows
from tenure.rollups.tickets import counted
from tenure.scales import SCORE

ATTRIBUTE = "attr_"
RECENT, USUAL = 30, 90
"""Use now is that of the last 30 days; as usual, a third of the 90 before them."""

COLUMNS = {
    "customer_id": "string",
    "name": "string",
    "state": "string",
    "known_since": "date",
    "customer_since": "date",
    "mrr": "float64",
    "mrr_year_ago": "float64",
    "mrr_change": "float64",
    "active_users": "int64",
    "active_days": "int64",
    "usual_days": "float64",
    "usage": "float64",
    "last_active": "date",
    "open_tickets": "int64",
    "nps": "float64",
    "nps_on": "date",
    "next_renewal": "date",
    "leaving_on": "date",
}
"""What is said of every customer besides attributes; empty where what it needs is not loaded."""
PAYING = ("paying", "past_due", "reactivated")
"""The states of those who are customers."""
TICKED = ("mrr_ticks", "year_ago_ticks")
"""Amounts to be summed exactly."""


def everyone(engine: Engine, cut: date, attributes: tuple[str, ...], *, dated: bool) -> ir.Table:
    """One row for each customer that was known before `cut`: cust, customer_id, name and all columns."""
    rows = KEYS.filter(ibis.coalesce(KEYS.first_day, ibis.literal(FIRST_DAY)) < ibis.literal(cut))
    rows = rows.select("cust", "customer_id", "name", known_since="first_day")
    for build in _pieces(engine, attributes, dated=dated):
        piece = build(engine, cut)
        rows = rows.join(piece, rows.cust == piece.p_cust, how="left").drop("p_cust")
    rows = rows.mutate(**_derived(rows))
    absent = {name: ibis.null(kind) for name, kind in COLUMNS.items() if name not in rows.columns}
    theirs = [name for name in rows.columns if name.startswith(ATTRIBUTE)]
    return rows.mutate(**absent).select("cust", *COLUMNS, *TICKED, *theirs)


def _derived(rows: ir.Table) -> dict[str, ir.Value]:
    """Columns that are made of others; where a table is loaded, who has no row in it has nothing, which is 0."""
    none, nil = ibis.literal(0).cast("decimal(18,0)"), ibis.literal(0, "int64")
    found: dict[str, ir.Value] = {name: ibis.null("decimal(18,0)") for name in TICKED}
    if "mrr_ticks" in rows.columns:
        now, then = ibis.coalesce(rows.mrr_ticks, none), ibis.coalesce(rows.year_ago_ticks, none)
        found |= {"mrr_ticks": now, "year_ago_ticks": then}
        found |= {"mrr": _money(now), "mrr_year_ago": _money(then), "mrr_change": _money(now - then)}
    if "active_days" in rows.columns:
        days, before = ibis.coalesce(rows.active_days, nil), ibis.coalesce(rows.days_before, nil)
        usual = before.cast("float64") * RECENT / USUAL
        found |= {"active_days": days, "usual_days": usual, "usage": days.cast("float64") / usual.nullif(0)}
        found |= {"active_users": ibis.coalesce(rows.active_users, nil)}
    if "open_tickets" in rows.columns:
        found["open_tickets"] = ibis.coalesce(rows.open_tickets, nil)
    return found


def _money(ticks: ir.Value) -> ir.Value:
    return ticks.cast("float64") / TICKS


def _pieces(
    engine: Engine, attributes: tuple[str, ...], *, dated: bool
) -> Iterator[Callable[[Engine, date], ir.Table]]:
    loaded = engine.world.loaded
    if attributes:
        yield partial(_attributes, attributes=attributes, dated=dated)
    if "subscriptions" in loaded:
        yield _mrr
        yield _leaving
        if "plan" not in attributes:
            yield _plan
    yield _state
    yield _since
    if "events" in loaded:
        yield _use
        yield _users
    if "tickets" in loaded:
        yield _tickets
    if "survey_responses" in loaded:
        yield _nps
    if "contracts" in loaded:
        yield _renewal


def _attributes(engine: Engine, cut: date, *, attributes: tuple[str, ...], dated: bool) -> ir.Table:
    """Attributes as they stand on the last day before `cut`."""
    kinds = {name: engine.world.columns["customers"][name] for name in attributes}
    schema = {**kinds, "cust": "int64", "from_day": "date", "to_day": "date", "is_last": "boolean"}
    rows = lean.table(schema, name="customer_pieces")
    day = ibis.literal(cut - timedelta(days=1))
    rows = rows.filter((rows.from_day <= day) & (rows.to_day > day)) if dated else rows.filter(rows.is_last)
    return rows.select(p_cust="cust", **{ATTRIBUTE + name: name for name in attributes})


def steps_of(engine: Engine) -> ir.Table:
    """MRR as steps; of being a customer where nobody pays by subscription."""
    return engine.relation(Steps("mrr") if engine.customers_pay() else Steps("customer"))


def _mrr(engine: Engine, cut: date) -> ir.Table:
    """mrr_ticks at the close of the last day before `cut`, year_ago_ticks a year earlier."""
    rows = engine.relation(Steps("mrr"))
    levels = []
    for day in (cut, add_months(cut, -12)):
        at = ibis.literal(day)
        holds = (rows.day < at) & (rows.until >= at)
        levels.append(exact(ibis.ifelse(holds, rows.after, ibis.literal(0).cast("decimal(18,0)")).sum()))
    return rows.group_by(p_cust=rows.cust).agg(mrr_ticks=levels[0], year_ago_ticks=levels[1])


def _leaving(engine: Engine, cut: date) -> ir.Table:
    """leaving_on: the day the last subscription ends, where all that run were cancelled before `cut`."""
    rows = keyed(engine.world.table("subscriptions"))
    at = ibis.literal(cut)
    rows = rows.filter(rows.cust.notnull() & (rows.started_day < at))
    told = rows.cancel_requested_at < ibis.literal(engine.world.as_of)
    end = ibis.ifelse(
        rows.ended_day.isnull() | ((rows.ended_day > at) & ~ibis.coalesce(told, ibis.literal(False))),
        ibis.literal(LAST_DAY),
        rows.ended_day,
    )
    rows = rows.mutate(end_=end)
    ends = rows.filter(rows.end_ >= at).group_by(p_cust="cust").agg(end_=lambda t: t.end_.max())
    return ends.filter(ends.end_ < ibis.literal(LAST_DAY)).select("p_cust", leaving_on="end_")


def _plan(engine: Engine, cut: date) -> ir.Table:
    """plan: that of the item they pay most for."""
    return _held(_plans(engine), cut, ATTRIBUTE + "plan")


def _plans(engine: Engine) -> str:
    return str(engine.keep(engine.named("own_plan"), partial(main_values, engine.world, "plan")).get_name())


def _held(name: str, cut: date, column: str) -> ir.Table:
    rows = lean.table({"cust": "int64", "from_day": "date", "to_day": "date", "value": "string"}, name=name)
    day = ibis.literal(cut - timedelta(days=1))
    rows = rows.filter((rows.from_day <= day) & (rows.to_day > day))
    return rows.select(**{"p_cust": rows.cust, column: rows["value"]})


def _state(engine: Engine, cut: date) -> ir.Table:
    return _held(_states(engine), cut, "state")


def _states(engine: Engine) -> str:
    return str(engine.keep(engine.named("states"), partial(states, engine.world, steps_of(engine))).get_name())


def _since(engine: Engine, cut: date) -> ir.Table:
    """customer_since: the first day as a customer."""
    rows = first_days(engine)
    return rows.filter(rows["first"] < ibis.literal(cut)).select(p_cust="cust", customer_since="first")


def _use(engine: Engine, cut: date) -> ir.Table:
    """active_days, days_before (of the 90 days before those), last_active."""
    rows = engine.relation(Rows("customer_days", "day"))
    rows = rows.filter(rows.day < ibis.literal(cut))
    recent = rows.day >= ibis.literal(cut - timedelta(days=RECENT))
    usual = ~recent & (rows.day >= ibis.literal(cut - timedelta(days=RECENT + USUAL)))
    return rows.group_by(p_cust=rows.cust).agg(
        active_days=ibis.ifelse(recent, 1, 0).sum().cast("int64"),
        days_before=ibis.ifelse(usual, 1, 0).sum().cast("int64"),
        last_active=rows.day.max(),
    )


def _users(engine: Engine, cut: date) -> ir.Table:
    """active_users: different users in the last 30 days."""
    rows = engine.relation(Rows("user_days", "day"))
    begin = ibis.literal(cut - timedelta(days=RECENT))
    rows = rows.filter(
        rows.cust.notnull() & (rows.day >= begin) & (rows.day < ibis.literal(cut)) & (rows.since < begin)
    )
    return rows.group_by(p_cust=rows.cust).agg(active_users=rows.count().cast("int64"))


def _tickets(engine: Engine, cut: date) -> ir.Table:
    rows = keyed(counted(engine.world))
    rows = rows.filter(rows.cust.notnull() & rows.resolved_at.isnull() & rows.closed_at.isnull())
    return rows.group_by(p_cust=rows.cust).agg(open_tickets=rows.count().cast("int64"))


def _nps(engine: Engine, cut: date) -> ir.Table:
    """nps, nps_on: the latest valid score."""
    rows = answers_rows(engine.world)
    rows = rows.filter(rows.cust.notnull() & rows.nps.notnull())
    order = ibis.window(group_by=rows.cust, order_by=[rows.moment.desc(), rows.row_id.desc()])
    rows = rows.mutate(rank_=ibis.row_number().over(order))
    return rows.filter(rows.rank_ == 0).select(
        p_cust="cust", nps=lambda t: t.given.cast("float64") / SCORE, nps_on="answered_day"
    )


def _renewal(engine: Engine, cut: date) -> ir.Table:
    """next_renewal: the earliest end of a contract that is open and not yet over."""
    rows = keyed(engine.world.past("contracts"))
    is_open = ibis.coalesce(rows.outcome, ibis.literal("open")) == "open"
    rows = rows.filter(
        rows.cust.notnull() & is_open & rows.terminated_on.isnull() & (rows.ends_on >= ibis.literal(cut))
    )
    return rows.group_by(p_cust=rows.cust).agg(next_renewal=rows.ends_on.min())


def kept(engine: Engine, cut: date, segments: Segments) -> ir.Table:
    """The table, made once for a version of the data and a moment."""
    attributes = tuple(name for name, _ in segments.attributes if name not in ("name", "created_at", "created_day"))
    ready(engine, attributes)
    # A year ago is no fixed number of days, so the day itself stands in the text, and in what the text is known by.
    build = partial(everyone, engine, cut, attributes, dated=segments.dated)
    return engine.keep(engine.named("directory"), build, (cut, attributes, segments.dated))


def ready(engine: Engine, attributes: tuple[str, ...]) -> None:
    """See that the tables behind are made: a text that is kept for the process does not make them."""
    loaded = engine.world.loaded
    first_days(engine)
    _states(engine)
    if "subscriptions" in loaded:
        engine.relation(Steps("mrr"))
        if "plan" not in attributes:
            _plans(engine)
    if "events" in loaded:
        for name in ("user_days", "customer_days", "feature_use"):
            engine.relation(Rows(name, "day"))
