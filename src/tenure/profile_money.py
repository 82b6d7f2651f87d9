"""What one customer pays: MRR by month, its movements and why, items, contracts, bills. Part of profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import ibis.expr.types as ir

from tenure import directory as listed
from tenure.compile.plan import whole
from tenure.expr import Steps
from tenure.money import amount
from tenure.periods import add_months
from tenure.profile_rows import Reader
from tenure.rollups.receipts import invoices_rows, payments_rows

Line = dict[str, Any]
SHOWN = 24
"""Bills and payments that are listed; the sums are of all."""
TOLD = ("product", "plan", "quantity", "status", "amount")
"""What is compared where one stretch of an item ends and the next begins."""
_ITEM = ("subscription_id", "product", "plan", "quantity", "amount", "list_amount", "currency", "interval",
         "interval_count", "status", "is_trial", "started_day", "ended_day", "discount_ends_day")  # fmt: skip


def contracts(read: Reader) -> list[Line]:
    """Every contract, the latest end first; of those that run, the days that are left."""
    found = []
    for row in read.rows("contracts", order="ends_on"):
        running = (row["outcome"] or "open") == "open" and row["terminated_on"] is None and row["ends_on"] is not None
        left = (date.fromisoformat(row["ends_on"]) - read.cut).days if running else None
        names = ("contract_id", "signed_on", "starts_on", "ends_on", "value", "currency", "auto_renew", "renews")
        more = ("outcome", "decided_on", "terminated_on")
        found.append({**{name: row[name] for name in (*names, *more)}, "days_left": left})
    return found[::-1]


def money(read: Reader) -> Line:
    """MRR at the close of each of 24 months, its movements (newest first) and the items it is made of."""
    if not read.has("subscriptions"):
        return {"months": [], "movements": [], "items": []}
    engine = read.engine
    levels = listed.month_closes(engine, read.clock, [read.cust])[read.cust]
    starts = listed.month_starts(read.clock)
    items = read.rows("subscriptions")
    return {
        "months": [{"month": f"{day:%Y-%m}", "mrr": level} for day, level in zip(starts, levels, strict=False)],
        "movements": _movements(read, items),
        "items": [_item(row, read.cut) for row in reversed(items)],
    }


def _movements(read: Reader, items: Sequence[Line]) -> list[Line]:
    def build() -> ir.Table:
        steps = read.mine(read.engine.relation(Steps("mrr")))
        steps = steps.filter((steps.day < read.cut) & (steps.kind != "fx"))
        return steps.order_by(steps.day.desc()).select("day", "kind", "before", "after", "fx", "amount")

    found = []
    for row in read.ask(("movements",), build):
        figures = {name: _units(row[name]) for name in ("before", "after", "fx", "amount")}
        found.append({"on": row["day"], "kind": row["kind"], **figures, **_reasons(row["day"], items)})
    return found


def _units(ticks: Any) -> float:
    return float(amount(Fraction(ticks)))


def _reasons(day: str, items: Sequence[Line]) -> Line:
    """What the items that begin or end on a day say of it, and how they differ."""
    begin = [row for row in items if row["started_day"] == day]
    end = [row for row in items if row["ended_day"] == day]
    said = [row["change_reason"] for row in begin] + [row["change_reason"] or row["cancel_reason"] for row in end]
    changes: list[Line] = []
    for row in begin:
        same = [old for old in end if old["subscription_id"] == row["subscription_id"]]
        old = next((o for o in same if o["product"] == row["product"]), same[0] if same else None)
        names = TOLD if old else ("product",)
        changes += [
            {"item": row["subscription_id"], "what": name, "from": old[name] if old else None, "to": row[name]}
            for name in names
            if (old[name] if old else None) != row[name]
        ]
    going = {row["subscription_id"] for row in begin}
    changes += [
        {"item": row["subscription_id"], "what": "product", "from": row["product"] or row["plan"], "to": None}
        for row in end
        if row["subscription_id"] not in going
    ]
    return {"reasons": list(dict.fromkeys(text for text in said if text)), "changes": changes}


def _item(row: Mapping[str, Any], cut: date) -> Line:
    """One stretch of one item; an end that is only planned is known from its cancellation alone."""
    running = row["ended_day"] is None or row["ended_day"] > cut.isoformat()
    return {**{name: row[name] for name in _ITEM}, "running": running}


def billing(read: Reader) -> Line:
    """Sums in the reporting currency, the latest invoices and payments in their own."""
    invoices = _billed(read, "invoices")
    payments = _billed(read, "payments")
    year = add_months(read.cut, -12).isoformat()
    now = read.clock.as_of.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    open_ = [row for row in invoices if (row["status"] or "open") == "open"]
    late = [row for row in open_ if row["due_at"] is not None and row["due_at"] < now]
    recent = [row for row in payments if row["at"] is not None and row["at"] >= year]
    status = [row["status"] or "succeeded" for row in recent]
    bills = ("invoice_id", "issued_at", "due_at", "paid_at", "amount", "currency", "status")
    pays = ("payment_id", "at", "amount", "currency", "status", "invoice_id", "refund_of")
    return {
        "invoices": len(invoices),
        "open_invoices": len(open_),
        "open_amount": _sum(open_, "billed"),
        "overdue_invoices": len(late),
        "overdue_amount": _sum(late, "billed"),
        "received": _sum(payments, "received"),
        "received_12m": _sum(recent, "received"),
        "failed_payments_12m": status.count("failed"),
        "refunds_12m": status.count("refunded"),
        "last_payment_on": max((row["day"] for row in payments if row["received"] > 0 and row["day"]), default=None),
        "latest_invoices": [{name: row[name] for name in bills} for row in invoices[:SHOWN]],
        "latest_payments": [{name: row[name] for name in pays} for row in payments[:SHOWN]],
    }


def _billed(read: Reader, table: str) -> list[Line]:
    """Invoices that were sent, or payments, newest first, with their amount in ticks of the reporting currency."""
    if not read.has(table):
        return []

    def build() -> ir.Table:
        if table == "invoices":
            rows = invoices_rows(read.world)
            return rows.order_by([rows.issued_at.desc(), rows.invoice_id])
        rows = payments_rows(read.world)
        return rows.order_by([rows["at"].desc(), rows.payment_id])

    return read.ask((f"billing {table}",), build)


def _sum(rows: Sequence[Line], name: str) -> float:
    return float(amount(sum(whole(row[name]) for row in rows if row[name] is not None)))
