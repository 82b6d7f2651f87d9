"""Where a number comes from: formula, parts, the customers behind it, and the way to another reading. Machinery floor.

Everything follows from the metric's expression. Contributions of customers sum to the numerator; the difference to
another policy is split by changing one rule after the other, and each step by customer, so both sum exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from tenure import evidence
from tenure.compile.spread import SPREADING
from tenure.engine import Engine
from tenure.errors import RequestError, UnknownName
from tenure.evaluate import Missing, Value, scale
from tenure.expr import Across, Aged, Const, Expr, Length, Op, Ratio, Steps, total
from tenure.lasting import Of
from tenure.lifetimes import BUYING, FITTED, Fitted, Models, fitted, said
from tenure.measure import Measure, at_grain
from tenure.policy import PRESETS, REVENUE_RULES, Policy
from tenure.question import Frame, Question
from tenure.result import Number, plain
from tenure.table import Table
from tenure.tree import leaves, walk
from tenure.words import words

Shares = dict[int, Fraction]
UNATTRIBUTED = "unattributed"
LARGEST = 10
"""Customers whose source rows are shown."""


@dataclass(frozen=True)
class Contribution:
    """A customer and their part in a number."""

    id: str
    name: str
    amount: Number


@dataclass(frozen=True)
class Difference:
    """What one rule, or another variant, changes: in all and by customer."""

    rule: str
    amount: Number
    customers: list[Contribution]


@dataclass(frozen=True)
class Explanation:
    """One number, taken apart."""

    question: Question
    period: str
    unit: str
    currency: str | None
    formula: str
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    reason: str | None
    parts: list[tuple[str, Number | None]]
    customers: list[Contribution]
    variants: list[dict[str, Any]]
    rows: list[dict[str, Any]] = field(default_factory=list)
    other: dict[str, Any] | None = None
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    models: Models = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        found: dict[str, Any] = {
            "metric": self.question.metric.id,
            "title": self.question.metric.title,
            "variant": self.question.variant,
            "period": self.period,
            "unit": self.unit,
            "currency": self.currency,
            "definition": self.question.metric.doc,
            "formula": self.formula,
            "value": plain(self.value),
            "numerator": plain(self.numerator),
            "denominator": plain(self.denominator),
            "reason": self.reason,
            "parts": [{"name": name, "value": plain(value)} for name, value in self.parts],
            "customers": [_person(c, "contribution") for c in self.customers],
            "rows": self.rows,
            "variants": [{**v, "value": plain(v["value"])} for v in self.variants],
            "notes": self.notes,
        } | ({"models": self.models} if self.models else {})
        if self.other is not None:
            found["other"] = {**self.other, "value": plain(self.other["value"])}
            found["differences"] = [
                {"rule": d.rule, "amount": plain(d.amount), "customers": [_person(c, "amount") for c in d.customers]}
                for d in self.differences
            ]
        return found


def _person(contribution: Contribution, label: str) -> dict[str, Any]:
    return {"id": contribution.id, "name": contribution.name, label: plain(contribution.amount)}


def explain(measure: Measure, question: Question, frame: Frame, versus: str | None) -> Explanation:
    """Take the number of one metric in one period apart."""
    if isinstance(question.reading.expr, Aged):
        raise RequestError(
            f"{question.metric.id} has a number for each age, not one for the period.",
            todo="Explain customer_retention_rate or nrr of a period instead.",
        )
    own = question.reading.by or question.metric.by
    rows = measure.results([question], frame)[0].rows
    if len(rows) > 1:
        known = ", ".join(" ".join(str(row.by[name]) for name in own) for row in rows)
        raise RequestError(
            f"{question.metric.id} has a number for each {' and '.join(own)}, not one for the period.",
            where="--where",
            todo=f"Say which: --where \"{own[0]} = '{rows[0].by[own[0]]}'\". There are {known}.",
        )
    frame = replace(frame, segments=replace(frame.segments, fixed=own))
    side = Side(measure.engine, measure, question, frame)
    row = rows[0]
    notes = []
    if side.shares is None:
        notes.append("This reading is no sum over customers, so none are listed behind it.")
    elif question.metric.id == "clv":
        notes += _above_average(side.shares)
    models = side.models()
    notes += _mix(measure, question, frame) + said(models)
    other, differences = (None, []) if versus is None else _versus(side, versus)
    if any(d.amount != 0 and not d.customers for d in differences):
        notes.append("Not every difference can be split by customer: a part of it counts no customers.")
    unit = question.unit
    return Explanation(
        question,
        frame.periods[0].label,
        unit,
        measure.engine.world.currency if unit == "money" else None,
        words(side.readable),
        row.value,
        row.numerator,
        row.denominator,
        row.reason,
        side.parts(),
        people(measure.engine, side.shares or {}),
        _variants(measure, question, frame),
        side.rows(),
        other=other,
        differences=differences,
        notes=notes,
        models=models,
    )


def _above_average(shares: Shares) -> list[str]:
    """How many are worth more than the average of all: those to look after first, who are listed on top."""
    mean = sum(shares.values(), Fraction(0)) / len(shares) if shares else Fraction(0)
    above = sum(1 for share in shares.values() if share > mean)
    return (
        [f"{above} of {len(shares)} customers are worth more than the average; they are listed first."] if above else []
    )


def _mix(measure: Measure, question: Question, frame: Frame) -> list[str]:
    """What a metric pools, as one note: how many rows of each kind there are."""
    metric = question.metric
    if not metric.mix:
        return []
    usual = Question(metric, metric.default, metric.readings[metric.default])
    split = replace(frame, segments=replace(frame.segments, by=metric.mix))
    rows = sorted(measure.results([usual], split)[0].rows, key=lambda row: -(row.n or 0))
    told = [f"{' '.join(str(part) for part in row.by.values())} {row.n:,}" for row in rows if row.n]
    return [f"Made of: {', '.join(told)}."] if told else []


class Side:
    """One reading of a number under one policy: its value, and every customer's part in top and bottom."""

    def __init__(self, engine: Engine, measure: Measure, question: Question, frame: Frame) -> None:
        self.engine = engine
        self.measure = measure
        self.question = question
        self.frame = frame
        self.readable = engine.readable(at_grain(question.reading.expr, frame.grain), frame.segments)
        self.expr = engine.resolved(self.readable, frame.segments)
        self.window = frame.window if question.metric.windowed else None
        self.table = Table(engine, measure.clock, frame, self.window)
        self.table.ask([self.expr])
        self.cell = self.table.cell(0, ())
        self.expr = self.table.chosen(self.expr, self.cell)
        found = self.table.value(self.expr, self.cell)
        self.value = None if isinstance(found, Missing) else Fraction(found)
        top = self.expr.top if isinstance(self.expr, Ratio) else self.expr
        self.shares = self._shares(top)

    def under(self, policy: Policy) -> Side:
        return Side(self.engine.under(policy), self.measure, self.question, self.frame)

    def parts(self) -> list[tuple[str, Number | None]]:
        """The leaves, and for MRR the account from the start to the end."""
        found: dict[str, Number | None] = {}
        if self.question.metric.id in ("mrr", "arr", "net_new_mrr") and len(leaves(self.expr)) <= 2:
            steps = next(level.steps for leaf in leaves(self.expr) for level in _levels(leaf))
            found |= self._bridge(steps)
        for leaf in leaves(self.expr):
            if leaf.how in SPREADING:
                continue
            value = self.table.value(leaf, self.cell)
            found.setdefault(words(leaf), None if isinstance(value, Missing) else value)
        return list(found.items())

    def _bridge(self, steps: Steps) -> dict[str, Number | None]:
        kinds = ("new", "expansion", "reactivation", "contraction", "churn", "fx", "transfer")
        lines: dict[str, Expr] = {"MRR at the start": total(steps.at("start"))}
        lines |= {kind: total(steps.moved(kind)) for kind in kinds}
        lines["MRR at the end"] = total(steps.at("end"))
        exprs = {name: self.engine.resolved(x, self.frame.segments) for name, x in lines.items()}
        table = Table(self.engine, self.measure.clock, self.frame, self.window)
        table.ask(list(exprs.values()))
        values = {name: table.value(x, self.cell) for name, x in exprs.items()}
        return {name: None if isinstance(value, Missing) else value for name, value in values.items()}

    def _shares(self, x: Expr) -> Shares | None:
        """Each customer's part in a sum of leaves; None where it is no such sum."""
        match x:
            case Across(how="distinct" | "least" | "greatest" | "rank" | "curve"):
                return None
            case Across():
                if not self.engine.has_data(x):
                    return {}
                behind = self.engine.behind(x, self.table.slots[0], self.frame.segments)
                return {cust: Fraction(value, scale(x)) for cust, value in behind.items()}
            case Op(name="+" | "-" as name, args=(left, right)):
                one, two = self._shares(left), self._shares(right)
                return None if one is None or two is None else _added(one, two, 1 if name == "+" else -1)
            case Op(name="*", args=(left, right)) if not leaves(left) or not leaves(right):
                factor, inner = (left, right) if not leaves(left) else (right, left)
                return self._scaled(inner, self.table.value(factor, self.cell))
            case Ratio(top=inner, bottom=divisor) if not leaves(divisor):
                value = self.table.value(divisor, self.cell)
                return None if isinstance(value, Missing) or value == 0 else self._scaled(inner, 1 / Fraction(value))
            case Of() if x.what in BUYING:
                found = self._fit(x)
                values = {} if found is None else found.values
                return {c: Fraction(v) / len(values) for c, v in values.items() if c is not None} or None
            case Const(value=0):
                return {}
        return None

    def _fit(self, x: Of) -> Fitted | None:
        return fitted(x, self.table.spread.get(x.curve, {}).get((0, ()), ()))

    def models(self) -> Models:
        """The parameters of every model that the number rests on."""
        asked = [node for node in walk(self.expr) if isinstance(node, Of) and node.what in FITTED]
        return {name: numbers for one in asked if (fit := self._fit(one)) for name, numbers in fit.models.items()}

    def _scaled(self, x: Expr, factor: Value) -> Shares | None:
        found = self._shares(x)
        if found is None or isinstance(factor, Missing):
            return None
        return {cust: Fraction(factor) * value for cust, value in found.items()}

    def rows(self) -> list[dict[str, Any]]:
        """Source rows of the customers who make most of the number."""
        shares = sorted((self.shares or {}).items(), key=lambda item: (-abs(item[1]), item[0]))
        tables = {table for leaf in leaves(self.expr) for table in self.engine.tables(leaf)}
        largest = [cust for cust, share in shares[:LARGEST] if share != 0 and cust >= 0]
        return evidence.rows(self.engine, tables, largest, self.table.slots[0]) if largest else []

    @property
    def is_ratio(self) -> bool:
        return isinstance(self.expr, Ratio)

    def value_shares(self) -> Shares | None:
        """Each customer's part in the value itself; None where the value is divided by something made of customers."""
        if not isinstance(self.expr, Ratio):
            return self.shares
        if self.shares is None or not isinstance(self.expr.bottom, Length | Const):
            return None
        bottom = self.table.value(self.expr.bottom, self.cell)
        if isinstance(bottom, Missing) or bottom == 0:
            return None
        return {cust: share / bottom for cust, share in self.shares.items()}

    def bottom(self) -> Shares | None:
        return self._shares(self.expr.bottom) if isinstance(self.expr, Ratio) else {}


