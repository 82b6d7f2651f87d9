"""What a condition or sum over a customer's rows says of everyone, from the sums of those rows. Part of each.

Whether a customer ordered, or ordered twice, follows from how often it did: no query of its own is needed.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tenure.expr import Const, Expr, Flow, Op
from tenure.stats.rationals import Array

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
