"""What a workspace says of its customers' health. Composition floor: the part of the one door that judges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.health.desk import Desk, Portrait, Standing
    from tenure.health.divergence import Divergence
    from tenure.health.inputs import Ask
    from tenure.health.verdict import Backtest
    from tenure.measure import Measure
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
        def last_facts(self, metric: str, periods: Sequence[Any]) -> dict[str, Any]: ...
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
        return self.desk.portrait(customer, score, as_of)

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
