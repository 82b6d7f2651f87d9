"""What is asked: a metric in one of its readings, over periods and segments. Machinery floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenure.compile.plan import Segment
from tenure.compile.segments import TENURE, Segments
from tenure.metric import Metric, Reading
from tenure.periods import Period


@dataclass(frozen=True)
class Question:
    """One metric to answer, with the reading that was chosen."""

    metric: Metric
    variant: str
    reading: Reading

    @property
    def key(self) -> tuple[str, str]:
        return self.metric.id, self.variant

    @property
    def unit(self) -> str:
        """The reading's own unit, else the metric's."""
        return self.reading.unit or self.metric.unit


@dataclass(frozen=True)
class Frame:
    """The periods and segments of a request, and the window that retention metrics look back over."""

    grain: str
    periods: Sequence[Period]
    segments: Segments
    window: tuple[int, int] | None = None


def named(segments: Segments, group: Segment) -> dict[str, str | int]:
    """A group by the names that were asked for; tenure is a number."""
    pairs = zip(segments.by, group, strict=True)
    return {name: int(value) if name == TENURE and value.isdigit() else value for name, value in pairs}
