"""What Ibis' compiler says of an expression, said in one pass over it. Language floor.

Ibis lowers an expression to selects before it translates it, and makes every node above a changed one anew, several
times over, each with all its checks: most of the time that compiling takes. Here each node is translated once, by the
same compiler's own rule for it (`visit_*`), and what would have been rewritten is rewritten where it is met. The text
is the same but for the numbers of the aliases; `tests/test_texts.py` holds it to that.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cache, reduce
from itertools import count
from typing import Any, cast

import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.rewrites import FirstValue, LastValue
from ibis.common.graph import Node
from ibis.common.patterns import NoMatch

SELECTS = (ops.Project, ops.Filter, ops.Sort, ops.Distinct)
SHARED = (*SELECTS, ops.DropColumns, ops.Aggregate, ops.JoinChain, ops.Set, ops.Limit)
"""Relations that become a WITH where more than one reads them."""
KNOWN = (*SHARED, ops.JoinReference, ops.UnboundTable)
"""Relations that are known here; a query with any other is left to Ibis."""
REWRITTEN = (ops.WindowFunction, ops.StringFind, ops.FindInSet, ops.ArrayPosition, ops.NthValue, ops.InValues)
"""Values that Ibis rewrites for every engine; some engines have rules of their own besides (`lowered_ops`)."""
STRANGE = (ops.ScalarParameter, ops.ArrayMap, ops.ArrayFilter, ops.NTile)
"""Values that are left to Ibis with the query they are in."""
_COUNTS = (ops.CountStar, ops.CountDistinctStar)


class _Unknown(Exception):
    """Something that is not known here."""


def translated(compiler: SQLGlotCompiler, root: ops.Relation) -> sge.Expression | None:
    """The expression as sqlglot's, or None where it must be Ibis that says it."""
    try:
        return _Translation(compiler, root).whole()
    except _Unknown:
        return None


