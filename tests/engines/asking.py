"""What is asked of every engine, and how answers are held side by side. Tests' floor."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import tenure
from tenure.expr import Aged
from tenure.metric import catalogue
from tenure.periods import select
from tenure.question import Question
from tenure.result import Result
from tenure.workspace import Workspace

DEFAULTS = tuple(Question(m, m.default, m.readings[m.default]) for m in catalogue().values())
READINGS = tuple(Question(m, name, reading) for m in catalogue().values() for name, reading in m.readings.items())
WINDOWED = tuple(q for q in READINGS if q.metric.windowed)
ALL = "TENURE_ALL" in os.environ or "TENURE_WORLDS" in os.environ
"""Ask everything everywhere; else what is slow is shared between worlds, or between dialects."""
FLAT = tuple(q for q in READINGS if not isinstance(q.reading.expr, Aged))


def share(turn: int, of: int) -> tuple[Question, ...]:
    """One share of all readings, by turns: compiling is what takes time."""
    return READINGS if ALL else READINGS[turn::of]


@dataclass(frozen=True)
class Place:
    """A loaded workspace folder, and the days its data are about."""

    name: str
    folder: Path
    first: str
    last: str

    def on(self, url: str) -> Workspace:
        """The workspace on an engine. The data are the same files; only the engine that answers is another."""
        file = self.folder / "tenure.toml"
        text = re.sub(r"^warehouse = .*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        file.write_text(text.replace("[workspace]\n", f'[workspace]\nwarehouse = "{url}"\n', 1), encoding="utf-8")
        workspace = tenure.open(self.folder)
        assert workspace.config.warehouse == url
        return workspace


@dataclass(frozen=True)
class Asked:
    """Readings asked for together."""

    questions: Sequence[Question]
    grain: str
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    window: str | None = None
    days: int | None = field(default=None)

    def __str__(self) -> str:
        said = [self.grain, *(f"by {name}" for name in self.by), *self.where, *([self.window] if self.window else [])]
        return f"{len(self.questions)} readings {' '.join(said)}"


def answers(workspace: Workspace, place: Place, asked: Asked) -> list[Result]:
    """What the workspace's engine says."""
    measure = workspace._ready()
    grain, periods = select(measure.clock, from_=place.first, to=place.last, grain=asked.grain)
    if asked.days is not None:
        end = periods[0].start + timedelta(days=asked.days)
        periods = [p for p in periods if p.start < end]
    frame = workspace._frame(measure, grain, periods, asked.by, asked.where, asked.window)
    return measure.results(list(asked.questions), frame)


def differences(place: Place, one: Workspace, other: Workspace, asked: Asked) -> Iterator[str]:
    """Every row that the two engines do not answer alike, exactly."""
    ours, theirs = answers(one, place, asked), answers(other, place, asked)
    for mine, yours in zip(ours, theirs, strict=True):
        head = f"{place.name}, {asked}: {mine.metric} ({mine.variant})"
        if len(mine.rows) != len(yours.rows):
            yield f"{head}: {len(mine.rows)} rows, {len(yours.rows)} there"
            continue
        for left, right in zip(mine.rows, yours.rows, strict=True):
            if left != right:
                yield f"{head}\n  here  {left}\n  there {right}"