def _levels(leaf: Across) -> list[Any]:
    from tenure.compile.record import inputs

    levels, _, integrals = inputs(leaf.x)
    return [*levels, *integrals]


def _added(one: Shares, two: Shares, sign: int) -> Shares:
    found = dict(one)
    for cust, value in two.items():
        found[cust] = found.get(cust, Fraction(0)) + sign * value
    return found


def people(engine: Engine, shares: Mapping[int, Fraction]) -> list[Contribution]:
    """Shares with the customers' ids and names, largest first; what is 0 is left out."""
    wanted = {cust: value for cust, value in shares.items() if value != 0}
    if not wanted:
        return []
    table = engine.warehouse.run("SELECT cust, customer_id, name FROM customer_keys")
    named = {
        int(str(c)): (str(i), str(n))
        for c, i, n in zip(table["cust"], table["customer_id"], table["name"], strict=True)
        if int(str(c)) in wanted
    }
    found = [Contribution(*named.get(cust, (UNATTRIBUTED, "")), value) for cust, value in wanted.items()]
    return sorted(found, key=lambda c: (-abs(Fraction(c.amount)), c.id))


def _variants(measure: Measure, question: Question, frame: Frame) -> list[dict[str, Any]]:
    metric = question.metric
    readings = [Question(metric, name, metric.readings[name]) for name in metric.variants]
    results = measure.results(readings, frame)
    return [
        {
            "variant": q.variant,
            "value": result.rows[0].value,
            "unit": q.unit,
            "reason": result.rows[0].reason,
            "why": q.reading.why or ("as tenure counts it" if q.variant == metric.default else ""),
        }
        for q, result in zip(readings, results, strict=True)
    ]


