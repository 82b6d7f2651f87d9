"""The Pareto/NBD model of buying: each buyer comes at a rate of their own and lives for a time of their own.

Rates are gamma(r, alpha), rates of dropping out gamma(s, beta) (Schmittlein, Morrison and Colombo 1987; the likelihood
as in Fader and Hardie 2005). Its hypergeometric functions are taken after Euler's transformation, as 2F1(1, b; c; z).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .buyers import Buyers, Floats
from .fitting import Fit, of_buyers

NAME = "Pareto/NBD"
ALIKE = 6.0
"""The logarithm of the largest s: there rates of dropping out differ by a twentieth, and the likelihood is flat. Beyond
it purchases to come differ by a thousandth, and each look takes a hundred times longer."""

MOST, AT_ONCE = 2000, 64
"""Levels of a continued fraction."""
PRECISION = 37.0
"""Of a continued fraction, in logarithms: a relative error of e^-37, the last bit of a float."""


@dataclass(frozen=True)
class ParetoNbd:
    """The parameters of a population of buyers."""

    r: float
    alpha: float
    s: float
    beta: float

    def log_likelihood(self, buyers: Buyers) -> float:
        """How likely the buyers are."""
        buying, staying, leaving = self._parts(buyers)
        return float((buyers.weights * (buying + np.logaddexp(staying, leaving))).sum())

    def alive(self, buyers: Buyers) -> Floats:
        """The chance that each has not dropped out."""
        _, staying, leaving = self._parts(buyers)
        return np.exp(staying - np.logaddexp(staying, leaving))

    def expected(self, t: npt.ArrayLike) -> Floats:
        """Repeat purchases of a new buyer up to time t."""
        times = np.asarray(t, dtype=np.float64)
        return self.r / self.alpha * self._time_alive(np.zeros_like(times), times)

    def expected_of(self, buyers: Buyers, t: npt.ArrayLike) -> Floats:
        """Purchases of each buyer in the time t that follows."""
        times = np.broadcast_to(np.asarray(t, dtype=np.float64), buyers.x.shape)
        rate = (self.r + buyers.x) / (self.alpha + buyers.T)
        return rate * self._time_alive(buyers.T, times) * self.alive(buyers)

    def _time_alive(self, watched: Floats, t: Floats) -> Floats:
        """Of one who is alive after a time watched: the mean part of the time t that follows that they live."""
        growth = np.log1p(t / (self.beta + watched))
        # (1 - e^(-(s - 1) growth)) / (s - 1), whose limit at s = 1 is the growth itself.
        more = self.s - 1
        shrunk = growth if abs(more) < 1e-12 else -np.expm1(-more * growth) / more
        return np.asarray((self.beta + watched) * shrunk)

    def _parts(self, buyers: Buyers) -> tuple[Floats, Floats, Floats]:
        """Logarithms: a factor of both; seen and still alive; seen and gone at some time between t_x and T."""
        from scipy.special import gammaln

        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        x = buyers.x
        buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        staying = -(r + x) * np.log(alpha + buyers.T) - s * np.log(beta + buyers.T)
        early, late = self._tail(x, buyers.t_x), self._tail(x, buyers.T)
        # Rounding may put the later tail a hair above the earlier one where they are the same.
        with np.errstate(divide="ignore"):
            between = early + np.log(-np.expm1(np.minimum(late - early, 0.0)))
        return np.asarray(buying), np.asarray(staying), np.log(s / (r + s + x)) + between

    def _tail(self, x: Floats, t: Floats) -> Floats:
        """Log of (r + s + x) times the integral from t on of (alpha + u)^-(r + x) (beta + u)^-(s + 1)."""
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        near, far = np.log(alpha + t), np.log(beta + t)
        if alpha >= beta:
            series = hypergeometric(r + x, r + s + x + 1, (alpha - beta) / (alpha + t))
            return np.asarray(np.log(series) - (r + x) * near - s * far)
        series = hypergeometric(np.full_like(x, s + 1), r + s + x + 1, (beta - alpha) / (beta + t))
        return np.asarray(np.log(series) - (r + x - 1) * near - (s + 1) * far)


def hypergeometric(b: Floats, c: Floats, z: Floats) -> Floats:
    """Gauss's 2F1(1, b; c; z) for c > b > 0 and 0 <= z < 1, by its continued fraction.

    scipy's function has no value for some large c; the fraction's terms all have one sign, so nothing cancels. Every
    two levels divide the error by ((1 + sqrt(1 - z)) / (1 - sqrt(1 - z)))^2, so few entries need many.
    """
    root = np.sqrt(1 - z)
    with np.errstate(divide="ignore"):
        needed = PRECISION / (2 * np.log((1 + root) / (1 - root)))
    levels = np.minimum(np.ceil(needed), MOST - 1).astype(np.int64) + 1
    order = np.argsort(-levels, kind="stable")
    found = np.empty_like(z)
    found[order] = _fraction(b[order], c[order], z[order], levels[order])
    return found


def _fraction(b: Floats, c: Floats, z: Floats, levels: npt.NDArray[np.int64]) -> Floats:
    """The continued fraction from each one's lowest level up, two levels at a time. Who begins lowest comes first."""
    value = np.ones_like(z)
    deepest = int(levels.max(initial=0))
    begun = np.searchsorted(-levels, -np.arange(deepest + 1), side="right")
    for first in range(deepest, 0, -AT_ONCE):
        # What does not hang on the level below is worked out for many levels at once.
        n = np.arange(first, max(first - AT_ONCE, 0), -1)
        here = begun[n]
        k = n[:, None].astype(np.float64)
        b_, c_, z_ = (one[: here[-1]] for one in (b, c, z))
        even = k * (c_ - b_ + k - 1) / ((c_ + 2 * k - 2) * (c_ + 2 * k - 1)) * z_
        odd = (b_ + k) * (c_ + k - 1) / ((c_ + 2 * k - 1) * (c_ + 2 * k)) * z_
        for i, end in enumerate(here):
            value[:end] = 1 - even[i, :end] / (1 - odd[i, :end] / value[:end])
    return np.asarray(1 / (1 - b / c * z / value))


def fit(buyers: Buyers) -> Fit[ParetoNbd]:
    """The likeliest parameters."""
    return of_buyers(ParetoNbd, {"r": False, "alpha": True, "s": False, "beta": True}, buyers, NAME, {"s": ALIKE})
