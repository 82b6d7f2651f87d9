"""The commands about goals and about those who look after customers. Edge: asks the workspace, holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from tenure import cli_options as option
from tenure import cli_say as say

Plan = Annotated[bool, Option("--plan", help="By component of the customers' experience, what hurts most first.")]


def add(app: typer.Typer) -> None:
    """Hook the commands in."""
    app.command()(goals)


def goals(ctx: typer.Context, plan: Plan = False, format: option.Format = "table") -> None:
    """Show the goals, and how far they are.

    Each with baseline, target, progress against time, the pace it takes, and where the trend leads by the day it is
    due. With --plan, the measurement plan: product, billing and CSM experience.
    """
    from tenure.goals import plan as planned
    from tenure.render import goals as shown
    from tenure.render import results
    from tenure.workspace import Workspace

    found = Workspace.find(ctx.obj or Path.cwd()).goals()
    answer = {"goals": [one.to_json() for one in found], "plan": planned(found)}
    if format == "json":
        say.answer(results.as_json(answer))
    elif plan:
        say.answer(shown.as_plan(answer, say.width(), colour=say.colour()))
    else:
        say.answer(shown.as_tree(answer["goals"], say.width(), colour=say.colour()))
