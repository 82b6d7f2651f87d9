"""Each customer's own figure of any metric, over one period: what scores and drivers are made of. Machinery floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.compile.segments import NONE, UNATTRIBUTED
from tenure.periods import Period

if TYPE_CHECKING:
    from tenure.measure import Measure
    from tenure.question import Frame, Question
    from tenure.result import Number


@dataclass(frozen=True)
class Figures:
    """Values by (metric, variant), then by customer id; a customer without a value is not in it."""

    period: Period
    values: Mapping[tuple[str, str], Mapping[str, Number]]


def figures(measure: Measure, questions: Sequence[Question], frame: Frame) -> Figures:
    """The figures of everyone the frame's filter keeps. `frame` has one period and comes by customer_id."""
    (period,) = frame.periods
    found: dict[tuple[str, str], dict[str, Number]] = {question.key: {} for question in questions}
    for question, result in zip(questions, measure.results(questions, frame), strict=True):
        for row in result.rows:
            customer = str(row.by["customer_id"])
            if row.value is not None and customer not in (NONE, UNATTRIBUTED):
                found[question.key][customer] = row.value
    return Figures(period, found)
