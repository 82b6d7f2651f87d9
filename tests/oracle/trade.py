"""What is bought and what is delivered: orders, carts, stock, projects, jobs, deliveries, inspections. Tests' floor.

Each figure is a function (oracle, variant, question) -> Answer in FIGURES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from .books import Books, Fact
from .facts import Record
from .levels import ZERO
from .money import DEAD_ORDERS
from .movements import Scope
from .retention import Answer, ratio
from .spans import Span, add_months, days

if TYPE_CHECKING:
    from .ask import Oracle, Question

NO_DATA = Answer(None, reason="no_data")
Figure = Callable[["Oracle", str, "Question"], Answer]


# orders


def live(books: Books, start: date, end: date, scope: Scope, channel: str = "") -> list[Fact]:
    """Orders of [start, end) that were not cancelled or refunded."""
    found = [o for o in books.orders if o.status not in DEAD_ORDERS and start <= o.day < end]
    return [o for o in found if scope(o.customer, o.day) and (not channel or o.channel == channel)]


def buyers(orders: list[Fact]) -> Counter[str]:
    """How many of the orders each customer has."""
    return Counter(order.customer for order in orders if order.customer)


def purchase_value(oracle: Oracle, variant: str, question: Question) -> Answer:
    """average_purchase_value and average_transaction_value."""
    if not oracle.books.orders:
        return NO_DATA
    channel = "store" if variant == "store" else ""
    orders = live(oracle.books, question.span.start, question.span.end, question.scope, channel)
    return ratio(sum((oracle.books.convert(o) for o in orders), ZERO), len(orders), len(orders))


def purchase_frequency(oracle: Oracle, variant: str, question: Question) -> Answer:
    """Orders of known customers, for each of these."""
    if not oracle.books.orders:
        return NO_DATA
    each = buyers(live(oracle.books, question.span.start, question.span.end, question.scope))
    return ratio(each.total(), len(each), len(each))


def last_year(oracle: Oracle, question: Question) -> Question:
    """The same over the twelve months to the period's end, or to where it is known; groups as they stand then."""
    end = min(question.span.end, oracle.books.cut)
    scope = question.scope
    return replace(
        question,
        span=Span("", add_months(end, -12), end),
        scope=lambda customer, day: scope(customer, end - timedelta(days=1)),
    )


def customer_value(oracle: Oracle, variant: str, question: Question) -> Answer:
    value = purchase_value(oracle, "default", question)
    frequency = purchase_frequency(oracle, "default", question)
    if value.value is None or frequency.value is None:
        return Answer(None, reason=value.reason or frequency.reason)
    return Answer(value.value * frequency.value)


def repeat_purchase_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    books, span = oracle.books, question.span
    if not books.orders:
        return NO_DATA
    if variant == "cohort":
        everything = sorted(live(books, date.min, date.max, lambda customer, day: True), key=lambda order: order.day)
        first = {order.customer: order.day for order in reversed(everything) if order.customer}
        mine = [c for c, day in first.items() if span.start <= day < span.end and question.scope(c, day)]
        often = buyers(everything)
        return ratio(sum(1 for c in mine if often[c] > 1), len(mine), len(mine))
    asked = last_year(oracle, question) if variant == "12m" else question
    each = buyers(live(books, asked.span.start, asked.span.end, asked.scope))
    return ratio(sum(1 for number in each.values() if number > 1), len(each), len(each))


# other tables


def rows(books: Books, table: str, question: Question, time_column: str = "") -> list[Record]:
    """The rows of a table whose time lies in the period, in scope on that day."""
    found = [(fact, fact.day(time_column)) for fact in books.records[table]]
    span = question.span
    return [f for f, day in found if day and span.start <= day < span.end and question.scope(f.customer, day)]


def number(text: str, otherwise: int = 0) -> Fraction:
    return Fraction(text) if text else Fraction(otherwise)


def share_of(good: list[Record], of: list[Record]) -> Answer:
    return ratio(len(good), len(of), len(of))


def cart_abandonment_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    """Carts with something in them, 24 hours old when the books were closed."""
    if not oracle.books.records["carts"]:
        return NO_DATA
    closed = datetime.combine(oracle.books.cut, time(), oracle.books.zone).astimezone()
    carts = [c for c in rows(oracle.books, "carts", question) if number(c["items"], 1) > 0]
    carts = [c for c in carts if closed - c.moments["created_at"] >= timedelta(hours=24)]
    left = [c for c in carts if "ordered_at" not in c.moments and ("ordered_at" in c.later or not c["order_id"])]
    return share_of(left, carts)


