"""Traits that may go with an outcome: each a measure of what was known, and what parts its groups. Machinery floor.

Cuts are the usual ones where there are any (a working day to the first answer, promoters and detractors), else the
middle of those compared. They are stated with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tenure.driver_bands import banded
from tenure.driver_facts import (
    CSAT,
    FEATURE,
    FINISHED,
    NPS,
    RESOLUTION,
    RESPONSE,
    STEP,
    TICKETS,
    TREND,
    USE,
    Known,
    Measures,
)

WORKING_DAY, THREE_DAYS = 8, 72


@dataclass(frozen=True)
class Trait:
    """A measure that parts customers in two. `has` says which group one is in; None: it cannot be told."""

    name: str
    with_: str
    without: str
    has: Callable[[Measures], bool | None]


def _cut(name: str, measure: str, with_: str, without: str, test: Callable[[float], bool]) -> Trait:
    def has(found: Measures) -> bool | None:
        value = found.get(measure)
        return test(value) if isinstance(value, float | int) else None

    return Trait(name, with_, without, has)


def _equal(name: str, value: str) -> Trait:
    def has(found: Measures) -> bool | None:
        held = found.get(name)
        return None if held is None else held == value

    return Trait(f"{name}: {value}", value, "all others", has)


def traits(known: Known, seen: Sequence[Measures]) -> list[Trait]:
    """Every trait that the data can tell of."""
    found = [_cut(FINISHED, FINISHED, "not finished", "finished", lambda v: v == 0)]
    found += [_cut(STEP + s, STEP + s, "not done", "done", lambda v: v == 0) for s in known.steps]
    found += [_cut(FEATURE + f, FEATURE + f, "used", "never used", lambda v: v == 1) for f in known.features]
    found += [
        _cut("first response", RESPONSE, f"one over {WORKING_DAY} h", f"all within {WORKING_DAY} h",
             lambda v: v > WORKING_DAY),
        _cut("resolution", RESOLUTION, "one over 3 days", "all within 3 days", lambda v: v > THREE_DAYS),
        _cut("tickets", TICKETS, "2 or more in 90 days", "fewer", lambda v: v >= 2),
        _cut("csat", CSAT, "latest answer negative", "latest answer positive", lambda v: v == 0),
        _cut("nps", NPS, "detractor", "passive or promoter", lambda v: v <= 6),
        _cut("use against own past", TREND, "under half of it", "half or more", lambda v: v < 0.5),
    ]  # fmt: skip
    days = [float(v) for one in seen if isinstance(v := one.get(USE), float)]
    if days:
        middle = median(days)
        found.append(_cut("active days in 30", USE, f"under {middle:g}", f"{middle:g} and more", lambda v: v < middle))
    return found


def attribute_traits(names: Sequence[str], seen: Sequence[Measures], least: int) -> list[Trait]:
    """Each group of an attribute against all others, where enough observations are in it."""
    found = []
    for name in names:
        values = [str(v) for one in seen if (v := one.get(name)) is not None]
        for value in sorted(set(values)):
            if least <= values.count(value) < len(values):
                found.append(_equal(name, value))
    return found


def in_bands(names: Sequence[str], seen: Sequence[Measures]) -> None:
    """Replace the numbers of attributes by their bands, in place."""
    for name in names:
        values = [str(v) for one in seen if (v := one.get(name)) is not None]
        bands = banded(values)
        for one in seen:
            if one.get(name) is not None:
                one[name] = bands[str(one[name])]
