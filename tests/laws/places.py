"""The worlds that laws of figures run over: the small one known by heart, the example company, random ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import world
from oracle import world as random_world

import tenure
from tenure import demo, grouping
from tenure.measure import Measure
from tenure.metric import catalogue
from tenure.periods import select
from tenure.question import Frame, Question
from tenure.result import Result
from tenure.workspace import Workspace

RANDOM = ("random3", "random4")
"""A random world with time zones, and one with everything: see tests/oracle/world.py."""


FULL = int(os.environ.get("TENURE_WORLDS", "20")) > 20
"""`make test-all` asks every reading everywhere; `make test` shares them between the worlds and grains."""


@dataclass(frozen=True)
class Place:
    """A workspace to ask, the months it knows, an attribute that stays and one that changes."""

    workspace: Workspace
    first: str
    last: str
    plain: str = "region"
    dated: str = "owner"

    def show(self, *metrics: str, **options: Any) -> tuple[Result, ...]:
        """Metrics over the place's months, unless other periods are asked for."""
        return self.workspace.show(*metrics, **{"from_": self.first, "to": self.last, **options}).results

    @property
    def measure(self) -> Measure:
        """The engine room, where every variant of every metric can be asked at once."""
        return self.workspace._ready()

    def frame(self, grain: str, by: tuple[str, ...] = (), where: tuple[str, ...] = ()) -> Frame:
        """The place's periods of a grain (some twenty days only), over all or by attributes."""
        grain, periods = select(self.measure.clock, from_=self.first, to=self.last, grain=grain)
        if grain == "day":
            periods = periods[25:45]
        snapshot = self.workspace.snapshot()
        segments = grouping.segments(self.measure.engine, by, where, dated=bool(snapshot.meta["dated"]))
        return Frame(grain, periods, segments)

    def everything(self, frame: Frame, turn: int = 0, of: int = 1) -> list[Result]:
        """Every variant of every metric, or one share of them."""
        return self.measure.results(list(share(turn, of)), frame)


def questions() -> Iterator[Question]:
    """Every variant of every metric, as it is asked for."""
    for metric in catalogue().values():
        for name in metric.variants:
            yield Question(metric, name, metric.readings[name])


def share(turn: int, of: int) -> list[Question]:
    """One share of all readings, by turns; all of them in `make test-all`. Compiling is what takes time."""
    return list(questions()) if FULL else list(questions())[turn::of]


@lru_cache
def place(name: str, folder: Path) -> Place:
    """A world by its name, loaded once: small, demo, or random and a seed."""
    folder = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    if name == "demo":
        demo.write(folder)
        company = tenure.open(folder)
        files = [folder / "data" / f"{table}.csv" for table in ("customers", "subscriptions", "fx_rates")]
        company.load_files([file for file in files if file.exists()])
        return Place(company, "2023-01", "2024-12")
    if name == "small":
        found = Place(tenure.open(world.write(folder)), "2023-12", "2024-03")
    else:
        random = random_world.write(int(name.removeprefix("random")), folder)
        months = f"{random.first:%Y-%m}", f"{random.last:%Y-%m}"
        found = Place(tenure.open(folder), *months, "region", "segment")
    found.workspace.sync()
    return found


def total(values: Any) -> Fraction:
    """An exact sum; what has no value adds nothing."""
    return sum((Fraction(value) for value in values if value is not None), Fraction(0))
