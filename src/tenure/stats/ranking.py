"""How well a number tells two kinds apart: the area under the ROC curve, ratios of rates. Ground floor.

Observations come in clusters (a customer is seen in many months), which are independent while their members are not.
The variances are those of clustered data (Obuchowski 1997); with one observation a cluster they are DeLong's (1988).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from .distributions import Z95


@dataclass(frozen=True)
class Area:
    """An AUC with its 95 % interval; no interval where a cluster is all there is of a kind."""

    value: float
    low: float | None
    high: float | None


def _places(numbers: Sequence[float], positive: Sequence[bool]) -> tuple[float, Any]:
    """The AUC, and each observation's share of it: of the other kind, how many it stands rightly against."""
    import numpy as np

    x, p = np.asarray(numbers, dtype=float), np.asarray(positive, dtype=bool)
    order = np.argsort(x)
    x, yes = x[order], p[order]
    begins = np.flatnonzero(np.append(True, x[1:] != x[:-1]))
    run = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(x))))
    up_to = [np.append(0, np.cumsum(kind))[np.append(begins, len(x))] for kind in (yes, ~yes)]
    beside = [(counts[:-1] + counts[1:])[run] for counts in up_to]  # those below twice, those alike once
    positives, others = int(yes.sum()), int((~yes).sum())
    found = np.empty(len(x))
    found[order] = np.where(yes, beside[1] / (2 * others), 1 - beside[0] / (2 * positives))
    return math.fsum(found[p]) / positives, found


def _variance(places: Any, area: float, positive: Sequence[bool], clusters: Sequence[Hashable]) -> float | None:
    import numpy as np

    p, (codes, size) = np.asarray(positive, dtype=bool), _codes(clusters)
    off = np.asarray(places) - area
    a, b = np.bincount(codes[p], off[p], size), np.bincount(codes[~p], off[~p], size)
    m, n = int(p.sum()), int((~p).sum())
    # Whole numbers of Python: of a million customers over two years the products below pass 64 bits.
    with_yes = int(np.count_nonzero(np.bincount(codes[p], minlength=size)))
    with_no = int(np.count_nonzero(np.bincount(codes[~p], minlength=size)))
    if with_yes < 2 or with_no < 2:
        return None
    first = with_yes / ((with_yes - 1) * m * m) * float(a @ a)
    second = with_no / ((with_no - 1) * n * n) * float(b @ b)
    both = size / ((size - 1) * m * n) * float(a @ b)
    return max(0.0, first + second + 2 * both)


def _codes(clusters: Any) -> tuple[Any, int]:
    """Each cluster as a whole number, and how many there are."""
    import numpy as np

    if isinstance(clusters, np.ndarray) and clusters.dtype.kind == "i" and len(clusters):
        low, span = int(clusters.min()), int(clusters.max()) - int(clusters.min()) + 1
        if span > 4 * len(clusters):
            found, codes = np.unique(clusters, return_inverse=True)
            return codes.reshape(-1), len(found)
        there = np.zeros(span, dtype=bool)
        there[clusters - low] = True
        return (np.cumsum(there) - 1)[clusters - low], int(there.sum())
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(one, len(known)) for one in clusters], dtype=np.int64), len(known)


def auc(numbers: Sequence[float], positive: Sequence[bool], clusters: Sequence[Hashable] | None = None) -> Area:
    """The chance that a positive has the larger number, ties by half; both kinds must be there."""
    area, places = _places(numbers, positive)
    return _area(area, places, positive, range(len(numbers)) if clusters is None else clusters)


def _area(area: float, places: Any, positive: Sequence[bool], clusters: Sequence[Hashable]) -> Area:
    variance = _variance(places, area, positive, clusters)
    if variance is None:
        return Area(area, None, None)
    half = Z95 * math.sqrt(variance)
    return Area(area, max(0.0, area - half), min(1.0, area + half))


def aucs(
    first: Sequence[float], second: Sequence[float], positive: Sequence[bool], clusters: Sequence[Hashable]
) -> tuple[Area, Area, Area]:
    """The AUC of both, and that of `second` less that of `first`, over the same observations."""
    a, theirs = _places(first, positive)
    b, ours = _places(second, positive)
    variance = _variance(ours - theirs, b - a, positive, clusters)
    difference = Area(b - a, None, None)
    if variance is not None:
        half = Z95 * math.sqrt(variance)
        difference = Area(b - a, b - a - half, b - a + half)
    return _area(a, theirs, positive, clusters), _area(b, ours, positive, clusters), difference


def rate_ratio(
    first: Sequence[tuple[Hashable, bool]], second: Sequence[tuple[Hashable, bool]]
) -> tuple[float, float | None, float | None] | None:
    """How many times as often it happens in `first` as in `second`, each as (cluster, whether it happened).

    The interval is normal on the scale of logarithms, by clusters. None where `second` has nothing to divide by.
    """
    import numpy as np

    codes, _ = _codes([cluster for side in (first, second) for cluster, _ in side])
    happened = [np.array([yes for _, yes in side], dtype=bool) for side in (first, second)]
    return rate_ratio_of(codes[: len(first)], happened[0], codes[len(first) :], happened[1])


def rate_ratio_of(
    first: Any, first_happened: Any, second: Any, second_happened: Any
) -> tuple[float, float | None, float | None] | None:
    """The same of arrays: clusters as whole numbers, and whether it happened."""
    import numpy as np

    (a, n1), (b, n2) = (int(first_happened.sum()), len(first)), (int(second_happened.sum()), len(second))
    if not n1 or not n2 or not b:
        return None
    ratio = (a / n1) / (b / n2)
    if not a:
        return ratio, None, None
    codes, size = _codes(np.concatenate([first, second]))
    adds = np.concatenate([(first_happened - a / n1) / a, -(second_happened - b / n2) / b])
    if size < 2:
        return ratio, None, None
    lines = np.bincount(codes, adds, size)
    half = Z95 * math.sqrt(size / (size - 1) * float(lines @ lines))
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)