class _Translation:
    """One expression on its way: what is said of each node so far."""

    def __init__(self, compiler: SQLGlotCompiler, root: ops.Relation) -> None:
        self.compiler, self.root = compiler, root
        self.numbers = count()
        self.said: dict[Node, Any] = {}
        self.readers: dict[Node, int] = {}
        self.shared: dict[Node, tuple[str, Any]] = {}
        self.rules = _rules(compiler)

    def whole(self) -> sge.Expression:
        """The select with everything that is shared before it."""
        for node in self._ordered():
            result = self._say(node)
            if isinstance(node, ops.Relation) and node is not self.root:
                result = self._named(node, result)
            self.said[node] = result
        out: Any = self.said[self.root]
        if isinstance(out, sge.Table):
            out = sg.select(sge.Star(), copy=False).from_(out, copy=False)
        if isinstance(out, sge.Subquery):
            out = out.this
        for name, query in self.shared.values():
            alias = sg.to_identifier(name, quoted=self.compiler.quoted)
            out = out.with_(alias, as_=query, dialect=self.compiler.dialect, copy=False)
        return cast(sge.Expression, out)

    def _ordered(self) -> list[Node]:
        """Every node after those it is made of; who reads what is counted on the way."""
        found: list[Node] = []
        seen: set[Node] = {self.root}
        stack = [(self.root, iter(self._parts(self.root)))]
        while stack:
            node, parts = stack[-1]
            for part in parts:
                if part not in seen:
                    seen.add(part)
                    stack.append((part, iter(self._parts(part))))
                    break
            else:
                found.append(node)
                stack.pop()
        return found

    def _parts(self, node: Node) -> tuple[Node, ...]:
        if isinstance(node, ops.Relation):
            if not isinstance(node, KNOWN) or (isinstance(node, ops.Limit) and node.offset != 0):
                raise _Unknown
        elif isinstance(node, STRANGE):
            raise _Unknown
        parts: tuple[Node, ...] = node.__children__
        if not isinstance(node, (ops.Field, *_COUNTS)):
            for part in parts:
                if isinstance(part, SHARED) and not _starred(part):
                    self.readers[part] = self.readers.get(part, 0) + 1
        return parts

    def _say(self, node: Node) -> Any:
        match node:
            case ops.Field():
                return self.compiler.visit_Field(node, rel=self.said[node.rel], name=node.name)
            case ops.Alias():
                return self.said[node.arg]
            case ops.Project():
                return self._select(node, node.values)
            case ops.Filter():
                return self._filtered(node)
            case ops.Sort():
                ordered = self._star(node.parent)
                return ordered.order_by(*(self.said[key] for key in node.keys), copy=False)
            case ops.Distinct():
                return self._star(node.parent).distinct(copy=False)
            case ops.DropColumns():
                return self._dropped(node)
            case ops.JoinReference():
                return self._referred(node)
        if isinstance(node, REWRITTEN) or type(node) in self.compiler.lowered_ops:
            return self._rewritten(node)
        return self.compiler.visit_node(node, **self._arguments(node))

    def _arguments(self, node: Node) -> dict[str, Any]:
        return {name: self._found(value) for name, value in zip(node.__argnames__, node.__args__, strict=True)}

    def _found(self, value: Any) -> Any:
        if isinstance(value, Node):
            return self.said.get(value, value)
        if isinstance(value, tuple | list):
            return tuple(self._found(one) for one in value)
        if isinstance(value, Mapping):
            return {self._found(name): self._found(one) for name, one in value.items()}
        return value

    def _rewritten(self, node: Node) -> Any:
        """What the compiler's rules make of a node, from what is said of its parts already."""
        matched = self.rules.match(node, {})
        other = node if matched is NoMatch else matched
        if isinstance(other, ops.WindowFunction) and isinstance(other.func, ops.First | ops.Last):
            if other.func.where is not None:
                raise _Unknown
            kind = FirstValue if isinstance(other.func, ops.First) else LastValue
            other = other.copy(func=kind(other.func.arg))
        return self._plain(other, node)

    def _plain(self, node: Node, original: Node) -> Any:
        """What is said of a node that was put in the place of `original`, which may be a part of it."""
        if node is not original and node in self.said:
            return self.said[node]

        def found(value: Any) -> Any:
            if isinstance(value, Node):
                return self._plain(value, original)
            if isinstance(value, tuple | list):
                return tuple(found(one) for one in value)
            return value

        arguments = {name: found(value) for name, value in zip(node.__argnames__, node.__args__, strict=True)}
        return self.compiler.visit_node(node, **arguments)

    # -- relations -------------------------------------------------------------------------------------------------

    def _named(self, node: ops.Relation, result: Any) -> Any:
        """A relation under a name of its own, for those who read it: a select in brackets, or what is shared."""
        if self.readers.get(node, 0) > 1:
            name = f"t{next(self.numbers)}"
            self.shared[node] = name, result.this if isinstance(result, sge.Subquery) else result
            result = sge.Table(this=sg.to_identifier(name, quoted=self.compiler.quoted))
        alias = sg.to_identifier(f"t{next(self.numbers)}", quoted=self.compiler.quoted)
        if isinstance(result, sge.Subquery):
            result.set("alias", sge.TableAlias(this=alias))  # nobody else reads it, so it need not be copied
            return result
        if isinstance(result, sge.Table):
            return result.as_(alias, quoted=self.compiler.quoted, table=True)
        return result.subquery(alias, copy=False)

    def _referred(self, node: ops.JoinReference) -> Any:
        """A relation as one side of a join: itself under another name."""
        parent = self.said[node.parent]
        # What is shared has a name by now; a select that only drops columns never is, and may have other readers.
        return parent.copy() if _starred(node.parent) else parent

    def _star(self, parent: ops.Relation) -> Any:
        return sg.select(sge.Star(), copy=False).from_(self.said[parent], copy=False)

    def _columns(self, parent: ops.Relation) -> dict[str, Any]:
        above = self.said[parent]
        return {
            name: self.compiler.visit_Field(ops.Field(parent, name), rel=above, name=name) for name in parent.schema
        }

    def _select(self, node: ops.Relation, values: Mapping[str, ops.Value]) -> Any:
        parent = node.parent
        if len(values) == len(parent.schema) and all(
            isinstance(value, ops.Field) and value.name == name == there and value.rel == parent
            for (name, value), there in zip(values.items(), parent.schema, strict=True)
        ):
            return self._star(parent)
        fields = self.compiler._cleanup_names({name: self.said[value] for name, value in values.items()})
        return sg.select(*fields, copy=False).from_(self.said[parent], copy=False)

    def _filtered(self, node: ops.Filter) -> Any:
        plain: list[Any] = []
        windowed: list[Any] = []
        for one in node.predicates:
            chosen = windowed if one.find(ops.WindowFunction, filter=ops.Value) else plain
            chosen.append(self.said[one])
        if windowed and not self.compiler.supports_qualify:
            fields = self.compiler._cleanup_names(self._columns(node.parent))
            found = sg.select(*fields, copy=False).from_(self.said[node.parent], copy=False)
        else:
            found = self._star(node.parent)
        found = found.where(*plain, copy=False) if plain else found
        return found.qualify(*windowed, copy=False) if windowed else found

    def _dropped(self, node: ops.DropColumns) -> Any:
        dropped = sorted(node.columns_to_drop)
        if _starred(node):
            return self.compiler.visit_DropColumns(node, parent=self.said[node.parent], columns_to_drop=dropped)
        columns = self._columns(node.parent)
        fields = self.compiler._cleanup_names({name: columns[name] for name in node.schema})
        return sg.select(*fields, copy=False).from_(self.said[node.parent], copy=False)


def _starred(node: Node) -> bool:
    """Whether it drops so few columns that it is said as all but those. Ibis shares no such relation."""
    return isinstance(node, ops.DropColumns) and len(node.columns_to_drop) < len(node.schema) // 2


@cache
def _rules(compiler: SQLGlotCompiler) -> Any:
    """The compiler's rewrites as one pattern."""
    return reduce(operator.or_, [*compiler.lowered_ops.values(), *compiler.rewrites])
