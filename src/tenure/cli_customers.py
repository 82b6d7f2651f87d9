"""The commands about customers: their list, and one of them. Edge: asks the workspace, holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option

from tenure import cli_options as option
from tenure import cli_say as say
from tenure.errors import UsageError

Search = Annotated[
    str, Option("--search", metavar="WORDS", help="Only those with all these words in id, name, domain or owner.")
]
Sort = Annotated[
    str, Option("--sort", metavar="COLUMN", help="Sort by a column of the list or of the customers (default mrr).")
]
Reverse = Annotated[
    Literal["up", "down"] | None, Option("--order", help="Smallest or greatest first (default: numbers down).")
]
Limit = Annotated[int, Option("--limit", min=1, metavar="N", help="How many to show (default 25).")]
Offset = Annotated[int, Option("--offset", min=0, metavar="N", help="How many to leave out first.")]
Columns = Annotated[list[str] | None, Option("--columns", metavar="COLUMN[,COLUMN]", help="Only these columns.")]
Customer = Annotated[str, Argument(metavar="ID", help="The customer's id.")]
Segment = Annotated[str | None, Argument(metavar="NAME", help="A saved segment.")]
FromDay = Annotated[str | None, Option("--from", metavar="DAY", help="Since the close of this day.")]
ToDay = Annotated[str | None, Option("--to", metavar="DAY", help="To the close of this day (default: now).")]
ListFormat = Annotated[Literal["table", "json", "csv"], Option("--format", help="How to print the answer.")]


def add(app: typer.Typer) -> None:
    """Hook the commands in."""
    app.command()(customers)
    app.command()(customer)
    app.command()(segments)


def customers(
    ctx: typer.Context,
    where: option.Where = None,
    search: Search = "",
    sort: Sort = "mrr",
    order: Reverse = None,
    limit: Limit = 25,
    offset: Offset = 0,
    columns: Columns = None,
    format: ListFormat = "table",
) -> None:
    """List customers.

    What they pay and how that changed in a year, use against their own past, open tickets, NPS, the next renewal; with
    the totals of all that were found. Columns of the list can stand in --where: "mrr > 1000 and usage < 0.5".
    """
    from tenure.render import customers as shown
    from tenure.render import results
    from tenure.workspace import Workspace

    found = (
        Workspace.find(ctx.obj or Path.cwd())
        .customers(
            where=tuple(where or ()),
            search=search,
            sort=sort,
            descending=None if order is None else order == "down",
            limit=limit,
            offset=offset,
            columns=tuple(name.strip() for names in columns or () for name in names.split(",")),
        )
        .to_json()
    )
    if format == "json":
        say.answer(results.as_json(found))
    elif format == "csv":
        say.answer(shown.as_csv(found))
    else:
        say.answer(shown.as_list(found, say.width(), colour=say.colour()))


def customer(ctx: typer.Context, id: Customer, format: option.Format = "table") -> None:
    """Show all that is known of one customer.

    What they pay and why it changed, use, tickets, answers, onboarding, contacts and a timeline of everything.
    """
    from tenure.render import customers as shown
    from tenure.render import results
    from tenure.workspace import Workspace

    found = Workspace.find(ctx.obj or Path.cwd()).customer(id).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(shown.as_page(found, say.width(), colour=say.colour()))


def segments(
    ctx: typer.Context,
    name: Segment = None,
    from_: FromDay = None,
    to: ToDay = None,
    format: option.Format = "table",
) -> None:
    """List the saved segments, or who entered and left one.

    With NAME and --from, those who were in it at the close of one day and not of the other.
    """
    from tenure.render import customers as shown
    from tenure.render import results
    from tenure.workspace import Workspace

    workspace = Workspace.find(ctx.obj or Path.cwd())
    currency = workspace.config.currency
    if name is None:
        if from_ or to:
            raise UsageError("--from and --to say when somebody entered or left a segment.", todo="Name the segment.")
        rows = [one.to_json() for one in workspace.segments()]
        if format == "json":
            say.answer(results.as_json({"currency": currency, "segments": rows}))
        else:
            say.answer(shown.as_segments(rows, currency, say.width(), colour=say.colour()))
        return
    if from_ is None:
        raise UsageError("It is not said since when.", where="--from", todo="Write --from 2024-12-31.")
    found = workspace.segment(name, from_, to).to_json()
    if format == "json":
        say.answer(results.as_json({"currency": currency, **found}))
    else:
        say.answer(shown.as_moved(found, currency, say.width(), colour=say.colour()))
