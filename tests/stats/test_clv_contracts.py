"""The shifted beta geometric model against Fader and Hardie (2007) and the case that can be written down."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tenure.errors import RequestError
from tenure.stats.clv import sbg, value
from tenure.stats.clv.sbg import ShiftedBetaGeometric

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]

# With alpha = beta = 1 the chance of staying t times is 1 / (1 + t).
PLAIN = ShiftedBetaGeometric(1, 1)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.2), (REGULAR, 0.704, 1.182, -1680.3)],
    ids=["high end", "regular"],
)
def test_published(survivors: list[int], alpha: float, beta: float, likelihood: float) -> None:
    fit = sbg.fit(sbg.of_survivors(survivors))
    assert (fit.model.alpha, fit.model.beta) == pytest.approx((alpha, beta), abs=0.0006)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=0.06)
    assert fit.n == 1000
    assert fit.model.survival(range(8)) == pytest.approx(np.array(survivors) / 1000, abs=0.02)


def test_plain() -> None:
    assert PLAIN.survival([0, 1, 2, 3]) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert PLAIN.retention([1, 2, 3]) == pytest.approx([1 / 2, 2 / 3, 3 / 4])
    assert PLAIN.lost([1, 2, 3]) == pytest.approx([1 / 2, 1 / 6, 1 / 12])


def test_likelihood() -> None:
    """Two left at the first renewal, one at the second, one is there after it: (1/2)^2 x 1/6 x 1/3."""
    assert PLAIN.log_likelihood({1: (2, 0), 2: (1, 1)}) == pytest.approx(math.log(1 / 72))


def test_value() -> None:
    """New: 100 x (1/2 x .8 + 1/3 x .64); after one renewal S(1 + k) / S(1) = 2 / (2 + k): 2/3 and 2/4."""
    found = value.of_contracts(PLAIN, [0, 1], 100, horizon=2, discount=0.25)
    assert found == pytest.approx([100 * (0.4 + 0.64 / 3), 100 * (2 / 3 * 0.8 + 0.5 * 0.64)])
    assert PLAIN.expected_renewals(0, 3) == pytest.approx(1 / 2 + 1 / 3 + 1 / 4)


def test_survivors_or_a_histogram() -> None:
    assert sbg.of_survivors([10, 7, 5]) == {1: (3, 0), 2: (2, 5)}
    with pytest.raises(RequestError, match="more"):
        sbg.of_survivors([10, 7, 8])


def test_cohorts_of_different_age() -> None:
    """Customers censored at different ages: the same cohort seen for four years and for seven gives much the same."""
    young, old = sbg.of_survivors(HIGH_END[:5]), sbg.of_survivors(HIGH_END)
    both = {t: tuple(map(sum, zip(young.get(t, (0, 0)), old[t], strict=True))) for t in old}
    fit = sbg.fit({t: (left, still) for t, (left, still) in both.items()})
    assert fit.n == 2000
    assert fit.model.survival(7) == pytest.approx(0.491, abs=0.02)


def test_customers_all_alike() -> None:
    """Half of them go every time."""
    fit = sbg.fit(sbg.of_survivors([8000, 4000, 2000, 1000, 500]))
    assert fit.model.survival([1, 2, 3, 4, 5]) == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32], rel=0.01)


@pytest.mark.parametrize(
    ("renewals", "why"),
    [
        ({1: (10, 0), 2: (9, 500)}, "at least 20 customers who left; there are 19"),
        ({1: (300, 700)}, "at least two renewals"),
        ({0: (3, 0), 1: (30, 0), 2: (20, 5)}, "nobody leaves before the first"),
        ({}, "there are 0"),
        # A larger share goes every time, as no mixture of customers can: the nearest is that of customers all alike.
        (sbg.of_survivors([8000, 4800, 2640, 1320, 594]), "goes on rising .*alpha to infinity"),
    ],
)
def test_refused(renewals: sbg.Renewals, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        sbg.fit(renewals)
