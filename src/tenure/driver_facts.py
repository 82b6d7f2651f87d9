"""What was known of each customer on any day: the facts behind drivers and churn risk. Machinery floor.

Read once, with the day on which each became known; `Known.at(customer, day)` looks only at what is earlier than that
day. So a landmark may lie anywhere, and nothing that came later can reach a measure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tenure.compile.segments import TENURE
from tenure.engine import Engine
from tenure.expr import Rows, Steps
from tenure.money import TICKS
from tenure.rollup import keyed
from tenure.rollups.use_days import spelled

Measures = dict[str, float | str | None]
DAYS_OF_SUPPORT, DAYS_OF_CSAT, DAYS_OF_NPS, DAYS_OF_USE = 90, 180, 365, 30

FINISHED, STEP, FEATURE = "onboarding finished", "onboarding step: ", "feature used: "
RESPONSE, RESOLUTION, TICKETS = "longest first response (h)", "longest resolution (h)", "tickets in 90 days"
CSAT, NPS, USE, TREND, MRR = "latest csat", "latest nps", "active days in 30", "use against own past", "mrr"


@dataclass(frozen=True)
class Ticket:
    """A ticket by local days: asked, answered, solved; hours are those of answer and solution."""

    created: date
    answered: date | None
    answer_hours: float | None
    solved: date | None
    solution_hours: float | None


@dataclass
class One:
    """All facts of one customer, each list in order of its day."""

    levels: list[tuple[date, float]] = field(default_factory=list)
    onboarding: tuple[date, date | None] | None = None
    steps: dict[str, date | None] = field(default_factory=dict)
    features: dict[str, date] = field(default_factory=dict)
    use: list[date] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    csat: list[tuple[date, float]] = field(default_factory=list)
    nps: list[tuple[date, float]] = field(default_factory=list)
    pieces: list[tuple[date, date, Mapping[str, object]]] = field(default_factory=list)
    trial: tuple[date, date | None] | None = None
    dues: list[date] = field(default_factory=list)

    def level(self, day: date) -> float:
        """What it pays (or whether it is a customer) when the day begins."""
        place = bisect_left(self.levels, (day,))
        return self.levels[place - 1][1] if place else 0.0

    @property
    def first(self) -> date | None:
        """When it first became a customer."""
        return next((day for day, level in self.levels if level > 0), None)


@dataclass
class Known:
    """Everyone's facts, and what the company has: its steps, features, tables."""

    people: dict[str, One]
    steps: tuple[str, ...]
    features: dict[str, date]
    """Each feature and the day on which anybody first used it."""
    attributes: tuple[str, ...]
    tables: frozenset[str]

    def attribute(self, who: str, name: str, day: date) -> str | None:
        """An attribute as it stood when the day began, else its first known value."""
        pieces = self.people[who].pieces
        found = next((p for p in reversed(pieces) if p[0] < day), pieces[0] if pieces else None)
        value = found[2].get(name) if found else None
        return None if value is None else str(value)

    def months(self, who: str, day: date) -> int | None:
        """Whole months since first becoming a customer."""
        first = self.people[who].first
        if first is None or first >= day:
            return None
        return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)

    def described(self, who: str, day: date, attributes: Sequence[str]) -> Measures:
        """Measures and attributes together."""
        return self.at(who, day) | {name: self.attribute(who, name, day) for name in attributes}

    def at(self, who: str, day: date) -> Measures:
        """Every measure of a customer by what was known when the day began; none where there is nothing to measure."""
        one = self.people[who]
        found: Measures = {MRR: one.level(day) or None, TENURE: self.months(who, day)}
        self._onboarding(one, day, found)
        for feature, since in self.features.items():
            if since < day:
                used = one.features.get(feature)
                found[FEATURE + feature] = float(used is not None and used < day)
        if "events" in self.tables:
            _use(one, day, found)
        if "tickets" in self.tables:
            _support(one, day, found)
        found[CSAT] = _latest(one.csat, day, DAYS_OF_CSAT)
        found[NPS] = _latest(one.nps, day, DAYS_OF_NPS)
        return found

    def _onboarding(self, one: One, day: date, found: Measures) -> None:
        if one.onboarding is None or one.onboarding[0] >= day:
            return
        done = one.onboarding[1]
        found[FINISHED] = float(done is not None and done < day)
        for step in self.steps:
            if step in one.steps:
                then = one.steps[step]
                found[STEP + step] = float(then is not None and then < day)


def _use(one: One, day: date, found: Measures) -> None:
    def days(start: int, stop: int) -> int:
        return bisect_left(one.use, day - timedelta(stop)) - bisect_left(one.use, day - timedelta(start))

    recent, earlier = days(DAYS_OF_USE, 0), days(4 * DAYS_OF_USE, DAYS_OF_USE)
    found[USE] = float(recent)
    found[TREND] = recent / (earlier / 3) if earlier >= 6 else None


def _support(one: One, day: date, found: Measures) -> None:
    """A ticket that still waits has waited until the day."""
    recent = [t for t in one.tickets if day - timedelta(DAYS_OF_SUPPORT) <= t.created < day]
    found[TICKETS] = float(len(recent))
    waits, lasts = [], []
    for t in recent:
        so_far = 24.0 * (day - t.created).days
        if t.answered is not None and t.answered < day:
            waits.append(t.answer_hours or 0.0)
        elif t.solved is None or t.solved >= day:
            waits.append(so_far)
        lasts.append((t.solution_hours or 0.0) if t.solved is not None and t.solved < day else so_far)
    found[RESPONSE] = max(waits, default=None)
    found[RESOLUTION] = max(lasts, default=None)


