"""Use, onboarding, trials, engagement by plain loops, from DEFINITIONS sections 0, 15 to 17 and 25. Tests' floor."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path

from tenure.model import TABLES

from .ask import Oracle
from .movements import Scope
from .retention import Answer, ratio
from .spans import DAY, Span, add_months, days

Row = dict[str, str]
HOUR, DAYS = 3600, 86400


@dataclass(frozen=True)
class Event:
    user: str | None
    customer: str | None
    name: str
    at: datetime
    day: date


class Use:
    """A workspace folder's figures of use. `base`: the same world without these tables, whose customers are known."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.oracle = folder, Oracle(base)
        self.books = self.oracle.books
        self.cut = self.books.cut
        self.as_of = datetime.combine(self.cut, time(), self.books.zone).astimezone(UTC)
        self.usage = tomllib.loads((folder / "tenure.toml").read_text(encoding="utf-8"))["usage"]

    # reading

    @cache  # noqa: B019 - as many as there are tests
    def rows(self, table: str) -> list[Row]:
        """The rows of a table that exist as of now."""
        path = self.folder / f"{table}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        main = TABLES[table].main_time
        kept = [row for row in found if not main or not row.get(main) or self.before(row[main])]
        return [row for row in kept if not main or row.get(main) or self._others(table, row, main)]

    def _others(self, table: str, row: Row, main: str) -> bool:
        """A row without its main time exists unless all its other times lie ahead."""
        others = [row[t] for t in TABLES[table].times if t != main and row.get(t)]
        return not others or any(self.before(text) for text in others)

    def at(self, text: str) -> datetime | None:
        if not text:
            return None
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(), self.books.zone).astimezone(UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)

    def before(self, text: str) -> bool:
        found = self.at(text)
        return found is not None and found < self.as_of

    def happened(self, text: str) -> datetime | None:
        """A time of something that happened: empty where that is after as_of."""
        return self.at(text) if self.before(text) else None

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.books.zone).date()

    @cached_property
    def events(self) -> list[Event]:
        found = []
        for row in self.rows("events"):
            at = self.at(row["at"])
            assert at
            customer = row["customer_id"] or None
            found.append(Event(row["contact_id"] or customer, customer, row["name"], at, self.day(at)))
        return found

    @cached_property
    def active(self) -> list[Event]:
        return [e for e in self.events if e.name in self.usage["active"] and e.user]

    # customers

    @cached_property
    def known(self) -> dict[str, datetime]:
        """When each customer was first known: created, else the first fact of any table."""
        first: dict[str, datetime] = {}
        created: dict[str, datetime] = {}
        for path in self.folder.glob("*.csv"):
            table = path.stem
            if table not in TABLES or not TABLES[table].customer:
                continue
            main = TABLES[table].main_time
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    who = row.get("customer_id")
                    at = self.at(row.get(main, "") if main else "")
                    if at is not None and main and TABLES[table].columns[main].kind == "date":
                        at = datetime.combine(date.fromisoformat(row[main]), time(), UTC)
                    if who and at:
                        kept = created if table == "customers" else first
                        kept[who] = min(at, kept.get(who, at))
        return first | created

    def member(self, customer: str, day: date) -> bool:
        if self.books.subscribed or self.books.orders:
            return self.oracle.ledger().level(customer, day) > 0
        return customer in self.known and self.day(self.known[customer]) <= day

    @cache  # noqa: B019
    def members(self, span: Span) -> frozenset[str]:
        """The customers of a period: one at the close of one of its days."""
        everyone = {*self.known, *self.oracle.ledger().customers}
        inside = days(span.start, min(span.end, self.cut))
        return frozenset(c for c in everyone if any(self.member(c, day) for day in inside))

    def of(self, span: Span, scope: Scope) -> list[str]:
        last = min(span.end, self.cut) - DAY
        return sorted(c for c in self.members(span) if scope(c, last))

    # users

    def users(self, start: date, end: date, scope: Scope, who: str = "user") -> int:
        end = min(end, self.cut)
        mine = [e for e in self.active if start <= e.day < end and scope(e.customer, e.day)]
        return len({e.user if who == "user" else e.customer for e in mine} - {None})

    def mau(self, span: Span, scope: Scope, grain: str, variant: str) -> int:
        who = "customer" if variant == "customers" else "user"
        end = min(span.end, self.cut)
        if variant in ("trailing", "trailing_28") or (grain in ("day", "week") and variant != "calendar"):
            return self.users(end - timedelta(days=28 if variant == "trailing_28" else 30), end, scope, who)
        if grain == "month":
            return self.users(span.start, span.end, scope, who)
        last = span.end.replace(day=1)
        first = add_months(last, -1)
        while first >= self.cut and first > span.start:
            last, first = first, add_months(first, -1)
        return self.users(first, last, scope, who)

    def dau(self, span: Span, scope: Scope, variant: str) -> Fraction:
        who = "customer" if variant == "customers" else "user"
        inside = days(span.start, min(span.end, self.cut))
        return Fraction(sum(self.users(day, day + DAY, scope, who) for day in inside), len(inside))

    def sessions(self) -> list[tuple[str | None, str | None, date, int]]:
        """(user, customer, day of the start, seconds)."""
        found: list[tuple[str | None, str | None, date, int]] = []
        if (self.folder / "sessions.csv").exists():
            for row in self.rows("sessions"):
                start, end = self.at(row["started_at"]), self.happened(row["ended_at"])
                if start and end:
                    customer = row["customer_id"] or None
                    seconds = int((end - start).total_seconds())
                    found.append((row["contact_id"] or customer, customer, self.day(start), seconds))
            return found
        by_user: dict[str | None, list[Event]] = defaultdict(list)
        for event in sorted(self.active, key=lambda e: e.at):
            by_user[event.user].append(event)
        for user, events in by_user.items():
            run = [events[0]]
            for event in [*events[1:], None]:
                if event is not None and (event.at - run[-1].at).total_seconds() < 30 * 60:
                    run.append(event)
                    continue
                owner = max((e.customer for e in run if e.customer), default=None)
                found.append((user, owner, run[0].day, int((run[-1].at - run[0].at).total_seconds())))
                run = [event] if event else []
        return found

    def time(self, span: Span, scope: Scope) -> Answer:
        mine = [s for s in self.sessions() if span.start <= s[2] < span.end and scope(s[1], s[2])]
        users = {user for user, *_ in mine if user}
        return ratio(Fraction(sum(seconds for *_, seconds in mine), HOUR), len(users), len(users))

    # features

    def features(self, event: Event) -> list[str]:
        return [feature for feature, names in self.usage["features"].items() if event.name in names]

    @cache  # noqa: B019
    def used(self, span: Span) -> dict[tuple[str, str], set[date]]:
        """(customer, feature) to the days on which it was used."""
        found: dict[tuple[str, str], set[date]] = defaultdict(set)
        for e in self.events:
            if e.customer and span.start <= e.day < span.end:
                for feature in self.features(e):
                    found[e.customer, feature].add(e.day)
        return found

    @cache  # noqa: B019
    def allowed(self, span: Span) -> set[tuple[str, str]]:
        found = set()
        for row in self.rows("entitlements"):
            start, end = self.at(row["started_at"]), self.happened(row["ended_at"])
            begins = start is None or self.day(start) < min(span.end, self.cut)
            if begins and (end is None or self.day(end) > span.start):
                found.add((row["customer_id"], row["feature"]))
        return found

    def adoption(self, span: Span, scope: Scope, variant: str, feature: str) -> Answer:
        members, used = self.of(span, scope), self.used(span)
        on = {c: used[c, feature] for c in members if (c, feature) in used}
        if variant == "entitled":
            mine = [c for c in members if (c, feature) in self.allowed(span)]
            return ratio(sum(1 for c in mine if c in on), len(mine), len(mine))
        active: dict[str, set[date]] = defaultdict(set)
        for e in self.active:
            if e.customer in members and span.start <= e.day < span.end:
                active[e.customer].add(e.day)
        if variant == "frequency":
            return ratio(sum(len(d) for d in on.values()), sum(len(active[c]) for c in on), len(on))
        if variant == "depth":
            seen = [e for e in self.events if e.customer in on and span.start <= e.day < span.end]
            users = {(e.customer, e.user) for e in seen if feature in self.features(e)}
            return ratio(len(users), len({(e.customer, e.user) for e in seen if e in self._acts}), len(on))
        if variant == "ever":
            early = {e.customer for e in self.events if e.day < span.end and feature in self.features(e)}
            return ratio(len(early & set(members)), len(members), len(members))
        number = sum(1 for d in on.values() if len(d) >= (2 if variant == "adopted" else 1))
        base = len(active) if variant == "active_only" else len(members)
        return ratio(number, base, base)

    @cached_property
    def _acts(self) -> set[Event]:
        return set(self.active)

    def breadth_of(self, customer: str, span: Span) -> Fraction | None:
        used = {feature for who, feature in self.used(span) if who == customer}
        if not (self.folder / "entitlements.csv").exists():
            return Fraction(len(used), len(self.usage["features"]))
        mine = {feature for who, feature in self.allowed(span) if who == customer}
        return Fraction(len(used & mine), len(mine)) if mine else None

    def breadth(self, span: Span, scope: Scope) -> Answer:
        return mean(self.breadth_of(c, span) for c in self.of(span, scope))

    def engagement(self, span: Span, scope: Scope) -> Answer:
        everyone = sorted(self.members(span))
        seconds = dict.fromkeys(everyone, 0)
        for _, customer, day, length in self.sessions():
            if customer in seconds and span.start <= day < span.end:
                seconds[customer] += length
        length = len(days(span.start, min(span.end, self.cut)))
        scores = []
        for c in self.of(span, scope):
            active = {e.day for e in self.active if e.customer == c and span.start <= e.day < span.end}
            parts = [Fraction(len(active), length), self.breadth_of(c, span)]
            if (self.folder / "sessions.csv").exists():
                below = sum(1 for other in everyone if seconds[other] < seconds[c])
                alike = sum(1 for other in everyone if seconds[other] == seconds[c])
                parts.append((below + Fraction(alike, 2)) / len(everyone))
            known = [part for part in parts if part is not None]
            scores.append(100 * sum(known, Fraction(0)) / len(known))
        return mean(scores)

    # newcomers

    def left(self, customer: str) -> datetime | None:
        """When somebody who is no customer now last ceased to be one."""
        if not (self.books.subscribed or self.books.orders):
            return None
        past = [day for day in self.oracle.ledger().days() if day < self.cut]
        held = [day for day in past if self.member(customer, day)]
        if not held or held[-1] == self.cut - DAY or self.member(customer, self.cut - DAY):
            return None
        return datetime.combine(held[-1] + DAY, time(), UTC)

    def waited(self, customer: str, start: datetime, end: datetime | None) -> tuple[Fraction, bool]:
        if end is None:
            gone = self.left(customer)
            end, reached = min(self.as_of, gone) if gone else self.as_of, False
        else:
            reached = True
        return Fraction(max(int((end - start).total_seconds()), 0), DAYS), reached

    def starters(self, span: Span, scope: Scope, what: str) -> list[tuple[Fraction, bool]]:
        event, count = self.usage[what]["event"], self.usage[what].get("count", 1)
        found = []
        for customer, first in self.known.items():
            day = self.day(first)
            if first < self.as_of and span.start <= day < span.end and scope(customer, min(span.end, self.cut) - DAY):
                times = sorted(e.at for e in self.events if e.customer == customer and e.name == event)
                found.append(self.waited(customer, first, times[count - 1] if len(times) >= count else None))
        return found

    def activation(self, span: Span, scope: Scope) -> Answer:
        found = self.starters(span, scope, "activation")
        within = self.usage["activation"]["within_days"]
        return ratio(sum(1 for took, reached in found if reached and took <= within), len(found), len(found))

    # onboarding

    @cached_property
    def onboardings(self) -> dict[str, tuple[datetime, list[Row]]]:
        steps: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("onboarding_steps"):
            steps[row["customer_id"]].append(row)
        found = {}
        for customer, rows in steps.items():
            begun = [self.happened(row["started_at"]) or self.happened(row["completed_at"]) for row in rows]
            known = [at for at in begun if at]
            if known:
                found[customer] = (min(known), rows)
        return found

    def done_at(self, customer: str) -> datetime | None:
        start, rows = self.onboardings[customer]
        must = [self.happened(row["completed_at"]) for row in rows if row["required"] != "false"]
        if None in must:
            return None
        return max((at for at in must if at), default=start)

    def beginners(self, span: Span, scope: Scope) -> list[str]:
        firsts = {c: self.day(start) for c, (start, _) in self.onboardings.items()}
        return sorted(c for c, day in firsts.items() if span.start <= day < span.end and scope(c, day))

    def progress_of(self, customer: str) -> Fraction:
        weights = [(Fraction(row["weight"] or 1), row) for row in self.onboardings[customer][1]]
        done = sum((w for w, row in weights if self.happened(row["completed_at"])), Fraction(0))
        return done / sum((w for w, _ in weights), Fraction(0))

    def step_rate(self, span: Span, scope: Scope, variant: str, step: str) -> Answer:
        top = bottom = 0
        for customer in self.beginners(span, scope):
            rows = sorted(self.onboardings[customer][1], key=lambda row: (int(row["position"]), row["step"]))
            names = [row["step"] for row in rows]
            if step in names:
                place = names.index(step)
                ready = variant == "default" or place == 0 or bool(self.happened(rows[place - 1]["completed_at"]))
                bottom += ready
                top += ready and bool(self.happened(rows[place]["completed_at"]))
        return ratio(top, bottom, bottom)

    def touched(self, span: Span, scope: Scope) -> Answer:
        counts = []
        for customer in self.beginners(span, scope):
            start, end = self.onboardings[customer][0], self.done_at(customer)
            if end:
                mine = [e for e in self.events if e.customer == customer and start <= e.at <= end]
                counts.append(Fraction(len({f for e in mine for f in self.features(e)})))
        return mean(counts)

    def stayed(self, span: Span, scope: Scope, *, finished: bool) -> Answer:
        found = []
        for customer, (start, _) in self.onboardings.items():
            end = self.done_at(customer)
            day = self.day(end or start)
            over = day + timedelta(days=60) < self.cut
            if (end is not None) == finished and span.start <= day < span.end and over and scope(customer, day):
                window = (day + timedelta(days=31), day + timedelta(days=60))
                mine = [e for e in self.active if e.customer == customer]
                found.append(any(window[0] <= e.day <= window[1] for e in mine))
        return ratio(sum(found), len(found), len(found))

    # trials

    @cached_property
    def trials(self) -> list[tuple[str | None, datetime, datetime, datetime | None]]:
        """(customer, start, end, conversion): of each customer the first."""
        found: list[tuple[str | None, datetime, datetime, datetime | None]] = []
        firsts: set[str] = set()
        for row in sorted(self.rows("trials"), key=lambda r: (self.at(r["started_at"]), r["trial_id"])):
            if row["customer_id"] in firsts:
                continue
            if row["customer_id"]:
                firsts.add(row["customer_id"])
            start, end = self.at(row["started_at"]), self.at(row["ends_at"])
            assert start and end
            found.append((row["customer_id"] or None, start, end, self.happened(row["converted_at"])))
        return found

    def trial_rate(self, span: Span, scope: Scope, variant: str) -> Answer:
        def inside(moment: datetime | None, first: date) -> bool:
            return moment is not None and moment < self.as_of and first <= self.day(moment) < span.end

        def mine(which: int, first: date) -> list[tuple[str | None, datetime, datetime, datetime | None]]:
            return [t for t in self.trials if inside(t[which], first) and scope(t[0], self.day(t[which] or self.as_of))]

        if variant == "in_period":
            return ratio(len(mine(3, span.start)), len(mine(1, span.start)))
        if variant == "by_trial_start":
            started = mine(1, span.start)
            return ratio(sum(1 for t in started if t[3]), len(started), len(started))
        first = span.start if variant == "by_trial_end" else min(span.end, self.cut) - timedelta(days=30)
        ended = mine(2, first)
        good = [t for t in ended if t[3] and t[3] <= t[2] + timedelta(days=7)]
        return ratio(len(good), len(ended), len(ended))

    # outcomes, visitors, funnel

    def outcomes(self, span: Span, scope: Scope) -> Answer:
        due = []
        for row in self.rows("outcomes"):
            day = date.fromisoformat(row["due_on"])
            if span.start <= day < min(span.end, self.cut) and scope(row["customer_id"] or None, day):
                achieved = self.happened(row["achieved_at"])
                due.append(achieved is not None and self.day(achieved) <= day)
        return ratio(sum(due), len(due), len(due))

    def conversion(self, span: Span) -> Answer:
        visits: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        crowd = 0
        for row in self.rows("visits"):
            at = self.at(row["at"])
            assert at
            if span.start <= self.day(at) < span.end:
                who = row["visitor"] or (f"c:{row['customer_id']}" if row["customer_id"] else "")
                if who:
                    visits[who].append((row["customer_id"], at))
                else:
                    crowd += int(row["count"] or 1)
        bought = 0
        for seen in visits.values():
            bought += any(self._buys(customer, at, span) for customer, at in seen if customer)
        return ratio(bought, len(visits) + crowd, len(visits) + crowd)

    def _buys(self, customer: str, after: datetime, span: Span) -> bool:
        for row in self.rows("orders"):
            at = self.at(row["placed_at"])
            good = row["customer_id"] == customer and row["status"] not in ("cancelled", "refunded")
            if good and at and at >= after and span.start <= self.day(at) < span.end:
                return True
        return False

    def funnel(self, span: Span, step: str) -> Answer:
        counts = dict.fromkeys(self.usage["funnel"], 0)
        by_user: dict[str, list[Event]] = defaultdict(list)
        for e in self.events:
            if e.user and span.start <= e.day < span.end:
                by_user[e.user].append(e)
        for events in by_user.values():
            then: datetime | None = None
            for name in self.usage["funnel"]:
                later = [e.at for e in events if e.name == name and (then is None or e.at > then)]
                if not later:
                    break
                then = min(later)
                counts[name] += 1
        entered = counts[self.usage["funnel"][0]]
        return ratio(counts[step], entered, entered)


