"""Subscription items as stretches of constant monthly amount, under the rules in force.

One row is one item between two instants: cust, currency, ticks a month, from/to as instants (UTC) and local days, and
what upsell needs: family, product, plan, quantity. An item counts at the close of day d when from_day <= d < to_day.
"""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.money import PER_MONTH, WEEK_EXACT
from tenure.periods import LAST_DAY
from tenure.rollup import World, keyed, ticks

MOST_BY_CENTS = 100_000_000
"""10 ** 10 cents by the ticks of a day's price stay below 2 ** 63; doubles hold so many cents exactly."""
ROW = "_row"
"""The column with a row's number, where rows are read with their positions."""
FAR = ibis.timestamp("9999-12-31 00:00:00")


def follow_from_rows(world: World) -> bool:
    """Whether items depend on nothing but their row, so that they can be kept beside it; rates are no part of that."""
    return not world.foreign and world.rule("refunds") != "full_refund_cancels"


def of_rows(world: World) -> ir.Table:
    """What is kept of items in the reporting currency, each with the number of its row."""
    rows = items(world, ROW)
    return rows.select("cust", "from_day", "to_day", "ticks", part_row=rows[ROW])


def kept(name: str) -> ir.Table:
    """Items as they were kept, which know no instants: what begins and ends on one day counts together."""
    columns = {"cust": "int64", "from_day": "date", "to_day": "date", "ticks": "decimal(18,0)"}
    rows = lean.table(columns, name=name)
    return rows.mutate(from_at=rows.from_day.cast("timestamp"), to_at=rows.to_day.cast("timestamp"))


def items(world: World, *extra: str) -> ir.Table:
    """Every stretch that counts towards MRR; with further columns of subscriptions."""
    rows = keyed(world.table("subscriptions"), world.only).filter(lambda t: t.cust.notnull())
    rows = rows.filter(_counts(world, rows))
    rows = _bounded(world, rows)
    rows = rows.mutate(factor=_factor(world, rows))
    rows = _split_by_discount(world, rows, extra)
    if world.rule("metered") == "included":
        rows = _trailing_thirds(rows)
    return _not_before_as_of(world, rows).filter(lambda t: t.from_day < t.to_day)


def _counts(world: World, rows: ir.Table) -> ir.BooleanValue:
    """Which stretches count at all."""
    statuses = ["active"]
    if world.rule("past_due") != "excluded":
        statuses.append("past_due")
    if world.rule("paused") == "counts":
        statuses.append("paused")
    uses = ["licensed"]
    if world.rule("metered") == "included":
        uses.append("metered")
    if world.rule("minimum") == "included":
        uses.append("minimum")
    usage = ibis.coalesce(rows.usage_type, ibis.literal("licensed"))
    tests = [rows.status.isin(statuses), usage.isin(uses)]
    trial = ibis.coalesce(rows.is_trial, ibis.literal(False))
    tests.append(~trial | (rows.amount > 0) if world.rule("trial") == "paid_counts" else ~trial)
    if world.rule("terms") == "annual":
        months = rows.interval_count * rows.interval.cases(
            ("year", 12), ("half_year", 6), ("quarter", 3), ("month", 1), else_=0
        )
        tests.append((months >= 12) | ((rows.interval == "week") & (rows.interval_count >= 52)))
    return functools.reduce(operator.and_, tests)


def _bounded(world: World, rows: ir.Table) -> ir.Table:
    """With from_at, from_day, to_at, to_day: when each stretch counts."""
    ends = [(rows.ended_at, rows.ended_day)]
    if world.rule("churn_at") != "service_end":
        ends.append((rows.cancelled_at, rows.cancelled_day))
    if world.rule("churn_at") == "scheduled_at":
        ends.append((rows.cancel_requested_at, rows.cancel_requested_day))
    begins = (rows.started_at, rows.started_day)
    if world.rule("counts_from") == "signing":
        planned = rows.ended_at.notnull()
        ends.append(
            (
                ibis.ifelse(planned, rows.cancel_requested_at, ibis.null("timestamp")),
                ibis.ifelse(planned, rows.cancel_requested_day, ibis.null("date")),
            )
        )
        early = rows.signed_at < rows.started_at
        begins = (
            ibis.ifelse(early, rows.signed_at, rows.started_at),
            ibis.ifelse(early, rows.signed_day, rows.started_day),
        )
    if world.rule("past_due") == "auto_churn":
        days = int(world.policy.setting("past_due_days") or 0)
        late = rows.status == "past_due"
        given_up = rows.started_at + ibis.interval(days=days)
        ends.append(
            (
                ibis.ifelse(late, given_up, ibis.null("timestamp")).cast("timestamp"),
                ibis.ifelse(late, _plus_days(rows.started_day, days), ibis.null("date")),
            )
        )
    rows = rows.mutate(from_at=begins[0], from_day=begins[1])
    rows = rows.mutate(
        to_at=_earliest([ibis.coalesce(at, FAR) for at, _ in ends]),
        to_day=_earliest([ibis.coalesce(day, ibis.literal(LAST_DAY)) for _, day in ends]),
    )
    return _cut_by_refunds(world, rows) if world.rule("refunds") == "full_refund_cancels" else rows


