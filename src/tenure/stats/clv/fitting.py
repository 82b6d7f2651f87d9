"""The search for the parameters that make the data likeliest, and the cases in which it is refused.

Parameters are positive, so the search runs over their logarithms, from several starts, and its best end must be a
maximum inside the range searched: a likelihood that goes on rising towards 0 or infinity has no maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from tenure.errors import RequestError

ENOUGH = 20
"""Customers who did what a model is about (left, came back); with fewer, three or four parameters mean nothing."""

REACH = 12.0
"""How far from 1 the search goes, in logarithms: parameters between e^-12 and e^12, some 6 in a million and 160,000."""

STARTS = (0.0, 1.0, -1.0)


def require(found: float, what: str, model: str) -> None:
    """Refuse to fit a model to fewer than ENOUGH of something."""
    if found < ENOUGH:
        raise RequestError(
            f"The {model} model needs at least {ENOUGH} {what}; there are {found:g}.",
            todo="Take a longer time or more customers.",
        )


def maximum(
    log_likelihood: Callable[[npt.NDArray[np.float64]], float], names: Sequence[str], weight: float, model: str
) -> tuple[list[float], float]:
    """The parameters at the maximum, and the log-likelihood there; `weight` is the number of customers."""
    from scipy.optimize import minimize

    def cost(logs: npt.NDArray[np.float64]) -> float:
        with np.errstate(all="ignore"):
            value = log_likelihood(np.exp(logs))
        # A finite wall, since differences of infinities would end the search.
        return -value / weight if np.isfinite(value) else 1e10

    best = None
    for start in STARTS:
        found = minimize(
            cost,
            np.full(len(names), start),
            method="L-BFGS-B",
            bounds=[(-REACH, REACH)] * len(names),
            options={"ftol": 1e-13, "gtol": 1e-6, "maxiter": 2000, "maxfun": 20000},
        )
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    assert best is not None
    logs = np.asarray(best.x, dtype=np.float64)
    _refuse_edges(logs, names, model)
    if best.fun >= 1e10 or _steepest(cost, logs) > 1e-4:
        raise RequestError(f"The {model} model did not converge on these data.", todo="Take more customers.")
    return [float(value) for value in np.exp(logs)], -float(best.fun) * weight


def _refuse_edges(logs: npt.NDArray[np.float64], names: Sequence[str], model: str) -> None:
    """No maximum inside: some parameter has run away."""
    run = [f"{name} to {'0' if at < 0 else 'infinity'}" for name, at in zip(names, logs, strict=True) if _far(at)]
    if run:
        raise RequestError(
            f"The {model} model has no best fit to these data: the likelihood goes on rising ({', '.join(run)}).",
            todo="Take more customers, or a longer time in which they differ.",
        )


def _far(log: float) -> bool:
    return abs(log) > REACH - 0.5


def _steepest(cost: Callable[[npt.NDArray[np.float64]], float], logs: npt.NDArray[np.float64]) -> float:
    """The largest slope left, by central differences; at a maximum nearly nothing."""
    step = 1e-4
    moves = np.eye(len(logs)) * step
    return max(abs(cost(logs + move) - cost(logs - move)) / (2 * step) for move in moves)
