"""What others take for users of a month and of 28 days: pandas, polars, and MetricFlow where it is installed.

pandas and polars do it the best way we know, from the Parquet file of events; the answers must be ours. MetricFlow
(`mf` of an environment of its own, told by MF=/path/to/bin) is asked through its command line, as its users do.
"""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.hand_sql import Ask

Figures = dict[date, float]


def pandas_mau(file: Path, a: Ask) -> Figures:
    """Different contacts of each month."""
    days = _pandas_days(file, a.start, a.stop)
    found = days["contact_id"].groupby(days["at"].dt.to_period("M")).nunique()
    return {period.start_time.date(): float(n) for period, n in found.items()}


def pandas_rolling(file: Path, a: Ask, back: int = 28) -> Figures:
    """Different contacts of the 28 days up to each day: who comes new into the window less who falls out of it."""
    import pandas as pd

    days = _pandas_days(file, a.start - timedelta(days=back), a.stop)
    days["at"] = days["at"].dt.floor("D")
    days = days.drop_duplicates().sort_values(["contact_id", "at"])
    following = days.groupby("contact_id")["at"].shift(-1)
    out = days["at"] + pd.Timedelta(days=back)
    out = out.where(following.isna() | (following > out), following)
    change = days["at"].value_counts().sub(out.value_counts(), fill_value=0)
    every = pd.date_range(a.start - timedelta(days=back), a.stop - timedelta(days=1))
    levels = change.reindex(every, fill_value=0).cumsum()
    return {at.date(): float(n) for at, n in levels.items() if at.date() >= a.start}


def _pandas_days(file: Path, start: date, stop: date) -> Any:
    import pandas as pd

    rows = pd.read_parquet(file, columns=["contact_id", "at"])
    return rows[(rows["at"] >= pd.Timestamp(start)) & (rows["at"] < pd.Timestamp(stop))].copy()


def polars_mau(file: Path, a: Ask) -> Figures:
    """Different contacts of each month."""
    import polars as pl

    rows = pl.scan_parquet(file).filter((pl.col("at") >= a.start) & (pl.col("at") < a.stop))
    month = pl.col("at").dt.truncate("1mo").dt.date().alias("m")
    found = rows.group_by(month).agg(pl.col("contact_id").n_unique()).collect(engine="streaming")
    return {m: float(n) for m, n in found.iter_rows()}


def polars_rolling(file: Path, a: Ask, back: int = 28) -> Figures:
    """Different contacts of the 28 days up to each day, as above."""
    import polars as pl

    first = a.start - timedelta(days=back)
    rows = pl.scan_parquet(file).filter((pl.col("at") >= first) & (pl.col("at") < a.stop))
    days = rows.select("contact_id", day=pl.col("at").dt.date()).unique().sort("contact_id", "day")
    out = pl.min_horizontal(pl.col("day") + timedelta(days=back), pl.col("day").shift(-1).over("contact_id"))
    moved = days.with_columns(out=out).collect(engine="streaming")
    change: dict[date, int] = dict(moved.group_by("day").len().iter_rows())
    for day, n in moved.group_by("out").len().iter_rows():
        change[day] = change.get(day, 0) - n
    found, level = {}, 0
    for k in range((a.stop - first).days):
        level += change.get(first + timedelta(days=k), 0)
        if first + timedelta(days=k) >= a.start:
            found[first + timedelta(days=k)] = float(level)
    return found


PEERS: dict[str, dict[str, Callable[[Path, Ask], Figures]]] = {
    "pandas": {"mau": pandas_mau, "rolling": pandas_rolling},
    "polars": {"mau": polars_mau, "rolling": polars_rolling},
}


def told(name: str) -> str:
    """A peer with its version."""
    return f"{name} {version(name)}"


class MetricFlow:
    """A dbt project over the events in a DuckDB file, and its command line."""

    def __init__(self, folder: Path, file: Path, bin_folder: Path) -> None:
        self.folder, self.bin = folder, bin_folder
        (folder / "models").mkdir(parents=True, exist_ok=True)
        for name, text in _PROJECT.items():
            (folder / name).write_text(text.replace("FOLDER", str(folder)).replace("EVENTS", str(file)))
        self._run("dbt", "build", "--quiet")

    @staticmethod
    def there() -> Path | None:
        """Where it is installed, if it is."""
        found = Path(os.environ.get("MF", "/nowhere"))
        return found if (found / "mf").exists() else None

    @property
    def version(self) -> str:
        code = "from importlib.metadata import version; print(version('metricflow'), version('duckdb'))"
        said = subprocess.run([self.bin / "python", "-c", code], check=True, capture_output=True, text=True).stdout
        return "MetricFlow {} (DuckDB {})".format(*said.split())

    def ask(self, metric: str, grain: str, a: Ask) -> Figures:
        """One query."""
        out = self.folder / "out.csv"
        last = a.stop - timedelta(days=1)
        words = ["query", "--metrics", metric, "--group-by", f"metric_time__{grain}", "--csv", str(out)]
        self._run("mf", *words, "--start-time", str(a.start), "--end-time", str(last))
        with out.open(newline="") as rows:
            return {date.fromisoformat(row[0][:10]): float(row[1]) for row in list(csv.reader(rows))[1:]}

    def _run(self, program: str, *words: str) -> None:
        env = {**os.environ, "DBT_PROFILES_DIR": str(self.folder), "DO_NOT_TRACK": "1", "PYTHONPATH": ""}
        done = subprocess.run([self.bin / program, *words], cwd=self.folder, env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program} {words[0]}: {done.stdout[-800:]}{done.stderr[-800:]}")


_PROJECT = {
    "dbt_project.yml": "name: bench\nversion: '1.0'\nprofile: bench\nmodel-paths: [models]\n"
    "models:\n  bench:\n    +materialized: table\n",
    "profiles.yml": "bench:\n  target: here\n  outputs:\n    here: {type: duckdb, path: FOLDER/bench.duckdb}\n",
    "models/events.sql": "select event_id, contact_id, cast(\"at\" as date) as used_on from read_parquet('EVENTS')\n",
    "models/spine.sql": "select cast(range as date) as date_day from range(date '2022-01-01', date '2026-01-01', "
    "interval 1 day)\n",
    "models/bench.yml": """
models:
  - name: spine
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
semantic_models:
  - name: events
    model: ref('events')
    defaults: {agg_time_dimension: used_on}
    entities: [{name: event, type: primary, expr: event_id}]
    dimensions: [{name: used_on, type: time, type_params: {time_granularity: day}}]
    measures: [{name: users, agg: count_distinct, expr: contact_id}]
metrics:
  - {name: mau, label: mau, type: simple, type_params: {measure: users}}
  - name: mau_28
    label: mau_28
    type: cumulative
    type_params: {measure: users, cumulative_type_params: {window: 28 days}}
""",
}
