"""How people buy: each at a rate of their own, with a chance to stop after every purchase. Floor: edges (demo).

This is what the lifetime models BG/NBD and Pareto/NBD take for granted, so they find something here. Weeks are thrown
one by one: a waiting time by its formula would need a logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import tenure.demo.cast as cast
from tenure.demo.dice import AS_OF, Dice, month_start

Pull = Callable[[date], float]
"""How strongly a day draws people in, 1 being usual: seasons, and what a story does."""

# Quantiles over people: purchases a year of somebody who has not stopped, over the mean; the chance to stop after each.
_RATES = ((0.0, 0.1), (0.1, 0.22), (0.25, 0.42), (0.5, 0.78), (0.75, 1.3), (0.9, 2.1), (0.97, 3.3), (1.0, 5.5))
_STOPS = ((0.0, 0.01), (0.2, 0.05), (0.5, 0.14), (0.75, 0.27), (0.9, 0.45), (1.0, 0.8))

CAME_BY = (("search", 4.0), ("social", 2.5), ("friend", 1.8), ("newsletter", 1.2))


@dataclass
class Person:
    """Somebody who buys."""

    id: str
    name: str
    place: str  # town, or the store next door
    came_by: str
    since: datetime
    a_year: float
    stop: float
    member: bool
    first: datetime | None  # the first purchase; None: only looked


def people(
    dice: Dice, prefix: str, newcomers: tuple[int, ...], places: tuple[tuple[str, float], ...], a_year: float,
    members: float = 0.35,
) -> list[Person]:  # fmt: skip
    """Everyone who ever opened an account, in that order; a few never buy."""
    moments = [
        dice.clock(month_start(month) + timedelta(days=dice.between(0, 27)), 8, 21)
        for month, number in enumerate(newcomers, start=1)
        for _ in range(number)
    ]
    return [
        Person(
            f"{prefix}-{10000 + number}", f"{dice.pick(cast.FIRST_NAMES)} {dice.pick(cast.LAST_NAMES)}",
            dice.weighted(places), dice.weighted(CAME_BY), moment, a_year * dice.along(_RATES), dice.along(_STOPS),
            dice.chance(members), moment + timedelta(minutes=dice.between(2, 40)) if dice.chance(0.95) else None,
        )
        for number, moment in enumerate(sorted(moments), start=1)
    ]  # fmt: skip


def following(dice: Dice, a_year: float, after: datetime, pull: Pull) -> datetime | None:
    """The next purchase of somebody who has not stopped; None where there is none before the data end."""
    day = after.date() + timedelta(days=2)
    while day < AS_OF.date():
        if dice.chance(a_year / 52 * pull(day)):
            at = dice.clock(day + timedelta(days=dice.between(0, 6)), 8, 21)
            return at if at < AS_OF else None
        day += timedelta(days=7)
    return None


def seasonal(months: tuple[float, ...]) -> Pull:
    """A pull by the month of the year, January first."""
    return lambda day: months[day.month - 1]
