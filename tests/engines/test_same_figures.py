"""The same expressions, the same figures: PostgreSQL and Spark against the embedded engine, to the last digit.

Spark is slow on small data, so `make test` asks it every metric once; `TENURE_ALL=1` (or `make test-all`) asks it for
what PostgreSQL is asked always.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from .asking import ALL, DEFAULTS, FLAT, READINGS, WINDOWED, Asked, Place, differences, share

WORLDS = ("small", "plain", "with_fx", "with_history")

BY_AGE = tuple(q for q in DEFAULTS if q.metric.id in ("mrr", "customers", "churned_mrr", "nrr", "customer_churn_rate"))
MANY = (
    Asked(DEFAULTS, "quarter", by=("region",)),
    Asked(WINDOWED, "quarter", window="3m"),
    Asked(BY_AGE, "quarter", by=("tenure_months",), where=("tenure_months < 10",)),
)
MORE = (
    Asked(DEFAULTS, "month", where=("region = 'north' OR region IS NULL",)),
    Asked(DEFAULTS, "day", days=17),
    Asked(DEFAULTS, "week", days=70),
    Asked(DEFAULTS, "year", by=("plan",)),
    Asked(FLAT if ALL else FLAT[::4], "total", by=("region",)),
)
WITH_HISTORY = (Asked(DEFAULTS, "month", by=("segment",)), Asked(DEFAULTS, "quarter", where=("segment = 'small'",)))


def requests(name: str) -> tuple[Asked, ...]:
    """The worlds share the variants and the rest between them."""
    history = WITH_HISTORY if name == "with_history" else ()
    if ALL:
        return (Asked(READINGS, "month"), *MANY, *MORE, *history)
    turn, of = WORLDS.index(name), len(WORLDS)
    some = [replace(asked, questions=asked.questions[turn % 2 :: 2]) for asked in (*MANY[turn::of], *MORE[turn::of])]
    return (Asked(share(turn, of), "month"), *some, *history)


def alike(place: Place, url: str, requests: tuple[Asked, ...]) -> None:
    here, there = place.on("duckdb"), place.on(url)
    found = [line for asked in requests for line in differences(place, here, there, asked)]
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:10])


@pytest.mark.parametrize("name", WORLDS)
def test_postgres_says_the_same(places: dict[str, Place], postgres_url: str, name: str) -> None:
    alike(places[name], postgres_url, requests(name))


def test_spark_says_the_same(places: dict[str, Place], spark: Any) -> None:
    alike(places["small"], "spark://local[2]", (Asked(DEFAULTS, "month"),))


@pytest.mark.skipif(not ALL, reason="slow: TENURE_ALL=1 asks Spark for everything")
@pytest.mark.parametrize("name", WORLDS)
def test_spark_says_the_same_to_everything(places: dict[str, Place], spark: Any, name: str) -> None:
    alike(places[name], "spark://local[2]", requests(name))
