"""What customers answer when they are asked: recommendation, satisfaction, and who answers at all."""

from __future__ import annotations

from dataclasses import replace

from tenure.expr import Across, Col, Const, Expr, IfOne, Named, Ratio, Rows, count, distinct, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._words import now
from tenure.scales import EASE, EASE_ROOT, SCORE

SAID = "answers in the period"
MIX = ("survey_responses.survey", "survey_responses.scale")
"""What scores pool: surveys, and the scales they were asked on."""
answers = Rows("answers", "answered_day", of="survey_responses", said=SAID)
latest = replace(answers, said="latest answers of each person in the period", last_by="person_kind")
of_customers = replace(answers, said="latest answers of each customer in the period", last_by="customer_kind")
asks = Rows("asks", "asked_day", of="survey_responses", said="surveys sent in the period")
people = Rows("nps_people", "k", of="survey_responses", said="people by their mean answer")

given, square = Col("given", parts=SCORE), Col("square", parts=SCORE * SCORE)


def _net(rows: Rows, column: str, method: str = "nps", *more: Expr, why: str = "") -> Reading:
    """Promoters less detractors, in points of all who answered."""
    word = Col(column)
    good, bad = total(rows.count(word.is_("promoter"))), total(rows.count(word.is_("detractor")))
    n = total(rows.count(word.is_set()))
    return Reading(Ratio(100 * (good - bad), n), why, n, Interval(method, (good, bad, *more)), "points")


def _share(rows: Rows, column: str, why: str = "", least: int = 0) -> Reading:
    """Positive answers / all that can be judged."""
    word = Col(column)
    n = total(rows.count(word.is_set()))
    return Reading(Ratio(total(rows.count(word.is_("positive"))), n), why, n, WILSON, "share", least)


def mean(rows: Rows, x: Expr, squares: Expr, keep: Expr, why: str = "") -> Reading:
    """A mean of rows with Student's interval."""
    n = total(rows.count(keep))
    return Reading(Ratio(total(rows.sum(x, keep)), n), why, n, Interval("mean", (total(rows.sum(squares, keep)),)))


def _by_customer(column: str, at_least: int) -> tuple[Expr, Expr]:
    """Of one customer: whether there is an answer, and whether the mean score reaches a band."""
    known = Col(column).is_set() & Col("customer_id").is_set()
    one = answers.count(known)
    return one > 0, (answers.sum(given, known) - at_least * SCORE * one) >= 0


answered, promotes = _by_customer("nps", 9)
_, above_detractor = _by_customer("nps", 7)
detracts = answered & ~above_detractor


def _per_customer() -> Reading:
    good, bad, n = count(answered & promotes), count(detracts), count(answered)
    named = Named(good, "customers who promote"), Named(bad, "customers who detract")
    return Reading(
        Ratio(100 * (named[0] - named[1]), Named(n, "customers who answered")),
        "customers by the mean of their answers: below 7, 7 to below 9, 9 and more",
        n,
        Interval("nps", (good, bad)),
    )


def _mrr_weighted() -> Reading:
    good, bad = total(now.where(answered & promotes)), total(now.where(detracts))
    why = "customers by the mean of their answers, each by its MRR at the end"
    named = Named(good, "MRR of those who promote"), Named(bad, "MRR of those who detract")
    everyone = Named(total(now.where(answered)), "MRR of those who answered")
    return Reading(Ratio(100 * (named[0] - named[1]), everyone), why, count(answered))


def _latest_score() -> Reading:
    """The mean of the latest score of each customer: of one customer alone, its latest score."""
    known = Col("nps").is_set() & Col("customer_id").is_set()
    return replace(mean(of_customers, given, square, known, "the latest score of each customer, 0 to 10"), unit="score")


judged = Col("csat").is_set() & Col("customer_id").is_set()
pleased = answers.count(Col("csat").is_("positive") & Col("customer_id").is_set())
rated = answers.count(judged)
scored = Col("csat").is_set() & Col("given").is_set()
scales = distinct(answers, "scale", scored)


