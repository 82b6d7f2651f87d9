"""What a change is made of: by group exactly, and whether the groups differ by more than chance. Ground floor.

A figure is top / bottom (or top alone), summed over customers, before and after. Group g weighs w = its bottom / all
bottoms and has the rate r = its top / its bottom; R is the figure of all. With a bar for the mean of before and after:

    change = sum over g of  (w1 - w0) (r-bar - R-bar)   mix: the group grew or shrank, and is unlike the rest
                          +  w-bar (r1 - r0)            rate: the group itself changed

Nothing is left over, and before and after may be swapped: every part then only changes its sign.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from .distributions import Z95

G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True)
class Pair:
    """Tops and bottoms before and after; without bottoms the figure is the top itself."""

    top0: Fraction = Fraction(0)
    bottom0: Fraction = Fraction(0)
    top1: Fraction = Fraction(0)
    bottom1: Fraction = Fraction(0)

    def __add__(self, other: Pair) -> Pair:
        return Pair(
            self.top0 + other.top0,
            self.bottom0 + other.bottom0,
            self.top1 + other.top1,
            self.bottom1 + other.bottom1,
        )


@dataclass(frozen=True)
class Shift:
    """A group's part in a change. mix + rate = part; parts sum to the change."""

    mix: Fraction
    rate: Fraction

    @property
    def part(self) -> Fraction:
        return self.mix + self.rate


def shifts(groups: Mapping[G, Pair], *, ratio: bool) -> dict[G, Shift]:
    """Each group's part in the change of the figure over all of them.

    A group that is there only once has the rate it then has, so that all of its part is mix. Tops without a bottom
    count as rate.
    """
    everything = sum(groups.values(), Pair())
    if not ratio:
        return {name: Shift(Fraction(0), g.top1 - g.top0) for name, g in groups.items()}
    d0, d1 = everything.bottom0, everything.bottom1
    middle = (everything.top0 / d0 + everything.top1 / d1) / 2
    found = {}
    for name, g in groups.items():
        rates = [top / bottom for top, bottom in ((g.top0, g.bottom0), (g.top1, g.bottom1)) if bottom]
        own = sum(rates, Fraction(0)) / len(rates) if rates else middle
        moved = g.bottom1 / d1 - g.bottom0 / d0
        found[name] = Shift(moved * (own - middle), g.top1 / d1 - g.top0 / d0 - moved * own)
    return found


@dataclass(frozen=True)
class Uneven:
    """How unlike the groups' customers fared. `explained`: the share of all differences between customers that lie
    between groups, less what chance gives; `p`: how often groups drawn at random are as uneven."""

    explained: float
    p: float


def errors(pairs: Sequence[Pair], labels: Sequence[tuple[int, int]], groups: int, *, ratio: bool) -> list[float]:
    """The standard error of each group's part, customers drawn anew: the delta method over customers.

    `labels`: the group of each customer before and after.
    """
    import numpy as np

    t0, b0, t1, b1 = _floats(pairs)
    before, after = (np.array([pair[k] for pair in labels]) for k in (0, 1))
    n = len(pairs)
    if n < 2:
        return [0.0] * groups
    found = []
    for g in range(groups):
        in0, in1 = before == g, after == g
        if ratio:
            d0, d1 = b0.sum(), b1.sum()
            r0, r1 = t0.sum() / d0, t1.sum() / d1
            c0, c1, w0, w1 = t0[in0].sum() / d0, t1[in1].sum() / d1, b0[in0].sum() / d0, b1[in1].sum() / d1
            middle = (r0 + r1) / 2
            pull = ((t1 * in1 - c1 * b1) - middle * (b1 * in1 - w1 * b1)) / d1
            pull -= ((t0 * in0 - c0 * b0) - middle * (b0 * in0 - w0 * b0)) / d0
            pull -= (w1 - w0) / 2 * ((t1 - r1 * b1) / d1 + (t0 - r0 * b0) / d0)
        else:
            pull = t1 * in1 - t0 * in0
            pull = pull - pull.mean()
        found.append(float(np.sqrt((pull**2).sum() * n / (n - 1))))
    return found


def change_interval(pairs: Sequence[Pair], *, ratio: bool) -> tuple[float, float] | None:
    """95 % interval of the change of the figure of all; none of fewer than two customers."""
    if len(pairs) < 2:
        return None
    total = sum(pairs, Pair())
    import numpy as np

    t0, b0, t1, b1 = _floats(pairs)
    if ratio:
        r0, r1 = t0.sum() / b0.sum(), t1.sum() / b1.sum()
        change, pull = r1 - r0, (t1 - r1 * b1) / b1.sum() - (t0 - r0 * b0) / b0.sum()
    else:
        change, pull = float(total.top1 - total.top0), t1 - t0
        pull = pull - pull.mean()
    half = Z95 * float(np.sqrt((pull**2).sum() * len(pairs) / (len(pairs) - 1)))
    return float(change) - half, float(change) + half


ROUNDS, PRIOR = 999, 10


def uneven(
    parts: Sequence[float], labels: Sequence[int], kinds: Sequence[int] = (), rounds: int = ROUNDS, seed: int = 1
) -> Uneven:
    """Whether customers' parts differ between groups, by dealing the parts out anew at random.

    `kinds`: parts are only compared, and only change hands, within a kind (there before, after, or both): a group that
    is new differs from an old one in that alone. The statistic weighs each group by the spread of its own parts (held
    near that of all where it is small), so that groups that merely vary more do not look unlike the rest for it.
    """
    import numpy as np

    values = np.asarray(parts, dtype=float)
    of = np.unique(np.asarray(kinds or [0] * len(values)), return_inverse=True)[1]
    codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    values = values - (np.bincount(of, values) / np.bincount(of))[of]
    sizes = np.bincount(codes)
    n, whole = len(values), float((values**2).sum())
    if n < 3 or len(sizes) < 2 or whole < 1e-18 * n:
        return Uneven(0.0, 1.0)
    spread = whole / n

    def measured(drawn: Any) -> tuple[float, float]:
        sums, squares = np.bincount(codes, drawn), np.bincount(codes, drawn**2)
        between = sums**2 / sizes
        own = (squares - between + PRIOR * spread) / (sizes + PRIOR)
        return float(between.sum()) / whole, float((between / own).sum())

    order = np.argsort(of, kind="stable")
    values, codes, of = values[order], codes[order], of[order]
    share, seen = measured(values)
    dice = np.random.default_rng(seed)
    drawn = [measured(values[np.lexsort((dice.random(n), of))]) for _ in range(rounds)]
    by_chance = sum(one[0] for one in drawn) / rounds
    p = (1 + sum(one[1] >= seen - 1e-12 for one in drawn)) / (rounds + 1)
    return Uneven(max(0.0, (share - by_chance) / (1 - by_chance)) if by_chance < 1 else 0.0, p)


def holm(ps: Sequence[float]) -> list[float]:
    """p-values adjusted so that all findings together are wrong with at most the stated probability (Holm 1979)."""
    order = sorted(range(len(ps)), key=lambda k: ps[k])
    found, highest = [1.0] * len(ps), 0.0
    for place, k in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - place) * ps[k]))
        found[k] = highest
    return found


def _floats(pairs: Sequence[Pair]) -> tuple[Any, Any, Any, Any]:
    import numpy as np

    columns = [[float(getattr(pair, name)) for pair in pairs] for name in ("top0", "bottom0", "top1", "bottom1")]
    t0, b0, t1, b1 = (np.array(column) for column in columns)
    return t0, b0, t1, b1
