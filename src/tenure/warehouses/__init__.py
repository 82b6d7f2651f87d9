"""The engines a workspace may name instead of the embedded one; a scheme of URLs each. Machinery floor.

Loading, checking and refreshing stay in the workspace. An engine gets a copy of what metrics read (the model's tables
and the stored rollups, version by version), and answers the same expressions, compiled to its own SQL. It is told by
the scheme of `warehouse` in tenure.toml; one file each, found by being there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure import catalog
from tenure.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.store import Snapshot
    from tenure.warehouse import Warehouse
    from tenure.warehouses._copy import Copy

PACKAGE = "tenure.warehouses"


@dataclass(frozen=True)
class Engine:
    """An engine that can be named. `name` is the scheme of its URLs; `open` copies a version there and connects."""

    name: str
    open: Callable[[str, Copy], Warehouse]


def connect(url: str, snapshot: Snapshot, folder: Path) -> Warehouse:
    """The engine that a URL names, holding this version of the workspace in `folder`."""
    from tenure.warehouses._copy import of_snapshot

    scheme = url.partition("://")[0]
    known = catalog.members(PACKAGE, Engine)
    if scheme not in known:
        raise ConfigError(
            f"tenure compiles for {scheme}, but cannot run there by itself.",
            where="workspace.warehouse",
            todo=f"Use one of: {', '.join(['duckdb', *known])}.",
        )
    return known[scheme].open(url, of_snapshot(snapshot, folder))


def missing(scheme: str, extra: str) -> ConfigError:
    """What to say where an engine's driver is not installed."""
    return ConfigError(
        f"The driver for {scheme} is not installed.",
        where="workspace.warehouse",
        todo=f"Run: pip install 'tenure[{extra}]'",
    )
