"""What came in, row by row: payments, orders and invoices in ticks of the reporting currency; events as users."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.expr import Col
from tenure.money import TICKS
from tenure.rollup import Rollup, World, exact, keyed
from tenure.rollups._rates import in_reporting
from tenure.rollups.use_days import active_events


def _none() -> ir.Value:
    return ibis.literal(0).cast("decimal(18,0)")


def _keyed(world: World, rows: ir.Table) -> ir.Table:
    return keyed(rows, carried=world.carried)


def payments_rows(world: World) -> ir.Table:
    """Payments with `received` (succeeded less refunded), `fees`, and `fate`: what became of them."""
    rows = in_reporting(world, world.past("payments"), "day", {"money_": "amount", "fee_": "fee"})
    status = ibis.coalesce(rows.status, ibis.literal("succeeded"))
    received = ibis.cases((status == "succeeded", rows.money_), (status == "refunded", -rows.money_), else_=_none())
    fees = ibis.ifelse(status == "succeeded", ibis.coalesce(rows.fee_, _none()), _none())
    return _keyed(world, rows.mutate(received=received, fees=fees, fate=status).drop("money_", "fee_"))


def orders_rows(world: World) -> ir.Table:
    """Orders with `sold`, also in whole `cents`; a cancelled or refunded order counts nowhere."""
    rows = world.past("orders")
    if world.undated:  # when an order was cancelled or refunded is not said: in the past it was not yet known
        status = ibis.coalesce(rows.status, ibis.literal("placed"))
        rows = rows.filter(~status.isin(["cancelled", "refunded"]))
    return _keyed(world, _worth(world, rows))


def _worth(world: World, rows: ir.Table) -> ir.Table:
    """Orders with `sold` and `cents`."""
    rows = in_reporting(world, rows, "placed_day", {"sold": "amount"})
    return rows.mutate(cents=exact((rows.sold.cast("float64") / (TICKS // 100)).round()))  # their squares are summed


def placed_rows(world: World) -> ir.Table:
    """Every order that was placed, as `orders` are, with `undone`: 1 where it was cancelled or refunded.

    None where nobody knows.
    """
    rows = world.past("orders")
    if not world.undated:
        rows = rows.filter(ibis.literal(False))
    rows = _worth(world, rows)
    undone = ibis.coalesce(rows.status.isin(["cancelled", "refunded"]), ibis.literal(False))
    return _keyed(world, rows.mutate(undone=ibis.ifelse(undone, 1, 0)))


def invoices_rows(world: World) -> ir.Table:
    """Invoices that were sent, with `billed` and, of those that are not recurring, `one_off`."""
    rows = world.past("invoices")
    status = ibis.coalesce(rows.status, ibis.literal("open"))
    rows = in_reporting(world, rows.filter(~status.isin(["draft", "void"])), "issued_day", {"billed": "amount"})
    recurring = ibis.coalesce(rows.recurring, rows.subscription_id.notnull())
    return _keyed(world, rows.mutate(one_off=ibis.ifelse(recurring, _none(), rows.billed)))


def events_rows(world: World) -> ir.Table:
    """Active events with `user`: the contact, or the customer where there is none."""
    return _keyed(world, active_events(world))


payments = Rollup("payments", payments_rows, ("payments", "fx_rates"), settled=True)
orders = Rollup(
    "orders", orders_rows, ("orders", "fx_rates"), inside=("placed_orders", Col("undone").is_(0)), settled=True
)
placed = Rollup("placed_orders", placed_rows, ("orders", "fx_rates"), settled=True)
invoices = Rollup("invoices", invoices_rows, ("invoices", "fx_rates"))
events = Rollup("events", events_rows, ("events",), days=(("user", "user_days"), ("cust", "customer_days")))
