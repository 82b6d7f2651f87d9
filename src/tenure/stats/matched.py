"""Groups compared within strata of like customers, many traits at once: differences, intervals, and how likely chance
is to make any of them. Ground floor.

Each observation is a top and a bottom (lost or not, of one; kept MRR, of MRR) of one customer at one landmark. Within a
stratum s the groups' rates are r = sum of tops / sum of bottoms. The difference is their weighted mean
(Mantel-Haenszel's weights, W = bottoms of the one x bottoms of the other / bottoms of both), so what the strata are
made of cannot make it. Its interval follows customers, not observations, since one customer is seen at many landmarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .distributions import Z95
from .splits import holm

ONCE = 1.05
"""Unusual outcomes for each customer that has one, up to which they count as happening once."""
ROUNDS, WORK = 4999, 2_000_000_000
"""Deals of the outcomes, and the multiplications that may take; above it the normal curve is as good."""


@dataclass(frozen=True)
class Matched:
    """What goes with a trait. `ratio`: Mantel-Haenszel's ratio of the rates; with losses month by month that is a
    hazard ratio. `matched`: customers in strata where both groups are. `adjusted`: p for all the traits compared."""

    with_rate: float
    without_rate: float
    difference: float
    low: float
    high: float
    ratio: float | None
    p: float
    matched: int
    adjusted: float = 1.0


@dataclass(frozen=True)
class _Sides:
    """One trait's estimate, with its centred indicator and the two standard errors of its sum."""

    found: Matched
    centred: Any
    score: float


def matched(
    tops: Sequence[float],
    bottoms: Sequence[float],
    strata: Sequence[int],
    customers: Sequence[int],
    traits: Sequence[Sequence[bool | None]],
    seed: int = 1,
) -> list[Matched | None]:
    """Each trait's comparison; None where no stratum holds both groups, or nothing varies in those that do.

    Chance is measured by dealing the outcomes out anew within the strata, all traits together: a trait's adjusted p is
    how often any trait does as well (step-down maxT, Westfall and Young 1993).
    """
    import numpy as np

    top, bottom = np.asarray(tops, dtype=float), np.asarray(bottoms, dtype=float)
    codes = np.unique(np.asarray(strata), return_inverse=True)[1]
    who = np.unique(np.asarray(customers), return_inverse=True)[1]
    sums = np.bincount(codes, bottom)
    rate = np.bincount(codes, top) / np.where(sums > 0, sums, 1)
    excess = top - rate[codes] * bottom
    again = _repeats(top, bottom, who)
    sides = [_sides(top, bottom, codes, who, excess, trait, again) for trait in traits]
    kept = [k for k, side in enumerate(sides) if side is not None]
    found: list[Matched | None] = [None] * len(traits)
    if not kept:
        return found
    columns = [side for side in sides if side is not None]
    ps, adjusted = _chances(excess, codes, columns, seed)
    for place, k in enumerate(kept):
        one = columns[place].found
        found[k] = Matched(
            one.with_rate, one.without_rate, one.difference, one.low, one.high, one.ratio,
            ps[place], one.matched, adjusted[place],
        )  # fmt: skip
    return found


def _repeats(top: Any, bottom: Any, who: Any) -> bool:
    """Whether customers have unusual outcomes more than once. Who can only be lost once is at each landmark a new
    chance: given who is left, what happens next is independent, as in a log-rank test."""
    import numpy as np

    shares = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), 0)
    values, counts = np.unique(shares, return_counts=True)
    unusual = np.bincount(who, shares != values[counts.argmax()])
    return bool(unusual.sum() > ONCE * (unusual > 0).sum())


