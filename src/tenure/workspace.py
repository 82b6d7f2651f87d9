"""The one door: a workspace is a folder with a tenure.toml, and can do whatever tenure can. Composition floor.

The command line, the web pages, the HTTP API and the worker call only this.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure import config as configuration
from tenure import policy as policies
from tenure.errors import RequestError, UnknownName
from tenure.periods import parse_window, select
from tenure.workspace_health import Judging
from tenure.workspace_people import People

if TYPE_CHECKING:
    from tenure.check import Finding
    from tenure.drivers import Drivers
    from tenure.explain import Explanation
    from tenure.feedback import Feedback
    from tenure.interventions import Compared
    from tenure.load import LoadReport
    from tenure.measure import Measure
    from tenure.per_customer import Figures
    from tenure.question import Frame, Question
    from tenure.result import Result, Results
    from tenure.risk import Risk
    from tenure.session import Session
    from tenure.store import Snapshot, Writer
    from tenure.survival import Survival

Progress = Callable[[str, int, "int | None"], None]


@dataclass(frozen=True)
class SyncReport:
    """What a sync did: each file's load, the rollups rebuilt, and how long it took."""

    loads: list[LoadReport]
    refreshed: list[str]
    seconds: float


class Workspace(People, Judging):
    """A company's data and settings."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).resolve()

    @classmethod
    def find(cls, start: Path | str) -> Workspace:
        """The workspace of a folder, or of its nearest parent that is one."""
        return cls(configuration.find(Path(start)).parent)

    @cached_property
    def config(self) -> configuration.Config:
        """tenure.toml, read and checked."""
        path = self.folder / "tenure.toml"
        return configuration.read(path, lambda raw, where: policies.parse(raw, where))

    @cached_property
    def policy(self) -> policies.Policy:
        """The rules in force."""
        return policies.parse(self.config.policy, str(self.config.path))

    @cached_property
    def _session(self) -> Session:
        from tenure.session import Session

        return Session(self.config, self.policy)

    # -- data in -------------------------------------------------------------------------------------------------

    def sync(
        self,
        sources: Sequence[str] = (),
        full: bool = False,
        on_progress: Progress | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> SyncReport:
        """Pull every source (or those named) and refresh, as one version: all of it counts, or nothing does."""
        from tenure import freshness, sync

        begun = time.monotonic()
        with freshness.written_down(self.folder), self._writing() as tx:
            if self._moved_zone(tx):
                sync.start_anew(self.config, tx)
            loads = sync.pull(self.config, tx, tuple(sources), full, on_progress, on_note)
            refreshed = self._finish(tx, on_progress, changed=any(r.stored or r.rejected for r in loads))
        return SyncReport(loads, refreshed, time.monotonic() - begun)

    def load_files(
        self,
        files: Sequence[Path | str],
        table: str | None = None,
        source: str | None = None,
        on_progress: Progress | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> list[LoadReport]:
        """Load files now and refresh; without `table`, each file's columns tell it."""
        from tenure import sync

        with self._writing() as tx:
            self._same_zone(tx)
            paths = [Path(file) for file in files]
            loads = sync.load_files(self.config, tx, paths, table, source, on_progress, on_note)
            self._finish(tx, on_progress, changed=any(r.stored or r.rejected for r in loads))
        return loads

    def refresh(self, on_progress: Progress | None = None) -> list[str]:
        """Rebuild what metrics read where inputs or settings changed; the names of what was rebuilt."""
        with self._writing() as tx:
            self._same_zone(tx)
            return self._finish(tx, on_progress, changed=False)

    def _moved_zone(self, tx: Writer) -> bool:
        """Whether the data were loaded under another time zone: their local days are then not ours."""
        return bool(tx.meta.get("timezone", self.config.timezone) != self.config.timezone)

    def _same_zone(self, tx: Writer) -> None:
        if self._moved_zone(tx):
            raise RequestError(
                f"The data were loaded for {tx.meta['timezone']}, the time zone is now {self.config.timezone}.",
                where=str(self.config.path),
                todo="Run tenure sync: it loads everything anew.",
            )

    def _writing(self) -> AbstractContextManager[Writer]:
        from tenure.store import Store

        return Store(self.folder).write()

    def _finish(self, tx: Writer, on_progress: Progress | None, *, changed: bool) -> list[str]:
        from tenure.refresh import refresh

        refreshed = refresh(tx, self.config, self.policy, on_progress)
        tx.meta["timezone"] = self.config.timezone
        if refreshed or changed:
            tx.commit()
        return refreshed

    # -- numbers out ---------------------------------------------------------------------------------------------

    def metrics(self, word: str | None = None) -> list[dict[str, Any]]:
        """The catalogue as `tenure metrics --format json` prints it."""
        from tenure.listing import listed

        return listed(word, self._loaded_tables())

    def _loaded_tables(self) -> frozenset[str]:
        from tenure.store import loaded

        return loaded(self.folder)

    @property
    def version(self) -> int:
        """The number of the newest version of the data, cheaply; 0 where nothing was ever loaded."""
        from tenure.store import Store

        return Store(self.folder).version

    def stamp(self) -> str:
        """What answers depend on besides their question: it changes whenever one could. Follows the newest version."""
        return f"{self._ready().clock.as_of.isoformat()}/{self._session.version}"

    def hold(self) -> str:
        """Stay at the version that is the newest now, and at this moment; the stamp of both."""
        stamp, self._session.held = self.stamp(), True
        return stamp

    def snapshot(self) -> Snapshot:
        """The newest version of the data, to read."""
        from tenure.store import Store

        return Store(self.folder).snapshot()

    def show(
        self,
        *metrics: str,
        from_: str | None = None,
        to: str | None = None,
        last: int | None = None,
        grain: str | None = None,
        by: str | Sequence[str] = (),
        where: str | Sequence[str] = (),
        variant: str | None = None,
        compare: str | None = None,
        window: str | None = None,
    ) -> Results:
        """Values of metrics (without one: of the core set) over periods and segments. See INTERFACE of the project."""
        from tenure.result import Results

        measure = self._ready()
        asked = list(metrics) or [m for m in self.core() if self._answers(m)]
        questions = [self._question(name, variant) for name in asked]
        chosen, periods = select(measure.clock, from_=from_, to=to, last=last, grain=grain)
        frame = self._frame(measure, chosen, periods, _names(by), _texts(where), window)
        found = measure.results(questions, frame)
        if compare is not None:
            from tenure.comparison import compared

            found = compared(measure, questions, frame, found, compare)
        return Results(tuple(found))

    def at(self, day: date) -> Workspace:
        """This workspace as it stood when `day` began: whatever happened from then on does not exist in it.

        Read only, and always on the embedded engine.
        """
        from tenure.session import Session

        past = Workspace(self.folder)
        past.__dict__["config"] = replace(self.config, as_of=day, warehouse="duckdb")
        past.__dict__["_session"] = Session(past.config, self.policy, past_of=self._session)
        return past

    def per_customer(
        self,
        *metrics: str,
        from_: str | None = None,
        to: str | None = None,
        where: str | Sequence[str] = (),
        window: str | None = None,
    ) -> Figures:
        """Each customer's own figure of metrics over one period: from `from_`'s start to `to`'s end.

        A metric is asked for as `id` or `id:variant`.
        """
        from tenure.per_customer import figures

        measure = self._ready()
        questions = [self._asked(name) for name in metrics]
        grain, periods = select(measure.clock, from_=from_, to=to, last=1 if from_ is None else None, grain="total")
        frame = self._frame(measure, grain, periods, ("customer_id",), _texts(where), window)
        return figures(measure, questions, frame)

    def over(
        self, metrics: Sequence[str], periods: Sequence[Any], by: tuple[str, ...] = (), where: Iterable[str] = ()
    ) -> Sequence[Result]:
        """Metrics (`id` or `id:variant`) over any periods: what judgements ask."""
        measure = self._ready()
        frame = self._frame(measure, "total", periods, by, tuple(where), None)
        return measure.results([self._asked(name) for name in metrics], frame)

    def _frame(
        self,
        measure: Measure,
        grain: str,
        periods: Sequence[Any],
        by: tuple[str, ...],
        where: tuple[str, ...],
        window: str | None,
    ) -> Frame:
        from tenure import grouping
        from tenure.question import Frame

        conditions = [self._condition(text) for text in where]
        meta = self._session.meta
        told, dated, whole = meta["told"], bool(meta["dated"]), bool(meta.get("whole"))
        own = self._behaviours(measure, (*where, *by))
        segments = grouping.segments(measure.engine, by, conditions, dated=dated, whole=whole, told=told, made=own)
        return Frame(grain, periods, segments, parse_window(window) if window else None)

    def _question(self, name: str, variant: str | None) -> Question:
        from tenure.metric import find
        from tenure.metrics.health import OF_SCORES, variants
        from tenure.question import Question

        metric = find(name)
        if metric.id in OF_SCORES and variant is not None and variant not in metric.readings:
            metric = replace(metric, readings={**metric.readings, **variants(metric, self._score_names())})
        reading = metric.reading(variant)
        chosen = next(key for key, value in metric.readings.items() if value is reading)
        return Question(metric, chosen, reading)

    def _asked(self, name: str) -> Question:
        """A question by `id` or `id:variant`."""
        return self._question(*_with_variant(name))

    def core(self) -> list[str]:
        """The metrics this type of business starts from."""
        from tenure.business import core_set

        return core_set(self.config.business, self.config.touch, subscriptions="subscriptions" in self._loaded_tables())

    def _answers(self, name: str) -> bool:
        from tenure.listing import available
        from tenure.metric import catalogue

        return name in catalogue() and available(catalogue()[name], self._loaded_tables())

    def _condition(self, text: str) -> str:
        """A condition, or the one that a saved segment's name stands for."""
        if not text.strip().startswith("@"):
            return text
        name = text.strip()[1:]
        if name in self.config.behaviours:
            return f"\"segment_{name}\" = 'in'"
        if name not in self.config.segments:
            raise UnknownName("segment", name, {**self.config.segments, **self.config.behaviours}, where="--where")
        return self.config.segments[name]

    def _ready(self) -> Measure:
        """The engine over the newest version; kept while nothing changed."""
        measure = self._session.ready(self.refresh)
        measure.engine.judged.judge = self._judged
        return measure

    def explain(
        self,
        metric: str,
        period: str,
        where: str | Sequence[str] = (),
        versus: str | None = None,
        variant: str | None = None,
        window: str | None = None,
    ) -> Explanation:
        """Where one number comes from; with `versus` (a variant or a preset), what makes the difference, exactly."""
        from tenure.explain import explain

        measure = self._ready()
        grain, found = measure.clock.parse(period)
        frame = self._frame(measure, grain, [found], (), _texts(where), window)
        return explain(measure, self._question(metric, variant), frame, versus)

    def feedback(self, period: str | None = None, where: str | Sequence[str] = ()) -> Feedback:
        """What customers wrote about in a period (by default the last complete quarter), as themes."""
        from tenure.feedback import feedback

        measure = self._ready()
        if period is None:
            grain, periods = select(measure.clock, from_=None, to=None, last=2, grain="quarter")
        else:
            grain, found = measure.clock.parse(period)
            before = measure.clock.containing(found.start - timedelta(days=1), grain)
            periods = [before, found]
        return feedback(measure, self._frame(measure, grain, periods, (), _texts(where), None))

    def drivers(self, metric: str, period: str | None = None, **how: Any) -> Drivers:
        """Which segment a change comes from, and what goes with the outcome: `tenure.drivers.ask` has the options."""
        from tenure.drivers import ask

        return ask(self._ready(), self._question, self._framing, metric, period, **how)

    def risk(self, **how: Any) -> Risk:
        """How likely each customer is to leave, judged on a later time: options at `tenure.risk.ask`."""
        from tenure.risk import ask

        return ask(self._ready(), self._question, self._framing, **how)

    def compare(self, event: str, on: date | str, metric: str, **how: Any) -> Compared:
        """What a metric did after an event, against others or its own past: options at `tenure.interventions.ask`."""
        from tenure.interventions import ask

        return ask(self._ready(), self._question, self._framing, event, on, metric, **how)

    def _framing(self, where: str | Sequence[str], grain: str, periods: Sequence[Any], by: tuple[str, ...]) -> Frame:
        return self._frame(self._ready(), grain, periods, by, _texts(where), None)

    def survival(self, by: str | Sequence[str] = (), where: str | Sequence[str] = (), **how: Any) -> Survival:
        """How many are still customers after so many months, by group. See `survival.survival`."""
        from tenure.survival import survival

        measure = self._ready()
        return survival(measure, self._frame(measure, "total", (), _names(by), _texts(where), None), **how)

    def check(self) -> list[Finding]:
        """What is wrong or worth knowing: configuration, rejected rows, identities that must hold."""
        from tenure.check import findings

        return findings(self.config, self.snapshot(), self.show)


def _with_variant(name: str) -> tuple[str, str | None]:
    """A metric as `id` or `id:variant`."""
    metric, _, variant = name.partition(":")
    return metric, variant or None


def _names(text: str | Sequence[str]) -> tuple[str, ...]:
    """Column names, given one by one or joined by commas."""
    parts = text.split(",") if isinstance(text, str) else [name for item in text for name in item.split(",")]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _texts(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
