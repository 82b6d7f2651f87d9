"""Who says what: the comments behind a period's themes, each with its customer and how it sounds. Machinery floor.

A comment sounds negative from -0.05 down, positive from 0.05 up, mixed between, as the lexicon's authors advise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenure import stats
from tenure.compile.calendar import slots
from tenure.compile.plan import whole
from tenure.compile.rows import in_periods
from tenure.expr import Across, Rows
from tenure.feedback import TEXTS
from tenure.measure import Measure
from tenure.question import Frame
from tenure.scales import FEELING, SCORE
from tenure.themes import themes_of

CLEAR = FEELING // 20
ANSWERS = Rows("answers", "answered_day", of="survey_responses")
TONES = ("negative", "mixed", "positive")


@dataclass(frozen=True)
class Comment:
    """One comment: when, where, by whom (None: of nobody), how it sounds, its themes."""

    day: str
    body: str
    kind: str
    customer: str | None
    band: str | None
    tone: str | None
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Behind:
    """What is behind a theme: how its comments sound, how many customers wrote them, what those pay."""

    tones: Mapping[str, int]
    customers: int
    mrr: Fraction


@dataclass(frozen=True)
class Side:
    """Those with a theme, or without it: customers, comments, NPS of the comments that came with an answer to it."""

    customers: int
    comments: int
    mrr: Fraction
    nps: Fraction | None
    low: float | None
    high: float | None
    answers: int
    negative: Fraction | None


@dataclass(frozen=True)
class Voices:
    """The comments of a period; behind each theme who says it."""

    period: str
    comments: tuple[Comment, ...]
    behind: Mapping[str, Behind]
    pays: Mapping[str, Fraction]
    scores: Mapping[int, int]

    def sides(self, theme: str) -> tuple[Side, Side]:
        """Customers who mention a theme, and customers who wrote but do not: a difference, not a cause."""
        who = {one.customer for one in self.comments if theme in one.themes and one.customer}
        of = [one for one in self.comments if one.customer in who]
        others = [one for one in self.comments if one.customer and one.customer not in who]
        return self._side(of), self._side(others)

    def _side(self, comments: Sequence[Comment]) -> Side:
        who = {one.customer for one in comments if one.customer}
        bands = [one.band for one in comments if one.band]
        wave = stats.Wave(bands.count("promoter"), bands.count("passive"), bands.count("detractor"))
        low, high = stats.nps_interval(wave) or (None, None)
        heard = [one for one in comments if one.tone]
        negative = Fraction(sum(one.tone == "negative" for one in heard), len(heard)) if heard else None
        mrr = sum((self.pays.get(one, Fraction(0)) for one in who), Fraction(0))
        return Side(len(who), len(comments), mrr, wave.nps, low, high, len(bands), negative)


def voices(measure: Measure, frame: Frame, pays: Mapping[str, Fraction]) -> Voices:
    """The comments of the frame's last period. Themes are told from both periods, as `feedback` tells them."""
    engine = measure.engine
    engine.set_calendar(slots(frame.periods, measure.clock.cut, None))
    columns = ("k", "day", "body", "feeling", "band", "customer_id", "kind")
    query = in_periods(engine.relation(TEXTS), TEXTS, frame.segments).select(*columns)
    answer = engine.warehouse.run(engine.sql(query))
    rows = sorted(zip(*(answer[name] for name in columns), strict=True), key=lambda row: (int(row[0]), str(row[1:])))
    last = len(frame.periods) - 1
    found = []
    for row, themes in zip(rows, themes_of([str(row[2]) for row in rows]), strict=True):
        k, day, body, felt, band, customer, kind = row
        if int(k) == last:
            known = (None if value is None else str(value) for value in (customer, band))
            owner, said = known
            tone = None if felt is None else _tone(int(felt))
            found.append(Comment(str(day)[:10], str(body), str(kind or ""), owner, said, tone, themes))
    found.sort(key=lambda one: (one.day, one.body), reverse=True)
    scores = _scores(measure, frame) if engine.has_data(Across("sum", ANSWERS.count())) else {}
    return Voices(frame.periods[-1].label, tuple(found), _behind(found, pays), pays, scores)


def _scores(measure: Measure, frame: Frame) -> dict[int, int]:
    """How many answers to NPS there are with each score in the last period."""
    engine = measure.engine
    rows = in_periods(engine.relation(ANSWERS), ANSWERS, frame.segments)
    rows = rows.filter((rows.k == len(frame.periods) - 1) & rows.nps.notnull())
    answer = engine.warehouse.run(engine.sql(rows.group_by("given").agg(v=rows.count())))
    given = zip(answer["given"], answer["v"], strict=True)
    counts = dict.fromkeys(range(11), 0)
    for score, count in given:
        counts[whole(score) // SCORE] += whole(count)
    return counts


def _tone(felt: int) -> str:
    return TONES[0] if felt <= -CLEAR else TONES[2] if felt >= CLEAR else TONES[1]


def _behind(comments: Sequence[Comment], pays: Mapping[str, Fraction]) -> dict[str, Behind]:
    found = {}
    for name in dict.fromkeys(theme for one in comments for theme in one.themes):
        mine = [one for one in comments if name in one.themes]
        who = {one.customer for one in mine if one.customer}
        tones = {tone: sum(one.tone == tone for one in mine) for tone in TONES}
        found[name] = Behind(tones, len(who), sum((pays.get(one, Fraction(0)) for one in who), Fraction(0)))
    return found
