"""What follows from everyone's rows without another query: conditions on their sums, quantiles. Part of each.

Whether a customer ordered, or ordered twice, follows from how often it did: no query of its own is needed.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from tenure.expr import Across, Const, Expr, Flow, Op
from tenure.stats.rationals import Array, Rationals, product

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
    "least": np.minimum,
    "greatest": np.maximum,
}


def fits(x: Expr) -> bool:
    """Whether all that the expression is made of can be said here."""
    if isinstance(x, Flow) or (isinstance(x, Const) and isinstance(x.value, int)):
        return True
    return isinstance(x, Op) and (x.name in _OPERATORS or x.name in ("not", "where")) and all(map(fits, x.args))


def inner(x: Expr, sums: Mapping[Flow, Array]) -> Array:
    """The expression over the sums of everyone's rows."""
    if isinstance(x, Flow):
        return sums[x]
    if isinstance(x, Const):
        size = len(next(iter(sums.values())))
        return np.full(size, x.value)
    assert isinstance(x, Op)
    args = [inner(arg, sums) for arg in x.args]
    if x.name == "not":
        return ~args[0]
    if x.name == "where":
        return np.where(args[1], args[0], 0)
    return functools.reduce(_OPERATORS[x.name], args)


def quantile(
    q: Fraction, custs: Array, values: Array, below: Array, has: Array, size_: int
) -> tuple[Rationals, Rationals]:
    """Each one's quantile, between the two values next to the rank (n - 1) q in proportion; and how many there are."""
    order = np.lexsort((values, custs))
    custs, values, upto = custs[order], values[order], (below + has)[order]
    people, begins = np.unique(custs, return_index=True)
    ends = np.append(begins[1:], len(custs))
    n = upto[ends - 1] if len(people) else np.zeros(0, dtype=np.int64)
    room = int(upto.max()) + 2 if len(upto) else 1
    place = np.repeat(np.arange(len(people)), ends - begins) * room + upto
    rank = (n - 1) * q.numerator
    low, part = rank // q.denominator, rank % q.denominator
    own = np.arange(len(people)) * room
    lower = values[np.searchsorted(place, own + low, side="right")]
    upper = values[np.searchsorted(place, own + low + (part > 0), side="right")]
    num, count = np.zeros(size_, dtype=np.int64), np.zeros(size_, dtype=np.int64)
    found = product(lower, q.denominator) + product(upper - lower, part)
    num = num.astype(found.dtype)
    num[people], count[people] = found, n
    return Rationals(num, q.denominator, count > 0), Rationals(count)


def leaves_in(key: tuple[object, ...]) -> list[Across]:
    """The leaves in what a text depends on."""
    flat = [one for part in key for one in (part if isinstance(part, tuple) else (part,))]
    return [one for one in flat if isinstance(one, Across)]


def as_whole(values: Any) -> Array:
    """Whole numbers as an array; what is nothing is 0."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.filled(0)
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.astype(np.int64, copy=False)
    return np.array([0 if value is None else int(value) for value in values], dtype=np.int64)
