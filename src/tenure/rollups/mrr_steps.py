"""MRR as steps: one row per customer and day on which their MRR changed, in ticks of the reporting currency.

(cust, day, before, after, fx, amount, kind, since, until). A row is a step and a piece at once: from the close of `day`
to before `until` the customer's MRR is `after`. `since` and `until` are the days of the customer's neighbouring rows.
after = before + fx + amount. kind: new, expansion, contraction, churn, reactivation, or fx where only rates moved it.

Built without as_of: scheduled changes are in it, and the calendar of a request stops at as_of. So a new day needs no
rebuild, and asking as of an earlier day costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from tenure.periods import FIRST_DAY, LAST_DAY
from tenure.rollup import Rollup, World, exact, ticks
from tenure.rollups._items import items, kept
from tenure.rollups._rates import RATE, pieces

ZERO = ibis.literal(0).cast("decimal(18,0)")


def build(world: World) -> ir.Table:
    """The steps under the world's rules."""
    return _labelled(world, changes(world)).drop("held", "holds")


def changes(world: World) -> ir.Table:
    """(cust, day, before, after, fx, held, holds): what each day did, once a day. `held`, `holds`: customer or not."""
    rows = _daily(world, deltas(world))
    if looks_at_months(world.rule):
        rows = rows.filter(rows.day < ibis.literal(world.cut))
    if world.rule("same_period") == "ignore":
        rows = _without_short_stays(rows)
    return rows


def looks_at_months(rule: Callable[[str], str]) -> bool:
    """Whether a row depends on later ones of its month, so that what lies after as_of must be left out."""
    return rule("same_period") == "ignore" or rule("simultaneous") == "month"


def deltas(world: World, *extra: str) -> ir.Table:
    """(cust, at, day, move, fx, n): what begins and ends, in reporting currency; with further columns of the items.

    What never ends has no end: every reader takes a level without a next row to last for ever.
    """
    rows = kept(world.items) if world.items and not extra else items(world)
    rule = world.rule("fx")
    if not world.foreign or rule == "none":
        begin = rows.select("cust", *extra, at="from_at", day="from_day", move="ticks", fx=ZERO, n=ibis.literal(1))
        gone = rows.filter(rows.to_day < ibis.literal(LAST_DAY))
        end = gone.select("cust", *extra, at="to_at", day="to_day", move=-gone.ticks, fx=ZERO, n=ibis.literal(-1))
        return ibis.union(begin, end)
    rates = pieces(world).rename(currency_="currency", rate_from="from_day", rate_to="to_day")
    own = rows.filter(rows.currency == world.currency).mutate(
        rate=ibis.literal(1).cast(RATE), old_rate=ibis.literal(1).cast(RATE), rate_day=ibis.literal(FIRST_DAY)
    )
    other = rows.filter(rows.currency != world.currency)
    if rule == "at_signing":
        at = (other.signed_day >= rates.rate_from) & (other.signed_day < rates.rate_to)
        found = other.join(rates, [other.currency == rates.currency_, at])
        found = found.mutate(rate_day=ibis.literal(FIRST_DAY)).drop("currency_", "rate_from", "rate_to")
        found = found.mutate(old_rate=found.rate)
    else:
        # A rate that begins on the day an item ends still moves what was held that morning.
        meets = (rates.rate_from <= other.to_day) & (rates.rate_to > other.from_day)
        joined = other.join(rates, [other.currency == rates.currency_, meets])
        changed = joined.rate_from > joined.from_day
        found = joined.mutate(
            from_day=ibis.greatest(joined.from_day, joined.rate_from),
            from_at=ibis.ifelse(changed, joined.rate_from.cast("timestamp"), joined.from_at),
            ends=joined.to_day < joined.rate_to,
            rate_day=ibis.ifelse(changed, joined.rate_from, ibis.literal(FIRST_DAY)),
        ).drop("currency_", "rate_from", "rate_to")
    return _valued(world, own.mutate(ends=ibis.literal(True)), found, extra)


