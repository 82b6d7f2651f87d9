"""Health scores at the ends of the periods asked for: judged outside of queries, put where metrics can read them."""

from __future__ import annotations

import ibis.expr.types as ir

from tenure import lean
from tenure.rollup import Asked, PeriodRows, World, keyed

READS = ("subscriptions", "orders", "customers", "events", "tickets", "survey_responses", "payments")


def scores(world: World, asked: Asked) -> ir.Table:
    """(k, cust, score, main, points, square, weighted, cents, lowest, band): everyone with a score at a period's end.

    score: which one; main: 1 for the workspace's own; points: in millionths; weighted: points times MRR in cents;
    lowest: 1 in the lowest band.
    """
    rows = lean.table(JUDGED, name=NAME)
    joined = rows.join(asked.periods, rows.day == asked.periods.stop)
    kept = joined.select("k", *(name for name in JUDGED if name != "day"))
    return keyed(kept).drop("customer_id")


NAME = "judged_scores"
JUDGED = {
    "day": "date",
    "customer_id": "string",
    "score": "string",
    "main": "int64",
    "points": "int64",
    "square": "int64",
    "weighted": "int64",
    "cents": "int64",
    "lowest": "int64",
    "band": "string",
}
"""The table that whoever judges fills: a row for everyone and each score when `day` begins."""

health_bands = PeriodRows("health_bands", scores, READS, own=("band",), judged=True)
health_scores = PeriodRows("health_scores", scores, READS, judged=True)
