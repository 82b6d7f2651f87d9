"""Answers to surveys that are valid, each with what it says under the rules, and the questions that were asked.

A score is kept in ten-thousandths, as the model stores it, ease in thousand-millionths of a point: whole numbers, so
that sums are exact. What an answer says is a word in a column named after the metric that counts it, empty elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, Rollup, World, keyed
from tenure.scales import ACSI, EASE, JUDGED, SCALES, SCORE, WIDEST

FIRST_CONTACT = ("first_contact_resolution", "fcr")
"""The question, asked after a ticket, whether it was resolved at first contact."""


@dataclass(frozen=True)
class _Scored:
    """An answer's score and scale in ten-thousandths; all empty where the score lies outside its scale."""

    rows: ir.Table
    given: ir.Value
    low: ir.Value
    high: ir.Value
    best: ir.Value
    """the score on the scale turned so that high is good"""


def _whole(value: ir.Value) -> ir.Value:
    """A decimal in ten-thousandths; by way of a float, since an absurd score must not overflow."""
    return (value.cast("float64") * SCORE).round().cast("int64")


def _scored(rows: ir.Table) -> _Scored:
    lowest = ibis.cases(*((rows.kind == kind, low * SCORE) for kind, (low, _) in SCALES.items()), else_=None)
    highest = ibis.cases(*((rows.kind == kind, high * SCORE) for kind, (_, high) in SCALES.items()), else_=None)
    rows = rows.mutate(
        low_=ibis.coalesce(_whole(rows.scale_min), lowest.cast("int64")),
        high_=ibis.coalesce(_whole(rows.scale_max), highest.cast("int64")),
        given_=_whole(rows.score),
    )
    spread = rows.high_ - rows.low_
    inside = (rows.given_ >= rows.low_) & (rows.given_ <= rows.high_) & (spread > 0) & (spread < WIDEST * SCORE)
    off = (rows.kind == "nps") & ((rows.low_ != 0) | (rows.high_ != 10 * SCORE))
    off = off | ((rows.kind == "acsi") & ((rows.low_ != SCORE) | (rows.high_ != 10 * SCORE)))
    rows = rows.mutate(inside_=ibis.coalesce(inside & ~off, ibis.literal(False)))
    rows = rows.mutate(
        given_=_where(rows.inside_, rows.given_),
        low_=_where(rows.inside_, rows.low_),
        high_=_where(rows.inside_, rows.high_),
    )
    eases = ibis.coalesce(rows.higher_is_better, ibis.literal(True))
    rows = rows.mutate(best_=ibis.ifelse(eases, rows.given_, rows.low_ + rows.high_ - rows.given_))
    return _Scored(rows, rows.given_, rows.low_, rows.high_, rows.best_)


def _where(condition: ir.Value, value: ir.Value) -> ir.Value:
    return ibis.ifelse(condition, value, ibis.null(value.type()))


def _positive(rule: str, one: _Scored) -> ir.Value:
    """Whether an answer is positive: as the source says, else by the rule; of more than 11 points only as it says."""
    points = (one.high - one.low) // SCORE + 1
    usual = ibis.ifelse(points <= 3, 1, 2)
    counted = {
        "top": usual,
        "top2": ibis.ifelse(points <= 2, 1, 2),
        "top3": ibis.ifelse(points >= 8, 3, usual),
        "yes": ibis.literal(1),
    }[rule]
    by_rule = _where(points <= 11, one.best >= one.high - (counted.cast("int64") - 1) * SCORE)
    return ibis.coalesce(one.rows.is_positive, by_rule)


def _verdict(positive: ir.Value) -> ir.Value:
    return ibis.cases((positive, "positive"), (~positive, "negative"), else_=None)


