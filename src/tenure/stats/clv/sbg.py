"""The shifted beta geometric model of contracts: at each renewal a customer leaves with a chance of their own.

The chances are spread over customers as a beta(alpha, beta): that alone makes a cohort's retention rise with age,
although no customer becomes more loyal. Fader and Hardie, "How to project customer retention" (2007); what a customer
of some age has still to bring: "Customer-base valuation in a contractual setting" (2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tenure.errors import RequestError

from .buyers import Floats
from .fitting import maximum, require

NAME = "shifted beta geometric"

Renewals = Mapping[int, tuple[int, int]]
"""{renewals faced: (left at the last of them, still there after it)}: a survival histogram in whole periods."""


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """A cohort's parameters: the mean chance of leaving at the first renewal is alpha / (alpha + beta)."""

    alpha: float
    beta: float

    def survival(self, t: npt.ArrayLike) -> Floats:
        """The share still there after t renewals."""
        from scipy.special import betaln

        times = np.asarray(t, dtype=np.float64)
        return np.asarray(np.exp(betaln(self.alpha, self.beta + times) - betaln(self.alpha, self.beta)))

    def retention(self, t: npt.ArrayLike) -> Floats:
        """Of those who were there before the t-th renewal, the share that renews."""
        times = np.asarray(t, dtype=np.float64)
        return np.asarray((self.beta + times - 1) / (self.alpha + self.beta + times - 1))

    def lost(self, t: npt.ArrayLike) -> Floats:
        """The share that leaves at the t-th renewal."""
        times = np.asarray(t, dtype=np.float64)
        return np.asarray(self.survival(times - 1) * (1 - self.retention(times)))

    def expected_renewals(self, renewed: npt.ArrayLike, horizon: int, discount: float = 0.0) -> Floats:
        """Of a customer who has renewed so many times: the renewals to come in the next `horizon` periods.

        The k-th ahead counts S(k) / (1 + discount)^k, so times the margin of a period it is the value still to come.
        """
        age = np.asarray(renewed, dtype=np.float64)[..., np.newaxis]
        ahead = np.arange(1, horizon + 1, dtype=np.float64)
        staying = self.survival(age + ahead) / self.survival(age)
        return np.asarray((staying * (1 + discount) ** -ahead).sum(axis=-1))

    def log_likelihood(self, renewals: Renewals) -> float:
        """How likely the data are."""
        faced, left, still = _columns(renewals)
        # By the share lost at each renewal, since gamma functions of large parameters would cancel.
        ahead = np.arange(int(faced.max(initial=0)), dtype=np.float64)
        shares = self.alpha / (self.alpha + self.beta + ahead)
        staying = np.concatenate([[0.0], np.cumsum(np.log1p(-shares))])
        at = faced.astype(np.intp)
        return float((left * (np.log(shares[at - 1]) + staying[at - 1]) + still * staying[at]).sum())


@dataclass(frozen=True)
class Fit:
    """A fitted model, its log-likelihood and the customers behind it."""

    model: ShiftedBetaGeometric
    log_likelihood: float
    n: int


def of_survivors(survivors: Sequence[int]) -> Renewals:
    """The histogram of one cohort's survivors after 0, 1, 2, ... renewals."""
    left = [before - after for before, after in pairwise(survivors)]
    if any(number < 0 for number in left):
        raise RequestError("Survivors of a cohort cannot become more.")
    last = len(left)
    return {t: (number, survivors[-1] if t == last else 0) for t, number in enumerate(left, 1)}


def fit(renewals: Renewals) -> Fit:
    """The likeliest parameters."""
    if any(t < 0 or t != int(t) for t in renewals) or renewals.get(0, (0, 0))[0]:
        raise RequestError("Renewals are counted 1, 2, 3, ...; nobody leaves before the first.")
    faced, left, still = _columns(renewals)
    require(float(left.sum()), "customers who left", NAME)
    # Two parameters cannot be told from the share that one renewal keeps.
    if len(faced) == 0 or faced.max() < 2:
        raise RequestError(f"The {NAME} model needs customers who have faced at least two renewals.")
    n = int((left + still).sum())
    found, likelihood = maximum(
        lambda p: ShiftedBetaGeometric(*p).log_likelihood(renewals),
        ("alpha", "beta"),
        float(n),
        NAME,
        (faced, left, still),
    )
    return Fit(ShiftedBetaGeometric(*found), likelihood, n)


def _columns(renewals: Renewals) -> tuple[Floats, Floats, Floats]:
    """Renewals faced, left, still there; who has faced none says nothing."""
    rows = [(t, *counts) for t, counts in sorted(renewals.items()) if t > 0 and any(counts)]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
