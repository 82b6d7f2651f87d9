"""One customer's or one row's expression as an Ibis expression. Part of compile."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from tenure.errors import RequestError
from tenure.expr import Col, Const, Expr, Flow, Integral, Level, Op

Env = Mapping[Expr, ir.Value]

_BINARY: dict[str, Callable[[ir.Value, ir.Value], ir.Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
}


def to_ibis(x: Expr, env: Env) -> ir.Value:
    """The expression over the values that `env` gives for its levels, flows and columns."""
    if x in env:
        return env[x]
    match x:
        case Const(value=value):
            return ibis.literal(value)
        case Op(name="where", args=(value, condition)):
            return ibis.ifelse(to_ibis(condition, env), to_ibis(value, env), 0)
        case Op(name="not", args=(inner,)):
            return ~to_ibis(inner, env)
        case Op(name="set", args=(inner,)):
            return to_ibis(inner, env).notnull()
        case Op(name="else", args=(first, second)):
            return ibis.coalesce(to_ibis(first, env), to_ibis(second, env))
        case Op(name="least", args=args):
            return ibis.least(*(to_ibis(a, env) for a in args))
        case Op(name="greatest", args=args):
            return ibis.greatest(*(to_ibis(a, env) for a in args))
        case Op(name="like", args=(inner, Const(value=pattern))):
            return to_ibis(inner, env).like(str(pattern))
        case Op(name="in", args=(inner, *values)):
            return to_ibis(inner, env).isin([to_ibis(value, env) for value in values])
        case Op(name="lower", args=(inner,)):
            return to_ibis(inner, env).lower()
        case Op(name="upper", args=(inner,)):
            return to_ibis(inner, env).upper()
        case Op(name=name, args=(left, right)) if name in _BINARY:
            return _BINARY[name](to_ibis(left, env), to_ibis(right, env))
        case Op(name=name, args=args) if name in _BINARY:
            return functools.reduce(_BINARY[name], (to_ibis(a, env) for a in args))
    raise RequestError(f"{x!r} has no meaning here.")


def as_number(how: str, x: Expr, env: Env) -> ir.Value:
    """What a customer or row adds to the leaf: the value, or 1 where a condition holds."""
    value = to_ibis(x, env)
    if how == "count":
        return ibis.ifelse(ibis.coalesce(value, ibis.literal(False)), 1, 0)
    return ibis.coalesce(value, ibis.literal(0)) if isinstance(x, Col) else value


def row_env(rows: ir.Table, x: Expr | None) -> dict[Expr, ir.Value]:
    """The columns of a table of rows that an expression names."""
    found: dict[Expr, ir.Value] = {}
    if x is not None:
        for node in _nodes(x):
            if isinstance(node, Col):
                found[node] = rows[node.name] if node.name in rows.columns else ibis.literal(0)
    return found


def flow_value(rows: ir.Table, flow: Flow) -> ir.Value:
    """What one row adds to a flow."""
    env = row_env(rows, flow.x) | row_env(rows, flow.keep)
    value = to_ibis(flow.x, env)
    if flow.keep is None:
        # A plain number has to become a column, one for each row, before rows can be summed.
        return value if isinstance(value, ir.Column) else ibis.ifelse(_small(rows).isnull(), value, value)
    return ibis.ifelse(ibis.coalesce(to_ibis(flow.keep, env), ibis.literal(False)), value, 0)


def _small(rows: ir.Table) -> ir.Column:
    """A column that costs little to read: no text, where there is another."""
    return rows[next((name for name, kind in rows.schema().items() if not kind.is_string()), rows.columns[0])]


def inputs(x: Expr) -> tuple[list[Level], list[Flow], list[Integral]]:
    """The levels, flows and integrals an inner expression is made of, each once, not looking inside flows."""
    levels: dict[Level, None] = {}
    flows: dict[Flow, None] = {}
    integrals: dict[Integral, None] = {}
    stack: list[object] = [x]
    while stack:
        node = stack.pop()
        if isinstance(node, Level):
            levels[node] = None
        elif isinstance(node, Flow):
            flows[node] = None
        elif isinstance(node, Integral):
            integrals[node] = None
        elif isinstance(node, Op):
            stack.extend(reversed(node.args))
    return list(levels), list(flows), list(integrals)


def is_linear_in_flows(x: Expr) -> bool:
    """True for a flow, or sums and differences of flows: then summing rows is summing customers."""
    if isinstance(x, Flow):
        return True
    if isinstance(x, Const):
        return x.value == 0
    return isinstance(x, Op) and x.name in ("+", "-") and all(is_linear_in_flows(a) for a in x.args)


def swap(x: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with nodes replaced where `replace` gives another one."""
    other = replace(x)
    if other is not None:
        return other
    if isinstance(x, Op):
        return Op(x.name, tuple(swap(a, replace) for a in x.args))
    return x


def _nodes(x: Expr) -> list[Expr]:
    found: list[Expr] = [x]
    if isinstance(x, Op):
        for arg in x.args:
            found += _nodes(arg)
    return found