def _text(value: ir.Value) -> ir.Value:
    """A bound of a scale as people write it."""
    return ibis.ifelse(value % SCORE == 0, (value // SCORE).cast("int64"), value).cast("string")


def _band(given: ir.Value) -> ir.Value:
    return ibis.cases((given >= 9 * SCORE, "promoter"), (given >= 7 * SCORE, "passive"), else_="detractor")


def answers_rows(world: World) -> ir.Table:
    """Valid answers: `nps`, `csat`, `service`, `employee`, `enps`, `ces` say what each says; given, ease, scale."""
    past = world.past("survey_responses")
    one = _scored(past.filter(past.answered_at.notnull()))
    rows, given = one.rows, one.given
    scale = _text(one.low) + "-" + _text(one.high)
    effort = ~ibis.coalesce(rows.higher_is_better, ibis.literal(True))
    points = 100 * EASE * (one.best - one.low).cast("float64") / (one.high - one.low).cast("float64")
    fcr = (rows.kind == "other") & (rows.touchpoint == "ticket") & rows.question.isin(FIRST_CONTACT)
    fcr = ibis.coalesce(fcr, ibis.literal(False))
    rows = rows.mutate(
        judged_=_where(rows.kind.isin(JUDGED) | fcr, _positive(str(world.policy.setting("csat_positive")), one)),
        judged3_=_positive("top3", one),
        scale=ibis.ifelse(effort, scale + " effort", scale),
        ease=points.round().cast("int64"),
    )
    verdict = _verdict(rows.judged_)
    service = (rows.kind == "service") | ((rows.kind == "csat") & (rows.touchpoint == "ticket"))
    felt = ibis.cases(
        (given >= 6 * SCORE, "easy"),
        (given >= 5 * SCORE, "rather easy"),
        (given <= 3 * SCORE, "hard"),
        else_="neither",
    )
    who = ibis.coalesce(rows.contact_id, rows.customer_id)
    rows = rows.mutate(
        nps=_where((rows.kind == "nps") & given.notnull(), _band(given)),
        csat=_where(rows.kind == "csat", verdict),
        csat3=_where(rows.kind == "csat", _verdict(rows.judged3_)),
        survey_fcr=_where(rows.kind == "other", verdict),
        service=_where(service, verdict),
        employee=_where(rows.kind == "employee", verdict),
        enps=_where((rows.kind == "employee") & (rows.scale == "0-10"), _band(given)),
        ces=_where((rows.kind == "ces"), rows.scale),
        felt=_where((rows.kind == "ces") & (rows.scale == "1-7"), felt),
        given=given,
        square=given * given,
        ease_square=(rows.ease // 1000) * (rows.ease // 1000),
        person=who,
        person_kind=who + "/" + rows.kind,
        customer_kind=rows.customer_id + "/" + rows.kind,
        moment=rows.answered_at,
        row_id=rows.response_id + "/" + ibis.coalesce(rows.question, ibis.literal("")),
    )
    valid = ((rows.kind != "other") & rows.given.notnull()) | rows.judged_.notnull()
    rows = rows.filter(ibis.coalesce(valid, ibis.literal(False)))
    return keyed(rows.drop("judged_", "given_", "low_", "high_", "best_", "inside_", "judged3_"))


def asks_rows(world: World) -> ir.Table:
    """Surveys that were sent: one row for each response_id, however many questions it has. `fate`: what became of it.

    `answered`, `opened`, `delivered`: 1 where any of its questions was.
    """
    rows = world.past("survey_responses")
    done = rows.answered_at.notnull()
    opened = done | rows.opened_at.notnull()
    fates = {"answered": done, "opened": opened, "delivered": opened | rows.delivered_at.notnull()}
    said = {name: ibis.ifelse(fate, 1, 0) for name, fate in fates.items()}
    person = ibis.coalesce(rows.contact_id, rows.customer_id, rows.response_id)
    if world.asked_once:
        return keyed(rows.mutate(**said, person=person))
    # All over the same order, so that engines sort once.
    order = ibis.coalesce(rows.question, ibis.literal(""))
    whole = ibis.window(group_by=rows.response_id, order_by=order, rows=(None, None))
    number = ibis.row_number().over(ibis.window(group_by=rows.response_id, order_by=order))
    rows = rows.mutate(
        question_=number, person=person, **{name: value.max().over(whole) for name, value in said.items()}
    )
    return keyed(rows.filter(rows.question_ == 0).drop("question_"))


def nps_people_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, band): people by the mean of their answers in the period; who is not known by name stands alone."""
    rows, periods = answers_rows(world), asked.periods
    rows = rows.filter(rows.nps.notnull())
    joined = rows.join(periods, [rows.answered_day >= periods.base, rows.answered_day < periods.stop])
    joined = joined.mutate(who=ibis.coalesce(joined.person, joined.row_id))
    sums = joined.group_by("k", "cust", "who").agg(total=joined.given.sum().cast("int64"), number=joined.count())
    return sums.mutate(
        band=ibis.cases(
            (sums.total >= 9 * SCORE * sums.number, "promoter"),
            (sums.total >= 7 * SCORE * sums.number, "passive"),
            else_="detractor",
        )
    )


def ces_customers_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, ease, ease_square): customers by the mean ease of their answers in the period."""
    rows, periods = answers_rows(world), asked.periods
    rows = rows.filter(rows.ces.notnull() & rows.cust.notnull())
    joined = rows.join(periods, [rows.answered_day >= periods.base, rows.answered_day < periods.stop])
    means = joined.group_by("k", "cust").agg(ease=joined.ease.cast("float64").mean().round().cast("int64"))
    return means.mutate(ease_square=(means.ease // 1000) * (means.ease // 1000))


def acsi_people_rows(world: World, asked: Asked) -> ir.Table:
    """(k, cust, plain, weighted, ...): who answered all three questions of a survey in the period, on 1 to 10.

    A respondent is one contact in one survey; of several answers to one question the latest counts.
    `plain`: the three scores less 3, in ten-thousandths; `weighted`: each score less 1 times its weight, likewise.
    """
    rows, periods = answers_rows(world), asked.periods
    rows = rows.filter((rows.kind == "acsi") & rows.question.isin(list(ACSI)))
    joined = rows.join(periods, [rows.answered_day >= periods.base, rows.answered_day < periods.stop])
    joined = joined.mutate(
        who=ibis.coalesce(joined.contact_id, joined.response_id), which=ibis.coalesce(joined.survey, ibis.literal(""))
    )
    order = ibis.window(
        group_by=[joined.k, joined.which, joined.who, joined.question],
        order_by=[joined.moment.desc(), joined.row_id.desc()],
    )
    ranked = joined.mutate(latest_=ibis.row_number().over(order))
    last = ranked.filter(ranked.latest_ == 0)
    scores = {
        question: ibis.ifelse(last.question == question, last.given - SCORE, ibis.null("int64")).max()
        for question in ACSI
    }
    kept = {name: last[name].max() for name in ("cust", "customer_id", "owner", "channel", "touchpoint")}
    people = last.group_by("k", "which", "who").agg(
        at_day=last.answered_day.max(), survey=last.survey.max(), **scores, **kept
    )
    people = people.filter(people.satisfaction.notnull() & people.expectations.notnull() & people.ideal.notnull())
    plain = people.satisfaction + people.expectations + people.ideal
    weighted = sum((people[question] * weight for question, weight in ACSI.items()), ibis.literal(0, "int64"))
    people = people.mutate(plain=plain, weighted=weighted)
    return people.mutate(plain_square=people.plain * people.plain, weighted_square=people.weighted * people.weighted)


READS = ("survey_responses",)
KINDS = (
    ("nps", ("nps",)),
    ("csat", ("csat",)),
    ("csat3", ("csat",)),
    ("survey_fcr", ("other",)),
    ("service", ("service", "csat")),
    ("employee", ("employee",)),
    ("enps", ("employee",)),
    ("ces", ("ces",)),
    ("felt", ("ces",)),
)
answers = Rollup("answers", answers_rows, READS, kinds=KINDS)
asks = Rollup("asks", asks_rows, READS)
nps_people = PeriodRows("nps_people", nps_people_rows, READS)
ces_customers = PeriodRows("ces_customers", ces_customers_rows, READS)
acsi_people = PeriodRows("acsi_people", acsi_people_rows, READS)
