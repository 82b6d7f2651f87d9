"""The command line: one thin function for each command. Edge: asks the workspace, shows the answer, holds no rules.

Everything heavy is imported inside the command that needs it, so that `tenure --help` answers at once. Exit codes:
0 done, 1 the data or the request cannot be answered, 2 wrong usage.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure import cli_customers, cli_drivers, cli_goals, cli_health, cli_survival, cli_web
from tenure import cli_options as option
from tenure import cli_say as say
from tenure.errors import ConfigError, InputError, RequestError, TenureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tenure.load import LoadReport
    from tenure.workspace import Workspace

app = typer.Typer(
    name="tenure",
    help="How long customers stay, and why: every customer-success number from your own data.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say.answer(f"tenure {version('tenure')}")
        raise typer.Exit()


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
]


@app.callback()
def tenure(ctx: typer.Context, directory: option.Directory = None, version: Version = False) -> None:
    """What comes before a command."""
    ctx.obj = directory


@app.command()
def demo(ctx: typer.Context, folder: option.DemoFolder = Path("demo"), business: option.Business = "saas") -> None:
    """Make an example company and show its numbers."""
    import tenure
    from tenure import demo as example
    from tenure.render import results

    target = _inside(ctx, folder)
    with say.progress("Making the example company"):
        example.write(target, business=business)
    workspace = tenure.open(target)
    with say.progress("Loading it") as on_progress:
        loads = workspace.sync(on_progress=on_progress).loads
    rows = sum(report.stored + report.unchanged for report in loads)
    answers = list(workspace.show(last=6))
    company = example.BUSINESSES[business]
    say.answer(f"{company.name}, a made-up company, in {target}: {len(loads)} tables, {rows:,} rows.\n{company.does}")
    say.answer("\n" + results.as_table(answers, say.width(), colour=say.colour()))
    say.answer(say.where_next(target, company.tries))


@app.command()
def init(ctx: typer.Context, folder: option.InitFolder = Path("."), business: option.Business = "saas") -> None:
    """Make a new workspace: a folder with a commented tenure.toml."""
    from tenure import config

    path = config.write_new(_inside(ctx, folder), business=business)
    say.answer(f"Made {path}. Next: tenure -C {path.parent} import FILE, or name your sources in it and sync.")


@app.command(name="import")
def import_(
    ctx: typer.Context, files: option.Files, table: option.AsTable = None, source: option.SourceName = None
) -> None:
    """Load files now.

    Without --as, the table is recognised from the columns, and said.
    """
    workspace = _workspace(ctx)
    found = [_file(ctx, name) for name in files]
    notes: list[str] = []
    with say.progress("Loading") as on_progress:
        reports = workspace.load_files(found, table, source, on_progress, notes.append)
    _print_loads(reports, notes)


@app.command()
def sync(
    ctx: typer.Context, sources: option.Sources = None, full: option.Full = False, strict: option.Strict = False
) -> None:
    """Pull every source, then refresh what metrics read.

    Only what is new is read, unless --full. Rejected rows are warned of and counted.
    """
    workspace = _workspace(ctx)
    notes: list[str] = []
    if not workspace.config.sources:
        say.remark(
            f"{workspace.config.path} names no source: write [sources.NAME] into it, or load with tenure import."
        )
    with say.progress("Syncing") as on_progress:
        report = workspace.sync(tuple(sources or ()), full, on_progress, notes.append)
    rejected = _print_loads(report.loads, notes)
    if strict and rejected:
        raise typer.Exit(1)


@app.command()
def refresh(ctx: typer.Context) -> None:
    """Rebuild what metrics read, where inputs changed.

    Reads no source.
    """
    workspace = _workspace(ctx)
    with say.progress("Refreshing") as on_progress:
        rebuilt = workspace.refresh(on_progress=on_progress)
    say.answer(f"Rebuilt: {', '.join(rebuilt)}." if rebuilt else "Nothing had changed.")


@app.command()
def metrics(ctx: typer.Context, word: option.Word = None, format: option.Format = "table") -> None:
    """List the metrics, and what each needs.

    Each with its unit and whether this workspace has the data. One that is named alone is described in full.
    """
    from tenure.metric import catalogue
    from tenure.render import lists, results

    rows = sorted(_listed(ctx, word), key=lambda row: row["metric"] != word)  # one that is named stands first
    if format == "json":
        say.answer(results.as_json({"metrics": rows}))
    elif not rows:
        raise RequestError(f"No metric speaks of {word!r}.", todo="tenure metrics lists them all.")
    elif len(rows) == 1 or rows[0]["metric"] == word:
        say.answer(lists.one_metric(rows[0], catalogue()[rows[0]["metric"]].doc, say.width(), colour=say.colour()))
    else:
        say.answer(lists.metrics(rows, say.width(), colour=say.colour()))


@app.command()
def show(
    ctx: typer.Context,
    metric: option.Metrics = None,
    from_: option.From = None,
    to: option.To = None,
    last: option.Last = None,
    grain: option.Grain = None,
    by: option.By = None,
    where: option.Where = None,
    variant: option.Variant = None,
    compare: option.Compare = None,
    window: option.Window = None,
    format: option.ShowFormat = "table",
) -> None:
    """Show values of metrics over periods and groups.

    Each with its parts, counts and 95 % interval. Without a metric, the core set of the business.
    """
    from tenure.render import results

    columns = tuple(name.strip() for names in by or () for name in names.split(","))
    answers = _workspace(ctx).show(
        *(metric or ()),
        from_=from_,
        to=to,
        last=last,
        grain=grain,
        by=columns,
        where=tuple(where or ()),
        variant=variant,
        compare=compare,
        window=window,
    )
    if format == "json":
        say.answer(results.as_json(answers.to_json()))
    elif format == "csv":
        say.answer(results.as_csv(answers.to_json()))
    else:
        say.answer(results.as_table(answers, say.width(), colour=say.colour()))


@app.command()
def explain(
    ctx: typer.Context,
    metric: option.Metric,
    period: option.Period,
    where: option.Where = None,
    variant: option.Variant = None,
    versus: option.Versus = None,
    format: option.Format = "table",
) -> None:
    """Explain where a number comes from.

    The formula in words and figures, its parts, the customers behind it and the variants side by side; with --versus,
    what makes the difference to another reading, by rule and by customer.
    """
    from tenure.render import explanation, results

    found = _workspace(ctx).explain(metric, period, where=tuple(where or ()), variant=variant, versus=versus).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(explanation.as_table(found, say.width(), colour=say.colour()))


@app.command()
def feedback(
    ctx: typer.Context,
    period: option.MaybePeriod = None,
    where: option.Where = None,
    format: option.Format = "table",
) -> None:
    """Show what customers write about.

    Comments, reviews and posts by theme: share, sentiment, NPS of those who mention it, change since the period
    before, and examples.
    """
    from tenure.render import results, themes

    found = _workspace(ctx).feedback(period, where=tuple(where or ())).to_json()
    if format == "json":
        say.answer(results.as_json(found))
    else:
        say.answer(themes.as_table(found, say.width(), colour=say.colour()))


@app.command()
def check(ctx: typer.Context, format: option.Format = "table") -> None:
    """Check configuration, data and identities.

    Data quality, rejected rows and the identities that must hold. Exits with 1 when there are errors.
    """
    from tenure.render import lists, results

    found = _workspace(ctx).check()
    if format == "json":
        say.answer(results.as_json({"findings": [lists.finding_json(finding) for finding in found]}))
    else:
        say.answer(lists.findings(found, say.width()))
    if any(finding.level == "error" for finding in found):
        raise typer.Exit(1)


cli_customers.add(app)
cli_health.add(app)
cli_drivers.add(app)
cli_survival.add(app)
cli_goals.add(app)
cli_web.add(app)


@cache
def _commands() -> Callable[..., Any]:
    """All commands. They are made from the types of two dozen functions, which takes a while."""
    made: Callable[..., Any] = typer.main.get_command(app)
    return made


def main() -> None:
    """The command `tenure`: runs one command line and ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    gc.set_threshold(50_000, 20, 50)  # what is compiled lives on; looking through it all so often costs a tenth
    try:
        _commands()(prog_name="tenure")
    except TenureError as error:
        sys.exit(say.failed(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        say.quiet_pipe()
        sys.exit(0)
    except Exception as error:  # whatever is left is a fault of ours, which is said as one
        sys.exit(say.crashed(error))


def _workspace(ctx: typer.Context) -> Workspace:
    """The workspace of -C, else of this folder or its nearest parent that is one."""
    from tenure.workspace import Workspace

    return Workspace.find(ctx.obj or Path.cwd())


def _listed(ctx: typer.Context, word: str | None) -> list[dict[str, Any]]:
    """The catalogue, with what this workspace has; outside of any, the catalogue alone."""
    try:
        workspace = _workspace(ctx)
    except ConfigError:
        if ctx.obj:
            raise
        from tenure.listing import listed

        return [{**row, "available": None} for row in listed(word, frozenset())]
    return workspace.metrics(word)


def _inside(ctx: typer.Context, folder: Path) -> Path:
    """A folder named on the command line, seen from -C."""
    return Path(ctx.obj or ".") / folder


def _file(ctx: typer.Context, name: Path) -> Path:
    """A file named on the command line: seen from here, where the shell completes names, else from -C."""
    for path in (name, _inside(ctx, name)):
        if path.is_file():
            return path
    if name.is_dir():
        raise InputError("This is a folder.", where=str(name), todo="Name its files: FOLDER/*.csv.")
    raise InputError("There is no such file.", where=str(name), todo="Check its name and folder.")


def _print_loads(reports: Sequence[LoadReport], notes: Sequence[str]) -> int:
    """What loads did, what is worth knowing of the files, a warning for rows that were rejected; answers how many."""
    from tenure.render import lists

    for note in notes:
        say.remark(note)
    say.answer(lists.loads(reports, say.width(), colour=say.colour()))
    rejected = sum(report.rejected for report in reports)
    if rejected:
        rows = "row was" if rejected == 1 else "rows were"
        say.warn(f"{rejected:,} {rows} rejected. tenure check says which and why; the rest is loaded.")
    return rejected
