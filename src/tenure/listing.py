"""The catalogue as `tenure metrics` prints it: each metric, what it needs, whether it is here. Machinery floor.

Starts without any heavy library: which tables a metric needs is read off its expression.
"""

from __future__ import annotations

from typing import Any

from tenure import model
from tenure.expr import Aged, Expr, FirstWith, Ratio, Rows, Steps
from tenure.metric import Metric, catalogue
from tenure.tree import children, walk

# The model tables behind derived rows; a rollup of the same name needs the table it is named after.
_BEHIND = {
    "terms": "contracts",
    "sales": "subscriptions",
    "trial_stretches": "subscriptions",
    "event_sessions": "events",
    "onboardings": "onboarding_steps",
    "onboarding_tasks": "onboarding_steps",
    "onboarding_touched": "onboarding_steps",
    "onboarding_stayed": "onboarding_steps",
}


def needs(expr: Expr) -> list[str]:
    """The model tables that an expression reads, in order; `a or b` where one of them is enough."""
    found: dict[str, None] = {}
    _collect(expr, found)
    return list(found)


def _collect(node: object, found: dict[str, None]) -> None:
    if isinstance(node, FirstWith):
        choices = [_BEHIND.get(table, table) for table, _ in node.choices]
        found[" or ".join(dict.fromkeys([*choices, *_last_resort(node)]))] = None
        return
    if isinstance(node, Steps):
        found["subscriptions" if node.name == "mrr" else "subscriptions or orders or customers"] = None
    if isinstance(node, Rows):
        found[node.of or _BEHIND.get(node.table, node.table)] = None
    for child in children(node):
        _collect(child, found)


def _last_resort(node: FirstWith) -> list[str]:
    """What is enough when none of the choices is there: the tables that must be, else any of those that may be."""
    wanted = needs(node.otherwise)
    plain = [need for need in wanted if " or " not in need]
    return plain or [table for need in wanted for table in need.split(" or ")]


def available(metric: Metric, loaded: frozenset[str]) -> bool:
    """Whether the workspace has what the metric's default reading needs."""
    expr = metric.reading(None).expr
    wanted = needs(expr)
    if _is_sum(expr):
        return any(_met(need, loaded) for need in wanted)
    return all(_met(need, loaded) for need in wanted)


def _is_sum(expr: Expr) -> bool:
    """A sum of several sources has a value where one of them is there."""
    return not any(isinstance(node, Ratio | Aged) for node in walk(expr)) and getattr(expr, "name", "") == "+"


def _met(need: str, loaded: frozenset[str]) -> bool:
    tables = need.split(" or ")
    if "customers" in tables:
        return any(name in model.TABLES and model.TABLES[name].customer for name in loaded)
    return any(table in loaded for table in tables)


def listed(word: str | None, loaded: frozenset[str]) -> list[dict[str, Any]]:
    """The catalogue (or the metrics that a word is found in) as `tenure metrics --format json` prints it."""
    found = []
    for metric in catalogue().values():
        text = " ".join((metric.id, metric.title, metric.doc, *metric.aliases)).lower()
        if word and word.lower().replace(" ", "_") not in (metric.id, *metric.aliases) and word.lower() not in text:
            continue
        found.append(
            {
                "metric": metric.id,
                "title": metric.title,
                "unit": metric.unit,
                "better": metric.better,
                "variants": list(metric.variants),
                "needs": needs(metric.reading(None).expr),
                "available": available(metric, loaded),
                "benchmark": metric.benchmark,
            }
        )
    exact = [row for row in found if word and row["metric"] == word]
    return exact or found


def missing(loaded: frozenset[str]) -> list[dict[str, Any]]:
    """What to load to make more metrics available: any of `tables`, with their columns; what opens most first."""
    found: dict[str, list[str]] = {}
    alone: dict[str, list[str]] = {}
    for metric in catalogue().values():
        if available(metric, loaded):
            continue
        lacking = [need for need in needs(metric.reading(None).expr) if not _met(need, loaded)]
        for need in lacking:
            found.setdefault(need, []).append(metric.id)
            if len(lacking) == 1:
                alone.setdefault(need, []).append(metric.id)
    rows = [
        {
            "tables": need.split(" or "),
            "columns": {table: _wanted(table) for table in need.split(" or ") if table in model.TABLES},
            "metrics": metrics,
            "enough_for": alone.get(need, []),
        }
        for need, metrics in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row["enough_for"]), -len(row["metrics"]), row["tables"]))


def _wanted(table: str) -> list[str]:
    """The columns a table cannot do without: those that are required, its time, and whose row it is."""
    spec = model.TABLES[table]
    names = [*spec.required, *spec.key, spec.customer, spec.main_time]
    return list(dict.fromkeys(name for name in names if name))
