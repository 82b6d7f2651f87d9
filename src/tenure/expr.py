"""The metric language: frozen expressions that read like their definitions. Language floor, above the ground.

Two scopes. *Inside* an `Across`, an expression speaks of one customer (or one row) in one period: a level at a moment,
the sum of the customer's rows in the period. *Outside*, it is arithmetic on the one number each `Across` gives for a
period and a segment.

    then, now = mrr.at(START), mrr.at(END)
    nrr = total(now.where(then > 0)) / total(then)

Nothing here runs. `compile` turns the leaves (the `Across`) into queries, `engine` does the last arithmetic on exact
fractions, `words` says the formula in English, `tables` which model tables it needs. Two expressions are equal when
they are built alike, so a leaf that several metrics share is asked for once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Moment = Literal["start", "end"]
START: Moment = "start"
END: Moment = "end"
How = Literal["sum", "count", "distinct", "least", "greatest", "rank", "curve", "rows"]


class Expr:
    """Arithmetic and comparison for all nodes. `==` stays structural; use `is_` to compare values."""

    def __add__(self, other: Operand) -> Expr:
        return Op("+", (self, lift(other)))

    def __radd__(self, other: Operand) -> Expr:
        return Op("+", (lift(other), self))

    def __sub__(self, other: Operand) -> Expr:
        return Op("-", (self, lift(other)))

    def __rsub__(self, other: Operand) -> Expr:
        return Op("-", (lift(other), self))

    def __mul__(self, other: Operand) -> Expr:
        return Op("*", (self, lift(other)))

    def __rmul__(self, other: Operand) -> Expr:
        return Op("*", (lift(other), self))

    def __truediv__(self, other: Operand) -> Expr:
        return Ratio(self, lift(other))

    def __neg__(self) -> Expr:
        return Op("-", (Const(0), self))

    def __gt__(self, other: Operand) -> Expr:
        return Op(">", (self, lift(other)))

    def __ge__(self, other: Operand) -> Expr:
        return Op(">=", (self, lift(other)))

    def __lt__(self, other: Operand) -> Expr:
        return Op("<", (self, lift(other)))

    def __le__(self, other: Operand) -> Expr:
        return Op("<=", (self, lift(other)))

    def __and__(self, other: Operand) -> Expr:
        return Op("and", (self, lift(other)))

    def __or__(self, other: Operand) -> Expr:
        return Op("or", (self, lift(other)))

    def __invert__(self) -> Expr:
        return Op("not", (self,))

    def is_(self, *values: int | str | bool) -> Expr:
        """True where the value is one of `values`."""
        found: Expr = Op("==", (self, lift(values[0])))
        for value in values[1:]:
            found = found | Op("==", (self, lift(value)))
        return found

    def is_set(self) -> Expr:
        """True where there is a value."""
        return Op("set", (self,))

    def where(self, condition: Expr) -> Expr:
        """The value where the condition holds, else 0. (Never multiply by a condition.)"""
        return Op("where", (self, condition))

    def or_else(self, other: Operand) -> Expr:
        """The value, or `other` where there is none."""
        return Op("else", (self, lift(other)))


Operand = Expr | int | str | bool


@dataclass(frozen=True)
class Const(Expr):
    """A plain value. `kind` keeps 1 and True apart, which hash alike."""

    value: int | str | bool | float | None
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True)
class Op(Expr):
    """An operator on expressions: arithmetic, comparison, logic, least, greatest, where, else, set."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Steps:
    """A level that every customer has at every moment, kept as steps: 'mrr' in money, or 'customer' (is one, or not).

    `rules` are policy rules that this reading fixes, whatever the workspace says: (("discounts", "gross"),).
    """

    name: str
    rules: tuple[tuple[str, str], ...] = ()

    def at(self, moment: Moment, rates: Moment | None = None) -> Level:
        """The level just before the period's start or end; `rates`: valued at that moment's exchange rates instead."""
        return Level(self, moment, rates)

    def moved(self, *kinds: str) -> Flow:
        """The sum of a customer's movements of these kinds in the period (losses are negative).

        fx and transfer are columns of their own: what rates, and moves between segments, did to what was held.
        """
        if kinds in (("fx",), ("transfer",)):
            return Flow(Moves(self), Col(kinds[0]))
        return Flow(Moves(self), Col("amount"), Col("kind").is_(*kinds))

    def times(self, *kinds: str) -> Flow:
        """How many movements of these kinds a customer had in the period."""
        if kinds == ("fx",):
            return Flow(Moves(self), Const(1), ~Col("fx").is_(0))
        return Flow(Moves(self), Const(1), Col("kind").is_(*kinds))

    def left_inside(self) -> Flow:
        """How often a customer left after the first day of the period: then the day before was a day inside it."""
        return Flow(Moves(self), Const(1), Col("kind").is_("churn") & (Col("day") > Col("start")))

    def over_days(self, weight: Literal["day", "month"] = "day") -> Integral:
        """The level at each day's close, summed over the period's days (a day weighs 1, or 1/days in its month)."""
        return Integral(self, weight)


@dataclass(frozen=True)
class Moves:
    """The movements of a level: one row per customer and day of change, with kind, amount and fx."""

    steps: Steps


