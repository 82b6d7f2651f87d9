"""Do groups differ in how long it takes? The log-rank test (Mantel 1966). Ground floor: arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .distributions import chi_square_above
from .survival import Durations


@dataclass(frozen=True)
class LogRank:
    """What happened in each group, what would have if they were alike, and how far apart the two are."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    freedom: int
    p: float


def log_rank(groups: Sequence[Durations]) -> LogRank | None:
    """The test over two or more groups; none where they were never at risk together, so that nothing compares them."""
    import numpy as np

    count = len(groups)
    at_risk = np.array([sum(map(sum, group.values())) for group in groups], dtype=float)
    observed, expected = np.zeros(count), np.zeros(count)
    covariance = np.zeros((count, count))
    for time in sorted({time for group in groups for time in group}):
        events = np.array([group.get(time, (0, 0))[0] for group in groups], dtype=float)
        n, d = at_risk.sum(), events.sum()
        if d:
            share = at_risk / n
            observed += events
            expected += d * share
            if n > 1:
                covariance += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
        at_risk = at_risk - [sum(group.get(time, (0, 0))) for group in groups]
    # The groups' differences add up to 0, and a group that met no other adds nothing: the rank counts what is free.
    freedom = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if not freedom:
        return None
    off = observed - expected
    chi_square = float(off @ np.linalg.pinv(covariance, hermitian=True) @ off)
    return LogRank(
        tuple(int(number) for number in observed),
        tuple(float(number) for number in expected),
        chi_square,
        freedom,
        chi_square_above(chi_square, freedom),
    )
