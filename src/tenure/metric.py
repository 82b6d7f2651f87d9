"""What a metric is: an id, a sentence, a unit, an expression and its named variants. Language floor.

The metrics there are live in `metrics/`, one file for each field of work; each file holds one `Family`.
`doc` is the metric's documentation, in the order of docs/contributing.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from tenure import catalog
from tenure.errors import UnknownName
from tenure.expr import Expr

Unit = Literal["money", "count", "share", "points", "score", "hours", "days", "months", "ratio"]
Better = Literal["up", "down", "neither"]


@dataclass(frozen=True)
class Interval:
    """How a 95 % interval is made: `method` is a name in `intervals.METHODS`, `parts` what it needs besides the value.

    wilson: the value is a share, its numerator and denominator count. mean: the value is a sum over a count; parts: the
    sum of squares. nps: parts: promoters, detractors.
    """

    method: str
    parts: tuple[Expr, ...] = ()


WILSON = Interval("wilson")


@dataclass(frozen=True)
class Reading:
    """One way to compute a metric: the expression, why it exists, what n counts, how its interval is made.

    With fewer than `least` counted there is no value (`insufficient_data`). `settles`: days after a period's end within
    which its answer can still change; until then it is not complete. "activation" stands for the days that the
    workspace gives customers to be activated. `by`: as in `Metric`, of this reading alone.
    """

    expr: Expr
    why: str = ""
    n: Expr | None = None
    interval: Interval | None = None
    unit: Unit | None = None
    least: int = 0
    settles: int | Literal["activation"] = 0
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """A metric as a value. `default` names the variant that `tenure show METRIC` prints; `windowed`: takes --window.

    `by`: columns of its own rows that it always comes by (feature, step), after those asked for. `mix`: columns of its
    own rows that `explain` counts them by, since it pools what they tell apart. `weights`: the numbers of [policy] that
    weigh its parts, shown with it.
    """

    id: str
    title: str
    unit: Unit
    better: Better
    doc: str
    readings: Mapping[str, Reading]
    default: str = "default"
    aliases: tuple[str, ...] = ()
    windowed: bool = False
    benchmark: str | None = None
    by: tuple[str, ...] = field(default=())
    mix: tuple[str, ...] = field(default=())
    weights: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The first sentence of the documentation."""
        return re.split(r"(?<=\.)\s", self.doc.strip(), maxsplit=1)[0].replace("\n", " ")

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants, the default first."""
        return (self.default, *(name for name in self.readings if name != self.default))

    def reading(self, variant: str | None) -> Reading:
        """One variant, by its name (the metric's own id in front may be left on)."""
        name = variant or self.default
        if name not in self.readings:
            short = re.sub(rf"^({re.escape(self.id)}|nrr|grr|crr|logo|mrr|arr|arpu|renewal_rate)_", "", name)
            name = short if short in self.readings else name
        if name not in self.readings:
            raise UnknownName(f"variant of {self.id}", name, self.readings)
        return self.readings[name]


@dataclass(frozen=True)
class Family:
    """The metrics of one field of work, in the order in which they are listed."""

    name: str
    metrics: tuple[Metric, ...]

    def reading(self, metric: str) -> Expr:
        """The default expression of one of them, for metrics that are made of others."""
        return next(one for one in self.metrics if one.id == metric).reading(None).expr


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric there is, by id, in the order of the files and of the tuples in them."""
    found: dict[str, Metric] = {}
    for family in catalog.members("tenure.metrics", Family).values():
        for metric in family.metrics:
            found[metric.id] = metric
    return found


def find(name: str) -> Metric:
    """A metric by its id or by an alias that people type."""
    key = name.strip().lower().replace("-", "_")
    metrics = catalogue()
    if key in metrics:
        return metrics[key]
    for metric in metrics.values():
        if key in metric.aliases:
            return metric
    raise UnknownName("metric", name, [*metrics, *(alias for m in metrics.values() for alias in m.aliases)])
