"""The BG/NBD model of buying: each buyer comes at a rate of their own and may stay away for good after any purchase.

Rates are gamma(r, alpha), chances of dropping out beta(a, b) (Fader, Hardie and Lee, "Counting your customers the easy
way", 2005). The hypergeometric functions of the paper are taken after Euler's transformation, in which no term grows
with the number of purchases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .buyers import Buyers, Floats
from .fitting import Fit, of_buyers

NAME = "BG/NBD"

NARROW = 100.0
"""From this a on the hypergeometric function is not asked: it is of the size of 1 / (1 - z)^a."""


@dataclass(frozen=True)
class BgNbd:
    """The parameters of a population of buyers."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, buyers: Buyers) -> float:
        """How likely the buyers are."""
        staying, leaving = self._parts(buyers)
        return float((buyers.weights * np.logaddexp(staying, leaving)).sum())

    def alive(self, buyers: Buyers) -> Floats:
        """The chance that each has not dropped out. Who never came back cannot have: dropping out follows a repeat."""
        staying, leaving = self._parts(buyers)
        return np.exp(staying - np.logaddexp(staying, leaving))

    def expected(self, t: npt.ArrayLike) -> Floats:
        """Repeat purchases of a new buyer up to time t."""
        times = np.asarray(t, dtype=np.float64)
        return self._purchases(np.zeros_like(times), np.zeros_like(times), times)

    def expected_of(self, buyers: Buyers, t: npt.ArrayLike) -> Floats:
        """Purchases of each buyer in the time t that follows."""
        times = np.broadcast_to(np.asarray(t, dtype=np.float64), buyers.x.shape)
        return self._purchases(buyers.x, buyers.T, times) * self.alive(buyers)

    def _purchases(self, x: Floats, watched: Floats, t: Floats) -> Floats:
        """Of one who is alive after x purchases in a time watched: those in the time t that follows."""
        from scipy.special import hyp2f1

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        # At a = 1 (and at a + b = 1 where x is 0) the formula is 0 / 0; beside it, its limit to nine digits.
        a = a if abs(a - 1) > 1e-7 else 1 + 1e-7
        b = b if abs(a + b - 1) > 1e-9 else b + 1e-9
        if a > NARROW:
            kept = _over_dropout(a, b + x, r + x, t / (alpha + watched))
        else:
            kept = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, t / (alpha + watched + t))
            kept = kept * ((alpha + watched) / (alpha + watched + t)) ** (a - 1)
        return np.asarray((a + b + x - 1) / (a - 1) * (1 - kept))

    def _parts(self, buyers: Buyers) -> tuple[Floats, Floats]:
        """Logarithms of the likelihood of what was seen and still alive, and of what was seen and gone."""
        from scipy.special import betaln, gammaln

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = buyers.x
        buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        staying = buying + betaln(a, b + x) - (r + x) * np.log(alpha + buyers.T)
        again = np.maximum(x, 1)
        leaving = buying + betaln(a + 1, b + again - 1) - (r + x) * np.log(alpha + buyers.t_x)
        return np.asarray(staying), np.where(x > 0, leaving, -np.inf)


def _over_dropout(a: float, b: Floats, r: Floats, u: Floats) -> Floats:
    """The mean of (1 + u p)^-r over the beta(a - 1, b) of chances p: what the hypergeometric function says, without it.

    Where chances of dropping out hardly differ between buyers, a is large and the function overflows; their
    distribution is then a narrow hill, which a sum over its twenty standard deviations takes to nine digits.
    """
    nodes, weights = np.polynomial.legendre.leggauss(96)
    mean = (a - 1) / (a - 1 + b)
    wide = 10 * np.sqrt(mean * (1 - mean) / (a + b))
    low, high = np.maximum(mean - wide, 0.0), np.minimum(mean + wide, 1.0)
    p = low[..., None] + (high - low)[..., None] * (nodes + 1) / 2
    hill = (a - 2) * np.log(p) + (b[..., None] - 1) * np.log1p(-p)
    mass = weights * np.exp(hill - hill.max(axis=-1, keepdims=True))
    return np.asarray((mass * (1 + u[..., None] * p) ** -r[..., None]).sum(axis=-1) / mass.sum(axis=-1))


def fit(buyers: Buyers) -> Fit[BgNbd]:
    """The likeliest parameters."""
    return of_buyers(BgNbd, {"r": False, "alpha": True, "a": False, "b": False}, buyers, NAME)