def _earliest(times: list[ir.Value]) -> ir.Value:
    """The least of one or more; some engines refuse to compare one value with nothing."""
    return times[0] if len(times) == 1 else ibis.least(*times)


def _plus_days(day: ir.Value, days: int) -> ir.Value:
    """A later day. Through a timestamp: engines disagree on the type of date + interval."""
    return (day.cast("timestamp") + ibis.interval(days=days)).cast("timestamp").date()


def _cut_by_refunds(world: World, rows: ir.Table) -> ir.Table:
    """A payment that was refunded in full ends the subscription of its invoice when the refund is made."""
    if not {"payments", "invoices"} <= world.loaded:
        return rows
    paid, invoices = world.table("payments"), world.table("invoices")
    back = paid.filter(paid.status == "refunded").select(refund_of="refund_of", back="amount", at="at", day="day")
    whole = back.join(paid, [back.refund_of == paid.payment_id]).filter(lambda t: t.back >= t.amount)
    cancelled = (
        whole.join(invoices, "invoice_id")
        .group_by("subscription_id")
        .agg(refund_at=lambda t: t["at"].min(), refund_day=lambda t: t.day.min())
        .rename(refunded_="subscription_id")
    )
    joined = rows.join(cancelled, rows.subscription_id == cancelled.refunded_, how="left").drop("refunded_")
    return joined.mutate(
        to_at=ibis.least(joined.to_at, ibis.coalesce(joined.refund_at, FAR)),
        to_day=ibis.least(joined.to_day, ibis.coalesce(joined.refund_day, ibis.literal(LAST_DAY))),
    ).drop("refund_at", "refund_day")


def _factor(world: World, rows: ir.Table) -> ir.Value:
    """Ticks a month of one unit of currency per interval."""
    per_month = dict(PER_MONTH)
    if world.rule("week") == "exact":
        per_month["week"] = WEEK_EXACT
    return rows.interval.cases(*((k, ibis.literal(v, "int64")) for k, v in per_month.items()), else_=0)


def _split_by_discount(world: World, rows: ir.Table, extra: tuple[str, ...]) -> ir.Table:
    """With `ticks`: the discounted amount until the discount ends, the list amount from then on."""
    rule = world.rule("discounts")
    has_list = rows.list_amount.notnull()
    if rule == "gross":
        deducted: ir.Value = ibis.literal(False)
    elif rule == "forever_only":
        deducted = ~has_list | (rows.discount_kind == "forever")
    elif rule == "recurring_only":
        deducted = ~has_list | (ibis.coalesce(rows.discount_kind, ibis.literal("forever")) != "once")
    else:
        deducted = ibis.literal(True)
    listed = ibis.coalesce(rows.list_amount, rows.amount)
    first = ibis.ifelse(ibis.coalesce(deducted, ibis.literal(False)), rows.amount, listed)
    ends_inside = has_list & rows.discount_ends_at.notnull() & (rows.discount_ends_at < rows.to_at) & (first != listed)
    ends_inside = ibis.coalesce(ends_inside, ibis.literal(False))
    rows = rows.mutate(first=first, listed=listed, splits=ends_inside)
    whole = rows.filter(~rows.splits).mutate(money=rows.first)
    cut = rows.filter(rows.splits)
    before = cut.mutate(money=cut.first, to_at=cut.discount_ends_at, to_day=cut.discount_ends_day)
    after = cut.mutate(
        money=cut.listed,
        from_at=ibis.greatest(cut.from_at, cut.discount_ends_at),
        from_day=ibis.greatest(cut.from_day, cut.discount_ends_day),
    )
    return ibis.union(*(_columns(part, extra) for part in (whole, before, after)))


