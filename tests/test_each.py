"""Each customer's own figures as columns are those that metrics show by customer, for the whole catalogue."""

from __future__ import annotations

import itertools
import os
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from oracle import world, world_usage, world_voice
from oracle.spans import add_months
from oracle.world_trade import trade

import tenure
from tenure import each
from tenure.expr import Aged
from tenure.metric import catalogue
from tenure.periods import Period

WORLDS = min(int(os.environ.get("TENURE_WORLDS", "2")), 30)
PARTS = 1 if WORLDS > 2 else 4
"""Compiling takes most of the time: `make test` looks at a quarter of the catalogue in each of two worlds."""
OF_SCORES = ("health", "health_share", "mrr_at_risk")
AT_ONCE = 40


def readings() -> list[str]:
    """Every reading that is a figure of one customer, as id:variant."""
    found = []
    for name, metric in catalogue().items():
        if name in OF_SCORES or metric.by:
            continue
        for variant, reading in metric.readings.items():
            if not reading.by and not isinstance(reading.expr, Aged) and each.fits(reading.expr):
                found.append(f"{name}:{variant}")
    return found


def tables(made: world.World) -> dict[str, Any]:
    return trade(made) | world_usage.tables(made) | world_voice.tables(made)


def opened(folder: Path, seed: int) -> tuple[tenure.Workspace, world.World]:
    made = world.write(seed, folder, more=tables, settings=world_usage.SETTINGS)
    workspace = tenure.open(folder)
    workspace.sync()
    return workspace, made


def people(workspace: tenure.Workspace, last: Period) -> list[str]:
    """The customers at the end of a period."""
    (found,) = workspace.over(("customers",), [last], ("customer_id",))
    return [str(row.by["customer_id"]) for row in found.rows if row.value]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_columns_say_what_the_metrics_say_by_customer(tmp_path: Path, seed: int) -> None:
    """Three windows of a quarter that touch, and the customers at their end."""
    workspace, made = opened(tmp_path, seed)
    day = min(made.as_of or made.last, add_months(made.first, 14))
    edges = [day - timedelta(days=30 * i) for i in (3, 2, 1, 0)]
    periods = [Period(str(i), begin, end) for i, (begin, end) in enumerate(itertools.pairwise(edges))]
    there, keys = people(workspace, periods[-1]), {name: key for key, name in enumerate(workspace.ids())}
    assert there
    names, said = readings()[seed % PARTS :: PARTS], 0
    for begin in range(0, len(names), AT_ONCE):
        asked = ["customers", *names[begin : begin + AT_ONCE]]
        results = dict(zip(asked, workspace.over(asked, periods, ("customer_id",)), strict=True))
        columns = workspace.each(asked, periods)
        for name in asked:
            told = {(str(row.by["customer_id"]), row.end): row.value for row in results[name].rows}
            for k, period in enumerate(periods):
                for who in there:
                    value = told[who, period.end]
                    mine = columns[name][k].at(keys[who])
                    assert mine == (None if value is None else Fraction(value)), (name, who, period)
                    said += bool(value)
    assert said


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_last_day_with_a_fact(tmp_path: Path, seed: int) -> None:
    """Of sixty days: the last one on which what the metric divides by, else counts, is not 0."""
    workspace, made = opened(tmp_path, seed)
    day = min(made.as_of or made.last, add_months(made.first, 14))
    days = [Period("", day - timedelta(days=i), day - timedelta(days=i - 1)) for i in range(60, 0, -1)]
    there, keys = people(workspace, days[-1]), {name: key for key, name in enumerate(workspace.ids())}
    seen = 0
    for name in ("purchase_frequency", "dau:active_days", "tickets", "csat:mean_100", "customer_value", "aov"):
        if not workspace._answers(name.partition(":")[0]):
            continue
        (found,) = workspace.over((name,), days, ("customer_id",))
        last = dict.fromkeys(there, -1)
        for row in found.rows:
            count = row.denominator if row.denominator is not None else row.value
            who = str(row.by["customer_id"])
            if count and who in last:
                last[who] = max(last[who], (row.start - days[0].start).days)
        mine = workspace.last_facts(name, Period("", days[0].start, days[-1].end))
        assert {who: int(mine[keys[who]]) for who in there} == last, name
        seen += sum(place >= 0 for place in last.values())
    assert seen
