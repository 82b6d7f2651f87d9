"""What scores ask of many past days, each as it stood then: asked once for all where it is settled. Part of each.

What is not settled is left out, and asked of each day's own workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tenure.each import Answers, LastDays, fits, size
from tenure.each_ahead import Ahead, TooMany, settled
from tenure.expr import Over
from tenure.tree import leaves, walk

if TYPE_CHECKING:
    from tenure.each_columns import Columns
    from tenure.expr import Expr
    from tenure.measure import Measure
    from tenure.question import Frame, Question
    from tenure.stats.rationals import Array, Rationals


class Days:
    """Requests of `days` days; a frame has the periods of the first day, then those of the second, and so on.

    `names`: what is answered of each request. `last`: whether it is known of each stretch.
    """

    def __init__(
        self,
        measure: Measure,
        days: int,
        asked: Sequence[tuple[Mapping[str, Question], Frame, bool]],
        last: Sequence[tuple[Question, Frame]],
    ) -> None:
        """With each request: whether its periods end when its day begins. Raises TooMany."""
        together = Ahead(measure, size(measure))
        self.together, self.days, self.now = together, days, -1
        self.keys, self.answers = [], []
        for questions, frame, by_end in asked:
            kept = {name: one for name, one in questions.items() if _settled(measure, one, frame, by_end, together)}
            self.keys.append({name: one.key for name, one in kept.items()})
            self.answers.append(Answers(measure, list(kept.values()), frame, together))
        self.places = [_last(measure, question, frame, together) for question, frame in last]
        together.run()

    @property
    def names(self) -> list[frozenset[str]]:
        return [frozenset(keys) for keys in self.keys]

    @property
    def last(self) -> list[bool]:
        return [one is not None for one in self.places]

    def of(self, day: int) -> tuple[list[Mapping[str, list[Rationals]]], list[Array | None]]:
        """The figures of each request on a day, and the place of the last day with a fact of each stretch."""
        if day != self.now:
            self.now = day
            self.together.found.clear()
        found: list[Mapping[str, list[Rationals]]] = []
        for keys, answer in zip(self.keys, self.answers, strict=True):
            many = len(answer.frame.periods) // self.days
            told = answer.found(range(day * many, (day + 1) * many))
            found.append({name: told[key] for name, key in keys.items()})
        return found, [None if one is None else one.found(day) for one in self.places]


def days(
    measure: Measure,
    many: int,
    asked: Sequence[tuple[Mapping[str, Question], Frame, bool]],
    last: Sequence[tuple[Question, Frame]],
) -> Days | None:
    """The same; None where there are too many rows to hold them all."""
    try:
        return Days(measure, many, asked, last)
    except TooMany:
        return None


def _settled(measure: Measure, question: Question, frame: Frame, by_end: bool, together: Ahead) -> bool:
    if not fits(question.reading.expr):
        return False
    probe = Answers(measure, [question], frame, Ahead(measure, together.size), ask=False)
    return all(_holds(probe.table, expr, by_end) for expr in probe.wanted)


def _holds(table: Columns, expr: Expr, by_end: bool) -> bool:
    if any(isinstance(node, Over) for node in walk(expr)):
        return False
    engine = table.engine
    there = [leaf for leaf in leaves(expr) if engine.has_data(leaf)]
    return all(settled(engine, part, source, by_end=by_end) for leaf in there for part, source in table.reads(leaf))


def _last(measure: Measure, question: Question, frame: Frame, together: Ahead) -> LastDays | None:
    probe = LastDays(measure, question, frame, None, Ahead(measure, together.size))
    for leaf, windows in probe.windows.items():
        if windows is None or not settled(measure.engine, leaf, windows[0][0].rows, by_end=False):
            return None
    return LastDays(measure, question, frame, None, together)
