"""What customers cost, how long they stay and what they bring; which state everyone known is in. Tests' floor.

Each figure is a function (oracle, variant, question) -> Answer in FIGURES.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from . import money
from .cohorts import first_day
from .levels import ZERO
from .movements import everyone, number, total
from .retention import Answer, cohort, ratio
from .spans import DAY, Span, days, days_in_month
from .trade import NO_DATA, Figure, last_year, live, purchase_frequency, purchase_value, spent

if TYPE_CHECKING:
    from .ask import Oracle, Question

HORIZON = 60
DAYS_A_MONTH = Fraction(304375, 10000)
STATES = ("prospect", "trial", "free", "paying", "paused", "past_due", "churned", "reactivated")


def margin(oracle: Oracle) -> Fraction:
    return Fraction(str(oracle.books.policy.get("gross_margin", 1)))


def months(oracle: Oracle, span: Span) -> Fraction:
    """The months of a period, as far as it is known: each day is one of the days of its month."""
    known = days(span.start, min(span.end, oracle.books.cut))
    return sum((Fraction(1, days_in_month(day)) for day in known), ZERO)


def missing(oracle: Oracle, *tables: str) -> bool:
    return any(not oracle.books.records[table] for table in tables)


# how long


def stays(oracle: Oracle, question: Question) -> list[tuple[int, bool]]:
    """Every customer so far: days from first becoming one to the last exit, or (False) to the period's end."""
    ledger = oracle.ledger()
    end = min(question.span.end, oracle.books.cut)
    found = []
    for customer in ledger.customers:
        first = first_day(ledger, customer)
        if first is None or first >= end or not question.scope(customer, end - DAY):
            continue
        if ledger.level(customer, end - DAY) > 0:
            found.append(((end - first).days, False))
        else:
            last = end - DAY
            while ledger.level(customer, last - DAY) == 0:
                last -= DAY
            found.append(((last - first).days, True))
    return found


def survival_mean(stays: list[tuple[int, bool]]) -> Fraction:
    """The area under the Kaplan-Meier curve up to the horizon, in months; after the last exit it stays where it is."""
    alive, area, since = Fraction(1), ZERO, ZERO
    for days_ in sorted({length for length, gone in stays if gone}):
        at = Fraction(days_) / DAYS_A_MONTH
        if at >= HORIZON:
            break
        area += alive * (at - since)
        since = at
        left = sum(1 for length, gone in stays if gone and length == days_)
        alive *= 1 - Fraction(left, sum(1 for length, _ in stays if length >= days_))
    return area + alive * (HORIZON - since)


def staying(stays: list[tuple[int, bool]], days_: Fraction) -> Fraction:
    """The share that stays longer than so many days (Kaplan-Meier)."""
    alive = Fraction(1)
    for left in sorted({length for length, gone in stays if gone and length <= days_}):
        at_risk = sum(1 for length, _ in stays if length >= left)
        alive *= 1 - Fraction(sum(1 for length, gone in stays if gone and length == left), at_risk)
    return alive


def customer_lifespan(oracle: Oracle, variant: str, question: Question) -> Answer:
    found = stays(oracle, question)
    if not found:
        return Answer(None, n=0, reason="empty_denominator")
    return Answer(survival_mean(found), n=len(found))


# what they bring


def clv(oracle: Oracle, variant: str, question: Question) -> Answer:
    if variant == "default":
        variant = "churn" if oracle.books.subscribed else "purchase"
    if variant == "churn":
        return clv_churn(oracle, question)
    if variant == "purchase":
        year = last_year(oracle, question)
        parts = [purchase_value(oracle, "default", year), purchase_frequency(oracle, "default", year)]
        parts.append(customer_lifespan(oracle, "default", question))
        return product(parts, margin(oracle) / 12, int(parts[1].denominator or 0))
    if variant == "arpc":
        parts = [money.arpc(oracle.ledger(), question.span, question.scope)]
        parts.append(customer_lifespan(oracle, "default", question))
        there = money.customers_of(oracle.ledger(), question.span, question.scope)
        return product(parts, 1 / months(oracle, question.span), there)
    if variant == "value":
        return clv_value(oracle, question)
    if variant == "predictive":
        return clv_predictive(oracle, question)
    assert variant == "historic"
    return clv_historic(oracle, question)


def product(parts: list[Answer], factor: Fraction, n: int) -> Answer:
    value = factor
    for part in parts:
        if part.value is None:
            return Answer(None, reason=part.reason)
        value *= part.value
    return Answer(value, n=n)


