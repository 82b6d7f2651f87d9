"""Every revenue and retention metric against the independent oracle, on random worlds.

`TENURE_WORLDS=300` asks that many worlds (20 by default). Each world is asked a part of all combinations of grain,
groups and variant, another part each; `TENURE_EVERY=1` asks each world all of them. To look at the world of a failure:
`cd tests && python -m oracle.world SEED FOLDER`, then `tenure -C FOLDER sync` and ask what the failure names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from oracle import world
from oracle.ask import MOVEMENTS, Oracle
from oracle.compare import Request, differences
from oracle.spans import DAY, Span, add_months

import tenure
from tenure.errors import TenureError

EVERY = bool(os.environ.get("TENURE_EVERY"))
USUAL = 20
WORLDS = int(os.environ.get("TENURE_WORLDS", USUAL))
GRAINS = ("day", "week", "month", "quarter", "year", "total")
PLAIN = (
    *("mrr", "arr", *MOVEMENTS, "transfer_mrr", "net_new_mrr", "expansion_rate", "nrr", "grr", "quick_ratio"),
    *("arpa", "arpu", "arpc", "non_recurring_revenue", "customers", "new_customers", "churned_customers"),
    *("customer_growth", "customer_retention_rate", "customer_churn_rate", "revenue_churn_rate"),
    *("net_revenue_churn_rate", "renewal_rate", "upsell_rate", "cross_sell_rate"),
)
WINDOWED = (
    *("nrr", "grr", "customer_retention_rate", "customer_churn_rate", "revenue_churn_rate"),
    "net_revenue_churn_rate",
)
MOVED = tuple(metric for metric in MOVEMENTS if metric != "fx_mrr")
VARIANTS: dict[str, tuple[str, ...]] = {
    "gross": ("mrr", *MOVED),
    "forever_only": ("mrr",),
    "recurring_only": ("mrr",),
    "exclude_past_due": ("mrr", *MOVED),
    "paused_counts": ("mrr", *MOVED),
    "paid_trial_counts": ("mrr",),
    "include_minimum_commit": ("mrr",),
    "week_exact": ("mrr",),
    "committed": ("mrr",),
    "paused_is_churn": ("mrr",),
    "no_conversion": ("mrr",),
    "rate_at_signing": ("mrr",),
    "annual_only": ("arr",),
    "carr": ("arr",),
    "asp": ("arpa",),
    "paying": ("arpu",),
    "per_customer": ("non_recurring_revenue",),
    "include_winback": ("nrr", "net_revenue_churn_rate"),
    "tcv": ("renewal_rate",),
    "spot_daily": ("mrr", *MOVED),
    "scheduled_at": ("mrr", *MOVED),
    "cancelled_at": ("mrr", *MOVED),
    "avg": ("arr",),
    "monthly": MOVED,
    "reactivation_as_new": MOVED,
    "reactivation_as_expansion": MOVED,
    "net": ("expansion_rate",),
    "movements": ("nrr", "grr", "revenue_churn_rate"),
    "churned_only": ("revenue_churn_rate",),
    "no_reactivation": ("quick_ratio",),
    "counts": ("customer_retention_rate",),
    "any_exit": ("customer_churn_rate",),
    "incl_new": ("customer_churn_rate",),
    "avg_base": ("customer_churn_rate",),
    "daily_sum": ("customer_churn_rate",),
    "annualised": ("customer_churn_rate", "nrr"),
    "gross_value": ("renewal_rate",),
    "net_value": ("renewal_rate",),
    "revenue": ("upsell_rate", "cross_sell_rate"),
}
WAYS = ("bounded", "unbounded", "continuous", "return_by")


def spans(oracle: Oracle, made: world.World, grain: str) -> tuple[Span, ...]:
    """The periods asked about: the data and a little beyond; a few weeks of days."""
    first, last = made.first - DAY, made.last
    if grain == "day":
        first = add_months(made.first, 2 + made.seed % 7) - 8 * DAY
        last = first + timedelta(days=16)
    elif grain == "week":
        first = add_months(made.first, 3)
        last = first + timedelta(days=70)
    elif grain == "total":
        first, last = made.first + timedelta(days=37), made.first + timedelta(days=200 + made.seed)
    return tuple(oracle.books.calendar.between(first, last, grain))


def lap(made: world.World) -> int:
    """A number that goes round differently from the kinds of worlds, so that every kind meets every request."""
    return made.seed + made.seed // len(world.KINDS)


def plain_requests(oracle: Oracle, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """All metrics as they are, over all, by an attribute, filtered."""
    grouped: list[tuple[str | None, tuple[str, str] | None]]
    grouped = [("region", None), ("segment", None), (None, ("region", "north")), ("region", ("segment", "small"))]
    for number, grain in enumerate(GRAINS):
        periods = spans(oracle, made, grain)
        if EVERY or (number + lap(made)) % 3 == 0:
            yield PLAIN, Request(grain, periods)
        for turn, (by, where) in enumerate(grouped):
            if EVERY or (number + turn + lap(made)) % 12 == 0:
                yield PLAIN, Request(grain, periods, by, where)


def variant_requests(oracle: Oracle, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """Every variant, over all or by an attribute; the worlds together see all combinations."""
    for number, (variant, metrics) in enumerate(VARIANTS.items()):
        grains = {"monthly": ("month", "quarter", "year"), "annualised": ("month",)}.get(variant, GRAINS)
        attribute = "region" if variant == "monthly" or (lap(made) + number) % 2 else "segment"
        if variant == "monthly" and made.fx:
            continue
        for turn, by in enumerate((None, attribute)):
            if EVERY or (lap(made) + number + turn) % 9 == 0:
                grain = grains[(made.seed // 3 + number + 2 * turn) % len(grains)]
                yield metrics, Request(grain, spans(oracle, made, grain), by, variant=variant)


def window_requests(oracle: Oracle, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """Cohorts that stand some months before the period's end."""
    for window, by in ((3, None), (12, "segment"), (12, None)):
        grain = GRAINS[(lap(made) + window + (by is None)) % 5]
        yield WINDOWED, Request(grain, spans(oracle, made, grain), by, window=window)


