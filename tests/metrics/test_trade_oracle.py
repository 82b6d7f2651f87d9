"""Lifetime, cost, commerce and operations metrics against the independent oracle, on random worlds with books of trade.

`TENURE_WORLDS=60` asks that many worlds (5 by default), `TENURE_FIRST=100` begins at that one; each is asked a part of
all combinations of grain, groups and variant, all of them with `TENURE_EVERY=1`. To look at the world of a failure:
`world.write(seed, folder, more=trade)`, then `tenure -C FOLDER sync` and ask what the failure names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from oracle import world
from oracle.ask import FIGURES, Oracle
from oracle.compare import Request, differences
from oracle.spans import DAY, Span, add_months
from oracle.world_trade import trade

import tenure
from tenure.errors import TenureError

EVERY = bool(os.environ.get("TENURE_EVERY"))
USUAL = 5
WORLDS = int(os.environ.get("TENURE_WORLDS", USUAL))
FIRST = int(os.environ.get("TENURE_FIRST", "0"))
GRAINS = ("quarter", "week", "total", "year", "day")
OF_NOBODY = ("inventory_turnover", "defect_rate", "customers_per_employee")
"""Metrics some of whose rows belong to no customer."""
OF_CUSTOMERS = tuple(metric for metric in FIGURES if metric not in OF_NOBODY)
VARIANTS: dict[str, tuple[str, ...]] = {
    "store": ("average_transaction_value",),
    "12m": ("repeat_purchase_rate",),
    "cohort": ("repeat_purchase_rate",),
    "churn": ("clv",),
    "purchase": ("clv",),
    "arpc": ("clv",),
    "historic": ("clv",),
    "value": ("clv",),
    "predictive": ("clv",),
    "revenue": ("cac_payback",),
    "lagged": ("cac",),
    "all": ("crc",),
    "budget": ("project_success_rate",),
    "dpmo": ("defect_rate",),
}


def spans(oracle: Oracle, made: world.World, grain: str) -> tuple[Span, ...]:
    """The periods asked about: some months of the data, and beyond it where there are few periods."""
    first, last = add_months(made.first, made.seed % 5), made.last
    if grain == "month":
        last = add_months(first, 10)
    elif grain in ("day", "week"):
        first = add_months(first, 4) - 3 * DAY
        last = first + timedelta(days=6 if grain == "day" else 30)
    elif grain == "total":
        last = first + timedelta(days=100 + made.seed)
    return tuple(oracle.books.calendar.between(first, last, grain))


def requests(oracle: Oracle, made: world.World) -> Iterator[tuple[tuple[str, ...], Request]]:
    """All of it by months and by another grain; groups or a filter, some variants, and the states by a third."""
    seed, lap = made.seed, made.seed + made.seed // len(world.KINDS)
    attribute = ("region", "segment")[lap % 2]
    for number, grain in enumerate(("month", *GRAINS)):
        if EVERY or number in (0, 1 + lap % len(GRAINS)):
            yield tuple(FIGURES), Request(grain, spans(oracle, made, grain))
        if EVERY or number == lap % (len(GRAINS) + 1):
            yield ("customers",), Request(grain, spans(oracle, made, grain), "state", variant="all")
    for number, (by, where) in enumerate(
        ((attribute, None), (None, ("region", "north")), (attribute, ("segment", "small")))
    ):
        if EVERY or number == lap % 3:
            grain = ("month", "quarter")[(seed + number) % 2]
            yield OF_CUSTOMERS, Request(grain, spans(oracle, made, grain), by, where)
    for number, (variant, metrics) in enumerate(VARIANTS.items()):
        if variant == "predictive" and not oracle.books.subscribed:
            continue  # a model of buying is fitted: test_clv_oracle.py
        if EVERY or (number + lap) % 3 == 0:
            grain = GRAINS[(lap + number) % len(GRAINS)]
            by = attribute if (number + seed) % 4 == 0 and metrics[0] not in OF_NOBODY else None
            yield metrics, Request(grain, spans(oracle, made, grain), by, variant=variant)


def mismatches(folder: Path, seed: int) -> Iterator[str]:
    """Write a world, load it, ask, and say what differs."""
    made = world.write(seed, folder, more=trade)
    oracle = Oracle(folder)
    workspace = tenure.open(folder)
    workspace.sync()
    for metrics, request in requests(oracle, made):
        try:
            results = workspace.show(*metrics, **request.options())
        except TenureError as error:
            yield f"{' '.join(metrics)} {request}: {type(error).__name__}: {error}"
            continue
        for result in results:
            yield from differences(oracle, result, request)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_trade_against_oracle(tmp_path: Path, seed: int) -> None:
    found = list(mismatches(tmp_path, seed))
    kind = world.KINDS[seed % len(world.KINDS)]
    shown = "\n".join(f"world {seed} ({kind}): {line}" for line in found[:25])
    assert not found, f"{len(found)} differences\n{shown}"