def _versus(side: Side, name: str) -> tuple[dict[str, Any], list[Difference]]:
    """The other reading's value, and the way there: rule by rule to a preset, in one step to a variant."""
    metric = side.question.metric
    if name in PRESETS:
        steps = _rule_steps(side, Policy.of_preset(name))
    elif name in metric.readings:
        other = Side(side.engine, side.measure, Question(metric, name, metric.readings[name]), side.frame)
        steps = [(f"variant {name}", other)]
    else:
        raise UnknownName("preset or variant", name, [*PRESETS, *metric.readings], where="--versus")
    differences, here = [], side
    for rule, there in steps:
        differences.append(_difference(rule, here, there))
        here = there
    return {"name": name, "value": here.value}, [d for d in differences if d.amount != 0 or d.customers]


def _rule_steps(side: Side, target: Policy) -> Sequence[tuple[str, Side]]:
    """Every rule whose answer differs, changed one after the other in the order in which docs/policy.md lists them."""
    goal, policy = dict(target.all_rules()), side.engine.world.policy
    steps = []
    for rule in REVENUE_RULES:
        answer = policy.rule(rule.key)
        if goal[rule.key] != answer:
            policy = policy.with_rules(((rule.key, goal[rule.key]),))
            steps.append((f"{rule.key}: {answer} -> {goal[rule.key]}", side.under(policy)))
    return steps


