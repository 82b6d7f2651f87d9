"""The gamma-gamma model against the published fit to CDNOW and a case worked by hand."""

from __future__ import annotations

from dataclasses import astuple
from math import log

import numpy as np
import pytest

from tenure.errors import RequestError
from tenure.stats.clv import gamma_gamma
from tenure.stats.clv.gamma_gamma import GammaGamma

from .cdnow import columns


def test_published() -> None:
    """Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44 of the 946 who came back; their expectations of the first
    buyers as Lifetimes' manual lists them.
    """
    fit = gamma_gamma.fit(columns()["x"], columns()["zbar"])
    assert astuple(fit.model) == pytest.approx((6.25, 3.74, 15.44), abs=0.008)
    assert fit.n == 946
    first = slice(0, 7)
    expected = fit.model.expected(columns()["x"][first], columns()["zbar"][first])
    assert expected == pytest.approx([24.66, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91], abs=0.01)


def test_by_hand() -> None:
    """p = 1, q = 2, gamma = 3: the population's mean is 3; after one purchase of 9, (3 + 9) / 2 = 6; after two, 21 / 3.

    One purchase z has density q gamma^q / (gamma + z)^(q + 1): 18 / 12^3 at 9.
    """
    model = GammaGamma(1, 2, 3)
    assert model.mean == 3
    assert model.expected([0, 1, 2], [0, 9, 9]) == pytest.approx([3, 6, 7])
    assert model.log_likelihood(np.array([1.0]), np.array([9.0]), np.array([2.0])) == pytest.approx(2 * log(18 / 1728))


def test_no_mean() -> None:
    """With q of 1 or less the population has no mean; who has bought has one all the same: 2 x (3 + 4) / (2 + 0)."""
    wide = GammaGamma(2, 1, 3)
    assert wide.expected([1], [4]) == pytest.approx([7])
    with pytest.raises(RequestError, match="no mean value"):
        wide.expected([0, 1], [0, 4])


def test_refused() -> None:
    with pytest.raises(RequestError, match="1 have none"):
        gamma_gamma.fit([1, 1, 0], [5, 0, 0])
    with pytest.raises(RequestError, match="at least 20 buyers who came back; there are 19"):
        gamma_gamma.fit([2, 0], [30, 0], [19, 500])
    with pytest.raises(RequestError, match=r"no best fit|did not converge"):
        gamma_gamma.fit([2] * 50, [30] * 50)
