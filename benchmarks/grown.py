"""The example company at many times its size: as many companies of `tenure demo`, each of its own dice, under one roof.

What is the whole company's (staff, agents, rates, features, schedules, stock) is the first one's. Every id carries the
number of the company that it comes from, so nothing is a copy of anything. Files are kept between runs; what is loaded
from them too, and it is refreshed anew by each run.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.generate import default_folder
from tenure import demo
from tenure.demo.folder import write_config, write_tables
from tenure.store import Store
from tenure.workspace import Workspace

FORMAT = 1
SEED, BATCHES = 2024, 12
WHOLE = frozenset({"staff", "agents", "fx_rates", "features", "schedules", "holidays", "stock"})
LATER = ("customers", "contacts", "subscriptions", "contracts", "invoices", "payments", "tickets", "survey_responses")
"""The tables of what comes later: a company more, but for its use."""
REFERENCES = frozenset({"visitor", "renews", "refund_of", "merged_into"})
"""Columns that hold an id though their name does not end in `_id`."""


def grown(times: int) -> tuple[Workspace, list[list[Path]]]:
    """A workspace of so many companies, refreshed by the code of today; and files to load later, a batch each."""
    made = default_folder() / f"site-{times}"
    stamp = made / f"format-{FORMAT}"
    if not stamp.exists():
        shutil.rmtree(made, ignore_errors=True)
        _files(made, times)
        _load(made / "loaded")
        stamp.touch()
    ready = made / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    shutil.copytree(made / "loaded", ready, copy_function=os.link, ignore=shutil.ignore_patterns("data"))
    workspace = Workspace(ready)
    workspace.refresh()
    return workspace, [[made / "later" / f"{k}" / "data" / f"{name}.csv" for name in LATER] for k in range(BATCHES)]


def _files(made: Path, times: int) -> None:
    whole = made / "loaded"
    (whole / "data").mkdir(parents=True)
    write_config(whole, "saas")
    folders = [made / "later" / f"{k}" for k in range(times + BATCHES)]
    with ProcessPoolExecutor(2) as pool:
        ready = pool.map(_company, range(times + BATCHES), [*folders[BATCHES:], *folders[:BATCHES]])
        for k, _ in zip(range(times), ready, strict=False):
            _moved(folders[BATCHES + k] / "data", whole / "data", first=k == 0)
        list(ready)


def _company(k: int, folder: Path) -> None:
    """One company's files; of all but the first with its number in every id."""
    tables = demo.make(seed=SEED + k)
    if k:
        tables = {name: rows for name, rows in tables.items() if name not in WHOLE}
        for rows in tables.values():
            names = [name for name in rows[0] if name.endswith("_id") or name in REFERENCES]
            for row in rows:
                row |= {name: f"{row[name]}.{k}" for name in names if row[name] is not None}
    (folder / "data").mkdir(parents=True)
    write_tables(folder, tables)


def _moved(part: Path, whole: Path, *, first: bool) -> None:
    """Rows of one company to the end of everybody's files."""
    for file in part.iterdir():
        with file.open("rb") as rows, (whole / file.name).open("ab") as target:
            if not first:
                rows.readline()
            shutil.copyfileobj(rows, target)
    shutil.rmtree(part.parent)


def _load(folder: Path) -> None:
    """Every source loaded, nothing refreshed: that is what a run measures beside."""
    from tenure import sync

    workspace = Workspace(folder)
    with Store(folder).write() as tx:
        sync.pull(workspace.config, tx, (), False, None, None)
        tx.commit()
