"""SQL texts that were compiled, kept for the process and, on a shelf, for later ones. Language floor.

Compiling takes Ibis longer than most queries run, and texts depend on the expression and the world's shape alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TypeVar

import ibis
import ibis.expr.types as ir
from ibis.config import Config

T = TypeVar("T")
MOST, SHELF = 1000, 4000
"""How many are kept in the process, and on the shelf of a workspace."""
SHARED = "TENURE_TEXTS"
"""The environment's name for a folder that is the shelf of all workspaces, and grows as it likes: many small ones of
the same shape, as our own tests make them, need not compile the same texts each."""
QUICK = ("databricks", "duckdb", "postgres", "pyspark", "snowflake", "trino")
"""Dialects that are translated in one pass; others, whose compilers do more than translate, by Ibis alone."""

_kept: OrderedDict[Hashable, object] = OrderedDict()
_shelvings = count()


_ANY_BITS = {"snowflake": "BITOR_AGG", "trino": "BITWISE_OR_AGG"}
"""What engines call the aggregate that joins bits, where it is not BIT_OR."""


class _Spark(Config):  # type: ignore[misc]  # Ibis ships no types for it
    """The one option of Spark that the compiler reads, for a column of floats."""

    treat_nan_as_null: bool = False


def sql(query: ir.Table, dialect: str) -> str:
    """An expression as an engine's SQL, for no eyes but the engine's: on one line, which is half as long.

    Selects are left as they were built: fusing them doubles the time it takes.
    """
    from ibis.backends.sql import compilers  # all of them, which takes a while, and most texts are kept already

    from tenure.texts_quick import translated

    ibis.options.sql.fuse_selects = False
    if dialect == "pyspark" and ibis.options.pyspark is None:
        # The compiler asks for an option that only a connected backend has.
        ibis.options.pyspark = _Spark()
    compiler = getattr(compilers, dialect).compiler
    said = translated(compiler, query.op()) if dialect in QUICK else None
    tree = compiler.to_sqlglot(query) if said is None else said
    # Parts of the tree are shared. A generator that reworks it, to say SEMI JOIN otherwise, would rework only one.
    text = str(tree.sql(dialect=compiler.dialect, copy=dialect != "duckdb"))
    return text.replace("ANY_BITS(", f"{_ANY_BITS.get(dialect, 'BIT_OR')}(")


def kept(key: Hashable, make: Callable[[], T], shelf: Path | None = None) -> T:
    """What `make` gives, made once for the key; the oldest of many are forgotten.

    `shelf`: a folder where it is kept for other processes too; what is made must then be what JSON can hold.
    """
    if key not in _kept:
        shelf = Path(os.environ[SHARED]) if SHARED in os.environ else shelf
        _kept[key] = make() if shelf is None else _shelved(key, make, shelf)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    found = _kept[key]
    return found  # type: ignore[return-value]  # a key is only ever used for one kind of thing


def _shelved(key: Hashable, make: Callable[[], T], shelf: Path) -> T:
    """From the shelf, else made and put there. A shelf that cannot be read or written is none."""
    said = repr(key)
    if " at 0x" in said:  # something that has no name of its own: it would never be found again
        return make()
    path = shelf / f"{hashlib.sha256(f'{_edition()}{said}'.encode()).hexdigest()}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # as it was put there
    except (OSError, ValueError):
        found = make()
    with contextlib.suppress(OSError):
        shelf.mkdir(exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(found), encoding="utf-8")
        os.replace(part, path)
        _tidy(shelf)
    return found


def _tidy(shelf: Path) -> None:
    """Take the oldest off a shelf that is full; looked at now and then."""
    if SHARED in os.environ or next(_shelvings) % 50:
        return
    there = sorted(shelf.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in there[:-SHELF]:
        path.unlink(missing_ok=True)


@cache
def _edition() -> str:
    """Of the code that makes texts: another one makes its own."""
    here = Path(__file__).parent
    files = sorted((str(p.relative_to(here)), p.stat().st_size, p.stat().st_mtime_ns) for p in here.rglob("*.py"))
    return f"{version('ibis-framework')} {version('sqlglot')} {files}"
