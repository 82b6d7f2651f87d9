"""`--where` as an expression: a small, safe part of SQL's conditions. Language floor.

The text is parsed and translated node by node; nothing of it ever reaches an engine as text, so it cannot read files,
see other tables, call functions or change anything.
"""

from __future__ import annotations

from typing import Any

from tenure.errors import RequestError, UsageError
from tenure.expr import Col, Const, Expr, Op

LONGEST = 10_000
DEEPEST = 200


def parse(text: str) -> Expr:
    """A condition over columns. Raises UsageError for anything that is not one."""
    import logging

    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of what is refused here anyway

    if len(text) > LONGEST:
        raise UsageError(f"The condition has {len(text)} characters; {LONGEST} is the most.", where="--where")
    try:
        parsed = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise _refused("cannot be read as a condition", text) from error
    if len(parsed) != 1:
        raise _refused("is not one condition", text)
    try:
        if any(node.comments for node in parsed[0].walk()):
            raise _refused("has a comment in it", text)
        if _depth(parsed[0]) > DEEPEST:
            raise _refused("is nested too deeply", text)
        return _Translator(text).condition(parsed[0])
    except RecursionError as error:
        raise _refused("is nested too deeply", text) from error


def _depth(tree: Any) -> int:
    """How deep the parsed tree is; walked without recursion, as it may be too deep for that."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in node.iter_expressions())
    return deepest


def columns(condition: Expr) -> list[str]:
    """The columns a condition names, in order, each once."""
    found: dict[str, None] = {}
    stack: list[Expr] = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, Col):
            found[node.name] = None
        elif isinstance(node, Op):
            stack.extend(reversed(node.args))
    return list(found)


def _refused(why: str, text: str) -> UsageError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    return UsageError(
        f"{shown!r} {why}.",
        where="--where",
        todo="Write comparisons of columns with values, joined by AND, OR, NOT: region = 'EU' AND size >= 100.",
    )


class _Translator:
    """Walks the parsed tree; every node it does not know is refused."""

    def __init__(self, text: str) -> None:
        self.text = text

    def condition(self, tree: Any) -> Expr:
        from sqlglot import exp

        match tree:
            case exp.Paren(this=inner):
                return self.condition(inner)
            case exp.And() | exp.Or():
                name = "and" if isinstance(tree, exp.And) else "or"
                return Op(name, (self.condition(tree.this), self.condition(tree.expression)))
            case exp.Not(this=inner):
                return Op("not", (self.condition(inner),))
            case exp.Is(this=left, expression=exp.Null()):
                return Op("not", (Op("set", (self.value(left),)),))
            case exp.Is(this=left, expression=exp.Boolean() as right):
                return Op("==", (self.value(left), Const(bool(right.this))))
            case exp.In():
                return self._in(tree)
            case exp.Between():
                x = self.value(tree.this)
                low, high = self.value(tree.args["low"]), self.value(tree.args["high"])
                return Op("and", (Op(">=", (x, low)), Op("<=", (x, high))))
            case exp.Like(this=left, expression=exp.Literal() as right):
                return self._negated(tree, Op("like", (self.value(left), Const(str(right.this)))))
            case exp.ILike(this=left, expression=exp.Literal() as right):
                lowered = Op("like", (Op("lower", (self.value(left),)), Const(str(right.this).lower())))
                return self._negated(tree, lowered)
            case exp.Boolean():
                return Const(bool(tree.this))
            case exp.Column():
                return self.value(tree)
        for kind, name in _comparisons().items():
            if type(tree) is kind:
                return Op(name, (self.value(tree.this), self.value(tree.expression)))
        raise _refused("is not a condition that is allowed", self.text)

    def value(self, tree: Any) -> Expr:
        from sqlglot import exp

        match tree:
            case exp.Paren(this=inner):
                return self.value(inner)
            case exp.Column():
                return self._column(tree)
            case exp.Literal():
                return self._literal(tree)
            case exp.Boolean():
                return Const(bool(tree.this))
            case exp.Neg(this=exp.Literal() as inner):
                number = self._literal(inner)
                if isinstance(number.value, int | float):
                    return Const(-number.value)
            case exp.Lower(this=inner) | exp.Upper(this=inner):
                return Op("lower" if isinstance(tree, exp.Lower) else "upper", (self.value(inner),))
            case exp.Add() | exp.Sub() | exp.Mul():
                name = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}[type(tree)]
                return Op(name, (self.value(tree.this), self.value(tree.expression)))
            case exp.Coalesce():
                found = self.value(tree.this)
                for other in tree.expressions:
                    found = Op("else", (found, self.value(other)))
                return found
        raise _refused("uses something that is not allowed", self.text)

    def _in(self, tree: Any) -> Expr:
        values = tree.expressions
        if not values or tree.args.get("query") or tree.args.get("unnest"):
            raise _refused("uses IN without a plain list", self.text)
        x = self.value(tree.this)
        return self._negated(tree, Op("in", (x, *(self.value(value) for value in values))))

    @staticmethod
    def _negated(tree: Any, found: Expr) -> Expr:
        """NOT LIKE and NOT IN come as the positive form with a flag."""
        return Op("not", (found,)) if tree.args.get("negate") else found

    def _column(self, tree: Any) -> Col:
        if tree.args.get("db") or tree.args.get("catalog") or not tree.name:
            raise _refused("names a column with more than one dot", self.text)
        table = tree.table
        return Col(f"{table}.{tree.name}" if table else tree.name)

    def _literal(self, tree: Any) -> Const:
        text = tree.this
        if tree.is_string:
            return Const(text)
        try:
            return Const(int(text))
        except ValueError:
            try:
                return Const(float(text))
            except ValueError:
                raise RequestError(f"{text!r} is not a number.", where="--where") from None


def _comparisons() -> dict[Any, str]:
    from sqlglot import exp

    return {exp.EQ: "==", exp.NEQ: "!=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
