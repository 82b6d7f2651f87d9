"""The warehouse on disk: versions under an atomically switched pointer. Machinery floor; the only place that opens it.

    .tenure/parts/<table>/<id>.parquet   immutable parts, never changed once named by a version
    .tenure/versions/<n>.json            what version n is made of
    .tenure/CURRENT                      holds n, switched by os.replace after everything is on disk
    .tenure/lock                         flock of the one writer

Readers open a `Snapshot` of CURRENT and hold a shared lock on its version file; they never wait and never see half.
A writer builds the next version in a `Writer`; only `commit()` makes it real, and what a killed one left is removed by
the next. `tables` says how a table is put together from its parts, `manifest` what a version says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.store.snapshot import Snapshot, Store, TableInfo
    from tenure.store.writer import Writer

__all__ = ["Snapshot", "Store", "TableInfo", "Writer", "loaded", "loads"]


def loaded(folder: Path) -> frozenset[str]:
    """The tables of a workspace that have rows, without opening the engine: for what must answer at once."""
    from tenure.store.files import Folder

    manifest, pin = Folder(folder.resolve()).open_current()
    if pin is not None:
        pin.close()
    return frozenset(name for name, state in manifest.tables.items() if any(part.live for part in state.parts))


def loads(folder: Path) -> dict[str, Any]:
    """What was loaded when, by source, table and file, without opening the engine."""
    from tenure.store.files import Folder

    manifest, pin = Folder(folder.resolve()).open_current()
    if pin is not None:
        pin.close()
    return manifest.loads


def __getattr__(name: str) -> Any:
    """Import the engine only where it is used: `tenure metrics` answers without it."""
    if name == "Writer":
        from tenure.store import writer

        return writer.Writer
    if name in __all__:
        from tenure.store import snapshot

        return getattr(snapshot, name)
    raise AttributeError(name)
