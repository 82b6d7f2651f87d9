"""DEFINITIONS 20 to 23 and 25, INVENTORY M48 to M61: what customers answer, by the worked numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest

from golden import Company, near, run, table

HEADER = (
    "response_id,survey,kind,question,customer_id,contact_id,asked_at,answered_at,score,scale_min,scale_max,"
    "higher_is_better,is_positive,comment,touchpoint"
)


def survey(kind: str, scores: Iterable[object], low: object = "", high: object = "", **more: object) -> str:
    """One answer for each score, in May 2024, each by another person of another customer."""
    return table(HEADER, _rows(kind, scores, low, high, more))


def _rows(kind: str, scores: Iterable[object], low: object, high: object, more: dict[str, object]) -> Iterable[Any]:
    for number, score in enumerate(scores):
        row: dict[str, object] = {
            "response_id": f"{kind}{number}", "survey": "yearly", "kind": kind, "question": "",
            "customer_id": f"c{number}", "contact_id": f"p{number}", "asked_at": "2024-05-02",
            "answered_at": "2024-05-03", "score": score, "scale_min": low, "scale_max": high, "higher_is_better": "",
            "is_positive": "", "comment": "", "touchpoint": "",
        }  # fmt: skip
        yield [(row | more)[name] for name in HEADER.split(",")]


def together(texts: Iterable[str]) -> str:
    """Several surveys as one table, their ids told apart."""
    lines = [f"{number}-{line}" for number, text in enumerate(texts) for line in text.splitlines()[1:]]
    return "\n".join([HEADER, *lines])


BY_SURVEY = ("--by", "survey")


def ask(company: Any, text: str, metric: str, *options: str, toml: str = "") -> Any:
    return company(toml, survey_responses=text).row(metric, "2024-05", *options)


# -- NPS ---------------------------------------------------------------------------------------------------------------


def test_sixty_promoters_and_fifteen_detractors(company: Any) -> None:
    """60 P, 25 passive, 15 D of 100: 45; variance .75 - .45^2 = .5475, SE 7.40, so +- 14.5."""
    row = ask(company, survey("nps", [10] * 60 + [7] * 25 + [2] * 15), "nps")
    half = 1.959963984540054 * 100 * math.sqrt(0.5475 / 100)
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (45, 4500, 100, 100)
    assert (row["low"], row["high"]) == (near(45 - half), near(45 + half))
    assert half == pytest.approx(14.5, abs=0.01)


def test_four_times_the_answers_halve_the_interval(company: Any) -> None:
    """The same shares at n = 400: +- 7.25."""
    row = ask(company, survey("nps", [9] * 240 + [8] * 100 + [6] * 60), "nps")
    assert row["value"] == 45
    assert row["high"] - row["value"] == pytest.approx(7.25, abs=0.005)


def test_half_promoters_and_a_sixth_detractors(company: Any) -> None:
    """p = 1/2, d = 1/6 of 36: 33.3, variance 1/2 + 1/6 - 1/9 = 5/9, SE 100 sqrt(5/9/36)."""
    row = ask(company, survey("nps", [10] * 18 + [8] * 12 + [0] * 6), "nps")
    assert row["value"] == near(100 / 3)
    assert row["high"] - row["value"] == near(1.959963984540054 * 100 * math.sqrt(5 / 9 / 36))


def test_all_who_were_asked_leave_no_doubt(company: Any) -> None:
    """finite: everybody who was asked answered, so the factor sqrt((N - n) / (N - 1)) is 0; of twice as many asked it
    is sqrt(100 / 199)."""
    answered = [10] * 60 + [7] * 25 + [2] * 15
    whole = ask(company, survey("nps", answered), "nps", "--variant", "finite")
    assert (whole["low"], whole["value"], whole["high"]) == (45, 45, 45)
    silent = survey("nps", [""] * 100, answered_at="", response_id="x").splitlines()[1:]
    more = [line.replace("x,", f"x{i},", 1).replace(f"p{i},", f"q{i},") for i, line in enumerate(silent)]
    half = ask(company, "\n".join([survey("nps", answered), *more]), "nps", "--variant", "finite")
    factor = math.sqrt(100 / 199)
    assert half["high"] - 45 == near(1.959963984540054 * 100 * math.sqrt(0.5475 / 100) * factor)


PEOPLE = f"""
    {HEADER}
    a1,s,nps,,A,ann,2024-05-01,2024-05-02,6,0,10,,,,
    a2,s,nps,,A,ann,2024-05-11,2024-05-12,10,0,10,,,,
    a3,s,nps,,A,abe,2024-05-11,2024-05-12,9,0,10,,,,
    b1,s,nps,,B,bob,2024-05-01,2024-05-02,9,,,,,,
    b2,s,nps,,B,bea,2024-05-01,2024-05-02,2,,,,,,
    c1,s,nps,,,,2024-05-01,2024-05-02,10,,,,,,
