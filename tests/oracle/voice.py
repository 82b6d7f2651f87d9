"""Surveys, reviews, posts and referrals by plain loops, from DEFINITIONS sections 0, 20 to 23 and 25. Tests' floor."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path

from .ask import Oracle
from .books import Books
from .loyalty import loyalty
from .money import customers_of
from .movements import Scope
from .retention import Answer, ratio
from .spans import DAY, Span

Row = dict[str, str]
WORDS = {"good": Fraction(4404, 10_000), "bad": Fraction(-5423, 10_000)}
"""In VADER's published rules: 1.9 / sqrt(1.9^2 + 15) and -2.5 / sqrt(2.5^2 + 15), to four digits."""
USUAL = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "acsi": (1, 10), "service": (1, 5), "employee": (1, 5)}


def moment(text: str, books: Books) -> datetime | None:
    """An instant as it is written: a date is midnight in the zone, a time without an offset UTC."""
    if not text:
        return None
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), books.zone).astimezone(UTC)
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


@cache
def rows_of(folder: Path, table: str) -> list[Row]:
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Said:
    """A valid answer."""

    row: Row
    at: datetime
    day: date
    score: Fraction | None
    low: Fraction
    high: Fraction
    high_is_good: bool

    @property
    def customer(self) -> str | None:
        return self.row["customer_id"] or None

    @property
    def person(self) -> str | None:
        return self.row["contact_id"] or self.row["customer_id"] or None

    @property
    def rank(self) -> tuple[datetime, str]:
        return self.at, f"{self.row['response_id']}/{self.row['question']}"

    @property
    def best(self) -> Fraction:
        assert self.score is not None
        return self.score if self.high_is_good else self.low + self.high - self.score

    @property
    def ease(self) -> Fraction:
        return 100 * (self.best - self.low) / (self.high - self.low)

    def positive(self, three: bool = False) -> bool | None:
        if self.row["is_positive"]:
            return self.row["is_positive"] == "true"
        if self.score is None:
            return None
        points = self.high - self.low + 1
        if points > 11:
            return None
        count = 1 if points <= 3 else 3 if three and points >= 8 else 2
        return self.best > self.high - count


