"""DEFINITIONS 24: the worked health scores, and what a score does with what is missing, old or set by hand."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from golden import Company, monthly, near, run
from tenure.workspace import Workspace


def told(firm: Company, *argv: str) -> dict[str, Any]:
    """The JSON that `tenure health argv...` prints."""
    ran = run(firm.folder, "health", *argv, "--format", "json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


THREE = """
[[health.main.measures]]
attribute = "adoption"
weight = 20
[[health.main.measures]]
attribute = "support"
weight = 15
[[health.main.measures]]
attribute = "sponsor"
weight = 22
"""
PEOPLE = "customer_id,adoption,support,sponsor\nA,47,59,21\nB,47,,21\nC,,59,\n"
BOOKS = monthly("A 100 2024-01-01\nB 300 2024-01-01\nC 50 2024-01-01")


def test_gainsights_example(company: Any) -> None:
    """w 20, 15, 22 and s 47, 59, 21: (940 + 885 + 462) / 57 = 2287 / 57 = 40.12."""
    found = told(company(THREE, subscriptions=BOOKS, customers=PEOPLE), "A")
    assert found["score"] == near(2287 / 57) and f"{found['score']:.2f}" == "40.12"
    assert [one["contribution"] for one in found["contributions"]] == [near(n / 57) for n in (940, 885, 462)]
    assert found["coverage"] == 1 and found["band"] == "at risk"


def test_with_the_second_missing(company: Any) -> None:
    """(940 + 462) / 42 = 33.38; 42 of 57 = 73.7 % of the weights are known. Of C only 15 of 57: too little."""
    firm = company(THREE, subscriptions=BOOKS, customers=PEOPLE)
    found = told(firm, "B")
    assert found["score"] == near(1402 / 42) and f"{found['score']:.2f}" == "33.38"
    assert found["coverage"] == near(42 / 57)
    other = told(firm, "C")
    assert (other["score"], other["band"], other["coverage"]) == (None, "insufficient_data", near(15 / 57))


def test_totangos_map(company: Any) -> None:
    """Good, average, poor as 100, 60, 0 with weights .5, .3, .2: 50 + 18 + 0 = 68."""
    words = "words = { good = 100, average = 60, poor = 0 }"
    toml = "".join(
        f'[[health.main.measures]]\nattribute = "{name}"\nweight = {weight}\n{words}\n'
        for name, weight in (("use", 0.5), ("talks", 0.3), ("mood", 0.2))
    )
    firm = company(toml, subscriptions=BOOKS, customers="customer_id,use,talks,mood\nA,good,average,poor\n")
    found = told(firm, "A")
    assert found["score"] == 68.0
    assert [one["contribution"] for one in found["contributions"]] == [50.0, 18.0, 0.0]


@pytest.mark.parametrize(
    ("missing", "score", "coverage"),
    [("neutral", (940 + 750 + 462) / 57, 42 / 57), ("zero", (940 + 462) / 57, 1), ("block", None, 42 / 57)],
)
def test_what_stands_in_for_nothing(company: Any, missing: str, score: float | None, coverage: float) -> None:
    """B without support: 50 in its place, (940 + 15 x 50 + 462) / 57 = 37.75; 0 in its place, 24.60; or no score."""
    toml = THREE.replace("weight = 15", f'weight = 15\nmissing = "{missing}"')
    found = told(company(toml, subscriptions=BOOKS, customers=PEOPLE), "B")
    assert found["score"] == (None if score is None else near(score))
    assert found["coverage"] == near(coverage)


def test_groups_weigh_before_measures(company: Any) -> None:
    """Use holds adoption (20) and support (15): (20 x 47 + 15 x 59) / 35; sponsor alone is 21. Groups 3 and 1."""
    toml = THREE.replace("weight = 20", 'weight = 20\ngroup = "use"').replace(
        "weight = 15", 'weight = 15\ngroup = "use"'
    )
    toml = toml.replace("weight = 22", 'weight = 22\ngroup = "people"')
    firm = company("[health.main]\ngroups = { use = 3, people = 1 }\n" + toml, subscriptions=BOOKS, customers=PEOPLE)
    found = told(firm, "A")
    assert found["score"] == near(0.75 * 1825 / 35 + 0.25 * 21)
    assert sum(one["contribution"] for one in found["contributions"]) == near(found["score"])


def test_a_cap_wins_over_a_floor_and_the_lines_still_sum(company: Any) -> None:
    """40.12, lifted to 60 (sponsor below 30), then cut to 35 (support above 50): lines 40.12, +19.88, -25."""
    toml = (
        THREE
        + """
    [[health.main.exceptions]]
    name = "too angry"
    measure = "support"
    above = 50
    cap = 35
    [[health.main.exceptions]]
    name = "kind"
    measure = "sponsor"
    below = 30
    floor = 60
    """
    )
    found = told(company(toml, subscriptions=BOOKS, customers=PEOPLE), "A")
    lines = {one["measure"]: one["contribution"] for one in found["contributions"]}
    assert found["score"] == 35
    assert (lines["kind"], lines["too angry"]) == (near(60 - 2287 / 57), near(-25))
    assert sum(lines.values()) == near(35)
    assert found["reason"] == "sponsor: 21 of 100"  # costs 22 x 79 / 57 = 30.5, the cap 25


HAND = """
[[health.main.overrides]]
customer = "A"
score = 80
author = "Ana"
reason = "New sponsor"
since = 2024-12-01
expires = {expires}
"""


def test_what_a_person_sets_counts_until_it_expires(company: Any) -> None:
    """Set to 80 from 1 December: on 1 January 80; the day before it began 40.12; once expired 40.12, and said."""
    firm = company(THREE + HAND.format(expires="2025-02-01"), subscriptions=BOOKS, customers=PEOPLE)
    found = told(firm, "A")
    assert found["score"] == 80
    assert found["contributions"][-1]["measure"] == "set by hand"
    assert "Ana" in found["contributions"][-1]["note"] and "New sponsor" in found["contributions"][-1]["note"]
    assert sum(one["contribution"] for one in found["contributions"]) == near(80)
    assert told(firm, "A", "--as-of", "2024-12-01")["score"] == 80
    assert told(firm, "A", "--as-of", "2024-11-30")["score"] == near(2287 / 57)
    late = company(THREE + HAND.format(expires="2024-12-20"), subscriptions=BOOKS, customers=PEOPLE)
    ran = run(late.folder, "health", "A")
    assert "40.1" in ran.out and "expired on 2024-12-20" in ran.err


@pytest.mark.parametrize(("bands", "band"), [("three", "needs attention"), ("lower_exclusive", "at risk")])
def test_a_band_holds_its_lower_end(company: Any, bands: str, band: str) -> None:
    """A score of exactly 50."""
    toml = f'[health.main]\nbands = "{bands}"\n[[health.main.measures]]\nattribute = "adoption"\n'
    firm = company(toml, subscriptions=BOOKS, customers="customer_id,adoption\nA,50\nB,100\nC,0\n")
    assert told(firm, "A")["band"] == band
    assert told(firm, "B")["band"] == "healthy"
    assert told(firm, "C")["band"] == "at risk"


FAMILY = "customer_id,parent_id,adoption\nA,,10\nB,A,80\nC,A,40\n"


@pytest.mark.parametrize(
    ("parents", "score"), [("mrr_weighted", (300 * 80 + 50 * 40) / 350), ("mean", 60), ("worst", 40), ("own", 10)]
)
def test_a_parent_is_scored_by_its_children(company: Any, parents: str, score: float) -> None:
    """B pays 300 and has 80, C pays 50 and has 40."""
    toml = f'[health.main]\nparents = "{parents}"\n[[health.main.measures]]\nattribute = "adoption"\n'
    found = told(company(toml, subscriptions=BOOKS, customers=FAMILY), "A")
    assert found["score"] == near(score)
    assert sum(one["contribution"] for one in found["contributions"]) == near(score)


PROFILES = """
[[health.main.profiles]]
name = "big"
where = "size >= 100"
weights = { support = 0, sponsor = 0 }
[[health.main.profiles]]
name = "all of them"
where = "size >= 1"
weights = { adoption = 0 }
[[health.main.profiles]]
name = "giants"
where = "size >= 10000"
weights = { adoption = 1 }
"""


def test_the_first_profile_that_matches_wins(company: Any) -> None:
    """A is big: adoption alone, 47. B is small: sponsor alone is known of the other two. Nobody is a giant."""
    people = "customer_id,adoption,support,sponsor,size\nA,47,59,21,500\nB,47,59,21,5\n"
    firm = company(THREE + PROFILES, subscriptions=BOOKS, customers=people)
    assert (told(firm, "A")["profile"], told(firm, "A")["score"]) == ("big", 47.0)
    assert (told(firm, "B")["profile"], told(firm, "B")["score"]) == ("all of them", near((885 + 462) / 37))
    said = run(firm.folder, "health").err
    assert "profile 'giants' matches nobody" in said
    assert "1 customer matches profile 'all of them' and an earlier one; the first counts" in said


def test_an_old_answer_fades(company: Any) -> None:
    """NPS 10 of 10 given on 2024-10-03, 90 days before 2025-01-01 less one (the day itself counts as 0 days old):
    fresh for 30 days, gone after 365: weight (365 - 89) / (365 - 30) = 276 / 335. With adoption 47 of weight 1:
    (47 + 100 x 276 / 335) / (1 + 276 / 335)."""
    toml = """
    [[health.main.measures]]
    attribute = "adoption"
    [[health.main.measures]]
    name = "nps"
    metric = "nps:latest_score"
    window = "365d"
    fresh_for = 30
    points = [[0, 0], [10, 100]]
    """
    answers = "response_id,kind,customer_id,asked_at,answered_at,score\nr,nps,A,2024-10-01,2024-10-03,10\n"
    firm = company(toml, subscriptions=BOOKS, customers=PEOPLE, survey_responses=answers)
    found = told(firm, "A")
    left = 276 / 335
    assert found["score"] == near((47 + 100 * left) / (1 + left))
    assert "89 days old" in found["contributions"][1]["note"]


@pytest.mark.parametrize(("half_life", "left"), [(30, 0.25), (60, 0.5), (40, 0.353553)])
def test_an_old_answer_fades_by_halves(company: Any, half_life: int, left: float) -> None:
    """89 days old and fresh for 29: 60 days of fading are two half-lives of 30 days (a quarter is left), one of 60
    (a half), one and a half of 40: 1 / (2 x 1.41421) = 0.353553. Beside it adoption 47 of weight 1."""
    toml = f"""
    [[health.main.measures]]
    attribute = "adoption"
    [[health.main.measures]]
    name = "nps"
    metric = "nps:latest_score"
    window = "365d"
    fresh_for = 29
    half_life = {half_life}
    points = [[0, 0], [10, 100]]
    """
    answers = "response_id,kind,customer_id,asked_at,answered_at,score\nr,nps,A,2024-10-01,2024-10-03,10\n"
    found = told(company(toml, subscriptions=BOOKS, customers=PEOPLE, survey_responses=answers), "A")
    assert found["score"] == near((47 + 100 * left) / (1 + left))


def test_a_trend_is_against_the_customers_own_past(company: Any) -> None:
    """Active on 3 days in the last 30, on 4 of each 30 before: 3 / 4 = 75 points. B only now: from nothing, 100."""
    days = [f"2024-12-{d:02}" for d in (10, 11, 12)]
    days += [f"{month}-{d:02}" for month in ("2024-11", "2024-10", "2024-09") for d in (5, 6, 7, 8)]
    events = "customer_id,name,at\n" + "".join(f"A,opened,{day}T10:00:00Z\n" for day in days)
    events += "B,opened,2024-12-20T10:00:00Z\n"
    toml = '[[health.main.measures]]\nname = "usage"\nmetric = "dau:customers"\ntrend = 3\n'
    firm = company(toml, subscriptions=BOOKS, customers=PEOPLE, events=events)
    assert told(firm, "A")["score"] == near(75)
    assert told(firm, "B")["score"] == 100
    assert told(firm, "C")["score"] is None


def test_a_percentile_is_the_mid_rank_among_its_equals(company: Any) -> None:
    """A, B in one region: ranks 1/4 and 3/4. C alone: 1/2."""
    toml = '[[health.main.measures]]\nattribute = "adoption"\nmap = "percentile"\nwithin = "region"\n'
    people = "customer_id,region,adoption\nA,north,10\nB,north,90\nC,south,40\n"
    firm = company(toml, subscriptions=BOOKS, customers=people)
    assert [told(firm, who)["score"] for who in "ABC"] == [25.0, 75.0, 50.0]


def test_a_score_of_scores(company: Any) -> None:
    """`whole` is half of `main` (40.12) and half of the sponsor (21)."""
    toml = THREE + '[[health.whole.measures]]\nscore = "main"\n[[health.whole.measures]]\nattribute = "sponsor"\n'
    firm = company(toml, subscriptions=BOOKS, customers=PEOPLE)
    assert told(firm, "A", "--score", "whole")["score"] == near((2287 / 57 + 21) / 2)
    assert told(firm, "A")["score"] == near(2287 / 57)


def test_what_changed_sums_to_the_difference(company: Any) -> None:
    """On 1 December A had 47, 59, 21 = 40.12; in December support is unknown and adoption 60:
    availability 33.38 - 40.12, then adoption 20 x 13 / 42; now (1200 + 462) / 42 = 39.57."""
    people = """
        customer_id,adoption,support,sponsor,valid_from,valid_to
        A,47,59,21,2024-01-01,2024-12-10
        A,60,,21,2024-12-10,
    """
    found = told(company(THREE, subscriptions=BOOKS, customers=people), "A")
    assert (found["before"]["score"], found["score"]) == (near(2287 / 57), near(1662 / 42))
    changes = {(one["kind"], one["name"]): one["change"] for one in found["changes"]}
    assert changes == {
        ("availability", "support"): near(1402 / 42 - 2287 / 57),
        ("measure", "adoption"): near(20 * 13 / 42),
    }


def test_hysteresis_keeps_a_band_near_its_edge(company: Any) -> None:
    """In November 80, healthy; now 73: two points below the edge of 75 keeps the band under 3 points of hysteresis."""
    people = "customer_id,adoption,valid_from,valid_to\nA,80,2024-01-01,2024-12-10\nA,73,2024-12-10,\n"
    toml = '[health.main]\nhysteresis = {}\n[[health.main.measures]]\nattribute = "adoption"\n'
    assert told(company(toml.format(3), subscriptions=BOOKS, customers=people), "A")["band"] == "healthy"
    assert told(company(toml.format(1), subscriptions=BOOKS, customers=people), "A")["band"] == "needs attention"


def test_health_as_metrics(company: Any) -> None:
    """A 40.12 pays 100, B 33.38 pays 300, C is unknown. Weighted by MRR (4012.28 + 10014.29) / 400 = 35.07, plain mean
    36.75; both at risk, so all of 400 is; nothing before the first of them is a customer."""
    firm = company(THREE, subscriptions=BOOKS, customers=PEOPLE)
    a, b = 2287 / 57, 1402 / 42
    row = firm.row("health", "2024-12")
    assert (row["value"], row["n"]) == (pytest.approx((100 * a + 300 * b) / 400, abs=1e-6), 2)
    assert firm.value("health", "2024-12", "--variant", "mean") == pytest.approx((a + b) / 2, abs=1e-6)
    assert firm.by("band", "health_share", "2024-12") == {"at risk": 1.0}
    assert firm.value("mrr_at_risk", "2024-12") == 400.0
    assert firm.value("health", "2023-11") is None
    assert firm.by("customer_id", "mrr_at_risk", "2024-12") == {"A": 100.0, "B": 300.0, "C": 0.0}


def test_a_score_of_the_past_knows_only_the_past(company: Any) -> None:
    """Adoption was 80 until 10 December: November ends with 80, December with 20."""
    people = "customer_id,adoption,valid_from,valid_to\nA,80,2024-01-01,2024-12-10\nA,20,2024-12-10,\n"
    firm = company('[[health.main.measures]]\nattribute = "adoption"\n', subscriptions=BOOKS, customers=people)
    assert firm.over("health", "2024-11", "2024-12") == [80.0, 20.0]


def test_a_score_made_of_health_is_refused(company: Any) -> None:
    firm = company('[[health.main.measures]]\nmetric = "health"\n', subscriptions=BOOKS)
    ran = run(firm.folder, "health")
    assert ran.code == 1 and "A score cannot be made of health" in ran.err


def test_a_measure_without_data_is_said_and_left_out(company: Any) -> None:
    """Nobody was ever asked: half of the weights are known, which a coverage of .4 allows."""
    toml = '[health.main]\ncoverage = 0.4\n[[health.main.measures]]\nattribute = "adoption"\n'
    toml += '[[health.main.measures]]\nmetric = "nps"\n'
    firm = company(toml, subscriptions=BOOKS, customers=PEOPLE)
    ran = run(firm.folder, "health", "A")
    assert "47.0" in ran.out and "nobody has a value for 'nps'" in ran.err


def test_without_data_the_command_says_what_to_load(company: Any) -> None:
    ran = run(company("", fx_rates="currency,on,rate\nEUR,2024-01-01,1.1\n").folder, "health")
    assert ran.code == 1 and "no measure that this workspace has data for" in ran.err


def test_a_metric_that_comes_by_something_is_no_measure(company: Any) -> None:
    firm = company('[[health.main.measures]]\nmetric = "feature_adoption_rate"\n', subscriptions=BOOKS)
    ran = run(firm.folder, "health")
    assert ran.code == 1 and "no figure of one customer: it always comes by feature" in ran.err


def test_recency_is_the_days_since_the_last_fact(company: Any) -> None:
    """A ordered on 2 December, 29 days before the last day of 2024, B on 31 December: 71 and 100 points of 100 days."""
    toml = '[[health.main.measures]]\nname = "recency"\nmetric = "purchase_frequency"\nsince_last = true\n'
    toml += 'window = "365d"\npoints = [[0, 100], [100, 0]]\n'
    orders = "order_id,customer_id,placed_at,amount,currency\n1,A,2024-06-02,5,USD\n2,A,2024-12-02,5,USD\n"
    firm = company(toml, subscriptions=BOOKS, orders=orders + "3,B,2024-12-31,5,USD\n")
    assert (told(firm, "A")["score"], told(firm, "B")["score"], told(firm, "C")["score"]) == (71.0, 100.0, None)


def test_metrics_of_any_score(company: Any) -> None:
    """`main` of A is 40.12, of B 33.38. `other` looks at the sponsor alone: 21 for both, in the lowest band; C has no
    sponsor. So health of `other` is 21 however it is weighted, all 400 are at risk, and `main` stays what it was."""
    toml = THREE + '[[health.other.measures]]\nattribute = "sponsor"\n'
    firm = company(toml, subscriptions=BOOKS, customers=PEOPLE)
    assert firm.value("health", "2024-12", "--variant", "other") == pytest.approx(21, abs=1e-6)
    assert firm.value("health", "2024-12", "--variant", "other_mean") == pytest.approx(21, abs=1e-6)
    assert firm.value("mrr_at_risk", "2024-12", "--variant", "other") == 400.0
    assert firm.row("health", "2024-12", "--variant", "other")["n"] == 2
    a, b = 2287 / 57, 1402 / 42
    assert firm.value("health", "2024-12") == pytest.approx((100 * a + 300 * b) / 400, abs=1e-6)
    assert firm.value("health", "2024-12", "--variant", "main") == pytest.approx((100 * a + 300 * b) / 400, abs=1e-6)
    refused = run(firm.folder, "show", "health", "--variant", "ohter")
    assert refused.code == 1 and "other" in refused.err


def test_who_was_a_customer_then_does_not_know_what_was_refunded_later(company: Any) -> None:
    """A shop, where an order makes a customer of its days: A's still counts, B's only one was refunded, nobody knows
    when. Now November ended with A alone. When December began nobody knew of a refund: it had ended with A and B."""
    orders = "order_id,customer_id,placed_at,amount,currency,status\n1,A,2024-11-02,5,USD,fulfilled\n"
    firm = company(orders=orders + "2,B,2024-11-20,5,USD,refunded\n")
    workspace = Workspace(firm.folder)
    then = workspace.at(date(2024, 12, 1))
    counts = [one.show("customers", from_="2024-11", to="2024-11").rows[0].value for one in (workspace, then)]
    assert counts == [1, 2]


ORDERED = """
[health.main]
coverage = 0
[[health.main.measures]]
name = "kept"
metric = "return_rate"
window = "90d"
points = [[0, 100], [1, 0]]
[[health.main.measures]]
metric = "purchase_frequency"
window = "90d"
points = [[0, 0], [4, 100]]
"""


def test_the_past_does_not_know_what_was_refunded_later(company: Any) -> None:
    """A placed two orders in November, one of them refunded by now, nobody knows when. Now half are kept, 50; one order
    of four, 25: 37.5. On 1 December nobody knew of a refund: two orders of four, 50, and what was kept is no part."""
    orders = "order_id,customer_id,placed_at,amount,currency,status\n1,A,2024-11-02,5,USD,fulfilled\n"
    firm = company(ORDERED, subscriptions=BOOKS, orders=orders + "2,A,2024-11-20,5,USD,refunded\n")
    assert told(firm, "A")["score"] == 37.5
    then = told(firm, "A", "--as-of", "2024-12-01")
    assert then["score"] == 50.0
    assert {one["measure"]: one["points"] for one in then["contributions"]}["kept"] is None
