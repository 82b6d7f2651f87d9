"""Surveys, opinions and tickets against the independent oracle, on random worlds (TENURE_WORLDS, 5 by default)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from oracle import world, world_voice
from oracle.compare import Request, labels, scope_of, told_apart
from oracle.retention import Answer
from oracle.spans import Span
from oracle.support import Desk

import tenure

USUAL = 5
WORLDS = int(os.environ.get("TENURE_WORLDS", USUAL))
ASKED: dict[str, tuple[str, ...]] = {
    "nps": (
        *("default", "latest_per_person", "mean_per_person", "per_customer", "finite", "mrr_weighted"),
        "latest_score",
    ),
    "csat": ("default", "mean", "mean_100", "top3", "latest_per_person", "per_customer"),
    "service_satisfaction": ("default", "latest_per_person"),
    "employee_engagement": ("default", "enps"),
    "response_rate": ("default", "delivered", "opened"),
    "ces": (
        *("default", "ease", "v1", "ease_5", "v2", "v2_pct", "net", "0_10", "latest_per_person"),
        "per_customer",
    ),
    "acsi": ("default", "weighted"),
    "rating": ("default", "count"),
    "sentiment": ("default", "reviews", "comments"),
    "loyalty": ("default",),
    "tickets": ("default",),
    "open_tickets": ("default",),
    "reopen_rate": ("default",),
    "first_contact_resolution": (
        *("default", "mature", "one_touch_zendesk", "one_touch_exact", "resolved_only_denominator"),
        *("repeat_contact", "survey_fcr"),
    ),
    "resolution_time": (
        *("default", "median", "p90", "km_median", "first", "effort", "without_pending"),
        *("business", "business_last_schedule", "business_all_schedules"),
    ),
    "first_response_time": ("default", "median", "p90", "km_median", "business"),
}
OF_CUSTOMERS = ("referral_rate", "advocacy")
ROUNDS = 1 if os.environ.get("TENURE_EVERY") else 5
"""Each world asks every fifth variant, so that eight worlds ask all; with TENURE_EVERY=1 each asks all."""


def requests(desk: Desk, made: world.World) -> Iterator[Request]:
    """Months over all, the whole stretch at once by an attribute or filtered, and another grain: a part a world."""

    def spans(grain: str) -> tuple[Span, ...]:
        return tuple(desk.books.calendar.between(made.first, made.last, grain))

    whole = (Span("", made.first, made.last),)
    turn = made.seed % 3
    yield Request("month", spans("month")[3:9])
    yield (
        Request("total", whole),
        Request("total", whole, "segment"),
        Request("total", whole, None, ("region", "north")),
    )[turn]
    grain = ("day", "week", "year", "quarter")[made.seed % 4]
    some = spans(grain)
    middle = len(some) // 2
    yield Request(grain, some[middle : middle + 3], ("region", None)[made.seed // 4 % 2])


def variants(seed: int) -> Iterator[tuple[str, list[str]]]:
    """Which metrics are asked in which variant."""
    pairs = [(metric, variant) for metric, names in ASKED.items() for variant in names]
    chosen = [pair for number, pair in enumerate(pairs) if (number + seed) % ROUNDS == 0]
    for variant in sorted({variant for _, variant in chosen}):
        yield variant, [metric for metric, name in chosen if name == variant]


def differences(desk: Desk, result: Any, request: Request, variant: str) -> Iterator[str]:
    groups = labels(desk.oracle, request.by) if request.by else [None]
    cells = {(row.start, row.by.get(request.by) if request.by else None): row for row in result.rows}
    for label in groups:
        for span in request.spans:
            scope = cache(scope_of(desk.oracle, request, label))
            answer: Answer = desk.ask(result.metric, variant, span, scope)
            row = cells.pop((span.start, label), None)
            said = f"{result.metric} {variant} {request} {span.start} {label or ''}"
            yield from told_apart(said, row, answer)
    for key, row in cells.items():
        yield f"{result.metric} {variant} {request}: a row too many, {key} = {row.value}"


@pytest.mark.parametrize("seed", range(WORLDS))
def test_voice_and_support_against_the_oracle(tmp_path: Path, seed: int) -> None:
    world.write(seed, tmp_path / "base")
    made = world.write(seed, tmp_path / "full", more=world_voice.tables)
    desk, workspace = Desk(tmp_path / "full", tmp_path / "base"), tenure.open(tmp_path / "full")
    workspace.sync()
    found = []
    for request in requests(desk, made):
        options = {name: value for name, value in request.options().items() if name != "variant"}
        for variant, metrics in variants(seed):
            for result in workspace.show(*metrics, variant=None if variant == "default" else variant, **options):
                found += differences(desk, result, request, variant)
        if desk.books.subscribed:
            asked = [m for m in OF_CUSTOMERS if m == "advocacy" or (tmp_path / "full" / "referrals.csv").exists()]
            for result in workspace.show(*asked, **options):
                found += differences(desk, result, request, "default")
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:25])
