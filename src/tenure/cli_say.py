"""How the command line speaks: answers to standard output, everything else to standard error. Edge: holds no rules.

Standard output carries the answer and nothing else, so that it can be piped. Progress is drawn only where standard
error is a terminal; colour only where standard output is one and NO_COLOR is not set.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tenure.errors import TenureError

WIDTH_OF_A_PIPE = 120
NARROWEST = 40

Progress = Callable[..., None]


def answer(text: str) -> None:
    """The answer, to standard output. A reader that has had enough (`| head`) ends the command quietly."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        quiet_pipe()
        raise SystemExit(0) from None


def quiet_pipe() -> None:
    """Keep Python from complaining, while it ends, about a pipe that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def remark(text: str) -> None:
    """Something worth saying that is not the answer, to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def warn(text: str) -> None:
    """A warning: the command goes on."""
    remark(f"Warning: {text}")


def failed(error: TenureError) -> int:
    """Say what is wrong, where, and what to do; answers the exit code."""
    remark(f"Error: {error.where}: {error.what}" if error.where else f"Error: {error.what}")
    if error.todo:
        remark(error.todo)
    return error.exit_code


def crashed(error: Exception) -> int:
    """An error that is ours: one line that asks to report it; the traceback only with TENURE_DEBUG=1."""
    if os.environ.get("TENURE_DEBUG") == "1":
        traceback.print_exception(error)
    kind = type(error).__name__
    remark(f"Error: tenure itself failed: {kind}: {str(error).splitlines()[0] if str(error) else 'no message'}")
    remark("This is a bug. Please report it with what TENURE_DEBUG=1 prints when you run the command again.")
    return 1


def width() -> int:
    """Columns to fill: the terminal's, or COLUMNS, or what suits a log."""
    return max(NARROWEST, shutil.get_terminal_size((WIDTH_OF_A_PIPE, 24)).columns)


def colour() -> bool:
    """Whether emphasis may be shown."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def called() -> str:
    """How to call this command again: by its name where the shell finds it, else as it was called."""
    if shutil.which("tenure"):
        return "tenure"
    return sys.argv[0] if sys.argv[0].endswith("tenure") else "python -m tenure"


def where_next(folder: Path, tries: Sequence[str]) -> str:
    """Commands worth trying after the demo."""
    here = f"  {called()} -C {folder} "
    site = ("user add YOU@COMPANY.EXAMPLE --role admin", "serve")
    lines = ("", "Where to go next:", *(here + one for one in tries), "In a browser:", *(here + one for one in site))
    return "\n".join(lines)


@contextmanager
def progress(title: str) -> Iterator[Progress | None]:
    """A bar for long work, as a callback `(what, done, total)`; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def on_progress(what: str = title, done: int | None = None, total: int | None = None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield on_progress
