"""What a workspace says of customers, segments, goals and owners: methods of Workspace. Composition floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from tenure.errors import UnknownName
from tenure.periods import before, parse_window

if TYPE_CHECKING:
    from tenure.cohorts_grid import Grid, Members
    from tenure.config import Config
    from tenure.directory import Customers
    from tenure.explain import Explanation
    from tenure.feedback_voices import Voices
    from tenure.freshness import Freshness
    from tenure.goals import Standing
    from tenure.intake import Intake
    from tenure.measure import Measure
    from tenure.membership import Moved, Segment
    from tenure.per_customer import Figures
    from tenure.periods import Period
    from tenure.profile import Profile
    from tenure.question import Frame, Question
    from tenure.result import Results, Row
    from tenure.scorecards import Scorecards
    from tenure.session import Session
    from tenure.store import Snapshot
    from tenure.two_groups import TwoGroups


class People:
    """The part of a workspace that is about customers and those who look after them."""

    if TYPE_CHECKING:

        @property
        def config(self) -> Config: ...

        def explain(
            self,
            metric: str,
            period: str,
            where: str | Sequence[str] = (),
            versus: str | None = None,
            variant: str | None = None,
            window: str | None = None,
        ) -> Explanation: ...

        @property
        def _session(self) -> Session: ...

        def snapshot(self) -> Snapshot: ...

        def at(self, day: date) -> Any: ...

        show: Callable[..., Results]  # what each takes is written once, in Workspace
        per_customer: Callable[..., Figures]

        def _answers(self, name: str) -> bool: ...

        def _question(self, name: str, variant: str | None) -> Question: ...

        def _ready(self) -> Measure: ...

        def _frame(self, measure: Measure, grain: str, periods: Any, by: Any, where: Any, window: Any) -> Frame: ...

    def customers(self, where: str | Sequence[str] = (), **wanted: Any) -> Customers:
        """The list of customers: search, sort, descending, limit, offset, columns. See `directory.Wanted`."""
        from tenure.directory import Wanted, customers

        measure = self._ready()
        conditions = (where,) if isinstance(where, str) else tuple(where)
        segments = self._frame(measure, "total", (), (), conditions, None).segments
        return customers(measure, segments, Wanted(**wanted))

    def customer(self, customer_id: str, **page: Any) -> Profile:
        """Everything about one customer; limit, offset and types choose entries of the timeline (`timeline.Page`)."""
        from tenure.profile import profile
        from tenure.timeline import Page

        measure = self._ready()
        segments = self._frame(measure, "total", (), (), (), None).segments
        return profile(measure, segments, customer_id, Page(**page))

    def sources_status(self) -> Intake:
        """What came in: sources and last loads, tables, refused rows by reason, and what is missing for what."""
        from tenure.intake import intake

        return intake(self.config, self.snapshot())

    @property
    def size(self) -> int:
        """How many rows the list of customers has in the version in use."""
        return self._session.customers

    def readings(self, metric: str, period: str, **asked: Any) -> list[dict[str, Any]]:
        """One number as every preset counts it: `asked` as `explain` takes it."""
        from tenure.readings import readings

        return readings(self.explain, metric, period, **asked)

    def freshness(self) -> Freshness:
        """Up to when the data reach, and whether they came in as they should."""
        from tenure.freshness import freshness
        from tenure.store import loads

        held = self._session.loads
        return freshness(self.config, loads(self.config.folder) if held is None else held, datetime.now(UTC))

    def rejects(self, **which: Any) -> list[dict[str, Any]]:
        """Refused rows, to browse and download; source, table, reason, limit and offset choose them."""
        from tenure.intake import rejects

        return rejects(self.snapshot(), **which)

    # -- cohorts ---------------------------------------------------------------------------------------------------

    def cohorts(self, metric: str = "cohort_retention", **asked: Any) -> Grid:
        """A metric by cohort and age as a grid, with all cohorts together. `asked`: as `show` takes it."""
        from tenure.cohorts_grid import grid

        (result,) = self.show(metric, **asked)
        return grid(result)

    def cohort_members(
        self,
        metric: str,
        cohort: str,
        age: int,
        variant: str | None = None,
        where: str | Sequence[str] = (),
    ) -> Members:
        """The customers of one cohort, and who of them did not stay to an age."""
        from tenure.cohorts_grid import members

        def ask(figure: str, first: str, last: str) -> Figures:
            return self.per_customer(figure, from_=first, to=last, where=where)

        return members(self._ready().clock, ask, metric, variant, cohort, age)

    def voices(self, period: str | None = None, where: str | Sequence[str] = ()) -> Voices:
        """The comments behind `feedback`, each with its customer and how it sounds; who says a theme, what they pay."""
        from tenure.feedback_voices import voices
        from tenure.periods import select

        measure = self._ready()
        if period is None:
            grain, periods = select(measure.clock, last=2, grain="quarter")
        else:
            grain, found = measure.clock.parse(period)
            periods = [measure.clock.containing(found.start - timedelta(days=1), grain), found]
        conditions = (where,) if isinstance(where, str) else tuple(where)
        pays: dict[str, Fraction] = {}
        if self._answers("mrr"):
            (paid,) = self.per_customer("mrr", from_=periods[-1].label, to=periods[-1].label).values.values()
            pays = {one: Fraction(value) for one, value in paid.items()}
        return voices(measure, self._frame(measure, grain, periods, (), conditions, None), pays)

    # -- segments --------------------------------------------------------------------------------------------------

    def segments(self) -> list[Segment]:
        """The saved segments as they stand: rule, how many, what they pay."""
        from tenure.membership import standing

        return [standing(name, rule, self.customers) for name, rule in self._rules().items()]

    def segment(self, name: str, from_: str, to: str | None = None) -> Moved:
        """Who entered a saved segment and who left it between the closes of two days (2024-12-31; `to`: now)."""
        from tenure.membership import moved

        if name not in self._rules():
            raise UnknownName("segment", name, self._rules())
        clock = self._ready().clock
        last = clock.cut - timedelta(days=1)
        start, end = (clock.parse(day)[1].end - timedelta(days=1) if day else last for day in (from_, to))
        return moved(name, self._rules()[name], start, min(end, last), lambda day: self._closed(day).customers)

    def _rules(self) -> dict[str, str]:
        return {**self.config.segments, **{name: one.words for name, one in self.config.behaviours.items()}}

    def _closed(self, day: date) -> Any:
        """This workspace as it stood at the close of a day; itself where that is now."""
        after = day + timedelta(days=1)
        return self if after == self._ready().clock.cut else self.at(after)

    def _behaviours(self, measure: Measure, names: Sequence[str]) -> dict[str, str]:
        """The tables of the behaviour segments that are named, made once for a version of the data."""
        from tenure.membership import column, pieces

        kept = self.__dict__.setdefault("_behaviour_tables", {})
        found = {}
        for name, one in self.config.behaviours.items():
            if not {f"@{name}", column(name)} & {text.strip() for text in names}:
                continue
            if kept.get(name, (None, ""))[0] is not measure:
                end = measure.clock.cut
                begin = before(end, parse_window(one.window))
                last = (end - timedelta(days=1)).isoformat()
                figures = self.per_customer(one.metric, from_=begin.isoformat(), to=last)
                (values,) = figures.values.values()
                kept[name] = measure, pieces(measure.engine, name, one, values)
            found[column(name)] = kept[name][1]
        return found

    # -- goals -----------------------------------------------------------------------------------------------------

    def goals(self) -> list[Standing]:
        """Every goal of tenure.toml as it stands: baseline, target, progress, pace and forecast."""
        from tenure.goals import standing

        measure = self._ready()
        path = str(self.config.path)
        return [
            standing(goal, measure.clock, self.config.currency, self._rows_of, path)
            for goal in self.config.goals.values()
        ]

    def _rows_of(self, metric: str, where: str | None, grain: str, periods: Sequence[Period]) -> Sequence[Row]:
        """The rows of one metric in periods, for a goal."""
        measure = self._ready()
        name, _, variant = metric.partition(":")
        frame = self._frame(measure, grain, periods, (), (where,) if where else (), None)
        (result,) = measure.results([self._question(name, variant or None)], frame)
        return result.rows

    def two_groups(
        self, metric: str, where: str | Sequence[str], against: str | Sequence[str], **how: Any
    ) -> TwoGroups:
        """One figure of two groups in a period, and whether they differ: options at `tenure.two_groups.ask`."""
        from tenure.two_groups import ask

        def frames(side: Any, grain: str, periods: Any, by: tuple[str, ...]) -> Frame:
            return self._frame(self._ready(), grain, periods, by, side, None)

        sides = [(side,) if isinstance(side, str) else tuple(side) for side in (where, against)]
        return ask(self._ready(), self._question, frames, metric, where=sides[0], against=sides[1], **how)

    # -- owners ----------------------------------------------------------------------------------------------------

    def scorecards(self, owner: str | None = None, period: str | None = None) -> Scorecards:
        """Each owner's portfolio against everybody else's, over a period (by default the last complete quarter)."""
        from tenure.scorecards import scorecards

        clock = self._ready().clock
        chosen = clock.parse(period)[1] if period else clock.last(1, "quarter")[0]
        listed = self.customers(limit=None, columns=("state", "mrr", "next_renewal", "open_tickets"))
        return scorecards(listed, partial(self._in, chosen), chosen, owner)

    def _in(
        self, period: Period, metrics: Sequence[str], by: tuple[str, ...] = (), where: str = ""
    ) -> dict[str, Sequence[Row]]:
        """Each metric's rows of one period; a metric whose data are not loaded has none."""
        asked = [name for name in metrics if self._answers(name)]
        measure = self._ready()
        frame = self._frame(measure, "total", [period], by, (where,) if where else (), None)
        return {one.metric: one.rows for one in measure.results([self._question(n, None) for n in asked], frame)}
