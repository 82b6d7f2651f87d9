"""BG/NBD and Pareto/NBD against the published fits to CDNOW, and against integrals done by hand."""

from __future__ import annotations

from dataclasses import astuple, replace
from functools import lru_cache
from math import log, sqrt

import numpy as np
import numpy.typing as npt
import pytest

from tenure.errors import RequestError
from tenure.stats.clv import bg_nbd, fitting, pareto_nbd, value
from tenure.stats.clv.bg_nbd import BgNbd
from tenure.stats.clv.buyers import Buyers, Floats
from tenure.stats.clv.fitting import Fit
from tenure.stats.clv.pareto_nbd import ParetoNbd, hypergeometric

from .cdnow import buyers


def one(x: float, t_x: float, T: float) -> Buyers:
    return Buyers.of([x], [t_x], [T])


@lru_cache
def fits() -> tuple[Fit[BgNbd], Fit[ParetoNbd]]:
    return bg_nbd.fit(buyers()), pareto_nbd.fit(buyers())


def test_bg_nbd_of_cdnow() -> None:
    """Fader, Hardie and Lee (2005), table 2."""
    fit = bg_nbd.fit(buyers())
    assert astuple(fit.model) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.0006)
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert fit.n == 2357


def test_pareto_nbd_of_cdnow() -> None:
    """The same table. Along s and beta the likelihood is flat: weeks rounded to two digits move the third decimal."""
    fit = pareto_nbd.fit(buyers())
    assert astuple(fit.model) == pytest.approx((0.553, 10.578, 0.606, 11.669), abs=0.002)
    assert fit.log_likelihood == pytest.approx(-9595.0, abs=0.05)


def test_the_fits_are_maxima() -> None:
    for fit in fits():
        for name, at in vars(fit.model).items():
            for moved in (at * 0.98, at * 1.02):
                assert replace(fit.model, **{name: moved}).log_likelihood(buyers()) < fit.log_likelihood


def test_bg_nbd_forecasts() -> None:
    """With the paper's parameters: the authors' spreadsheet expects 1.226 purchases in 39 weeks of the first buyer;
    Lifetimes' manual lists the five best buyers' next week.
    """
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    assert model.expected_of(one(2, 30.43, 38.86), 39) == pytest.approx([1.226], abs=0.0005)
    best = Buyers.of([18, 19, 17, 29, 26], [35.14, 34.0, 28.43, 37.71, 30.86], [35.86, 34.14, 28.86, 38.0, 31.0])
    assert model.expected_of(best, 1) == pytest.approx([0.424877, 0.474738, 0.486526, 0.662396, 0.710623], abs=5e-6)


def test_pareto_nbd_forecasts() -> None:
    """BTYD's manual: a new buyer makes 1.473 repeat purchases in a year; buyer 1516, alive with .9979, 25.46."""
    model = ParetoNbd(0.5534, 10.5802, 0.6062, 11.6712)
    assert model.expected(52) == pytest.approx(1.473, abs=0.001)
    assert model.alive(one(26, 30.86, 31)) == pytest.approx([0.9979], abs=0.0001)
    assert model.expected_of(one(26, 30.86, 31), 52) == pytest.approx([25.46], abs=0.01)


def test_bg_nbd_by_hand() -> None:
    """r = alpha = a = b = 1, one purchase at 1, watched for 3. Gone after it, 1/2: integral of l e^-l e^-l is 1/4.
    Still there, 1/2: of l e^-3l e^-l is 1/16. So 5/32, of which alive 1/5. Without a purchase: 1 / (1 + T).
    """
    model = BgNbd(1, 1, 1, 1)
    assert model.log_likelihood(one(1, 1, 3)) == pytest.approx(log(5 / 32))
    assert model.alive(one(1, 1, 3)) == pytest.approx([1 / 5])
    assert model.log_likelihood(one(0, 0, 3)) == pytest.approx(log(1 / 4))
    assert model.alive(one(0, 0, 3)) == pytest.approx([1])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (2, 1, 2 * (1 - log(2))),
        (1, 1, log(2)),  # where the closed form is 0 / 0
        (0.5, 0.5, 1 / sqrt(2)),  # where its series is
    ],
)
def test_bg_nbd_expects(a: float, b: float, expected: float) -> None:
    """With r = alpha = t = 1 and a chance p of dropping out: 1 / (1 + p); its mean over the beta(a, b)."""
    assert BgNbd(1, 1, a, b).expected(1) == pytest.approx(expected, abs=1e-6)
    assert BgNbd(1, 1, a, b).expected(0) == pytest.approx(0, abs=1e-6)


