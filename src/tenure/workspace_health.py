"""What a workspace says of its customers' health. Composition floor: the part of the one door that judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.each_days import Days
    from tenure.health.desk import Desk, Gallery, Portrait, Standing
    from tenure.health.divergence import Divergence
    from tenure.health.inputs import Ask
    from tenure.health.movers import Movers
    from tenure.health.verdict import Backtest
    from tenure.measure import Measure
    from tenure.question import Frame, Question
    from tenure.result import Result


class Judging:
    """The judgements of a workspace, each by a score of tenure.toml: the one named, else the first."""

    _desk: tuple[Measure, Desk] | None = None

    if TYPE_CHECKING:  # what it needs of the workspace

        @property
        def config(self) -> Config: ...
        def _ready(self) -> Measure: ...
        def _loaded_tables(self) -> frozenset[str]: ...
        def _condition(self, text: str) -> str: ...
        def over(self, *asked: Any, **more: Any) -> Sequence[Result]: ...
        def _asked(self, name: str) -> Question: ...
        def _frame(
            self,
            measure: Measure,
            grain: str,
            periods: Sequence[Any],
            by: tuple[str, ...],
            where: tuple[str, ...],
            window: str | None,
        ) -> Frame: ...
        def at(self, day: date) -> Ask: ...

    @property
    def desk(self) -> Desk:
        """Where health scores are asked for; kept while nothing changed."""
        from tenure.health.desk import Desk, available

        measure = self._ready()
        if self._desk is None or self._desk[0] is not measure:
            scores = available(self.config.health, self.config.business, self._loaded_tables(), str(self.config.path))
            today = measure.clock.cut
            self._desk = measure, Desk(scores, lambda day: self if day == today else self.at(day), today)
        return self._desk[1]

    def health(self, score: str | None = None, as_of: date | None = None, where: str | Sequence[str] = ()) -> Standing:
        """Everyone's score when a day began, by default now."""
        return self.desk.standing(score, as_of, self._conditions(where))

    def health_of(self, customer: str, score: str | None = None, as_of: date | None = None) -> Portrait:
        """One customer's score: contributions that sum to it, and what changed since the month before."""
        return self.desk.gallery(score, as_of).portrait(customer)

    def health_gallery(self, score: str | None = None) -> Gallery:
        """Everyone's score now and the month before, of which `portrait` shows one customer as `health_of` does."""
        return self.desk.gallery(score)

    def health_scores(self) -> list[str]:
        """The names of the scores, the workspace's own first."""
        return list(self.desk.scores)

    def _score_names(self) -> list[str]:
        """The names of the scores that metrics may be asked for; none where no score has data."""
        from tenure.errors import RequestError

        try:
            return self.health_scores()
        except RequestError:
            return []

    def health_movers(self, score: str | None = None, where: str | Sequence[str] = ()) -> Movers:
        """Whose score fell and rose most since the month before, and what changed."""
        from tenure.health.movers import movers

        return movers(self.desk, score, self._conditions(where))

    def health_history(self, score: str | None = None, months: int = 12) -> dict[str, list[dict[str, Any]]]:
        """Everyone's score at the beginning of each of the last months, from what was known then, and now."""
        from tenure.health.movers import history

        return history(self.desk, score, months)

    def backtest(
        self,
        score: str | None = None,
        months: int = 12,
        horizon: int = 90,
        where: str | Sequence[str] = (),
    ) -> Backtest:
        """Scores of past months, from what was known then, held against who left in the `horizon` days after."""
        from tenure.health.backtest import backtest

        return backtest(self.desk, score, months, horizon, self._conditions(where))

    def divergence(
        self,
        score: str | None = None,
        as_of: date | None = None,
        days: int = 30,
        where: str | Sequence[str] = (),
    ) -> Divergence:
        """Customers whose health and money disagree now and did so many days before, with both sides."""
        from tenure.health.divergence import divergence

        return divergence(self.desk, score, as_of, days, self._conditions(where))

    def each(self, metrics: Sequence[str], periods: Sequence[Any], where: Sequence[str] = ()) -> dict[str, Any]:
        """Everyone's own figure of metrics (`id` or `id:variant`) in each period, as columns by key."""
        (found,), _ = self.at_once([(metrics, periods)], where=where)
        return found

    def at_once(
        self,
        figures: Sequence[tuple[Sequence[str], Sequence[Any]]],
        last: Sequence[tuple[str, Any]] = (),
        where: Sequence[str] = (),
    ) -> tuple[list[dict[str, Any]], list[Any]]:
        """The same for several requests, and `last_facts` of others: what they share is read once."""
        from tenure import each

        measure = self._ready()
        asked = [{name: self._asked(name) for name in metrics} for metrics, _ in figures]
        quick = [{name: one for name, one in some.items() if each.fits(one.reading.expr)} for some in asked]
        frames = [self._frame(measure, "total", periods, (), tuple(where), None) for _, periods in figures]
        days = [
            (self._asked(name), self._frame(measure, "day", [all_], (), (), None), partial(self._by_day, all_))
            for name, all_ in last
        ]
        requests = [(list(some.values()), frame) for some, frame in zip(quick, frames, strict=True)]
        found, places = each.at_once(measure, requests, days)
        told: list[dict[str, Any]] = []
        for i, (_, periods) in enumerate(figures):
            told.append({name: found[i][one.key] for name, one in quick[i].items()})
            for name in asked[i].keys() - quick[i].keys():
                by_customer = self._frame(measure, "total", periods, ("customer_id",), tuple(where), None)
                told[i][name] = each.slowly(measure, asked[i][name], by_customer)
        return told, places

    def ahead(
        self,
        days: Sequence[date],
        figures: Sequence[Sequence[tuple[Sequence[str], Sequence[Any]]]],
        last: Sequence[Sequence[tuple[str, Any]]],
    ) -> Days | None:
        """What `at_once` would say on each of several days, as far as it is the same when it is asked later.

        `figures`, `last`: the requests of each day, which differ in their periods alone.
        """
        from tenure.each_days import days as of_days

        measure, asked = self._ready(), []
        for requests in zip(*figures, strict=True):
            ends = [[one.end for one in some] for _, some in requests]
            by_end = ends == [[day] for day in days]
            periods = [one for _, some in requests for one in some]
            questions = {name: self._asked(name) for name in requests[0][0]}
            asked.append((questions, self._frame(measure, "total", periods, (), (), None), by_end))
        stretches = [
            (self._asked(some[0][0]), self._frame(measure, "day", [all_ for _, all_ in some], (), (), None))
            for some in zip(*last, strict=True)
        ]
        return of_days(measure, len(days), asked, stretches)

    def lasts(self, columns: Sequence[str], conditions: Sequence[str] = ()) -> bool:
        """Whether what attributes and conditions say of customers is the same on every day."""
        return not self._frame(self._ready(), "total", (), tuple(columns), tuple(conditions), None).segments.moves

    def tables(self) -> frozenset[str]:
        """The tables with a row, as of now."""
        return self._ready().engine.world.loaded

    def said(
        self, columns: Sequence[str], period: Any, conditions: Sequence[str] = ()
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What attributes say of each customer at a period's end, and whether conditions hold then, by key."""
        from tenure import each
        from tenure.filter import parse

        measure = self._ready()
        segments = self._frame(measure, "total", [period], tuple(columns), tuple(conditions), None).segments
        segments = replace(segments, condition=None, told=tuple(map(parse, conditions)))
        texts, truths = each.texts(measure, segments, min(period.end, measure.clock.cut))
        return dict(zip(columns, texts, strict=True)), dict(zip(conditions, truths, strict=True))

    def parents(self, period: Any) -> Any:
        """Who each customer's parent is, by key; None where nobody says so."""
        known = self._frame(self._ready(), "total", [period], (), (), None).segments.attributes
        return self.said(("parent_id",), period)[0]["parent_id"] if "parent_id" in dict(known) else None

    def last_facts(self, metric: str, stretch: Any) -> Any:
        """The place of the last day of a stretch on which each customer has a fact of a metric, by key; -1: none."""
        _, (found,) = self.at_once([], [(metric, stretch)])
        return found

    def _by_day(self, stretch: Any) -> Frame:
        """The days of a stretch as periods."""
        from tenure.periods import Period

        starts = [stretch.start + timedelta(days=i) for i in range((stretch.end - stretch.start).days)]
        days = [Period("", start, start + timedelta(days=1)) for start in starts]
        return self._frame(self._ready(), "day", days, (), (), None)

    def ids(self) -> Any:
        """Everyone's customer_id, by key."""
        from tenure import each

        return each.ids(self._ready().engine)

    def _judged(self, day: date) -> list[tuple[object, ...]]:
        """Rows for metrics of health: everyone's score when a day begins; nobody's where no measure has data."""
        from tenure.errors import RequestError
        from tenure.health.desk import rows

        try:
            desk = self.desk
        except RequestError:
            return []
        return rows(desk, day)

    def _conditions(self, where: str | Sequence[str]) -> list[str]:
        """Conditions, with what saved segments stand for in their place."""
        return [self._condition(text) for text in ((where,) if isinstance(where, str) else where)]