"""


def test_one_answer_a_person_or_a_customer(company: Any) -> None:
    """Scores 6, 10, 9, 9, 2, 10. Every answer: (4 - 2) / 6. Latest of Ann, Abe, Bob, Bea and who is unknown: 10, 9, 9,
    2, 10: (4 - 1) / 5. Means of people 8, 9, 9, 2, 10: (3 - 1) / 5. Of customers: A 25/3 passive, B 5.5 detractor."""
    firm = company(survey_responses=PEOPLE)
    found = {
        variant: firm.value("nps", "2024-05", "--variant", variant)
        for variant in ("default", "latest_per_person", "mean_per_person", "per_customer")
    }
    assert found == {
        "default": near(100 / 3), "latest_per_person": 60, "mean_per_person": 40, "per_customer": -50,
    }  # fmt: skip


def test_decimal_averages_fall_into_half_open_bands(company: Any) -> None:
    """[0, 7), [7, 9), [9, 10]: 6.9 and 8.9 are a detractor and a passive, 9.0 a promoter: 0."""
    assert ask(company, survey("nps", ["6.9", "8.9", "9.0"]), "nps")["value"] == 0


def test_a_customer_weighs_as_much_as_it_pays(company: Any) -> None:
    """A promoter paying 300 and a detractor paying 100: 100 x (300 - 100) / 400 = 50."""
    header = "subscription_id,customer_id,amount,currency,interval,started_at"
    firm = company(
        survey_responses=survey("nps", [10, 0]),
        subscriptions=f"{header}\ns0,c0,300,USD,month,2024-01-01\ns1,c1,100,USD,month,2024-01-01",
    )
    assert firm.value("nps", "2024-05", "--variant", "mrr_weighted") == 50


# -- CSAT --------------------------------------------------------------------------------------------------------------


def test_satisfied_of_all(company: Any) -> None:
    """M49: 50 of 100 = 50 %; 78 of 100: 68.9 % to 85.0 %; 9 of 10: 59.6 % to 98.2 %."""
    cases = {"half": (50, 100), "most": (78, 100), "nine": (9, 10)}
    texts = [survey("csat", [4] * good + [3] * (n - good), 1, 5, survey=name) for name, (good, n) in cases.items()]
    firm = company(survey_responses=together(texts))
    rows = {row["by"]["survey"]: row for row in firm.rows("csat", "--from", "2024-05", "--to", "2024-05", *BY_SURVEY)}
    assert {name: (row["value"], row["n"]) for name, row in rows.items()} == {
        name: (near(good / n), n) for name, (good, n) in cases.items()
    }
    for name, low, high in (("most", 0.689, 0.850), ("nine", 0.596, 0.982)):
        assert (rows[name]["low"], rows[name]["high"]) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


SCALES = [
    # lowest, highest, answers, positive by the usual rule, by top3, by yes alone
    (0, 1, [1, 1, 0], 2, 2, 2),
    (1, 3, [3, 2, 1], 1, 1, 1),
    (1, 4, [4, 3, 2], 2, 2, 1),
    (1, 5, [5, 4, 3, 2], 2, 2, 1),
    (1, 7, [7, 6, 5], 2, 2, 1),
    (0, 10, [10, 9, 8, 7], 2, 3, 1),
    (1, 10, [10, 9, 8, 7], 2, 3, 1),
]


def test_what_is_positive_goes_by_the_scale(company: Any) -> None:
    """Of 2 or 3 points the best, of 4 to 7 the two best, of 8 to 11 the two best (three: 8, 9, 10)."""
    texts = [survey("csat", scores, low, high, survey=f"{low}-{high}") for low, high, scores, *_ in SCALES]
    text = together(texts)
    firm, other = company(survey_responses=text), company('[policy]\ncsat_positive = "yes"', survey_responses=text)
    found = [
        firm.by("scale", "csat", "2024-05"),
        firm.by("scale", "csat", "2024-05", "--variant", "top3"),
        other.by("scale", "csat", "2024-05"),
    ]
    for low, high, scores, *wanted in SCALES:
        assert [values[f"{low}-{high}"] for values in found] == [near(good / len(scores)) for good in wanted]


def test_what_the_source_calls_positive_wins(company: Any) -> None:
    """Three answers of 5 of 5, one of which its source calls negative; one without a score called positive: 3 of 4."""
    lines = survey("csat", [5, 5, 5, ""]).splitlines()
    cells = [line.split(",") for line in lines]
    place = HEADER.split(",").index("is_positive")
    cells[1][place], cells[4][place] = "false", "true"
    assert ask(company, "\n".join(",".join(row) for row in cells), "csat")["value"] == 0.75


def test_where_low_is_good(company: Any) -> None:
    """German school marks, 1 the best of 6: 1 and 2 are positive, 2 of 3."""
    assert ask(company, survey("csat", [1, 2, 3], 1, 6, higher_is_better="false"), "csat")["value"] == near(2 / 3)


def test_means_keep_to_one_scale(company: Any) -> None:
    """5, 4, 2 of 5: 11/3, and (100 + 75 + 25) / 3 of 100. With 0 to 10 beside it there is no mean of scores."""
    one = survey("csat", [5, 4, 2], 1, 5)
    firm = company(survey_responses=one)
    assert firm.value("csat", "2024-05", "--variant", "mean") == near(11 / 3)
    assert firm.value("csat", "2024-05", "--variant", "mean_100") == near(200 / 3)
    mixed = company(survey_responses="\n".join([one, "z,yearly,csat,,c9,p9,2024-05-02,2024-05-03,10,0,10,,,,"]))
    row = mixed.row("csat", "2024-05", "--variant", "mean")
    assert (row["value"], row["reason"]) == (None, "insufficient_data")
    assert mixed.value("csat", "2024-05", "--variant", "mean_100") == 75


def test_service_is_apart_from_satisfaction(company: Any) -> None:
    """Service 5 and 1, satisfaction 4 after a ticket and 2 after an order: service 2 of 3, satisfaction 1 of 2."""
    firm = company(
        survey_responses=f"""
            {HEADER}
            r1,s,service,,A,a,2024-05-02,2024-05-03,5,1,5,,,,interaction
            r2,s,service,,B,b,2024-05-02,2024-05-03,1,1,5,,,,ticket
            r3,s,csat,,A,a,2024-05-02,2024-05-03,4,1,5,,,,ticket
            r4,s,csat,,B,b,2024-05-02,2024-05-03,2,1,5,,,,order
        """
    )
    assert firm.value("service_satisfaction", "2024-05") == near(2 / 3)
    assert firm.value("csat", "2024-05") == 0.5
    assert firm.by("touchpoint", "csat", "2024-05") == {"order": 0, "ticket": 1}


# -- CES ---------------------------------------------------------------------------------------------------------------


def test_a_thousand_answers_on_effort(company: Any) -> None:
    """Counts 80, 210, 140, 110, 160, 180, 120 on 1 to 7: mean 4080/1000 = 4.08; net 30 - 43 = -13; 5 and more 46 %."""
    counts = (80, 210, 140, 110, 160, 180, 120)
    firm = company(survey_responses=survey("ces", [s for s, n in enumerate(counts, 1) for _ in range(n)], 1, 7))
    found = [firm.row("ces", "2024-05", "--variant", name) for name in ("default", "v2", "net", "v2_pct", "ease")]
    assert [row["value"] for row in found] == [near(4.08), near(4.08), near(-13), near(0.46), near(100 * 3.08 / 6)]
    assert [row["n"] for row in found] == [1000] * 5


def test_scales_and_directions_are_never_pooled_as_they_stand(company: Any) -> None:
    """7 of 7 (ease 100), 2 of 5 where high means effort (75), 5 of 10 (50): mean ease 75, each alone on its scale."""
    firm = company(
        survey_responses=f"""
            {HEADER}
            r1,s,ces,,A,a,2024-05-02,2024-05-03,7,1,7,true,,,
            r2,s,ces,,B,b,2024-05-02,2024-05-03,2,1,5,false,,,
            r3,s,ces,,C,c,2024-05-02,2024-05-03,5,0,10,true,,,
        """
    )
    found = {v: firm.value("ces", "2024-05", "--variant", v) for v in ("default", "ease", "v1", "v2", "0_10", "ease_5")}
    assert found == {"default": 75, "ease": 75, "v1": 2, "v2": 7, "0_10": 5, "ease_5": None}
    assert firm.by("scale", "ces", "2024-05") == {"0-10": 5, "1-5 effort": 2, "1-7": 7}


# -- ACSI, employees, response ---------------------------------------------------------------------------------------


def questions(*people: tuple[object, object, object]) -> str:
    rows = []
    for number, scores in enumerate(people):
        for question, score in zip(("satisfaction", "expectations", "ideal"), scores, strict=True):
            if score is not None:
                rows.append(
                    f"a{number},yearly,acsi,{question},c{number},p{number},2024-05-02,2024-05-03,{score},1,10,,,,"
                )
    return "\n".join([HEADER, *rows])


@pytest.mark.parametrize(
    ("people", "plain", "weighted"),
    [
        ([(8, 7, 9)], 77.78, 77.48),
        ([(1, 1, 1)], 0, 0),
        ([(10, 10, 10)], 100, 100),
        ([(8, 7, 9), (10, 10, 10), (3, None, 3)], 88.89, 88.74),
    ],
)
def test_three_questions_make_an_index(company: Any, people: Any, plain: float, weighted: float) -> None:
    """8, 7, 9: (24 - 3) / 27 = 77.78; .3885 x 7 + .3190 x 6 + .2925 x 8 over 9 = 77.48. Who left one out is dropped."""
    firm = company(survey_responses=questions(*people))
    assert firm.value("acsi", "2024-05") == pytest.approx(plain, abs=0.005)
    assert firm.value("acsi", "2024-05", "--variant", "weighted") == pytest.approx(weighted, abs=0.005)


def test_four_answers_could_be_told_apart(company: Any) -> None:
    """Employees are shown from five answers on: 3 of 5 on 1 to 5 are 4 or 5; on 0 to 10, 9, 9, 8, 2, 10: 3 - 1 of 5."""
    assert ask(company, survey("employee", [5, 4, 1, 2]), "employee_engagement")["reason"] == "insufficient_data"
    assert ask(company, survey("employee", [5, 4, 1, 2, 5]), "employee_engagement")["value"] == near(0.6)
    enps = ask(company, survey("employee", [9, 9, 8, 2, 10], 0, 10), "employee_engagement", "--variant", "enps")
    assert (enps["value"], enps["n"]) == (40, 5)


def test_who_answers_at_all(company: Any) -> None:
    """Four sent (one with two questions), two answered: 50 %; three arrived, of which two were opened.
    Three sent in a file that knows no questions, two answered: 2/3."""
    firm = company(
        survey_responses="""
            response_id,kind,question,customer_id,asked_at,delivered_at,opened_at,answered_at,score
            r1,acsi,satisfaction,A,2024-05-01,2024-05-01,2024-05-02,2024-06-03,9
            r1,acsi,ideal,A,2024-05-01,2024-05-01,2024-05-02,,
            r2,nps,,B,2024-05-01,2024-05-01,,2024-05-03,9
            r3,nps,,C,2024-05-01,2024-05-01,,,
            r4,nps,,D,2024-05-01,,,,
        """
    )
    rates = [firm.value("response_rate", "2024-05", "--variant", v) for v in ("default", "delivered", "opened")]
    assert rates == [0.5, near(2 / 3), 1]
    plain = company(
        survey_responses="response_id,kind,asked_at,answered_at,score\nr1,nps,2024-05-01,2024-05-02,9\n"
        "r2,nps,2024-05-01,,\nr3,nps,2024-05-01,2024-06-01,3"
    )
    row = plain.row("response_rate", "2024-05")
    assert (row["value"], row["n"]) == (near(2 / 3), 3)


# -- reviews, referrals, posts ---------------------------------------------------------------------------------------


def test_stars_of_every_scale(company: Any) -> None:
    """4 of 5, 10 of 10, 1 of 3: (4 + 5 + 5/3) / 3 = 32/9 stars; 7 of 5 is off its scale."""
    firm = company(
        reviews="""
            review_id,customer_id,at,rating,scale_max
            r1,A,2024-05-01,4,
            r2,B,2024-05-02,10,10
            r3,,2024-05-03,1,3
            r4,C,2024-05-04,7,5
        """
    )
    assert firm.value("rating", "2024-05") == near(32 / 9)
    assert firm.value("rating", "2024-05", "--variant", "count") == 3


def test_referrals_and_advocates(company: Any) -> None:
    """Four customers (created before May). A refers twice, B reviews with 8 of 10, C with 3 of 5, D tells a story:
    referrals 1 of 4, advocates A, B, D: 3 of 4. Who only reviews is enough where there are no referrals at all."""
    people = "customer_id,created_at\n" + "".join(f"{who},2024-01-01\n" for who in "ABCD")
    reviews = "review_id,customer_id,at,rating,scale_max\nr1,B,2024-05-02,8,10\nr2,C,2024-05-02,3,5"
    firm = company(
        customers=people,
        reviews=reviews,
        referrals="referral_id,customer_id,at\nx1,A,2024-05-01\nx2,A,2024-05-09",
        advocacy_acts="act_id,customer_id,kind,at\ny1,D,case_study,2024-05-31",
    )
    assert firm.many(["referral_rate", "advocacy"], "2024-05") == {"referral_rate": 0.25, "advocacy": 0.75}
    alone = company(customers=people, reviews=reviews)
    assert alone.many(["referral_rate", "advocacy"], "2024-05") == {"referral_rate": None, "advocacy": 0.25}


def test_posts_without_a_sentiment_get_one(company: Any) -> None:
    """In VADER's published rules "good" is 1.9 / sqrt(1.9^2 + 15) = 0.4404, "bad" -2.5 / sqrt(21.25) = -0.5423."""
    firm = company(
        mentions="""
            mention_id,customer_id,at,body,sentiment
            m1,A,2024-05-01,good,
            m2,A,2024-05-02,good,-1
            m3,A,2024-05-03,bad,
        """,
        reviews="review_id,customer_id,at,rating,body\nr1,A,2024-05-01,5,good",
        survey_responses=survey("nps", [3], comment="bad"),
    )
    assert firm.value("sentiment", "2024-05") == pytest.approx((0.4404 - 1 - 0.5423) / 3, abs=1e-4)
    assert firm.value("sentiment", "2024-05", "--variant", "reviews") == pytest.approx(0.4404, abs=1e-4)
    assert firm.value("sentiment", "2024-05", "--variant", "comments") == pytest.approx(-0.5423, abs=1e-4)


