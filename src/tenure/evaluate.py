"""The last arithmetic: from the numbers of the leaves to a metric's value, on exact fractions. Machinery floor.

Money stays in whole ticks until here. A ratio without a bottom has no value and says why; nothing is ever 0 for want of
data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tenure.compile.plan import Segment
from tenure.errors import RequestError
from tenure.expr import (
    Across,
    Col,
    Const,
    Expr,
    Flow,
    IfOne,
    Integral,
    Length,
    Level,
    Mean,
    Moves,
    Op,
    Over,
    Power,
    Ratio,
)
from tenure.lasting import Of
from tenure.money import MONTH_UNIT, TICKS

Numeric = int | Fraction
MONEY_COLUMNS = {"received", "fees", "sold", "billed", "one_off", "due_value", "new_value", "total", "new_total"}


@dataclass(frozen=True)
class Missing:
    """No value, and why."""

    reason: str


Value = Numeric | Missing
NO_DATA = Missing("no_data")


def scale(leaf: Across) -> int:
    """By what a leaf's whole number must be divided: ticks for money, month units for days weighted by months."""
    if leaf.how != "sum":
        return 1
    found = TICKS if is_money(leaf.x) else _parts(leaf.x)
    return found * MONTH_UNIT if isinstance(leaf.x, Integral) and leaf.x.weight == "month" else found


def _parts(x: Expr) -> int:
    """How many whole parts of one an inner expression is counted in."""
    match x:
        case Flow(x=inner) | Op(name="where", args=(inner, _)):
            return _parts(inner)
        case Col(parts=parts):
            return parts
        case Op(name=name, args=args) if name in ("+", "-", "least", "greatest", "else"):
            return max(_parts(a) for a in args)
    return 1


def is_money(x: Expr) -> bool:
    """Whether an inner expression is an amount of money."""
    match x:
        case Level(steps=steps) | Integral(steps=steps):
            return steps.name == "mrr"
        case Flow(rows=rows, x=inner):
            if isinstance(inner, Const):
                return False
            if isinstance(rows, Moves):
                return rows.steps.name == "mrr"
            return is_money(inner)
        case Col(name=name, money=money):
            return money or name in MONEY_COLUMNS or name == "amount"
        case Op(name="where", args=(value, _)):
            return is_money(value)
        case Op(name=name, args=args) if name in ("+", "-", "least", "greatest", "else"):
            return any(is_money(a) for a in args)
    return False


@dataclass(frozen=True)
class Cell:
    """Where a value is taken: the period's number, the segment, and how long the period is."""

    k: int
    group: Segment
    days: int
    months: Fraction


class Evaluator:
    """Values of outer expressions.

    `leaf` gives a leaf's number at a cell, `of` a number of its distribution, `over` the values of a finer grain.
    """

    def __init__(
        self,
        leaf: Callable[[Across, Cell], Value],
        of: Callable[[Of, Cell], Value],
        over: Callable[[Over, Cell], list[Value]] | None = None,
    ) -> None:
        self._leaf = leaf
        self._of = of
        self._over = over

    def value(self, x: Expr, cell: Cell) -> Value:
        """The value of an outer expression at a cell."""
        match x:
            case Across():
                return self._leaf(x, cell)
            case Const(value=value):
                assert isinstance(value, int)
                return value
            case Ratio():
                return self._ratio(x, cell)
            case IfOne():
                return self.value(self.chosen(x, cell), cell)
            case Length(unit=unit):
                return cell.days if unit == "days" else cell.months
            case Power():
                return self._power(x, cell)
            case Of():
                return self._of(x, cell)
            case Over():
                return self._of_parts(x, cell)
            case Mean():
                return self._mean(x, cell)
            case Op(name=name, args=(left, right)):
                return self._operate(name, self.value(left, cell), self.value(right, cell))
        raise RequestError(f"{x!r} has no meaning outside a leaf.")

    def chosen(self, x: Expr, cell: Cell) -> Expr:
        """The expression that holds at a cell, where it depends on what the rows there share."""
        while isinstance(x, IfOne):
            found = self._leaf(x.test, cell)
            x = x.then if isinstance(found, Missing) or found <= 1 else x.otherwise
        return x

    def _mean(self, x: Mean, cell: Cell) -> Value:
        values = [self.value(arg, cell) for arg in x.args]
        weights = [self.value(weight, cell) for weight in x.weights] or [1] * len(values)
        pairs = [
            (Fraction(v), Fraction(w))
            for v, w in zip(values, weights, strict=True)
            if not isinstance(v, Missing) and not isinstance(w, Missing)
        ]
        whole = sum((weight for _, weight in pairs), Fraction(0))
        if whole == 0:
            return _first_reason(values)
        return sum((value * weight for value, weight in pairs), Fraction(0)) / whole

    def _power(self, x: Power, cell: Cell) -> Value:
        base = self.value(x.x, cell)
        power = self.value(x.power, cell) if isinstance(x.power, Expr) else x.power
        if isinstance(base, Missing) or isinstance(power, Missing):
            return _why(base, power)
        if Fraction(power).denominator == 1 and not (base == 0 and power < 0):
            return Fraction(base) ** int(power)
        return Fraction(float(base) ** float(power)) if base > 0 else Fraction(0)

    def _ratio(self, x: Ratio, cell: Cell) -> Value:
        return divided(x, self.value(x.top, cell), self.value(x.bottom, cell))

    def _operate(self, name: str, left: Value, right: Value) -> Value:
        if name == "+" and isinstance(left, Missing) != isinstance(right, Missing):
            return right if isinstance(left, Missing) else left  # a sum of sources: what is there counts
        if isinstance(left, Missing) or isinstance(right, Missing):
            return _why(left, right)
        if name == "+":
            return left + right
        if name == "-":
            return left - right
        if name == "*":
            return left * right
        raise RequestError(f"{name!r} has no meaning outside a leaf.")

    def _of_parts(self, x: Over, cell: Cell) -> Value:
        if self._over is None:
            raise RequestError("A reading over shorter periods cannot be nested.")
        values = self._over(x, cell)
        known = [v for v in values if not isinstance(v, Missing)]
        if x.how == "sum":
            return sum(known, Fraction(0)) if known else _first_reason(values)
        if x.how == "last":
            return values[-1] if values else NO_DATA
        if len(known) < len(values) or not values:
            return _first_reason(values)
        product = Fraction(1)
        for value in known:
            product *= Fraction(value)
        return product


def _why(*parts: Value) -> Missing:
    """Why what is made of these has no value: nothing being loaded for one of them says more than an empty period."""
    missing = [part for part in parts if isinstance(part, Missing)]
    return NO_DATA if NO_DATA in missing else missing[0]


def divided(x: Ratio, top: Value, bottom: Value) -> Value:
    """The value of a ratio whose parts are known."""
    if isinstance(top, Missing) or isinstance(bottom, Missing):
        return _why(top, bottom)
    return Missing(x.empty) if bottom == 0 else Fraction(top) / Fraction(bottom)


def _first_reason(values: list[Value]) -> Missing:
    return next((v for v in values if isinstance(v, Missing)), NO_DATA)


Cells = Mapping[Across, Mapping[tuple[int, Segment], int]]