def _columns(rows: ir.Table, extra: tuple[str, ...]) -> ir.Table:
    """The columns an item has, with its amount in ticks a month."""
    count = ibis.coalesce(rows.interval_count, ibis.literal(1)).cast("int64")
    divides = rows.factor % count == 0
    per = ibis.ifelse(divides, (rows.factor / count).floor().cast("int64"), rows.factor)
    odd = ticks((rows.money.cast("float64") * rows.factor.cast("float64") / count.cast("float64")).round())
    family = ibis.coalesce(rows.product_family, rows["product"], ibis.literal(""))
    own = {"family", "product", "plan", "quantity", "currency", "subscription_id", "usage_type", "signed_day"}
    return rows.select(
        *[name for name in extra if name not in own],
        cust=rows.cust,
        currency=rows.currency,
        subscription_id=rows.subscription_id,
        usage_type=rows.usage_type,
        ticks=ibis.cases(
            ((rows.factor % (count * 100) == 0) & _has_cents(rows.money), _of_cents(rows.money, rows.factor, count)),
            (divides, ticks(rows.money * per)),
            else_=odd,
        ),
        is_credit=rows.money < 0,
        from_at=rows.from_at,
        from_day=rows.from_day,
        to_at=rows.to_at,
        to_day=rows.to_day,
        signed_day=ibis.coalesce(rows.signed_day, rows.started_day),
        family=family,
        product=ibis.coalesce(rows["product"], ibis.literal("")),
        plan=ibis.coalesce(rows.plan, ibis.literal("")),
        quantity=rows.quantity.cast("string"),
    )


def _has_cents(money: ir.Value) -> ir.BooleanValue:
    """Whether an amount is whole cents, and small enough for its ticks to fit a machine's integers."""
    cents = money.cast("decimal(16,2)").cast("decimal(18,4)") == money
    return money.between(-MOST_BY_CENTS, MOST_BY_CENTS) & cents


def _of_cents(money: ir.Value, factor: ir.Value, count: ir.Value) -> ir.Value:
    """The ticks of whole cents, in machine integers: some engines take twenty times longer over wide decimals."""
    cents = (money.cast("float64") * 100).round().cast("int64")
    return ticks(cents * (factor / (count * 100)).floor().cast("int64"))


def _trailing_thirds(rows: ir.Table) -> ir.Table:
    """Metered stretches as a third now, a third a month later, a third two months later."""
    rows = rows.mutate(is_metered=ibis.coalesce(rows.usage_type == "metered", ibis.literal(False)))
    fixed = rows.filter(~rows.is_metered).drop("is_metered")
    metered = rows.filter(rows.is_metered).drop("is_metered")
    parts = [fixed]
    for months in (0, 1, 2):
        later = ibis.interval(months=months)
        parts.append(
            metered.mutate(
                ticks=ticks((metered.ticks.cast("float64") / 3).round()),
                from_at=(metered.from_at + later).cast("timestamp"),
                from_day=(metered.from_day.cast("timestamp") + later).cast("timestamp").date(),
                to_at=ibis.ifelse(metered.to_at == FAR, FAR, (metered.to_at + later).cast("timestamp")),
                to_day=ibis.ifelse(
                    metered.to_day == ibis.literal(LAST_DAY),
                    ibis.literal(LAST_DAY),
                    (metered.to_day.cast("timestamp") + later).cast("timestamp").date(),
                ),
            )
        )
    return ibis.union(*parts)


def _not_before_as_of(world: World, rows: ir.Table) -> ir.Table:
    """Where as_of is fixed inside a day, what happens later that day moves to the next, which is not seen."""
    if not world.frozen:
        return rows
    now, cut = ibis.literal(world.as_of), ibis.literal(world.cut)
    return rows.mutate(
        from_day=ibis.ifelse(rows.from_at >= now, ibis.greatest(rows.from_day, cut), rows.from_day),
        to_day=ibis.ifelse(rows.to_at >= now, ibis.greatest(rows.to_day, cut), rows.to_day),
    )


def natives(world: World) -> ir.Table:
    """(cust, currency, from_day, to_day, ticks): items in their own currency.

    One counts at boundary b when from_day < b <= to_day.
    """
    return items(world).select("cust", "currency", "from_day", "to_day", "ticks")
