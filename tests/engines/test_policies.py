"""Rules that no metric's variant fixes, and explanations, on PostgreSQL: the same as on the embedded engine."""

from __future__ import annotations

import pytest

from tenure.measure import Measure
from tenure.periods import select
from tenure.policy import PRESETS, REVENUE_RULES
from tenure.result import Result
from tenure.workspace import Workspace

from .asking import ALL, DEFAULTS, Place

OF_STEPS = tuple(q for q in DEFAULTS if q.metric.id in ("mrr", "new_mrr", "churned_mrr", "fx_mrr", "customers", "nrr"))
ANSWERS = [(rule.key, answer) for rule in REVENUE_RULES for answer in rule.answers]
# Each of these is compiled differently from what the variants of metrics ask for.
FEW = [("free_is", "active_free"), ("same_period", "ignore"), ("refunds", "full_refund_cancels")]


def under(workspace: Workspace, place: Place, key: str, answer: str) -> list[Result]:
    """Some metrics with one rule answered otherwise."""
    ready = workspace._ready()
    policy = ready.engine.world.policy.with_rules(((key, answer),))
    measure = Measure(ready.engine.under(policy), ready.clock)
    grain, periods = select(ready.clock, from_=place.first, to=place.last, grain="month")
    return measure.results(list(OF_STEPS), workspace._frame(measure, grain, periods, (), (), None))


@pytest.mark.parametrize("name", ["small", "with_fx"])
def test_rules_on_postgres(places: dict[str, Place], postgres_url: str, name: str) -> None:
    here, there = places[name].on("duckdb"), places[name].on(postgres_url)
    for key, answer in ANSWERS if ALL else FEW:
        mine, yours = under(here, places[name], key, answer), under(there, places[name], key, answer)
        assert [r.rows for r in mine] == [r.rows for r in yours], f"{key} = {answer}"


@pytest.mark.parametrize("preset", [p for p in PRESETS if p != "tenure"] if ALL else ["chartmogul"])
def test_explanations_on_postgres(places: dict[str, Place], postgres_url: str, preset: str) -> None:
    here, there = places["small"].on("duckdb"), places["small"].on(postgres_url)
    mine, yours = (w.explain("grr", "2024-02", versus=preset).to_json() for w in (here, there))
    assert mine == yours
    assert mine["customers"]
