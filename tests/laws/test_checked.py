"""Every metric and every variant has a check: an oracle in plain loops is asked it, or it says where else it is held.

Asks the oracles' own tests what they ask, without making a world. A new metric or variant without a check fails here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from metrics import test_against_oracle as revenue
from metrics import test_trade_oracle as trade
from metrics import test_usage_oracle as usage
from metrics import test_voice_oracle as voice
from oracle.spans import Calendar

from tenure.metric import catalogue
from tenure.periods import GRAINS

TESTS = Path(__file__).resolve().parents[1]
Asked = tuple[str, str, str, bool]
"""Metric, variant, grain, and whether it is of a part of the customers."""


def _stand_in(seed: int) -> tuple[Any, Any]:
    """What the lists of questions look at: a world with everything, which nobody writes."""
    books = SimpleNamespace(calendar=Calendar(), uses=True, orders=True, subscribed=True)
    made = SimpleNamespace(seed=seed, first=date(2023, 1, 1), last=date(2024, 3, 1), fx=False)
    return SimpleNamespace(books=books), made


def _revenue(seed: int) -> Iterator[Asked]:
    books, made = _stand_in(seed)
    for ask in (revenue.plain_requests, revenue.variant_requests, revenue.window_requests, revenue.age_requests):
        for metrics, request in ask(books, made):
            yield from _each(metrics, request)


def _trade(seed: int) -> Iterator[Asked]:
    for metrics, request in trade.requests(*_stand_in(seed)):
        yield from _each(metrics, request)


def _usage(seed: int) -> Iterator[Asked]:
    for metrics, request in usage.requests(*_stand_in(seed)):
        yield from _each(metrics, request)


def _voice(seed: int) -> Iterator[Asked]:
    for request in voice.requests(*_stand_in(seed)):
        for variant, metrics in voice.variants(seed):
            yield from _each(metrics, request, variant)
        yield from _each(voice.OF_CUSTOMERS, request)


def _each(metrics: Any, request: Any, variant: str | None = None) -> Iterator[Asked]:
    assert request.spans, f"{request.grain}: of no period"
    for metric in metrics:
        one = catalogue()[metric]
        name = variant or request.variant or one.default
        known = one.default if name == "default" else name
        yield metric, known, request.grain, bool(request.by or request.where)


ORACLES: dict[str, tuple[Callable[[int], Iterator[Asked]], int]] = {
    "revenue": (_revenue, revenue.USUAL),
    "trade": (_trade, trade.USUAL),
    "usage": (_usage, usage.USUAL),
    "voice": (_voice, voice.USUAL),
}


@cache
def asked(worlds: int = 0) -> dict[tuple[str, str], set[tuple[str, bool]]]:
    """By metric and variant: the grains, over all and in part. `worlds`: how many; 0 is as many as the tests ask."""
    found: dict[tuple[str, str], set[tuple[str, bool]]] = defaultdict(set)
    for questions, usual in ORACLES.values():
        for seed in range(worlds or usual):
            for metric, variant, grain, part in questions(seed):
                found[metric, variant].add((grain, part))
    return found


PAIRS = [(one.id, name) for one in catalogue().values() for name in one.readings]
ELSEWHERE: dict[str, dict[str, tuple[str, ...]]] = {
    # Loops of their own.
    "metrics/test_clv_oracle.py": {"clv": ("predictive_sbg", "predictive_orders", "predictive_pareto")},
    "metrics/test_health_oracle.py": {"health": ("default", "mean"), "health_share": (), "mrr_at_risk": ()},
    # Worked by hand: the random worlds know no instants within a day, no metered use, no fees, no refunds by invoice.
    "golden/test_readings.py": {
        **dict.fromkeys(revenue.MOVED, ("window_60min", "ignore_same_period")),
        "mrr": ("include_metered", "auto_churn_after", "full_refund_cancels", "net_of_fees"),
        "renewal_rate": ("by_signing",),
        "cohort_retention": ("active",),
        "payment_success": (),
        "return_rate": (),
    },
}
"""Test file: metrics, and the variants (the default, where none is named) that it holds to figures worked out there."""
BY_AGE = ("cohort_retention", "revenue_retention")
WHOLE = ("customers_per_employee", "inventory_turnover", "defect_rate", "conversion_rate")
"""Metrics some of whose rows are nobody's, so that no part of the customers has them: conversion by visitor."""


def elsewhere() -> dict[tuple[str, str], str]:
    return {
        (metric, variant): file
        for file, metrics in ELSEWHERE.items()
        for metric, variants in metrics.items()
        for variant in variants or (catalogue()[metric].default,)
    }


@pytest.mark.parametrize(("metric", "variant"), PAIRS, ids=("-".join(pair) for pair in PAIRS))
def test_every_reading_is_checked(metric: str, variant: str) -> None:
    """By an oracle in the worlds that every run asks, or in the file that is named here."""
    file = elsewhere().get((metric, variant))
    assert ((metric, variant) in asked()) != (file is not None), "exactly one of both"
    if file is not None:
        text = (TESTS / file).read_text(encoding="utf-8")
        assert metric in text and (variant == "default" or variant in text)


@pytest.mark.parametrize("metric", catalogue())
def test_every_metric_is_checked_at_every_grain_and_in_part(metric: str) -> None:
    """The defaults, over the worlds of a longer run. Ages have no total: cohorts are of periods."""
    one = catalogue()[metric]
    if (metric, one.default) in elsewhere():
        return
    found = asked(60)[metric, one.default]
    assert {grain for grain, _ in found} >= {*GRAINS} - ({"day", "total"} if metric in BY_AGE else set())
    assert any(part for _, part in found) or metric in WHOLE


def test_what_is_checked_elsewhere_exists() -> None:
    assert set(elsewhere()) <= set(PAIRS)