def _sides(
    top: Any, bottom: Any, codes: Any, who: Any, excess: Any, trait: Sequence[bool | None], again: bool
) -> _Sides | None:
    import numpy as np

    known = np.array([value is not None for value in trait])
    has, lacks = np.array([value is True for value in trait]), np.array([value is False for value in trait])
    count = int(codes.max()) + 1

    def sums(values: Any, keep: Any) -> Any:
        return np.bincount(codes[keep], values[keep], minlength=count)

    d1, d0, n1, n0 = sums(bottom, has), sums(bottom, lacks), sums(top, has), sums(top, lacks)
    both = (d1 > 0) & (d0 > 0)
    if not both.any():
        return None
    of_both = np.where(both, d1 + d0, 1)
    weight = np.where(both, d1 * d0 / of_both, 0)
    one, none = np.where(d1 > 0, d1, 1), np.where(d0 > 0, d0, 1)
    r1, r0, common = n1 / one, n0 / none, (n1 + n0) / of_both
    whole = weight.sum()
    difference = float((weight * (r1 - r0)).sum() / whole)
    inside = both[codes] & known
    own = np.where(has, (weight / one)[codes], -(weight / none)[codes]) / whole
    people = len(np.unique(who[inside]))
    # A small group of which nobody was lost says by itself that its rate cannot vary; the stratum's common rate knows
    # better. The larger of the two errors is taken.
    errors = []
    for expected in (np.where(has, r1[codes], r0[codes]), common[codes]):
        by_customer = np.bincount(who, np.where(inside, own * (top - expected * bottom), 0))
        errors.append(float(np.sqrt((by_customer**2).sum() * people / max(1, people - 1))))
    centred = np.where(inside, own * whole, 0.0)
    chance = _spread(centred, excess, codes)
    # Customers that repeat themselves make sums vary more than single observations would.
    wide = max(chance, errors[1] * whole) if again else chance
    if not wide:
        return None
    over, under = float((n1 * d0 / of_both)[both].sum()), float((n0 * d1 / of_both)[both].sum())
    half = Z95 * max(errors)
    found = Matched(
        float(top[has].sum() / bottom[has].sum()),
        float(top[lacks].sum() / bottom[lacks].sum()),
        difference,
        difference - half,
        difference + half,
        over / under if over > 0 and under > 0 else None,
        1.0,
        people,
    )
    return _Sides(found, centred / (chance or wide), abs(difference * whole) / wide)


def _spread(centred: Any, excess: Any, codes: Any) -> float:
    """The standard deviation of the sum of centred x excess when the excess is dealt out anew within the strata."""
    import numpy as np

    n = np.bincount(codes)
    mean = np.bincount(codes, centred) / n
    a, e = np.bincount(codes, (centred - mean[codes]) ** 2), np.bincount(codes, excess**2)
    return float(np.sqrt((a * e / np.where(n > 1, n - 1, 1)).sum()))


def _chances(excess: Any, codes: Any, sides: Sequence[_Sides], seed: int) -> tuple[list[float], list[float]]:
    """Each trait's own p, and its p among all traits."""
    import numpy as np
    from scipy.special import ndtr

    scores = np.array([side.score for side in sides])
    if len(excess) * len(sides) * 1000 > WORK:
        ps = [float(2 * ndtr(-score)) for score in scores]
        return ps, holm(ps)
    order = np.argsort(codes, kind="stable")
    codes, excess = codes[order], excess[order]
    matrix = np.column_stack([side.centred[order] for side in sides])
    rounds = min(ROUNDS, WORK // (len(excess) * len(sides)))
    down = np.argsort(-scores, kind="stable")
    dice = np.random.default_rng(seed)
    alone, among = np.zeros(len(sides)), np.zeros(len(sides))
    for _ in range(rounds):
        dealt = excess[np.lexsort((dice.random(len(excess)), codes))]
        drawn = np.abs(dealt @ matrix)
        alone += drawn >= scores - 1e-9
        best = np.maximum.accumulate(drawn[down][::-1])[::-1]
        among[down] += best >= scores[down] - 1e-9
    p, joint = (1 + alone) / (rounds + 1), (1 + among) / (rounds + 1)
    joint[down] = np.maximum.accumulate(joint[down])
    return [float(x) for x in p], [float(x) for x in joint]
