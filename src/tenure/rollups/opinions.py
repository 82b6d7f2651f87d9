"""What customers say and do of their own accord: reviews, posts, comments, referrals, advocacy; and how it sounds."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.rollup import Rollup, World, keyed
from tenure.scales import EASE, FEELING

FEELINGS = lean.table({"body": "string", "feeling": "int64"}, name="feelings")
"""Every text that was written, with its sentiment in millionths; empty where it cannot be told. Made at refresh."""


def _stars(rows: ir.Table) -> ir.Value:
    """Stars out of five in thousand-millionths; empty where the rating lies off its scale (of five unless it says)."""
    scale = ibis.coalesce(rows.scale_max, ibis.literal(5).cast("decimal(18,4)")).cast("float64")
    rating = rows.rating.cast("float64")
    inside = (rating >= 0) & (rating <= scale) & (scale > 0)
    stars = (rating / scale * 5 * EASE).round().cast("int64")
    return ibis.ifelse(ibis.coalesce(inside, ibis.literal(False)), stars, ibis.null("int64"))


def reviews_rows(world: World) -> ir.Table:
    """Reviews with `stars`; those off their scale are left out."""
    rows = world.past("reviews")
    rows = rows.mutate(stars=_stars(rows))
    rows = rows.filter(rows.stars.notnull())
    part = rows.stars // 1000
    return keyed(rows.mutate(stars_square=part * part))


def _felt(rows: ir.Table, body: str, own: ir.Value | None = None) -> ir.Table:
    """The rows whose sentiment is known, with it and its square: their own, else that of their text."""
    texts = FEELINGS.select(body_=FEELINGS.body, felt_=FEELINGS.feeling)
    joined = rows.join(texts, rows[body] == texts.body_, how="left")
    feeling = joined.felt_ if own is None else ibis.coalesce(joined[own.get_name()], joined.felt_)
    joined = joined.mutate(feeling=feeling).drop("body_", "felt_")
    joined = joined.filter(joined.feeling.notnull())
    return keyed(joined.mutate(feeling_square=joined.feeling * joined.feeling))


def mentions_rows(world: World) -> ir.Table:
    """Posts with their sentiment, as it came or, where there is none, of their text; off -1 to 1 it is left out."""
    rows = world.past("mentions")
    off = ibis.coalesce((rows.sentiment < -1) | (rows.sentiment > 1) | rows.sentiment.isnan(), ibis.literal(False))
    rows = rows.filter(~off)
    rows = rows.mutate(own_=(rows.sentiment * FEELING).round().cast("int64"))
    return _felt(rows, "body", rows.own_).drop("own_")


def review_texts_rows(world: World) -> ir.Table:
    """Reviews with the sentiment of their text."""
    return _felt(world.past("reviews"), "body")


def comments_rows(world: World) -> ir.Table:
    """Answers to surveys with the sentiment of their comment."""
    rows = world.past("survey_responses")
    return _felt(rows.filter(rows.answered_at.notnull()), "comment")


def referrals_rows(world: World) -> ir.Table:
    """Referrals, of the customer who referred."""
    return keyed(world.past("referrals"))


def advocacy_rows(world: World) -> ir.Table:
    """(cust, customer_id, day, act): referrals, reviews of four stars of five and more, and other acts of advocacy."""
    reviews = world.past("reviews")
    reviews = reviews.mutate(stars_=_stars(reviews))
    parts = [
        world.past("referrals").select("customer_id", "day", act=ibis.literal("referral")),
        reviews.filter(reviews.stars_ >= 4 * EASE).select("customer_id", "day", act=ibis.literal("review")),
        world.past("advocacy_acts").select("customer_id", "day", act=ibis.literal("act")),
    ]
    return keyed(ibis.union(*parts))


reviews = Rollup("reviews", reviews_rows, ("reviews",))
mentions = Rollup("mentions", mentions_rows, ("mentions",))
review_texts = Rollup("review_texts", review_texts_rows, ("reviews",))
comments = Rollup("comments", comments_rows, ("survey_responses",))
referrals = Rollup("referrals", referrals_rows, ("referrals",))
advocacy = Rollup("advocacy", advocacy_rows, ("referrals", "reviews", "advocacy_acts"))