def clv_value(oracle: Oracle, question: Question) -> Answer:
    """Revenue / orders x orders / customers x mean years of everyone so far, the period's orders as those of a year."""
    if not oracle.books.orders:
        return NO_DATA
    orders = live(oracle.books, question.span.start, question.span.end, question.scope)
    known, found = len({order.customer for order in orders if order.customer}), stays(oracle, question)
    if not known or not found:
        return Answer(None, reason="empty_denominator")
    years = Fraction(sum(length for length, _ in found), len(found)) / (12 * DAYS_A_MONTH)
    sold = sum((oracle.books.convert(order) for order in orders), ZERO)
    return Answer(sold / known * years * 12 / months(oracle, question.span), n=known)


def clv_predictive(oracle: Oracle, question: Question) -> Answer:
    """ARPA times margin in each of the next 36 months, times the share of all so far who stay so long, discounted."""
    if not oracle.books.subscribed:
        return NO_DATA
    arpa, found = oracle.ask("arpa", None, question), stays(oracle, question)
    if arpa.value is None or not found:
        return Answer(None, reason="empty_denominator")
    ahead = sum(float(staying(found, k * DAYS_A_MONTH)) * 1.1 ** (-k / 12) for k in range(1, 37))
    return Answer(arpa.value * margin(oracle) * Fraction(ahead), n=int(arpa.denominator or 0))


def clv_churn(oracle: Oracle, question: Question) -> Answer:
    """ARPA times margin over the monthly rate that a period's churn comes to."""
    if not oracle.books.subscribed:
        return NO_DATA
    arpa = oracle.ask("arpa", None, question)
    churn = oracle.ask("customer_churn_rate", None, question).value
    if arpa.value is None or not churn:
        return Answer(None, reason="empty_denominator")
    length = months(oracle, question.span)
    monthly = churn if length == 1 else Fraction(1 - float(1 - churn) ** float(1 / length))
    return Answer(
        arpa.value * margin(oracle) / monthly, n=len(cohort(oracle.ledger(), question.span, question.scope).members)
    )


def clv_historic(oracle: Oracle, question: Question) -> Answer:
    """All that came in from customers so far, for each of those from whom something came; groups as at the end."""
    books, end = oracle.books, min(question.span.end, oracle.books.cut)
    if books.payments:
        facts = [fact for fact in books.payments if fact.status in ("succeeded", "refunded")]
    elif books.orders:
        facts = live(books, date.min, end, everyone)
    else:
        facts = [fact for fact in books.invoices if fact.status not in money.DEAD_INVOICES]
    if not books.payments and not books.orders and not books.invoices:
        return NO_DATA
    facts = [f for f in facts if f.customer and f.day < end and question.scope(f.customer, end - DAY)]
    came = sum((-1 if fact.status == "refunded" else 1) * books.convert(fact) for fact in facts)
    payers = len({fact.customer for fact in facts})
    return ratio(came * margin(oracle), payers, payers)


# what they cost


def cac(oracle: Oracle, variant: str, question: Question) -> Answer:
    if missing(oracle, "costs"):
        return NO_DATA
    new = number(oracle.moves(), "new", question.span.start, question.span.end, question.scope)
    months_before = 1 if variant == "lagged" else 0
    return ratio(spent(oracle.books, question, "acquisition", months_before=months_before), new, new)


def cac_payback(oracle: Oracle, variant: str, question: Question) -> Answer:
    """Cost of a new customer over what one brings a month from the first day on."""
    if missing(oracle, "costs") or not oracle.books.subscribed:
        return NO_DATA
    each = cac(oracle, "default", question)
    start, end = question.span.start, question.span.end
    mrr = total(oracle.moves(), "new", start, end, question.scope)
    if each.value is None or not each.denominator or mrr == 0:
        return Answer(None, reason="empty_denominator")
    kept = Fraction(1) if variant == "revenue" else margin(oracle)
    return Answer(each.value / (mrr / each.denominator * kept))


def clv_to_cac(oracle: Oracle, variant: str, question: Question) -> Answer:
    value, cost = clv(oracle, "default", question), cac(oracle, "default", question)
    if value.value is None or cost.value is None:
        return Answer(None, reason="no_data" if NO_DATA in (value, cost) else value.reason or cost.reason)
    return ratio(value.value, cost.value, cost.n)


