"""Hold a table of answers against the oracle: which cells differ, named so that they can be asked again. Tests' floor.

Knows the shape of a result (rows with period, start, end, by, value, ...) and nothing else of who made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from .ask import BY_AGE, FIGURES, Oracle, Question
from .books import NONE, UNATTRIBUTED
from .lifetime import STATES
from .movements import Scope
from .renewals import fate
from .retention import Answer
from .spans import DAY, Span
from .trade import settled

TOLERANCE = Fraction(1, 10**9)
CENTS = Fraction(1, 10**7)
"""Amounts are kept to some 10^-9 of a unit, day by day and customer by customer."""
HOW_MANY: tuple[str, ...] = ("nrr", "grr", "revenue_churn_rate", "net_revenue_churn_rate", "expansion_rate", *BY_AGE)
HOW_MANY += ("customer_retention_rate", "customer_churn_rate", "upsell_rate", "cross_sell_rate", *FIGURES)
"""Metrics whose n (customers of the cohort) is compared."""
OF_AMOUNTS = ("quick_ratio",)
"""Metrics that divide by an amount which may be very small."""


@dataclass(frozen=True)
class Request:
    """What was asked, beside the metrics: periods, groups, filter, variant, window."""

    grain: str
    spans: tuple[Span, ...]
    by: str | None = None
    where: tuple[str, str] | None = None  # attribute, value
    variant: str | None = None
    window: int | None = None

    def __str__(self) -> str:
        parts = [self.grain, f"{self.spans[0].start}..{self.spans[-1].end - DAY}"]
        parts += [f"by {self.by}"] if self.by else []
        parts += [f"where {self.where[0]} = {self.where[1]!r}"] if self.where else []
        parts += [f"variant {self.variant}"] if self.variant else []
        return " ".join([*parts, *([f"window {self.window}m"] if self.window else [])])

    def options(self) -> dict[str, Any]:
        """The same as the options of `Workspace.show`."""
        first, last = self.spans[0], self.spans[-1]
        named = self.grain in ("month", "quarter", "year")
        options: dict[str, Any] = {"grain": self.grain}
        options["from_"] = first.label if named else first.start.isoformat()
        options["to"] = last.label if named else (last.end - DAY).isoformat()
        if self.by:
            options["by"] = (self.by,)
        if self.where:
            options["where"] = (f"{self.where[0]} = '{self.where[1]}'",)
        if self.variant:
            options["variant"] = self.variant
        if self.window:
            options["window"] = f"{self.window}m"
        return options


def labels(oracle: Oracle, name: str) -> list[str]:
    """Every group there can be."""
    if name == "state":
        return list(STATES)
    found = {row.get(name) or NONE for rows in oracle.books.stretches.values() for _, _, row in rows}
    return sorted(found | {NONE, UNATTRIBUTED})


@lru_cache(maxsize=200)
def scope_of(oracle: Oracle, request: Request, label: str | None) -> Scope:
    """Whether a customer is in the group and passes the filter, at a day's close."""
    tests = [(request.by, label)] if request.by and label is not None else []
    tests += [request.where] if request.where else []

    @cache
    def inside(customer: str | None, day: date) -> bool:
        return all(oracle.group(customer, name, day) == value for name, value in tests)

    return inside


def differences(oracle: Oracle, result: Any, request: Request) -> Iterable[str]:
    """What is wrong with one metric's result, in words."""
    metric, said = result.metric, f"{result.metric} {request}"
    cells: dict[tuple[Any, ...], Any] = {}
    for row in result.rows:
        key = (row.start, row.end, row.by.get(request.by) if request.by else None, row.by.get("age"))
        if key in cells:
            yield f"{said}: two rows for {key}"
        cells[key] = row
    groups: list[str | None] = [*labels(oracle, request.by)] if request.by else [None]
    for label in groups:
        answers = {span: _answers(oracle, metric, request, label, span) for span in request.spans}
        wanted = any(answer.value or answer.denominator for found in answers.values() for answer in found.values())
        present = any(key[2] == label for key in cells)
        if request.by and not present:
            if wanted:
                yield f"{said}: no rows for the group {label!r}"
            continue
        for span, found in answers.items():
            for age, answer in found.items():
                if age == 0 and (request.variant or "").endswith(("_continuous", "_return_by")):
                    cells.pop((span.start, span.end, label, age), None)  # these are defined from age 1 on
                    continue
                where = f"{said}: {span.start}..{span.end - DAY} {label or ''}{'' if age is None else f' age {age}'}"
                row = cells.pop((span.start, span.end, label, age), None)
                yield from (f"{where}: {problem}" for problem in _cell(oracle, metric, request, span, row, answer))
    for key, row in cells.items():
        if metric not in BY_AGE or row.value is not None:
            yield f"{said}: a row too many, {key} = {row.value}"


