"""Each customer's own figure of any metric, over one period: what scores and drivers are made of. Machinery floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.compile.segments import NONE, UNATTRIBUTED
from tenure.expr import Ratio
from tenure.measure import at_grain
from tenure.periods import Period
from tenure.table import Table
from tenure.tree import leaves

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


def last_periods(measure: Measure, question: Question, frame: Frame) -> dict[str, Period]:
    """The last of the frame's periods in which each customer has a fact: what the metric divides by, else counts.

    The frame comes by customer_id. Only what there is is looked at, so it may have many periods.
    """
    expr = measure.engine.resolved(at_grain(question.reading.expr, frame.grain), frame.segments)
    base = expr.bottom if isinstance(expr, Ratio) else expr
    table = Table(measure.engine, measure.clock, frame, None)
    table.ask([base])
    found: dict[str, int] = {}
    for leaf in leaves(base):
        for (k, (customer,)), value in table.cells.get(leaf, {}).items():
            if value:
                found[customer] = max(k, found.get(customer, 0))
    return {who: frame.periods[k] for who, k in found.items() if who not in (NONE, UNATTRIBUTED)}