def crc(oracle: Oracle, variant: str, question: Question) -> Answer:
    if missing(oracle, "costs"):
        return NO_DATA
    if variant == "all":
        there = oracle.ask("customers", None, question).value or ZERO
        return ratio(spent(oracle.books, question, "retention", "acquisition"), there, int(there))
    group = cohort(oracle.ledger(), question.span, question.scope)
    still = len(group.members) - len(group.gone)
    return ratio(spent(oracle.books, question, "retention"), still, still)


def retention_roi(oracle: Oracle, variant: str, question: Question) -> Answer:
    """What the customers who stayed bring in the period, less what keeping them cost, over that cost."""
    if missing(oracle, "costs") or not oracle.books.subscribed:
        return NO_DATA
    ledger = oracle.ledger()
    group = cohort(ledger, question.span, question.scope)
    mrr = sum((ledger.level(customer, group.last) for customer in group.members), ZERO)
    taken = Fraction(str(oracle.books.policy.get("retention_share", 1)))
    cost = spent(oracle.books, question, "retention")
    return ratio(mrr * months(oracle, question.span) * margin(oracle) * taken - cost, cost)


def customers_per_employee(oracle: Oracle, variant: str, question: Question) -> Answer:
    """Customers at the end, over each department's latest headcount."""
    if missing(oracle, "staff"):
        return NO_DATA
    latest: dict[str, tuple[date, Fraction]] = {}
    for row in oracle.books.records["staff"]:
        on = row.day()
        if on and on < question.span.end and row["headcount"]:
            latest[row["department"]] = max(
                latest.get(row["department"], (date.min, ZERO)), (on, Fraction(row["headcount"]))
            )
    there = oracle.ask("customers", None, question).value or ZERO
    return ratio(there, sum((heads for _, heads in latest.values()), ZERO))


# who is in which state


@lru_cache(maxsize=8)
def known_since(oracle: Oracle) -> dict[str, date]:
    """Everyone any table speaks of: since when (created, else the first fact); without a day, always."""
    books = oracle.books
    seen: list[tuple[str | None, date | None]] = [(item.customer, item.start) for item in books.items]
    seen += [(contract.customer, contract.start) for contract in books.contracts]
    seen += [(fact.customer, fact.day) for fact in [*books.payments, *books.orders, *books.invoices]]
    seen += [(use.customer, use.day) for use in books.uses]
    seen += [(fact.customer, fact.day()) for found in books.records.values() for fact in found]
    seen += [(customer, None) for customer in books.stretches]
    people = {customer for customer, _ in seen if customer}
    return {
        person: books.created.get(person) or min((d for c, d in seen if c == person and d), default=date.min)
        for person in people
    }


def state(oracle: Oracle, customer: str, day: date) -> str:
    """The one state a known customer is in at the close of a day."""
    ledger, books = oracle.ledger(), oracle.books
    earlier = [when for when in ledger.changes.get(customer, ([], []))[0] if when <= day]
    levels = [ledger.level(customer, when) > 0 for when in earlier]
    mine = [item for item in books.items if item.customer == customer]
    running = [item for item in mine if item.start <= day and (item.end is None or day < item.end)]
    if levels and levels[-1]:
        if any(item.status == "past_due" for item in running):
            return "past_due"
        return "reactivated" if False in levels[levels.index(True) :] else "paying"
    if any(item.status == "paused" for item in running):
        return "paused"
    if any(item.trial for item in running) or on_trial(oracle, customer, day):
        return "trial"
    if any(item.status == "active" and item.amount == 0 for item in running):
        return "free"
    return "churned" if any(levels) else "prospect"


def on_trial(oracle: Oracle, customer: str, day: date) -> bool:
    """Whether a trial of the customer's runs at the close of a day."""
    mine = [trial for trial in oracle.books.records["trials"] if trial.customer == customer]
    for trial in mine:
        started, ends, converted = (trial.day(name) for name in ("started_at", "ends_at", "converted_at"))
        if (not started or started <= day) and (not ends or day < ends) and (not converted or day < converted):
            return True
    return False


def customers_all(oracle: Oracle, question: Question) -> Answer:
    """Everyone known by the period's end, in the scope."""
    last = oracle.ledger().close_before(question.span.end)
    people = [c for c, since in known_since(oracle).items() if since <= last and question.scope(c, last)]
    return Answer(Fraction(len(people)))


FIGURES: dict[str, Figure] = {
    "customer_lifespan": customer_lifespan,
    "clv": clv,
    "cac": cac,
    "cac_payback": cac_payback,
    "clv_to_cac": clv_to_cac,
    "crc": crc,
    "retention_roi": retention_roi,
    "customers_per_employee": customers_per_employee,
}
