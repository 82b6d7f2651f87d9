"""How well a number tells two kinds apart: the area under the ROC curve, ratios of rates. Ground floor.

Observations come in clusters (a customer is seen in many months), which are independent while their members are not.
The variances are those of clustered data (Obuchowski 1997); with one observation a cluster they are DeLong's (1988).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from .distributions import Z95


@dataclass(frozen=True)
class Area:
    """An AUC with its 95 % interval; no interval where a cluster is all there is of a kind."""

    value: float
    low: float | None
    high: float | None


def _places(numbers: Sequence[float], positive: Sequence[bool]) -> tuple[float, list[float]]:
    """The AUC, and each observation's share of it: of the other kind, how many it stands rightly against."""
    yes = sorted(x for x, p in zip(numbers, positive, strict=True) if p)
    no = sorted(x for x, p in zip(numbers, positive, strict=True) if not p)
    found = []
    for x, p in zip(numbers, positive, strict=True):
        if p:
            found.append((bisect_left(no, x) + bisect_right(no, x)) / (2 * len(no)))
        else:
            found.append(1 - (bisect_left(yes, x) + bisect_right(yes, x)) / (2 * len(yes)))
    area = sum(v for v, p in zip(found, positive, strict=True) if p) / len(yes)
    return area, found


def _variance(
    places: Sequence[float], area: float, positive: Sequence[bool], clusters: Sequence[Hashable]
) -> float | None:
    sums: dict[Hashable, list[float]] = {}
    for v, p, c in zip(places, positive, clusters, strict=True):
        one = sums.setdefault(c, [0.0, 0.0, 0.0, 0.0])
        one[0 if p else 1] += v - area
        one[2 if p else 3] += 1
    m, n = sum(one[2] for one in sums.values()), sum(one[3] for one in sums.values())
    with_yes, with_no = sum(1 for one in sums.values() if one[2]), sum(1 for one in sums.values() if one[3])
    if with_yes < 2 or with_no < 2:
        return None
    first = with_yes / ((with_yes - 1) * m * m) * sum(one[0] ** 2 for one in sums.values())
    second = with_no / ((with_no - 1) * n * n) * sum(one[1] ** 2 for one in sums.values())
    both = len(sums) / ((len(sums) - 1) * m * n) * sum(one[0] * one[1] for one in sums.values())
    return max(0.0, first + second + 2 * both)


def auc(numbers: Sequence[float], positive: Sequence[bool], clusters: Sequence[Hashable] | None = None) -> Area:
    """The chance that a positive has the larger number, ties by half; both kinds must be there."""
    groups = range(len(numbers)) if clusters is None else clusters
    area, places = _places(numbers, positive)
    variance = _variance(places, area, positive, groups)
    if variance is None:
        return Area(area, None, None)
    half = Z95 * math.sqrt(variance)
    return Area(area, max(0.0, area - half), min(1.0, area + half))


def auc_difference(
    first: Sequence[float], second: Sequence[float], positive: Sequence[bool], clusters: Sequence[Hashable]
) -> Area:
    """The AUC of `second` less that of `first`, over the same observations."""
    a, theirs = _places(first, positive)
    b, ours = _places(second, positive)
    variance = _variance([y - x for x, y in zip(theirs, ours, strict=True)], b - a, positive, clusters)
    if variance is None:
        return Area(b - a, None, None)
    half = Z95 * math.sqrt(variance)
    return Area(b - a, b - a - half, b - a + half)


def rate_ratio(
    first: Sequence[tuple[Hashable, bool]], second: Sequence[tuple[Hashable, bool]]
) -> tuple[float, float | None, float | None] | None:
    """How many times as often it happens in `first` as in `second`, each as (cluster, whether it happened).

    The interval is normal on the scale of logarithms, by clusters. None where `second` has nothing to divide by.
    """
    counts = [(sum(happened for _, happened in side), len(side)) for side in (first, second)]
    (a, n1), (b, n2) = counts
    if not n1 or not n2 or not b:
        return None
    ratio = (a / n1) / (b / n2)
    if not a:
        return ratio, None, None
    lines: dict[Hashable, float] = {}
    for sign, side, (happened, n) in ((1, first, counts[0]), (-1, second, counts[1])):
        for cluster, yes in side:
            lines[cluster] = lines.get(cluster, 0.0) + sign * (yes - happened / n) / happened
    if len(lines) < 2:
        return ratio, None, None
    half = Z95 * math.sqrt(len(lines) / (len(lines) - 1) * sum(z * z for z in lines.values()))
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)
