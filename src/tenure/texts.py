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


_ANY_BITS = {"snowflake": "BITOR_AGG", "trino": "BITWISE_OR_AGG"}
"""What engines call the aggregate that joins bits, where it is not BIT_OR."""


class _Spark(Config):  # type: ignore[misc]  # Ibis ships no types for it
    """The one option of Spark that the compiler reads, for a column of floats."""

    treat_nan_as_null: bool = False


def sql(query: ir.Table, dialect: str) -> str:
    """An expression as an engine's SQL. Selects are left as they were built: fusing them doubles the time it takes."""
    ibis.options.sql.fuse_selects = False
    if dialect == "pyspark" and ibis.options.pyspark is None:
        # The compiler asks for an option that only a connected backend has.
        ibis.options.pyspark = _Spark()
    text = str(ibis.to_sql(query, dialect=dialect))
    return text.replace("ANY_BITS(", f"{_ANY_BITS.get(dialect, 'BIT_OR')}(")


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once for the key; the oldest of many are forgotten."""
    if key not in _kept:
        _kept[key] = make()
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    found = _kept[key]
    return found  # type: ignore[return-value]  # a key is only ever used for one kind of thing
