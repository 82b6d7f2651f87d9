"""Survival curves against the 6-MP trial, figures worked by hand, and what must hold without censoring."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.errors import RequestError
from tenure.stats import Durations, kaplan_meier, log_rank

# Freireich and others (1963): weeks of remission of 42 children with leukaemia, on 6-MP and on placebo.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

histograms = st.dictionaries(st.integers(0, 20), st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1).filter(
    lambda found: any(map(any, found.values()))
)


def durations(events: Iterable[int], censored: Iterable[int] = ()) -> Durations:
    ended, going = Counter(events), Counter(censored)
    return {time: (ended[time], going[time]) for time in ended | going}


SIX_MP = kaplan_meier(durations(RELAPSED, STILL_WELL))


def test_six_mp() -> None:
    """The published curve; at 6 weeks 18 of 21 are left, at 7 weeks 16 of 17 of those."""
    assert [step.time for step in SIX_MP.steps] == [6, 7, 10, 13, 16, 22, 23]
    assert [round(float(step.survival), 3) for step in SIX_MP.steps] == [
        0.857,
        0.807,
        0.753,
        0.690,
        0.627,
        0.538,
        0.448,
    ]
    assert [step.at_risk for step in SIX_MP.steps] == [21, 17, 15, 12, 11, 7, 6]
    assert SIX_MP.at(5) == 1
    assert SIX_MP.at(6) == Fraction(18, 21)
    assert SIX_MP.at(9) == SIX_MP.at(7) == Fraction(18, 21) * Fraction(16, 17)
    assert SIX_MP.last == 35 and SIX_MP.n == 21


def test_six_mp_errors() -> None:
    """Greenwood's standard errors as published (Klein and Moeschberger, table 4.1A)."""
    errors = [float(step.survival) * math.sqrt(step.greenwood) for step in SIX_MP.steps]
    assert errors == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=0.00006)


def test_six_mp_interval() -> None:
    """At 6 weeks: ln .857 = -.15415, sqrt(3 / (21 x 18)) = .08909, 1.96 x .08909 / .15415 = 1.1327, e^1.1327 = 3.1041:
    .857^3.1041 = .6197 and .857^(1 / 3.1041) = .9516.
    """
    assert SIX_MP.interval(6) == pytest.approx((0.6197, 0.9516), abs=0.0001)
    assert SIX_MP.interval(8) == SIX_MP.interval(7)
    assert SIX_MP.interval(5) is None


def test_six_mp_quartiles() -> None:
    """.753 > 3/4 >= .690 at 13 weeks; .538 > 1/2 >= .448 at 23; a quarter is not reached.

    The interval of the median begins where that of the curve first holds 1/2. At 13 weeks: ln .6902 = -.3708, with the
    published error .1068 / .6902 = .15474, 1.96 x .15474 / .3708 = .8179, e^.8179 = 2.2658: .6902^2.2658 = .4316. At 10
    it does not yet: .0963 / .7529 = .1279, ln -.2838, .8833, 2.4189: .5033. The upper bound never gets down to 1/2.
    """
    assert SIX_MP.median == 23
    assert SIX_MP.quartiles == (13, 23, None)
    bounds = [SIX_MP.interval(week) or (0, 0) for week in (10, 13)]
    assert [low for low, _ in bounds] == pytest.approx([0.5033, 0.4316], abs=0.0003)
    assert SIX_MP.reached_interval() == (13, None)


def test_tickets() -> None:
    """Closed after 1, 2, 3 hours, one open at 10: S(2) = 1/2, so 2; with one more still open S(3) = 2/5, so 3."""
    four = kaplan_meier({1: (1, 0), 2: (1, 0), 3: (1, 0), 10: (0, 1)})
    assert (four.at(2), four.median) == (Fraction(1, 2), 2)
    five = kaplan_meier({1: (1, 0), 2: (1, 0), 3: (1, 0), 10: (0, 2)})
    assert (five.at(2), five.at(3), five.median) == (Fraction(3, 5), Fraction(2, 5), 3)
    two_of_five = kaplan_meier({1: (1, 0), 2: (1, 0), 10: (0, 3)})
    assert two_of_five.median is None


def test_events_come_before_what_is_censored_at_the_same_time() -> None:
    assert kaplan_meier({4: (1, 1)}).at(4) == Fraction(1, 2)


def test_restricted_mean() -> None:
    """1 x 1 + 3/4 x 1 + 1/2 x 1 + 1/4 x 2 to 5 = 2.75; carried forward from 10, where the last was seen, to 12: 4.5.

    Areas to come before the horizon 5: 1.75 at 1, 1 at 2, 1/2 at 3; the variance is 1.75^2 / 12 + 1 / 6 + .25 / 2.
    """
    curve = kaplan_meier({1: (1, 0), 2: (1, 0), 3: (1, 0), 10: (0, 1)})
    assert curve.restricted_mean(5) == Fraction(11, 4)
    assert curve.restricted_mean(12) == Fraction(9, 2)
    assert curve.restricted_mean(Fraction(1, 2)) == Fraction(1, 2)
    assert curve.restricted_mean(0) == 0
    assert curve.restricted_mean_error(5) == pytest.approx(math.sqrt(1.75**2 / 12 + 1 / 6 + 0.25 / 2))
    assert curve.restricted_mean_error(Fraction(1, 2)) == 0
    assert curve.restricted_mean_interval(Fraction(1, 2)) is None
    half = 1.959964 * math.sqrt(1.75**2 / 12 + 1 / 6 + 0.25 / 2)
    assert curve.restricted_mean_interval(5) == pytest.approx((2.75 - half, 2.75 + half))