def age_requests(oracle: Oracle, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """Retention by age: of customers, of their revenue, of their use."""
    for grain, by in (("month", None), (("quarter", "week", "quarter", "year")[lap(made) % 4], "region")):
        periods = spans(oracle, made, grain)
        yield ("cohort_retention", "revenue_retention"), Request(grain, periods, by)
        way = WAYS[(lap(made) + (grain == "month")) % len(WAYS)]
        if oracle.books.uses:
            yield ("cohort_retention",), Request(grain, periods, by, variant=f"active_{way}")
        if oracle.books.orders:
            yield ("cohort_retention",), Request(grain, periods, by, variant=f"ordered_{way}")


def mismatches(folder: Path, seed: int) -> Iterator[str]:
    """Write a world, load it, ask everything, and say what differs."""
    made = world.write(seed, folder)
    oracle = Oracle(folder)
    workspace = tenure.open(folder)
    workspace.sync()
    for requests in (plain_requests, variant_requests, window_requests, age_requests):
        for metrics, request in requests(oracle, made):
            try:
                results = workspace.show(*metrics, **request.options())
            except TenureError as error:
                yield f"{' '.join(metrics)} {request}: {type(error).__name__}: {error}"
                continue
            for result in results:
                yield from differences(oracle, result, request)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_against_oracle(tmp_path: Path, seed: int) -> None:
    found = list(mismatches(tmp_path, seed))
    kind = world.KINDS[seed % len(world.KINDS)]
    shown = "\n".join(f"world {seed} ({kind}): {line}" for line in found[:25])
    assert not found, f"{len(found)} differences\n{shown}"
