"""The worked numbers of the definitions, each from a few lines of CSV, asked through the command line.

`Company` is a workspace folder made by a test: CSV text in, figures out, nothing in between but the command.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tenure.cli import main

Row = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """What a command left behind: its exit code and its two streams."""

    code: int
    out: str
    err: str


def run(folder: Path, *argv: str) -> Ran:
    """`tenure -C folder argv...`, in this process (argv and the streams are swapped, nothing else is)."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code, kept = 0, sys.argv
    sys.argv = ["tenure", "-C", str(folder), *argv]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    finally:
        sys.argv = kept
    return Ran(code, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def ask(folder: Path, *argv: str) -> dict[str, Any]:
    """The JSON object that `tenure show argv... --format json` prints, and nothing else on that stream."""
    ran = run(folder, "show", *argv, "--format", "json")
    assert ran.code == 0, f"tenure show {' '.join(argv)} left with {ran.code}:\n{ran.err}{ran.out}"
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


class Company:
    """A workspace: `Company(folder, toml, subscriptions="id,...", customers="...")` writes, syncs and can be asked."""

    def __init__(self, folder: Path, toml: str = "", **tables: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        lines = [] if "[workspace]" in toml else ["[workspace]", "as_of = 2025-01-01"]
        lines += [textwrap.dedent(toml), "[sources.books]", 'type = "files"']
        for table, text in tables.items():
            (folder / f"{table}.csv").write_text(clean(text), encoding="utf-8")
            lines += [f"[sources.books.tables.{table}]", f'path = "{table}.csv"']
        (folder / "tenure.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        ran = run(folder, "sync", "--strict")
        assert ran.code == 0, f"tenure sync left with {ran.code}:\n{ran.err}{ran.out}"

    def rows(self, metric: str, *options: str) -> list[Row]:
        """Every row of one metric."""
        (answer,) = ask(self.folder, metric, *options)["metrics"]
        assert answer["metric"] == metric
        rows: list[Row] = answer["rows"]
        return rows

    def row(self, metric: str, period: str, *options: str) -> Row:
        """The one row of a period."""
        (row,) = self.rows(metric, "--from", period, "--to", period, *options)
        return row

    def value(self, metric: str, period: str, *options: str) -> Any:
        """The value of a period."""
        return self.row(metric, period, *options)["value"]

    def over(self, metric: str, first: str, last: str, *options: str) -> list[Any]:
        """The values of the periods from `first` to `last`."""
        return [row["value"] for row in self.rows(metric, "--from", first, "--to", last, *options)]

    def many(self, metrics: Iterable[str], period: str, *options: str) -> dict[str, Any]:
        """The values of several metrics in one period, asked at once."""
        return {metric: values[0] for metric, values in self.many_over(metrics, period, period, *options).items()}

    def many_over(self, metrics: Iterable[str], first: str, last: str, *options: str) -> dict[str, list[Any]]:
        """The values of several metrics from `first` to `last`, asked at once."""
        answers = ask(self.folder, *metrics, "--from", first, "--to", last, *options)["metrics"]
        return {answer["metric"]: [row["value"] for row in answer["rows"]] for answer in answers}

    def by(self, column: str, metric: str, period: str, *options: str) -> dict[Any, Any]:
        """The values of a period, one for each value of `column`."""
        rows = self.rows(metric, "--from", period, "--to", period, "--by", column, *options)
        return {row["by"][column]: row["value"] for row in rows}

    def ages(self, metric: str, cohort: str, *options: str) -> list[Any]:
        """The values of a cohort at age 0, 1, 2, ..."""
        rows = self.rows(metric, "--from", cohort, "--to", cohort, *options)
        assert [row["by"]["age"] for row in rows] == list(range(len(rows)))
        return [row["value"] for row in rows]


def near(number: Any) -> Any:
    """Equal to the last digits a float carries; for ratios, whose printed form cannot be exact."""
    return pytest.approx(float(number), rel=1e-12, abs=1e-12)


def clean(text: str) -> str:
    """CSV as written in a test, without its indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"


def table(header: str, rows: Iterable[Iterable[object]]) -> str:
    """CSV text of many rows."""
    return "\n".join([header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)])


def monthly(text: str = "", rows: Iterable[str] = ()) -> str:
    """Subscriptions in USD a month, one line each: customer, amount, first day and, where it ended, the day it did."""
    lines = [*text.strip().splitlines(), *rows]
    cells = [([*line.split(), ""])[:4] for line in lines if line.strip()]
    header = "subscription_id,customer_id,amount,started_at,ended_at,currency,interval"
    return table(header, ((f"sub-{who}", who, amount, start, end, "USD", "month") for who, amount, start, end in cells))
