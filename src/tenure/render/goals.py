"""Goals as a table, a tree and a plan. Edge: layout only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

NONE = "No goal is written down. Add [goals.NAME] to tenure.toml: metric, to or by_percent or by_points, start, due."
STATUS = {
    "on_track": "on track",
    "off_pace": "off pace",
    "reached": "reached",
    "missed": "missed",
    "too_early": "too early",
    "no_value": "no value",
}
COMPONENTS = {"product": "Product experience", "billing": "Billing experience", "csm": "CSM experience"}

Goal = Mapping[str, Any]


def as_tree(goals: Sequence[Goal], width: int, *, colour: bool = False) -> str:
    """Every goal under the one it serves, then each in a sentence with what is to be known of it."""
    if not goals:
        return NONE
    ordered = list(_tree(goals, None, 0))
    lines = _table([goal for _, goal in ordered], [depth for depth, _ in ordered], width, colour=colour)
    for _, goal in ordered:
        lines += ["", *wrapped(f"{plain(goal['goal'])}: {plain(goal['words'])}", width, "  ")]
        for text in _remarks(goal):
            lines += wrapped(f"  {text}", width, "  ")
    return "\n".join(lines)


def as_plan(answer: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """Goals by component, the one that hurts most first."""
    if not answer["goals"]:
        return NONE
    by_name = {goal["goal"]: goal for goal in answer["goals"]}
    lines: list[str] = []
    for part in answer["plan"]:
        title = COMPONENTS[part["component"]]
        if part["focus"]:
            title += f": look here first, its goals are {100 * part['hurts']:.0f} % of the way behind their time"
        elif part["hurts"] is None:
            title += ": no goal that can be judged"
        lines += ["", f"\x1b[1m{title}\x1b[0m" if colour else title]
        if part["goals"]:
            lines += _table([by_name[name] for name in part["goals"]], None, width, colour=colour)
    return "\n".join(lines[1:])


def _tree(goals: Sequence[Goal], parent: str | None, depth: int) -> Iterator[tuple[int, Goal]]:
    for goal in goals:
        if goal["parent"] == parent:
            yield depth, goal
            yield from _tree(goals, goal["goal"], depth + 1)


def _table(goals: Sequence[Goal], depths: Sequence[int] | None, width: int, *, colour: bool) -> list[str]:
    names = [
        f"{'  ' * depth}{plain(goal['goal'])}" for depth, goal in zip(depths or [0] * len(goals), goals, strict=True)
    ]
    columns = [
        Column("goal", names, number=False),
        Column("status", [STATUS[goal["status"]] for goal in goals], number=False),
        *(Column(name, [_figure(goal, name) for goal in goals]) for name in ("baseline", "now", "target")),
        Column("progress", [_percent(goal["progress"]) for goal in goals]),
        Column("time", [_percent(goal["elapsed"]) for goal in goals]),
        Column("forecast", [_forecast(goal) for goal in goals]),
        Column("due", [goal["due"] for goal in goals], number=False),
        Column("owner", [plain(goal["owner"] or "") for goal in goals], number=False),
    ]
    return table(columns, width, colour=colour)


def _figure(goal: Goal, name: str) -> str:
    return "" if goal[name] is None else numbers.value(goal[name], goal["unit"], goal["currency"])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _forecast(goal: Goal) -> str:
    found = goal["forecast"]
    return "" if found is None else numbers.value(found["value"], goal["unit"], goal["currency"])


def _remarks(goal: Goal) -> Iterator[str]:
    if goal["problem"]:
        yield plain(goal["problem"])
    if goal["warning"]:
        yield f"Note: {goal['warning']}"
    if goal["clear"] is False and goal["status"] != "reached":
        yield f"The baseline lies within the interval of {goal['now_period']}: the change so far may be chance."
    found = goal["forecast"]
    if found is not None:
        leads = numbers.interval(found["low"], found["high"], goal["unit"])
        verdict = {"reached": "it is reached", "missed": "it is missed", "open": "either may be"}[found["word"]]
        yield f"The trend of {found['points']} periods leads to {_forecast(goal)} (95 %: {leads}): {verdict}."
    elif goal["now"] is not None and goal["forecast_reason"] and goal["status"] not in ("reached", "missed"):
        yield f"No forecast: {goal['forecast_reason']}"
