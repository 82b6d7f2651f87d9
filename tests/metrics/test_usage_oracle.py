"""Use, onboarding, trials and engagement against the independent oracle (TENURE_WORLDS random worlds, 5 by default)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oracle import world, world_usage
from oracle.compare import Request, labels, scope_of, told_apart
from oracle.retention import Answer
from oracle.spans import Span
from oracle.usage import FIGURES, Use

import tenure

USUAL = 5
WORLDS = int(os.environ.get("TENURE_WORLDS", USUAL))
OWN = {"feature_adoption_rate": "feature", "onboarding_step_rate": "step"}
EVERYWHERE = ("mau", "wau", "dau", "stickiness")
PLAIN = tuple(name for name in FIGURES if name not in EVERYWHERE)
VARIANTS = {
    "mau": ("calendar", "trailing", "trailing_28", "customers"),
    "wau": ("customers",),
    "dau": ("customers", "active_days"),
    "stickiness": ("customers",),
    "feature_adoption_rate": ("adopted", "entitled", "active_only", "ever", "depth", "frequency"),
    "time_on_platform": ("per_session",),
    "interactions": ("per_customer",),
    "resource_views": ("customers",),
    "activation_rate": ("in_period",),
    "time_to_value": ("achieved_mean", "quartile", "third_quartile"),
    "outcome_rate": ("by_now",),
    "onboarding_time": ("achieved_mean",),
    "onboarding_step_rate": ("funnel",),
    "onboarded_retention": ("not_onboarded",),
    "trial_conversion_rate": ("by_trial_start", "in_period", "rolling_30"),
    "conversion_rate": ("funnel",),
}
OF_ALL = ("conversion_rate",)
"""Asked over everybody: visitors have no segment of their own."""


def requests(use: Use, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """Users and the rest at every grain, another for each world; over all, by an attribute that stays or changes."""

    def spans(grain: str, most: int) -> tuple[Span, ...]:
        found = use.books.calendar.between(made.first, made.last, grain)
        begin = 0 if grain == "year" else 3  # there are two or three years
        return tuple(found[begin : begin + most])

    whole = (Span("", made.first, made.last),)
    grain = ("day", "total", "quarter", "week", "year")[made.seed % 5]
    yield EVERYWHERE, Request(grain, whole if grain == "total" else spans(grain, 5))
    yield EVERYWHERE, Request("month", spans("month", 6), ("region", "segment")[made.seed % 2])
    yield EVERYWHERE, Request("week", spans("week", 5), None, ("region", "north"))
    yield PLAIN, Request("month", spans("month", 5))
    yield tuple(m for m in PLAIN if m not in OF_ALL), Request("quarter", spans("quarter", 2), "region")
    if made.seed % 5 == 4:
        yield OF_ALL, Request("quarter", spans("quarter", 2))
    grain, first, most = (("day", 100, 3), ("week", 15, 3), ("total", 0, 1), ("year", 0, 2))[made.seed % 4]
    some = tuple(use.books.calendar.between(made.first, made.last, grain)[first : first + most])
    by = (None, "region")[made.seed // 4 % 2]
    yield tuple(m for m in PLAIN if not by or m not in OF_ALL), Request(grain, some, by)
    pairs = [(metric, variant) for metric, names in VARIANTS.items() for variant in names]
    for number, (metric, variant) in enumerate(pairs):
        if (number + made.seed) % 3 == 0:
            yield (metric,), Request("month", spans("month", 5), variant=variant)


def differences(use: Use, result: Any, request: Request) -> Iterator[str]:
    own = "step" if result.variant == "funnel" else OWN.get(result.metric)
    names = {"feature": world_usage.FEATURES, "step": world_usage.STEPS}
    funnel = result.metric == "conversion_rate" and own
    values = tuple(use.usage["funnel"]) if funnel else names[own] if own else ("",)
    cells = {(row.start, row.by.get(request.by or ""), row.by.get(own or "", "")): row for row in result.rows}
    variant = request.variant or ("by_trial_end" if result.metric == "trial_conversion_rate" else "default")
    for label in labels(use.oracle, request.by) if request.by else [None]:
        for span in request.spans:
            for value in values:
                row = cells.get((span.start, label, value))
                said = f"{result.metric} {variant} {request} {span.start} {label or ''} {value}"
                if span.start >= use.cut:
                    if row is not None and row.reason != "not_reached":
                        yield f"{said}: {row.value} in the future"
                    continue
                answer: Answer = FIGURES[result.metric](
                    use, span, scope_of(use.oracle, request, label), request.grain, variant, value
                )
                yield from told_apart(said, row, answer)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_use_against_the_oracle(tmp_path: Path, seed: int) -> None:
    world.write(seed, tmp_path / "base")
    made = world.write(seed, tmp_path / "full", more=world_usage.tables, settings=world_usage.SETTINGS)
    use, workspace = Use(tmp_path / "full", tmp_path / "base"), tenure.open(tmp_path / "full")
    workspace.sync()
    there = {path.stem for path in (tmp_path / "full").glob("*.csv")}
    found = []
    for metrics, request in requests(use, made):
        skipped = {"trial_conversion_rate"} if "trials" not in there else set()
        asked = [m for m in metrics if m not in skipped]
        if request.variant == "entitled" and "entitlements" not in there:
            continue
        options = request.options()
        for result in workspace.show(*asked, **options) if asked else ():
            found += differences(use, result, request)
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:25])
