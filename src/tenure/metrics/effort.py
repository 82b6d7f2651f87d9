"""Scores on scales of their own: customer effort, and the ACSI-style index of satisfaction."""

from __future__ import annotations

from dataclasses import replace

from tenure.expr import Across, Col, Const, Expr, IfOne, Ratio, Rows, distinct, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics.voice import MIX, answers, given, latest, mean, square
from tenure.scales import EASE, EASE_ROOT, SCORE

ease, ease_square = Col("ease", parts=EASE), Col("ease_square", parts=EASE_ROOT * EASE_ROOT)
asked = Col("ces").is_set()
customers = Rows("ces_customers", "k", of="survey_responses", said="customers who answered")
respondents = Rows("acsi_people", "k", of="survey_responses", said="people who answered all three questions")


def _own_scale(rows: Rows, keep: Expr, why: str = "") -> Reading:
    """The mean on the survey's own scale; where answers do not share one, ease from 0 to 100."""
    own, other = mean(rows, given, square, keep), mean(rows, ease, ease_square, keep)
    scales = distinct(rows, "scale", keep)
    assert own.interval is not None and other.interval is not None
    squares = IfOne(scales, own.interval.parts[0], other.interval.parts[0])
    return Reading(IfOne(scales, own.expr, other.expr), why, own.n, Interval("mean", (squares,)))


def _on(why: str, *scales: str) -> Reading:
    """The mean of answers on one scale."""
    keep = Col("ces").is_(*scales)
    return _own_scale(answers, keep, why) if len(scales) > 1 else mean(answers, given, square, keep, why)


felt = Col("felt")
of_seven = total(answers.count(felt.is_set()))


def _seven_net() -> Reading:
    easy, hard = total(answers.count(felt.is_("easy"))), total(answers.count(felt.is_("hard")))
    why = "of 1 to 7, the share of 6 and 7 less that of 1 to 3"
    return Reading(Ratio(100 * (easy - hard), of_seven), why, of_seven, Interval("nps", (easy, hard)), "points")


def _index(column: str, parts: int, why: str = "") -> Reading:
    """Mean index of the respondents: a third of a point of score is 100 / 27 of the index."""
    n = total(respondents.count())
    points: Across = total(respondents.sum(Col(column, parts=parts)))
    squares: Across = total(respondents.sum(Col(f"{column}_square", parts=parts * parts)))
    per = 27 if column == "plain" else 9
    top = Ratio(100 * points, Const(per))
    return Reading(Ratio(top, n), why, n, Interval("mean", (Ratio(10_000 * squares, Const(per * per)),)))


FAMILY = Family(
    "effort",
    (
        Metric(
            "ces",
            "Customer effort score",
            "score",
            "up",
            """How easy customers find it to get something done, on the scale of the survey.

*Formula.* the sum of scores / answers, by the day they were given.
*Counts:* every valid answer to surveys of the kind ces. Where answers do not share one scale and direction, each is
turned into ease from 0 to 100 first, as in the variant of that name.
*Leaves out:* scores off their scale (1 to 7 unless the survey says).
*Empty:* no value when nobody answered.
*Variants.* ease: the mean as ease from 0 to 100, turned round where a high score means effort; v1: of answers on 1 to 5
where high means effort, so low is good; ease_5: of answers on 1 to 5 where high means ease; v2: of answers on 1 to 7
where high means ease; v2_pct: of these, the share of 5 and more; net: of these, the share of 6 and 7 less that of 1 to
3; 0_10: of answers on 0 to 5 or 0 to 10, as ease where both are there; latest_per_person: the last answer of each
person in the period; per_customer: the mean ease of customers, each by the mean of its answers.
*Differs:* articles ask on 1 to 5, 0 to 10 and 1 to 7, and disagree whether high is good; "8 Proven KPIs" wants a CES
"above 2.0" without naming a scale. Scales are never pooled as they stand.
*Example:* on the small world, 2024-01: 5.""",
            {
                "default": _own_scale(answers, asked),
                "ease": replace(mean(answers, ease, ease_square, asked, "as ease from 0 to 100"), unit="points"),
                "v1": _on("1 to 5, high means effort", "1-5 effort"),
                "ease_5": _on("1 to 5, high means ease", "1-5"),
                "v2": _on("1 to 7, agreement that it was easy", "1-7"),
                "v2_pct": Reading(
                    Ratio(total(answers.count(felt.is_("easy", "rather easy"))), of_seven),
                    "of 1 to 7, the share of 5 and more",
                    of_seven,
                    WILSON,
                    "share",
                ),
                "net": _seven_net(),
                "0_10": _on("0 to 5 or 0 to 10, high is good", "0-5", "0-10"),
                "latest_per_person": _own_scale(latest, asked, "the last answer of each person"),
                "per_customer": replace(
                    mean(customers, ease, ease_square, Col("ease").is_set(), "the mean ease of customers"),
                    unit="points",
                ),
            },
            aliases=("customer_effort_score", "effort_score"),
            mix=MIX,
        ),
        Metric(
            "acsi",
            "ACSI-style satisfaction index",
            "points",
            "up",
            """Satisfaction from 0 to 100 out of three questions: overall, against expectations, against the ideal.

*Formula.* the sum over people of 100 x (sum of the three scores - 3) / 27, divided by people; scores from 1 to 10.
*Counts:* who answered all three questions of one survey in the period; of several answers to one question the last.
*Leaves out:* who left out a question; scores off the scale from 1 to 10.
*Empty:* no value when nobody answered all three.
*Variants.* weighted: with the weights the State of Ohio published, .3885, .3190 and .2925, in the order above.
*Differs:* the American Customer Satisfaction Index estimates its weights anew for each industry and does not publish
them, and its name is a mark: this is an index of its style.
*Example:* on the small world, 2024-01: 88.9.""",
            {
                "default": _index("plain", SCORE),
                "weighted": _index("weighted", SCORE * 10_000, "with the weights the State of Ohio published"),
            },
            aliases=("satisfaction_index", "acsi_style_index"),
        ),
    ),
)
