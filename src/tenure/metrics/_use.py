"""The words of product use: different users, windows back from a period's end, features, onboarding."""

from __future__ import annotations

from tenure.expr import ByGrain, Col, Const, Expr, Length, Over, Ratio, Rows, count, distinct, total
from tenure.metrics._words import customer, events, is_
from tenure.scales import ONE

WEEK, MONTH, FOUR_WEEKS = 7, 30, 28

in_period = is_ | (customer.left_inside() > 0)
active_then = count(in_period & (events.count() > 0))


def within(days: int) -> Rows:
    """The events of so many days up to the period's end."""
    return Rows("events", "day", said=f"events of the {days} days up to the end", back=days)


def different(who: str, days: int = 0) -> Expr:
    """Different users ("user") or customers ("cust") of the period, or of so many days up to its end."""
    return distinct(within(days) if days else events, who)


def per_day(who: str) -> Expr:
    """The different ones of each day, on average over the days of the period."""
    return ByGrain((("day", different(who)),), Ratio(Over(different(who), "day", "sum"), Length("days")))


def mean_of_days(who: str) -> Expr:
    """The same at every grain: the mean over one day is that day's number."""
    return Ratio(Over(different(who), "day", "sum"), Length("days"))


def monthly(who: str) -> Expr:
    """Of the calendar month by month, the last calendar month of longer periods, else of the last 30 days."""
    short = different(who, MONTH)
    return ByGrain((("month", different(who)), ("day", short), ("week", short)), Over(different(who), "month", "last"))


def mean_share(rows: Rows, column: str = "share") -> tuple[Expr, Expr]:
    """The mean of a share that each row carries, and the sum of squares that its interval needs."""
    return (
        Ratio(Ratio(total(rows.sum(Col(column))), Const(ONE)), total(rows.count())),
        Ratio(total(rows.sum(Col("square"))), Const(ONE)),
    )
