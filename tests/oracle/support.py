"""Tickets by plain loops, minute by minute where hours matter, from DEFINITIONS sections 0, 18 and 19. Tests' floor."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from .movements import Scope
from .retention import Answer
from .spans import WEEKDAYS, Span
from .voice import Row, Voice, mean, rows_of, share

WEEK = timedelta(days=7)
FIRST_CONTACT = ("fcr", "first_contact_resolution")


class Desk(Voice):
    """A world's tickets."""

    @cached_property
    def tickets(self) -> list[Row]:
        return [row for row in rows_of(self.folder, "tickets") if self.known(row["created_at"]) and self._counts(row)]

    def _counts(self, row: Row) -> bool:
        done = self.when(row, "resolved_at") or self.when(row, "closed_at")
        decided = row["resolved_at"] or row["closed_at"]
        deleted = row["status"] == "deleted" and (done is not None or not decided)
        return not (row["is_spam"] == "true" or row["merged_into"] or deleted)

    def when(self, row: Row, column: str) -> datetime | None:
        return self.known(row[column])

    def within(self, column: str, span: Span, scope: Scope) -> list[Row]:
        """Tickets with this instant in the period, by the customer's group on that day."""
        found = []
        for row in self.tickets:
            at = self.when(row, column)
            if at and span.start <= self.day(at) < span.end and scope(row["customer_id"] or None, self.day(at)):
                found.append(row)
        return found

    def _tickets(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        return Answer(Fraction(len(self.within("created_at", span, scope))))

    def _open_tickets(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        count = 0
        for row in self.tickets:
            made = self.when(row, "created_at")
            ends = [self.day(at) for name in ("resolved_at", "closed_at") if (at := self.when(row, name))]
            still = made and self.day(made) < span.end and all(end >= span.end for end in ends)
            count += bool(still and scope(row["customer_id"] or None, span.end - timedelta(days=1)))
        return Answer(Fraction(count))

    def _reopen_rate(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        done = [row for row in self.within("created_at", span, scope) if self.when(row, "resolved_at")]
        return share([int(row["reopened_count"] or 0) > 0 for row in done])

    def _first_contact_resolution(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        if variant == "survey_fcr":
            return self._said_at_first_contact(span, scope)
        ours = [row for row in self.within("created_at", span, scope) if row["agent_initiated"] != "true"]
        known = [row for row in ours if row["agent_replies"] != ""]

        def done(row: Row) -> bool:
            return bool(self.when(row, "resolved_at") or self.when(row, "closed_at"))

        def good(row: Row, replies: tuple[int, ...], stayed: bool = True) -> bool:
            kept = int(row["reopened_count"] or 0) == 0 or not stayed
            return done(row) and int(row["agent_replies"]) in replies and kept

        if variant == "one_touch_zendesk":
            return share([good(row, (0, 1), stayed=False) for row in known])
        if variant == "one_touch_exact":
            return share([good(row, (1,), stayed=False) for row in known])
        if variant == "resolved_only_denominator":
            return share([good(row, (0, 1)) for row in known if done(row)])
        if variant == "repeat_contact":
            return share([not self._came_back(row) for row in ours if row["customer_id"]])
        if variant == "mature":
            old = [row for row in known if self._created(row) <= self.cut - 2 * WEEK]
            return share([good(row, (0, 1), stayed=False) and not self._undone(row) for row in old])
        return share([good(row, (0, 1)) for row in known])

    def _said_at_first_contact(self, span: Span, scope: Scope) -> Answer:
        """The answers of kind other to this question after a ticket: as the source says, else 1 of 0 and 1."""
        found = []
        for row in self.sent:
            at = self.known(row["answered_at"])
            asked = row["kind"] == "other" and row["touchpoint"] == "ticket" and row["question"] in FIRST_CONTACT
            if (
                asked
                and at
                and span.start <= self.day(at) < span.end
                and scope(row["customer_id"] or None, self.day(at))
            ):
                rule = row["score"] == "1" if row["scale_max"] == "1" and row["score"] in ("0", "1") else None
                found.append(row["is_positive"] == "true" if row["is_positive"] else rule)
        return share(found)

    def _created(self, row: Row) -> datetime:
        at = self.when(row, "created_at")
        assert at
        return at

    def _came_back(self, row: Row) -> bool:
        """Whether the same customer (these tickets carry no contact) opened another one on the topic within a week."""
        for other in self.tickets:
            same = all(other[name] == row[name] for name in ("customer_id", "category"))
            if same and other["agent_initiated"] != "true" and other is not row:
                mine, theirs = (self._created(row), row["ticket_id"]), (self._created(other), other["ticket_id"])
                if mine < theirs and theirs[0] - mine[0] <= WEEK:
                    return True
        return False

    def history(self, row: Row, field: str) -> list[tuple[datetime, str]]:
        found = []
        for change in self.changes[row["ticket_id"]]:
            at = self.known(change["at"])
            if change["field"] == field and at:
                found.append((at, change["value"]))
        return sorted(found)

    @cached_property
    def changes(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for change in rows_of(self.folder, "ticket_changes"):
            found[change["ticket_id"]].append(change)
        return found

    def _undone(self, row: Row) -> bool:
        """Whether it came back within a week of being solved; without a history, whether it ever did."""
        states = self.history(row, "status")
        solved = [at for at, value in states if value in ("solved", "closed")]
        if not solved:
            return int(row["reopened_count"] or 0) > 0
        again = [at for at, value in states if value not in ("solved", "closed") and at > solved[0]]
        return bool(again) and again[0] - solved[0] <= WEEK

    # -- hours --------------------------------------------------------------------------------------------------------

    def _resolution_time(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        if variant == "km_median":
            made = self.within("created_at", span, scope)
            return half([self._waited(row, "resolved_at") for row in made])
        rows = self.within("resolved_at", span, scope)
        measure: Callable[[Row], Fraction | None] = {
            "default": self._elapsed, "median": self._elapsed, "p90": self._elapsed, "first": self._first,
            "effort": self._effort, "without_pending": self._without_pending,
            "business": self._business, "business_last_schedule": self._business,
            "business_all_schedules": self._by_agents,
        }[variant]  # fmt: skip
        hours = [found for row in rows if (found := measure(row)) is not None]
        return quantile(hours, variant) if variant in ("median", "p90") else mean(hours)

    def _first_response_time(self, variant: str, span: Span, scope: Scope, mine: object) -> Answer:
        rows = self.within("created_at", span, scope)
        if variant == "km_median":
            return half([self._waited(row, "first_response_at") for row in rows])
        found = [(self._created(row), at, row) for row in rows if (at := self.when(row, "first_response_at"))]
        if variant == "business":
            open_ = [self.open_hours(self.schedule(row["agent"]), start, end) for start, end, row in found]
            return mean([hours for hours in open_ if hours is not None])
        hours = [span_hours(start, end) for start, end, _ in found]
        return quantile(hours, variant) if variant in ("median", "p90") else mean(hours)

    def _waited(self, row: Row, column: str) -> tuple[Fraction, bool]:
        end = self.when(row, column)
        given_up = self.when(row, "resolved_at") or self.when(row, "closed_at") or self.cut
        return max(span_hours(self._created(row), end or given_up), Fraction(0)), end is not None

    def _elapsed(self, row: Row) -> Fraction | None:
        end = self.when(row, "resolved_at")
        return span_hours(self._created(row), end) if end else None

    def _first(self, row: Row) -> Fraction | None:
        """These tickets do not say when they were first resolved: known where they never came back."""
        return self._elapsed(row) if int(row["reopened_count"] or 0) == 0 else None

    def _effort(self, row: Row) -> Fraction | None:
        start, end = self._created(row), self.when(row, "resolved_at")
        assert end
        if not self.history(row, "status"):
            return self._first(row)
        return span_hours(start, end) - self._stood(row, "solved", "closed")

    def _without_pending(self, row: Row) -> Fraction | None:
        elapsed = self._elapsed(row)
        if elapsed is None or not self.history(row, "status"):
            return None
        return elapsed - self._stood(row, "pending")

    def _stood(self, row: Row, *statuses: str) -> Fraction:
        """The hours a ticket stood in these statuses between its creation and its last resolution."""
        start, end = self._created(row), self.when(row, "resolved_at")
        assert end
        hours = Fraction(0)
        states = self.history(row, "status")
        for number, (at, value) in enumerate(states):
            until = min(states[number + 1][0] if number + 1 < len(states) else end, end)
            if value in statuses and until > max(at, start):
                hours += span_hours(max(at, start), until)
        return hours

    def schedule(self, agent: str) -> str | None:
        own = {row["agent"]: row["schedule"] for row in rows_of(self.folder, "agents")}
        names = {row["schedule"] for row in rows_of(self.folder, "schedules")}
        if agent in own:
            return own[agent]
        return next(iter(names)) if len(names) == 1 else None

    def _business(self, row: Row) -> Fraction | None:
        end = self.when(row, "resolved_at")
        assert end
        return self.open_hours(self.schedule(row["agent"]), self._created(row), end)

    def _by_agents(self, row: Row) -> Fraction | None:
        start, end = self._created(row), self.when(row, "resolved_at")
        assert end
        turns = [turn for turn in self.history(row, "agent") if turn[0] < end]
        if not turns:
            return self._business(row)
        total = Fraction(0)
        for number, (at, agent) in enumerate(turns):
            until = turns[number + 1][0] if number + 1 < len(turns) else end
            found = self.open_hours(self.schedule(agent), start if number == 0 else max(at, start), max(until, start))
            if found is None:
                return None
            total += found
        return total

    def open_hours(self, schedule: str | None, start: datetime, end: datetime) -> Fraction | None:
        """The quarters of an hour that are open, and what of the first and last belongs to the stretch."""
        if schedule is None or not any(row["schedule"] == schedule for row in self.hours):
            return None
        seconds = sum(
            max(0, int((min(closes, end) - max(opens, start)).total_seconds()))
            for opens, closes in self.spans(schedule)
        )
        return Fraction(seconds, 3600)

    @cached_property
    def hours(self) -> list[Row]:
        return rows_of(self.folder, "schedules")

    @cache  # noqa: B019  # one desk a test
    def spans(self, schedule: str) -> list[tuple[datetime, datetime]]:
        """Every stretch a schedule is open, overlapping ones joined, quarter by quarter of an hour."""
        closed = {row["on"] for row in rows_of(self.folder, "holidays") if row["schedule"] == schedule}
        found: list[tuple[datetime, datetime]] = []
        for row in self.hours:
            zone = ZoneInfo(row["timezone"])
            day = date(2022, 12, 30)
            while row["schedule"] == schedule and day < date(2025, 2, 1):
                if WEEKDAYS[day.weekday()] == row["weekday"] and day.isoformat() not in closed:
                    opens, closes = (wall(day, row[name], zone) for name in ("opens", "closes"))
                    if row["closes"] <= row["opens"]:
                        closes = wall(day + timedelta(days=1), row["closes"], zone)
                    found.append((opens, closes))
                day += timedelta(days=1)
        joined: list[tuple[datetime, datetime]] = []
        for opens, closes in sorted(found):
            if joined and opens <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
            else:
                joined.append((opens, closes))
        return joined


def wall(day: date, text: str, zone: ZoneInfo) -> datetime:
    """A clock on the wall as an instant; 24:00 is the next midnight."""
    hour, minute = map(int, text.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def span_hours(start: datetime, end: datetime) -> Fraction:
    return Fraction(int((end - start).total_seconds()), 3600)


def quantile(hours: list[Fraction], variant: str) -> Answer:
    """Between the two neighbours of rank (n - 1) q."""
    if not hours:
        return Answer(None, reason="empty_denominator")
    place = (len(hours) - 1) * (Fraction(9, 10) if variant == "p90" else Fraction(1, 2))
    low, high = (sorted(hours)[number] for number in (math.floor(place), math.ceil(place)))
    return Answer(low + (high - low) * (place - math.floor(place)), n=len(hours))


def half(waits: list[tuple[Fraction, bool]]) -> Answer:
    """The first time at which the survival curve is a half or less."""
    if not waits:
        return Answer(None, reason="empty_denominator")
    alive = Fraction(1)
    for time in sorted({hours for hours, ended in waits if ended}):
        at_risk = sum(hours >= time for hours, _ in waits)
        alive *= 1 - Fraction(sum(hours == time and ended for hours, ended in waits), at_risk)
        if alive <= Fraction(1, 2):
            return Answer(time, n=len(waits))
    return Answer(None, reason="not_reached")
