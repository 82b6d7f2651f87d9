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
MILLION, MOST = 10**6, 8 * 10**18


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


def halved(rates: ir.Table) -> ir.Table:
    """Rates as `worth` reads them: `high` millionths, `low` millionths of one, and up to how many ticks both fit."""
    whole = rates.rate.floor().cast("int64")
    rates = rates.mutate(high=whole, low=((rates.rate - whole) * MILLION).cast(RATE))  # no step leaves twenty digits
    millionths = rates.low.floor().cast("int64")
    low = ((rates.low - millionths) * MILLION).cast("int64")
    rates = rates.mutate(high=rates.high * MILLION + millionths, low=low)
    most = (ibis.literal(float(MOST)) / ibis.greatest(rates.high, MILLION)).floor().cast("int64")
    return rates.mutate(most=most)


def worth(amount: ir.Value, rates: ir.Table) -> ir.Value:
    """An amount in ticks at its row's rate (`halved`), as whole ticks, halves away from zero.

    In machine integers wherever they are wide enough: engines take thirty times longer to round wide decimals.
    """
    size = amount.cast("int64").abs()
    few = ibis.least(size, rates.most)  # so that nothing overflows where the other way is taken
    by_high = few * rates.high
    rest = by_high % MILLION * MILLION + few * rates.low + MILLION**2 // 2
    found = _divided(by_high, MILLION) + _divided(rest, MILLION**2)
    quick = ibis.ifelse(amount < 0, -found, found)
    return ibis.ifelse(size <= rates.most, ticks(quick), ticks(amount * rates.rate.cast(RATE)))


def _divided(value: ir.Value, by: int) -> ir.Value:
    """How often a number goes into another, both whole. The quotient is whole, so its double rounds to it."""
    return ((value - value % by) / by).round().cast("int64")


def in_reporting(world: World, rows: ir.Table, day: str, amounts: dict[str, str]) -> ir.Table:
    """The rows with `amounts` (new name: column) as ticks of the reporting currency at the rate of their day.

    An amount that names no currency is in the reporting currency, whether there are rates or not.
    """
    named = {name: _in_ticks(rows[column]) for name, column in amounts.items()}
    rows = rows.mutate(**named)
    if "fx_rates" not in world.loaded:
        return rows
    rates = halved(pieces(world)).rename(currency_="currency")
    joined = rows.join(
        rates,
        (rows.currency == rates.currency_) & (rows[day] >= rates.from_day) & (rows[day] < rates.to_day),
        how="left",
    ).drop("currency_", "from_day", "to_day", "old_rate")
    ours = ibis.coalesce(joined.currency, ibis.literal(world.currency)) == world.currency
    found = {name: ibis.ifelse(ours, joined[name], worth(joined[name], joined)) for name in amounts}
    return joined.mutate(**found).drop("rate", "high", "low", "most")


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
