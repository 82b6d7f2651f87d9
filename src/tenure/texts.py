"""SQL texts that were compiled, kept for the process. Language floor.

Compiling takes Ibis longer than most queries run, and texts depend on the expression and the world's shape alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import ibis
import ibis.expr.types as ir
from ibis.config import Config

T = TypeVar("T")
MOST = 1000
_kept: OrderedDict[Hashable, object] = OrderedDict()


class _OfSpark(Config):  # type: ignore[misc]  # Ibis says nothing of its type
    """What Ibis would set on connecting to Spark."""

    treat_nan_as_null: bool = False


def sql(query: ir.Table, dialect: str) -> str:
    """An expression as an engine's SQL. Selects are left as they were built: fusing them doubles the time it takes."""
    ibis.options.sql.fuse_selects = False
    if dialect == "pyspark" and ibis.options.pyspark is None:
        # Ibis asks this of every float it writes for Spark, though only its own connection to Spark sets it.
        ibis.options.pyspark = _OfSpark()
    return str(ibis.to_sql(query, dialect=dialect))


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once for the key; the oldest of many are forgotten."""
    if key not in _kept:
        _kept[key] = make()
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    found = _kept[key]
    return found  # type: ignore[return-value]  # a key is only ever used for one kind of thing