def test_two_waves_that_differ_by_noise(company: Any) -> None:
    """Two waves of 100 answers, 45 and 50: the difference of 5 is within 1.96 sqrt(SE1^2 + SE2^2), about 20."""
    one = survey("nps", [10] * 60 + [7] * 25 + [2] * 15)
    two = survey("nps", [10] * 62 + [7] * 26 + [2] * 12, asked_at="2024-06-02", answered_at="2024-06-03")
    lines = [line.replace("nps", "wave", 1) for line in two.splitlines()[1:]]
    firm: Company = company(survey_responses="\n".join([one, *lines]))
    row = firm.row("nps", "2024-06", "--compare", "previous")
    assert (row["value"], row["compare"]["value"], row["compare"]["difference"]) == (50, 45, 5)
    assert row["compare"]["noise"] is True
    variance = (0.5475 + 0.62 + 0.12 - 0.25) / 100
    assert row["compare"]["high"] == pytest.approx(5 + 1.959964 * 100 * math.sqrt(variance), abs=1e-3)


@pytest.mark.parametrize(("n", "noise"), [(9, None), (10, False)])
def test_few_answers_make_no_verdict(company: Any, n: int, noise: bool | None) -> None:
    """All detractors, then all promoters: 200 points, far beyond chance by the intervals. Of nine answers each nothing
    is said of that, of ten it is; beside the score stands how few they are."""
    two = survey("nps", [10] * n, asked_at="2024-06-02", answered_at="2024-06-03").splitlines()[1:]
    lines = [line.replace("nps", "wave", 1) for line in two]
    firm: Company = company(survey_responses="\n".join([survey("nps", [0] * n), *lines]))
    compare = firm.row("nps", "2024-06", "--compare", "previous")["compare"]
    assert (compare["difference"], compare["low"] > 0, compare["noise"]) == (200, True, noise)
    shown = run(firm.folder, "show", "nps", "response_rate", "--from", "2024-05", "--to", "2024-06").out
    assert ("+100 (n 9)" in shown) == ("n below 10" in shown) == (n == 9)
