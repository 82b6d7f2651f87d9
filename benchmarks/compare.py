"""Whether hand-written SQL and tenure give the same numbers: a benchmark of a wrong answer is worthless."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from benchmarks.hand_sql import Ask
from tenure.workspace import Workspace

Key = tuple[date, str, str]
"""A period's first day, the segment, and what else a row is of: an age, a feature."""
CLOSE = 1e-9


def asked(a: Ask) -> dict[str, Any]:
    """What is asked, as Workspace.show takes it."""
    last = date.fromordinal(a.stop.toordinal() - 1)
    written = {"day": "%Y-%m-%d", "month": "%Y-%m"}[a.unit]
    found: dict[str, Any] = {"from_": f"{a.start:{written}}", "to": f"{last:{written}}", "grain": a.unit, "by": (a.by,)}
    return found | ({"window": f"{a.window}m"} if a.window else {})


def connection(workspace: Workspace) -> Any:
    """The connection that the workspace reads through, with whatever tables it has made there."""
    return workspace._ready().engine.warehouse.of.of._con  # type: ignore[attr-defined]  # under what dates and remembers


def fetch(con: Any, sql: str) -> list[tuple[Any, ...]]:
    """A query's rows as Python values."""
    rows: list[tuple[Any, ...]] = con.execute(sql).fetchall()
    return rows


def ours(workspace: Workspace, metric: str, a: Ask, variant: str | None = None) -> dict[Key, float | None]:
    """tenure's values by period, segment and what else there is."""
    (result,) = workspace.show(metric, variant=variant, **asked(a))
    found: dict[Key, float | None] = {}
    for row in result.rows:
        other = "".join(str(value) for name, value in row.by.items() if name != a.by)
        found[row.start, str(row.by[a.by]), other] = None if row.value is None else float(row.value)
    return found


def theirs(con: Any, sql: str) -> dict[Key, float | None]:
    """A hand-written query's values, likewise."""
    return {
        (row[0], row[1], str(row[2]) if len(row) == 4 else ""): None if row[-1] is None else float(row[-1])
        for row in fetch(con, sql)
    }


def differences(mine: dict[Key, float | None], other: dict[Key, float | None]) -> list[str]:
    """What is not the same, in words; nothing where all is."""
    found = [
        f"{key} is only in {name}"
        for name, a, b in (("ours", mine, other), ("theirs", other, mine))
        for key in a
        if key not in b
    ]
    for key in mine.keys() & other.keys():
        x, y = mine[key], other[key]
        if (x is None) != (y is None) or (
            x is not None and y is not None and not math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE)
        ):
            found.append(f"{key}: ours {x}, theirs {y}")
    return sorted(found)
