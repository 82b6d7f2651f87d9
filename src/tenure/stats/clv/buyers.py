"""What a model of buying knows of each buyer: repeat purchases, when the last one was, how long watched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenure.errors import RequestError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Buyers:
    """One entry for each buyer, or for each group of equal ones, all in the same unit of time.

    x: purchases after the first; t_x: time from the first to the last, 0 where x is 0; T: time from the first to the
    end of what was watched; weights: how many buyers the entry stands for.
    """

    x: Floats
    t_x: Floats
    T: Floats
    weights: Floats

    @classmethod
    def of(cls, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Buyers:
        """Buyers from their columns, checked."""
        columns = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in (x, t_x, T)]
        columns.append(np.ones_like(columns[0]) if weights is None else np.asarray(weights, dtype=np.float64))
        if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
            raise RequestError("Repeat purchases, their last time and the time watched must be of the same buyers.")
        found = cls(*columns)
        wrong = (
            ~np.isfinite(np.sum(columns, axis=0))
            | (found.x < 0)
            | (found.x != np.floor(found.x))
            | (found.t_x < 0)
            | (found.t_x > found.T)
            | ((found.x == 0) != (found.t_x == 0))
            | (found.weights < 0)
        )
        if wrong.any():
            number = int(np.argmax(wrong))
            raise RequestError(
                f"Buyer {number + 1} of {len(found.x)} cannot be: x {found.x[number]:g}, t_x {found.t_x[number]:g}, "
                f"T {found.T[number]:g}.",
                todo="x is a whole number, 0 <= t_x <= T, and t_x is 0 exactly where x is 0.",
            )
        return found

    @property
    def n(self) -> float:
        """How many buyers."""
        return float(self.weights.sum())

    @property
    def repeaters(self) -> float:
        """How many of them came back."""
        return float(self.weights[self.x > 0].sum())

    def pooled(self) -> Buyers:
        """Equal buyers as one entry with their weight: the same likelihood, faster."""
        rows, where = np.unique(np.column_stack([self.x, self.t_x, self.T]), axis=0, return_inverse=True)
        weights = np.zeros(len(rows))
        np.add.at(weights, where.ravel(), self.weights)
        return Buyers(rows[:, 0], rows[:, 1], rows[:, 2], weights)

    def in_units(self, length: float) -> Buyers:
        """The same with `length` as the unit of time."""
        return replace(self, t_x=self.t_x / length, T=self.T / length)
