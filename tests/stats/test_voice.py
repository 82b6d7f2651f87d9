"""Survey scores and the net promoter score's interval, by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.errors import RequestError
from tenure.stats import Moments, Wave, ease, nps_difference, nps_interval, satisfaction_index

HUNDRED = Wave(60, 25, 15)
waves = st.builds(Wave, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).filter(lambda wave: wave.n > 0)


def test_score_of_a_hundred() -> None:
    """60 - 15 = 45; .6 + .15 - .45^2 = .5475; 100 sqrt(.5475 / 100) = 7.399; 1.96 x 7.399 = 14.50."""
    assert (HUNDRED.nps, HUNDRED.variance) == (45, Fraction(5475, 10000))
    assert HUNDRED.error == pytest.approx(7.40, abs=0.005)
    assert HUNDRED.method == "normal"
    assert nps_interval(HUNDRED) == pytest.approx((45 - 14.5, 45 + 14.5), abs=0.01)


def test_four_times_the_answers_halve_the_interval() -> None:
    assert nps_interval(Wave(240, 100, 60)) == pytest.approx((45 - 7.25, 45 + 7.25), abs=0.005)


def test_variance_of_thirds() -> None:
    """p = 1/2, d = 1/6: 2/3 - 1/9 = 5/9."""
    assert Wave(3, 2, 1).variance == Fraction(5, 9)


@pytest.mark.parametrize(
    ("wave", "method"),
    [
        (Wave(12, 9, 9), "normal"),
        (Wave(12, 9, 8), "adjusted Wald"),  # 29 answers
        (Wave(60, 40, 0), "adjusted Wald"),  # d is 0
        (Wave(0, 40, 60), "adjusted Wald"),  # p is 0
        (Wave(100, 0, 0), "adjusted Wald"),  # p is 1
    ],
)
def test_which_interval(wave: Wave, method: str) -> None:
    assert wave.method == method


def test_few_answers() -> None:
    """9 promoters, 1 detractor of 10 become 9.75, 1.5, 1.75 of 13: centre 800/13, variance 11.5/13 - (8/13)^2 =
    85.5/169, error 100 sqrt(85.5/169/13) = 19.727, half 38.664: from 22.87 to 100.20, cut at 100.
    """
    assert nps_interval(Wave(9, 0, 1)) == pytest.approx((61.538 - 38.664, 100), abs=0.002)


def test_a_finite_population() -> None:
    """Of 199: sqrt(99 / 198) = sqrt(1/2), 14.502 x .7071 = 10.255. When all have answered nothing is uncertain."""
    assert nps_interval(HUNDRED, 199) == pytest.approx((45 - 10.255, 45 + 10.255), abs=0.001)
    assert nps_interval(HUNDRED, 100) == (45, 45)
    assert nps_interval(Wave(1, 0, 0), 1) == (100, 100)
    with pytest.raises(RequestError, match="population of 99"):
        nps_interval(HUNDRED, 99)


def test_difference_of_waves() -> None:
    """From 45 to 55 (65, 25, 10: .75 - .3025 = .4475, error 6.690): sqrt(7.399^2 + 6.690^2) = 9.975, half 19.55."""
    assert nps_difference(HUNDRED, Wave(65, 25, 10)) == pytest.approx((10 - 19.55, 10 + 19.55), abs=0.005)


def test_nobody_answered() -> None:
    nobody = Wave(0, 0, 0)
    assert (nobody.nps, nobody.variance, nobody.error) == (None, None, None)
    assert nps_interval(nobody) is None
    assert nps_difference(nobody, HUNDRED) is None


@given(waves, waves)
def test_intervals_hold_their_estimates(first: Wave, second: Wave) -> None:
    assert first.nps is not None and second.nps is not None
    low, high = nps_interval(first) or (math.nan, math.nan)
    assert -100 <= low <= first.nps + Fraction(1, 10**9) and first.nps - Fraction(1, 10**9) <= high <= 100
    low, high = nps_difference(first, second) or (math.nan, math.nan)
    assert low - 1e-9 <= second.nps - first.nps <= high + 1e-9


def test_effort() -> None:
    """80, 210, 140, 110, 160, 180, 120 answers of 1 to 7: 4080 / 1000; the best two less the worst three: 30 - 43."""
    counts = [80, 210, 140, 110, 160, 180, 120]
    scores = Moments(
        sum(counts),
        sum(score * count for score, count in enumerate(counts, 1)),
        sum(score**2 * count for score, count in enumerate(counts, 1)),
    )
    assert scores.mean == Fraction(408, 100)
    assert Wave(counts[5] + counts[6], counts[3] + counts[4], sum(counts[:3])).nps == -13
    # (4.08 - 1) / 6 of the way up
    assert ease(scores.mean, 1, 7) == Fraction(308, 6)
    assert ease(scores.mean, 1, 7, effort=True) == 100 - Fraction(308, 6)


def test_index() -> None:
    """(8 + 7 + 9 - 3) / 27 = 77.78 %; .3885 x 7 + .3190 x 6 + .2925 x 8 = 6.9735, / 9 = 77.48 %."""
    assert satisfaction_index([8, 7, 9]) == Fraction(2100, 27)
    published = [Fraction("0.3885"), Fraction("0.3190"), Fraction("0.2925")]
    assert satisfaction_index([8, 7, 9], published) == Fraction("697.35") / 9
    assert round(float(satisfaction_index([8, 7, 9], published)), 2) == 77.48
    assert (satisfaction_index([1, 1, 1]), satisfaction_index([10, 10, 10])) == (0, 100)
