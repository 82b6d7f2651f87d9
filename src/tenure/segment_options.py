"""Saved segments of tenure.toml: a condition, or a behaviour, which is a bound on each customer's own figure. Language.

[segments]
big = "size >= 1000"

[segments.power]
metric = "mau"        # or "id:variant"
at_least = 5          # and at_most: both bounds belong to the segment
window = "30d"        # the days up to now that the figure is of
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tenure.errors import TenureError
from tenure.periods import parse_window
from tenure.source_options import Options, shown

WINDOW = "30d"


@dataclass(frozen=True)
class Behaviour:
    """Customers whose own figure of a metric, over the window up to now, lies within the bounds; none is outside."""

    metric: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    window: str = WINDOW

    @property
    def words(self) -> str:
        """What the segment is, as people read it."""
        low = [] if self.at_least is None else [f"at least {self.at_least}"]
        high = [] if self.at_most is None else [f"at most {self.at_most}"]
        return f"{self.metric} of {' and '.join(low + high)} in {self.window}"


def read(root: Options) -> tuple[dict[str, str], dict[str, Behaviour]]:
    """The conditions and the behaviours of [segments]."""
    table = root.table("segments")
    conditions: dict[str, str] = {}
    behaviours: dict[str, Behaviour] = {}
    for name in table.values if table else ():
        assert table is not None
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
            root.fail(f"segments.{name}", f"{name!r} cannot be asked for as @{name}.", "Use letters, digits, - and _.")
        if isinstance(table.raw(name), Mapping):
            inner = table.table(name)
            assert inner is not None
            behaviours[name] = _behaviour(inner)
        else:
            conditions[name] = table.text(name)
    return conditions, behaviours


def _behaviour(options: Options) -> Behaviour:
    metric = options.text("metric")
    if not metric:
        options.fail("metric", "It is not said which metric tells.", 'Write metric = "mau", at_least = 5.')
    low, high = number(options, "at_least"), number(options, "at_most")
    if low is None and high is None:
        options.fail("at_least", "It is not said how much of it tells.", "Write at_least = 5, at_most = 20 or both.")
    if low is not None and high is not None and low > high:
        options.fail("at_least", f"{low} is more than at_most, which is {high}: nobody could be in it.", "Swap them.")
    window = options.text("window", WINDOW)
    try:
        parse_window(window)
    except TenureError:
        options.fail("window", f"{shown(window)} is not a window.", "Write 30d, 4w, 3m, 2q or 1y.")
    options.done("key of a segment")
    return Behaviour(metric, low, high, window)


def number(options: Options, name: str) -> Decimal | None:
    """A number as it was written, None where absent."""
    value = options.raw(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        options.fail(name, f"{shown(value)} is not a number.", "Write it without quotes.")
    return Decimal(value)
