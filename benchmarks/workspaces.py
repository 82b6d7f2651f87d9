"""The company of generate as workspaces, and copies of them that cost nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.generate import TODAY, Company
from tenure import sync
from tenure.store import Store
from tenure.workspace import Workspace

BILLING = ("customers", "subscriptions", "contracts")
SHOP = ("customers", "orders")


def empty(folder: Path, as_of: date = TODAY) -> Workspace:
    """A new workspace without data."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return settings(folder, as_of)


def settings(folder: Path, as_of: date) -> Workspace:
    """The workspace of a folder, as of a day."""
    (folder / "tenure.toml").unlink(missing_ok=True)
    (folder / "tenure.toml").write_text(f'[workspace]\nname = "bench"\nas_of = {as_of}\n', encoding="utf-8")
    return Workspace(folder)


def load(workspace: Workspace, files: Sequence[tuple[Path, str]]) -> None:
    """Load files into the workspace's store, without a refresh."""
    with Store(workspace.folder).write() as tx:
        for file, table in files:
            sync.load_files(workspace.config, tx, [file], table)
        tx.commit()


def loaded(company: Company, tables: Sequence[str]) -> Workspace:
    """These tables loaded and nothing refreshed; kept between runs."""
    folder = company.folder / f"loaded-{'-'.join(tables)}"
    if not (folder / "done").exists():
        load(empty(folder), [(company.file(table), table) for table in tables])
        (folder / "done").touch()
    return Workspace(folder)


def ready(company: Company, tables: Sequence[str]) -> Workspace:
    """These tables loaded and refreshed, made anew: what is measured is what the code does today."""
    workspace = copy(loaded(company, tables).folder, company.folder / f"ready-{'-'.join(tables)}")
    workspace.refresh()
    return workspace


def copy(folder: Path, to: Path, as_of: date = TODAY) -> Workspace:
    """A copy that shares the files, which nobody ever changes."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to, copy_function=os.link)
    return settings(to, as_of)
