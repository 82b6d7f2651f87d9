"""Goals of tenure.toml as they were written: which metric, for whom, from where to where, by when. Language floor.

[goals.churn]
metric = "customer_churn_rate"   # or "id:variant"
where = "@enterprise"            # a condition or a segment; everybody unless said
owner = "Mia"
level = "company"                # company, department or team
parent = "growth"                # the goal it serves
component = "billing"            # product, billing or csm, for the measurement plan; by the metric unless said
baseline = "2024-Q4"             # a period to read it from, or a number; the last period before the start unless said
by_percent = 10                  # or to = 0.05, or by_points = 2: exactly one of them
direction = "down"               # the metric's better side unless said
start = 2025-01-01
due = 2025-06-30                 # the last day that counts
grain = "month"                  # the periods that progress is read in
tolerance = 0.1                  # how far progress may lie behind the time that has passed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenure.periods import GRAINS
from tenure.segment_options import number
from tenure.source_options import Options, hint, shown

LEVELS = ("company", "department", "team")
COMPONENTS = ("product", "billing", "csm")
TARGETS = ("to", "by_percent", "by_points")
TOLERANCE = Decimal("0.1")


@dataclass(frozen=True)
class Goal:
    """One goal as it was written."""

    name: str
    metric: str
    target: str
    amount: Decimal
    start: date
    due: date
    where: str | None = None
    owner: str | None = None
    level: str | None = None
    parent: str | None = None
    component: str | None = None
    baseline: Decimal | str | None = None
    direction: str | None = None
    grain: str = "month"
    tolerance: Decimal = TOLERANCE


def read(root: Options) -> dict[str, Goal]:
    """The goals of [goals], each with its parents in order."""
    table = root.table("goals")
    goals: dict[str, Goal] = {}
    for name in table.values if table else ():
        assert table is not None
        options = table.table(name)
        assert options is not None
        goals[name] = _goal(name, options)
    for goal in goals.values():
        _check_parents(root, goal, goals)
    return goals


def _goal(name: str, options: Options) -> Goal:
    metric = options.text("metric")
    if not metric:
        options.fail("metric", "It is not said which metric the goal is about.", 'Write metric = "nrr".')
    given = [key for key in TARGETS if options.has(key)]
    if len(given) != 1:
        said = "No target is given" if not given else f"{' and '.join(given)} are two targets"
        options.fail(
            given[0] if given else "to", f"{said}; a goal has exactly one.", f"Write one of {', '.join(TARGETS)}."
        )
    amount = number(options, given[0])
    assert amount is not None
    if given[0] != "to" and amount <= 0:
        options.fail(
            given[0], f"{amount} is no way to go.", "Write how far, above 0, and direction where it needs one."
        )
    start, due = _day(options, "start"), _day(options, "due")
    if due <= start:
        options.fail("due", f"The goal is due on {due}, no later than its start on {start}.", "Choose a later day.")
    goal = Goal(
        name,
        metric,
        given[0],
        amount,
        start,
        due,
        where=options.text("where") or None,
        owner=options.text("owner") or None,
        level=options.choice("level", LEVELS, None),
        parent=options.text("parent") or None,
        component=options.choice("component", COMPONENTS, None),
        baseline=_baseline(options),
        direction=options.choice("direction", ("up", "down"), None),
        grain=options.choice("grain", [grain for grain in GRAINS if grain != "total"], "month") or "month",
        tolerance=_tolerance(options),
    )
    options.done("key of a goal")
    return goal


def _day(options: Options, name: str) -> date:
    value = options.raw(name)
    if value is None:
        options.fail(name, f"The goal has no {name}: it would have no pace.", f"Write {name} = 2025-01-01.")
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        options.fail(name, f"{shown(options.raw(name))} is not a day.", "Write 2025-01-01.")
    return value


def _baseline(options: Options) -> Decimal | str | None:
    value = options.raw("baseline")
    return value if isinstance(value, str) and value.strip() else number(options, "baseline")


def _tolerance(options: Options) -> Decimal:
    found = number(options, "tolerance")
    if found is not None and not 0 <= found <= 1:
        options.fail("tolerance", f"{found} is no share of the way.", "Write a number from 0 to 1, such as 0.1.")
    return TOLERANCE if found is None else found


def _check_parents(root: Options, goal: Goal, goals: Mapping[str, Goal]) -> None:
    """Parents exist, do not go round, and stand no lower than their children."""
    seen, one = [goal.name], goal
    while one.parent is not None:
        key = f"goals.{one.name}.parent"
        if one.parent not in goals:
            root.fail(key, f"There is no goal {one.parent!r}.", hint(one.parent, [n for n in goals if n != one.name]))
        if one.parent in seen:
            root.fail(key, f"The goals {' > '.join([*seen, one.parent])} go round.", "A goal cannot serve itself.")
        parent = goals[one.parent]
        if one.level and parent.level and LEVELS.index(one.level) < LEVELS.index(parent.level):
            root.fail(key, f"A goal of the {one.level} cannot serve one of the {parent.level}.", "Swap their levels.")
        seen.append(one.parent)
        one = parent
