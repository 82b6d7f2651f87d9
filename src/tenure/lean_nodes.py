"""The nodes that lean tables are made of, made without checks; and columns found again on the sides of a join.

Language floor. What is here trusts its caller: that names are of the relation, and values of its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.annotations import attribute
from ibis.common.collections import FrozenOrderedDict
from ibis.common.grounds import Concrete
from ibis.expr.schema import Schema

UNPLAIN = (ops.Reduction, ops.Analytic, ops.ExistsSubquery)
"""Values that Ibis rewrites where they stand outside an aggregate or a window."""


def new(kind: type[Any], **arguments: Any) -> Any:
    """A node of arguments that need no check."""
    return type.__call__(kind, **arguments)


@lru_cache(maxsize=1000)
def fields_of(rel: ops.Relation) -> FrozenOrderedDict:
    """The columns of a relation by name. Ibis makes them anew whenever it looks."""
    return FrozenOrderedDict({name: new(ops.Field, rel=rel, name=name) for name in rel.schema})


def schema_of(values: Mapping[str, ops.Value], *, nullable: bool = False) -> Schema:
    """The types of values. After a join any may be empty."""
    kinds = {name: value.dtype for name, value in values.items()}
    if nullable:
        kinds = {name: kind if kind.nullable else kind.copy(nullable=True) for name, kind in kinds.items()}
    found: Schema = new(Schema, fields=FrozenOrderedDict(kinds))
    return found


# Ibis' compiler goes by the names of these classes, so they are its own. It ships no types: hence each ignore below.


class Project(ops.Project):  # type: ignore[misc]
    """A projection of columns that are known to be its parent's."""

    def __init__(self, **arguments: Any) -> None:
        Concrete.__init__(self, **arguments)

    schema = attribute(lambda self: schema_of(self.values))
    fields = property(fields_of)


class Filter(ops.Filter):  # type: ignore[misc]
    """A filter by conditions on its parent's columns."""

    def __init__(self, **arguments: Any) -> None:
        Concrete.__init__(self, **arguments)

    values = attribute(lambda self: fields_of(self.parent))
    fields = property(fields_of)


class Aggregate(ops.Aggregate):  # type: ignore[misc]
    """An aggregate of its parent's columns."""

    def __init__(self, **arguments: Any) -> None:
        Concrete.__init__(self, **arguments)

    schema = attribute(lambda self: schema_of(self.values))
    fields = property(fields_of)


class JoinReference(ops.JoinReference):  # type: ignore[misc]
    """One side of a join."""

    values = attribute(lambda self: fields_of(self.parent))
    fields = property(fields_of)


class JoinChain(ops.JoinChain):  # type: ignore[misc]
    """Joins, with columns of their sides."""

    def __init__(self, **arguments: Any) -> None:
        Concrete.__init__(self, **arguments)

    schema = attribute(lambda self: schema_of(self.values, nullable=True))
    fields = property(fields_of)


def unnamed(node: ops.Value) -> ops.Value:
    """The value without a name of its own."""
    while isinstance(node, ops.Alias):
        node = node.arg
    return node


def plain(node: Any) -> bool:
    """Whether Ibis would leave a value as it is."""
    if isinstance(node, ops.Field | ops.Literal | ops.WindowFunction):
        return True
    if isinstance(node, ops.Value):
        return not isinstance(node, UNPLAIN) and all(map(plain, node.__args__))
    return all(map(plain, node)) if isinstance(node, tuple) else True


def conjuncts(node: ops.Value) -> list[ops.Value]:
    """The conditions that must all hold."""
    node = unnamed(node)
    return [*conjuncts(node.left), *conjuncts(node.right)] if isinstance(node, ops.And) else [node]


Over = Callable[[ops.Field], ops.Value | None]


def finder(sides: Sequence[ops.JoinReference], chain: ops.Relation, values: Mapping[str, ops.Value]) -> Over:
    """Finds a column of a join, or of a table that is one of its sides, among the sides' own. None: not clear which."""

    def found(field: ops.Field) -> ops.Value | None:
        rel = field.rel
        if rel == chain:
            return values.get(field.name)
        known = [side for side in sides if rel in (side, side.parent)]
        return new(ops.Field, rel=known[0], name=field.name) if len(known) == 1 else None

    return found


def moved_to(over: Over, node: Any) -> Any:
    """A value over other columns; None where one is not found."""
    if isinstance(node, ops.Field):
        return over(node)
    if isinstance(node, ops.Literal):
        return node
    if isinstance(node, ops.Value):
        arguments = {}
        for name, value in zip(node.__argnames__, node.__args__, strict=True):
            arguments[name] = moved = moved_to(over, value)
            if moved is None and value is not None:
                return None
        return node.__recreate__(arguments)
    if isinstance(node, tuple):
        parts = tuple(moved_to(over, part) for part in node)
        return None if any(part is None for part in parts) else parts
    return None if isinstance(node, ops.Node) else node


def joined(left: ops.Relation, right: ops.Relation, predicates: Any, how: str, *, goes_on: bool) -> JoinChain | None:
    """A join; None where Ibis must find out what is meant. `goes_on`: one side more of `left`, where that is a join."""
    conditions = list(predicates) if isinstance(predicates, list | tuple) else [predicates]
    if how not in ("inner", "left", "semi") or isinstance(right, ops.Reference) or not conditions:
        return None
    if not all(isinstance(one, ir.Value) and plain(unnamed(one.op())) for one in conditions):
        return None
    if isinstance(left, ops.JoinChain) and goes_on:
        first, rest, values = left.first, left.rest, left.values
    else:
        first, rest = new(JoinReference, parent=left, identifier=0), ()
        values = fields_of(first)
    other = new(JoinReference, parent=right, identifier=len(rest) + 1)
    over = finder([first, *(link.table for link in rest), other], left if rest else other, values)
    kept = [moved_to(over, part) for one in conditions for part in conjuncts(one.op())]
    if any(part is None for part in kept) or (rest and right == left):
        return None
    if how != "semi":
        if not values.keys().isdisjoint(right.schema):
            return None
        values = FrozenOrderedDict({**values, **fields_of(other)})
    link = new(ops.JoinLink, how=how, table=other, predicates=tuple(kept))
    return new(JoinChain, first=first, rest=(*rest, link), values=values)  # type: ignore[no-any-return]  # as above
