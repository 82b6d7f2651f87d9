"""Logistic regression whose weights cannot be negative: more of a risk never counts as less. Ground floor."""

from __future__ import annotations

from typing import Any

RIDGE = 1.0
MANY, PART = 200_000, 40_000
"""Of more rows than these a part of so many is looked at first."""
BLOCK = 8192


def non_negative(rows: Any, happened: Any, ridge: float = RIDGE) -> list[float]:
    """The weights of the columns, none below 0, by penalised maximum likelihood; the constant is left out.

    `ridge` times half the sum of squares is added to the negative log likelihood, so that there always is a maximum.
    """
    import numpy as np
    from scipy.optimize import minimize

    x, y = np.ascontiguousarray(np.asarray(rows, dtype=float).T), np.asarray(happened, dtype=float)
    columns = len(x)

    def loss(w: object) -> tuple[float, object]:
        weights = np.asarray(w)
        value, slope = ridge / 2 * float(np.sum(weights[:columns] ** 2)), np.append(ridge * weights[:columns], 0.0)
        for begin in range(0, len(y), BLOCK):
            part, happened = x[:, begin : begin + BLOCK], y[begin : begin + BLOCK]
            # einsum: the threads of a product of matrices cost more than they save on a dozen columns.
            z = np.einsum("i,ij->j", weights[:columns], part) + weights[columns]
            small = np.exp(-np.abs(z))
            value += float(np.sum(np.log1p(small) + np.maximum(z, 0.0) - happened * z))
            residual = np.where(z >= 0, 1.0, small) / (1 + small) - happened
            slope[:columns] += np.einsum("ij,j->i", part, residual)
            slope[columns] += np.sum(residual)
        return value, slope

    share = min(max(float(y.mean()), 1e-6), 1 - 1e-6)
    start = np.append(np.full(columns, 0.1), np.log(share / (1 - share)))
    bounds = [(0.0, None)] * columns + [(None, None)]
    if len(y) > MANY:  # what a part says is near, and most of the way there costs little
        step, all_x, all_y = len(y) // PART, x, y
        x, y = np.ascontiguousarray(x[:, ::step]), y[::step]
        start = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        x, y = all_x, all_y
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return [float(weight) for weight in found.x[:columns]]
