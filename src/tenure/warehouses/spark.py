"""Spark as the engine: Parquet files of each version, asked through a session of our own. Part of warehouses.

`spark://host:7077` is a cluster, `spark://local[4]` this machine. A cluster's workers read the files too, so they must
lie where all of them can: `spark://host:7077?files=/shared/folder`. Unless said they lie in the workspace. The newest
version and the one before it are kept; tables that did not change are hard links to the version before.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tenure.errors import ConfigError, StoreError
from tenure.warehouse import Columns, coded
from tenure.warehouses import Engine, missing
from tenure.warehouses._copy import Copy, Shape

# Applied to our own session alone, whoever made the context.
_SETTINGS = {
    # An overflow or a bad cast is an error, never an empty value.
    "spark.sql.ansi.enabled": "true",
    # A product keeps every digit; where 38 do not hold it, that is an error too.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
# Where the context is made here. Plans are deep and data small: few partitions, no page of its own.
_CONTEXT = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_LOCAL = {
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
_TYPES = {"VARCHAR": "STRING", "INTEGER": "INT"}
_SMALL = {"int64": "int64", "date": "date32", "string": "string"}


class Spark:
    """A session that sees one version of the data as temporary views."""

    dialect = "pyspark"

    def __init__(self, session: Any, folder: Path, tables: Sequence[Shape]) -> None:
        self._session = session
        self._made: dict[str, Any] = {}
        for table in tables:
            # Told the columns, Spark need not start a job to find them.
            columns = ", ".join(f"`{name.replace('`', '``')}` {_TYPES.get(kind, kind)}" for name, kind in table.columns)
            file = (folder / f"{table.name}.parquet").absolute()
            session.read.schema(columns).parquet(file.as_uri()).createOrReplaceTempView(table.name)
        weakref.finalize(self, _let_go, self._made)

    def run(self, sql: str) -> Columns:
        with _told():
            frame = self._session.sql(sql)
            rows = frame.collect()
        columns: list[list[object]] = [list(values) for values in zip(*rows, strict=True)]
        return dict(zip(frame.columns, columns or [[] for _ in frame.columns], strict=True))

    def arrays(self, sql: str) -> Columns:
        return self.run(sql)

    def coded(self, sql: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, Sequence[str]]]:
        return coded(self.arrays(sql), names)

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        import pyarrow as pa

        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        table = pa.table(
            {
                n: pa.array(values, getattr(pa, _SMALL[t])())
                for (n, t), values in zip(types.items(), columns, strict=True)
            }
        )
        with _told():
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def make(self, name: str, sql: str) -> None:
        with _told():
            frame = self._session.sql(sql).cache()
            frame.createOrReplaceTempView(name)
        if name in self._made:
            self._made[name].unpersist()
        self._made[name] = frame


def _let_go(made: Mapping[str, Any]) -> None:
    for frame in made.values():
        # The session may be gone before us.
        if frame.sparkSession.sparkContext._jsc is not None:
            frame.unpersist()


def open_url(url: str, data: Copy) -> Spark:
    """Write the version's files where they are not there yet, and open a session on them."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise missing("spark", "spark") from None
    place, _, options = url.removeprefix("spark://").partition("?")
    said = parse_qs(options)
    if set(said) - {"files"}:
        raise ConfigError(
            f"The URL of the warehouse has an unknown option {min(set(said) - {'files'})!r}.",
            where="workspace.warehouse",
            todo="Write spark://host:7077?files=/a/folder/all/workers/see, or spark://local[4].",
        )
    root = Path(said["files"][0]) / data.workspace if "files" in said else data.folder / "spark"
    folder = _exported(data, root)
    master = place if place.startswith("local") else f"spark://{place}"
    builder = SparkSession.builder.master(master).appName("tenure")
    for key, value in (_CONTEXT | (_LOCAL if place.startswith("local") else {})).items():
        builder = builder.config(key, value)
    with _told():
        session = _context(builder).newSession()
        for key, value in _SETTINGS.items():
            session.conf.set(key, value)
        return Spark(session, folder, data.tables)


def _context(builder: Any) -> Any:
    """The session of this process, made where there is none."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise ConfigError("Spark needs Java, which is not here.", where="workspace.warehouse", todo="Install Java 17.")
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise StoreError(
            f"Spark does not start: {_first_line(error)}",
            where="workspace.warehouse",
            todo="It needs Java 17 or newer, and a cluster that answers at that address.",
            permanent=False,
        ) from error


@contextmanager
def _told() -> Iterator[None]:
    """Spark's own errors as ours."""
    try:
        yield
    except Exception as error:  # PySpark is optional, so its errors are known by their module, not imported
        # What the Java side says comes as it is where PySpark has no word for it.
        if type(error).__module__.partition(".")[0] not in ("pyspark", "py4j"):
            raise
        raise StoreError(f"Spark refused: {_first_line(error)}", where="workspace.warehouse") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


# -- files -------------------------------------------------------------------------------------------------------------


def _exported(data: Copy, root: Path) -> Path:
    """The folder of a version's Parquet files; it appears whole, by being renamed."""
    folder = root / f"{data.version}-{data.digest}"
    if folder.is_dir():
        return folder
    making = root / f"making-{uuid.uuid4().hex[:12]}"
    try:
        making.mkdir(parents=True)
        before = _versions(root)
        for table in data.tables:
            _write(data, table, making, before)
        if not folder.exists():
            making.rename(folder)
    except OSError as error:
        raise StoreError(f"The copy for Spark cannot be written: {error.strerror}.", where=str(root)) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    for old in before[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _versions(root: Path) -> list[Path]:
    """The versions that are there, oldest first."""
    found = [path for path in root.iterdir() if re.fullmatch(r"\d+-\w+", path.name)]
    return sorted(found, key=lambda path: int(path.name.partition("-")[0]))


def _write(data: Copy, table: Shape, folder: Path, before: Sequence[Path]) -> None:
    """One table as a file, with its digest beside it."""
    import pyarrow as pa
    from pyarrow import parquet

    file, mark = folder / f"{table.name}.parquet", folder / f"{table.name}.{table.digest}"
    mark.touch()
    for old in reversed(before):
        if (old / mark.name).exists():
            os.link(old / file.name, file)
            return
    reader = data.read(table)
    # An instant is written as one of UTC, which Spark reads as its own kind of timestamp.
    instant = pa.timestamp("us", tz="UTC")
    kinds = [pa.field(f.name, instant if pa.types.is_timestamp(f.type) else f.type) for f in reader.schema]
    schema = pa.schema(kinds)
    with parquet.ParquetWriter(file, schema) as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


spark = Engine("spark", open_url)