def test_nobody() -> None:
    nobody = kaplan_meier({})
    assert (nobody.at(1), nobody.median, nobody.restricted_mean(5), nobody.restricted_mean_error(5)) == (None,) * 4
    assert nobody.interval(1) is None and nobody.last is None


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(RequestError, match="-2"):
        kaplan_meier({-2: (1, 0), 3: (1, 0)})


@given(st.lists(st.integers(0, 30), min_size=1), st.integers(1, 40))
def test_without_censoring(times: list[int], horizon: int) -> None:
    """The curve is the share still going; the restricted mean is the mean of what each has by the horizon, and its
    error that mean's own, with n where a sample's variance has n - 1.
    """
    curve = kaplan_meier(durations(times))
    n = len(times)
    for time in range(32):
        assert curve.at(time) == Fraction(sum(one > time for one in times), n)
    capped = [min(time, horizon) for time in times]
    mean = Fraction(sum(capped), n)
    assert curve.restricted_mean(horizon) == mean
    variance = sum((time - mean) ** 2 for time in capped) / n**2
    assert curve.restricted_mean_error(horizon) == pytest.approx(math.sqrt(variance), abs=1e-9)


@given(histograms, st.integers(1, 25))
def test_intervals_hold_their_estimates(found: Durations, horizon: int) -> None:
    curve = kaplan_meier(found)
    for step in curve.steps:
        interval = curve.interval(step.time)
        assert interval is None or interval[0] - 1e-12 <= step.survival <= interval[1] + 1e-12
    low, high = curve.reached_interval()
    if curve.median is not None:
        assert low is not None and low <= curve.median and (high is None or curve.median <= high)
    mean = curve.restricted_mean(horizon)
    interval = curve.restricted_mean_interval(horizon)
    assert mean is not None and 0 <= mean <= horizon
    assert interval is None or interval[0] - 1e-9 <= mean <= interval[1] + 1e-9


@given(histograms, st.integers(1, 25))
def test_what_is_known_later_only_lengthens_it(found: Durations, horizon: int) -> None:
    """Turning events into censored times never shortens a life."""
    later = {time: (0, sum(counts)) if time % 2 else counts for time, counts in found.items()}
    assert (kaplan_meier(later).restricted_mean(horizon) or 0) >= (kaplan_meier(found).restricted_mean(horizon) or 0)


def test_thousands_of_times_stay_exact_and_quick() -> None:
    """Somebody leaves and somebody is censored on each of 3,000 days: no telescoping, denominators of 10,000 digits."""
    curve = kaplan_meier(dict.fromkeys(range(1, 3001), (1, 1)))
    assert curve.at(2) == Fraction(5999, 6000) * Fraction(5997, 5998)
    assert curve.restricted_mean(2) == 1 + Fraction(5999, 6000)
    mean = curve.restricted_mean(3000)
    by_hand = math.fsum(float(curve.at(day) or 0) for day in range(0, 3000, 1))
    assert float(mean or 0) == pytest.approx(by_hand)


def test_log_rank_of_the_trial() -> None:
    """As published: 9 and 21 relapses against 19.25 and 10.75 expected, chi-square 16.79."""
    found = log_rank([durations(RELAPSED, STILL_WELL), durations(PLACEBO)])
    assert found is not None
    assert (found.observed, found.freedom) == ((9, 21), 1)
    assert found.expected == pytest.approx((19.25, 10.75), abs=0.005)
    assert found.chi_square == pytest.approx(16.79, abs=0.005)
    assert found.p == pytest.approx(4.17e-5, abs=0.01e-5)


def test_log_rank_of_three() -> None:
    """One customer each, gone at 1, 2, 3. Observed less expected: 2/3, 1/6, -5/6. Variances of the first two: 2/9 and
    2/9 + 1/4, covariance -1/9. The quadratic form is 2.6; with two degrees of freedom p = e^-1.3.
    """
    found = log_rank([{1: (1, 0)}, {2: (1, 0)}, {3: (1, 0)}])
    assert found is not None
    assert found.expected == pytest.approx((1 / 3, 5 / 6, 11 / 6))
    assert (found.chi_square, found.freedom) == (pytest.approx(2.6), 2)
    assert found.p == pytest.approx(math.exp(-1.3))


def test_log_rank_of_what_never_meets() -> None:
    assert log_rank([{1: (1, 0)}, {}]) is None
    assert log_rank([{1: (0, 1)}, {3: (2, 0)}]) is None
    assert log_rank([]) is None


@given(st.lists(histograms, min_size=2, max_size=4))
def test_log_rank_does_not_mind_the_order(groups: list[Durations]) -> None:
    found, turned = log_rank(groups), log_rank(groups[::-1])
    if found is None or turned is None:
        assert found is turned
        return
    assert found.chi_square == pytest.approx(turned.chi_square, abs=1e-8)
    assert found.freedom == turned.freedom and 0 <= found.p <= 1
    assert sum(found.expected) == pytest.approx(sum(found.observed))
    same = log_rank([groups[0], groups[0]])
    assert same is None or same.chi_square == pytest.approx(0, abs=1e-9)
