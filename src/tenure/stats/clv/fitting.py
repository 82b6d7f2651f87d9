"""The search for the parameters that make the data likeliest, and the cases in which it is refused.

Parameters are positive, so the search runs over their logarithms, from several starts until two of them agree. Its best
end must be a maximum inside the range searched: a likelihood that rises all the way to 0 or infinity has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from tenure.errors import RequestError

from .buyers import Buyers

ENOUGH = 20
"""Customers who did what a model is about (left, came back); with fewer, three or four parameters mean nothing."""

REACH = 12.0
"""How far from 1 the search goes, in logarithms: parameters between e^-12 and e^12, some 6 in a million and 160,000."""

STARTS = (0.0, 1.0, -1.0)

OPTIONS = {"ftol": 1e-10, "gtol": 1e-8, "maxiter": 2000, "maxfun": 20000}
"""Likelihoods are summed to some twelve digits: a search that asks for more goes on about their noise."""


REMEMBERED = 64
_FOUND: dict[tuple[str, bytes], tuple[list[float], float]] = {}
"""What was found last, by model and a digest of the data: one explanation asks for a model several times."""


class OfBuyers(Protocol):
    """A model of buying, whose parameters are positive numbers."""

    def log_likelihood(self, buyers: Buyers) -> float:
        """How likely the buyers are."""
        ...


Model = TypeVar("Model", bound=OfBuyers)


@dataclass(frozen=True)
class Fit(Generic[Model]):
    """A fitted model of buying, its log-likelihood and the number of buyers behind it."""

    model: Model
    log_likelihood: float
    n: float


def of_buyers(
    make: Callable[..., Model],
    parameters: Mapping[str, bool],
    buyers: Buyers,
    name: str,
    most: Mapping[str, float] | None = None,
) -> Fit[Model]:
    """The likeliest parameters of a model of buying; `parameters` says of each, in order, whether it is a time.

    `most`: the logarithms up to which some of them are looked for.
    """
    require(buyers.repeaters, "buyers who came back", name)
    # The search starts at 1 for every parameter, so time is measured in what is typical of the data.
    unit = float(np.average(buyers.T, weights=buyers.weights))
    pooled = buyers.pooled().in_units(unit)
    data = (pooled.x, pooled.t_x, pooled.T, pooled.weights)
    found, _ = maximum(lambda p: make(*p).log_likelihood(pooled), tuple(parameters), buyers.n, name, data, most)
    sized = (value * unit if timed else value for value, timed in zip(found, parameters.values(), strict=True))
    model = make(*sized)
    return Fit(model, model.log_likelihood(buyers), buyers.n)


def require(found: float, what: str, model: str) -> None:
    """Refuse to fit a model to fewer than ENOUGH of something."""
    if found < ENOUGH:
        raise RequestError(
            f"The {model} model needs at least {ENOUGH} {what}; there are {found:g}.",
            todo="Take a longer time or more customers.",
        )


def maximum(
    log_likelihood: Callable[[npt.NDArray[np.float64]], float],
    names: Sequence[str],
    weight: float,
    model: str,
    data: Sequence[npt.NDArray[np.float64]],
    most: Mapping[str, float] | None = None,
) -> tuple[list[float], float]:
    """The parameters at the maximum, and the log-likelihood there; `weight` is the number of customers.

    `data` is all that the likelihood depends on: what was found for the same before is not sought again.
    """
    key = model, hashlib.blake2b(b"".join(np.ascontiguousarray(one).tobytes() for one in data)).digest()
    if key not in _FOUND:
        found = _sought(log_likelihood, names, weight, model, most or {})
        while len(_FOUND) >= REMEMBERED:
            _FOUND.pop(next(iter(_FOUND)), None)
        _FOUND[key] = found
        return found
    return _FOUND[key]


def _sought(
    log_likelihood: Callable[[npt.NDArray[np.float64]], float],
    names: Sequence[str],
    weight: float,
    model: str,
    most: Mapping[str, float],
) -> tuple[list[float], float]:
    from scipy.optimize import minimize

    def cost(logs: npt.NDArray[np.float64]) -> float:
        with np.errstate(all="ignore"):
            value = log_likelihood(np.exp(logs))
        # A finite wall, since differences of infinities would end the search.
        return -value / weight if np.isfinite(value) else 1e10

    best = None
    bounds = [(-REACH, most.get(name, REACH)) for name in names]
    search = partial(minimize, cost, method="L-BFGS-B", bounds=bounds, options=OPTIONS)
    for start in STARTS:
        found = search(np.full(len(names), start))
        agree = best is not None and abs(found.fun - best.fun) < 1e-9
        if best is None or found.fun < best.fun:
            best = found
        if agree:
            break
    assert best is not None
    # Once more with slopes taken on both sides: some directions are so flat that one side's error shows in the result.
    best = search(best.x, jac="3-point")
    logs = np.asarray(best.x, dtype=np.float64)
    _refuse_edges(logs, names, model, REACH - 0.5)
    if best.fun >= 1e10 or _steepest(cost, logs) > 1e-4:
        # On its way out of reach a likelihood gets so flat that the search may stop before the edge.
        _refuse_edges(logs, names, model, REACH / 2)
        raise RequestError(f"The {model} model did not converge on these data.", todo="Take more customers.")
    return [float(value) for value in np.exp(logs)], -float(best.fun) * weight


def _refuse_edges(logs: npt.NDArray[np.float64], names: Sequence[str], model: str, reach: float) -> None:
    """No maximum inside: some parameter has run away."""
    ends = zip(names, logs, strict=True)
    run = [f"{name} to {'0' if log < 0 else 'infinity'}" for name, log in ends if abs(log) > reach]
    if run:
        raise RequestError(
            f"The {model} model has no best fit to these data: the likelihood goes on rising ({', '.join(run)}).",
            todo="Take more customers, or a longer time in which they differ.",
        )


def _steepest(cost: Callable[[npt.NDArray[np.float64]], float], logs: npt.NDArray[np.float64]) -> float:
    """The largest slope left, by central differences; at a maximum nearly nothing."""
    step = 1e-4
    moves = np.eye(len(logs)) * step
    return max(abs(cost(logs + move) - cost(logs - move)) / (2 * step) for move in moves)