def _valued(world: World, own: ir.Table, found: ir.Table, extra: tuple[str, ...]) -> ir.Table:
    """The deltas of pieces that carry a rate: what starts is a movement, a change of rate is fx (or a movement)."""
    if "ends" not in found.columns:
        found = found.mutate(ends=ibis.literal(True))
    columns = [
        "cust",
        *extra,
        "from_at",
        "from_day",
        "to_at",
        "to_day",
        "ticks",
        "rate",
        "old_rate",
        "rate_day",
        "ends",
    ]
    rows = ibis.union(own.select(*columns), found.select(*columns))
    worth = ticks(rows.ticks * rows.rate)
    drift = ticks(rows.ticks * rows.rate) - ticks(rows.ticks * rows.old_rate)
    continues = rows.rate_day > ibis.literal(FIRST_DAY)
    as_movement = world.rule("fx") == "in_movements"
    gone = rows.filter(rows.ends & (rows.to_day < ibis.literal(LAST_DAY)))
    begin = rows.select(
        "cust",
        *extra,
        at=rows.from_at,
        day=rows.from_day,
        move=ibis.ifelse(continues, drift if as_movement else ZERO, worth),
        fx=ZERO if as_movement else ibis.ifelse(continues, drift, ZERO),
        n=ibis.ifelse(continues, 0, 1),
    )
    end = gone.select(
        "cust", *extra, at=gone.to_at, day=gone.to_day, move=-ticks(gone.ticks * gone.rate), fx=ZERO, n=ibis.literal(-1)
    )
    return ibis.union(begin, end)


def _daily(world: World, rows: ir.Table) -> ir.Table:
    """Net per customer and day (or per run of changes under an hour apart), with the level before and after."""
    group = ["cust", "day"]
    if world.rule("simultaneous") == "60min":
        rows, group = _runs(rows), ["cust", "run"]
    days = rows.group_by(group).agg(
        day_=rows.day.max(), move=exact(rows.move.sum()), fx=exact(rows.fx.sum()), n=rows.n.sum()
    )
    days = days.filter((days.move != 0) | (days.fx != 0) | (days.n != 0))
    order = ibis.cumulative_window(group_by=days.cust, order_by=[days["run"] if "run" in days.columns else days.day_])
    days = days.mutate(level=exact((days.move + days.fx).sum().over(order)), running=days.n.sum().over(order))
    days = days.mutate(
        before=ticks(ibis.greatest(exact(days.level - days.move - days.fx), 0)),
        middle=ticks(ibis.greatest(exact(days.level - days.move), 0)),
        after=ticks(ibis.greatest(days.level, 0)),
    )
    held, holds = days.before > 0, days.after > 0
    if world.rule("free_is") == "active_free":
        # Whoever has paid once stays a customer while any subscription runs.
        # (Some engines have no greatest of truth values.)
        once = ibis.cumulative_window(group_by=days.cust, order_by=days["run"] if "run" in group else days.day_)
        paid = ibis.ifelse(days.after > 0, 1, 0).max().over(once) > 0
        paid_before = ibis.ifelse(days.before > 0, 1, 0).max().over(once) > 0
        holds = holds | (paid & (days.running > 0))
        held = held | (paid_before & (days.running - days.n > 0))
    days = days.mutate(held=held, holds=holds)
    return days.filter((days.before != days.after) | (days.before != days.middle) | (days.held != days.holds)).select(
        "cust",
        *(["run"] if "run" in group else []),
        day=days.day_,
        before="before",
        after="after",
        fx=days.middle - days.before,
        held="held",
        holds="holds",
    )


def _in_order(rows: ir.Table) -> list[ir.Value]:
    """The order of a customer's changes: by day, and by run where a day has several."""
    return [rows.day, rows["run"]] if "run" in rows.columns else [rows.day]


