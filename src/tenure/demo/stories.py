"""The three planted stories of the example company, and plain loops that read them off the raw rows.

1. *The wave.* In months 15 to 17 recent sign-ups who did not finish onboarding leave in numbers; those who did stay.
2. *The launch.* `route_planner` comes out in month 10; who takes it up upgrades or adds to the plan in months 11 to 13.
3. *The slowdown.* In months 18 to 20 support takes four times as long; satisfaction falls at once, renewals
   of those who waited fall two to four months later.

The loops know nothing of the engine: they are what its answers are held against. Floor: edges (demo).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo.dice import AS_OF, MONTHS, Row, Tables, add_months, month_start

WAVE_MONTHS = (15, 17)
RECENT_MONTHS = 4  # a recent sign-up came less than so many months ago
LAUNCH_MONTH = 10
LAUNCH_FEATURE = "route_planner"
LAUNCH_EVENT = "route_planned"
LAUNCHED_ON = date(2024, 10, 7)
LAUNCH_GROWTH_MONTHS = (11, 13)
SLOW_MONTHS = (18, 20)
SLOW_FACTOR = 4
SLOW_HOURS = 8  # a customer who waited this long for the first answer has had a slow ticket
RENEWAL_DAYS = (60, 125)  # so many days after a slow ticket the contract's end is at risk
HIT_MONTHS = (20, 24)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Stories:
    """What the raw rows say about each story."""

    wave_churn_unfinished: Share  # recent sign-ups who had not finished onboarding: lost in the wave's months
    wave_churn_finished: Share  # recent sign-ups who had
    expansion_by_month: tuple[Decimal, ...]  # month 1 first; USD, per customer and month
    adopters_expanding: Share  # of the customers who used the feature by the end of its launch month
    others_expanding: Share
    first_response_hours: tuple[float, float]  # medians: in the slow months, in the others
    resolution_hours: tuple[float, float]
    csat_slow: Share  # positive answers given in the slow months
    csat_other: Share
    renewed_after_slow: Share  # contracts due in the hit months, after a slow ticket two to four months before
    renewed_otherwise: Share  # contracts due in the same months without one


def read(tables: Tables) -> Stories:
    """All the figures, by plain loops."""
    unfinished, finished = _wave(tables)
    adopters, others = _launch(tables)
    response, resolution = _clocks(tables)
    csat_slow, csat_other = _csat(tables)
    after_slow, otherwise = _renewals(tables)
    return Stories(
        unfinished, finished, expansion_by_month(tables), adopters, others,
        response, resolution, csat_slow, csat_other, after_slow, otherwise,
    )  # fmt: skip


def within(day: date | None, months: tuple[int, int]) -> bool:
    """Whether a moment lies in these months of the company's life, both included."""
    if day is None:
        return False
    on = day.date() if isinstance(day, datetime) else day
    return month_start(months[0]) <= on < month_start(months[1] + 1)


def monthly(row: Row, at: datetime) -> Decimal:
    """What one stretch is worth a month at that moment, in its own currency; 0 where it does not count."""
    started, ended, until = _time(row["started_at"]), _time(row["ended_at"]), _time(row["discount_ends_at"])
    assert started is not None
    counts = row["status"] in ("active", "past_due") and not row["is_trial"] and row["usage_type"] == "licensed"
    if not counts or started > at or (ended is not None and ended <= at):
        return Decimal(0)
    amount = row["list_amount"] if until is not None and until <= at else row["amount"]
    assert isinstance(amount, Decimal)
    months = {"month": Decimal(1), "quarter": Decimal(3), "half_year": Decimal(6), "year": Decimal(12)}
    if row["interval"] == "week":
        return amount * 52 / 12
    return amount / months[str(row["interval"])]


def rate(tables: Tables, currency: str, on: date) -> Decimal:
    """The rate to US dollars in force that day."""
    if currency == "USD":
        return Decimal(1)
    found = Decimal(0)
    for row in tables["fx_rates"]:
        if row["currency"] == currency and isinstance(row["on"], date) and row["on"] <= on:
            assert isinstance(row["rate"], Decimal)
            found = row["rate"]
    return found


def mrr_by_customer(tables: Tables, at: datetime, rates_on: date | None = None) -> dict[str, Decimal]:
    """Every customer's MRR in US dollars just before a moment (a day's start); who pays nothing is left out."""
    just_before = at - timedelta(microseconds=1)
    on = rates_on or just_before.date()
    rates = {currency: rate(tables, currency, on) for currency in ("USD", "EUR", "GBP")}
    levels: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["subscriptions"]:
        worth = monthly(row, just_before)
        if worth:
            levels[str(row["customer_id"])] += worth * rates[str(row["currency"])]
    return {customer: level for customer, level in levels.items() if level > 0}


def expansion_by_month(tables: Tables) -> tuple[Decimal, ...]:
    """Of customers who paid at both ends of a month: the rises, at the rates of its start."""
    sums = []
    for number in range(1, MONTHS + 1):
        before, after = _ends(tables, number, number)
        sums.append(sum((after[c] - before[c] for c in before if after.get(c, Decimal(0)) > before[c]), Decimal(0)))
    return tuple(sums)