def _difference(rule: str, here: Side, there: Side) -> Difference:
    if here.value is None or there.value is None:
        return Difference(rule, Fraction(0), [])
    first, second = here.value_shares(), there.value_shares()
    if first is not None and second is not None:
        shares = _added(second, first, -1)
    elif here.shares is not None and there.shares is not None and here.is_ratio and there.is_ratio:
        shares = _of_ratio(here, there, _added(there.shares, here.shares, -1))
    else:
        shares = {}
    return Difference(rule, there.value - here.value, people(here.engine, shares))


def _of_ratio(here: Side, there: Side, tops: Shares) -> Shares:
    """N1/D1 - N0/D0 by customer: (n1 - n0)/D1 - N0 (d1 - d0)/(D0 D1), which sums exactly."""
    first, second = here.bottom(), there.bottom()
    if first is None or second is None:
        return {}
    d0, d1 = sum(first.values(), Fraction(0)), sum(second.values(), Fraction(0))
    if d0 == 0 or d1 == 0:
        return {}
    n0 = (here.value or Fraction(0)) * d0
    bottoms = _added(second, first, -1)
    found = {cust: value / d1 for cust, value in tops.items()}
    return _added(found, {cust: n0 * value / (d0 * d1) for cust, value in bottoms.items()}, -1)
