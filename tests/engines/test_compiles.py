"""A law: every reading of every metric compiles for every engine that tenure.toml may name, reachable from here or not.

Ibis compiles these without a connection and without their packages. What runs for real is PostgreSQL and Spark. The
dialects share the variants between them; `TENURE_ALL=1` compiles all for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tenure.config import WAREHOUSES
from tenure.engine import Engine
from tenure.measure import Measure
from tenure.periods import select
from tenure.question import Frame, Question

from .asking import Place, share

OTHERS = sorted(set(WAREHOUSES) - {"postgresql", "spark"})


@dataclass
class Paper:
    """An engine that keeps what it is asked and answers with nothing."""

    dialect: str
    said: list[str] = field(default_factory=list)

    def run(self, sql: str) -> Mapping[str, list[object]]:
        self.said.append(sql)
        return defaultdict(list)

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        pass

    def make(self, name: str, sql: str) -> None:
        self.said.append(sql)


@pytest.mark.parametrize("dialect", OTHERS)
def test_every_reading_compiles(places: dict[str, Place], dialect: str) -> None:
    workspace = places["small"].on("duckdb")
    ready = workspace._ready()
    paper = Paper(dialect)
    measure = Measure(Engine(paper, ready.engine.world, ready.engine.stored), ready.clock)
    grain, periods = select(ready.clock, from_="2024-01", to="2024-03", grain="month")
    frame = workspace._frame(measure, grain, periods, ("region",), ("owner = 'Ann'",), None)
    questions = share(OTHERS.index(dialect), len(OTHERS))
    try:
        measure.results(list(questions), frame)
    except Exception as error:
        failing = "\n".join(_failing(questions, measure, frame))
        raise AssertionError(f"{dialect}:\n{failing}") from error
    assert len(paper.said) > len(questions) / 8
    assert all(text.startswith(("SELECT", "WITH")) for text in paper.said)


def _failing(questions: Sequence[Question], measure: Measure, frame: Frame) -> Iterator[str]:
    """Which readings do not compile, one by one."""
    for question in questions:
        try:
            measure.results([question], frame)
        except Exception as error:
            yield f"{question.metric.id} ({question.variant}): {error}"