def _ends(tables: Tables, first: int, last: int) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """MRR by customer at both ends of a stretch of months, at the rates of its start."""
    start, end = (datetime.combine(month_start(n), datetime.min.time()) for n in (first, last + 1))
    on = month_start(first)
    return mrr_by_customer(tables, start, on), mrr_by_customer(tables, end, on)


def _wave(tables: Tables) -> tuple[Share, Share]:
    """Who signed up less than four months before they could leave in the wave, by whether onboarding was finished."""
    done = _finished_onboarding(tables)
    joined = _first_days(tables)
    counts = {True: [0, 0], False: [0, 0]}
    for number in range(WAVE_MONTHS[0], WAVE_MONTHS[1] + 1):
        before, after = _ends(tables, number, number)
        for customer in before:
            if add_months(joined[customer], RECENT_MONTHS) > month_start(number):
                counts[customer in done][1] += 1
                counts[customer in done][0] += customer not in after
    return Share(*counts[False]), Share(*counts[True])


def _finished_onboarding(tables: Tables) -> set[str]:
    steps: dict[str, list[bool]] = defaultdict(list)
    for row in tables["onboarding_steps"]:
        if row["required"]:
            steps[str(row["customer_id"])].append(row["completed_at"] is not None)
    return {customer for customer, done in steps.items() if all(done)}


def _first_days(tables: Tables) -> dict[str, date]:
    first: dict[str, date] = {}
    for row in tables["customers"]:
        created = _time(row["created_at"])
        assert created is not None
        first.setdefault(str(row["customer_id"]), created.date())
    return first


def _launch(tables: Tables) -> tuple[Share, Share]:
    """Customers of the launch month's end: who had used the feature by then, who paid more three months later."""
    closing = datetime.combine(month_start(LAUNCH_MONTH + 1), datetime.min.time())
    used = {
        str(row["customer_id"])
        for row in tables["events"]
        if row["name"] == LAUNCH_EVENT and (_time(row["at"]) or AS_OF) < closing
    }
    before, after = _ends(tables, *LAUNCH_GROWTH_MONTHS)
    counts = {True: [0, 0], False: [0, 0]}
    for customer, level in before.items():
        counts[customer in used][1] += 1
        counts[customer in used][0] += after.get(customer, Decimal(0)) > level * Decimal("1.05")
    return Share(*counts[True]), Share(*counts[False])


def _clocks(tables: Tables) -> tuple[tuple[float, float], tuple[float, float]]:
    """Median first response and resolution, in hours, of tickets made in the slow months and in the others."""
    waits: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for row in tables["tickets"]:
        created = _time(row["created_at"])
        assert created is not None
        for column in ("first_response_at", "resolved_at"):
            then = _time(row[column])
            if then is not None:
                waits[column, within(created, SLOW_MONTHS)].append((then - created).total_seconds() / 3600)
    response, resolution = (
        (_median(waits[column, True]), _median(waits[column, False])) for column in ("first_response_at", "resolved_at")
    )
    return response, resolution


def _median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def _csat(tables: Tables) -> tuple[Share, Share]:
    """Answers of 4 or 5 by the month they were given in."""
    counts = {True: [0, 0], False: [0, 0]}
    for row in tables["survey_responses"]:
        if row["kind"] == "csat" and row["answered_at"] is not None and isinstance(row["score"], int):
            slow = within(_time(row["answered_at"]), SLOW_MONTHS)
            counts[slow][1] += 1
            counts[slow][0] += row["score"] >= 4
    return Share(*counts[True]), Share(*counts[False])


def _renewals(tables: Tables) -> tuple[Share, Share]:
    """Decided contracts due in the hit months, by whether a slow ticket lay two to four months back."""
    slow: dict[str, list[date]] = defaultdict(list)
    for row in tables["tickets"]:
        created, answered = _time(row["created_at"]), _time(row["first_response_at"])
        if created and answered and within(created, SLOW_MONTHS) and answered - created > timedelta(hours=SLOW_HOURS):
            slow[str(row["customer_id"])].append(created.date())
    counts = {True: [0, 0], False: [0, 0]}
    for row in tables["contracts"]:
        due = row["ends_on"]
        if (
            isinstance(due, date)
            and within(due, HIT_MONTHS)
            and row["terminated_on"] is None
            and row["outcome"] != "open"
        ):
            waits = [(due - day).days for day in slow[str(row["customer_id"])]]
            hit = any(RENEWAL_DAYS[0] <= wait <= RENEWAL_DAYS[1] for wait in waits)
            counts[hit][1] += 1
            counts[hit][0] += row["outcome"] == "renewed"
    return Share(*counts[True]), Share(*counts[False])


def _time(value: object) -> datetime | None:
    assert value is None or isinstance(value, datetime)
    return value
