"""The commands about why: drivers, risk, compare. Edge: asks the workspace, shows the answer, holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import cli_options as option
from tenure import cli_say as say
from tenure.errors import UsageError

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

Horizon = Annotated[int, typer.Option("--horizon", metavar="DAYS", help="How far ahead.")]
EventName = Annotated[str | None, typer.Option("--event", metavar="NAME", help="What happened, in your words.")]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day on which it happened: 2024-06-01.")]
MetricOption = Annotated[str, typer.Option("--metric", metavar="METRIC", help="What is compared.")]
Group = Annotated[
    list[str] | None, typer.Option("--where", metavar="CONDITION", help="One of two groups. Repeat to narrow.")
]
Against = Annotated[
    list[str] | None, typer.Option("--against", metavar="CONDITION", help="The other of two groups. Repeat to narrow.")
]
Treated = Annotated[
    list[str] | None, typer.Option("--treated", metavar="CONDITION", help="Whom it happened to. Repeat to narrow.")
]
Control = Annotated[
    list[str] | None, typer.Option("--control", metavar="CONDITION", help="Who is compared. Repeat to narrow.")
]
Before = Annotated[int, typer.Option("--before", metavar="N", help="Months before.")]
After = Annotated[int, typer.Option("--after", metavar="N", help="Months after.")]
Experiment = Annotated[bool, typer.Option("--experiment", help="Who was treated was drawn by lot.")]


def add(app: typer.Typer) -> None:
    """Hook the commands in."""
    app.command()(drivers)
    app.command()(risk)
    app.command()(compare)


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


def risk(
    ctx: typer.Context,
    horizon: Horizon = 90,
    where: option.Where = None,
    format: option.Format = "table",
) -> None:
    """Show who is likely to leave, and why.

    Each customer's chance to be gone so many days from now, learned from earlier dates and judged by what happened
    later, with the measures that make it higher or lower than average.
    """
    from tenure.render import results
    from tenure.render import risk as drawn

    found = _workspace(ctx).risk(horizon=horizon, where=tuple(where or ())).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(drawn.as_table(found, say.width(), colour=say.colour()))


def compare(
    ctx: typer.Context,
    metric: MetricOption,
    event: EventName = None,
    on: On = None,
    treated: Treated = None,
    control: Control = None,
    before: Before = 6,
    after: After = 6,
    experiment: Experiment = False,
    where: Group = None,
    against: Against = None,
    period: Period = None,
    variant: option.Variant = None,
    format: option.Format = "table",
) -> None:
    """Show what a metric did after an event, or how two groups differ.

    With --treated and --control, the change of the one group less that of the other; without, the step beyond the
    trend before. With --where and --against instead of an event, two groups in one period. Each with its interval: a
    difference, or no more than noise.
    """
    from tenure.render import compared as drawn
    from tenure.render import results

    found: dict[str, Any]
    if event is None and on is None and (where or against):
        groups = tuple(where or ()), tuple(against or ())
        found = _workspace(ctx).two_groups(metric, *groups, period=period, variant=variant).to_json()
        table = drawn.groups_table
    elif event is None or on is None or where or against or period:
        raise UsageError(
            "It is not clear what to compare.",
            todo="After an event: --event NAME --on DAY. Two groups: --where CONDITION --against CONDITION.",
        )
    else:
        found = _workspace(ctx).compare(
            event, on, metric, treated=tuple(treated or ()), control=tuple(control or ()), before=before,
            after=after, experiment=experiment, variant=variant,
        ).to_json()  # fmt: skip
        table = drawn.as_table
    say.answer(results.as_json(found) if format == "json" else table(found, say.width(), colour=say.colour()))


def _workspace(ctx: typer.Context) -> Workspace:
    """The workspace of -C, else of this folder or its nearest parent that is one."""
    from tenure.workspace import Workspace

    return Workspace.find(ctx.obj or Path.cwd())
