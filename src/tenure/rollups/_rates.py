"""Exchange rates as pieces: from which day to which a rate holds. A rate dated D holds from the start of D."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure import model
from tenure.money import TICKS
from tenure.periods import LAST_DAY
from tenure.rollup import World, ticks

RATE = "decimal(20,12)"
WIDE = "decimal(38,4)"
USUAL = 200_000


def pieces(world: World) -> ir.Table:
    """(currency, from_day, to_day, rate, old_rate): every rate with the stretch of days it holds.

    The reporting currency itself has none: its rate is 1.
    """
    rates = world.table("fx_rates").filter(lambda t: t.currency != world.currency)
    order = ibis.window(group_by=rates.currency, order_by=rates.on)
    return rates.select(
        currency=rates.currency,
        from_day=rates.on,
        to_day=ibis.coalesce(rates.on.lead().over(order), ibis.literal(LAST_DAY)),
        rate=rates.rate,
        old_rate=ibis.coalesce(rates.rate.lag().over(order), rates.rate),
    )


def in_reporting(world: World, rows: ir.Table, day: str, amounts: dict[str, str]) -> ir.Table:
    """The rows with `amounts` (new name: column) as ticks of the reporting currency at the rate of their day.

    An amount that names no currency is in the reporting currency, whether there are rates or not.
    """
    named = {name: _in_ticks(rows[column]) for name, column in amounts.items()}
    rows = rows.mutate(**named)
    if "fx_rates" not in world.loaded:
        return rows
    rates = pieces(world).rename(currency_="currency")
    joined = rows.join(
        rates,
        (rows.currency == rates.currency_) & (rows[day] >= rates.from_day) & (rows[day] < rates.to_day),
        how="left",
    ).drop("currency_", "from_day", "to_day", "old_rate")
    ours = ibis.coalesce(joined.currency, ibis.literal(world.currency)) == world.currency
    rate = ibis.ifelse(ours, ibis.literal(1).cast(RATE), joined.rate)
    return joined.mutate(**{name: ticks(joined[name] * rate) for name in amounts}).drop("rate")


def uncovered(world: World, table: str, clock: str) -> ir.Table:
    """(currency, first): currencies with an amount on a day before their first rate, and the first such day."""
    rows = world.table(table)
    rows = rows.filter(rows.currency.notnull() & (rows.currency != world.currency) & rows[clock].notnull())
    if "fx_rates" not in world.loaded:
        return rows.group_by("currency").agg(first=rows[clock].min())
    rates = world.table("fx_rates")
    begins = rates.group_by(currency_=rates.currency).agg(begins=rates.on.min())
    joined = rows.join(begins, rows.currency == begins.currency_, how="left")
    bare = joined.filter(joined.begins.isnull() | (joined[clock] < joined.begins))
    return bare.group_by("currency").agg(first=bare[clock].min())


def money_clock(table: str) -> str:
    """The day by whose rate a table's amounts are valued: its main time's; a contract's is its end."""
    main = "ends_on" if table == "contracts" else model.TABLES[table].main_time or ""
    return model.day_of(main) if model.TABLES[table].columns[main].kind == "instant" else main


def _in_ticks(amount: ir.Value) -> ir.Value:
    """An amount is kept in 18 digits, where a quarter of a million would overflow on its way to ticks. The wide way
    round takes engines ten times as long, so it is for the few that need it."""
    usual = amount.abs() < ibis.literal(USUAL)
    return ibis.ifelse(usual, ticks(amount * TICKS), ticks(amount.cast(WIDE) * TICKS))