def _csat_top3() -> Reading:
    """On 0 to 10 and 1 to 10 the answers 8, 9 and 10; on fewer points as usual."""
    n = total(answers.count(Col("csat3").is_set()))
    return Reading(
        Ratio(total(answers.count(Col("csat3").is_("positive"))), n),
        "the three best of 8 to 11 points (8 to 10 of ten), else as usual",
        n,
        WILSON,
    )


def _csat_mean() -> Reading:
    found = mean(answers, given, square, scored, "the mean score; no value where scales are mixed")
    mixed = Ratio(Const(0), Const(0), "insufficient_data")
    return replace(found, expr=IfOne(scales, found.expr, mixed), unit="score")


def _csat_mean_100() -> Reading:
    found = mean(
        answers,
        Col("ease", parts=EASE),
        Col("ease_square", parts=EASE_ROOT * EASE_ROOT),
        scored,
        "the mean score, 0 to 100",
    )
    return replace(found, unit="points")


def _rate(fate: str, why: str) -> Reading:
    sent: Across = total(asks.count()) if fate == "asked" else total(asks.sum(Col(fate)))
    return Reading(Ratio(total(asks.sum(Col("answered"))), sent), why, sent, WILSON)


FAMILY = Family(
    "voice",
    (
        Metric(
            "nps",
            "Net promoter score",
            "points",
            "up",
            """How many more would recommend you than would not, from -100 to 100.

*Formula.* 100 x (promoters - detractors) / answers; a promoter answers 9 or 10, a detractor 0 to 6.
*Counts:* every valid answer in the period, by the day it was given; someone who answers twice counts twice.
*Leaves out:* answers off the scale from 0 to 10; surveys on any other scale; who was asked and did not answer.
*Empty:* no value when nobody answered.
*Variants.* finite: the same, its interval as if only those who were asked in the period could have been;
latest_per_person: the last answer of each person in the period; mean_per_person: people by the mean of their answers;
per_customer: customers by the mean of theirs, below 7, from 7, from 9; mrr_weighted: these customers by their MRR at
the end; latest_score: the mean of the latest score of each customer, from 0 to 10.
*Differs:* "The 11 Most Important Customer Success KPIs" bands average scores of several questions; here a score is one
answer, and averages are variants of their own. The interval is the normal one, for fewer than 30 answers or where
nobody or everybody is of one kind the adjusted Wald.
*Benchmark:* above 0 is good, 50 and more excellent, 36 the average of SaaS companies (Dock's "22 goals & KPIs"); "8
Proven KPIs" asks of customer success managers more than 30.
*Example:* on the small world, 2024-01: 12.5.""",
            {
                "default": _net(answers, "nps"),
                "finite": _net(
                    answers,
                    "nps",
                    "nps_finite",
                    distinct(asks, "person", Col("kind").is_("nps")),
                    why="the interval of a small base: of those who were asked",
                ),
                "latest_per_person": _net(latest, "nps", why="the last answer of each person"),
                "mean_per_person": _net(people, "band", why="people by the mean of their answers"),
                "per_customer": _per_customer(),
                "mrr_weighted": _mrr_weighted(),
                "latest_score": _latest_score(),
            },
            aliases=("net_promoter_score", "promoter_score"),
            mix=MIX,
            benchmark="above 0 is good, 50 and more is excellent, 36 is the average "
            "(SaaS; Dock, Customer Success Metrics: 22 goals & KPIs)",
        ),
        Metric(
            "csat",
            "Customer satisfaction",
            "share",
            "up",
            """The share of answers that are positive.

*Formula.* positive answers / valid answers, by the day they were given.
*Counts:* as positive what the source calls so; else the best of 2 or 3 points, the two best of 4 to 11 (9 and 10 of
ten). `policy.csat_positive` changes that: top2 (two of 3 points too), top3 (three of 8 to 11), yes (the best alone).
*Leaves out:* scores off their scale; questions on service (see service_satisfaction); scales of more than 11 points
whose source does not say what is positive.
*Empty:* no value when nobody answered.
*Variants.* mean: the mean score, where all answers share a scale; mean_100: the mean score as 0 to 100 of its scale;
top3: of 8 to 11 points the three best (8 to 10); latest_per_person: the last answer of each person in the period;
per_customer: customers of whose answers at least half are positive, of customers who answered.
*Differs:* "8 Proven KPIs" asks on 0 to 10 and takes 9 and 10; "The 11 Most Important KPIs" leaves what is positive to
you and, in words, forgets to divide. Scales are pooled by the same rule, and --by scale takes them apart.
*Benchmark:* 78 % is the average (SaaS companies in 2022; Dock's "22 goals & KPIs").
*Example:* on the small world, 2024-01: 50 %.""",
            {
                "default": _share(answers, "csat"),
                "mean": _csat_mean(),
                "mean_100": _csat_mean_100(),
                "top3": _csat_top3(),
                "latest_per_person": _share(latest, "csat", "the last answer of each person"),
                "per_customer": Reading(
                    Ratio(count((rated > 0) & (2 * pleased - rated >= 0)), count(rated > 0)),
                    "a customer counts once, by whether half of the answers are positive",
                    count(rated > 0),
                    WILSON,
                ),
            },
            aliases=("customer_satisfaction", "satisfaction"),
            mix=MIX,
            benchmark="78 % is the average (SaaS in 2022; Dock, Customer Success Metrics: 22 goals & KPIs)",
        ),
        Metric(
            "service_satisfaction",
            "Customer service satisfaction",
            "share",
            "up",
            """The share of positive answers to what customers are asked about your service.

*Formula.* positive answers / valid answers to questions on service, by the day they were given.
*Counts:* surveys of the kind service, and satisfaction asked after a ticket; positive as in csat.
*Leaves out:* satisfaction asked after anything else; scores off their scale.
*Empty:* no value when nobody answered.
*Variants.* latest_per_person: the last answer of each person to each kind of survey.
*Differs:* "The 11 Most Important Customer Success KPIs" names it without a formula; csat counts what was asked after
tickets too.
*Example:* on the small world, 2024-01: 66.7 %.""",
            {
                "default": _share(answers, "service"),
                "latest_per_person": _share(latest, "service", "the last answer of each person"),
            },
            aliases=("service_score", "customer_service_satisfaction"),
            mix=MIX,
        ),
        Metric(
            "employee_engagement",
            "Employee engagement",
            "share",
            "up",
            """The share of your own people's answers that are favourable.

*Formula.* positive answers / valid answers to surveys of the kind employee; positive as in csat.
*Counts:* every valid answer in the period, by the day it was given.
*Leaves out:* scores off their scale (1 to 5 unless the survey says).
*Empty:* no value with fewer than five answers, so that nobody can be told apart.
*Variants.* enps: employees who would recommend you as an employer less those who would not, asked on 0 to 10.
*Differs:* studies of engagement weigh a dozen questions; here each answer counts alike.
*Benchmark:* 32 % of professionals are engaged at work (United States; an article on metrics by type of business, which
names no source).
*Example:* on the small world, 2024-01: 60 %.""",
            {
                "default": _share(answers, "employee", least=5),
                "enps": replace(
                    _net(answers, "enps", why="promoters less detractors among those asked on 0 to 10"), least=5
                ),
            },
            aliases=("employee_satisfaction", "enps"),
            benchmark="32 % are engaged at work (professionals in the United States; an article on customer success "
            "metrics by type of business, no source named)",
        ),
        Metric(
            "response_rate",
            "Survey response rate",
            "share",
            "up",
            """The share of surveys sent that were answered.

*Formula.* surveys answered / surveys sent, by the day they were sent.
*Counts:* all kinds of surveys; a survey with several questions once, answered if one of them is.
*Leaves out:* whether the answer was valid; surveys without a day on which they were sent.
*Empty:* no value when none was sent.
*Variants.* delivered: of those that arrived; opened: of those that were opened.
*Differs:* some vendors divide by surveys delivered, which leaves out wrong addresses.
*Example:* on the small world, 2024-01: 96.4 %.""",
            {
                "default": _rate("asked", ""),
                "delivered": _rate("delivered", "of those that arrived"),
                "opened": _rate("opened", "of those that were opened"),
            },
            aliases=("survey_response_rate",),
        ),
    ),
)
