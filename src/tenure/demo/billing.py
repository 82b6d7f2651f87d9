"""What was billed and paid for: invoices, payments, one-off orders; and what it all cost. Floor: edges (demo)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tenure.demo.account import Account, Stretch
from tenure.demo.dice import AS_OF, MONTHS, Dice, Row, add_months, cents, days, month_start, number_rows, past
from tenure.demo.framing import interval_months

# What is sold once: product, price, cost, weight.
ONE_OFF = (
    ("Label printer", 240, 165, 6.0), ("Training day", 900, 380, 3.0),
    ("Data migration", 1800, 900, 1.5), ("Packing workshop", 650, 300, 1.5),
)  # fmt: skip


def invoice_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """A bill at each interval's beginning for what is held then, one for a mid-term rise, and a few one-off ones."""
    rows: list[Row] = []
    for account in accounts:
        ids = sorted({row.subscription_id for row in account.stretches if row.family != "Credits"})
        for subscription in ids:
            rows += _subscription_invoices(dice, account, subscription)
        if account.starts is not None and account.starts < AS_OF and account.plan != "Starter" and dice.chance(0.2):
            at = account.starts + days(dice.spread(1, 20))
            if at < AS_OF:
                rows.append(_invoice(dice, account, None, at, Decimal(dice.pick((350, 500, 750))), "set-up"))
    return number_rows(rows, "invoice_id", "INV-", "issued_at")


def _subscription_invoices(dice: Dice, account: Account, subscription: str) -> list[Row]:
    stretches = [row for row in account.stretches if row.subscription_id == subscription and not row.is_trial]
    credits = [row for row in account.stretches if row.family == "Credits"]
    rows: list[Row] = []
    if not stretches:
        return rows
    first, interval = stretches[0].started_at, stretches[0].interval
    number, at = 0, first
    while at < AS_OF:
        held = [row for row in stretches if row.alive(at)]
        billed = [
            row for row in [*held, *credits] if row.alive(at) and row.status in ("active", "past_due", "incomplete")
        ]
        amount = sum((row.charged(at) for row in billed), Decimal(0))
        if amount > 0:
            rows.append(_invoice(dice, account, subscription, at, amount, "cycle", _fate(dice, held[0], at)))
        number += 1
        following = _next(first, interval, number)
        if interval_months(interval) > 1:
            rows += _rises(dice, account, subscription, stretches, at, following)
        at = following
    return rows


def _next(first: datetime, interval: str, number: int) -> datetime:
    if interval == "week":
        return first + timedelta(weeks=number)
    return add_months(first, number * interval_months(interval))


def _fate(dice: Dice, row: Stretch, at: datetime) -> str:
    if row.status == "past_due":
        gives_up = row.cancel_reason == "non-payment" or row.ended_at is None
        return "open" if gives_up and at > AS_OF - days(45) else "uncollectible" if gives_up else "late"
    return dice.weighted([("paid", 970.0), ("void", 8.0), ("late", 22.0)])


def _rises(
    dice: Dice, account: Account, subscription: str, stretches: list[Stretch], at: datetime, following: datetime
) -> list[Row]:
    """Who grows in the middle of a term pays the rest of the term's difference at once."""
    rows: list[Row] = []
    for moment in sorted({row.started_at for row in stretches if at < row.started_at < min(following, AS_OF)}):
        before = sum((row.charged(moment) for row in stretches if row.alive(moment - timedelta(seconds=1))), Decimal(0))
        after = sum((row.charged(moment) for row in stretches if row.alive(moment)), Decimal(0))
        if after > before > 0:
            left = Decimal((following - moment).days) / Decimal((following - at).days)
            rows.append(_invoice(dice, account, subscription, moment, cents((after - before) * left), "change"))
    return rows


def _invoice(
    dice: Dice,
    account: Account,
    subscription: str | None,
    at: datetime,
    amount: Decimal,
    reason: str,
    fate: str = "paid",
) -> Row:
    term = 0 if account.interval in ("month", "week") else 30
    wait = dice.skewed(0.02) if term == 0 else dice.spread(3, 26)
    paid = at + days(wait * 3 if account.pays_late and term else wait) if fate in ("paid", "late") else None
    if fate == "late":
        paid = at + days(dice.spread(6, 24) + term)
    paid = past(paid)
    status = {"paid": "paid", "late": "paid"}.get(fate, fate)
    if status == "paid" and paid is None:
        status = "draft" if at > AS_OF - timedelta(hours=20) else "open"
    return {
        "invoice_id": "", "customer_id": account.id, "subscription_id": subscription,
        "recurring": subscription is not None,
        "issued_at": at, "due_at": at + days(term), "paid_at": paid, "amount": amount, "currency": account.currency,
        "status": status, "billing_reason": reason,
    }  # fmt: skip


