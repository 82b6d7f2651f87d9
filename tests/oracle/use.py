"""Days of use in plain loops: who was active, with which features, for how long. See usage.py for what follows."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterable
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


class Activity:
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

    def daily(self, span: Span, scope: Scope, variant: str) -> Answer:
        """dau, made of the different users of the period."""
        who = "customer" if variant == "customers" else "user"
        return Answer(self.dau(span, scope, variant), n=self.users(span.start, span.end, scope, who))

    def active_days(self, span: Span, scope: Scope) -> int:
        """The days with an active event, summed over customers."""
        mine = [e for e in self.active if e.customer and span.start <= e.day < span.end and scope(e.customer, e.day)]
        return len({(e.customer, e.day) for e in mine})

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

    def time(self, span: Span, scope: Scope, variant: str) -> Answer:
        mine = [s for s in self.sessions() if span.start <= s[2] < span.end and scope(s[1], s[2])]
        users = {user for user, *_ in mine if user}
        each = len(mine) if variant == "per_session" else len(users)
        return ratio(Fraction(sum(seconds for *_, seconds in mine), HOUR), each, each)

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


def mean(values: Iterable[Fraction | None]) -> Answer:
    known = [value for value in values if value is not None]
    found = ratio(sum(known, Fraction(0)), len(known), len(known))
    return Answer(found.value, None, None, len(known), found.reason)