def test_bg_nbd_expects_of_a_buyer() -> None:
    """r = 1, alpha = T = t_x = 1/2, x = 1, a = b = 1: gone or not is even. Alive, rates are gamma(2, 1) and chances
    beta(1, 2): the integral of 2 (1 - p) (2 + p) / (1 + p)^2 is 2 ln 2.
    """
    assert BgNbd(1, 0.5, 1, 1).expected_of(one(1, 0.5, 0.5), 1) == pytest.approx([log(2)], abs=1e-6)


@pytest.mark.parametrize(
    ("alpha", "beta", "staying", "leaving"),
    [
        (1, 1, 1 / 4, 3 / 8),  # the integral of (1 + u)^-3
        (2, 1, 1 / 3, 1 + 2 * log(3 / 4)),  # of 2 / (2 + u) / (1 + u)^2
        (1, 2, 1 / 3, 2 * log(4 / 3) - 1 / 3),  # of 1 / (1 + u) 2 / (2 + u)^2
    ],
)
def test_pareto_nbd_by_hand(alpha: float, beta: float, staying: float, leaving: float) -> None:
    """r = s = 1, watched for 1 without a purchase: alive, alpha / (alpha + 1) x beta / (beta + 1); or gone at u."""
    model = ParetoNbd(1, alpha, 1, beta)
    assert model.log_likelihood(one(0, 0, 1)) == pytest.approx(log(staying + leaving))
    assert model.alive(one(0, 0, 1)) == pytest.approx([staying / (staying + leaving)])


def test_pareto_nbd_expects() -> None:
    """r = alpha = beta = t = 1: the mean time alive is the integral of (1 + u)^-s: ln 2 for s = 1, 1/2 for s = 2."""
    assert ParetoNbd(1, 1, 1, 1).expected(1) == pytest.approx(log(2))
    assert ParetoNbd(1, 1, 2, 1).expected(1) == pytest.approx(1 / 2)
    # Watched for 1 without a purchase: rate 1/2, alive 2/5, and (2 + u) / 2 in place of 1 + u: 2 ln (3/2).
    assert ParetoNbd(1, 1, 1, 1).expected_of(one(0, 0, 1), 1) == pytest.approx([0.2 * 2 * log(1.5)])


def test_pareto_nbd_of_someone_who_has_just_bought() -> None:
    """Between t_x = T and T there is no time to have left in."""
    assert ParetoNbd(0.55, 10.6, 0.6, 11.7).alive(one(3, 20, 20)) == pytest.approx([1])


def test_hypergeometric() -> None:
    """2F1(1, 1; 2; z) = -ln(1 - z) / z. 2F1(1, 2; 4; 1/2) is 12 times the integral of v (1 - v) / (2 - v) from 0 to 1,
    that is of v + 1 - 2 / (2 - v): 12 (3/2 - 2 ln 2).
    """
    z = np.array([0.001, 0.5, 0.9, 0.999])
    assert hypergeometric(np.ones(4), np.full(4, 2.0), z) == pytest.approx(-np.log(1 - z) / z, rel=1e-12)
    assert hypergeometric(np.array([2.0]), np.array([4.0]), np.array([0.5])) == pytest.approx([12 * (1.5 - 2 * log(2))])
    assert hypergeometric(np.array([3.0]), np.array([9.0]), np.array([0.0])) == pytest.approx([1])
    # b / c near 1: close to the geometric series 1 / (1 - z), from below.
    assert hypergeometric(np.array([1e6]), np.array([1e6 + 1]), np.array([0.5])) == pytest.approx([2], rel=1e-5)


def test_equal_buyers_are_pooled() -> None:
    three = Buyers.of([2, 0, 2], [5, 0, 5], [9, 9, 9])
    pooled = three.pooled()
    assert sorted(zip(pooled.x, pooled.t_x, pooled.T, pooled.weights, strict=True)) == [(0, 0, 9, 1), (2, 5, 9, 2)]
    assert (pooled.n, pooled.repeaters) == (three.n, three.repeaters) == (3, 2)
    for model in (BgNbd(0.3, 4, 0.8, 2), ParetoNbd(0.5, 10, 0.6, 12)):
        assert model.log_likelihood(pooled) == pytest.approx(model.log_likelihood(three))


