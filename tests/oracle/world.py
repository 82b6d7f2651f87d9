"""Random worlds, seeded: a company's books with every awkward shape, written as a workspace folder. Tests' floor.

`python -m oracle.world SEED FOLDER [KIND]` (from tests/) writes one to look at.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from . import world_facts, world_items
from .spans import WEEKDAYS, add_months

KINDS = ("plain", "with_fx", "with_history", "with_timezone", "everything", "no_subscriptions")
ZONES = ("America/New_York", "Asia/Kolkata", "Europe/Berlin", "Pacific/Auckland")
MONTHS = 14


@dataclass
class World:
    """A random company. `kind` says which difficulties it has; everything else follows from the seed."""

    seed: int
    kind: str
    rng: random.Random
    zone: str = "UTC"
    week_start: str = "monday"
    fiscal_month: int = 1
    currency: str = "USD"
    as_of: date | None = None
    policy: dict[str, str] = field(default_factory=dict)  # as it is written in the file
    first: date = date(2023, 1, 1)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The first day after the data."""
        return add_months(self.first, MONTHS)

    @property
    def history(self) -> bool:
        return self.kind in ("with_history", "everything")

    @property
    def fx(self) -> bool:
        return self.kind in ("with_fx", "everything")

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def moment(self, early: date | None = None, late: date | None = None) -> datetime:
        """A moment of the data: often midnight, often on a period's boundary."""
        early, late = early or self.first, late or self.last
        day = early + timedelta(days=self.rng.randrange(max((late - early).days, 1)))
        if self.chance(0.25) and day.replace(day=1) >= early:
            day = day.replace(day=1)
        return self.at(day)

    def at(self, day: date) -> datetime:
        """A moment on a local day: midnight, or some minute of it."""
        minute = 0 if self.chance(0.6) else self.rng.randrange(24 * 60)
        return datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(self.zone)).astimezone(UTC)

    def write_moment(self, moment: datetime | None) -> str:
        """A moment in one of the ways files write it."""
        if moment is None:
            return ""
        local = moment.astimezone(ZoneInfo(self.zone))
        if local.time() == time() and self.chance(0.8):
            return local.date().isoformat()
        way = self.rng.randrange(3)
        if way == 0:
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return moment.strftime("%Y-%m-%d %H:%M:%S") if way == 1 else local.isoformat()


def make(seed: int, kind: str | None = None) -> World:
    """The world of a seed; without `kind`, seeds go round the kinds."""
    rng = random.Random(seed)
    world = World(seed, kind or KINDS[seed % len(KINDS)], rng)
    world.first = add_months(date(2023, 1, 1), rng.randrange(6))
    if world.kind != "plain" or world.chance(0.4):
        world.week_start = rng.choice(WEEKDAYS)
        world.fiscal_month = rng.choice((1, 2, 4, 7, 10))
    if world.kind in ("with_timezone", "everything"):
        world.zone = rng.choice(ZONES)
    if world.fx:
        world.currency = rng.choice(("USD", "EUR"))
    world.as_of = rng.choice(
        (
            None,
            world.last,
            add_months(world.first, 9),
            add_months(world.first, 10) + timedelta(days=rng.randrange(1, 28)),
        )
    )
    if world.kind == "no_subscriptions":
        world.policy["order_customer_days"] = rng.choice(("365", "90", "45"))
    elif world.kind != "plain" and world.chance(0.5):
        world.policy["churn_at"] = rng.choice(('"cancelled_at"', '"scheduled_at"'))
    people = [f"c{number:02}" for number in range(1, rng.randrange(9, 42))]
    homes = {person: _home(world) for person in people}
    if world.kind != "no_subscriptions":
        world.tables["subscriptions"] = [
            row for person in people for row in world_items.subscriptions(world, person, homes[person])
        ]
    world.tables |= world_facts.tables(world, people, homes)
    return world


def write(
    seed: int,
    folder: Path,
    kind: str | None = None,
    more: Callable[[World], dict[str, list[dict[str, str]]]] | None = None,
    settings: str = "",
) -> World:
    """Write a world's CSV files and tenure.toml into a folder, with more tables and settings where they are given."""
    world = make(seed, kind)
    if more is not None:
        world.tables |= more(world)
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["[workspace]", f'name = "World {seed}"', f'currency = "{world.currency}"', f'timezone = "{world.zone}"']
    lines += [f'week_start = "{world.week_start}"', f"fiscal_year_start = {world.fiscal_month}"]
    if world.as_of:
        lines.append(f"as_of = {world.as_of}")
    lines += ["[policy]", *(f"{key} = {value}" for key, value in world.policy.items())]
    lines += ["[sources.books]", 'type = "files"']
    for table, rows in world.tables.items():
        if rows:
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
            lines += [f"[sources.books.tables.{table}]", f'path = "{table}.csv"']
    (folder / "tenure.toml").write_text("\n".join(lines) + "\n" + settings, encoding="utf-8")
    return world


def _home(world: World) -> str:
    """A customer's currency."""
    return world.rng.choice(("USD", "EUR", "GBP")) if world.fx else world.currency


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
