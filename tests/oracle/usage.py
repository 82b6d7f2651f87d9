"""Use, onboarding, trials, engagement by plain loops, from DEFINITIONS sections 0, 15 to 17 and 25. Tests' floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property

from .movements import Scope
from .retention import Answer, ratio
from .spans import DAY, Span
from .use import DAYS, Activity, Event, Row, mean


class Use(Activity):
    """The same, and what becomes of newcomers: activation, onboarding, trials, outcomes, funnels."""

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

    def reached(self, span: Span, scope: Scope, what: str) -> int:
        """Customers whose event came in the period for the time that counts, whenever they started."""
        event, count = self.usage[what]["event"], self.usage[what].get("count", 1)
        customers = {e.customer for e in self.events if e.customer}
        number = 0
        for customer in customers:
            days = [e.day for e in sorted(self.events, key=lambda e: e.at) if (e.customer, e.name) == (customer, event)]
            if len(days) >= count:
                number += span.start <= days[count - 1] < span.end and scope(customer, days[count - 1])
        return number

    def activation(self, span: Span, scope: Scope, variant: str) -> Answer:
        found = self.starters(span, scope, "activation")
        if variant == "in_period":
            return ratio(self.reached(span, scope, "activation"), len(found), len(found))
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

    # contacts, outcomes, visitors, funnel

    def touches(self, table: str, span: Span, scope: Scope, variant: str) -> Answer:
        """interactions (per_customer: each of the period's), resource_views (customers: how many had any)."""
        mine = []
        for row in self.rows(table):
            at = self.at(row["at"])
            if at and span.start <= self.day(at) < span.end and scope(row["customer_id"] or None, self.day(at)):
                mine.append(row["customer_id"])
        if variant == "per_customer":
            there = len(self.of(span, scope))
            return ratio(len(mine), there, there)
        return counted(len({who for who in mine if who}) if variant == "customers" else len(mine))

    def outcomes(self, span: Span, scope: Scope, variant: str) -> Answer:
        due = []
        for row in self.rows("outcomes"):
            day = date.fromisoformat(row["due_on"])
            if span.start <= day < min(span.end, self.cut) and scope(row["customer_id"] or None, day):
                achieved = self.happened(row["achieved_at"])
                due.append(achieved is not None and (variant == "by_now" or self.day(achieved) <= day))
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


def counted(value: int) -> Answer:
    """What is counted is its own n."""
    return Answer(Fraction(value), n=value)


LEFT = {"default": Fraction(1, 2), "quartile": Fraction(3, 4), "third_quartile": Fraction(1, 4)}


def to_value(found: list[tuple[Fraction, bool]], variant: str) -> Answer:
    """time_to_value: when so many were left to get there, or the mean of those who did."""
    return achieved(found) if variant == "achieved_mean" else survival(found, LEFT[variant])


FIGURES: dict[str, Asks] = {
    "mau": lambda u, s, c, g, v, o: counted(u.mau(s, c, g, v)),
    "wau": lambda u, s, c, g, v, o: counted(
        u.users(min(s.end, u.cut) - timedelta(days=7), s.end, c, "customer" if v == "customers" else "user")
    ),
    "dau": lambda u, s, c, g, v, o: counted(u.active_days(s, c)) if v == "active_days" else u.daily(s, c, v),
    "stickiness": lambda u, s, c, g, v, o: ratio(u.dau(s, c, v), u.mau(s, c, g, v), u.mau(s, c, g, v)),
    "time_on_platform": lambda u, s, c, g, v, o: u.time(s, c, v),
    "interactions": lambda u, s, c, g, v, o: u.touches("interactions", s, c, v),
    "resource_views": lambda u, s, c, g, v, o: u.touches("resource_views", s, c, v),
    "feature_adoption_rate": lambda u, s, c, g, v, o: u.adoption(s, c, v, o),
    "feature_breadth": lambda u, s, c, g, v, o: u.breadth(s, c),
    "engagement": lambda u, s, c, g, v, o: u.engagement(s, c),
    "activation_rate": lambda u, s, c, g, v, o: u.activation(s, c, v),
    "time_to_value": lambda u, s, c, g, v, o: to_value(u.starters(s, c, "value"), v),
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
    "outcome_rate": lambda u, s, c, g, v, o: u.outcomes(s, c, v),
    "conversion_rate": lambda u, s, c, g, v, o: u.conversion(s) if v == "default" else u.funnel(s, o),
}
