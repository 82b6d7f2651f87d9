"""The commands about why: drivers. Edge: asks the workspace, shows the answer, holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenure import cli_options as option
from tenure import cli_say as say

if TYPE_CHECKING:
    from tenure.workspace import Workspace

Period = Annotated[
    str | None, typer.Option("--period", metavar="P", help="The period: 2025-Q2, 2025, ...; the last complete quarter.")
]
Compare = Annotated[str, typer.Option("--compare", metavar="previous|year", help="What the period is set against.")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="COLUMN[,COLUMN]", help="Try these columns only; else all that customers have."),
]
ListOf = Annotated[
    str | None, typer.Option("--list", metavar="FACTOR", help="List the customers with this factor, the latest first.")
]


def add(app: typer.Typer) -> None:
    """Hook the commands in."""
    app.command()(drivers)


def drivers(
    ctx: typer.Context,
    metric: option.Metric,
    period: Period = None,
    from_: option.From = None,
    to: option.To = None,
    compare: Compare = "previous",
    by: By = None,
    where: option.Where = None,
    variant: option.Variant = None,
    list_: ListOf = None,
    format: option.Format = "table",
) -> None:
    """Show which segment a change comes from, and what goes with it.

    The change since the period before, split by every column of the customers into mix and rate, exactly; then which
    behaviour and experience goes with the outcome, by what was known before it. Differences, not causes.
    """
    from tenure.render import drivers as drawn
    from tenure.render import results

    found = _workspace(ctx).drivers(
        metric, period, from_=from_, to=to, compare=compare, by=tuple(by or ()), where=tuple(where or ()),
        variant=variant,
    ).to_json()  # fmt: skip
    if list_ is not None:
        found = drawn.listed(found, list_)
    if format == "json":
        say.answer(results.as_json(found))
    elif list_ is not None:
        say.answer(drawn.list_table(found, say.width(), colour=say.colour()))
    else:
        say.answer(drawn.as_table(found, say.width(), colour=say.colour()))


def _workspace(ctx: typer.Context) -> Workspace:
    """The workspace of -C, else of this folder or its nearest parent that is one."""
    from tenure.workspace import Workspace

    return Workspace.find(ctx.obj or Path.cwd())
