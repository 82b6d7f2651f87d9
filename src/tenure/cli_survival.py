"""The command survival: how many are still customers after so many months. Edge: holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenure import cli_options as option
from tenure import cli_say as say
from tenure.errors import UsageError

At = Annotated[
    str | None, typer.Option("--at", metavar="MONTHS", help="After how many months: 6,12,24 (default 3 to 36).")
]


def add(app: typer.Typer) -> None:
    """Hook the command in."""
    app.command()(survival)


def survival(
    ctx: typer.Context,
    at: At = None,
    by: option.By = None,
    where: option.Where = None,
    format: option.Format = "table",
) -> None:
    """Show how many are still customers after so many months.

    Survival curves (Kaplan-Meier) by group, with 95 % intervals; those who have not left yet count as far as they have
    come. Whether groups differ is said by the log-rank test.
    """
    from tenure.render import results
    from tenure.render import survival as table
    from tenure.workspace import Workspace

    workspace = Workspace.find(ctx.obj or Path.cwd())
    months = {"at": _months(at)} if at is not None else {}
    found = workspace.survival(by=tuple(by or ()), where=tuple(where or ()), **months).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(table.as_table(found, say.width(), colour=say.colour()))


def _months(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{text!r} are no months.", todo="Write --at 6,12,24.") from None
