"""What came in from each customer up to a period's end, however long ago it began."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, World, exact
from tenure.rollups.receipts import invoices_rows, orders_rows, payments_rows

Rows = Callable[[World], ir.Table]


def _until(rows: Rows, clock: str, amount: str) -> Callable[[World, Asked], ir.Table]:
    """(k, cust, amount_so_far) of rows with a clock, those of no customer left out."""

    def build(world: World, asked: Asked) -> ir.Table:
        found = rows(world)
        found = found.filter(found.cust.notnull())
        days = found.group_by("cust", day=found[clock]).agg(amount=exact(found[amount].sum()))
        joined = days.join(asked.periods, days.day < asked.periods.stop)
        return joined.group_by("k", "cust").agg(so_far=exact(joined.amount.sum()))

    return build


def _paid_rows(world: World) -> ir.Table:
    """Payments that moved money: who only ever failed to pay has paid nothing."""
    rows = payments_rows(world)
    return rows.filter(rows.received != 0)


payments_so_far = PeriodRows("payments_so_far", _until(_paid_rows, "day", "received"), ("payments", "fx_rates"))
orders_so_far = PeriodRows("orders_so_far", _until(orders_rows, "placed_day", "sold"), ("orders", "fx_rates"))
invoices_so_far = PeriodRows("invoices_so_far", _until(invoices_rows, "issued_day", "billed"), ("invoices", "fx_rates"))
