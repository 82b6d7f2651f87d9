"""What an expression is for a customer whose level does not change and who has no movement. Part of compile.

Levels at the start and at the end are one and the same then, and flows are nothing, so most expressions become a level,
the count of those who have one, or a constant: leaves of many shapes share a few running totals.
"""

from __future__ import annotations

from tenure.compile.record import swap
from tenure.expr import END, Const, Expr, Flow, Level, Op

NOTHING, YES, NO = Const(0), Const(True), Const(False)


def unmoved(x: Expr) -> Expr:
    """The expression with every level at the end and every flow 0, simplified. A level is a number of 0 or more."""

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Level):
            return Level(node.steps, END)
        return NOTHING if isinstance(node, Flow) else None

    return _simple(swap(x, change))


def _simple(x: Expr) -> Expr:
    if not isinstance(x, Op):
        return x
    args = tuple(_simple(a) for a in x.args)
    match x.name:
        case "where":
            return _where(*args)
        case "least" | "greatest":
            return _one_or(x.name, tuple(dict.fromkeys(args)))
        case "+":
            return _one_or("+", tuple(a for a in args if a != NOTHING) or (NOTHING,))
        case "-":
            left, right = args
            return NOTHING if left == right else left if right == NOTHING else Op("-", args)
        case ">" if args == (NOTHING, NOTHING):
            return NO
        case "not":
            return YES if args[0] == NO else NO if args[0] == YES else Op("not", args)
        case "and":
            kept = tuple(dict.fromkeys(a for a in args if a != YES))
            return NO if NO in kept else _one_or("and", kept or (YES,))
    return Op(x.name, args)


def _where(value: Expr, condition: Expr) -> Expr:
    if value == NOTHING or condition == NO:
        return NOTHING
    positive = isinstance(value, Level) and condition == Op(">", (value, NOTHING))
    return value if condition == YES or positive else Op("where", (value, condition))


def _one_or(name: str, args: tuple[Expr, ...]) -> Expr:
    return args[0] if len(args) == 1 else Op(name, args)