def payment_rows(dice: Dice, invoices: list[Row]) -> list[Row]:
    """Each paid bill's payment, failed tries before some, refunds after a few."""
    rows: list[Row] = []
    for invoice in invoices:
        amount, issued, paid = invoice["amount"], invoice["issued_at"], past(invoice["paid_at"])
        assert isinstance(amount, Decimal) and isinstance(issued, datetime)
        bad = invoice["status"] == "uncollectible"
        tries = 3 if bad else dice.weighted([(0, 93.0), (1, 6.0), (2, 1.0)])
        if bad or (tries and paid is not None):
            ends = paid or min(issued + days(21), AS_OF)
            for part in range(tries):
                at = issued + days((ends - issued).total_seconds() / 86400 * part / (tries + 1))
                _pay(rows, invoice, at, amount, "failed")
        if paid is None:
            continue
        succeeded = _pay(rows, invoice, paid, amount, "succeeded")
        back = paid + days(dice.spread(1, 25))
        if dice.chance(0.012) and back < AS_OF:
            _pay(rows, invoice, back, amount if dice.chance(0.6) else cents(amount / 2), "refunded", succeeded)
    return rows


def _pay(
    rows: list[Row], invoice: Row, at: datetime, amount: Decimal, status: str, refund_of: str | None = None
) -> str:
    fee = cents(amount * Decimal("0.029") + Decimal("0.30")) if status == "succeeded" else Decimal("0.00")
    number = f"PAY-{len(rows) + 1:05d}"
    rows.append(
        {
            "payment_id": number, "customer_id": invoice["customer_id"], "invoice_id": invoice["invoice_id"],
            "at": at, "amount": amount, "fee": fee, "currency": invoice["currency"], "status": status,
            "refund_of": refund_of,
        }
    )  # fmt: skip
    return number


def order_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Things sold once, in the online shop, at the counter and by phone; a few without a known customer."""
    rows: list[Row] = []
    for account in accounts:
        for start, end in account.lives:
            months = (min(end, AS_OF) - start).days / 30
            for _ in range(int(months * 0.06 + dice.random())):
                at = dice.clock((start + days(dice.random() * max(months * 30, 1))).date())
                if start <= at < min(end, AS_OF):
                    rows.append(_order(dice, account, at))
    for _ in range(9):
        at = dice.clock(month_start(1) + timedelta(days=dice.between(0, 729)))
        rows.append(_order(dice, dice.pick(accounts), at) | {"customer_id": None})
    return number_rows(rows, "order_id", "O-", "placed_at")


def _order(dice: Dice, account: Account, at: datetime) -> Row:
    product, price, cost = dice.weighted([((name, price, cost), weight) for name, price, cost, weight in ONE_OFF])
    number = dice.between(1, 4) if product == "Label printer" else 1
    status = dice.weighted([("fulfilled", 92.0), ("cancelled", 4.0), ("refunded", 4.0)])
    return {
        "order_id": "", "customer_id": account.id, "placed_at": at, "amount": Decimal(price * number),
        "cost": Decimal(cost * number), "currency": account.currency,
        "channel": dice.weighted([("online", 6.0), ("store", 2.0), ("other", 2.0)]),
        "status": "placed" if at > AS_OF - days(6) else status, "product": product,
    }  # fmt: skip


def cost_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Each month's bills by what they are for; a few belong to one customer."""
    rows: list[Row] = []
    lines = (
        ("acquisition", "advertising", "search", 7000, "1"), ("acquisition", "advertising", "promo", 0, "1"),
        ("acquisition", "salaries", None, 21000, "1"), ("acquisition", "commissions", "partner", 4200, "1"),
        ("acquisition", "other", "event", 2600, "1"), ("retention", "salaries", None, 17500, "1"),
        ("retention", "loyalty", None, 1400, "1"), ("retention", "communications", None, 900, "1"),
        ("retention", "tooling", None, 2400, "0.6"), ("support", "salaries", None, 19000, "1"),
        ("support", "tooling", None, 2400, "0.4"), ("goods", "other", None, 15500, "1"),
        ("other", "salaries", None, 38000, "1"),
    )  # fmt: skip
    for month in range(1, MONTHS + 1):
        at = datetime(month_start(month).year, month_start(month).month, 25, 12)
        for category, line, channel, base, share in lines:
            base = base if channel != "promo" else 11000 if 12 <= month <= 16 else 0
            amount = Decimal(int(base * (0.7 + 0.03 * month) * dice.spread(0.92, 1.08)))
            if amount:
                rows.append(
                    _cost(category, line, channel, share, at, amount, "EUR" if channel == "event" else "USD", None)
                )
        for account in dice.some([one for one in accounts if one.alive(at) and one.touch == "high"], 2):
            rows.append(_cost("retention", "loyalty", None, "1", at, Decimal(dice.between(60, 240)), "USD", account.id))
    return number_rows(rows, "cost_id", "C-", "at")


def _cost(
    category: str,
    line: str,
    channel: str | None,
    share: str,
    at: datetime,
    amount: Decimal,
    currency: str,
    customer: str | None,
) -> Row:
    return {
        "cost_id": "", "category": category, "line": line, "channel": channel, "share": Decimal(share), "at": at,
        "amount": amount, "currency": currency, "customer_id": customer,
    }  # fmt: skip
