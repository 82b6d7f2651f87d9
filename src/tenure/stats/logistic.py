"""Logistic regression whose weights cannot be negative: more of a risk never counts as less. Ground floor."""

from __future__ import annotations

from typing import Any

RIDGE = 1.0
MANY, PART = 200_000, 40_000
"""Of more rows than these a part of so many is looked at first."""


def non_negative(rows: Any, happened: Any, ridge: float = RIDGE) -> list[float]:
    """The weights of the columns, none below 0, by penalised maximum likelihood; the constant is left out.

    `ridge` times half the sum of squares is added to the negative log likelihood, so that there always is a maximum.
    """
    import numpy as np
    from scipy.optimize import minimize

    x, y = np.asarray(rows, dtype=float), np.asarray(happened, dtype=float)
    columns = x.shape[1]

    def loss(w: object) -> tuple[float, object]:
        weights = np.asarray(w)
        z = x @ weights[:columns] + weights[columns]
        small = np.exp(-np.abs(z))
        value = float(np.sum(np.log1p(small) + np.maximum(z, 0.0) - y * z) + ridge / 2 * np.sum(weights[:columns] ** 2))
        residual = np.where(z >= 0, 1.0, small) / (1 + small) - y
        slope = np.append(x.T @ residual + ridge * weights[:columns], np.sum(residual))
        return value, slope

    share = min(max(float(y.mean()), 1e-6), 1 - 1e-6)
    start = np.append(np.full(columns, 0.1), np.log(share / (1 - share)))
    bounds = [(0.0, None)] * columns + [(None, None)]
    if len(y) > MANY:  # what a part says is near, and most of the way there costs little
        x, y, all_x, all_y = x[:: len(y) // PART], y[:: len(y) // PART], x, y
        start = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        x, y = all_x, all_y
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return [float(weight) for weight in found.x[:columns]]
