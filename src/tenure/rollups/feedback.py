"""Everything customers wrote, row by row: comments, reviews, posts; with how it sounds and their NPS band."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.rollup import Rollup, World, keyed
from tenure.rollups.opinions import FEELINGS

OWN = ("survey", "kind", "owner", "channel", "touchpoint", "source")


def feedback_rows(world: World) -> ir.Table:
    """(cust, customer_id, day, body, feeling, band, ...): `band` where the text came with an answer to NPS."""
    answers = world.past("survey_responses")
    high = ibis.coalesce(answers.scale_max, ibis.literal(10).cast("decimal(18,4)"))
    low = ibis.coalesce(answers.scale_min, ibis.literal(0).cast("decimal(18,4)"))
    valid = (answers.kind == "nps") & (low == 0) & (high == 10) & (answers.score >= 0) & (answers.score <= 10)
    band = ibis.cases((answers.score >= 9, "promoter"), (answers.score >= 7, "passive"), else_="detractor")
    said = answers.filter(answers.answered_at.notnull()).mutate(
        day=answers.answered_day,
        body=answers.comment,
        band=ibis.ifelse(ibis.coalesce(valid, ibis.literal(False)), band, ibis.null("string")),
    )
    parts = [_shape(said), _shape(world.past("reviews"), "review"), _shape(world.past("mentions"), "post")]
    rows = ibis.union(*parts)
    rows = rows.filter(rows.body.notnull() & (rows.body != ""))
    texts = FEELINGS.select(body_=FEELINGS.body, feeling=FEELINGS.feeling)
    return keyed(rows.join(texts, rows.body == texts.body_, how="left").drop("body_"))


def _shape(rows: ir.Table, kind: str | None = None) -> ir.Table:
    """The columns that all texts share."""
    given = {"kind": ibis.literal(kind)} if kind else {}
    empty = ibis.null("string")
    own = {name: given.get(name, rows[name] if name in rows.columns else empty) for name in OWN}
    band = rows.band if "band" in rows.columns else empty
    return rows.select("customer_id", "day", "body", band=band, **own)


feedback = Rollup("feedback", feedback_rows, ("survey_responses", "reviews", "mentions"))
