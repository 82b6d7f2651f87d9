"""The gamma-gamma model of what a purchase brings: each buyer's purchases scatter around a mean of their own.

Colombo and Jiang (1999); Fader and Hardie, "The gamma-gamma model of monetary value" (2013). It takes the mean to be
unrelated to how often a buyer comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenure.errors import RequestError

from .buyers import Floats
from .fitting import maximum, require

NAME = "gamma-gamma"


@dataclass(frozen=True)
class GammaGamma:
    """The parameters of a population of buyers."""

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """The population's mean value of a purchase. It has one only where q is above 1."""
        if self.q <= 1:
            raise RequestError(
                f"The {NAME} model finds no mean value of a purchase: means are spread too widely (q {self.q:.3g}).",
                todo="Look for a few very large purchases.",
            )
        return self.p * self.gamma / (self.q - 1)

    def expected(self, x: npt.ArrayLike, mean: npt.ArrayLike) -> Floats:
        """The mean value of each buyer's purchases to come, after x of them with a mean.

        Between the population's mean and the buyer's own, nearer to the latter the more was seen. `mean` is not read
        where x is 0.
        """
        times, means = np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        if (times == 0).any():
            _ = self.mean  # refuses where there is none
        spent = np.where(times > 0, times * means, 0.0)
        return np.asarray(self.p * (self.gamma + spent) / (self.p * times + self.q - 1))

    def log_likelihood(self, x: Floats, mean: Floats, weights: Floats) -> float:
        """How likely the means are; buyers with x of 0 must have been left out."""
        from scipy.special import betaln

        p, q, gamma = self.p, self.q, self.gamma
        # px ln(xz) + q ln(gamma) - (px + q) ln(gamma + xz), in logarithms of shares: neither term can overflow.
        spent = x * mean
        shares = -p * x * np.log1p(gamma / spent) - q * np.log1p(spent / gamma)
        return float((weights * (shares - betaln(p * x, q) - np.log(mean))).sum())


@dataclass(frozen=True)
class Fit:
    """A fitted model, its log-likelihood and the buyers behind it."""

    model: GammaGamma
    log_likelihood: float
    n: float


def fit(x: npt.ArrayLike, mean: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Fit:
    """The likeliest parameters, from buyers' numbers of purchases and the means of those.

    Where x counts repeat purchases, as beside a model of buying, who never came back is left out.
    """
    times, means = np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    counts = np.ones_like(times) if weights is None else np.asarray(weights, dtype=np.float64)
    times, means, counts = (column[times > 0] for column in (times, means, counts))
    if (~(means > 0)).any():
        raise RequestError(
            f"The {NAME} model needs a mean value above 0 of every buyer; {int((~(means > 0)).sum())} have none.",
            todo="Leave out the buyers whose purchases brought nothing.",
        )
    require(float(counts.sum()), "buyers who came back", NAME)
    # The search starts at 1 for every parameter, so money is counted in what is typical of the data.
    unit = float(np.average(means, weights=counts))
    found, _ = maximum(
        lambda p: GammaGamma(*p).log_likelihood(times, means / unit, counts),
        ("p", "q", "gamma"),
        float(counts.sum()),
        NAME,
        (times, means / unit, counts),
    )
    model = GammaGamma(found[0], found[1], found[2] * unit)
    return Fit(model, model.log_likelihood(times, means, counts), float(counts.sum()))