def _runs(rows: ir.Table) -> ir.Table:
    """The changes of each instant, with each customer's runs numbered: they lie less than 60 minutes apart."""
    # Changes at one instant have no order, so engines would differ on which of them begins a run.
    rows = rows.group_by("cust", "at").agg(
        day=rows.day.max(), move=exact(rows.move.sum()), fx=exact(rows.fx.sum()), n=rows.n.sum()
    )
    order = ibis.window(group_by=rows.cust, order_by=rows["at"])
    gap = rows["at"].epoch_seconds() - rows["at"].lag().over(order).epoch_seconds()
    rows = rows.mutate(starts=ibis.ifelse(ibis.coalesce(gap, ibis.literal(3600)) >= 3600, 1, 0))
    upto = ibis.cumulative_window(group_by=rows.cust, order_by=rows["at"])
    return rows.mutate(run=rows.starts.sum().over(upto))


def _without_short_stays(rows: ir.Table) -> ir.Table:
    """Leaves out the stays of customers who join and leave within one calendar month."""
    upto = ibis.cumulative_window(group_by=rows.cust, order_by=_in_order(rows))
    rows = rows.mutate(stay=ibis.ifelse(~rows.held & rows.holds, 1, 0).sum().over(upto))
    stay = ibis.window(group_by=[rows.cust, rows.stay])
    left = ibis.ifelse(~rows.holds, rows.day, ibis.null("date"))
    rows = rows.mutate(came=rows.day.min().over(stay), left=left.max().over(stay))
    short = ibis.coalesce(rows.came.truncate("M") == rows.left.truncate("M"), ibis.literal(False))
    return rows.filter(~short).drop("stay", "came", "left")


def by_month(rows: ir.Table) -> ir.Table:
    """The changes netted per customer and calendar month: from the close before it to its last close.

    What is new in a month is who was a customer for the first time on one of its days.
    """
    order = ibis.window(group_by=[rows.cust, rows.day.truncate("M")], order_by=rows.day)
    rows = rows.mutate(
        month=rows.day.truncate("M"), opens=ibis.row_number().over(order) == 0, next_=rows.day.lead().over(order)
    )
    closes = rows.next_.isnull()
    none = ibis.literal(0).cast("decimal(18,0)")
    months = rows.group_by("cust", "month").agg(
        day=rows.day.max(),
        before=ticks(ibis.ifelse(rows.opens, rows.before, none).sum()),
        after=ticks(ibis.ifelse(closes, rows.after, none).sum()),
        fx=ticks(rows.fx.sum()),
        held=ibis.ifelse(rows.opens & rows.held, 1, 0).sum() > 0,
        holds=ibis.ifelse(closes & rows.holds, 1, 0).sum() > 0,
        is_first=ibis.ifelse(rows.is_first, 1, 0).sum() > 0,
    )
    same = (months.before == months.after) & (months.fx == 0) & (months.held == months.holds)
    return months.filter(~same).drop("month")


def _labelled(world: World, rows: ir.Table) -> ir.Table:
    """With amount, kind, since and until."""
    first = ibis.ifelse(rows.holds, rows.day, ibis.null("date")).min().over(ibis.window(group_by=rows.cust))
    rows = rows.mutate(is_first=ibis.coalesce(rows.day == first, ibis.literal(False)))
    if world.rule("simultaneous") == "month":
        rows = by_month(rows)
    order = ibis.window(group_by=rows.cust, order_by=rows.day)
    rows = rows.mutate(
        since=ibis.coalesce(rows.day.lag().over(order), ibis.literal(FIRST_DAY)),
        until=ibis.coalesce(rows.day.lead().over(order), ibis.literal(LAST_DAY)),
        amount=ticks(rows.after - rows.before - rows.fx),
    )
    joins = ibis.ifelse(rows.is_first, ibis.literal("new"), ibis.literal(world.rule("reactivation")))
    kind = ibis.cases(
        (~rows.held & rows.holds, joins),
        (rows.held & ~rows.holds, "churn"),
        (rows.amount > 0, "expansion"),
        (rows.amount < 0, "contraction"),
        else_="fx",
    )
    return rows.mutate(kind=kind).select(
        "cust", "day", "before", "after", "fx", "amount", "kind", "since", "until", "held", "holds"
    )


mrr_steps = Rollup("mrr_steps", build, ("subscriptions", "fx_rates"), stored=True, by_customer=True)
