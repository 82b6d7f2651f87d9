"""What scores ask of many past days, asked together as far as that is the same. Part of health.

Each day still has a workspace of its own, which knows nothing of later: it is asked what cannot be asked together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from tenure.each import Texts
from tenure.health.inputs import Ahead, Ask, Figures, asked
from tenure.health_score import Score
from tenure.periods import Period
from tenure.stats.rationals import Array, Rationals


@dataclass(frozen=True)
class AskedAhead:
    """One of the days, as whoever asks sees it. `own`: its own workspace; `shared`: that of the last of the days."""

    own: Callable[[], Ask]
    shared: Ask
    answers: Ahead
    number: int
    figures: Sequence[Figures]
    last: Sequence[tuple[str, Period]]

    def at_once(
        self, figures: Sequence[Figures], last: Sequence[tuple[str, Period]] = (), where: Sequence[str] = ()
    ) -> tuple[Sequence[Mapping[str, list[Rationals]]], Sequence[Array]]:
        """What was answered already, and the rest from the day's own workspace."""
        if where or list(figures) != list(self.figures) or list(last) != list(self.last):
            return self.own().at_once(figures, last, where)
        found, places = self.answers.of(self.number)
        missing = [
            [name for name in names if name not in there]
            for (names, _), there in zip(figures, self.answers.names, strict=True)
        ]
        absent = [stretch for stretch, known in zip(last, self.answers.last, strict=True) if not known]
        if not absent and not any(missing):
            return found, [place for place in places if place is not None]
        rest = [(names, periods) for names, (_, periods) in zip(missing, figures, strict=True) if names]
        more, ends = map(iter, self.own().at_once(rest, absent))
        told = [{**one, **next(more)} if names else one for one, names in zip(found, missing, strict=True)]
        return told, [next(ends) if place is None else place for place in places]

    def each(
        self, metrics: Sequence[str], periods: Sequence[Period], where: Sequence[str] = ()
    ) -> Mapping[str, list[Rationals]]:
        return self.own().each(metrics, periods, where)

    def said(
        self, columns: Sequence[str], period: Period, conditions: Sequence[str] = ()
    ) -> tuple[Mapping[str, Texts], Mapping[str, Array]]:
        return self._of(columns, conditions).said(columns, period, conditions)

    def parents(self, period: Period) -> Texts | None:
        return self._of(("parent_id",)).parents(period)

    def ids(self) -> Array:
        return self.shared.ids()

    def tables(self) -> frozenset[str]:
        return self.shared.tables()

    def lasts(self, columns: Sequence[str], conditions: Sequence[str] = ()) -> bool:
        return self.shared.lasts(columns, conditions)

    def ahead(
        self, days: Sequence[date], figures: Sequence[Sequence[Figures]], last: Sequence[Sequence[tuple[str, Period]]]
    ) -> Ahead | None:
        return None

    def _of(self, columns: Sequence[str], conditions: Sequence[str] = ()) -> Ask:
        return self.shared if self.shared.lasts(columns, conditions) else self.own()


def together(ask_at: Callable[[date], Ask], scores: Sequence[Score], days: Sequence[date]) -> dict[date, Ask]:
    """Whom to ask on each of the days, which rise and are past: those with the same tables are asked as one."""
    ask_at = cache(ask_at)
    found: dict[date, Ask] = {}
    for run in _runs(lambda day: ask_at(day).tables(), days):
        shared = ask_at(run[-1])
        requests = [asked(scores, day) for day in run]
        answers = None
        if len(run) > 1:
            answers = shared.ahead(run, [figures for figures, _ in requests], [last for _, last in requests])
        for i, (day, (figures, last)) in enumerate(zip(run, requests, strict=True)):
            own = partial(ask_at, day)
            found[day] = own() if answers is None else AskedAhead(own, shared, answers, i, figures, last)
    return found


def _runs(tables: Callable[[date], frozenset[str]], days: Sequence[date]) -> list[Sequence[date]]:
    """The days with the same tables, which only ever become more."""
    if len(days) < 2 or tables(days[0]) == tables(days[-1]):
        return [days] if days else []
    half = len(days) // 2
    return [*_runs(tables, days[:half]), *_runs(tables, days[half:])]