def mean(values: Iterable[Fraction | None]) -> Answer:
    known = [value for value in values if value is not None]
    found = ratio(sum(known, Fraction(0)), len(known), len(known))
    return Answer(found.value, None, None, len(known), found.reason)


def survival(found: list[tuple[Fraction, bool]], level: Fraction = Fraction(1, 2)) -> Answer:
    """The first time at which the product of (1 - events / at risk) is at most a level."""
    if not found:
        return Answer(None, n=0, reason="empty_denominator")
    left = Fraction(1)
    for when in sorted({took for took, reached in found if reached}):
        at_risk = sum(1 for took, _ in found if took >= when)
        left *= 1 - Fraction(sum(1 for took, reached in found if reached and took == when), at_risk)
        if left <= level:
            return Answer(when, n=len(found))
    return Answer(None, n=len(found), reason="not_reached")


def achieved(found: list[tuple[Fraction, bool]]) -> Answer:
    return mean(took for took, reached in found if reached)


Asks = Callable[[Use, Span, Scope, str, str, str], Answer]
"""(use, span, scope, grain, variant, feature or step)"""


def number(value: int | Fraction) -> Answer:
    return Answer(Fraction(value))


FIGURES: dict[str, Asks] = {
    "mau": lambda u, s, c, g, v, o: number(u.mau(s, c, g, v)),
    "wau": lambda u, s, c, g, v, o: number(
        u.users(min(s.end, u.cut) - timedelta(days=7), s.end, c, "customer" if v == "customers" else "user")
    ),
    "dau": lambda u, s, c, g, v, o: number(u.dau(s, c, v)),
    "stickiness": lambda u, s, c, g, v, o: ratio(u.dau(s, c, v), u.mau(s, c, g, v)),
    "time_on_platform": lambda u, s, c, g, v, o: u.time(s, c),
    "feature_adoption_rate": lambda u, s, c, g, v, o: u.adoption(s, c, v, o),
    "feature_breadth": lambda u, s, c, g, v, o: u.breadth(s, c),
    "engagement": lambda u, s, c, g, v, o: u.engagement(s, c),
    "activation_rate": lambda u, s, c, g, v, o: u.activation(s, c),
    "time_to_value": lambda u, s, c, g, v, o: (survival if v == "default" else achieved)(u.starters(s, c, "value")),
    "onboarding_completion_rate": lambda u, s, c, g, v, o: ratio(
        sum(1 for who in u.beginners(s, c) if u.done_at(who)), len(u.beginners(s, c)), len(u.beginners(s, c))
    ),
    "onboarding_step_rate": lambda u, s, c, g, v, o: u.step_rate(s, c, v, o),
    "onboarding_time": lambda u, s, c, g, v, o: (survival if v == "default" else achieved)(
        [u.waited(who, u.onboardings[who][0], u.done_at(who)) for who in u.beginners(s, c)]
    ),
    "onboarding_progress": lambda u, s, c, g, v, o: mean(u.progress_of(who) for who in u.beginners(s, c)),
    "onboarding_features": lambda u, s, c, g, v, o: u.touched(s, c),
    "onboarded_retention": lambda u, s, c, g, v, o: u.stayed(s, c, finished=v == "default"),
    "trial_conversion_rate": lambda u, s, c, g, v, o: u.trial_rate(s, c, v),
    "outcome_rate": lambda u, s, c, g, v, o: u.outcomes(s, c),
    "conversion_rate": lambda u, s, c, g, v, o: u.conversion(s) if v == "default" else u.funnel(s, o),
}
