"""Ibis tables that are put together without looking back. Language floor.

Ibis lets an expression name columns of any table it was once made from, and checks every node by patterns: it looks
through all columns of all tables beneath for each step. Here what names columns of the table at hand, which nearly all
our expressions do, is taken as it is; anything else is left to Ibis. What comes out are Ibis' own operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.collections import FrozenOrderedDict
from ibis.common.deferred import Deferred
from ibis.expr.types.groupby import GroupedTable
from ibis.expr.types.joins import Join

from tenure.lean_nodes import (
    Aggregate,
    Filter,
    JoinChain,
    Project,
    conjuncts,
    fields_of,
    finder,
    joined,
    moved_to,
    new,
    plain,
    unnamed,
)

Values = dict[str, ops.Value]


def table(columns: Mapping[str, Any], name: str) -> Lean:
    """A table of an engine."""
    return Lean(_table(tuple(columns.items()), name))


@lru_cache(maxsize=1000)
def _table(columns: tuple[tuple[str, Any], ...], name: str) -> ops.Relation:
    return ibis.table(dict(columns), name=name).op()


class Lean(ir.Table):  # type: ignore[misc]  # Ibis ships no types
    """A table whose steps are quick to write down."""

    __slots__ = ()

    goes_on = True
    """Whether, where this is a join, what is joined next is one more side of it."""

    def __getattr__(self, key: str) -> ir.Column:
        rel = self.op()
        return new(ops.Field, rel=rel, name=key).to_expr() if key in rel.schema else super().__getattr__(key)

    def __getitem__(self, what: Any) -> Any:
        rel = self.op()
        if isinstance(what, str) and what in rel.schema:
            return new(ops.Field, rel=rel, name=what).to_expr()
        return super().__getitem__(what)

    def select(self, *exprs: Any, **named: Any) -> Lean:
        """As Ibis has it."""
        values = self._taken(exprs, named)
        if not values or not all(map(plain, values.values())):
            return Lean(super().select(*exprs, **named).op())
        return self._projected(values)

    def mutate(self, *exprs: Any, **named: Any) -> Lean:
        """As Ibis has it."""
        values = self._taken(exprs, named)
        if values is None or not all(map(plain, values.values())):
            return Lean(super().mutate(*exprs, **named).op())
        return self._projected({**fields_of(self.op()), **values})

    def rename(self, *method: Any, **names: str) -> Lean:
        """As Ibis has it."""
        if method:
            return Lean(super().rename(*method, **names).op())
        called = {old: name for name, old in names.items()}
        return self._projected({called.get(name, name): field for name, field in fields_of(self.op()).items()})

    def drop(self, *names: Any) -> Lean:
        """As Ibis has it."""
        if not all(isinstance(name, str) for name in names):
            return Lean(super().drop(*names).op())
        known = fields_of(self.op())
        for name in names:
            known[name]
        return self._projected({name: field for name, field in known.items() if name not in names})

    def filter(self, *predicates: Any) -> Lean:
        """As Ibis has it."""
        values = self._bound(predicates)
        if not values or not all(map(plain, values)):
            return Lean(super().filter(*predicates).op())
        kept = dict.fromkeys(part for value in values for part in conjuncts(value))
        return Lean(new(Filter, parent=self.op(), predicates=tuple(kept)))

    def join(self, right: ir.Table, predicates: Any = (), *, how: Any = "inner", **names: str) -> ir.Table:
        """As Ibis has it."""
        chain = joined(self.op(), right.op(), predicates, how, goes_on=self.goes_on) if not names else None
        return super().join(right, predicates, how=how, **names) if chain is None else Joined(chain)

    def cross_join(self, right: ir.Table) -> ir.Table:
        """As Ibis has it."""
        found = super().cross_join(right)
        return found if found._collisions else Joined(found.op())

    def semi_join(self, right: ir.Table, predicates: Any = ()) -> ir.Table:
        """As Ibis has it."""
        return self.join(right, predicates, how="semi")

    def group_by(self, *by: Any, **named: Any) -> Any:
        """As Ibis has it."""
        listed = [one for each in by for one in (each if isinstance(each, list | tuple) else [each])]
        values = self._taken(listed, named)
        if not values or not all(map(plain, values.values())):
            return _Grouped(super().group_by(*by, **named))
        return _Groups(self, values)

    def aggregate(self, *metrics: Any, **named: Any) -> Lean:
        """As Ibis has it."""
        return Lean(super().aggregate(*metrics, **named).op())

    agg = aggregate

    def distinct(self, **how: Any) -> Lean:
        """As Ibis has it."""
        return Lean(super().distinct(**how).op())

    def union(self, table: ir.Table, *rest: ir.Table, distinct: bool = False) -> Lean:
        """As Ibis has it."""
        return Lean(super().union(table, *rest, distinct=distinct).op())

    def _projected(self, values: Values) -> Lean:
        return Lean(new(Project, parent=self.op(), values=FrozenOrderedDict(values)))

    def _bound(self, values: Iterable[Any]) -> list[ops.Value] | None:
        """The values as nodes, where all are over this table alone."""
        rel, found = self.op(), []
        for value in values:
            if isinstance(value, Deferred):
                value = value.resolve(self)
            elif callable(value) and not isinstance(value, ir.Value):
                value = value(self)
            if isinstance(value, str):
                node = fields_of(rel).get(value)
            elif isinstance(value, ir.Value):
                node = value.op()
            elif isinstance(value, int | float | date):
                node = ibis.literal(value).op()
            else:
                return None
            if node is None or any(other is not rel and other != rel for other in node.relations):
                return None
            found.append(node)
        return found

    def _taken(self, values: Sequence[Any], named: Mapping[str, Any]) -> Values | None:
        """The same by the names that they will have."""
        found = self._bound([*values, *named.values()])
        if found is None:
            return None
        names = [*(node.name for node in found[: len(values)]), *named]
        if len({*names}) < len(names):
            return None
        return {name: unnamed(node) for name, node in zip(names, found, strict=True)}


class Joined(Lean):
    """A join that may go on, or be told which columns it has."""

    __slots__ = ()

    def join(self, right: ir.Table, predicates: Any = (), *, how: Any = "inner", **names: str) -> ir.Table:
        """As Ibis has it."""
        chain = joined(self.op(), right.op(), predicates, how, goes_on=self.goes_on) if not names else None
        return Join(self.op()).join(right, predicates, how=how, **names) if chain is None else Joined(chain)

    def select(self, *exprs: Any, **named: Any) -> Lean:
        """As Ibis has it: the columns are the join's own."""
        chain, values = self.op(), self._sided(exprs, named)
        if not values:
            return Lean(Join(chain).select(*exprs, **named).op())
        return Lean(new(JoinChain, first=chain.first, rest=chain.rest, values=FrozenOrderedDict(values)))

    def drop(self, *names: Any) -> Lean:
        """As Ibis has it, but the join has no such columns from the start."""
        chain = self.op()
        if not all(name in chain.values for name in names):
            return super().drop(*names)
        values = FrozenOrderedDict({name: value for name, value in chain.values.items() if name not in names})
        return Apart(new(JoinChain, first=chain.first, rest=chain.rest, values=values))

    def _sided(self, exprs: Sequence[Any], named: Mapping[str, Any]) -> Values | None:
        """The values by name, over the columns of the sides."""
        chain, found = self.op(), {}
        sides = [chain.first, *(link.table for link in chain.rest if link.how != "semi")]
        over = finder(sides, chain, chain.values)
        for place, value in enumerate([*exprs, *named.values()]):
            node = value.resolve(self) if isinstance(value, Deferred) else value
            node = fields_of(chain).get(node) if isinstance(node, str) else getattr(node, "op", lambda: None)()
            if not isinstance(node, ops.Value):
                return None
            name = node.name if place < len(exprs) else [*named][place - len(exprs)]
            moved = moved_to(over, unnamed(node)) if plain(unnamed(node)) else None
            if moved is None or name in found:
                return None
            found[name] = moved
        return found


class Apart(Lean):
    """A join that is over: what joins it next begins anew, so that several may share it."""

    __slots__ = ()

    goes_on = False


class _Groups:
    """Groups of rows, to be aggregated."""

    def __init__(self, rows: Lean, groups: Values) -> None:
        self._rows, self._groups = rows, groups

    def agg(self, **named: Any) -> Lean:
        """The aggregate, one row for each group."""
        values = self._rows._taken((), named)
        if not values or not all(isinstance(value, ops.Value) and value.shape.is_scalar() for value in values.values()):
            groups = tuple(node.to_expr().name(name) for name, node in self._groups.items())
            return Lean(GroupedTable(self._rows, groups).aggregate(**named).op())
        groups, metrics = FrozenOrderedDict(self._groups), FrozenOrderedDict(values)
        return Lean(new(Aggregate, parent=self._rows.op(), groups=groups, metrics=metrics))


class _Grouped:
    """Ibis' own groups."""

    def __init__(self, groups: GroupedTable) -> None:
        self._groups = groups

    def agg(self, **named: Any) -> Lean:
        """The aggregate, one row for each group."""
        return Lean(self._groups.aggregate(**named).op())