def foot_traffic(oracle: Oracle, variant: str, question: Question) -> Answer:
    if not oracle.books.records["visits"]:
        return NO_DATA
    store = [visit for visit in rows(oracle.books, "visits", question) if visit["channel"] == "store"]
    return Answer(sum((number(visit["count"], 1) for visit in store), ZERO))


def spent(books: Books, question: Question, *categories: str, months_before: int = 0) -> Fraction:
    """Costs of the period (or of so many months before it), the part that counts, in reporting currency.

    Of a period that as_of cuts, the costs of the days that are known, or of the same days so many months before.
    """
    total = ZERO
    end = min(question.span.end, books.cut)
    for cost in books.records["costs"]:
        day = cost.day()
        meant = add_months(day, months_before) if day else None
        if not day or not meant or not question.span.start <= meant < end:
            continue
        if cost["category"] in categories and question.scope(cost.customer, meant):
            total += (
                number(cost["amount"]) * number(cost["share"], 1) * books.rate(cost["currency"] or books.currency, day)
            )
    return total


def stock_on(books: Books, day: date) -> Fraction:
    """What all products together are worth on a day, each as its latest row says, at the rate of that row's day."""
    latest: dict[str, tuple[date, Record]] = {}
    for row in books.records["stock"]:
        on = row.day()
        if on and on <= day and (row["product"] not in latest or latest[row["product"]][0] < on):
            latest[row["product"]] = (on, row)
    return sum((Fraction(row["value"]) * books.rate(row["currency"], on) for on, row in latest.values()), ZERO)


def inventory_turnover(oracle: Oracle, variant: str, question: Question) -> Answer:
    books, span = oracle.books, question.span
    if not books.records["costs"] or not books.records["stock"]:
        return NO_DATA
    known = days(span.start, min(span.end, books.cut))
    return ratio(spent(books, question, "goods"), sum((stock_on(books, day) for day in known), ZERO) / len(known))


def project_success_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    if not oracle.books.records["projects"]:
        return NO_DATA
    finished = rows(oracle.books, "projects", question, "finished_at")

    def succeeded(project: Record) -> bool:
        due, done = project["due_on"], project.day("finished_at")
        if project["outcome"] != "success" or (due and done and done > date.fromisoformat(due)):
            return False
        if variant == "budget" and project["budget"] and project["cost"]:
            return number(project["cost"]) <= number(project["budget"])
        return True

    return share_of([project for project in finished if succeeded(project)], finished)


def job_completion_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    if not oracle.books.records["jobs"]:
        return NO_DATA
    accepted = rows(oracle.books, "jobs", question)
    return share_of([j for j in accepted if j["status"] == "completed" and "completed_at" not in j.later], accepted)


def on_time_delivery_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    if not oracle.books.records["deliveries"]:
        return NO_DATA
    promised = rows(oracle.books, "deliveries", question)
    there = [d for d in promised if "delivered_at" in d.moments]
    return share_of([d for d in there if d.moments["delivered_at"] <= d.moments["promised_at"]], promised)


def defect_rate(oracle: Oracle, variant: str, question: Question) -> Answer:
    if not oracle.books.records["inspections"]:
        return NO_DATA
    found = rows(oracle.books, "inspections", question)
    units = sum((number(row["units"]) for row in found), ZERO)
    each = 1_000_000 if variant == "dpmo" else 1
    return ratio(each * sum((number(row["defects"]) for row in found), ZERO), units, int(units))


FIGURES: dict[str, Figure] = {
    "average_purchase_value": purchase_value,
    "average_transaction_value": purchase_value,
    "purchase_frequency": purchase_frequency,
    "customer_value": customer_value,
    "repeat_purchase_rate": repeat_purchase_rate,
    "cart_abandonment_rate": cart_abandonment_rate,
    "foot_traffic": foot_traffic,
    "inventory_turnover": inventory_turnover,
    "project_success_rate": project_success_rate,
    "job_completion_rate": job_completion_rate,
    "on_time_delivery_rate": on_time_delivery_rate,
    "defect_rate": defect_rate,
}
SETTLES = {"cart_abandonment_rate": 1}
"""How many days after its end a period's figure can still change."""


def settled(oracle: Oracle, metric: str, span: Span) -> bool:
    """Whether a period is over, and for as long as the definitions give its figure to settle."""
    return span.end + timedelta(days=SETTLES.get(metric, 0)) <= oracle.books.cut