@dataclass(frozen=True)
class Rows:
    """The rows of a model table (or of a derived one) whose clock, a column of local days, falls in the period.

    `of`: the model table behind a derived one ("a or b": any of them is enough). `said`: how a formula in words calls
    them. `last_by`: of those with the same value of that column in one period, the last alone. A clock of "k" means
    rows made for the periods asked for (`rollup.PeriodRows`), which say their period themselves. `back`: the rows of
    that many days up to the period's end instead of the period's own. `planned`: the clock says when something is due,
    so in a period that as_of cuts, what is due after as_of belongs to it as well.
    """

    table: str
    clock: str
    of: str = ""
    said: str = ""
    last_by: str = ""
    back: int = 0
    planned: bool = False

    def sum(self, x: Expr, keep: Expr | None = None) -> Flow:
        """Per customer: the sum of `x` over the rows to keep."""
        return Flow(self, x, keep)

    def count(self, keep: Expr | None = None) -> Flow:
        """Per customer: how many rows there are to keep."""
        return Flow(self, Const(1), keep)


@dataclass(frozen=True)
class Col(Expr):
    """A column of the row at hand; `money`: an amount in ticks; `parts`: kept as so many whole parts of one."""

    name: str
    money: bool = False
    parts: int = 1


@dataclass(frozen=True)
class Level(Expr):
    """A customer's level at a moment."""

    steps: Steps
    moment: Moment
    rates: Moment | None = None


@dataclass(frozen=True)
class Integral(Expr):
    """A customer's level summed over the days of the period."""

    steps: Steps
    weight: str


@dataclass(frozen=True)
class Flow(Expr):
    """A customer's rows in the period, summed."""

    rows: Rows | Moves
    x: Expr
    keep: Expr | None = None


@dataclass(frozen=True)
class Across(Expr):
    """The leaf: one number per period and segment, over all customers (or over rows, for 'distinct')."""

    how: How
    x: Expr


@dataclass(frozen=True)
class Ratio(Expr):
    """The one division. `empty` is the reason there is no value when the bottom is 0."""

    top: Expr
    bottom: Expr
    empty: str = "empty_denominator"

    def __rsub__(self, other: Operand) -> Expr:
        """1 - a/b is (b - a)/b, so that its parts can be shown."""
        if other == 1:
            return Ratio(self.bottom - self.top, self.bottom, self.empty)
        return super().__rsub__(other)

    def __sub__(self, other: Operand) -> Expr:
        if other == 1:
            return Ratio(self.top - self.bottom, self.bottom, self.empty)
        return super().__sub__(other)


@dataclass(frozen=True)
class Mean(Expr):
    """The mean of several outer expressions; those without a value are left out. Without weights all count alike."""

    args: tuple[Expr, ...]
    weights: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Over(Expr):
    """An outer expression taken in each shorter period of `grain`, then summed, multiplied or the last one taken.

    `back`: over that many periods up to the period's end; 0: over those inside the period.
    """

    x: Expr
    grain: str
    how: Literal["sum", "product", "last"]
    back: int = 0


@dataclass(frozen=True)
class Power(Expr):
    """An outer expression to a power; a power that is no whole number gives a float."""

    x: Expr
    power: int | Expr


@dataclass(frozen=True)
class Length(Expr):
    """How long the period is: its days, or its months (each day 1 / the days of its month)."""

    unit: Literal["days", "months"]


@dataclass(frozen=True)
class FirstWith(Expr):
    """The expression of the first table that has rows in this workspace; the last one needs none."""

    choices: tuple[tuple[str, Expr], ...]
    otherwise: Expr


@dataclass(frozen=True)
class Named(Expr):
    """An outer expression that formulas in words call by a name."""

    x: Expr
    name: str


@dataclass(frozen=True)
class ByGrain(Expr):
    """Another expression at each grain: ("day", ..), ("week", ..); the last one at those not named."""

    choices: tuple[tuple[str, Expr], ...]
    otherwise: Expr


@dataclass(frozen=True)
class IfOne(Expr):
    """`then` where a column has at most one value among the rows (all share a scale), else the other expression."""

    test: Across
    then: Expr
    otherwise: Expr


@dataclass(frozen=True)
class Setting(Expr):
    """A number of `[policy]`; `otherwise` where it is not set."""

    key: str
    otherwise: int = 1


@dataclass(frozen=True)
class Aged(Expr):
    """By cohort and age: `x` of the customers who joined in the period, at the end of the k-th period after it.

    The period is the cohort; rows carry by: {"age": k}. `mode` is None for levels; for rows of use or orders one of
    bounded, unbounded, continuous, return_by.
    """

    x: Expr
    mode: str | None = None


def lift(value: Operand) -> Expr:
    """A plain value as a node."""
    return value if isinstance(value, Expr) else Const(value)


def least(*xs: Expr) -> Expr:
    """The smallest of several."""
    return Op("least", xs)


def greatest(*xs: Expr) -> Expr:
    """The largest of several."""
    return Op("greatest", xs)


def total(x: Expr) -> Across:
    """Summed over all customers."""
    return Across("sum", x)


def count(condition: Expr) -> Across:
    """How many customers it holds for."""
    return Across("count", condition)


def distinct(rows: Rows, column: str, keep: Expr | None = None) -> Across:
    """How many different values a column has among the rows of the period."""
    return Across("distinct", Flow(rows, Col(column), keep))
