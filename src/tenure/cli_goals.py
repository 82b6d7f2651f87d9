"""The commands about goals and about those who look after customers. Edge: asks the workspace, holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from tenure import cli_options as option
from tenure import cli_say as say

Owner = Annotated[str | None, Argument(metavar="OWNER", help="One owner; all of them unless said.")]
Plan = Annotated[bool, Option("--plan", help="By component of the customers' experience, what hurts most first.")]


def add(app: typer.Typer) -> None:
    """Hook the commands in."""
    app.command()(goals)
    app.command()(scorecard)


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


def scorecard(
    ctx: typer.Context, owner: Owner = None, period: option.MaybePeriod = None, format: option.Format = "table"
) -> None:
    """Show what each owner of customers looks after, and how it goes.

    Customers, MRR, renewals due and work now; NRR, GRR, churn, NPS, CSAT and CES of the period against everybody
    else's customers, judged only where the difference is more than chance.
    """
    from tenure.render import results, scorecards
    from tenure.workspace import Workspace

    found = Workspace.find(ctx.obj or Path.cwd()).scorecards(owner, period).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(scorecards.as_table(found, say.width(), colour=say.colour()))
