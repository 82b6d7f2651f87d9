"""Columns of exact fractions, a number for each of many: whole numbers over whole numbers, in numpy. Ground floor.

Where a result would not fit 64 bits the numbers become Python's own, which are slower and never overflow. So a column
says exactly what a loop over fractions would.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Array = Any
"""An array of numpy, which has no useful types for what may be whole numbers of either kind."""

ROOM, SHARP = 2**62, 2**50


@dataclass(frozen=True)
class Rationals:
    """num / den, one for each; `den` is above 0, one for all or one each. `known`: who has a number; None: all."""

    num: Array
    den: Any = 1
    known: Array | None = None

    def __len__(self) -> int:
        return len(self.num)

    def at(self, i: int) -> Fraction | None:
        """One of them, exactly."""
        if self.known is not None and not self.known[i]:
            return None
        return Fraction(int(self.num[i]), int(self.den if isinstance(self.den, int) else self.den[i]))

    @property
    def there(self) -> Array:
        """Who has a number."""
        return np.ones(len(self.num), dtype=bool) if self.known is None else self.known

    def take(self, index: Array) -> Rationals:
        """Those at these places."""
        den = self.den if isinstance(self.den, int) else self.den.take(index)
        return Rationals(self.num.take(index), den, None if self.known is None else self.known.take(index))

    def only(self, kept: Array) -> Rationals:
        """The same, without a number where `kept` does not hold."""
        return Rationals(self.num, self.den, kept if self.known is None else self.known & kept)

    def total(self) -> Fraction:
        """The sum of those there are."""
        num = self.num if self.known is None else np.where(self.known, self.num, 0)
        if isinstance(self.den, int):
            room = num.dtype == object or _most(num) * max(len(num), 1) < ROOM
            return Fraction(int(num.sum() if room else num.astype(object).sum()), self.den)
        return sum((value for i in range(len(num)) if (value := self.at(i)) is not None), Fraction(0))

    def filled(self, value: int = 0) -> Rationals:
        """The same with a whole number in the place of none."""
        if self.known is None:
            return self
        return Rationals(np.where(self.known, self.num, product(self.den, value)), self.den)

    def floats(self) -> Array:
        """As floats; not a number where there is none."""
        found = np.asarray(self.num / self.den, dtype=float)
        return found if self.known is None else np.where(self.known, found, np.nan)

    def plus(self, other: Rationals, sign: int = 1) -> Rationals:
        """The sum; with -1 the difference. A number only where both have one."""
        a, b, den = _alike(self, other)
        return Rationals(_sum(a, b, sign), den, _both(self.known, other.known))

    def times(self, other: Rationals) -> Rationals:
        """The product."""
        den = product(self.den, other.den)
        return Rationals(product(self.num, other.num), den, _both(self.known, other.known))

    def over(self, other: Rationals) -> Rationals:
        """The quotient; no number where the other is 0."""
        if isinstance(self.den, int) and isinstance(other.den, int):
            shared = math.gcd(self.den, other.den)
            up, down = other.den // shared, self.den // shared
        else:
            up, down = other.den, self.den
        top, bottom = product(self.num, up), product(other.num, down)
        zero = bottom == 0
        negative = bottom < 0
        if negative.any():
            top, bottom = np.where(negative, -top, top), np.where(negative, -bottom, bottom)
        if zero.any():
            bottom = np.where(zero, 1, bottom)
            return Rationals(top, bottom, _both(_both(self.known, other.known), ~zero))
        return Rationals(top, bottom, _both(self.known, other.known))

    def compared(self, limit: Fraction) -> Array:
        """Below 0, 0 or above 0, as the numbers are less than, equal to or more than the limit; 0 for none."""
        found = np.sign(_sum(product(self.num, limit.denominator), product(self.den, limit.numerator), -1))
        return found.astype(np.int8) if self.known is None else np.where(self.known, found, 0).astype(np.int8)

    def keys(self) -> Array:
        """Numbers in the order of these, equal ones alike; meaningless where there is none."""
        if self.num.dtype != object:
            if isinstance(self.den, int):
                return self.num
            if self.den.dtype != object:
                # Equal ones give equal floats; two that differ do so by more than floats round.
                if _most(self.num) * _most(self.den) < SHARP:
                    return self.num / self.den
                shared = np.gcd(self.num, self.den)
                num, den = self.num // shared, self.den // shared
                if _most(num) * _most(den) < SHARP:
                    return num / den
        bottoms = [self.den] * len(self.num) if isinstance(self.den, int) else self.den
        found = [Fraction(int(a), int(b)) for a, b in zip(self.num, bottoms, strict=True)]
        return _ranks(np.array(found, dtype=object))

    def ranks(self) -> Array:
        """The same as whole numbers."""
        return _ranks(self.keys())


def of(values: Sequence[Fraction | int | None]) -> Rationals:
    """A column of fractions."""
    known = np.array([value is not None for value in values], dtype=bool)
    num = whole([0 if value is None else Fraction(value).numerator for value in values])
    den = whole([1 if value is None else Fraction(value).denominator for value in values])
    return Rationals(num, den, known)


def constant(value: Fraction | int, size: int) -> Rationals:
    """The same number for all."""
    found = Fraction(value)
    return Rationals(np.full(size, found.numerator, dtype=_kind(abs(found.numerator))), found.denominator)


def whole(values: Sequence[int]) -> Array:
    """Whole numbers as an array of the quicker kind where they fit."""
    return np.array(values, dtype=_kind(max(map(abs, values), default=0)))


def product(a: Any, b: Any) -> Any:
    """The product of whole numbers, each an array or one number; of the slower kind where it would not fit."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if isinstance(b, int) and b == 1:
        return a
    if isinstance(a, int) and a == 1:
        return b
    return a * b if _most(a) * _most(b) < ROOM else _large(a) * _large(b)