class Voice:
    """A world's answers. `base`: the same world without what is said, for who its customers are."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.oracle = folder, Oracle(base)
        self.books = self.oracle.books
        self.cut = datetime.combine(self.books.cut, time(), self.books.zone).astimezone(UTC)

    def known(self, text: str) -> datetime | None:
        """An instant before as_of."""
        found = moment(text, self.books)
        return found if found and found < self.cut else None

    def day(self, at: datetime) -> date:
        return at.astimezone(self.books.zone).date()

    @cached_property
    def sent(self) -> list[Row]:
        """Questions that exist at as_of: asked before it, or asked nobody knows when and answered before it."""
        found = []
        for row in rows_of(self.folder, "survey_responses"):
            others = [row[name] for name in ("delivered_at", "opened_at", "answered_at") if row[name]]
            if row["asked_at"]:
                exists = self.known(row["asked_at"]) is not None
            else:
                exists = not others or any(self.known(other) for other in others)
            asked, answered = moment(row["asked_at"], self.books), moment(row["answered_at"], self.books)
            if exists and not (asked and answered and answered < asked):
                found.append(row)
        return found

    @cached_property
    def answers(self) -> list[Said]:
        found = []
        for row in self.sent:
            at = self.known(row["answered_at"])
            if at is None or row["kind"] == "other":
                continue
            usual = USUAL[row["kind"]]
            low, high = Fraction(row["scale_min"] or usual[0]), Fraction(row["scale_max"] or usual[1])
            score = Fraction(row["score"]) if row["score"] else None
            off = row["kind"] == "nps" and (low, high) != (0, 10)
            if score is not None and (not low <= score <= high or low >= high or off):
                score = None
            said = Said(row, at, self.day(at), score, low, high, row["higher_is_better"] != "false")
            judged = row["kind"] in ("csat", "service", "employee") and said.positive() is not None
            if score is not None or judged:
                found.append(said)
        return found

    def ask(self, metric: str, variant: str, span: Span, scope: Scope) -> Answer:
        """A figure."""
        if span.start >= self.books.cut:
            return Answer(None, reason="not_reached")
        mine = [a for a in self.answers if span.start <= a.day < span.end and scope(a.customer, a.day)]
        answer: Answer = getattr(self, f"_{metric}")(variant, span, scope, mine)
        return answer

    # -- recommendation ------------------------------------------------------------------------------------------------

    def _nps(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        mine = [a for a in mine if a.row["kind"] == "nps" and a.score is not None]
        if variant == "latest_per_person":
            mine = latest(mine)
        if variant == "mean_per_person":
            last = span.end - DAY
            whole = [a for a in self.answers if span.start <= a.day < span.end and a.row["kind"] == "nps"]
            mine = [a for a in whole if scope(a.customer, last)]
            return net(means(mine, lambda a: (a.customer or "", a.person or f"answer {a.rank}")))
        if variant == "per_customer":
            return net(means([a for a in mine if a.customer], lambda a: a.customer or ""))
        if variant == "latest_score":
            return mean([a.score for a in last_of(mine, lambda a: a.customer)])
        if variant == "mrr_weighted":
            return self._weighted(span, scope, mine)
        return net(a.score for a in mine)

    def _weighted(self, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        """Customers in the band of the mean of their answers, each by what it pays at the end."""
        ledger = self.oracle.ledger()
        close = ledger.close_before(span.end)
        groups: dict[str, list[Fraction]] = defaultdict(list)
        for a in mine:
            if a.customer and a.score is not None:
                groups[a.customer].append(a.score)
        top = bottom = Fraction(0)
        for customer, scores in groups.items():
            mrr = ledger.level(customer, close)
            each = sum(scores, Fraction(0)) / len(scores)
            top += mrr * ((each >= 9) - (each < 7))
            bottom += mrr
        return ratio(100 * top, bottom)

    def _employee_engagement(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        mine = [a for a in mine if a.row["kind"] == "employee"]
        if variant == "enps":
            scores = [a.score for a in mine if a.score is not None and (a.low, a.high) == (0, 10)]
            return few(net(scores))
        return few(share([a.positive() for a in mine]))

    # -- satisfaction --------------------------------------------------------------------------------------------------

    def _csat(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        mine = [a for a in mine if a.row["kind"] == "csat"]
        judged = [a for a in mine if a.positive() is not None]
        if variant == "latest_per_person":
            return share([a.positive() for a in latest(mine)])
        if variant == "top3":
            return share([a.positive(three=True) for a in mine])
        if variant == "per_customer":
            groups: dict[str, list[bool]] = defaultdict(list)
            for a in judged:
                if a.customer:
                    groups[a.customer].append(bool(a.positive()))
            return share([2 * sum(found) >= len(found) for found in groups.values()])
        scored = [a for a in judged if a.score is not None]
        if variant == "mean":
            if len({(a.low, a.high, a.high_is_good) for a in scored}) > 1:
                return Answer(None, reason="insufficient_data")
            return mean([a.score for a in scored])
        return mean([a.ease for a in scored]) if variant == "mean_100" else share([a.positive() for a in mine])

    def _service_satisfaction(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        def about(a: Said) -> bool:
            return a.row["kind"] == "service" or (a.row["kind"] == "csat" and a.row["touchpoint"] == "ticket")

        mine = [a for a in mine if about(a) and a.positive() is not None]
        return share([a.positive() for a in (latest(mine) if variant == "latest_per_person" else mine)])

    def _ces(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        mine = [a for a in mine if a.row["kind"] == "ces"]
        if variant == "latest_per_person":
            mine = latest(mine)
        if variant == "ease":
            return mean([a.ease for a in mine])
        if variant == "per_customer":
            last = span.end - DAY
            whole = [a for a in self.answers if span.start <= a.day < span.end and a.row["kind"] == "ces"]
            groups: dict[str, list[Fraction]] = defaultdict(list)
            for a in whole:
                if a.customer and scope(a.customer, last):
                    groups[a.customer].append(a.ease)
            return mean([sum(found, Fraction(0)) / len(found) for found in groups.values()])
        if variant in ("v1", "ease_5"):
            mine = [a for a in mine if (a.low, a.high, a.high_is_good) == (1, 5, variant == "ease_5")]
        if variant in ("v2", "v2_pct", "net"):
            mine = [a for a in mine if (a.low, a.high, a.high_is_good) == (1, 7, True)]
        if variant == "0_10":
            mine = [a for a in mine if (a.low, a.high) in ((0, 5), (0, 10)) and a.high_is_good]
        scores = [a.score for a in mine if a.score is not None]
        if variant == "v2_pct":
            return share([s >= 5 for s in scores])
        if variant == "net":
            return ratio(100 * (sum(s >= 6 for s in scores) - sum(s <= 3 for s in scores)), len(scores), len(scores))
        if len({(a.low, a.high, a.high_is_good) for a in mine}) > 1:
            return mean([a.ease for a in mine])
        return mean(scores)

    def _acsi(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        whole = [a for a in self.answers if span.start <= a.day < span.end and a.row["kind"] == "acsi"]
        people: dict[tuple[str, str], dict[str, Said]] = defaultdict(dict)
        for a in sorted(whole, key=lambda a: a.rank):
            if a.score is not None:
                people[a.row["survey"], a.row["contact_id"] or a.row["response_id"]][a.row["question"]] = a
        weights = {"satisfaction": 3885, "expectations": 3190, "ideal": 2925}
        found = []
        for answers in people.values():
            someone = max(a.day for a in answers.values())
            owner = max((a.customer for a in answers.values() if a.customer), default=None)
            if len(answers) == 3 and scope(owner, someone):
                if variant == "weighted":
                    points = sum(Fraction(weights[q], 10_000) * ((a.score or 0) - 1) for q, a in answers.items())
                    found.append(points * 100 / 9)
                else:
                    found.append(sum(((a.score or 0) for a in answers.values()), Fraction(-3)) * 100 / 27)
        return mean(found)

    def _response_rate(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        surveys: dict[str, list[Row]] = defaultdict(list)
        for row in self.sent:
            surveys[row["response_id"]].append(row)
        sent = answered = 0
        for rows in surveys.values():
            asked = self.known(rows[0]["asked_at"])
            if asked is None or not span.start <= self.day(asked) < span.end:
                continue
            if not scope(rows[0]["customer_id"] or None, self.day(asked)):
                continue
            done = any(self.known(row["answered_at"]) for row in rows)
            seen = done or any(self.known(row["opened_at"]) for row in rows)
            there = seen or any(self.known(row["delivered_at"]) for row in rows)
            sent += {"default": True, "delivered": there, "opened": seen}[variant]
            answered += done
        return ratio(answered, sent, sent)

    # -- of their own accord -------------------------------------------------------------------------------------------

    def _facts(self, table: str, span: Span, scope: Scope) -> list[Row]:
        found = []
        for row in rows_of(self.folder, table):
            at = self.known(row["at"])
            if at and span.start <= self.day(at) < span.end and scope(row["customer_id"] or None, self.day(at)):
                found.append(row)
        return found

    def _rating(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        stars = [s for s in (star(row) for row in self._facts("reviews", span, scope)) if s is not None]
        return Answer(Fraction(len(stars))) if variant == "count" else mean(stars)

    def _sentiment(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        if variant == "comments":
            said = [row for row in self.sent if self.known(row["answered_at"])]
            days = [(row, self.day(at)) for row in said if (at := self.known(row["answered_at"]))]
            inside = [r for r, day in days if span.start <= day < span.end and scope(r["customer_id"] or None, day)]
            return mean([WORDS.get(row["comment"]) for row in inside])
        rows = self._facts("reviews" if variant == "reviews" else "mentions", span, scope)
        found = []
        for row in rows:
            own = row.get("sentiment", "")
            if own and -1 <= Fraction(own) <= 1:
                found.append(Fraction(own))
            elif not own and row["body"] in WORDS:
                found.append(WORDS[row["body"]])
        return mean(found)

    def _referral_rate(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        return self._of_customers(span, scope, {row["customer_id"] for row in self._facts("referrals", span, always)})

    def _loyalty(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        return loyalty(self, span, scope)

    def _advocacy(self, variant: str, span: Span, scope: Scope, mine: list[Said]) -> Answer:
        who = {
            row["customer_id"] for table in ("referrals", "advocacy_acts") for row in self._facts(table, span, always)
        }
        who |= {row["customer_id"] for row in self._facts("reviews", span, always) if (star(row) or 0) >= 4}
        return self._of_customers(span, scope, who)

    def _of_customers(self, span: Span, scope: Scope, who: set[str]) -> Answer:
        ledger = self.oracle.ledger()
        alone = {c: customers_of(ledger, span, lambda x, day, c=c: x == c and scope(x, day)) for c in who if c}
        count = customers_of(ledger, span, scope)
        return ratio(sum(alone.values()), count, count)


def always(customer: str | None, day: date) -> bool:
    return True


def star(row: Row) -> Fraction | None:
    rating, scale = Fraction(row["rating"]), Fraction(row["scale_max"] or 5)
    return rating / scale * 5 if scale > 0 and 0 <= rating <= scale else None


def latest(answers: list[Said]) -> list[Said]:
    """The last answer of each person; of who is not known, all."""
    return [*last_of(answers, lambda a: a.person), *(a for a in answers if a.person is None)]


def last_of(answers: list[Said], who: Callable[[Said], str | None]) -> list[Said]:
    """The last answer of each one there is."""
    return list({who(a): a for a in sorted(answers, key=lambda a: a.rank) if who(a) is not None}.values())


def means(answers: Iterable[Said], key: Callable[[Said], object]) -> list[Fraction]:
    groups: dict[object, list[Fraction]] = defaultdict(list)
    for a in answers:
        if a.score is not None:
            groups[key(a)].append(a.score)
    return [sum(found, Fraction(0)) / len(found) for found in groups.values()]


def net(scores: Iterable[Fraction | None]) -> Answer:
    known = [s for s in scores if s is not None]
    return ratio(100 * (sum(s >= 9 for s in known) - sum(s < 7 for s in known)), len(known), len(known))


def share(flags: Iterable[bool | None]) -> Answer:
    known = [flag for flag in flags if flag is not None]
    return ratio(sum(known), len(known), len(known))


def mean(values: Iterable[Fraction | None]) -> Answer:
    known = [v for v in values if v is not None]
    return ratio(sum(known, Fraction(0)), len(known), len(known))


def few(answer: Answer) -> Answer:
    return answer if answer.value is None or (answer.n or 0) >= 5 else Answer(None, reason="insufficient_data")
