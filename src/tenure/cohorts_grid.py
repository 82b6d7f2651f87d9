"""Cohorts laid out by age, with all of them together, and who of one cohort stayed to an age. Machinery floor.

Together = what the cohorts that have completed an age kept at it, divided by what the same cohorts began with: large
cohorts weigh more, and an age that is still running counts for none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.errors import RequestError, UsageError
from tenure.periods import Clock
from tenure.result import Result, Row
from tenure.stats import wilson

if TYPE_CHECKING:
    from tenure.per_customer import Figures

STAYED = {"cohort_retention": "customers", "active": "dau", "revenue_retention": "mrr"}
"""What a customer has a figure above 0 of while they are kept, by metric or by the first word of its variant."""
MOST_PERIODS = 120

Ask = Callable[[str, str, str], "Figures"]
"""Each customer's own figure of a metric from one period to another."""


@dataclass(frozen=True)
class Line:
    """One cohort: its label, how many joined, its rows by age; fewer than its grid has where ages lie ahead."""

    label: str
    size: int
    cells: tuple[Row, ...]


@dataclass(frozen=True)
class Grid:
    """Cohorts by age. `together`: by age, over the cohorts that have completed it; None where none has."""

    result: Result
    ages: int
    size: int
    lines: tuple[Line, ...]
    together: tuple[Row | None, ...]


@dataclass(frozen=True)
class Member:
    """One customer of a cohort: what they had in its own period, and at the age."""

    id: str
    began: Fraction
    now: Fraction
    kept: bool


@dataclass(frozen=True)
class Members:
    """The customers of a cohort at an age, those who did not stay first, then by what was lost."""

    cohort: str
    age: int
    period: str
    people: tuple[Member, ...]

    @property
    def gone(self) -> tuple[Member, ...]:
        """Those who did not stay."""
        return tuple(one for one in self.people if not one.kept)


def grid(result: Result) -> Grid:
    """A cohort metric's rows as a grid."""
    by_cohort: dict[str, list[Row]] = {}
    for row in result.rows:
        by_cohort.setdefault(row.period, []).append(row)
    lines = []
    for label, rows in by_cohort.items():
        cells = tuple(sorted((row for row in rows if "age" in row.by), key=lambda row: int(row.by["age"])))
        lines.append(Line(label, max((row.n or 0 for row in cells), default=0), cells))
    ages = max((len(line.cells) for line in lines), default=0)
    together = tuple(_together(lines, age) for age in range(ages))
    return Grid(result, ages, sum(line.size for line in lines), tuple(lines), together)


def _together(lines: Sequence[Line], age: int) -> Row | None:
    there = [line.cells[age] for line in lines if len(line.cells) > age]
    done = [row for row in there if row.complete and row.denominator]
    if not done:
        return None
    top = sum((Fraction(row.numerator or 0) for row in done), Fraction(0))
    bottom = sum((Fraction(row.denominator or 0) for row in done), Fraction(0))
    counted = any(row.low is not None for row in done)
    low, high = wilson(int(top), int(bottom)) if counted else (None, None)
    n = sum(row.n or 0 for row in done)
    row = replace(done[0], value=top / bottom, numerator=top, denominator=bottom, n=n, low=low, high=high)
    return replace(row, period="all", end=done[-1].end)


def members(clock: Clock, ask: Ask, metric: str, variant: str | None, cohort: str, age: int) -> Members:
    """Who joined in a cohort's period, and who of them is kept at an age."""
    if not 0 <= age < MOST_PERIODS:
        raise UsageError(f"{age} is no age of a cohort.", todo="Choose a cell of the table.")
    labels = list(_labels(clock, cohort, age))
    joined = _above(ask("new_customers", labels[0], labels[0]))
    word, _, mode = (variant or "default").partition("_")
    if word not in ("default", *STAYED):
        raise RequestError(
            f"The customers behind {variant} are not listed.", todo="Choose customers, revenue or usage."
        )
    figure = STAYED.get(word, STAYED[metric])
    kept, now = _kept(clock, ask, figure, mode or ("bounded" if word == "active" else ""), labels)
    paid = _above(ask("mrr", labels[0], labels[0]))
    pays = _above(ask("mrr", labels[-1], labels[-1])) if figure != "mrr" else now
    nothing = Fraction(0)
    people = [Member(one, paid.get(one, nothing), pays.get(one, nothing), one in kept) for one in joined]
    people.sort(key=lambda one: (one.kept, one.now - one.began, one.id))
    return Members(cohort, age, labels[-1], tuple(people))


def _kept(
    clock: Clock, ask: Ask, figure: str, mode: str, labels: Sequence[str]
) -> tuple[Mapping[str, Fraction] | set[str], Mapping[str, Fraction]]:
    """Who is kept at the age by what the mode asks, and the figures of its own period."""
    now = _above(ask(figure, labels[-1], labels[-1]))
    if mode == "unbounded":
        grain, _ = clock.parse(labels[0])
        last = max(labels[-1], clock.last(1, grain)[-1].label)
        return _above(ask(figure, labels[-1], last)) | _running(clock, ask, figure, grain), now
    if len(labels) == 1 or mode in ("", "bounded"):
        return now, now
    if mode == "return_by":
        return _above(ask(figure, labels[1], labels[-1])), now
    each = [set(_above(ask(figure, label, label))) for label in labels[1:]]
    return set.intersection(*each), now


def _running(clock: Clock, ask: Ask, figure: str, grain: str) -> dict[str, Fraction]:
    """The figures of the period that is not over, which is later than any."""
    running = clock.containing(clock.last(1, grain)[-1].end, grain)
    return {} if clock.is_ahead(running) else _above(ask(figure, running.label, running.label))


def _labels(clock: Clock, cohort: str, age: int) -> Iterator[str]:
    """The periods of a cohort's ages, from its own on."""
    grain, period = clock.parse(cohort)
    for _ in range(age + 1):
        if clock.is_ahead(period):
            raise UsageError(f"The cohort {cohort} has not reached the age {age}.", todo="Choose a younger age.")
        yield period.label
        period = clock.containing(period.end, grain)


def _above(figures: Figures) -> dict[str, Fraction]:
    (values,) = figures.values.values()
    found: dict[str, Any] = {one: Fraction(value) for one, value in values.items() if value > 0}
    return found
