"""The Pareto/NBD model of buying: each buyer comes at a rate of their own and lives for a time of their own.

Rates are gamma(r, alpha), rates of dropping out gamma(s, beta) (Schmittlein, Morrison and Colombo 1987; the likelihood
as in Fader and Hardie 2005). Its hypergeometric functions are taken after Euler's transformation, as 2F1(1, .; .; z).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .buyers import Buyers, Floats
from .fitting import maximum, require

NAME = "Pareto/NBD"


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
        from scipy.special import hyp2f1

        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        near, far = np.log(alpha + t), np.log(beta + t)
        if alpha >= beta:
            series = hyp2f1(1.0, r + x, r + s + x + 1, (alpha - beta) / (alpha + t))
            return np.asarray(np.log(series) - (r + x) * near - s * far)
        series = hyp2f1(1.0, s + 1, r + s + x + 1, (beta - alpha) / (beta + t))
        return np.asarray(np.log(series) - (r + x - 1) * near - (s + 1) * far)


@dataclass(frozen=True)
class Fit:
    """A fitted model, its log-likelihood and the buyers behind it."""

    model: ParetoNbd
    log_likelihood: float
    n: float


def fit(buyers: Buyers) -> Fit:
    """The likeliest parameters."""
    require(buyers.repeaters, "buyers who came back", NAME)
    # The search starts at 1 for every parameter, so time is measured in what is typical of the data.
    unit = float(np.average(buyers.T, weights=buyers.weights))
    pooled = buyers.pooled().in_units(unit)
    found, _ = maximum(lambda p: ParetoNbd(*p).log_likelihood(pooled), ("r", "alpha", "s", "beta"), buyers.n, NAME)
    model = ParetoNbd(found[0], found[1] * unit, found[2], found[3] * unit)
    return Fit(model, model.log_likelihood(buyers), buyers.n)
