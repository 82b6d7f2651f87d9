"""The warehouse on disk: versions under an atomically switched pointer. Machinery floor; the only place that opens it.

    .tenure/parts/<table>/<id>.parquet   immutable parts, never changed once named by a version
    .tenure/versions/<n>.json            what version n is made of
    .tenure/CURRENT                      holds n, switched by os.replace after everything is on disk
    .tenure/lock                         flock of the one writer

Readers open a `Snapshot` of CURRENT and hold a shared lock on its version file; they never wait and never see half.
A writer builds the next version in a `Writer`; only `commit()` makes it real, and what a killed one left is removed by
the next. `tables` says how a table is put together from its parts, `manifest` what a version says.
"""

from tenure.store.snapshot import Snapshot, Store, TableInfo
from tenure.store.writer import Writer

__all__ = ["Snapshot", "Store", "TableInfo", "Writer"]
