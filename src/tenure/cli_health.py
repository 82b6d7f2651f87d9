"""The command `tenure health`: scores, one customer in full, the back-test, divergence. Edge: holds no rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from tenure import cli_options as option
from tenure import cli_say as say
from tenure.errors import UsageError

if TYPE_CHECKING:
    from tenure.workspace import Workspace

Customer = Annotated[str | None, Argument(metavar="CUSTOMER", help="One customer in full; without it, everyone.")]
Name = Annotated[str | None, Option("--score", metavar="NAME", help="Which score; else the first of tenure.toml.")]
AsOf = Annotated[str | None, Option("--as-of", metavar="DAY", help="As things stood when this day began.")]
Backtest = Annotated[bool, Option("--backtest", help="Hold past scores against who left afterwards.")]
Months = Annotated[int, Option("--months", min=1, max=120, help="How many month ends the back-test looks at.")]
Horizon = Annotated[int, Option("--horizon", min=1, max=730, help="Days after a score within which leaving counts.")]
Divergence = Annotated[bool, Option("--divergence", help="Only customers whose health and money disagree.")]
Days = Annotated[int, Option("--days", min=1, max=365, help="For how many days they must have disagreed.")]


def add(app: typer.Typer) -> None:
    """Give the command line its command."""
    app.command()(health)


def health(
    ctx: typer.Context,
    customer: Customer = None,
    score: Name = None,
    as_of: AsOf = None,
    where: option.Where = None,
    backtest: Backtest = False,
    months: Months = 12,
    horizon: Horizon = 90,
    divergence: Divergence = False,
    days: Days = 30,
    format: option.ShowFormat = "table",
) -> None:
    """Score the health of customers, and prove the score.

    Everyone's score, band and main reason; one customer's with contributions that sum and what changed in a month;
    with --backtest, whether low scores were followed by leaving.
    """
    from tenure.render import health as tables
    from tenure.render import results

    if sum((customer is not None, backtest, divergence)) > 1:
        raise UsageError("CUSTOMER, --backtest and --divergence exclude each other.", todo="Give one of them.")
    workspace, day, kept = _workspace(ctx), _day(as_of), tuple(where or ())
    with say.progress("Scoring"):
        if backtest:
            found, table = workspace.backtest(score, months, horizon, kept).to_json(), tables.backtest
        elif divergence:
            found, table = workspace.divergence(score, day, days, kept).to_json(), tables.divergence
        elif customer is not None:
            found, table = workspace.health_of(customer, score, day).to_json(), tables.portrait
        else:
            found, table = workspace.health(score, day, kept).to_json(), tables.standing
    for note in found.get("notes", ()):
        say.remark(note)
    if format == "json":
        say.answer(results.as_json(found))
    elif format == "csv":
        say.answer(tables.as_csv(_rows(found)))
    else:
        say.answer(table(found, say.width(), colour=say.colour()))


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The list that an answer is about."""
    return next((found[key] for key in ("contributions", "customers", "bands") if key in found), [])


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day.", where="--as-of", todo="Write 2024-12-31.") from None


def _workspace(ctx: typer.Context) -> Workspace:
    from tenure.workspace import Workspace

    return Workspace.find(ctx.obj or Path.cwd())