def where(test: Array, a: Rationals, b: Rationals) -> Rationals:
    """a where the test holds, else b."""
    first, second, den = _alike(a, b)
    known = None if a.known is None and b.known is None else np.where(test, a.there, b.there)
    return Rationals(np.where(test, first, second), den, known)


def places(figure: Rationals, groups: Array | None = None) -> Rationals:
    """Each one's mid-rank among those of its group: those below, and half of those alike, of all."""
    known = np.flatnonzero(figure.there)
    ranks = figure.take(known).keys()
    kind = np.zeros(len(known), dtype=np.int64) if groups is None else groups[known]
    twice, size = _by_counting(ranks, kind) if _few(ranks, kind) else _by_order(ranks, kind)
    num, den = np.zeros(len(figure), dtype=np.int64), np.ones(len(figure), dtype=np.int64)
    num[known], den[known] = twice, 2 * size
    return Rationals(num, den, figure.known)


def _few(ranks: Array, kind: Array) -> bool:
    """Whether there are so few values that each can have a place of its own."""
    if not len(ranks) or ranks.dtype.kind != "i":
        return False
    return (int(ranks.max()) - int(ranks.min()) + 1) * (int(kind.max()) - int(kind.min()) + 1) <= 2 * len(ranks)


def _by_counting(ranks: Array, kind: Array) -> tuple[Array, Array]:
    """Twice the mid-rank, and how many are in the group."""
    low, lowest = int(ranks.min()), int(kind.min())
    span, kinds = int(ranks.max()) - low + 1, int(kind.max()) - lowest + 1
    kind = kind - lowest
    place = kind * span + (ranks - low)
    counts = np.bincount(place, minlength=span * kinds)
    upto = counts.reshape(kinds, span).cumsum(axis=1)
    return (2 * upto.reshape(-1) - counts)[place], upto[:, -1][kind]


def _by_order(ranks: Array, kind: Array) -> tuple[Array, Array]:
    order = np.argsort(ranks)
    if len(kind) and kind.min() != kind.max():
        few = kind.min() >= -(2**15) and kind.max() < 2**15
        order = order[np.argsort((kind.astype(np.int16) if few else kind)[order], kind="stable")]
    kind, ranks = kind[order], ranks[order]
    n = len(order)
    new_group = np.append(True, kind[1:] != kind[:-1])[:n]
    new_run = new_group | np.append(True, ranks[1:] != ranks[:-1])[:n]
    first_of = _starts(new_group)
    left, right = _starts(new_run) - first_of, _ends(new_run) - first_of
    twice, size = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    twice[order], size[order] = left + right, _ends(new_group) - first_of
    return twice, size


def lookup(codes: Array, values: Mapping[int, Fraction], size: int) -> Rationals:
    """The number that each one's code stands for; a code without one, or below 0, has none."""
    table = of([values.get(code) for code in range(size)] or [None])
    found = table.take(np.maximum(codes, 0))
    return found.only(codes >= 0)


def _ranks(keys: Array) -> Array:
    return np.unique(keys, return_inverse=True)[1].reshape(len(keys))


def _starts(new: Array) -> Array:
    """For each place the place where its stretch begins."""
    return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))


def _ends(new: Array) -> Array:
    """For each place the place after its stretch."""
    begins = np.flatnonzero(new)
    return np.append(begins[1:], len(new))[np.cumsum(new) - 1] if len(new) else begins


def _alike(a: Rationals, b: Rationals) -> tuple[Array, Array, Any]:
    """Both over the same bottom."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        den = math.lcm(a.den, b.den)
        return product(a.num, den // a.den), product(b.num, den // b.den), den
    if a.den is b.den:
        return a.num, b.num, a.den
    return product(a.num, b.den), product(b.num, a.den), product(a.den, b.den)


def _sum(a: Any, b: Any, sign: int) -> Any:
    if _most(a) + _most(b) >= ROOM:
        a, b = _large(a), _large(b)
    return a + b if sign > 0 else a - b


def _both(a: Array | None, b: Array | None) -> Array | None:
    return b if a is None else a if b is None else a & b


def _most(values: Any) -> int:
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _large(values: Any) -> Any:
    return values if isinstance(values, int) else values.astype(object)


def _kind(most: int) -> Any:
    return np.int64 if most < ROOM else object
