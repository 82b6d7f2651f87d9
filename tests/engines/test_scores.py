"""Health scores on other engines are those of the embedded one: windows, last days, attributes, conditions."""

from __future__ import annotations

from typing import Any

import pytest
import world

import tenure

from .asking import ALL, Place

SCORE = """
[health.main]
coverage = 0.2
[[health.main.measures]]
name = "trend"
metric = "dau:active_days"
trend = 2
[[health.main.measures]]
name = "last use"
metric = "dau:active_days"
window = "180d"
since_last = true
points = [[0, 100], [90, 0]]
[[health.main.measures]]
metric = "feature_breadth"
window = "90d"
map = "percentile"
[[health.main.measures]]
metric = "mrr"
map = "percentile"
within = "region"
weight = 2
[[health.main.measures]]
metric = "expansion_mrr"
window = "2m"
map = "boolean"
[[health.main.measures]]
metric = "customer_value"
window = "365d"
points = [[0, 0], [1000, 100]]
[[health.main.measures]]
metric = "return_rate"
window = "365d"
points = [[0, 100], [1, 0]]
[[health.main.profiles]]
name = "west"
where = "region = 'west'"
weights = { mrr = 5 }
"""


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("scored")
    world.write(folder)
    file = folder / "tenure.toml"
    file.write_text(file.read_text(encoding="utf-8") + SCORE, encoding="utf-8")
    tenure.open(folder).sync()
    return Place("scored", folder, "2023-11", "2024-03")


def said(place: Place, url: str) -> list[dict[str, Any]]:
    """Everyone's judgement with all its parts, the lowest first."""
    found = place.on(url).health().judgements
    return [one.to_json() | {"parts": [part.to_json() for part in one.parts]} for one in found]


def alike(place: Place, url: str) -> None:
    here, there = said(place, "duckdb"), said(place, url)
    assert here == there
    told = {part["measure"] for one in here for part in one["parts"] if part["points"] is not None}
    assert told >= {"trend", "last use", "feature_breadth", "mrr", "customer_value", "return_rate"}


def test_postgres_says_the_same(scored: Place, postgres_url: str) -> None:
    alike(scored, postgres_url)


@pytest.mark.skipif(not ALL, reason="slow: TENURE_ALL=1 asks Spark for everything")
def test_spark_says_the_same(scored: Place, spark: Any) -> None:
    alike(scored, "spark://local[2]")