def _answers(oracle: Oracle, metric: str, request: Request, label: str | None, span: Span) -> dict[int | None, Answer]:
    question = Question(span, scope_of(oracle, request, label), request.window)
    if metric in BY_AGE:
        return dict(enumerate(oracle.ask_ages(metric, request.variant, question, request.grain)))
    return {None: oracle.ask(metric, request.variant, question)}


def _cell(oracle: Oracle, metric: str, request: Request, span: Span, row: Any, answer: Answer) -> Iterable[str]:
    if row is None:
        yield "no row"
        return
    if request.grain in ("month", "quarter", "year") and row.period != span.label:
        yield f"is called {row.period!r}, not {span.label!r}"
    for name in ("value", "numerator", "denominator"):
        mine, theirs = getattr(answer, name), getattr(row, name)
        if name != "value" and (mine is None or answer.value is None):
            continue
        amount = name != "value" or metric.endswith(("mrr", "arr", "revenue"))
        least = CENTS if amount else TOLERANCE
        if metric in OF_AMOUNTS and name == "value" and mine and answer.denominator:
            least = abs(mine) * CENTS / abs(answer.denominator)  # what a tick more or less below makes of it
        if not _same(mine, theirs, least):
            yield f"{name} {_shown(theirs)}, oracle {_shown(mine)}"
    if answer.value is None and row.reason != answer.reason:
        yield f"reason {row.reason!r}, oracle {answer.reason!r}"
    if metric in HOW_MANY and answer.n is not None and answer.value is not None and row.n != answer.n:
        yield f"n {row.n}, oracle {answer.n}"
    settled_ = settled(oracle, metric, span)
    if metric not in BY_AGE and not _pending(oracle, metric, span) and row.complete != settled_:
        yield f"complete {row.complete}"


def _pending(oracle: Oracle, metric: str, span: Span) -> bool:
    """Whether contracts due in the period are still open, so that the rate may be called provisional."""
    due = [c for c in oracle.books.contracts if c.end and span.start <= c.end < span.end]
    return metric == "renewal_rate" and any(fate(oracle.books, contract) == "open" for contract in due)


def _same(mine: Fraction | None, theirs: Any, least: Fraction) -> bool:
    if mine is None or theirs is None:
        return mine is None and theirs is None
    return abs(mine - Fraction(theirs)) <= max(least, TOLERANCE * abs(mine))


def _shown(value: Any) -> str:
    return "null" if value is None else f"{float(value):.12g}"


def told_apart(said: str, row: Any, answer: Answer) -> Iterable[str]:
    """What differs between a row and the oracle's answer: value, reason, n."""
    if row is None:
        if answer.value:
            yield f"{said}: no row, oracle {float(answer.value)}"
    elif (row.value is None) != (answer.value is None):
        yield f"{said}: {row.value} ({row.reason}), oracle {answer.value} ({answer.reason})"
    elif answer.value is None:
        if row.reason != answer.reason:
            yield f"{said}: reason {row.reason}, oracle {answer.reason}"
    elif abs(Fraction(row.value) - answer.value) > Fraction(1, 10**9) * max(1, abs(answer.value)):
        yield f"{said}: {float(row.value)}, oracle {float(answer.value)}"
    elif answer.n is not None and row.n != answer.n:
        yield f"{said}: n {row.n}, oracle {answer.n}"
