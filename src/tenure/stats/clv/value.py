"""What customers will bring over a horizon, discounted period by period."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from .buyers import Buyers, Floats
from .sbg import ShiftedBetaGeometric


class Buying(Protocol):
    """A model that knows how often a buyer will come: BG/NBD or Pareto/NBD."""

    def expected_of(self, buyers: Buyers, t: npt.ArrayLike) -> Floats:
        """Purchases of each buyer in the time t that follows."""
        ...


def of_buyers(
    model: Buying, buyers: Buyers, margin: npt.ArrayLike, horizon: int, discount: float = 0.0, period: float = 1.0
) -> Floats:
    """Each buyer's value over `horizon` periods: the sum of purchases in the k-th x margin / (1 + discount)^k.

    `margin` is what one purchase leaves, of each buyer or of all; `period` is the length of a period in the model's
    unit of time, and `discount` the rate of one period.
    """
    up_to = [np.zeros_like(buyers.x), *(model.expected_of(buyers, period * k) for k in range(1, horizon + 1))]
    factors = [(1 + discount) ** -k for k in range(1, horizon + 1)]
    purchases = sum(
        ((after - before) * factor for before, after, factor in zip(up_to, up_to[1:], factors, strict=False)),
        np.zeros_like(buyers.x),
    )
    return np.asarray(purchases * np.asarray(margin, dtype=np.float64))


def of_contracts(
    model: ShiftedBetaGeometric, renewed: npt.ArrayLike, margin: npt.ArrayLike, horizon: int, discount: float = 0.0
) -> Floats:
    """Each contract's value over the next `horizon` periods: the sum of S(k) x margin / (1 + discount)^k."""
    return np.asarray(model.expected_renewals(renewed, horizon, discount) * np.asarray(margin, dtype=np.float64))
