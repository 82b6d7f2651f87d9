"""`tenure compare --where A --against B`: one figure of two groups in a period, and whether they differ by more than
noise. Machinery floor.

The interval is that of independent samples, so nobody may be in both groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenure.comparison import verdict
from tenure.errors import RequestError, UsageError
from tenure.intervals import difference
from tenure.measure import Measure
from tenure.periods import Period
from tenure.question import Frame, Question
from tenure.result import Row, plain

Frames = Callable[[str | Sequence[str], str, Sequence[Period], tuple[str, ...]], Frame]
"""Makes a frame of conditions, a grain, periods and columns."""


@dataclass(frozen=True)
class TwoGroups:
    """The answer. `noise` is none where there is no interval, or where so few were counted that nothing is judged."""

    question: Question
    unit: str
    currency: str
    period: Period
    where: tuple[str, ...]
    against: tuple[str, ...]
    rows: tuple[Row, Row]
    gap: Fraction
    low: float | None
    high: float | None
    noise: bool | None

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        metric = self.question.metric
        return {
            "metric": metric.id, "title": metric.title, "variant": self.question.variant, "unit": self.unit,
            "currency": self.currency if self.unit == "money" else None, "better": metric.better,
            "period": self.period.label,
            "groups": [
                {
                    "where": list(where), "value": plain(row.value), "n": row.n, "low": row.low, "high": row.high,
                    "few": row.few,
                }
                for where, row in zip((self.where, self.against), self.rows, strict=True)
            ],
            "difference": float(self.gap), "low": self.low, "high": self.high, "noise": self.noise,
        }  # fmt: skip


def ask(
    measure: Measure,
    questions: Callable[[str, str | None], Question],
    frames: Frames,
    metric: str,
    *,
    where: Sequence[str],
    against: Sequence[str],
    period: str | None = None,
    variant: str | None = None,
) -> TwoGroups:
    """What `Workspace.compare` takes for two groups: their conditions and a period, else the last complete quarter."""
    clock, question, sides = measure.clock, questions(metric, variant), (tuple(where), tuple(against))
    if not all(sides):
        raise UsageError(
            "Two groups are compared.", where="--against", todo="Give --where CONDITION and --against CONDITION."
        )
    if question.reading.by or question.metric.by:
        raise RequestError(f"{question.metric.id} has no one number for a period.", where="--metric")
    grain, found = clock.parse(period) if period else ("quarter", clock.last(1, "quarter")[0])
    _apart([measure.results([question], frames(side, grain, [found], ("customer_id",)))[0].rows for side in sides])
    here, there = (_row(measure, question, frames(side, grain, [found], ()), side) for side in sides)
    gap = Fraction(here.value or 0) - Fraction(there.value or 0)
    low = high = noise = None
    if here.low is not None and here.high is not None and there.low is not None and there.high is not None:
        one, other = float(here.value or 0), float(there.value or 0)
        low, high = difference((one, here.low, here.high), (other, there.low, there.high))
        noise = verdict(low, high, here, there)
    unit = question.unit
    return TwoGroups(question, unit, measure.engine.world.currency, found, *sides, (here, there), gap, low, high, noise)


def _row(measure: Measure, question: Question, frame: Frame, side: Sequence[str]) -> Row:
    (row,) = measure.results([question], frame)[0].rows
    if row.value is None:
        said = " and ".join(side)
        raise RequestError(f"{question.metric.id} has no value in {row.period} ({row.reason}).", where=said)
    return row


def _apart(groups: Sequence[Sequence[Row]]) -> None:
    """Refuse who is in both groups: the samples would not be independent."""
    held = [{row.by["customer_id"] for row in rows if row.denominator or row.n or row.value} for rows in groups]
    both = sorted(str(who) for who in held[0] & held[1] if who != "unattributed")
    if both:
        raise RequestError(
            f"{len(both)} customers are in both groups, such as {both[0]}.",
            where="--against",
            todo="Choose groups that exclude each other.",
        )