def _latest(rows: Sequence[tuple[date, float]], day: date, back: int) -> float | None:
    place = bisect_left(rows, (day,))
    if not place or rows[place - 1][0] < day - timedelta(back):
        return None
    return rows[place - 1][1]


def read(engine: Engine, attributes: Sequence[str]) -> Known:
    """All facts of the engine's version of the data, as of its as_of."""
    loaded = engine.world.loaded
    keys = engine.warehouse.run("SELECT cust, customer_id FROM customer_keys")
    ids = {int(str(c)): str(i) for c, i in zip(keys["cust"], keys["customer_id"], strict=True)}
    people: dict[str, One] = {who: One() for who in ids.values()}
    fetch = _Fetch(engine, ids)
    unit = TICKS if engine.customers_pay() else 1
    for who, day, after in fetch(engine.relation(_steps(engine)), "day", "after"):
        people[who].levels.append((day, float(after) / unit))
    if "onboarding_steps" in loaded:
        _read_onboarding(engine, fetch, people)
    if "events" in loaded:
        _read_use(engine, fetch, people)
    if "tickets" in loaded:
        _read_tickets(engine, fetch, people)
    if "survey_responses" in loaded:
        _read_answers(engine, fetch, people)
    if "customers" in loaded and attributes:
        rows = fetch(engine.relation(Rows("customer_pieces", "from_day")), "from_day", "to_day", *attributes)
        for who, start, stop, *values in rows:
            people[who].pieces.append((start, stop, dict(zip(attributes, values, strict=True))))
    if "contracts" in loaded:
        for who, day in fetch(engine.relation(Rows("terms", "due_day")), "due_day"):
            people[who].dues.append(day)
    if "trials" in loaded or "subscriptions" in loaded:
        table = "trials" if "trials" in loaded else "trial_stretches"
        for who, began, converted in fetch(engine.relation(Rows(table, "started_day")), "started_day", "converted_day"):
            if began is not None:
                people[who].trial = (began, converted)
    for one in people.values():
        for days in (one.use, one.dues):
            days.sort()
        for pairs in (one.levels, one.csat, one.nps):
            pairs.sort()
        one.pieces.sort(key=lambda piece: piece[0])
    steps = dict.fromkeys(step for one in people.values() for step in one.steps)
    features: dict[str, date] = {}
    for one in people.values():
        for feature, day in one.features.items():
            features[feature] = min(day, features.get(feature, day))
    return Known(people, tuple(steps), dict(sorted(features.items())), tuple(attributes), frozenset(loaded))


@dataclass(frozen=True)
class _Fetch:
    """Rows of a table with their customer's id first; rows of nobody are left out."""

    engine: Engine
    ids: Mapping[int, str]

    def __call__(self, table: Any, *columns: str) -> Iterable[tuple[Any, ...]]:
        found = self.engine.warehouse.run(self.engine.sql(table.select("cust", *columns)))
        for cust, *values in zip(found["cust"], *(found[name] for name in columns), strict=True):
            who = None if cust is None else self.ids.get(int(str(cust)))
            if who is not None:
                yield (who, *values)


def _steps(engine: Engine) -> Steps:
    return Steps("mrr") if engine.customers_pay() else Steps("customer")


def _read_onboarding(engine: Engine, fetch: _Fetch, people: Mapping[str, One]) -> None:
    rows = engine.relation(Rows("onboardings", "start_day"))
    for who, began, done in fetch(rows, "start_day", "done_day"):
        people[who].onboarding = (began, done)
    steps: dict[tuple[str, str], list[date | None]] = defaultdict(list)
    for who, step, done in fetch(keyed(engine.world.past("onboarding_steps")), "step", "completed_day"):
        steps[who, str(step)].append(done)
    for (who, step), days in sorted(steps.items(), key=lambda item: item[0]):
        known = [day for day in days if day is not None]
        people[who].steps[step] = max(known) if len(known) == len(days) else None


def _read_use(engine: Engine, fetch: _Fetch, people: Mapping[str, One]) -> None:
    cut = engine.world.cut
    for who, day in fetch(engine.relation(Rows("customer_days", "day")), "day"):
        if day < cut:
            people[who].use.append(day)
    rows = spelled(engine.relation(Rows("feature_use", "day")))
    rows = rows.group_by("cust", "feature").agg(day=rows.day.min())
    for who, feature, day in fetch(rows, "feature", "day"):
        if day < cut:
            people[who].features[str(feature)] = day


def _read_tickets(engine: Engine, fetch: _Fetch, people: Mapping[str, One]) -> None:
    columns = ("created_day", "first_response_day", "response_seconds", "resolved_day", "seconds", "agent_initiated")
    for who, created, answered, wait, solved, last, theirs in fetch(
        engine.relation(Rows("tickets", "created_day")), *columns
    ):
        if not theirs:
            people[who].tickets.append(Ticket(created, answered, _hours(wait), solved, _hours(last)))


def _read_answers(engine: Engine, fetch: _Fetch, people: Mapping[str, One]) -> None:
    rows = engine.relation(Rows("answers", "answered_day"))
    for who, day, csat, nps, given in fetch(rows, "answered_day", "csat", "nps", "given"):
        if csat is not None:
            people[who].csat.append((day, float(csat == "positive")))
        if nps is not None:
            people[who].nps.append((day, float(given) / 10_000))


def _hours(seconds: object) -> float | None:
    return None if seconds is None else float(str(seconds)) / 3600
