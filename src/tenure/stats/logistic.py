"""Logistic regression whose weights cannot be negative: more of a risk never counts as less. Ground floor."""

from __future__ import annotations

from typing import Any

RIDGE = 1.0


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
        value = float(np.sum(np.logaddexp(0.0, z) - y * z) + ridge / 2 * np.sum(weights[:columns] ** 2))
        residual = 1 / (1 + np.exp(-z)) - y
        slope = np.append(x.T @ residual + ridge * weights[:columns], np.sum(residual))
        return value, slope

    share = min(max(float(y.mean()), 1e-6), 1 - 1e-6)
    start = np.append(np.full(columns, 0.1), np.log(share / (1 - share)))
    bounds = [(0.0, None)] * columns + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return [float(weight) for weight in found.x[:columns]]