class TwoEachWeek:
    def expected_of(self, buyers: Buyers, t: npt.ArrayLike) -> Floats:
        return 2 * np.asarray(t) * np.ones_like(buyers.x)


def test_value() -> None:
    """Two purchases a week for two periods of three weeks, 5 (or 1) left of each: 30 x (.8 + .64) = 43.2."""
    found = value.of_buyers(TwoEachWeek(), Buyers.of([0, 0], [0, 0], [9, 9]), [5, 1], 2, discount=0.25, period=3)
    assert found == pytest.approx([43.2, 8.64])
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    some = Buyers.of([2, 0], [30.43, 0], [38.86, 38.86])
    assert value.of_buyers(model, some, 1, horizon=39) == pytest.approx(model.expected_of(some, 39))
    assert value.of_buyers(model, some, 1, horizon=0) == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [(1, 5, 4), (-1, 1, 4), (0, 1, 4), (1, 0, 4), (1.5, 1, 4), (1, -1, 4), (float("nan"), 1, 4), (1, 1, float("inf"))],
)
def test_a_buyer_that_cannot_be(x: float, t_x: float, T: float) -> None:
    with pytest.raises(RequestError, match="Buyer 2 of 2 cannot be"):
        Buyers.of([1, x], [3, t_x], [4, T])


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["BG/NBD", "Pareto/NBD"])
def test_too_few_came_back(model: object) -> None:
    few = Buyers.of([1, 0], [3, 0], [9, 9], [19, 1000])
    with pytest.raises(RequestError, match="at least 20 buyers who came back; there are 19"):
        (bg_nbd if model is bg_nbd else pareto_nbd).fit(few)


def test_buyers_who_do_not_differ_are_refused() -> None:
    """Everybody buys at the end of every unit of time and is there at the end: nobody ever drops out."""
    same = Buyers.of([5], [5], [5], [500])
    for model in (bg_nbd, pareto_nbd):
        with pytest.raises(RequestError, match="no best fit"):
            model.fit(same)


def test_buyers_who_hardly_differ_in_dropping_out() -> None:
    """With a and b towards infinity everyone drops out with p = a / (a + b) after a purchase, so at a rate of l p:
    by time t a new buyer of rate l makes (1 - exp(-l p t)) / p repeats; over gamma(r, alpha) rates that is
    (1 - (alpha / (alpha + p t))^r) / p. The hypergeometric function is of the size 1e3000 there.
    """
    model, p = BgNbd(0.6, 70.0, 20_000.0, 80_000.0), 0.2
    for t in (30.0, 365.0, 1000.0):
        assert model.expected(t) == pytest.approx((1 - (70 / (70 + p * t)) ** 0.6) / p, rel=1e-4)
    assert np.isfinite(model.expected_of(one(4, 100.0, 200.0), 36 * 30.4)).all()


def test_both_ways_over_the_chances_of_dropping_out_agree() -> None:
    """Just below and just above the a from which the hypergeometric function is not asked."""
    buyer = one(3, 50.0, 90.0)
    below, above = (BgNbd(0.6, 70.0, a, 400.0).expected_of(buyer, 1000.0) for a in (99.9999, 100.0001))
    assert below == pytest.approx(above, rel=1e-5) and below != above


def test_what_was_found_for_the_same_buyers_is_not_sought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second fit is the first, digit by digit; with one buyer more it is another."""
    sought: list[str] = []
    search = fitting._sought
    monkeypatch.setattr(fitting, "_FOUND", {})
    monkeypatch.setattr(fitting, "_sought", lambda *asked: (sought.append(asked[3]), search(*asked))[1])
    columns = ([3, 0, 1, 2], [8, 0, 2, 6], [9, 9, 9, 9])
    first, again = (bg_nbd.fit(Buyers.of(*columns, [30, 60, 40, 30])) for _ in range(2))
    other = bg_nbd.fit(Buyers.of(*columns, [31, 60, 40, 30]))
    assert sought == ["BG/NBD"] * 2
    assert first == again != other
