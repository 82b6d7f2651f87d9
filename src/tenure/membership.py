"""Who is in a segment: how many, what they pay, who entered and left between two days. Floor: what is asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.directory import records
from tenure.errors import UsageError
from tenure.periods import FIRST_DAY, LAST_DAY
from tenure.rollup import KEYS

if TYPE_CHECKING:
    from tenure.directory import Customers
    from tenure.engine import Engine
    from tenure.segment_options import Behaviour

List = Callable[..., "Customers"]

INSIDE = "in"


def column(name: str) -> str:
    """The attribute that a behaviour segment is."""
    return f"segment_{name}"


def pieces(engine: Engine, name: str, behaviour: Behaviour, figures: Mapping[str, Any]) -> str:
    """The table of the attribute: who is in the segment, by each customer's own figure; answers its name."""
    low, high = behaviour.at_least, behaviour.at_most
    inside = {
        customer
        for customer, value in figures.items()
        if (low is None or Fraction(value) >= Fraction(low)) and (high is None or Fraction(value) <= Fraction(high))
    }
    keys = records(engine, KEYS.select("cust", "customer_id"))
    rows = [(line["cust"], FIRST_DAY, LAST_DAY, INSIDE) for line in keys if line["customer_id"] in inside]
    types = {"cust": "int64", "from_day": "date", "to_day": "date", "value": "string"}
    engine.warehouse.put(f"behaviour_{name}", types, rows)
    return f"behaviour_{name}"


@dataclass(frozen=True)
class Segment:
    """A saved segment as it stands: how many were found, how many of them are customers, what they pay."""

    name: str
    rule: str
    found: int
    customers: int
    mrr: float | None

    def to_json(self) -> dict[str, Any]:
        """One entry of the command line's --format json."""
        return dict(vars(self))


def standing(name: str, rule: str, list_: List) -> Segment:
    """One segment now."""
    totals = (found := list_(where=f"@{name}", limit=1, columns=("mrr",))).totals
    return Segment(name, rule, found.found, totals["customers"], totals["mrr"])


@dataclass(frozen=True)
class Moved:
    """Who entered a segment and who left it, from the close of one day to the close of another."""

    name: str
    rule: str
    start: date
    end: date
    entered: tuple[Mapping[str, Any], ...]
    left: tuple[Mapping[str, Any], ...]
    stayed: int

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        return {
            "segment": self.name,
            "rule": self.rule,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "stayed": self.stayed,
            "entered": [dict(row) for row in self.entered],
            "left": [dict(row) for row in self.left],
        }


def moved(name: str, rule: str, start: date, end: date, list_at: Callable[[date], List]) -> Moved:
    """Who was in it at the close of `end` and not of `start`, and the other way round, by MRR; each with state and MRR.

    Those who left stand there as they are at `end`, with what they paid before.
    """
    if end <= start:
        raise UsageError(f"--to {end} does not lie after --from {start}.", todo="Swap them.")
    wanted = {"limit": None, "columns": ("state", "mrr")}
    before, after = (
        {row["customer_id"]: row for row in list_at(day)(where=f"@{name}", **wanted).rows} for day in (start, end)
    )
    now = {row["customer_id"]: row for row in list_at(end)(**wanted).rows} if before.keys() - after.keys() else {}
    entered = [_line(row) for key, row in after.items() if key not in before]
    left = [{**_line(now.get(key, row)), "mrr_before": row["mrr"]} for key, row in before.items() if key not in after]
    left.sort(key=lambda row: -(row["mrr_before"] or 0))
    return Moved(name, rule, start, end, tuple(entered), tuple(left), len(before.keys() & after.keys()))


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row.get(key) for key in ("customer_id", "name", "state", "mrr")}
